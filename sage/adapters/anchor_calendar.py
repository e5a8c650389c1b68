"""The person's calendars, as rules that hang on events see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sage.core.errors import BadInput
from sage.core.events import Events
from sage.core.ports import Calendar
from sage.core.schedules.anchors import Hanging, hanging, next_of
from sage.core.schedules.schedule import Rule

_DAY = timedelta(days=1)
_LOOK_AHEAD = (timedelta(days=8), timedelta(days=60), timedelta(days=400))
"""How far the next events are looked for, step by step: what returns each day makes many events of a year."""


class Found(NamedTuple):
    """The events that a rule means, and whether every calendar could be read (else `troubles` say which could not)."""

    events: list[Hanging]
    whole: bool = True
    troubles: Sequence[str] = ()


class NoCalendar:
    """No calendar is set (implements the port `Calendar`)."""

    def events(self, since: datetime, until: datetime) -> Events:
        return Events(())

    def mark(self) -> str:
        return ""


class AnchorCalendar:
    """Finds what a rule means in a calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def mark(self, now: datetime) -> str:
        """Another one whenever a rule may mean other events, or have them at other moments."""
        return f"{self._calendar.mark()} {now.tzinfo}"

    def found(self, rule: Rule, since: datetime, until: datetime, now: datetime) -> Found:
        """What is due later than `since`, up to `until`. `now` carries the zone of where the person is."""
        zone, away = now.tzinfo, timedelta(minutes=rule.minutes)
        assert isinstance(zone, ZoneInfo)
        # An event of a whole day begins hours before its morning, and ends hours behind it.
        held = self._calendar.events((since - away - _DAY).astimezone(zone), (until - away + _DAY).astimezone(zone))
        events = [one for one in hanging(rule, held.events, zone.key) if since < one.at <= until]
        return Found(events, held.whole, held.troubles)

    def following(self, rule: Rule, now: datetime, count: int) -> Found:
        """The next ones, at most `count`. Raises BadInput when no calendar is set."""
        if not self._calendar.mark():
            raise BadInput(
                "No calendar is set, so there are no events to go by.",
                safe="No reminder was set.",
                do='Name yours in settings.toml, such as [calendar] files = ["~/calendar.ics"], or name a time of day.',
            )
        start = now.astimezone(UTC)
        for ahead in _LOOK_AHEAD:
            found = self.found(rule, start, start + ahead, now)
            shown = next_of(rule, found.events, now, count)
            if len(shown) == count or (shown and rule.rrule):
                break
        return found._replace(events=shown)
