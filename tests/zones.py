"""Every IANA zone as the stretches of time in which its clocks stay alike, and what is due in them, told another way than Sage's.

Nothing here uses `fold`, gaps or Sage: a local time is due at the first moment at which the zone's clocks show it or a later one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo, available_timezones

FIRST, LAST = date(2005, 1, 1), date(2035, 12, 31)
_BEGIN, _END = datetime(2004, 12, 1, tzinfo=UTC), datetime(2036, 2, 1, tzinfo=UTC)
_STEP = timedelta(days=7)
"""No zone changes its clocks and back again within less."""


@dataclass(frozen=True)
class History:
    """The offsets of a zone's clocks from UTC: from `starts[i]` on it is `offsets[i]`."""

    zones: tuple[str, ...]
    starts: tuple[datetime, ...]
    offsets: tuple[timedelta, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zones[0])

    @property
    def changes(self) -> tuple[datetime, ...]:
        """When its clocks change."""
        return self.starts[1:]

    @cached_property
    def _shown_before(self) -> list[datetime]:
        """The latest local time that was shown by the end of each stretch."""
        ends = [*self.starts[1:], _END]
        local = (end.replace(tzinfo=None) + offset for end, offset in zip(ends, self.offsets, strict=True))
        return list(accumulate(local, max))

    def due(self, wall: datetime) -> datetime:
        """The first moment at which its clocks show a local time, or a later one."""
        place = bisect_right(self._shown_before, wall)
        return max(self.starts[place], wall.replace(tzinfo=UTC) - self.offsets[place])

    @cached_property
    def left_out(self) -> frozenset[date]:
        """The dates that none of its clocks ever showed."""
        found = set()
        for change, before, after in zip(self.changes, self.offsets, self.offsets[1:], strict=False):
            last = (change + before - timedelta(seconds=1)).date()
            first = (change + after).date()
            found |= {last + timedelta(days=step) for step in range(1, (first - last).days)}
        return frozenset(found)

    @cached_property
    def own_walls(self) -> tuple[time, ...]:
        """The time of day in the middle of most of its gaps, and that in most of its folds."""
        middles: dict[bool, list[time]] = {}
        for change, before, after in zip(self.changes, self.offsets, self.offsets[1:], strict=False):
            middle = (change + min(before, after) + abs(after - before) / 2).replace(second=0, microsecond=0)
            middles.setdefault(after > before, []).append(middle.time())
        return tuple(sorted({max(set(times), key=times.count) for times in middles.values()}))


def histories(names: Iterable[str] = ()) -> list[History]:
    """One for all zones that behave alike from 2005 to 2035."""
    alike: dict[tuple[tuple[datetime, ...], tuple[timedelta, ...]], list[str]] = {}
    for name in sorted(names or available_timezones() - {"Factory", "localtime"}):
        alike.setdefault(_history(ZoneInfo(name)), []).append(name)
    return [History(tuple(zones), *key) for key, zones in alike.items()]


def days() -> Iterable[date]:
    """All dates from 2005 to 2035."""
    return (FIRST + timedelta(days=step) for step in range((LAST - FIRST).days + 1))


def _history(zone: ZoneInfo) -> tuple[tuple[datetime, ...], tuple[timedelta, ...]]:
    starts, offsets, at = [_BEGIN], [_offset(_BEGIN, zone)], _BEGIN
    while at < _END:
        following = at + _STEP
        if (offset := _offset(following, zone)) != offsets[-1]:
            low, high = at, following
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if _offset(middle, zone) == offsets[-1] else (low, middle)
            starts.append(high)
            offsets.append(offset)
        at = following
    return tuple(starts), tuple(offsets)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
