"""Sheets: many texts asked the same. A list of them, and one as a table, each cell with where its words stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from sage import wire
from sage.core.errors import NotFound
from sage.core.sharing_words import counted
from sage.core.sheets.sheet import Cell, Column, SheetRow
from sage.core.sheets.sheet_words import money, result_lines
from sage.core.terminal_text import clean_line
from sage.tui.places import MODELS
from sage.tui.screens.place import Place
from sage.tui.sheet_deeds import Deeds
from sage.tui.sheet_pages import KEYS, NOTHING_YET, around_entries, cell_entries, sheet_entries, why_entries
from sage.tui.sheet_rows import SheetView, item_of, summary
from sage.tui.widgets.grid import Grid
from sage.tui.widgets.reading import Pages
from sage.tui.widgets.results import Item, Results

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk

STOPPED = "Stopped. r goes on where it was; what was answered is not asked again."
PAUSE = 0.15
"""Seconds after which steps that came meanwhile are shown together."""
_BAR = 12


class Sheets(Place[wire.SheetLine]):
    """A list of them; one that is open is a table. What fills a column goes on while the person is elsewhere in the app."""

    NAME, KEYS, BEYOND = "Sheets", KEYS, MODELS.id
    BUSY = "A column is being filled: Esc stops it."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "make", "New"),
        Binding("r", "go_on", "Go on"),
        Binding("c", "deed('correct')", "Put right"),
        Binding("u", "deed('uncorrect')", "The model's word"),
        Binding("s", "sample", "Some by chance"),
        Binding("w", "deed('why')", "Why"),
        Binding("o", "deed('edit')", "Open the note"),
        Binding("m", "deed('remember')", "In Memory"),
        Binding("x", "export", "Write to a file"),
        Binding("d", "drop", "Take away"),
    ]

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self._deeds = Deeds(self, talk)
        self._looked = False
        """Whether the engine was asked yet."""
        self.view: SheetView | None = None
        """The sheet that is open."""
        self._filled: dict[tuple[int, str], wire.SheetStep] = {}
        """What fills a column has put there so far."""
        self._step: wire.SheetStep | None = None
        """The last step of it that is not shown yet."""
        self._stale = False
        """Whether the chosen cell says something else by now than is shown."""
        self._pause: Timer | None = None

    def parts(self) -> Iterable[Widget]:
        yield Results()
        yield Grid()
        yield Pages(classes="pane")

    # what is shown

    def item(self, row: wire.SheetLine) -> Item:
        return item_of(row)

    def names_of(self, row: wire.SheetLine) -> tuple[str]:
        return (row.sheet.name,)

    @property
    def list_now(self) -> Widget:
        return self.query_one(Grid if self.view else Results)

    @property
    def sheet_name(self) -> str:
        """The name of the sheet that is open or chosen; "" for none."""
        return self.view.sheet.name if self.view else self.chosen.sheet.name if self.chosen else ""

    @property
    def sheet_names(self) -> set[str]:
        """The names of all sheets."""
        return {line.sheet.name for line in self.rows}

    @property
    def cell(self) -> tuple[SheetRow, Column | None, Cell | None] | None:
        """The row, the column and the cell that are chosen in the table."""
        place, number = self.query_one(Grid).chosen
        if self.view is None or place >= len(self.view.rows):
            return None
        row = self.view.rows[place]
        column = self.view.sheet.columns[number - 1] if 0 < number <= len(self.view.sheet.columns) else None
        return row, column, self.view.cells.get((row.row, column.name)) if column else None

    def on_screen_resume(self) -> None:
        if not self._busy:
            self.look_again()

    async def find(self) -> None:
        lines = list((await self.read(wire.ListSheets())).sheets)
        open_one = (place for place, line in enumerate(lines) if self.view and line.sheet.id == self.view.sheet.id)
        self.list_rows(lines, next(open_one, None))
        self._looked = True
        if self.view:
            try:
                await self.open_sheet(self.view.sheet.name)
            except NotFound:
                self.leave_sheet()
        self.show_chosen()

    async def open_sheet(self, name: str, column: str = "") -> None:
        """Opens a sheet, or reads it anew with the same rows listed and the same cell chosen; `column` is chosen, if given."""
        shown = await self.whole_sheet(name)
        before, at = self.view, self.query_one(Grid).chosen
        same = before is not None and before.sheet.id == shown.sheet.id
        some = {row.row for row in before.some} if before and same else set[int]()
        self.view = SheetView(shown, [row for row in shown.rows if row.row in some])
        for step in self._filled.values():
            self.view.take(step)
        names = [one.name for one in shown.sheet.columns]
        if column in names:
            at = (at[0] if same else 0, names.index(column) + 1)
        elif not same:
            at = (0, min(1, len(names)))
        self._show_table(at)
        if not self.has_class("-open"):
            self.add_class("-open")
            self.see(whole=False)

    async def whole_sheet(self, name: str) -> wire.SheetShown:
        """A sheet, page by page."""
        shown = await self.read(wire.ShowSheet(name))
        while shown.more:
            shown = shown.with_more(await self.read(wire.ShowSheet(name, shown.rows[-1].row)))
        return shown

    def _show_table(self, at: tuple[int, int]) -> None:
        assert self.view
        names = [column.name for column in self.view.sheet.columns]
        self.query_one(Grid).show(("row", *names), len(self.view.rows), self.view.grid_row, at)
        self.show_chosen()

    def leave_sheet(self) -> None:
        """Back to the list."""
        self.view = None
        self.remove_class("-open")
        self.see(whole=False)

    @on(Grid.Chosen)
    def _chose_cell(self) -> None:
        self._told_last = ""
        self.show_chosen()

    def show_chosen(self) -> None:
        self.show_hints()
        self._show_summary()
        if self._keys:
            return
        if self.view and self.cell:
            row, column, cell = self.cell
            if self._whole:
                self.pages.show(*around_entries(self.view, row, cell))
            else:
                self.pages.show(cell_entries(self.view, row, column, cell))
        elif self.chosen:
            self.pages.show(sheet_entries(self.chosen))
        else:
            self.pages.say(NOTHING_YET if self._looked else "")

    def show_why(self, told: wire.Explanation) -> None:
        """Why the chosen cell says what it says, until another one is chosen."""
        self.see(whole=True)
        self.pages.show(why_entries(told))

    def _show_summary(self) -> None:
        self.query_one("#groups", Static).update(clean_line(summary(self.view)) if self.view else "")

    def key_hints(self) -> list[str]:
        if self.view is None:
            line = self.chosen
            keys = ["Enter open"] if line else []
            keys += ["r go on"] if line and line.sheet.state != "done" else []
            return [*keys, "n new sheet", *(["x to a file", "d take away"] if line else []), "? keys"]
        keys = ["m in Memory", "o open the note", "Esc back"] if self._whole else ["Enter where it stands"]
        keys += ["c put right"] if self.cell and self.cell[2] else []
        keys += ["Esc stops"] if self._busy else ["r go on"] if self.view.unfinished else []
        return [*keys, *([] if self._whole else ["s some by chance", "n new column"]), "? keys"]

    # a column is filled

    def fill(self, request: wire.PlanSheet, plan: wire.SheetPlan) -> None:
        """Begins what the person agreed to, once at a time."""
        if self.begin(self._fill, request, plan, stopped=STOPPED):
            self.do(f"{plan.column}: {counted(plan.rows, 'row')} · Esc stops")
            self._filled.clear()

    async def _fill(self, request: wire.PlanSheet, plan: wire.SheetPlan) -> None:
        seen = False

        def stepped(event: Any) -> None:
            nonlocal seen
            if not isinstance(event, wire.SheetStep):
                return
            if not seen:  # by now the sheet has its rows, and the column
                seen = True
                self.work("opening", self.open_sheet, plan.sheet, plan.column)
            self._take(event)

        filled = await self._talk.call(wire.FillSheet(request, plan.mark), stepped)
        self._filled.clear()
        await self.open_sheet(plan.sheet, plan.column)
        await self.look_now(" ".join([filled.stopped, *result_lines(filled)]).strip())
        self.tell_elsewhere(filled.stopped or f"{plan.sheet}: {plan.column} is filled.")

    def _take(self, step: wire.SheetStep) -> None:
        """Steps come faster than anyone reads: those of a moment are shown together."""
        self._step = step
        if step.cell:
            self._filled[step.cell.row, step.cell.column] = step
            if self.view:
                self.view.take(step)
            row, column, _ = self.cell or (None, None, None)
            self._stale |= bool(row and column and (row.row, column.name) == (step.cell.row, step.cell.column))
        if self._pause is None:
            self._pause = self.set_timer(PAUSE, self._show_step)

    def _show_step(self) -> None:
        step, self._step, self._pause = self._step, None, None
        if step is None or self._busy is None:
            return
        full = _BAR * step.done // max(1, step.total)
        bar = "█" * full + "·" * (_BAR - full)
        spent = f" · {money(step.spent)}" if step.spent != 0 else ""
        self.do(f"{step.column} {bar} {step.done} of {step.total}{spent} · Esc stops")
        self.query_one(Grid).refresh()
        self._show_summary()
        if self._stale and not self._whole:
            self._stale = False
            self.show_chosen()

    def over(self) -> None:
        self._filled.clear()
        super().over()

    # keys

    def action_make(self) -> None:
        """A new sheet, or a further column of the one that is open."""
        if self._busy:
            self.tell(self.BUSY)
        else:
            self.work("making", self._deeds.make, self.view)

    def action_go_on(self) -> None:
        """Asks what is missing of a column: the chosen one, if anything is."""
        if self._busy:
            self.tell(self.BUSY)
        elif self.sheet_name:
            self.work("making", self._deeds.go_on, self.sheet_name, self.cell[1] if self.cell else None)

    def action_deed(self, name: str) -> None:
        """Does something to the cell that is chosen (see `Deeds`)."""
        if self.view and self.cell:
            self.work("doing", getattr(self._deeds, name), self.view, *self.cell)

    def action_sample(self) -> None:
        """Lists a few rows by chance, others each time."""
        if self.view and self.view.every:
            self._deeds.sample(self.view)
            self._told_last = ""
            self._show_table((0, self.query_one(Grid).chosen[1]))

    def action_export(self) -> None:
        if self.sheet_name:
            self.work("doing", self._deeds.export, self.sheet_name)

    def action_drop(self) -> None:
        """The chosen column, or the sheet where a row or the list is chosen."""
        if self._busy:
            self.tell(self.BUSY)
        elif self.sheet_name:
            self.work("doing", self._deeds.drop, self.sheet_name, self.cell[1] if self.cell else None)

    def open_chosen(self) -> None:
        if self.chosen:
            self._told_last = ""
            self.work("opening", self.open_sheet, self.chosen.sheet.name)

    @on(Grid.Opened)
    def _read_whole(self) -> None:
        if self.cell:
            self.see(whole=True)

    def step_back(self) -> bool:
        """Stops what is filled; goes from some rows to all, and to the list."""
        if super().step_back():
            return True
        if self.view and self.view.some:
            self.view.some = ()
            self._show_table((0, self.query_one(Grid).chosen[1]))
        elif self.view:
            self.leave_sheet()
        else:
            return False
        return True
