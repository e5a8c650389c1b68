"""Calendars in files of iCalendar (RFC 5545), as the person's own program keeps or exports them (implements `Calendar`).

They are only read, and only when they changed. One that cannot be read now keeps what was read of it before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sage.adapters.calendar_entries import LARGEST, Entries, events_of, mailto, parse
from sage.core.errors import Unreadable
from sage.core.events import Event, Events
from sage.core.schedules.wall_time import plainly

MOST_FILES = 20_000
"""Of one folder."""


@dataclass
class _Read:
    """A file as it was read: `mark` tells whether it has changed since, `lasting` why it cannot be read now."""

    mark: tuple[int, ...] = ()
    entries: Entries = field(default_factory=Entries)
    lasting: str = ""


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
        own = mailto(self._emails())
        for path, calendar in current.items():
            missing: list[str] = []
            for event in events_of(calendar.entries, path.stem, since, until, missing, own):
                found[event.id] = event
            unread += _told(path, missing)
            (troubles if calendar.entries.whole else unread).extend(_told(path, calendar.entries.troubles))
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
            calendar = _Read(mark, parse(_bytes(path), str(self._now().tzinfo)))
            self._good[path] = self._now()
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
    return path.read_bytes()


def _told(path: Path, troubles: Sequence[str]) -> list[str]:
    return [f"The calendar {path.name}: {trouble}." for trouble in troubles]
