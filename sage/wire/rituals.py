"""The agenda, focus sessions and the rituals: what is on, and looking at it together."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.agenda import Agenda
from sage.core.focus import USUAL_MINUTES, FocusSession
from sage.core.rituals import Ritual, RitualAnswer, RitualKind
from sage.core.today import Today
from sage.wire.base import Request


class FocusShown(Struct, frozen=True):
    """The session that runs, began or ended (None: there is none), and how long it has lasted."""

    session: FocusSession | None
    minutes: int = 0


class RitualAnswered(Struct, frozen=True):
    """What was done, in words, and the ritual as it is now."""

    told: tuple[str, ...]
    ritual: Ritual


class ShowAgenda(Request[Agenda], frozen=True, tag=True):
    """The days from one on that is named in the person's words, or as an ISO date ("": today)."""

    day: str = ""
    days: int = 1
    reply: ClassVar[Any] = Agenda


class ShowFocus(Request[FocusShown], frozen=True, tag=True):
    """The session that runs."""

    reply: ClassVar[Any] = FocusShown


class BeginFocus(Request[FocusShown], frozen=True, tag=True):
    """Begins a session; one that runs ends with it."""

    about: str = ""
    minutes: int = USUAL_MINUTES
    reply: ClassVar[Any] = FocusShown


class EndFocus(Request[FocusShown], frozen=True, tag=True):
    """Ends the session that runs."""

    reply: ClassVar[Any] = FocusShown


class ShowRitual(Request[Ritual], frozen=True, tag=True):
    """Today's, with what is still asked."""

    kind: RitualKind
    reply: ClassVar[Any] = Ritual


class AnswerRitual(Request[RitualAnswered], frozen=True, tag=True):
    """What the person decided, of some of what is asked."""

    kind: RitualKind
    answers: tuple[RitualAnswer, ...]
    reply: ClassVar[Any] = RitualAnswered


class ShowToday(Request[Today], frozen=True, tag=True):
    """The day at a glance, without a model. `looks`: the person asked for it just now, and so is here."""

    looks: bool = False
    reply: ClassVar[Any] = Today


class ChooseFocus(Request[Today], frozen=True, tag=True):
    """Makes a task or goal (by id, or words of a task) the focus of today."""

    what: str
    reply: ClassVar[Any] = Today


Requests = ShowToday | ChooseFocus | ShowAgenda | ShowFocus | BeginFocus | EndFocus | ShowRitual | AnswerRitual
