"""The words of the ledger: what a call of a model was for, who was asked for, and how it ended."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Purpose = Literal[
    "turn", "facts", "nudge", "ritual", "summary", "reply", "eval", "sheet", "copy", "embed", "judge"
]  # fmt: skip
"""`reply` is an answer in the person's stead, `eval` a case that is played again, `judge` who compares two answers."""
ModelRole = Literal["quick", "talk", "deep", "local-only", "embed"]
Ended = Literal["whole", "failed", "cut"]
"""`whole`: it came to its end. `failed`: nothing of an answer came. `cut`: it broke or was stopped after it was asked; then nobody
says what it cost."""


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
