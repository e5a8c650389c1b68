"""What is asked after a nudge or a reminder: one key answers. What is being typed keeps the cursor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from sage import wire
from sage.core.focus import focus_line
from sage.core.nudge_words import Proposal
from sage.core.schedules.schedule import Ring

if TYPE_CHECKING:
    from sage.tui.stage import Asks, Stage

KEYS = {
    "d": "do it now",
    "s": "in an hour",
    "u": "until …",
    "t": "not today",
    "n": "never this kind",
    "w": "why",
}
REMINDER_KEYS = {"d": "done", "s": "in an hour", "u": "until …"}
_REPLIES: dict[str, wire.NudgeReply] = {"d": "do", "s": "snooze", "u": "snooze", "t": "not today", "n": "never"}
_HOUR = "1 hour"
Call = Callable[[wire.Request[Any]], Awaitable[Any]]
Work = Callable[[Coroutine[Any, Any, None], str], None]


class NudgeAnswers:
    """`call` asks the engine, `work` does something beside the keys and tells its errors."""

    def __init__(self, talk: Stage, asking: Asks, call: Call, work: Work) -> None:
        self._talk, self._asking, self._call, self._work = talk, asking, call, work
        self._asked: set[str] = set()
        """What is asked about: a reminder that insists is told again, and asked about once."""

    def offer(self, ring: Ring) -> None:
        """The keys that answer what was told, if it is something that waits for an answer."""
        schedule = ring.schedule
        if schedule.kind == "nudge":
            self.offer_nudge(schedule.id, schedule.text)
        elif schedule.insists or ring.asks:
            self._once(ring.occurrence.slot + schedule.id, self._about_reminder(ring))

    def offer_nudge(self, nudge: str, words: str) -> None:
        """The keys that answer a nudge of that id."""
        self._once(nudge, self._about_nudge(nudge, words))

    def _once(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if name in self._asked:
            work.close()
            return
        self._asked.add(name)

        async def asked() -> None:
            try:
                await work
            finally:
                self._asked.discard(name)

        self._work(asked(), "question")

    async def _about_nudge(self, nudge: str, words: str) -> None:
        while (key := await self._asking.ask(words, KEYS, escape="later", behind=True)) == "w":
            told = await self._call(wire.Why(nudge))
            self._talk.note("\n".join(f"- {line}" for line in told.lines))
        when = await self._when(key)
        if key not in _REPLIES or (_REPLIES[key] == "snooze" and not when):
            self._talk.note(f"{words}\n/nudges answers it later.")
            return
        answered = await self._call(wire.AnswerNudge(nudge, _REPLIES[key], when))
        if answered.offers:
            await self._begin(words, answered)
            return
        self._talk.note(f"{words}\n{answered.words}")
        if answered.proposal:
            await self._propose(answered.proposal)

    async def _begin(self, words: str, taken: wire.NudgeAnswered) -> None:
        """What was taken up may be begun with a focus session, or be done already."""
        keys = {"f": f"focus for {taken.offers} minutes", "d": "it is done"}
        nudge = taken.nudge.id
        key = await self._asking.ask(taken.nudge.text, keys, escape="just begin")
        answered = taken
        if key == "f":
            answered = await self._call(wire.AnswerNudge(nudge, "do", focus=taken.offers))
        elif key == "d":
            answered = await self._call(wire.AnswerNudge(nudge, "done"))
        told = focus_line(answered.session, 0) + " /focus stop ends it." if answered.session else answered.words
        self._talk.note(f"{words}\n{told}")

    async def _propose(self, rule: Proposal) -> None:
        key = await self._asking.ask(rule.words, {"y": "none then"}, escape="leave it as it is")
        if key == "y":
            await self._call(wire.NeverNudge(rule.kind, rule.part))
            self._talk.note("Agreed. /nudges changes it at any time.")

    async def _about_reminder(self, ring: Ring) -> None:
        name, slot = ring.schedule.id, ring.occurrence.slot
        key = await self._asking.ask(ring.schedule.text, REMINDER_KEYS, escape="later", behind=True)
        when = await self._when(key)
        if key == "d":
            answered = await self._call(wire.AnswerReminder(name, slot))
        elif when:
            answered = await self._call(wire.PutOffSchedule(name, when, slot))
        else:
            return
        self._talk.note(answered.words)

    async def _when(self, key: str) -> str:
        """The time that a key names, or that the person types; "" for none."""
        if key == "u":
            from sage.tui.screens.ask_line import AskLine

            return await self._talk.app.push_screen_wait(AskLine("Until when?", example="2h, or tomorrow at 9"))
        return _HOUR if key == "s" else ""
