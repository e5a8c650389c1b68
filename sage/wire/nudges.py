"""Nudges: what Sage proposed or would propose, the answers, and what the person agreed to."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from msgspec import Struct

from sage.core.focus import FocusSession
from sage.core.nudge_learner import Tried
from sage.core.nudge_words import Nudge, NudgeKind, Proposal
from sage.wire.base import Request

NudgeReply = Literal["do", "done", "snooze", "not today", "never"]
"""`do`: the person begins it now; `done`: it is done already."""


class NudgeShown(Struct, frozen=True):
    """A nudge, and in a sentence what the gate said of it last ("" when it was not asked yet)."""

    nudge: Nudge
    because: str = ""


class NudgesShown(Struct, frozen=True):
    """Nudges, and what the person agreed to: `allowed` kinds, less those in a part of the day that are in `never`."""

    nudges: tuple[NudgeShown, ...]
    allowed: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


class NudgeAnswered(Struct, frozen=True):
    """What was noted, in words, and the rule that the answers suggest (None: none).

    `session` is the focus session that began with it; `offers` the minutes of one that may be begun for it (0: none is offered).
    """

    nudge: Nudge
    words: str
    proposal: Proposal | None = None
    session: FocusSession | None = None
    offers: int = 0


class NudgeConsent(Struct, frozen=True):
    allowed: tuple[str, ...]
    never: tuple[str, ...]


class LearnerState(Struct, frozen=True):
    """What the learner knows, by moment of the day; `on` is whether it is asked."""

    on: bool
    moments: dict[str, Tried]


class ListNudges(Request[NudgesShown], frozen=True, tag=True):
    """Those that wait or wait for an answer; with `all` every one, as they were made."""

    all: bool = False
    reply: ClassVar[Any] = NudgesShown


class AnswerNudge(Request[NudgeAnswered], frozen=True, tag=True):
    """The person's answer to a nudge ("" is the one sent last).

    `when` is for "snooze": a time in words; it is kept exactly. `focus` is for "do": minutes of a focus session that begins for
    it (0: none begins). "done" ticks the task, or keeps the promise.
    """

    nudge: str
    answer: NudgeReply
    when: str = ""
    focus: int = 0
    reply: ClassVar[Any] = NudgeAnswered


class AllowNudges(Request[NudgeConsent], frozen=True, tag=True):
    """The person agrees to kinds of nudges."""

    kinds: tuple[NudgeKind, ...]
    reply: ClassVar[Any] = NudgeConsent


class NeverNudge(Request[NudgeConsent], frozen=True, tag=True):
    """The person wants no nudges of a kind, in a part of the day or ("") at all."""

    kind: NudgeKind
    part: str = ""
    reply: ClassVar[Any] = NudgeConsent


class ShowLearner(Request[LearnerState], frozen=True, tag=True):
    """What was learned; with `forget` it begins anew."""

    forget: bool = False
    reply: ClassVar[Any] = LearnerState


Requests = ListNudges | AnswerNudge | AllowNudges | NeverNudge | ShowLearner
