"""Calendars that cannot be read: told unasked once for each trouble, and again only after it had healed.

What was read of them stays in the engine's own memory: a copy on the disk would hold words that the person forgot elsewhere
anew. So the record here has no word of a calendar but its name.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sage.core.schedules.schedule import Occurrence, Rule, Schedule

if TYPE_CHECKING:
    from sage.engine.bootstrap import House

LASTS = timedelta(minutes=10)
"""A calendar that is only being written, or away for a moment, is no trouble yet."""


class CalendarTroubles:
    """Keeps a schedule for each: "ended" while the trouble lasts, "removed" once it is over."""

    def __init__(self, house: House) -> None:
        self._pages, self._calendar = house.schedule_pages, house.calendar

    def note(self, now: datetime) -> None:
        """Looks at what the last reading of the calendars met, if there was one."""
        unreadable = self._calendar.unreadable
        if unreadable is None:
            return
        lasting = {f"calendar-{sha256(place.encode()).hexdigest()[:10]}": words for place, words in unreadable.items()}
        known = {one.id: one for one in self._pages.all(removed=True) if one.kind == "calendar"}
        for name, words in lasting.items():
            if name not in known or (known[name].state == "removed" and not self._told_today(name, now)):
                self._begin(name, words, now)
        for name, schedule in known.items():
            if name not in lasting and schedule.state != "removed":
                self._pages.change(replace(schedule, state="removed"), (), now)

    def seen(self, now: datetime) -> None:
        """The person was just shown all of them, where they had asked: nothing of them is left to be told."""
        self.note(now)
        kinds = {one.id: one.kind for one in self._pages.all()}
        for waiting in self._pages.waiting():
            if kinds.get(waiting.schedule) == "calendar":
                self._pages.move(waiting, "due", "done", now, "person")

    def _begin(self, name: str, words: str, now: datetime) -> None:
        rule = Rule(f"{now:%Y-%m-%dT%H:%M}", str(now.tzinfo))
        schedule = Schedule(name, words, rule, "calendar", state="ended")
        moment, at = now.astimezone(UTC).isoformat(), (now + LASTS).astimezone(UTC).isoformat()
        first = [Occurrence(name, moment, at, at)]
        if self._pages.find(name) is None:
            self._pages.add(schedule, first, now)
        else:
            self._pages.change(schedule, first, now)

    def _told_today(self, name: str, now: datetime) -> bool:
        last = self._pages.last_told(name)
        return last is not None and datetime.fromisoformat(last.due_at).astimezone(now.tzinfo).date() == now.date()
