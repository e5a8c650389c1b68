"""Reminders and nudges in Talk: each is shown once, and what may not have come is owned up to."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from sage import wire
from sage.core.errors import SageError
from sage.core.schedules.ringing import ring_words
from sage.tui.nudge_answers import NudgeAnswers
from sage.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from sage.tui.stage import Stage


class Reminding:
    """`call` asks the engine on the line that is open; `nudges` takes the answers to what Sage proposes."""

    def __init__(self, talk: Stage, call: Callable[[wire.Request[Any]], Awaitable[Any]], nudges: NudgeAnswers) -> None:
        self._talk, self._call, self._nudges = talk, call, nudges
        self._told: set[str] = set()
        """The reminders that were shown, by key."""

    async def remind(self, news: wire.ReminderDue) -> None:
        """Shows a reminder once, and tells the engine so after it is there."""
        with contextlib.suppress(SageError):  # the next engine sends it again
            if news.key not in self._told:
                if not (await self._call(wire.TakeReminder(news.key))).wanted or news.key in self._told:
                    return
                self._told.add(news.key)
                self._show(news)
            await self._call(wire.ReminderShown(news.key))

    def _show(self, news: wire.ReminderDue) -> None:
        ring = news.ring
        if ring.schedule.kind != "nudge":  # that one is a question, and stands in Talk once it is answered
            self._talk.transcript.append(Entry("notice", ring_words(ring)))
        self._nudges.offer(ring)
        if news.outside:
            self._talk.app.bell()
            self._talk.app.tell_outside(f"{ring.schedule.text} {ring.late}", news.key)

    async def own_up(self) -> None:
        """What was due and may not have reached the person is told once."""
        with contextlib.suppress(SageError):
            missed = await self._call(wire.ShowMissed())
            if missed.lines:
                self._talk.note("\n".join(("While nobody could be told:", *missed.lines)))
            if missed.keys:
                await self._call(wire.OwnUp(missed.keys))
