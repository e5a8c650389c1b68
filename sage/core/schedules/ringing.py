"""What is told now of what is due, and what has been missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sage.core.schedules.schedule import Occurrence, Ring, Schedule
from sage.core.schedules.wall_time import plainly

LATE_AFTER = timedelta(minutes=2)
"""Less is no delay that a person would speak of."""
INSISTS_EVERY = timedelta(minutes=10)
"""Between two tellings of one that insists."""

_NAMES = {"reminder": "Reminder", "nudge": "Sage asks", "brief": "Brief", "focus": "Focus"}


class Ripe(NamedTuple):
    """Of one schedule: what is told now (at most one), and what it takes with it: missed, unless it was told before."""

    ring: Ring | None
    before: tuple[Occurrence, ...]


class Delay(NamedTuple):
    """Why something was not told in time: in words, and whether it is doubtful that its time ever came."""

    words: str
    doubtful: bool = False


def ripe(schedule: Schedule, waiting: Sequence[Occurrence], now: datetime, delay: Delay | None = None) -> Ripe:
    """What becomes of a schedule's occurrences (in the order of `ring_at`) whose time has come by `now`.

    Of several that passed, the last one is told and says how many came before it: nobody needs ten reminders of one thing.
    `delay` tells why that one comes late, where that is known.
    """
    *before, last = waiting
    rings_at = datetime.fromisoformat(last.ring_at)
    is_late = delay is not None or now - rings_at > LATE_AFTER
    if (
        is_late and schedule.late == "skip" and not last.told_by
    ):  # of one that may have been told, nobody may say missed
        return Ripe(None, tuple(waiting))
    late = f"It was due {plainly(rings_at, now)}{delay.words if delay else ''}." if is_late else ""
    missed = sum(not one.told for one in before)
    if missed:
        late = f"{late} {_count(missed)} before it {'was' if missed == 1 else 'were'} missed.".strip()
    asks = is_late and (schedule.late == "ask" or bool(delay and delay.doubtful))
    return Ripe(Ring(schedule, last, late, asks), tuple(before))


def ring_words(ring: Ring) -> str:
    """What is shown of it where there is room: whose word it is, what it says, and what is to know of its time."""
    schedule = ring.schedule
    name = _NAMES.get(schedule.kind, "Sage")
    said = "\n".join(ring.lines) if ring.lines else schedule.text
    return "\n".join(filter(None, (f"{name} · {said}", ring.late, "Does it still count?" if ring.asks else "")))


def _count(number: int) -> str:
    return {1: "One", 2: "Two", 3: "Three"}.get(number, str(number))
