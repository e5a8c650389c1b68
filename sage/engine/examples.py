"""Examples for `quick`: made of what a stronger model answered and the person kept, shown where the settings say so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from msgspec.structs import replace

from sage.adapters.journal.journal import Journal
from sage.adapters.journal.journal_cases import AskedPages
from sage.adapters.journal.journal_examples import ExamplePages
from sage.adapters.journal.journal_ledger import LedgerPages
from sage.adapters.journal.journal_routes import RoutePages
from sage.core.asked import rests_on
from sage.core.cases import short_hash
from sage.core.errors import BadInput, NotFound
from sage.core.examples import KeptExample, Told, body_of, pick, refusal
from sage.core.messages import Example

GONE = "nothing is kept any more of what it asked (only of the newest 200 turns, and of none with a picture)"
AT_ONCE = 12
"""How many are proposed together, the newest."""


class Examples:
    """Methods block; call them in a thread."""

    def __init__(
        self,
        pages: ExamplePages,
        journal: Journal,
        asked: AskedPages,
        routes: RoutePages,
        ledger: LedgerPages,
        now: Callable[[], datetime],
        fresh_id: Callable[[str], str],
        kept_here: Callable[[], frozenset[str]],
    ) -> None:
        self.pages, self._journal, self._asked = pages, journal, asked
        self._routes, self._ledger, self._now, self._fresh_id = routes, ledger, now, fresh_id
        self._kept_here = kept_here

    def shown(self, task: str, leaves: bool, apart: Collection[str] = ()) -> Sequence[Example]:
        """What is shown with a question of that kind, but for what was said in the conversations `apart`."""
        return pick(self._labelled(self.pages.for_task(task)), leaves=leaves, apart=apart)

    def all(self) -> list[KeptExample]:
        """Those that are kept, the newest first."""
        return self._labelled(self.pages.all())

    def _labelled(self, kept: Sequence[KeptExample]) -> list[KeptExample]:
        """Examples, `local` also where what they rest on was marked so only after they were made."""
        marked = self._kept_here() if kept else frozenset()
        return [
            replace(one, body=replace(one.body, local=True)) if rests_on(one.documents, marked) else one for one in kept
        ]

    def proposed(self) -> list[KeptExample]:
        """What could serve, the newest first; nothing of it is kept yet."""
        found: list[KeptExample] = []
        for turn in self.pages.waiting():
            example, why = self._made(turn)
            if example and not why:
                found.append(example)
            if len(found) == AT_ONCE:
                break
        return found

    def add(self, turn: str = "") -> list[KeptExample]:
        """Keeps what a turn gives, or all that is proposed. Raises NotFound, and BadInput where it cannot serve."""
        if not turn:
            made = self.proposed()
            for each in reversed(made):
                self.pages.add(each)
            return made
        self._journal.turn(turn)
        example, why = self._made(turn)
        if example is None or why:
            raise BadInput(
                f"Turn {turn} makes no example: {why or GONE}.",
                safe="Nothing was changed.",
                do="See what could serve: sage models examples list",
            )
        self.pages.add(example)
        return [example]

    def name(self) -> str:
        """These examples, in words by which a trial of them is found again; other ones have another name."""
        known = sorted(each.id for each in self.pages.all())
        return f"{len(known)} example{'s' * (len(known) != 1)} ({short_hash(known)[:6]})"

    def _made(self, turn: str) -> tuple[KeptExample | None, str]:
        asked, route = self._asked.turn(turn), self._routes.route(turn)
        if asked is None or route is None:
            return None, GONE
        past = self._journal.history(asked.conversation)
        place = next((place for place, each in enumerate(past) if each.answer.turn == turn), len(past) - 1)
        outcomes = tuple(self._ledger.outcomes(turn))
        told = Told(asked, route[1], outcomes, past[: place + 1], self.pages.is_apart(turn))
        made_at = self._now().isoformat(timespec="seconds")
        example = KeptExample(
            self._fresh_id("x"), turn, asked.conversation, route[0], body_of(asked), asked.documents, "on", made_at
        )
        return example, refusal(told)


def none_yet() -> NotFound:
    """What is told where there is nothing to show."""
    return NotFound(
        "There are no examples yet: they are made of what deep answered and you kept, or called right.",
        safe="Nothing was changed.",
        do="Ask with /deep, go on, then see: sage models examples list",
    )


def no_quick() -> BadInput:
    """What is told where nobody answers in quick but who answers anyway."""
    return BadInput(
        "quick has no model of its own, so there is nobody to learn.",
        safe="Nothing was changed.",
        do="Choose one: sage models use MODEL --role quick",
    )
