"""Pauses: while one lasts, nothing is said unasked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from sage.core.errors import BadInput
from sage.core.schedules.wall_time import plainly

LONGEST = timedelta(days=366)
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
_PART = re.compile(
    r"(?P<number>\d{1,6}|an?|half an)\s*(?P<unit>m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-z])"
)


class Pause(Struct, frozen=True):
    """From `since` to `until` ("" for no end of its own), or to `ended_at`, when the person ended it. The moments are UTC."""

    since: str
    until: str = ""
    ended_at: str = ""

    def lasts(self, now: datetime) -> bool:
        """Whether it is in force. A clock that was set back ends none."""
        return not self.ended_at and (not self.until or now < datetime.fromisoformat(self.until))

    def covers(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        ends = [datetime.fromisoformat(each) for each in (self.until, self.ended_at) if each]
        return datetime.fromisoformat(self.since) <= moment and all(moment < end for end in ends)

    def words(self, now: datetime) -> str:
        """How long it lasts, as the person reads it."""
        return f"until {plainly(datetime.fromisoformat(self.until), now)}" if self.until else "until you resume"


def any_covers(pauses: Iterable[Pause], moment: datetime) -> bool:
    """Whether a moment lies in one of them."""
    return any(pause.covers(moment) for pause in pauses)


def pause_from(now: datetime, until: datetime | None) -> Pause:
    """A pause that begins now. Raises BadInput for an end that has passed, or is too far away to be meant."""
    if until is None:
        return Pause(now.astimezone(UTC).isoformat())
    if until <= now:
        raise BadInput(f"{plainly(until, now)} has passed.", safe="Nothing was changed.", do="Name a later time.")
    if until - now > LONGEST:
        raise BadInput(
            "That is more than a year.", safe="Nothing was changed.", do="Without an end, it lasts until you resume."
        )
    return Pause(now.astimezone(UTC).isoformat(), until.astimezone(UTC).isoformat())


def length_of(words: str) -> timedelta | None:
    """A length of time as a person writes it: `2h`, `1h30`, `90 minutes`, `half an hour`, `2 days`; None for anything else."""
    text = re.sub(r"\b(for|and)\b|,", " ", words.strip().lower())
    text = re.sub(r"(\dh\s?)(\d+)\s*$", r"\1\2m", text)
    minutes, rest = 0.0, text
    for part in _PART.finditer(text):
        number = float(part["number"]) if part["number"].isdigit() else 0.5 if "half" in part["number"] else 1.0
        minutes += number * _MINUTES[part["unit"][0]]
        rest = rest.replace(part[0], "", 1)
    return timedelta(minutes=minutes) if minutes and not rest.strip() else None
