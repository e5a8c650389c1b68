"""How reminders are told: receipts, what was not told, pauses."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.pauses import Pause
from sage.wire.base import Nothing, Request


class Taken(Struct, frozen=True):
    """`wanted`: the reminder is still to be shown."""

    wanted: bool


class PauseState(Struct, frozen=True):
    """The pause in force, or none; `words` says how long it lasts, `ended` whether one was ended just now."""

    pause: Pause | None = None
    words: str = ""
    ended: bool = False


class Missed(Struct, frozen=True):
    """What was due and is not known to have been told, a sentence each. `keys` are for `OwnUp`."""

    lines: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


class TakeReminder(Request[Taken], frozen=True, tag=True):
    """Asked by an app before it shows a reminder: another place may have shown it meanwhile."""

    key: str
    reply: ClassVar[Any] = Taken


class ReminderShown(Request[Nothing], frozen=True, tag=True):
    """An app has shown a reminder, now or before."""

    key: str


class ShowMissed(Request[Missed], frozen=True, tag=True):
    """What the person does not know of yet."""

    reply: ClassVar[Any] = Missed


class OwnUp(Request[Nothing], frozen=True, tag=True):
    """The person was shown what was missed."""

    keys: tuple[str, ...]


class Typing(Request[Nothing], frozen=True, tag=True):
    """Keys come in an app; said at most every few seconds, and never which ones."""


class PauseSage(Request[PauseState], frozen=True, tag=True):
    """Nothing is said unasked from now on: for a while ("2 hours"), until a time ("tomorrow at 9"), or until `ResumeSage`."""

    words: str = ""
    reply: ClassVar[Any] = PauseState


class ResumeSage(Request[PauseState], frozen=True, tag=True):
    reply: ClassVar[Any] = PauseState


Requests = TakeReminder | ReminderShown | ShowMissed | OwnUp | Typing | PauseSage | ResumeSage
