"""A clock that leaps: set forward or back by hand or by the network, which is not the same as time that passed asleep."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

LEAP_FROM = timedelta(minutes=2)
"""Less is a correction, and nothing is said of it."""


class Reading(NamedTuple):
    """A clock's time together with the seconds since the machine started, asleep or awake."""

    at: datetime
    elapsed: float


class Leap(NamedTuple):
    """The clock went to `end` when it should have shown `start`."""

    start: datetime
    end: datetime

    @property
    def by(self) -> timedelta:
        """How far: negative when it was set back."""
        return self.end - self.start

    @property
    def words(self) -> str:
        """What happened."""
        way = "forward" if self.by > timedelta() else "back"
        return f"The clock of this machine was set {way} by {_length(abs(self.by))}."

    @property
    def notice(self) -> str:
        """What is said when it is found."""
        forward = "What came due in between is put to you as a question" if self.by > timedelta() else ""
        return f"{self.words} {forward or 'What was told is not told again'}; nothing is lost. If it is wrong, set it right."

    def skipped(self, moment: datetime) -> bool:
        """Whether a moment was leapt over, so that it never came."""
        return self.start < moment <= self.end


def leap_between(before: Reading, now: Reading) -> Leap | None:
    """The leap between two readings, if there is one."""
    start = before.at + timedelta(seconds=now.elapsed - before.elapsed)
    return Leap(start, now.at) if abs(now.at - start) >= LEAP_FROM else None


def _length(time: timedelta) -> str:
    for unit, size in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if time >= size:
            number = round(time / size)
            return f"{number} {unit}{'s' * (number > 1)}"
    return "less than a minute"
