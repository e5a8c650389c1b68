"""Models: who answers and what it costs, others tried on the person's own cases, a swap and its way back with one key each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from sage import wire
from sage.core.model_choice import ModelOption, ModelRole
from sage.tui.case_deeds import CaseDeeds
from sage.tui.ledger_deeds import LedgerDeeds
from sage.tui.model_deeds import Deeds
from sage.tui.model_keys import KEYS, hints_of
from sage.tui.model_pages import Shown, entries_of
from sage.tui.model_rows import GROUPS, ROLES, OnTrial, OwnCase, Row, State, Tried, look, option_of, rows_of
from sage.tui.screens.place import Place, group_keys
from sage.tui.trial_deeds import Attempt, TrialDeeds, attempt_of
from sage.tui.widgets.results import Item, Results

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk

STOPPED = "Stopped. t goes on where it was; what was answered is not asked again."
HALTED = "Stopped. i goes on where it was; what has arrived is kept."


class Models(Place[Row]):
    """What is tried goes on while the person is elsewhere."""

    NAME, KEYS, GROUPS = "Models", KEYS, GROUPS
    BUSY = "A model is being tried or brought here: Esc stops that."
    LOOKS: ClassVar[tuple[str, ...]] = ("finding", "full")
    BINDINGS: ClassVar[list[BindingType]] = [
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
        Binding("E", "examples", "Examples for quick"),
        Binding("n", "make_cases", "Make cases"),
        Binding("x", "bundle", "To give away"),
        Binding("m", "name", "Another model"),
        Binding("r", "role", "Role"),
        Binding("h", "app.go_to('sheets')", "Sheets"),
        Binding("S", "settings", "Settings"),
        *group_keys(GROUPS),
    ]

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self._deeds, self._trials = Deeds(self, talk), TrialDeeds(self, talk)
        self._cases, self._ledger = CaseDeeds(self, talk), LedgerDeeds(self)
        self._state: State | None = None
        self._role: ModelRole = "talk"
        self._named: list[ModelOption] = []
        """Models that the person named."""
        self._judge: ModelOption | None = None
        self._full: tuple[str, Shown] | None = None
        """The id of the trial or case that is shown, with all of it."""
        self._doing = ""

    # what is shown

    @property
    def option(self) -> ModelOption | None:
        """The model that the chosen row is about."""
        return option_of(self.chosen, self._state, self._named) if self._state else None

    def do(self, text: str) -> None:
        """What goes on meanwhile, at the top; else for which role it all is."""
        self._doing = text
        judge = f" · {self._judge.id} judges" if self._judge else ""
        super().do(text or f"for {self._role} · r another role{judge}")

    def item(self, row: Row) -> Item:
        return row.item()

    def names_of(self, row: Row) -> tuple[str]:
        return (row.id,)

    async def tried(self, shown: wire.TrialShown) -> None:
        """A trial came to its end: its verdict is shown, or told where the person is."""
        self._group = ""
        await self.find()
        self._full = shown.trial.id, shown
        place = next((place for place, row in enumerate(self.rows) if row.id == shown.trial.id), 0)
        self.list_again(place)
        self.tell("")
        self.tell_elsewhere(shown.words[0] if shown.words else "")

    async def ended(self, told: str) -> None:
        """Something that took long is done: told where the person is."""
        await self.look_now(told)
        self.tell_elsewhere(told)

    async def find(self) -> None:
        self._state = await look(self.read, self._ledger.by, self._ledger.days)
        self._full = None
        self.list_again()

    def list_again(self, at: int | None = None) -> None:
        if self._state is None:
            return
        every = rows_of(self._state, self._role, self._named)
        self.show_groups(lambda group: sum(group in ("", row.group) for row in every))
        self.list_rows([row for row in every if self._group in ("", row.group)], at)
        self.show_chosen()
        self.do(self._doing)

    def show_chosen(self) -> None:
        """What is in a trial or a case comes a moment later."""
        row = self.chosen
        if self._keys:
            return
        if row is None:
            self.pages.say("Nothing of that kind yet. 1 lists all." if self._state else "")
        else:
            shown = self._full[1] if self._full and self._full[0] == row.id else None
            self.pages.show(entries_of(row, shown))
            if isinstance(row, Tried | OwnCase) and shown is None:
                self.work("full", self._read_full, row)
        self.show_hints()

    async def _read_full(self, row: Tried | OwnCase) -> None:
        wanted: wire.Request[Any] = wire.ShowTrial(row.id) if isinstance(row, Tried) else wire.ShowEvalCase(row.id)
        shown: Shown = await self.read(wanted)
        if self.chosen and self.chosen.id == row.id and not self._keys:
            self._full = row.id, shown
            self.pages.show(entries_of(row, shown))

    def key_hints(self) -> list[str]:
        keys = hints_of(self.chosen, self.option, self._state)
        return [*keys, "Esc back" if self._whole else "Enter whole", "h sheets", "? keys"]

    # keys

    def action_try(self) -> None:
        """Once at a time."""
        row = self.chosen
        if isinstance(row, Tried) and row.trial.kind == "without":
            self._try(Attempt(row.trial.candidate, part=True))
        elif option := self._ready_option():
            self._try(attempt_of(option))

    def _try(self, attempt: Attempt) -> None:
        self.begin(self._trials.try_out, attempt, self._role, self._judge, stopped=STOPPED)

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
            self.begin(self._deeds.install, option, stopped=HALTED)

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

    def action_examples(self) -> None:
        if self._state:
            self.work("examples", partial(self._deeds.set_examples, on=not self._state.examples.on))

    def action_make_cases(self) -> None:
        self.work("cases", self._deeds.make_cases)

    def action_bundle(self) -> None:
        self.work("bundle", self._deeds.bundle)

    def action_settings(self) -> None:
        from sage.tui.screens.settings import Settings

        self.app.push_screen(Settings(self._talk))

    def action_name(self) -> None:
        self.work("name", self._name_model)

    async def _name_model(self) -> None:
        from sage.tui.screens.ask_line import AskLine

        about = "As litellm writes it. One with an address of its own: sage models use --help"
        name = await self.app.push_screen_wait(AskLine("Which model?", about=about, example="provider/NAME"))
        if name and self._state:
            known = {each.id for each in (*self._state.models.options, *self._named)}
            self._named += [] if name in known else [ModelOption(name, name, "hosted")]
            self._group = ""
            self.list_again()
            self.list_again(next(place for place, row in enumerate(self.rows) if row.id == f"model {name}"))

    def action_edit(self) -> None:
        if isinstance(self.chosen, OwnCase):
            self.work("edit", self._cases.edit, self.chosen)

    def action_drop(self) -> None:
        if isinstance(self.chosen, OwnCase):
            self.work("drop", self._cases.drop, self.chosen)

    def action_ledger(self, what: str) -> None:
        """Looks at the ledger in another way, and at no other row."""
        (self._ledger.next_way if what == "by" else self._ledger.next_span)()
        self._group = ""
        self.list_again()
        self.query_one(Results).action_choose(0)
        self.work("finding", self.find)

    def action_export(self) -> None:
        self.work("export", self._ledger.export)

    def action_role(self) -> None:
        """Another role is looked at, and swapped."""
        self._role = ROLES[(ROLES.index(self._role) + 1) % len(ROLES)]
        self._told_last = ""
        self.list_again()
