"""Where the person is and what the clock shows, from one engine to the next: what changed is said once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from sage.adapters.files import write_whole
from sage.adapters.system_clock import elapsed, started
from sage.core.errors import BadInput, SageError
from sage.core.schedules.wall_time import zone_of
from sage.core.schedules.whereabouts import Seen, say_clock, say_move
from sage.profile import resolve

if TYPE_CHECKING:
    from sage.engine.bootstrap import House

log = logging.getLogger(__name__)

WRITE_EVERY = timedelta(minutes=10)
"""While nothing changes."""


class Whereabouts:
    """Looks at the zone and, once, at the clock. `unsaid` tells what no app has shown yet: it outlives the engine."""

    def __init__(self, house: House, unsaid: Callable[[], list[str]]) -> None:
        self._house, self._unsaid = house, unsaid
        self._path = house.home.last_seen
        self._seen: Seen | None = None
        self._begun = False
        self._said_of = self._move = ""
        """The zone that words were made about last, and those words."""
        self._clock_words: tuple[str, ...] = ()

    def look(self) -> list[str]:
        """What is to be said now. The zone of the settings counts at once."""
        clock = self._house.clock
        try:
            clock.stay_in(resolve("default", self._house.home).settings.person.timezone)
        except SageError as error:  # whoever writes settings is told by what they do next
            log.warning("the zone stays as it was: %s", error.kind)
        now, found = clock.now(), list[str]()
        if not self._begun:
            self._begun, self._seen = True, _read(self._path)
            self._said_of = self._seen.zone if self._seen else str(now.tzinfo)
            found = [*(self._seen.unsaid if self._seen else ()), *self._of_the_clock(now)]
            self._clock_words = tuple(found)
        found += self._of_the_zone(now)
        self._write(now, (*self._unsaid(), *found))
        return found

    def _of_the_clock(self, now: datetime) -> list[str]:
        recorded = self._house.schedule_pages.last_change()
        words = say_clock(self._seen, recorded, now, elapsed(), started())
        return [words] if words else []

    def _of_the_zone(self, now: datetime) -> list[str]:
        assert isinstance(now.tzinfo, ZoneInfo)
        if self._said_of == now.tzinfo.key:
            return []
        try:
            before = zone_of(self._said_of)
        except BadInput:
            return []
        finally:
            self._said_of = now.tzinfo.key
        self._move = say_move(before, now, self._house.schedules.waiting())
        return [self._move]

    def _write(self, now: datetime, unsaid: tuple[str, ...]) -> None:
        """The words about a move have those of reminders: they are made anew, should nobody have seen them."""
        last, kept = self._seen, tuple(text for text in unsaid if text in self._clock_words)
        zone = last.zone if last and self._move in unsaid else self._said_of
        seen = Seen(zone, now.astimezone(UTC).isoformat(), elapsed(), started(), kept)
        if last and (last.zone, last.unsaid) == (zone, kept):
            away = now - datetime.fromisoformat(last.at)
            if timedelta() <= away < WRITE_EVERY and last.boot == seen.boot:
                return
        try:
            write_whole(self._path, msgspec.json.encode(seen))
        except SageError as error:
            log.warning("what was seen last is not kept: %s", error.kind)
        self._seen = seen


def _read(path: Path) -> Seen | None:
    try:
        seen = msgspec.json.decode(path.read_bytes(), type=Seen)
        datetime.fromisoformat(seen.at).astimezone(UTC)
    except (OSError, msgspec.DecodeError, ValueError):
        return None
    return seen
