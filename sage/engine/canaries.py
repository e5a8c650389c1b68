"""A model on trial with some of the everyday turns. It goes back by itself; that it stays is only ever offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from sage.adapters.journal.journal_ledger import LedgerPages
from sage.adapters.journal.journal_swaps import SwapPages
from sage.core.canaries import LOW_VALUE, Counts, Side, Weighed, back_words, counted, offer_words, side_of, weigh
from sage.core.errors import BadInput, NotFound
from sage.core.model_choice import ModelRole
from sage.core.routing import Route
from sage.core.swaps import Swap
from sage.engine.swapping import Swapping
from sage.profile import Resolved, with_values

RECENT = 20
"""Swaps among which that of a trial is looked for."""
ORDINARY = frozenset({"usual", "sufficed"})
"""Reasons of a choice that leave room for a trial: nobody asked for more, and nothing has to stay here."""


@dataclass(frozen=True)
class Tried:
    """A turn while a model is on trial: who would answer it, and the profile of the candidate."""

    swap: Swap
    side: Side
    profile: Resolved

    def takes(self, route: Route) -> bool:
        """Whether a turn that goes this way can be tried."""
        ordinary = route.task in LOW_VALUE and route.why.partition(" ")[0] in ORDINARY
        return ordinary and route.role == self.swap.role


@dataclass(frozen=True)
class Standing:
    """How a trial stands: turns whose outcome is known, of the candidate and as they usually are."""

    swap: Swap
    tried: Counts
    usual: Counts
    weighed: Weighed


class Canaries:
    """The trial that runs, if one does. Methods block; call them in a thread."""

    def __init__(self, swapping: Swapping, pages: SwapPages, ledger: LedgerPages, now: Callable[[], datetime]) -> None:
        self._swapping, self._pages, self._ledger, self._now = swapping, pages, ledger, now
        self._settled = False

    def start(self, role: ModelRole, values: Mapping[tuple[str, ...], Any], names: tuple[str, str]) -> Swap:
        """Begins a trial; settings stay as they are. Raises BadInput when one runs or nothing would change, and BadSetting."""
        if running := self.running():
            raise BadInput(
                f"{running.changes.now} is on trial already.",
                safe="Nothing was changed.",
                do="End it with: sage models canary --end",
            )
        swap = self._swapping.plan(role, values, names, state="canary") if names[0] != names[1] else None
        if swap is None:
            raise BadInput(f"{names[1]} answers already.", safe="Nothing was changed.", do="Name another model.")
        self._pages.add(swap)
        return swap

    def running(self) -> Swap | None:
        """The trial that runs."""
        if not self._settled:
            self._settle()
        return next(iter(self._pages.in_state("canary", "offered")), None)

    def tried(self, turn: str, profile: Resolved) -> Tried | None:
        """What a trial says of a turn that begins; None if none runs."""
        swap = self.running()
        if swap is None:
            return None
        values = {each.key: each.after for each in swap.changes.keys}
        return Tried(swap, side_of(turn), with_values(profile, values))

    def note(self, tried: Tried, turn: str) -> None:
        """The turn is one of the trial's, on whichever side."""
        self._pages.put_turn(tried.swap.id, turn, tried.side, self._now())

    def standing(self) -> Standing | None:
        """How the trial stands; None if none runs."""
        swap = self.running()
        if swap is None:
            return None
        turns = self._pages.turns(swap.id)
        usual = [turn for turn, side, _ in turns if side == "current"]
        usual += self._pages.record(swap.role, swap.changes.was, sorted(LOW_VALUE), swap.made_at)
        # One that another model had to answer in its place did not suffice either, whatever became of that answer.
        gave_way = {turn for turn, side, model in turns if side == "candidate" and model != swap.changes.now}
        tried = self._counted([turn for turn, side, _ in turns if side == "candidate"], gave_way)
        known = self._counted(usual, frozenset())
        return Standing(swap, tried, known, weigh(known, tried))

    def look(self) -> Swap | None:
        """Sends the candidate back if the evidence says so; then `untold` has it. Returns a trial whose candidate does no worse,
        with that as its reason, until `heard`."""
        standing = self.standing()
        if standing is None:
            return None
        swap, names = standing.swap, standing.swap.changes
        if standing.weighed.word == "back":
            told = back_words(names.now, names.was, standing.tried, standing.usual)
            self._pages.move(swap.id, "sent back", self._now(), told)
        elif standing.weighed.word == "offer" and swap.state == "canary":
            told = swap.reason or offer_words(names.now, standing.tried, standing.usual)
            self._pages.move(swap.id, "canary", None, told)
            return replace(swap, reason=told)
        return None

    def heard(self, swap: str) -> None:
        """The person was told that it does no worse."""
        self._pages.hear(swap)

    def untold(self) -> list[Swap]:
        """Those that went back by themselves, of which the person has not been told."""
        if not self._settled:
            self._settle()
        return self._pages.in_state("sent back")

    def told(self, swap: str) -> None:
        """The person was told that it went back."""
        self._pages.tell(swap)

    def end(self) -> Swap:
        """The person ends the trial. Raises NotFound."""
        swap = self._there()
        self._pages.move(swap.id, "back", self._now(), "You ended the trial.")
        return swap

    def keep(self, was: Callable[[ModelRole], str]) -> tuple[Swap, Swap | None]:
        """The person lets the candidate answer for good: a swap like any other. `was` tells who answers in a role now. Returns
        trial and swap. Raises NotFound."""
        trial = self._there()
        values = {each.key: each.after for each in trial.changes.keys}
        with self._swapping.alone:
            names = was(trial.role), trial.changes.now
            swap = self._swapping.use(trial.role, values, names, trial=trial.id)
        self._pages.move(trial.id, "kept", self._now())
        return trial, swap

    def _settle(self) -> None:
        """A trial whose candidate answers for good is over, also where the engine ended before that was kept."""
        swaps = self._swapping.last(RECENT)
        for trial in self._pages.in_state("canary", "offered"):
            if any(swap.trial == trial.id and swap.state == "in force" for swap in swaps):
                self._pages.move(trial.id, "kept", self._now())
        self._settled = True

    def _there(self) -> Swap:
        if swap := self.running():
            return swap
        raise NotFound(
            "No model is on trial.", safe="Nothing was changed.", do="Begin one with: sage models canary MODEL"
        )

    def _counted(self, turns: Sequence[str], ill: frozenset[str] | set[str]) -> Counts:
        became = self._ledger.became(turns)
        return counted("again" if turn in ill else became[turn] for turn in turns if turn in became or turn in ill)
