"""Models: who answers and what it costs, others tried on the person's own cases, a swap and its way back with one key each."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from sage import wire
from sage.core.model_choice import ModelOption, ModelRole
from sage.core.terminal_text import clean_line
from sage.tui.case_deeds import CaseDeeds
from sage.tui.ledger_deeds import LedgerDeeds
from sage.tui.model_deeds import Deeds
from sage.tui.model_keys import KEYS, hints_of
from sage.tui.model_pages import Shown, entries_of
from sage.tui.model_rows import GROUPS, ROLES, Group, OnTrial, OwnCase, Row, State, Tried, look, option_of, rows_of
from sage.tui.places import TALK
from sage.tui.trial_deeds import Attempt, TrialDeeds, attempt_of
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.reading import Pages
from sage.tui.widgets.results import Results
from sage.tui.working import Working

if TYPE_CHECKING:
    from sage.tui.app import SageApp
    from sage.tui.screens.talk import Talk

STOPPED = "Stopped. t goes on where it was; what was answered is not asked again."
HALTED = "Stopped. i goes on where it was; what has arrived is kept."
BUSY = "A model is being tried or brought here: Esc stops that."


class Models(Working):
    """A list, and one of it in full. What is tried goes on while the person is elsewhere."""

    AUTO_FOCUS = "Results"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    LOOKS = ("finding", "full")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("i", "install", "Install"),
        Binding("t", "try", "Try"),
        Binding("J", "judge", "Judge"),
        Binding("w", "without", "Without"),
        Binding("s", "compare", "Side by side"),
        Binding("v", "vote", "Vote"),
        Binding("u", "use", "Use"),
        Binding("b", "roll_back", "Take back"),
        Binding("c", "canary", "On trial"),
        Binding("a", "keep", "Keep"),
        Binding("e", "edit", "Edit"),
        Binding("D", "drop", "Drop"),
        Binding("l", "ledger('by')", "Ledger"),
        Binding("d", "ledger('days')", "Days"),
        Binding("f", "export", "Into a file"),
        Binding("n", "make_cases", "Make cases"),
        Binding("x", "bundle", "To give away"),
        Binding("m", "name", "Another model"),
        Binding("r", "role", "Role"),
        Binding("h", "app.go_to('sheets')", "Sheets"),
        Binding("question_mark", "keys", "Keys"),
        Binding("1", "group('')", "All", show=False),
        *(
            Binding(f"{number}", f"group('{group}')", label, show=False)
            for number, (group, label) in enumerate(GROUPS.items(), 2)
        ),
        Binding("pagedown", "page(1)", "On", show=False),
        Binding("pageup", "page(-1)", "Back", show=False),
    ]
    app: SageApp

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self._deeds, self._trials = Deeds(self, talk), TrialDeeds(self, talk)
        self._cases, self._ledger = CaseDeeds(self, talk), LedgerDeeds(self)
        self._state: State | None = None
        self._rows: list[Row] = []
        self._group: Group | None = None
        self._role: ModelRole = "talk"
        self._named: list[ModelOption] = []
        """Models that the person named."""
        self._judge: ModelOption | None = None
        self._full: tuple[str, Shown] | None = None
        """The id of the trial or case that is shown, with all of it."""
        self._busy: Worker[Any] | None = None
        """What is tried or brought here."""
        self._doing = self._stopped = ""
        self._keys = self._whole = False

    def compose(self) -> ComposeResult:
        with Horizontal(id="searching"):
            yield Static("Models", id="place", markup=False)
            yield Static("", id="doing", markup=False)
        yield Static("", id="groups")
        with Container(id="found"):
            yield Results()
            yield Pages()
        yield Static("", id="hints", markup=False)

    # what is shown

    @property
    def rows(self) -> list[Row]:
        """What is listed."""
        return self._rows

    @property
    def chosen(self) -> Row | None:
        """The row that is chosen."""
        place = self.query_one(Results).chosen
        return self._rows[place] if place < len(self._rows) else None

    @property
    def option(self) -> ModelOption | None:
        """The model that the chosen row is about."""
        return option_of(self.chosen, self._state, self._named) if self._state else None

    def do(self, text: str) -> None:
        """What goes on meanwhile, at the top; "" for nothing."""
        self._doing = text
        judge = f" · {self._judge.id} judges" if self._judge else ""
        told = text or f"for {self._role} · r another role{judge}"
        self.query_one("#doing", Static).update(clean_line(told))

    def on_screen_resume(self) -> None:
        self.work("finding", self.find)

    async def look_now(self, told: str) -> None:
        """Something was done: how it all is now, and what is told of it."""
        await self.find()
        self.tell(told)

    async def tried(self, shown: wire.TrialShown) -> None:
        """A trial came to its end: its verdict is shown, or told where the person is."""
        self._group = None
        await self.find()
        self._full = shown.trial.id, shown
        place = next((place for place, row in enumerate(self._rows) if row.id == shown.trial.id), 0)
        self._show_list(place)
        self.tell("")
        self._tell_elsewhere(shown.words[0] if shown.words else "")

    async def ended(self, told: str) -> None:
        """Something that took long is done: told where the person is."""
        await self.look_now(told)
        self._tell_elsewhere(told)

    def _tell_elsewhere(self, told: str) -> None:
        if told and self.app.screen is not self:
            self.app.notify(clean_line(told), timeout=10, markup=False)

    async def find(self) -> None:
        self._state = await look(self.read, self._ledger.by, self._ledger.days)
        self._full = None
        self._list()

    def _list(self) -> None:
        """Lists again, with the same row chosen wherever it is now."""
        if self._state is None:
            return
        before, place = self.chosen, self.query_one(Results).chosen
        every = rows_of(self._state, self._role, self._named)
        self._rows = [row for row in every if self._group in (None, row.group)]
        same = (number for number, row in enumerate(self._rows) if before and row.id == before.id)
        self._show_groups(every)
        self._show_list(next(same, min(place, max(0, len(self._rows) - 1))))
        self.do(self._doing)

    def _show_list(self, at: int) -> None:
        rows = self._rows
        self.query_one(Results).show(len(rows), lambda place: rows[place].item(), at=at)
        self._show_chosen()

    def _show_groups(self, every: list[Row]) -> None:
        text = Text(no_wrap=True, overflow="ellipsis")
        for group, label in ((None, "All"), *GROUPS.items()):
            count = sum(group in (None, row.group) for row in every)
            style = Style(reverse=group == self._group) + Style.from_meta({"@click": f"screen.group('{group or ''}')"})
            text.append(f" {label} {count} ", style)
        self.query_one("#groups", Static).update(text)

    @on(Results.Chosen)
    def _choose(self) -> None:
        self._told_last = ""
        self._show_chosen()

    def _show_chosen(self) -> None:
        """The chosen row; what is in a trial or a case comes a moment later."""
        row, pages = self.chosen, self.query_one(Pages)
        if self._keys:
            return
        if row is None:
            pages.say("Nothing of that kind yet. 1 lists all." if self._state else "")
        else:
            shown = self._full[1] if self._full and self._full[0] == row.id else None
            pages.show(entries_of(row, shown))
            if isinstance(row, Tried | OwnCase) and shown is None:
                self.work("full", self._read_full, row)
        self.show_hints()

    async def _read_full(self, row: Tried | OwnCase) -> None:
        wanted: wire.Request[Any] = wire.ShowTrial(row.id) if isinstance(row, Tried) else wire.ShowEvalCase(row.id)
        shown: Shown = await self.read(wanted)
        if self.chosen and self.chosen.id == row.id and not self._keys:
            self._full = row.id, shown
            self.query_one(Pages).show(entries_of(row, shown))

    def show_hints(self) -> None:
        self.query_one("#hints", Static).update(clean_line(self._awaited or self._told_last or self._key_hints()))

    def _key_hints(self) -> str:
        """The keys that do something with what is shown."""
        if self._keys:
            return "Esc back · PgDn on"
        keys = hints_of(self.chosen, self.option, self._state)
        return " · ".join([*keys, "Esc back" if self._whole else "Enter whole", "h sheets", "? keys"])

    # what takes long

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What took long is over, one way or another."""
        over = event.state in (WorkerState.SUCCESS, WorkerState.ERROR, WorkerState.CANCELLED)
        if over and event.worker is self._busy:
            self._busy = None
            self.do("")
            if event.state is WorkerState.CANCELLED:
                self.work("stopped", self.look_now, self._stopped)
        super().on_worker_state_changed(event)

    def _begin(self, work: Callable[..., Coroutine[None, None, Any]], *given: Any, stopped: str) -> None:
        """Begins what takes long, once at a time; `stopped` is told if Esc ends it."""
        if self._busy:
            self.tell(BUSY)
            return
        self.tell("")
        self._stopped, self._busy = stopped, self.work("busy", work, *given)

    # keys

    def action_try(self) -> None:
        """Once at a time."""
        row = self.chosen
        if isinstance(row, Tried) and row.trial.kind == "without":
            self._try(Attempt(row.trial.candidate, part=True))
        elif option := self._ready_option():
            self._try(attempt_of(option))

    def _try(self, attempt: Attempt) -> None:
        self._begin(self._trials.try_out, attempt, self._role, self._judge, stopped=STOPPED)

    def action_without(self) -> None:
        self.work("part", self._without)

    async def _without(self) -> None:
        if attempt := await self._trials.choose_part():
            self._try(attempt)

    def action_judge(self) -> None:
        if self._state:
            option = self.option
            self.work("judge", self._trials.choose_judge, self._state, self._named, option.id if option else "")

    def judge_with(self, judge: ModelOption | None) -> None:
        """Who compares answers from now on; a trial that is chosen is judged at once."""
        self._judge = judge
        self.do(self._doing)
        if judge and isinstance(self.chosen, Tried):
            self.action_try()
        else:
            self.tell(f"{judge.id} judges what is tried next: t." if judge else "Nobody judges; your votes count.")

    def action_install(self) -> None:
        """A model of those that run inside Sage comes to this machine."""
        option = self.option
        if option and not option.ready:
            self._begin(self._deeds.install, option, stopped=HALTED)

    def _ready_option(self) -> ModelOption | None:
        """The model that the chosen row is about, if it can be asked; else that is told."""
        option = self.option
        if option is None:
            self.tell("Choose a model first; m names another one.")
        elif not option.ready:
            self.tell("It is not on this machine yet: i brings it here.")
        return option if option and option.ready else None

    def action_use(self) -> None:
        row, option = self.chosen, self._ready_option()
        if option:
            trial = row.trial.id if isinstance(row, Tried) else ""
            self.work("use", self._deeds.use, option, self._role, trial)

    def action_canary(self) -> None:
        if option := self._ready_option():
            self.work("canary", self._deeds.put_on_trial, option, self._role)

    def action_keep(self) -> None:
        if isinstance(self.chosen, OnTrial):
            self.work("keep", self._deeds.keep, self.chosen)

    def action_roll_back(self) -> None:
        self.work("back", self._deeds.back, self.chosen)

    def action_vote(self) -> None:
        if isinstance(self.chosen, Tried):
            self.work("vote", self._trials.vote, self.chosen)

    def action_compare(self) -> None:
        if isinstance(self.chosen, Tried):
            self.work("compare", self._trials.compare, self.chosen)

    def action_make_cases(self) -> None:
        self.work("cases", self._deeds.make_cases)

    def action_bundle(self) -> None:
        self.work("bundle", self._deeds.bundle)

    def action_name(self) -> None:
        self.work("name", self._name_model)

    async def _name_model(self) -> None:
        from sage.tui.screens.ask_line import AskLine

        about = "As litellm writes it. One with an address of its own: sage models use --help"
        name = await self.app.push_screen_wait(AskLine("Which model?", about=about, example="provider/NAME"))
        if name and self._state:
            known = {each.id for each in (*self._state.models.options, *self._named)}
            self._named += [] if name in known else [ModelOption(name, name, "hosted")]
            self._group = None
            self._list()
            self._show_list(next(place for place, row in enumerate(self._rows) if row.id == f"model {name}"))

    def action_edit(self) -> None:
        if isinstance(self.chosen, OwnCase):
            self.work("edit", self._cases.edit, self.chosen)

    def action_drop(self) -> None:
        if isinstance(self.chosen, OwnCase):
            self.work("drop", self._cases.drop, self.chosen)

    def action_ledger(self, what: str) -> None:
        """Looks at the ledger in another way, and at no other row."""
        (self._ledger.next_way if what == "by" else self._ledger.next_span)()
        self._group = None
        self._list()
        self.query_one(Results).action_choose(0)
        self.work("finding", self.find)

    def action_export(self) -> None:
        self.work("export", self._ledger.export)

    def action_role(self) -> None:
        """Another role is looked at, and swapped."""
        self._role = ROLES[(ROLES.index(self._role) + 1) % len(ROLES)]
        self._told_last = ""
        self._list()

    def action_group(self, name: Group | str) -> None:
        """Lists only these."""
        self._group, self._told_last = next((group for group in GROUPS if group == name), None), ""
        self._list()

    def action_page(self, by: int) -> None:
        """Reads on in what is shown, while the list keeps the keys."""
        pages = self.query_one(Pages)
        (pages.scroll_page_down if by > 0 else pages.scroll_page_up)()

    @on(Results.Opened)
    def _read_whole(self) -> None:
        if self.chosen:
            self._see(whole=True)

    def action_keys(self) -> None:
        self._keys, self._told_last = True, ""
        self.show_hints()
        self.query_one(Pages).show([Entry("assistant", KEYS)])

    def action_back(self) -> None:
        """Away from the keys, out of the whole to the list; ends what is tried; from there to Talk."""
        if self._keys:
            self._see(whole=self._whole)
        elif self._whole:
            self._see(whole=False)
        elif self._busy:
            self._busy.cancel()
        else:
            self.app.go_to(TALK.id)

    def _see(self, *, whole: bool) -> None:
        """What is chosen, in the place of the list or beside it."""
        self._keys, self._whole, self._told_last = False, whole, ""
        self.set_class(whole, "-whole")
        self.set_focus(self.query_one(Pages if whole else Results))
        self._show_chosen()
