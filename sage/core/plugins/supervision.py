"""When a plugin that ended is started again, and when it is left alone until the person has looked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

DELAYS = (1.0, 5.0, 30.0, 120.0, 600.0)
"""Seconds before the first start after an end, the second, and so on; the last for all that follow."""
HEALTHY = 600.0
"""Seconds after which an account that ran counts as healthy: what was before is forgotten."""
MOST_FAULTS, WITHIN = 5, 1800.0
"""So many faults of the plugin within so many seconds, and it is parked."""

Why = Literal["fault", "unreachable", "stopped"]


class Ending(Struct, frozen=True):
    """How a run of a plugin ended: at which second of a clock that never goes back, why, after how long, and the sentence
    about it. `retry_after`: seconds for which the service asked."""

    at: float
    why: Why
    words: str
    lasted: float = 0.0
    retry_after: float = 0.0


class StartAgain(Struct, frozen=True):
    """Start again after so many seconds."""

    after: float


class Park(Struct, frozen=True):
    """Leave it alone until the person has done something."""

    words: str


def recent(endings: Sequence[Ending]) -> list[Ending]:
    """Those since it was healthy last."""
    kept: list[Ending] = []
    for ending in endings:
        kept = [ending] if ending.lasted >= HEALTHY else [*kept, ending]
    return kept


def decide(endings: Sequence[Ending], jitter: float = 0.0) -> StartAgain | Park:
    """What follows the last of some endings (oldest first). `jitter`, from -1 to 1, moves a delay by up to a fifth, so that
    accounts that fell together do not come back together.

    A service that cannot be reached is tried for ever; a fault of the plugin is not.
    """
    last = endings[-1]
    if last.why == "stopped":
        return Park(last.words)
    faults = [ending for ending in recent(endings) if ending.why == "fault" and last.at - ending.at <= WITHIN]
    if last.why == "fault" and len(faults) >= MOST_FAULTS:
        return Park(f"{last.words} That was the {_nth(len(faults))} time within {WITHIN / 60:.0f} minutes.")
    delay = DELAYS[min(len(recent(endings)), len(DELAYS)) - 1] * (1 + jitter / 5)
    return StartAgain(max(delay, last.retry_after))


def _nth(number: int) -> str:
    return {5: "fifth", 6: "sixth", 7: "seventh"}.get(number, f"{number}.")
