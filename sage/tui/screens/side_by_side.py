"""Two answers to the same words, side by side: those of a trial, or two of which one is chosen without knowing whose they are."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.screen import Screen
from textual.widgets import Static

from sage import wire
from sage.core.errors import SageError
from sage.core.terminal_text import clean, clean_line
from sage.core.trials import Compared, TrialAnswer, dollars
from sage.tui.screens import STYLES
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.reading import Pages

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk

SAID_AT = 400
"""Characters of what was said that stand above the answers."""


class SideBySide(Screen[str]):
    """What was said, and an answer on either side. Returns what is to be told of it."""

    CSS_PATH = STYLES
    AUTO_FOCUS = "#left Pages"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("tab", "app.focus_next", "The other", show=False),
        Binding("pagedown", "page(1)", "On", show=False),
        Binding("pageup", "page(-1)", "Back", show=False),
    ]

    def compose(self) -> ComposeResult:
        yield Static("", id="said", markup=False)
        with Container(id="answers"):
            for side in ("left", "right"):
                with Vertical(id=side, classes="answer"):
                    yield Static("", classes="whose", markup=False)
                    yield Pages()
        yield Static("", id="hints", markup=False)

    def show(self, said: str, left: tuple[str, str], right: tuple[str, str], hint: str) -> None:
        """Both answers, each below a line of what is told of it."""
        said = clean(said)
        self.query_one("#said", Static).update(said if len(said) <= SAID_AT else said[:SAID_AT].rstrip() + " …")
        for side, (whose, text) in (("left", left), ("right", right)):
            self.query_one(f"#{side} .whose", Static).update(clean(whose))
            self.query_one(f"#{side} Pages", Pages).show([Entry("assistant", text or "(no answer)")])
        self.tell(hint)

    def tell(self, hint: str) -> None:
        """The line at the bottom."""
        self.query_one("#hints", Static).update(clean_line(hint))

    def action_page(self, by: int) -> None:
        """Reads on in both."""
        for pages in self.query(Pages):
            (pages.scroll_page_down if by > 0 else pages.scroll_page_up)()

    def action_leave(self) -> None:
        self.dismiss("")


class Cases(SideBySide):
    """The cases of a trial one after the other, those first that speak for or against the candidate."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,n", "go(1)", "Next"),
        Binding("left,p", "go(-1)", "Before"),
    ]

    def __init__(self, shown: wire.TrialShown) -> None:
        super().__init__()
        self._trial = shown.trial
        self._cases = sorted(shown.cases, key=lambda one: one.current_counts == one.candidate_counts)
        self._place = 0

    def on_mount(self) -> None:
        self.action_go(0)

    def action_go(self, by: int) -> None:
        self._place = (self._place + by) % len(self._cases)
        case = self._cases[self._place]
        hint = f"case {self._place + 1} of {len(self._cases)} · ← → other cases · PgDn on · Esc back"
        left = f"{self._trial.current}, now: {_words(case.current)}", case.current.replayed.text
        right = f"{self._trial.candidate}: {_words(case.candidate)}", case.candidate.replayed.text
        self.show(f"{case.said}{_chosen(case)}", left, right, hint)


class Ballots(SideBySide):
    """One key an answer: which is better? Whose they were is told afterwards."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "vote('left')", "The first"),
        Binding("2", "vote('right')", "The second"),
        Binding("0", "vote('tie')", "Neither"),
    ]

    def __init__(self, talk: Talk, ballot: wire.BallotShown) -> None:
        super().__init__()
        self._talk, self._ballot = talk, ballot
        self._voting = False
        self._votes = 0
        self._told = ""

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        ballot = self._ballot
        hint = f"{self._told}1 or 2 is better · 0 neither · {ballot.open} left · Tab the other · Esc later"
        self.show(ballot.said, ("1", ballot.left), ("2", ballot.right), hint)

    def action_vote(self, choice: Literal["left", "right", "tie"]) -> None:
        """One vote an answer: a key that comes while the last one is kept is not for the next."""
        if not self._voting:
            self._voting = True
            begin: Callable[[], Coroutine[None, None, Any]] = partial(self._vote, choice)
            self.run_worker(begin, exit_on_error=False)

    async def _vote(self, choice: Literal["left", "right", "tie"]) -> None:
        ballot = self._ballot
        try:
            told = await self._talk.call(wire.CastVote(ballot.trial, ballot.case, choice))
            self._votes += 1
            self._told = f"1 was {_side(told.left)}. "
            self._ballot = await self._talk.call(wire.NextBallot(ballot.trial))
        except SageError as error:
            self.tell(str(error))
            return
        finally:
            self._voting = False
        if self._ballot.case:
            self._show()
        else:
            self.dismiss(f"{self._told}All is voted on.")

    def action_leave(self) -> None:
        self.dismiss(self._told)


def _side(name: str) -> str:
    return "the one that answers now" if name == "current" else "the candidate"


def _words(answer: TrialAnswer) -> str:
    """Whether it is right, and why not; what it cost and took."""
    faults = "; ".join(f"{one.check}: {one.why}" if one.why else one.check for one in answer.faults)
    calls = ", ".join(call.tool for call in answer.replayed.calls)
    told = [f"not right ({faults})" if faults else "right", f"called {calls}" if calls else "",
            answer.replayed.trouble, dollars(answer.replayed.usage.cost), f"{answer.replayed.seconds:.1f} s"]  # fmt: skip
    return " · ".join(filter(None, told))


def _chosen(case: Compared) -> str:
    if case.chosen is None:
        return ""
    return "\n(neither was found better)" if case.chosen == "tie" else f"\n(found better: {_side(case.chosen)})"
