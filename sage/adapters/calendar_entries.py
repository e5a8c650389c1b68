"""Reads iCalendar (RFC 5545): which events there are between two moments, with recurrences, exceptions and zones.

Others wrote it: nothing in it makes the reading fail or go on for ever. What cannot be read is told, and hides nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sage import plugin_api
from sage.adapters.calendar_zones import own_zones, with_zones
from sage.adapters.counted_calls import CallsLeft, TooMuch
from sage.core.errors import BadInput, Unreadable
from sage.core.events import Event, Moments, moments_of
from sage.core.schedules.recurrence import checked
from sage.core.schedules.schedule import Rule
from sage.core.schedules.wall_time import zone_of

LARGEST = 32_000_000
"""Bytes of the largest calendar that is read."""
LONGEST_TITLE = 200
"""Characters."""
MOST_EVENTS = 5_000
"""Of one page."""
MOST_SERIES = 5_000
"""Events of one calendar that return; each takes about 2 ms."""
MOST_OCCURRENCES = 20_000
"""Of one calendar between two moments; each takes about 0.2 ms."""
_YEAR = timedelta(days=366)
_DAY = timedelta(days=1)
_FIRST_USUAL = 1900
_BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError, TooMuch)
"""What the libraries raise on text that is no calendar."""


@dataclass
class Entries:
    """A calendar as it was read."""

    zone: str = "UTC"
    """The person's, when it was read."""
    single: list[Any] = field(default_factory=list)
    series: list[tuple[Any, bool]] = field(default_factory=list)
    """Components of one UID that return, each as a query of the library, and whether following it is usual work."""
    troubles: list[str] = field(default_factory=list)
    """Sentences without their full stop, to stand behind the calendar's name."""
    whole: bool = True
    """Whether all of it was looked at."""
    calls: CallsLeft = field(default_factory=lambda: CallsLeft(each=2_000_000, whole=60_000_000))
    """For unusual work: about 1 s for one series, 35 s for a calendar."""

    def bounded(self, usual: bool) -> AbstractContextManager[None]:
        """For the library's work: what is usual ends by itself, and soon."""
        return nullcontext() if usual else self.calls.counted()


def read_calendar(
    data: bytes, since: datetime, until: datetime, zone: str, own: Collection[str] = ()
) -> plugin_api.CalendarPage:
    """What of a calendar begins before `until` and ends after `since` (both aware), in order, at most MOST_EVENTS.

    `zone` is the person's: floating times and whole days are there. What one of their `own` addresses has declined is left
    out. Text that is no calendar raises nothing: that is a trouble, and the page is not whole.
    """
    here = zone_of(zone)
    try:
        entries = parse(data, zone)
    except Unreadable as error:
        return plugin_api.CalendarPage((), (_sentence(error.what),), whole=False)
    troubles: list[str] = []
    pairs = _occurrences(entries, "", since.astimezone(here), until.astimezone(here), troubles, mailto(own))
    found = sorted({event.id: (event, series) for event, series in pairs}.values(), key=lambda pair: _order(pair[0]))
    if len(found) > MOST_EVENTS:
        troubles.append(f"there are more than {MOST_EVENTS} events; the later ones are left out")
    ids: set[str] = set()
    events: list[plugin_api.Event] = []
    for event, series in found[:MOST_EVENTS]:
        lasting = (
            event.id if event.lasting in ids else event.lasting
        )  # two events with one UID are a fault of some programs
        ids.add(lasting)
        events.append(
            plugin_api.Event(lasting, event.title, event.start, event.end, series, event.where, event.busy),
        )
    told = dict.fromkeys(_sentence(trouble) for trouble in [*troubles, *entries.troubles])
    return plugin_api.CalendarPage(tuple(events), tuple(told), entries.whole and not troubles)


def parse(data: bytes, zone: str) -> Entries:
    """Raises Unreadable, whose `what` goes behind the calendar's name, for what is no calendar or is not all there."""
    import icalendar

    _look(data)
    text = data.decode("utf-8", "replace")
    try:
        calendars = icalendar.Calendar.from_ical(with_zones(text, own_zones(text)), multiple=True)
    except _BROKEN as error:
        raise Unreadable(f"it does not parse ({type(error).__name__})") from error
    entries = Entries(zone)
    groups: dict[str, list[Any]] = {}
    all_of_them = (entry for calendar in calendars for entry in _in_its_zone(calendar).walk("VEVENT"))
    for number, entry in enumerate(all_of_them):
        if _is_whole(entry, entries.troubles):
            groups.setdefault(str(entry.get("UID") or f"without id {number}"), []).append(entry)
    for group in groups.values():
        _sort_in(group, entries)
    return entries


def events_of(
    entries: Entries, name: str, since: datetime, until: datetime, troubles: list[str], own: frozenset[str]
) -> Iterator[Event]:
    """What begins before `until` and ends after `since` (both in the person's zone), in no order, as events of the calendar
    `name`. `troubles` get what is missing; `own` as `mailto` gives it."""
    return (event for event, _ in _occurrences(entries, name, since, until, troubles, own))


def mailto(addresses: Collection[str]) -> frozenset[str]:
    """Addresses as calendars write them."""
    return frozenset(f"mailto:{address.strip().lower()}" for address in addresses)


def _look(data: bytes) -> None:
    if len(data) > LARGEST:
        raise Unreadable(f"it has more than {LARGEST // 1_000_000} MB and is not read")
    head, tail = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").upper(), data[-200:].rstrip().upper()
    if not head.startswith(b"BEGIN:VCALENDAR"):
        raise Unreadable("it is no calendar")
    if not tail.endswith(b"END:VCALENDAR"):
        raise Unreadable("it is not written to its end")


def _in_its_zone(calendar: Any) -> Any:
    """The calendar with the times that it means where it names a zone for those that have none (X-WR-TIMEZONE)."""
    from x_wr_timezone import to_standard

    name = str(calendar.get("X-WR-TIMEZONE") or "")
    if not name:
        return calendar
    try:
        return to_standard(calendar, timezone=zone_of(name))
    except (BadInput, *_BROKEN):
        return calendar


def _sort_in(group: list[Any], entries: Entries) -> None:
    """Puts the components of one UID to the series, or to the single ones."""
    import icalendar
    from recurring_ical_events import of

    returning = [entry for entry in group if entry.get("RRULE") or entry.get("RDATE")]
    if returning and len(entries.series) >= MOST_SERIES:
        if entries.whole:
            entries.troubles.append(f"more than {MOST_SERIES} of its events return; the others are left out")
        entries.whole = False
        return
    usual = all(_is_usual(entry) for entry in group)
    if not returning or not all(_returns(entry, entries, usual) for entry in returning):
        entries.single += group
        return
    calendar = icalendar.Calendar()
    for entry in group:
        calendar.add_component(entry)
    try:
        with entries.bounded(usual):
            entries.series.append((of(calendar), usual))
    except _BROKEN:
        entries.single += group
        entries.troubles.append(f"when “{_title(group[0])}” returns cannot be read")


def _is_whole(entry: Any, troubles: list[str]) -> bool:
    """Whether an event has a date that exists; one whose zone is not known is taken as a time where the person is."""
    try:
        start = entry["DTSTART"].dt
        for length in ("DTEND", "DURATION", "RECURRENCE-ID"):
            _ = entry[length].dt if entry.get(length) else None
    except _BROKEN:
        troubles.append(f"“{_title(entry)}” has a date that does not exist, and is left out")
        return False
    zone = entry["DTSTART"].params.get("TZID")
    if zone and isinstance(start, datetime) and start.tzinfo is None:
        troubles.append(f"there is no time zone “{str(zone)[:60]}”; the times of its events are taken as yours")
    return True


def _is_usual(entry: Any) -> bool:
    """Whether following it ends soon, whoever wrote it: it returns by the day or more rarely, at times that there are, and
    none of its times is far from where the rule has it."""
    rule = entry.get("RRULE")
    if entry.get("RDATE") or isinstance(rule, list):
        return False
    try:
        start = _wall(entry["DTSTART"].dt)
        others = [_wall(entry[name].dt) for name in ("DTEND", "RECURRENCE-ID") if entry.get(name)]
        lasts = entry["DURATION"].dt if entry.get("DURATION") else timedelta()
        near = start.year >= _FIRST_USUAL and lasts < _YEAR and all(abs(start - other) < _YEAR for other in others)
        return near and (rule is None or _is_usual_rule(rule.to_ical().decode()))
    except _BROKEN:
        return False


_USUAL_PART = re.compile(
    r"(?:FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)|INTERVAL=\d{1,3}|COUNT=\d+|UNTIL=[\dTZ]+|WKST=[A-Z]{2}"
    r"|BYDAY=[+-]?[1-5]?[A-Z]{2}(?:,[+-]?[1-5]?[A-Z]{2})*)"
)


def _is_usual_rule(text: str) -> bool:
    """Every second Tuesday comes; every seventh day that is another weekday than the first never does."""
    never = "FREQ=DAILY" in text and "INTERVAL" in text and "BYDAY" in text
    return not never and all(_USUAL_PART.fullmatch(part) for part in text.split(";"))


def _returns(entry: Any, entries: Entries, usual: bool) -> bool:
    """Whether the recurrence of an event can be followed; one that cannot leaves its first time."""
    rules = entry.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        first = _wall(entry["DTSTART"].dt)
        try:
            with entries.bounded(usual):
                checked(Rule(f"{first:%Y-%m-%dT%H:%M}", entries.zone, rule.to_ical().decode()))
        except (BadInput, *_BROKEN):
            entries.troubles.append(f"when “{_title(entry)}” returns cannot be read; only its first time is shown")
            return False
    return True


def _occurrences(
    entries: Entries, name: str, since: datetime, until: datetime, troubles: list[str], own: frozenset[str]
) -> Iterator[tuple[Event, str]]:
    """Each event with the lasting name of its series."""
    zone = since.tzinfo
    assert isinstance(zone, ZoneInfo)
    span, left = Moments(since, until), MOST_OCCURRENCES
    for entry in _between(entries, since, until, troubles):
        if str(entry.get("STATUS", "")).upper() == "CANCELLED" or _is_declined(entry, own):
            continue
        try:
            event = _event(entry, name, zone)
            at = moments_of(event, zone.key)
        except _BROKEN:
            troubles.append(f"“{_title(entry)}” has a date that does not exist, and is left out")
            continue
        if at.meets(span) or since <= at.start < until:
            if not left:
                troubles.append(f"it has more than {MOST_OCCURRENCES} events in this time; the others are left out")
                return
            left -= 1
            yield event, _hash(str(entry.get("UID") or event.id))


def _between(entries: Entries, since: datetime, until: datetime, troubles: list[str]) -> Iterator[Any]:
    """All components that may be meant, those that do not return among them."""
    yield from entries.single
    for series, usual in entries.series:
        try:
            with entries.bounded(usual):
                found = series.between(since - _DAY, until + _DAY)
        except _BROKEN:
            troubles.append("an event that returns cannot be followed, and is left out")
        else:
            yield from found


def _is_declined(entry: Any, own: frozenset[str]) -> bool:
    """Whether one of the addresses ("mailto:…") has declined it."""
    invited = entry.get("ATTENDEE") or []
    return any(
        str(one).lower() in own and str(getattr(one, "params", {}).get("PARTSTAT", "")).upper() == "DECLINED"
        for one in (invited if isinstance(invited, list) else [invited])
    )


def _event(entry: Any, name: str, zone: ZoneInfo) -> Event:
    start = entry["DTSTART"].dt
    end = entry["DTEND"].dt if entry.get("DTEND") else None
    if end is None:
        lasts = entry["DURATION"].dt if entry.get("DURATION") else None
        end = start + (lasts or (timedelta() if isinstance(start, datetime) else _DAY))
    begins, ends = _moment(start, zone), _moment(end, zone)
    if len(begins) != len(ends) or ends < begins:  # a date against a time, or an end before the start
        ends = begins
    if len(begins) == len("2026-11-27") and ends == begins:
        ends = str(date.fromisoformat(begins) + _DAY)
    own = _hash(f"{entry.get('UID', '')}\n{begins}\n{_title(entry)}")[:10]
    lasting = _hash(f"{entry.get('UID') or own}\n{_place_in_series(entry)}")
    where = " ".join(str(entry.get("LOCATION", "")).split())[:LONGEST_TITLE]
    busy = str(entry.get("TRANSP", "")).upper() != "TRANSPARENT"
    return Event(f"e{own}", _title(entry), begins, ends, name, where, busy, lasting)


def _place_in_series(entry: Any) -> str:
    """Which one of those that return it is: when it would have begun, had nobody moved it; "" for one that does not return."""
    if not entry.get("RECURRENCE-ID"):
        return ""
    first = entry["RECURRENCE-ID"].dt
    return str(first.astimezone(UTC) if isinstance(first, datetime) and first.tzinfo else first)


def _wall(value: date | datetime) -> datetime:
    """A date or a time without its zone."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else datetime.combine(value, time())


def _moment(value: date | datetime, zone: ZoneInfo) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    aware = value if value.tzinfo else value.replace(tzinfo=zone)
    return aware.astimezone(UTC).isoformat()


def _title(entry: Any) -> str:
    return " ".join(str(entry.get("SUMMARY", "")).split())[:LONGEST_TITLE] or "(no title)"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _order(event: Event) -> tuple[str, str, str, str]:
    return (event.start, event.end, event.title, event.id)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
