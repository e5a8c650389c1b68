"""The words of the ledger: what a call of a model was for, who was asked for, and how it ended."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from sage.core.model_choice import ModelRole

Purpose = Literal[
    "turn", "facts", "nudge", "ritual", "summary", "reply", "eval", "sheet", "copy", "embed", "judge"
]  # fmt: skip
"""`reply` is an answer in the person's stead, `eval` a case that is played again, `judge` who compares two answers."""
Ended = Literal["whole", "failed", "cut"]
"""`whole`: it came to its end. `failed`: it was not taken. `cut`: it broke, was stopped, or brought nothing after it was
asked; then nobody says what it cost."""
What = Literal["kept", "edited", "undone", "again", "ignored", "right", "wrong", "should have asked"]
"""What became of an answer; `again`: its question was asked once more. `ignored`: a draft to somebody that the person denied, or
what they say of an answer; of a turn no sign sets it, since nobody knows whether an answer that was shown was read."""
ToldBy = Literal["person", "signal"]


class Job(Struct, frozen=True):
    """What a call is booked on: an id (a turn's, or of other work), what it is for, and which role was asked."""

    id: str
    purpose: Purpose
    role: ModelRole = "talk"


class Ending(Struct, frozen=True):
    """How a call ended; seconds are counted from asking, to the first that came of an answer and to the end."""

    ended: Ended = "whole"
    first_seconds: float | None = None
    seconds: float | None = None


class Caps(Struct, frozen=True):
    """The most that may be spent, in US dollars."""

    per_day: float
    per_month: float
    per_turn: float


class Outcome(Struct, frozen=True):
    """What became of an answer, and who says so: the person, or what they did next."""

    turn: str
    what: What
    told_by: ToldBy
    at: str


class LedgerCall(Struct, frozen=True):
    """One call of a model as the ledger has it. `counted` is what it takes of the caps, in US dollars; `cost` None if nobody knows
    what it cost (an unknown price, or a call that was cut), and then `counted` is the bound. `task` is that of its turn, `what`
    became of it; both "" where that is not known, as `purpose` is of calls from before purposes were kept, and `ended` of one that
    goes on or whose engine died."""

    id: str
    at: str
    day: str
    model: str
    job: str
    purpose: str
    role: str
    task: str
    ended: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    estimated: bool
    cost: float | None
    counted: float
    first_seconds: float | None
    seconds: float | None
    what: str = ""


class LedgerLine(Struct, frozen=True):
    """Calls together: `name` is what they have in common. Seconds are those of whole calls (None: there is none). `cost` is what
    is known, in US dollars; `unknown` are calls of which nobody knows what they cost, `counted` their bound. `became` counts
    the answers, not the calls."""

    name: str
    calls: int
    failed: int
    cut: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    estimated: bool
    median_first_seconds: float | None
    median_seconds: float | None
    p95_seconds: float | None
    cost: float
    unknown: int
    counted: float
    became: dict[str, int]


class CapLine(Struct, frozen=True):
    """A cap: its setting, its US dollars, and what is spent or set aside of it."""

    key: str
    dollars: float
    spent: float
