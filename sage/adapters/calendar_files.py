"""Calendars in files of iCalendar (RFC 5545), as the person's own program keeps or exports them (implements `Calendar`).

They are only read, and only when they changed. One that cannot be read now keeps what was read of it before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sage.core.errors import BadInput, Unreadable
from sage.core.events import Event, Events, Moments, moments_of
from sage.core.schedules.recurrence import checked
from sage.core.schedules.schedule import Rule
from sage.core.schedules.wall_time import plainly

LARGEST = 32_000_000
"""Bytes of the largest calendar that is read."""
MOST_FILES = 20_000
"""Of one folder."""
LONGEST_TITLE = 200
"""Characters."""
_DAY = timedelta(days=1)
_BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError)
"""What the libraries raise on text that is no calendar."""


@dataclass
class _Read:
    """A file as it was read: `mark` tells whether it has changed since."""

    mark: tuple[int, ...] = ()
    single: list[Any] = field(default_factory=list)
    series: list[Any] = field(default_factory=list)
    """Groups of components of one UID that return, each as a query of the library."""
    troubles: list[str] = field(default_factory=list)
    lasting: str = ""
    """Why it cannot be read now."""


class CalendarFiles:
    """The events of the files and folders that `places` names at each call (`~` means the person's own folder), without those
    that the person, known by their `emails`, has declined."""

    def __init__(
        self,
        places: Callable[[], Sequence[str]],
        now: Callable[[], datetime],
        emails: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._places, self._now, self._emails = places, now, emails
        self._read: dict[Path, _Read] = {}
        self._good: dict[Path, datetime] = {}
        """When a file, or a folder, could last be read."""
        self.unreadable: Mapping[str, str] | None = None
        """By place, in a sentence, what could not be read when it was last tried; None before the first time."""

    def events(self, since: datetime, until: datetime) -> Events:
        """What begins before `until` and ends after `since`. A file that cannot be read is told, and hides no other."""
        found: dict[str, Event] = {}
        troubles: list[str] = []
        unread: list[str] = []
        """Troubles for which something is missing that may well stand there."""
        unreadable: dict[str, str] = {}
        current = {path: calendar for place in self._places() for path, calendar in self._under(place, unreadable)}
        unreadable |= {str(path): calendar.lasting for path, calendar in current.items() if calendar.lasting}
        unread += unreadable.values()
        own = frozenset(f"mailto:{address.strip().lower()}" for address in self._emails())
        for path, calendar in current.items():
            troubles += calendar.troubles
            for event in _events_of(calendar, path.stem, since, until, unread, own):
                found[event.id] = event
        self._read, self.unreadable = current, unreadable
        order = sorted(found.values(), key=lambda event: (event.start, event.end, event.title, event.id))
        return Events(tuple(order), tuple(dict.fromkeys([*unread, *troubles])), whole=not unread)

    def mark(self) -> str:
        """Looks at names, sizes and times of files only."""
        found = hashlib.sha256()
        for place in (places := self._places()):
            path = Path(place).expanduser()
            try:
                files = sorted(path.rglob("*.ics")) if path.is_dir() else [path]
                for one in files[:MOST_FILES]:
                    found.update(repr((str(one), _mark_of(one))).encode())
            except OSError as error:
                found.update(repr((place, error.errno)).encode())
        return found.hexdigest() if places else ""

    def _under(self, place: str, unreadable: dict[str, str]) -> Iterator[tuple[Path, _Read]]:
        """What a place holds; of a folder that cannot be reached, what was read of it before."""
        path = Path(place).expanduser()
        before = [known for known in self._read if path in known.parents]
        if not before and not path.is_dir():
            yield path, self._current(path)
            return
        try:
            next(path.iterdir(), None)
            files = sorted(one for one in path.rglob("*.ics") if one.is_file())
        except OSError as error:
            why = f"The folder of calendars {path.name} cannot be read ({error.strerror})."
            unreadable[place] = f"{why} {self._shown(path)}"
            yield from ((known, self._read[known]) for known in before)
            return
        self._good[path] = self._now()
        if len(files) > MOST_FILES:
            unreadable[place] = (
                f"The folder of calendars {path.name} has more than {MOST_FILES} files; the rest is not read."
            )
        yield from ((one, self._current(one)) for one in files[:MOST_FILES])

    def _current(self, path: Path) -> _Read:
        """The file as it is, or as it was when it last could be read."""
        before = self._read.get(path)
        try:
            mark = _mark_of(path)
            if before and before.mark == mark:
                self._good[path] = self._now()
                return before
            calendar = _parse(_bytes(path), path.name, self._now())
            calendar.mark, self._good[path] = mark, self._now()
        except (OSError, Unreadable) as error:
            why = error.what if isinstance(error, Unreadable) else f"it cannot be read ({error.strerror})"
            kept = before or _Read()
            kept.mark = ()
            kept.lasting = f"The calendar {path.name}: {why}. {self._shown(path)}"
            calendar = kept
        return calendar

    def _shown(self, path: Path) -> str:
        """What is shown in the place of one that cannot be read."""
        good = self._good.get(path)
        return f"It is shown as it was {plainly(good, self._now())}." if good else "Nothing of it is shown."


def _mark_of(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise Unreadable(f"it has more than {LARGEST // 1_000_000} MB and is not read")
    data = path.read_bytes()
    head, tail = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").upper(), data[-200:].rstrip().upper()
    if not head.startswith(b"BEGIN:VCALENDAR"):
        raise Unreadable("it is no calendar")
    if not tail.endswith(b"END:VCALENDAR"):
        raise Unreadable("it is not written to its end")
    return data


def _parse(data: bytes, name: str, now: datetime) -> _Read:
    import icalendar
    from recurring_ical_events import of

    try:
        calendars = icalendar.Calendar.from_ical(data.decode("utf-8", "replace"), multiple=True)
    except _BROKEN as error:
        raise Unreadable(f"it does not parse ({type(error).__name__})") from error
    read = _Read()
    groups: dict[str, list[Any]] = {}
    for number, entry in enumerate(entry for calendar in calendars for entry in calendar.walk("VEVENT")):
        if _is_whole(entry, name, read.troubles):
            groups.setdefault(str(entry.get("UID") or f"without id {number}"), []).append(entry)
    for group in groups.values():
        returning = [entry for entry in group if entry.get("RRULE") or entry.get("RDATE")]
        if not returning:
            read.single += group
        elif all(_returns(entry, name, now, read.troubles) for entry in returning):
            calendar = icalendar.Calendar()
            for entry in group:
                calendar.add_component(entry)
            try:
                read.series.append(of(calendar))
            except _BROKEN:
                read.single += group
                read.troubles.append(f"The calendar {name}: when “{_title(group[0])}” returns cannot be read.")
        else:
            read.single += group
    return read


def _is_whole(entry: Any, name: str, troubles: list[str]) -> bool:
    """Whether an event has a date that exists; one whose zone is not known is taken as a time where the person is."""
    try:
        start = entry["DTSTART"].dt
        for length in ("DTEND", "DURATION"):
            _ = entry[length].dt if entry.get(length) else None
    except _BROKEN:
        troubles.append(f"The calendar {name}: “{_title(entry)}” has a date that does not exist, and is left out.")
        return False
    zone = entry["DTSTART"].params.get("TZID")
    if zone and isinstance(start, datetime) and start.tzinfo is None:
        troubles.append(
            f"The calendar {name}: there is no time zone “{str(zone)[:60]}”; the times of its events are taken as yours."
        )
    return True


def _returns(entry: Any, name: str, now: datetime, troubles: list[str]) -> bool:
    """Whether the recurrence of an event can be followed; one that cannot leaves its first time."""
    rules = entry.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        start = entry["DTSTART"].dt
        first = start if isinstance(start, datetime) else datetime.combine(start, time())
        try:
            checked(Rule(f"{first:%Y-%m-%dT%H:%M}", str(now.tzinfo), rule.to_ical().decode()))
        except (BadInput, *_BROKEN):
            troubles.append(
                f"The calendar {name}: when “{_title(entry)}” returns cannot be read; only its first time is shown."
            )
            return False
    return True


def _events_of(
    calendar: _Read, name: str, since: datetime, until: datetime, troubles: list[str], own: frozenset[str]
) -> Iterator[Event]:
    zone = since.tzinfo
    assert isinstance(zone, ZoneInfo)
    entries = list(calendar.single)
    for series in calendar.series:
        try:
            entries += series.between(since - _DAY, until + _DAY)
        except _BROKEN:
            troubles.append(f"The calendar {name}: an event that returns cannot be followed, and is left out.")
    span = Moments(since, until)
    for entry in entries:
        if str(entry.get("STATUS", "")).upper() == "CANCELLED" or _is_declined(entry, own):
            continue
        event = _event(entry, name, zone)
        at = moments_of(event, zone.key)
        if at.meets(span) or since <= at.start < until:
            yield event


def _is_declined(entry: Any, own: frozenset[str]) -> bool:
    """Whether one of the addresses ("mailto:…") has declined it."""
    invited = entry.get("ATTENDEE") or []
    return any(
        str(one).lower() in own and str(one.params.get("PARTSTAT", "")).upper() == "DECLINED"
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
    own = hashlib.sha256(f"{entry.get('UID', '')}\n{begins}\n{_title(entry)}".encode()).hexdigest()[:10]
    lasting = hashlib.sha256(f"{entry.get('UID') or own}\n{_place_in_series(entry)}".encode()).hexdigest()[:16]
    where = " ".join(str(entry.get("LOCATION", "")).split())[:LONGEST_TITLE]
    busy = str(entry.get("TRANSP", "")).upper() != "TRANSPARENT"
    return Event(f"e{own}", _title(entry), begins, ends, name, where, busy, lasting)


def _place_in_series(entry: Any) -> str:
    """Which one of those that return it is: when it would have begun, had nobody moved it; "" for one that does not return."""
    if not entry.get("RECURRENCE-ID"):
        return ""
    first = entry["RECURRENCE-ID"].dt
    return str(first.astimezone(UTC) if isinstance(first, datetime) and first.tzinfo else first)


def _moment(value: date | datetime, zone: ZoneInfo) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    aware = value if value.tzinfo else value.replace(tzinfo=zone)
    return aware.astimezone(UTC).isoformat()


def _title(entry: Any) -> str:
    return " ".join(str(entry.get("SUMMARY", "")).split())[:LONGEST_TITLE] or "(no title)"
