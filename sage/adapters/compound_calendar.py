"""The calendars in files and those of accounts, as one (implements the port `Calendar`).

Of an account's calendar a stretch around today is known, in memory alone: a copy on the disk would hold what was forgotten
elsewhere. One that cannot be read now stays as it was read last, and says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sage import plugin_api
from sage.adapters.calendar_files import CalendarFiles
from sage.core.events import Event, Events, Moments, moments_of
from sage.core.plans import account_name
from sage.core.schedules.wall_time import plainly
from sage.core.terminal_text import clean_line

BACK, AHEAD = timedelta(days=32), timedelta(days=62)
"""Of a calendar that much is known, from now. Nothing that Sage plans by events looks farther back."""
LONGEST_TITLE = 200
"""Characters."""
EARLIEST, LATEST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)
"""What lies beyond them could lie beyond the ends of time in another zone."""


@dataclass(frozen=True)
class Window:
    """What is known of an account's calendar. `trouble` says why it cannot be read now, in a sentence ("": it can)."""

    events: tuple[Event, ...] = ()
    troubles: tuple[str, ...] = ()
    whole: bool = True
    since: datetime | None = None
    as_of: datetime | None = None
    trouble: str = ""


class AccountCalendars:
    """The windows of all accounts with a calendar. Safe in threads: each is replaced whole."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._windows: dict[str, Window] = {}
        self.version = 0
        """Another one whenever something changed."""

    def keep_to(self, accounts: Collection[str]) -> None:
        """Makes room for accounts that are new, and lets go of those that are not named any more."""
        if self._windows.keys() != set(accounts):
            self._windows = {name: self._windows.get(name, Window()) for name in accounts}
            self.version += 1

    def take(self, account: str, page: plugin_api.CalendarPage, since: datetime) -> None:
        """Takes in what an account holds from a moment on. While not all of it can be read, what is missing stays as it was."""
        if account not in self._windows:
            return
        before, now = self._windows[account], self._now()
        events = tuple(found for event in page.events if (found := _taken_in(event, account)))
        troubles = tuple(f"The calendar of {account_name(account)}: {clean_line(each)}" for each in page.troubles)
        known = {event.lasting for event in events}
        kept = () if page.whole else tuple(event for event in before.events if event.lasting not in known)
        if kept and before.as_of:
            troubles += (f"What of it cannot be read now is shown as it was {plainly(before.as_of, now)}.",)
        events += kept
        window = Window(events, troubles, page.whole, since, before.as_of if kept else now)
        self._windows[account] = window
        if (before.events, before.troubles, before.whole, before.trouble) != (events, troubles, page.whole, ""):
            self.version += 1

    def fail(self, account: str, why: str) -> None:
        """Notes that an account cannot be read now."""
        before = self._windows.get(account)
        if before is not None and before.trouble != why:
            self._windows[account] = Window(
                before.events, before.troubles, before.whole, before.since, before.as_of, clean_line(why)
            )
            self.version += 1

    def all(self) -> dict[str, Window]:
        """By account."""
        return dict(self._windows)

    def troubles(self) -> dict[str, str]:
        """By account, in a sentence, what cannot be read now."""
        return {name: self._told(name, window) for name, window in self._windows.items() if window.trouble}

    def _told(self, account: str, window: Window) -> str:
        shown = (
            f"It is shown as it was {plainly(window.as_of, self._now())}."
            if window.as_of
            else "Nothing of it is shown."
        )
        return f"The calendar of {account_name(account)} cannot be read now: {window.trouble} {shown}"


class CompoundCalendar:
    """All of the person's calendars."""

    def __init__(self, files: CalendarFiles, accounts: AccountCalendars) -> None:
        self._files, self._accounts = files, accounts

    def events(self, since: datetime, until: datetime) -> Events:
        """What begins before `until` and ends after `since`."""
        found = self._files.events(since, until)
        windows = self._accounts.all()
        if not windows:
            return found
        assert isinstance(since.tzinfo, ZoneInfo)
        zone, span = since.tzinfo.key, Moments(since, until)
        events = {event.id: event for event in found.events}
        for window in windows.values():
            events |= {event.id: event for event in window.events if moments_of(event, zone).meets(span)}
        known = [
            window.whole and not window.trouble and window.since and window.since <= since
            for window in windows.values()
        ]
        troubles = [
            *self._accounts.troubles().values(),
            *(each for window in windows.values() for each in window.troubles),
        ]
        order = sorted(events.values(), key=lambda event: (event.start, event.end, event.title, event.id))
        return Events(tuple(order), (*found.troubles, *troubles), found.whole and all(known))

    def mark(self) -> str:
        files = self._files.mark()
        return f"{files} {self._accounts.version}" if self._accounts.all() else files

    @property
    def unreadable(self) -> Mapping[str, str] | None:
        """By place, in a sentence, what could not be read when it was last tried; None before the first time."""
        files = self._files.unreadable
        return None if files is None else {**files, **self._accounts.troubles()}


def _taken_in(event: plugin_api.Event, account: str) -> Event | None:
    """An event as it came, with nothing in it that could steer a terminal; None for one whose times are none."""
    try:
        start, end = _moment(event.start), _moment(event.end)
    except ValueError:
        return None
    if (len(start) == len("2026-11-27")) != (len(end) == len("2026-11-27")):
        return None
    title = clean_line(event.title)[:LONGEST_TITLE] or "(without a title)"
    return Event(
        f"e{_hash(account, event.id)}", title, start, max(start, end), account_name(account),
        clean_line(event.where)[:LONGEST_TITLE], event.busy, _hash(account, event.series or event.id),
    )  # fmt: skip


def _moment(text: str) -> str:
    """A date, or a moment in UTC, between `EARLIEST` and `LATEST`. Raises ValueError."""
    if len(text) == len("2026-11-27"):
        return str(min(max(date.fromisoformat(text), EARLIEST.date()), LATEST.date()))
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment without an offset")
    return min(max(found, EARLIEST), LATEST).astimezone(UTC).isoformat()


def _hash(account: str, name: str) -> str:
    return hashlib.sha256(f"{account}\0{name}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
