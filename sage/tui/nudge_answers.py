"""A nudge in the app: it is told in Talk, and one key answers it. What is being typed keeps the cursor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from sage import wire
from sage.core.nudge_words import Proposal
from sage.core.schedules.schedule import Ring
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.question import Question

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk

KEYS = {"d": "do it now", "s": "in an hour", "t": "not today", "n": "never this kind", "w": "why"}
_REPLIES: dict[str, wire.NudgeReply] = {"d": "do", "s": "snooze", "t": "not today", "n": "never"}
Call = Callable[[wire.Request[Any]], Awaitable[Any]]
Work = Callable[[Coroutine[Any, Any, None], str], None]


class NudgeAnswers:
    """Asks one question at a time. `call` asks the engine, `work` does something beside the keys and tells its errors."""

    def __init__(self, talk: Talk, call: Call, work: Work) -> None:
        self._talk, self._call, self._work = talk, call, work

    def offer(self, ring: Ring) -> None:
        """The keys that answer a nudge that was told."""
        nudge = ring.schedule.id
        self._ask(ring.schedule.text, KEYS, lambda key: self._work(self._answer(ring, nudge, key), "nudge"))

    async def _answer(self, ring: Ring, nudge: str, key: str) -> None:
        self._drop()
        if key == "w":
            told = await self._call(wire.Why(nudge))
            self._talk.note("\n".join(f"- {line}" for line in told.lines))
            self.offer(ring)
        elif key in _REPLIES:
            answered = await self._call(wire.AnswerNudge(nudge, _REPLIES[key], "1 hour" if key == "s" else ""))
            self._talk.note(answered.words)
            if answered.proposal:
                self._propose(answered.proposal)

    def _propose(self, rule: Proposal) -> None:
        keys = {"y": "none then", "n": "leave it as it is"}
        self._ask(rule.words, keys, lambda key: self._work(self._decide(rule, key), "rule"))

    async def _decide(self, rule: Proposal, key: str) -> None:
        self._drop()
        if key == "y":
            await self._call(wire.NeverNudge(rule.kind, rule.part))
            self._talk.note(f"Agreed. To have them again: sage nudge allow {rule.kind}")

    def _ask(self, words: str, keys: dict[str, str], answered: Callable[[str], None]) -> None:
        for other in self._talk.query(Question):
            other.remove()
        question, composer = Question(words, keys, answered), self._talk.query_one(Composer)
        self._talk.mount(question, before=composer)
        if self._talk.focused is composer and not composer.text:
            question.focus()

    def _drop(self) -> None:
        for question in self._talk.query(Question):
            question.remove()
        self._talk.query_one(Composer).focus()
