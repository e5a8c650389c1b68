"""Sheets: many texts asked the same. A list of them, and one as a table, each cell with where its words stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from sage import wire
from sage.core.errors import NotFound
from sage.core.sheets.sheet import Cell, Column, SheetRow
from sage.core.sheets.sheet_words import money, result_lines
from sage.core.terminal_text import clean_line
from sage.tui.places import MODELS
from sage.tui.sheet_deeds import Deeds
from sage.tui.sheet_pages import KEYS, NOTHING_YET, around_entries, cell_entries, sheet_entries
from sage.tui.sheet_rows import SheetView, item_of, summary
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.grid import Grid
from sage.tui.widgets.reading import Pages
from sage.tui.widgets.results import Results
from sage.tui.working import Working

if TYPE_CHECKING:
    from sage.tui.app import SageApp
    from sage.tui.screens.talk import Talk

BUSY = "A column is being filled: Esc stops it."
STOPPED = "Stopped. r goes on where it was; what was answered is not asked again."
PAUSE = 0.15
"""Seconds after which steps that came meanwhile are shown together."""
_BAR = 12


class Sheets(Working):
    """A column that is being filled goes on while the person is elsewhere in the app."""

    AUTO_FOCUS = "Results"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    LOOKS = ("finding",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("n", "make", "New"),
        Binding("r", "go_on", "Go on"),
        Binding("c", "deed('correct')", "Put right"),
        Binding("u", "deed('uncorrect')", "The model's word"),
        Binding("s", "sample", "Some by chance"),
        Binding("o", "deed('edit')", "Open the note"),
        Binding("m", "deed('remember')", "In Memory"),
        Binding("x", "export", "Write to a file"),
        Binding("d", "drop", "Take away"),
        Binding("question_mark", "keys", "Keys"),
        Binding("pagedown", "page(1)", "On", show=False),
        Binding("pageup", "page(-1)", "Back", show=False),
    ]
    app: SageApp

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self._deeds = Deeds(self, talk)
        self._lines: tuple[wire.SheetLine, ...] | None = None
        self.view: SheetView | None = None
        """The sheet that is open."""
        self._filling: Worker[Any] | None = None
        self._filled: dict[tuple[int, str], wire.SheetStep] = {}
        """What it has put there so far."""
        self._step: wire.SheetStep | None = None
        """The last step of it that is not shown yet."""
        self._stale = False
        """Whether the chosen cell says something else by now than is shown."""
        self._pause: Timer | None = None
        self._keys = self._whole = False

    def compose(self) -> ComposeResult:
        with Horizontal(id="searching"):
            yield Static("Sheets", id="place", markup=False)
            yield Static("", id="doing", markup=False)
        yield Static("", id="groups", markup=False)
        with Container(id="found"):
            yield Results()
            yield Grid()
            yield Pages()
        yield Static("", id="hints", markup=False)

    # what is shown

    @property
    def line(self) -> wire.SheetLine | None:
        """The sheet that is chosen in the list."""
        place = self.query_one(Results).chosen
        return self._lines[place] if self._lines and place < len(self._lines) else None

    @property
    def sheet_name(self) -> str:
        """The name of the sheet that is open or chosen; "" for none."""
        return self.view.sheet.name if self.view else self.line.sheet.name if self.line else ""

    @property
    def sheet_names(self) -> set[str]:
        """The names of all sheets."""
        return {line.sheet.name for line in self._lines or ()}

    @property
    def chosen(self) -> tuple[SheetRow, Column | None, Cell | None] | None:
        """The row, the column and the cell that are chosen in the table."""
        place, number = self.query_one(Grid).chosen
        if self.view is None or place >= len(self.view.rows):
            return None
        row = self.view.rows[place]
        column = self.view.sheet.columns[number - 1] if 0 < number <= len(self.view.sheet.columns) else None
        return row, column, self.view.cells.get((row.row, column.name)) if column else None

    def on_screen_resume(self) -> None:
        if not self._filling:
            self.work("finding", self.find)

    async def look_now(self, told: str) -> None:
        """Something was done: how it all is now, and what is told of it."""
        await self.find()
        self.tell(told)

    async def find(self) -> None:
        self._lines = (await self.read(wire.ListSheets())).sheets
        lines = self._lines
        self.query_one(Results).show(
            len(lines),
            lambda place: item_of(lines[place]),
            at=self._place_of(self.sheet_name, self.query_one(Results).chosen),
        )
        if self.view:
            try:
                await self.open_sheet(self.view.sheet.name)
            except NotFound:
                self.leave_sheet()
        self._show_chosen()

    def _place_of(self, name: str, otherwise: int) -> int:
        return next((at for at, line in enumerate(self._lines or ()) if line.sheet.name == name), otherwise)

    async def open_sheet(self, name: str, column: str = "") -> None:
        """Opens a sheet, or reads it anew with the same rows listed and the same cell chosen; `column` is chosen, if given."""
        shown = await self.read(wire.ShowSheet(name))
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
            self._see(whole=False)

    def _show_table(self, at: tuple[int, int]) -> None:
        assert self.view
        names = [column.name for column in self.view.sheet.columns]
        self.query_one(Grid).show(("row", *names), len(self.view.rows), self.view.grid_row, at)
        self._show_chosen()

    def leave_sheet(self) -> None:
        """Back to the list."""
        self.view = None
        self.remove_class("-open")
        self._see(whole=False)

    @on(Results.Chosen)
    @on(Grid.Chosen)
    def _choose(self) -> None:
        self._told_last = ""
        self._show_chosen()

    def _show_chosen(self) -> None:
        self.show_hints()
        self._show_summary()
        if self._keys:
            return
        pages, chosen = self.query_one(Pages), self.chosen
        if self.view and chosen:
            row, column, cell = chosen
            if self._whole:
                pages.show(*around_entries(self.view, row, cell))
            else:
                pages.show(cell_entries(self.view, row, column, cell))
        elif self.line:
            pages.show(sheet_entries(self.line))
        else:
            pages.say(NOTHING_YET if self._lines is not None else "")

    def _show_summary(self) -> None:
        self.query_one("#groups", Static).update(clean_line(summary(self.view)) if self.view else "")

    def show_hints(self) -> None:
        self.query_one("#hints", Static).update(clean_line(self._awaited or self._told_last or self._key_hints()))

    def _key_hints(self) -> str:
        """The keys that do something with what is shown."""
        if self._keys:
            return "Esc back · PgDn on"
        if self.view is None:
            keys = ["Enter open"] if self.line else []
            keys += ["r go on"] if self.line and self.line.sheet.state != "done" else []
            return " · ".join([*keys, "n new sheet", *(["x to a file", "d take away"] if self.line else []), "? keys"])
        keys = ["m in Memory", "o open the note", "Esc back"] if self._whole else ["Enter where it stands"]
        keys += ["c put right"] if self.chosen and self.chosen[2] else []
        keys += ["Esc stops"] if self._filling else ["r go on"] if self.view.unfinished else []
        return " · ".join([*keys, *([] if self._whole else ["s some by chance", "n new column"]), "? keys"])

    # a column is filled

    def do(self, text: str) -> None:
        """What goes on meanwhile, at the top; "" for nothing."""
        self.query_one("#doing", Static).update(clean_line(text))

    def fill(self, request: wire.PlanSheet, plan: wire.SheetPlan) -> None:
        """Begins what the person agreed to, once at a time."""
        if self._filling:
            self.tell(BUSY)
            return
        self.tell("")
        self.do(f"{plan.column}: {plan.rows} rows · Esc stops")
        self._filled.clear()
        self._filling = self.work("filling", self._fill, request, plan)

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
        if self.app.screen is not self:
            words = filled.stopped or f"{plan.sheet}: {plan.column} is filled."
            self.app.notify(clean_line(words), timeout=10, markup=False)

    def _take(self, step: wire.SheetStep) -> None:
        """Steps come faster than anyone reads: those of a moment are shown together."""
        self._step = step
        if step.cell:
            self._filled[step.cell.row, step.cell.column] = step
            if self.view:
                self.view.take(step)
            row, column, _ = self.chosen or (None, None, None)
            self._stale |= bool(row and column and (row.row, column.name) == (step.cell.row, step.cell.column))
        if self._pause is None:
            self._pause = self.set_timer(PAUSE, self._show_step)

    def _show_step(self) -> None:
        step, self._step, self._pause = self._step, None, None
        if step is None or self._filling is None:
            return
        full = _BAR * step.done // max(1, step.total)
        bar = "█" * full + "·" * (_BAR - full)
        spent = f" · {money(step.spent)}" if step.spent != 0 else ""
        self.do(f"{step.column} {bar} {step.done} of {step.total}{spent} · Esc stops")
        self.query_one(Grid).refresh()
        self._show_summary()
        if self._stale and not self._whole:
            self._stale = False
            self._show_chosen()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A column is filled, or was stopped."""
        over = event.state in (WorkerState.SUCCESS, WorkerState.ERROR, WorkerState.CANCELLED)
        if over and event.worker is self._filling:
            self._filling = None
            self._filled.clear()
            self.do("")
            if event.state is WorkerState.CANCELLED:
                self.work("stopped", self.look_now, STOPPED)
        super().on_worker_state_changed(event)

    # keys

    def action_make(self) -> None:
        """A new sheet, or a further column of the one that is open."""
        if self._filling:
            self.tell(BUSY)
        else:
            self.work("making", self._deeds.make, self.view)

    def action_go_on(self) -> None:
        """Asks what is missing of a column: the chosen one, if anything is."""
        if self._filling:
            self.tell(BUSY)
        elif self.sheet_name:
            self.work("making", self._deeds.go_on, self.sheet_name, self.chosen[1] if self.chosen else None)

    def action_deed(self, name: str) -> None:
        """Does something to the cell that is chosen (see `Deeds`)."""
        if self.view and self.chosen:
            self.work("doing", getattr(self._deeds, name), self.view, *self.chosen)

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
        if self._filling:
            self.tell(BUSY)
        elif self.sheet_name:
            self.work("doing", self._deeds.drop, self.sheet_name, self.chosen[1] if self.chosen else None)

    def action_page(self, by: int) -> None:
        """Reads on in what is shown, while the list keeps the keys."""
        pages = self.query_one(Pages)
        (pages.scroll_page_down if by > 0 else pages.scroll_page_up)()

    @on(Results.Opened)
    def _open_chosen(self) -> None:
        if self.line:
            self._told_last = ""
            self.work("opening", self.open_sheet, self.line.sheet.name)

    @on(Grid.Opened)
    def _read_whole(self) -> None:
        if self.chosen:
            self._see(whole=True)

    def action_keys(self) -> None:
        self._keys, self._told_last = True, ""
        self.add_class("-whole")
        self.set_focus(self.query_one(Pages))
        self.show_hints()
        self.query_one(Pages).show([Entry("assistant", KEYS)])

    def action_back(self) -> None:
        """Away from the keys, out of the whole, from some rows to all; stops what is filled; to the list, and to Models."""
        if self._keys:
            self._see(whole=self._whole)
        elif self._whole:
            self._see(whole=False)
        elif self._filling:
            self._filling.cancel()
        elif self.view and self.view.some:
            self.view.some = ()
            self._show_table((0, self.query_one(Grid).chosen[1]))
        elif self.view:
            self.leave_sheet()
        else:
            self.app.go_to(MODELS.id)

    def _see(self, *, whole: bool) -> None:
        """What is chosen, in the place of the table or beside it."""
        self._keys, self._whole, self._told_last = False, whole, ""
        self.set_class(whole, "-whole")
        self.set_focus(self.query_one(Pages if whole else Grid if self.view else Results))
        self._show_chosen()
