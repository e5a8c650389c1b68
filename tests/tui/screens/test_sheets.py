"""Sheets over an engine that is played: made, filled, stopped, gone on with, put right, looked at, written, taken away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from sage import wire
from sage.core.errors import NotFound
from sage.core.passages import Hit
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow, Span
from sage.tui.app import SageApp
from sage.tui.screens import agreement, models, sheet_price
from sage.tui.screens.agreement import Agreement
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.choice import Choice
from sage.tui.screens.sheet_price import SheetPrice
from sage.tui.screens.sheets import STOPPED, Sheets
from sage.tui.widgets.grid import Grid
from sage.tui.widgets.reading import Pages

TEXT = "# Bed {0}\n\nFirst line.\n\nKind {0} grows in bed {0}.\n\nLast line."
QUOTE = "Kind {0} grows in bed {0}."
WHAT = Column("what", "map", "What grows?")


def rows(many: int) -> tuple[SheetRow, ...]:
    return tuple(
        SheetRow(n, f"Garden/Bed {n}.md", f"file//vault/Garden/Bed {n}.md", TEXT.format(n)) for n in range(1, many + 1)
    )


def filled(row: SheetRow, column: str = "what") -> Cell:
    start = row.text.find(QUOTE.format(row.row))
    spans = (Span(start, start + len(QUOTE.format(row.row))),)
    return Cell(row.row, column, f"k{row.row}", "done", f"Kind {row.row}", spans, None, "small", 0.001)


class Engine:
    """Plays the engine, and writes down what was asked of it."""

    def __init__(self, many: int = 0, *, done: int | None = None) -> None:
        self.asked: list[Any] = []
        self.rows = rows(many)
        self.sheet: Sheet | None = Sheet("s1", "beds", "notes:Garden", 0, (WHAT,)) if many else None
        self.cells = {(row.row, "what"): filled(row) for row in self.rows[:done]}
        if self.sheet and done is not None:
            self.sheet = replace(self.sheet, state="stopped")
        self.worst: float | None = 0.0
        self.waits_after = 10**6
        """Cells after which is waited until there may be more."""
        self._more = asyncio.Event()
        self.is_ready = True

    def let(self, many: int = 10**6) -> None:
        """So many cells of a fill may come."""
        self.waits_after = many
        self._more.set()

    async def call(self, request: Any, on_event: Callable[[Any], None] = lambda event: None) -> Any:
        await asyncio.sleep(0)
        match request:
            case wire.ListSheets():
                return wire.SheetsListed((self._line(self.sheet),) if self.sheet else ())
            case wire.ShowSheet():
                return self._shown()
        self.asked.append(request)
        return await self._done(request, on_event)

    def _line(self, sheet: Sheet) -> wire.SheetLine:
        return wire.SheetLine(sheet, len(self.rows), len(self.cells), len(self.cells), cost=0.001 * len(self.cells))

    def _shown(self, case: str = "") -> wire.SheetShown:
        if self.sheet is None:
            raise NotFound("There is no such sheet.")
        places = {f"{row} {name}": self._places(cell) for (row, name), cell in self.cells.items()}
        return wire.SheetShown(self.sheet, self.rows, tuple(self.cells.values()), places, case=case)

    def _places(self, cell: Cell) -> tuple[str, ...]:
        return (f"Garden/Bed {cell.row}.md#Bed “{QUOTE.format(cell.row)}”",)

    def _missing(self, column: Column) -> list[SheetRow]:
        return [row for row in self.rows if (row.row, column.name) not in self.cells]

    async def _done(self, request: Any, on_event: Callable[[Any], None]) -> Any:
        match request:
            case wire.PlanSheet(sheet=name, column=column, over=over):
                if over and not self.rows:
                    self.rows = rows(4)
                calls = len(self._missing(column))
                cap = 0.5 if request.cap is None else request.cap
                known = len(self.rows) - calls
                return wire.SheetPlan(name, column.name, column.kind, "small", len(self.rows), cap, f"m{cap}", known,
                                      0, calls, self.worst, self.worst)  # fmt: skip
            case wire.FillSheet(plan=plan):
                return await self._fill(plan, on_event)
            case wire.CorrectCell(row=row, column=name, value=value):
                self.cells[row, name] = replace(self.cells[row, name], corrected=value)
                return self._shown("e1" if value else "")
            case wire.Why(id=name):
                return wire.Explanation(name, "cell", (f"Of {name}", "small was asked."), {})
            case wire.DropSheet(column=name):
                assert self.sheet
                left = tuple(one for one in self.sheet.columns if one.name != name)
                self.sheet = replace(self.sheet, columns=left) if name else None
                self.cells = {key: cell for key, cell in self.cells.items() if name and key[1] != name}
                return None
            case wire.Recall(query=words):
                others = Hit("h0", "Garden/Bed 2.md", "Bed 2", 1, 0, 0, "Something else.", root="/vault")
                return wire.Recalled(words, 1.0, (others, replace(others, id="h1", text=f"Near: {words} Far.")))
        raise AssertionError(request)

    async def _fill(self, plan: wire.PlanSheet, on_event: Callable[[Any], None]) -> wire.SheetFilled:
        column = plan.column
        if self.sheet is None:
            self.sheet = Sheet("s1", plan.sheet, plan.over, 0, (), "running")
        names = {one.name: one for one in self.sheet.columns} | {column.name: column}
        self.sheet = replace(self.sheet, columns=tuple(names.values()), state="stopped")
        on_event(wire.SheetStep(column.name, 0, len(self.rows)))
        for done, row in enumerate(self._missing(column), 1):
            while done > self.waits_after:
                self._more.clear()
                await self._more.wait()
            cell = self.cells[row.row, column.name] = filled(row, column.name)
            on_event(wire.SheetStep(column.name, done, len(self.rows), 0.001 * done, "", cell, self._places(cell)))
            await asyncio.sleep(0)
        self.sheet = replace(self.sheet, state="done")
        done_plan = wire.SheetPlan(plan.sheet, column.name, column.kind, "small", len(self.rows), 0.5, "m")
        return wire.SheetFilled(done_plan, {"done": len(self.rows)}, 0.004)

    @property
    def filled_rows(self) -> list[wire.FillSheet]:
        return [each for each in self.asked if isinstance(each, wire.FillSheet)]


class Host(App[None]):
    """Sheets alone, as the app shows it."""

    CSS_PATH = SageApp.CSS_PATH and f"{models.__file__.rpartition('/screens/')[0]}/{SageApp.CSS_PATH}"

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.sheets = Sheets(engine)  # type: ignore[arg-type]
        self.left = ""
        self.passages: list[Hit] = []

    def on_mount(self) -> None:
        self.push_screen(self.sheets)

    def go_to(self, place: str) -> None:
        self.left = place

    async def read_passage(self, hit: Hit) -> None:
        self.passages.append(hit)


class Seen:
    """What it shows."""

    def __init__(self, pilot: Pilot[Any], host: Host) -> None:
        self.pilot, self.host, self.sheets = pilot, host, host.sheets

    def read(self) -> str:
        return "\n".join(entry.text for entry in self.sheets.query_one(Pages).entries)

    def line(self, name: str) -> str:
        return str(self.sheets.query_one(name, Static).render())

    def lines(self) -> str:
        """What a panel shows."""
        return str(self.host.screen.query_one(".lines", Static).render())

    def screen(self) -> str:
        strips = self.host.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for row in strips for strip in [row])

    async def until(self, holds: Callable[[], object], seconds: float = 10) -> None:
        for _ in range(int(seconds / 0.02)):
            await asyncio.sleep(0.02)
            if holds():
                await self.pilot.pause()
                return
        raise TimeoutError(f"{self.host.screen} {self.line('#hints')} {self.line('#doing')} {self.read()}")

    async def on_panel(self, kind: type) -> None:
        await self.until(lambda: isinstance(self.host.screen, kind))

    async def priced(self) -> None:
        """The price is there."""
        await self.on_panel(SheetPrice)
        await self.until(lambda: "at most" in self.lines())

    async def choose(self, place: int) -> None:
        await self.on_panel(Choice)
        before = self.host.screen
        self.host.screen.query_one(OptionList).highlighted = place
        await self.pilot.press("enter")
        await self.until(lambda: self.host.screen is not before)

    async def type(self, words: str) -> None:
        await self.on_panel(AskLine)
        before = self.host.screen
        before.query_one(Input).value = words
        await self.pilot.press("enter")
        await self.until(lambda: self.host.screen is not before)

    async def open(self) -> None:
        await self.pilot.press("enter")
        await self.until(lambda: self.sheets.view)


@pytest.fixture(autouse=True)
def seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "GRACE", 0.0)
    monkeypatch.setattr(sheet_price, "GRACE", 0.0)


@asynccontextmanager
async def looking(engine: Engine, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Seen]:
    host = Host(engine)
    async with host.run_test(size=size) as pilot:
        seen = Seen(pilot, host)
        await seen.until(lambda: seen.read())
        yield seen


async def test_a_sheet_is_made_its_price_and_cap_stand_first_and_its_cells_come_one_by_one() -> None:
    engine = Engine()
    engine.worst, engine.waits_after = 0.02, 2
    async with looking(engine) as seen:
        assert "No sheet yet." in seen.read()
        await seen.pilot.press("n")
        await seen.choose(1)
        await seen.type("Garden")
        await seen.choose(0)
        await seen.type("What grows in {text}?")
        await seen.priced()
        told = seen.lines()
        assert "Rows    notes:Garden" in told and "What grows in {text}?" in told
        assert "4 calls of small at most: at most $0.0200" in told and "Cap     $0.50" in told
        assert not engine.filled_rows
        await seen.pilot.press("y")
        await seen.until(lambda: "2 of 4" in seen.line("#doing"))
        assert "$0.0020" in seen.line("#doing") and "Esc stops" in seen.line("#doing")
        await seen.until(lambda: "Kind 2" in seen.screen())
        assert "·" in seen.screen() and "Kind 3" not in seen.screen()
        engine.let(3)
        await seen.until(lambda: "3 of 4" in seen.line("#doing"))
        assert "Kind 3" in seen.screen() and "1 open" in seen.line("#groups")
        await seen.pilot.press("r")
        assert seen.line("#hints") == Sheets.BUSY
        engine.let()
        await seen.until(lambda: "4 with the words that they rest on. It cost $0.0040." in seen.line("#hints"))
        assert "Kind 4" in seen.screen() and not seen.line("#doing")
        (request,) = engine.filled_rows
        assert (request.plan.over, request.plan.column.kind, request.mark) == ("notes:Garden", "map", "m0.5")


async def test_without_a_yes_nothing_is_asked() -> None:
    engine = Engine(3, done=1)
    async with looking(engine) as seen:
        await seen.pilot.press("r")
        await seen.priced()
        await seen.pilot.press("enter", "escape")
        await seen.until(lambda: "Nothing was asked, and nothing spent." in seen.line("#hints"))
        assert not engine.filled_rows


async def test_a_key_of_a_moment_ago_agrees_to_no_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_price, "GRACE", 600.0)
    engine = Engine(3, done=1)
    async with looking(engine) as seen:
        await seen.pilot.press("r")
        await seen.priced()
        await seen.pilot.press("y")
        assert isinstance(seen.host.screen, SheetPrice) and not engine.filled_rows


async def test_the_cap_who_is_asked_and_the_names_are_changed_before_it_runs() -> None:
    engine = Engine()
    engine.worst = 2.0
    async with looking(engine) as seen:
        await seen.pilot.press("n")
        await seen.choose(7)
        await seen.choose(1)
        await seen.type("{text} grows")
        await seen.priced()
        assert "asks deep" in seen.lines() and "It stops before it has cost more than $0.50 (c)." in seen.lines()
        await seen.pilot.press("c")
        await seen.type("lots")
        await seen.on_panel(SheetPrice)
        await seen.until(lambda: "no number" in str(seen.host.screen.query_one(".hint", Static).render()))
        await seen.pilot.press("c")
        await seen.type("$0.25")
        await seen.until(lambda: "$0.25 (c)" in seen.lines())
        await seen.pilot.press("w")
        await seen.until(lambda: "asks local-only" in seen.lines() and "at most" in seen.lines())
        await seen.pilot.press("s")
        await seen.until(lambda: "until that is sure" in seen.lines() and "at most" in seen.lines())
        await seen.pilot.press("k")
        await seen.type("0.8")
        await seen.until(lambda: "80%" in seen.lines() and "at most" in seen.lines())
        await seen.pilot.press("r")
        await seen.type("3")
        await seen.until(lambda: "tasks, at most 3" in seen.lines() and "calls" in seen.lines())
        await seen.pilot.press("a")
        await seen.type("things")
        await seen.type("grow")
        await seen.until(lambda: "Sheet   things" in seen.lines() and "calls" in seen.lines())
        await seen.pilot.press("y")
        await seen.until(lambda: "rows fit" in seen.line("#hints") or "It cost" in seen.line("#hints"))
        plan = engine.filled_rows[0].plan
        assert (plan.sheet, plan.over, plan.most, plan.cap) == ("things", "tasks", 3, 0.25)
        assert plan.column == Column("grow", "filter", "{text} grows", "local-only", "", 0.8, True)


async def test_escape_stops_and_a_key_goes_on_where_it_was() -> None:
    engine = Engine(5, done=2)
    engine.waits_after = 1
    async with looking(engine) as seen:
        assert "not finished" in seen.read() and "r go on" in seen.line("#hints")
        await seen.open()
        await seen.pilot.press("r")
        await seen.priced()
        assert "2 of them were asked before and cost nothing." in seen.lines()
        await seen.pilot.press("y")
        await seen.until(lambda: "1 of 5" in seen.line("#doing"))
        await seen.pilot.press("escape")
        await seen.until(lambda: seen.line("#hints") == STOPPED)
        assert (
            len(engine.cells) == 3 and seen.sheets.view and not seen.line("#doing") and "2 open" in seen.line("#groups")
        )
        engine.let()
        await seen.pilot.press("r")
        await seen.priced()
        await seen.pilot.press("y")
        await seen.until(lambda: "It cost" in seen.line("#hints"))
        assert len(engine.cells) == 5 and "open" not in seen.line("#groups")
        assert all(request.plan.over == "" for request in engine.filled_rows)


async def test_what_is_filled_goes_on_while_the_person_is_elsewhere_and_is_told_there() -> None:
    engine = Engine(3, done=0)
    engine.waits_after = 0
    async with looking(engine) as seen:
        await seen.pilot.press("r")
        await seen.priced()
        await seen.pilot.press("y")
        await seen.until(lambda: "0 of 3" in seen.line("#doing"))
        notes: list[str] = []
        seen.host.notify = lambda message, **more: notes.append(message)  # type: ignore[method-assign, assignment, misc]
        await seen.host.push_screen(Sheets(engine))  # type: ignore[arg-type]
        engine.let()
        await seen.until(lambda: notes)
        assert notes == ["beds: what is filled."]


async def test_the_chosen_cell_stands_whole_with_its_citation_and_enter_shows_the_words_marked() -> None:
    async with looking(Engine(3)) as seen:
        await seen.open()
        await seen.pilot.press("down")
        assert "Kind 2" in seen.read() and "Garden/Bed 2.md#Bed “Kind 2 grows in bed 2.”" in seen.read()
        await seen.pilot.press("enter")
        marked = [entry.text for entry in seen.sheets.query_one(Pages).entries if entry.role == "found"]
        assert marked == ["Kind 2 grows in bed 2."] and "First line." in seen.read() and "Last line." in seen.read()
        await seen.pilot.press("escape", "left")
        assert "First line." in seen.read()
        await seen.pilot.press("escape", "escape")
        assert seen.sheets.view is None and seen.host.left == "models"


async def test_m_shows_the_passage_in_memory_that_has_the_words() -> None:
    engine = Engine(3)
    async with looking(engine) as seen:
        await seen.open()
        await seen.pilot.press("down", "m")
        await seen.until(lambda: seen.host.passages)
        assert [hit.id for hit in seen.host.passages] == ["h1"]
        await seen.pilot.press("down", "m")  # nothing of that note is found
        await seen.until(lambda: "does not stand in Memory" in seen.line("#hints"))


async def test_a_cell_is_put_right_in_its_place_and_the_models_word_comes_back() -> None:
    engine = Engine(3)
    async with looking(engine) as seen:
        await seen.open()
        await seen.pilot.press("down", "c")
        await seen.on_panel(AskLine)
        assert seen.host.screen.query_one(Input).value == "Kind 2"
        await seen.type("Leeks")
        await seen.until(lambda: "Kept. It is a case" in seen.line("#hints"))
        assert engine.asked[-1] == wire.CorrectCell("beds", 2, "what", "Leeks")
        assert "Leeks" in seen.screen() and "The model said: Kind 2" in seen.read()
        await seen.pilot.press("u")
        await seen.until(lambda: "What the model said counts again." in seen.line("#hints"))
        assert engine.asked[-1].value is None and "Leeks" not in seen.screen()


async def test_some_rows_by_chance_are_listed_and_escape_lists_all() -> None:
    async with looking(Engine(60), (100, 40)) as seen:
        await seen.open()
        await seen.pilot.press("s")
        assert "5 rows by chance of 60" in seen.line("#groups") and seen.sheets.view and len(seen.sheets.view.rows) == 5
        first = seen.sheets.view.rows
        for _ in range(5):
            await seen.pilot.press("s")
        assert seen.sheets.view.rows != first
        await seen.pilot.press("escape")
        assert len(seen.sheets.view.rows) == 60


async def test_a_further_column_is_made_in_the_sheet_and_may_read_another_one() -> None:
    engine = Engine(3)
    async with looking(engine) as seen:
        await seen.open()
        await seen.pilot.press("n")
        await seen.choose(3)
        await seen.type("the same kind")
        await seen.priced()
        assert "Reads   the rows" in seen.lines()
        await seen.pilot.press("o")
        await seen.until(lambda: "Reads   what what says" in seen.lines() and "at most" in seen.lines())
        await seen.pilot.press("y")
        await seen.until(lambda: "It cost" in seen.line("#hints"))
        plan = engine.filled_rows[0].plan
        assert (plan.sheet, plan.over, plan.column.of, plan.column.kind) == ("beds", "", "what", "resolve")
        assert seen.sheets.query_one(Grid).chosen[1] == 2


async def test_a_sheet_is_written_to_a_new_file_and_never_over_one(tmp_path: Path) -> None:
    file = tmp_path / "beds.csv"
    async with looking(Engine(2)) as seen:
        await seen.pilot.press("x")
        await seen.type(str(file))
        await seen.until(lambda: "Written to" in seen.line("#hints"))
        assert "Kind 2" in file.read_text()
        await seen.pilot.press("x")
        await seen.type(str(file))
        await seen.until(lambda: "cannot be written" in seen.line("#hints"))
        await seen.pilot.press("x")
        await seen.type(str(tmp_path / "beds.xls"))
        await seen.until(lambda: "no known kind" in seen.line("#hints"))


async def test_what_goes_is_said_before_a_column_or_a_sheet_is_taken_away() -> None:
    engine = Engine(3)
    engine.cells[1, "what"] = replace(engine.cells[1, "what"], corrected="Leeks")
    async with looking(engine) as seen:
        await seen.open()
        await seen.pilot.press("d")
        await seen.on_panel(Agreement)
        assert "2 cells that models filled, and 1 cell in your own words: all of it goes." in seen.lines()
        await seen.pilot.press("n")
        await seen.until(lambda: seen.host.screen is seen.sheets)
        assert not engine.asked
        await seen.pilot.press("d")
        await seen.on_panel(Agreement)
        await seen.pilot.press("y")
        await seen.until(lambda: "The column what of beds is gone." in seen.line("#hints"))
        assert engine.asked == [wire.DropSheet("beds", "what")] and seen.sheets.view
        await seen.pilot.press("d")
        await seen.on_panel(Agreement)
        assert "3 rows and 0 columns" in seen.lines()
        await seen.pilot.press("y")
        await seen.until(lambda: "The sheet beds is gone." in seen.line("#hints"))
        assert engine.asked[-1] == wire.DropSheet("beds") and "No sheet yet." in seen.read()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 45)])
async def test_thousands_of_rows_and_many_columns_are_a_table_at_every_width(size: tuple[int, int]) -> None:
    engine = Engine(5000)
    assert engine.sheet
    columns = tuple(Column(f"column {n}", "map", "What?") for n in range(9))
    engine.sheet = replace(engine.sheet, columns=columns)
    engine.cells = {(row.row, one.name): filled(row, one.name) for row in engine.rows for one in columns[::8]}
    async with looking(engine, size) as seen:
        await seen.open()
        drawn: list[int] = []
        assert seen.sheets.view
        made = seen.sheets.view.grid_row
        seen.sheets.view.grid_row = lambda place: (drawn.append(place), made(place))[1]  # type: ignore[method-assign]
        grid = seen.sheets.query_one(Grid)
        grid.show([*grid._heads], 5000, seen.sheets.view.grid_row)
        await seen.pilot.press("end", *["right"] * 9)
        await seen.until(lambda: "Kind 5000" in seen.screen())
        assert grid.chosen == (4999, 9) and "‹" in seen.screen() and "column 8" in seen.screen()
        assert max(map(len, seen.screen().splitlines())) <= size[0]
        assert len(set(drawn)) <= 4 * size[1]
        await seen.pilot.press("home", *["left"] * 9)
        await seen.until(lambda: "column 0" in seen.screen() and " 1 " in seen.screen())


async def test_words_from_outside_steer_nothing() -> None:
    engine = Engine(1)
    evil = "\x1b]0;owned\x07[/red] ‮ \x9b31m"
    assert engine.sheet
    engine.sheet = replace(engine.sheet, columns=(Column("what", "map", evil),))
    engine.rows = (replace(engine.rows[0], source=evil, text=evil),)
    engine.cells = {(1, "what"): replace(engine.cells[1, "what"], value=evil, model=evil, spans=(Span(0, 3),))}
    async with looking(engine) as seen:
        await seen.open()
        for keys in (("left",), ("right",), ("enter",)):
            await seen.pilot.press(*keys)
            await seen.pilot.pause()
            assert not {"\x1b", "\x07", "\x9b", "‮"} & set(seen.screen())


async def test_a_click_chooses_a_cell_and_two_open_it() -> None:
    async with looking(Engine(5)) as seen:
        await seen.open()
        grid = seen.sheets.query_one(Grid)
        await seen.pilot.click(Grid, offset=(50, 3))
        assert grid.chosen == (2, 1)
        await seen.pilot.click(Grid, offset=(3, 2))
        assert grid.chosen == (1, 0)
        await seen.pilot.click(Grid, offset=(3, 2), times=2)
        await seen.until(lambda: seen.sheets.has_class("-whole"))


async def test_what_was_made_of_all_rows_stands_first_with_the_rows_that_it_rests_on() -> None:
    engine = Engine(3)
    assert engine.sheet
    engine.sheet = replace(engine.sheet, columns=(Column("sum", "reduce", "What grows?"),))
    spans = tuple(Span(24, 40, number) for number in (1, 3))
    engine.cells = {(0, "sum"): Cell(0, "sum", "k", "done", "Kinds grow. [1, 3]", spans)}
    async with looking(engine) as seen:
        await seen.open()
        assert "* all rows" in seen.screen() and "Kinds grow." in seen.read()
        await seen.pilot.press("enter")
        assert "1 Garden/Bed 1.md" in seen.read() and "3 Garden/Bed 3.md" in seen.read()


async def test_the_keys_are_shown_and_left() -> None:
    async with looking(Engine(2)) as seen:
        await seen.open()
        await seen.pilot.press("question_mark")
        assert "what it does" in seen.read()
        await seen.pilot.press("escape")
        assert seen.sheets.view and "Kind 1" in seen.read() and seen.sheets.query_one(Grid).has_focus


async def test_a_key_says_why_a_cell_says_what_it_does_until_escape() -> None:
    engine = Engine(4, done=4)
    async with looking(engine) as seen:
        await seen.open()
        await seen.pilot.press("down", "w")
        await seen.until(lambda: "small was asked." in seen.read())
        assert f"Of {engine.sheet and engine.sheet.name}/2/what" in seen.read()
        await seen.pilot.press("escape")
        await seen.until(lambda: "small was asked." not in seen.read())
        assert "Kind 2" in seen.read()
