"""Walks through every IANA zone, 2005 to 2035: whether what returns daily, weekly and monthly is due once, at its moment.

Zones whose clocks have been alike in all those years are walked once. Each walk is compared with moments told another way
(tests/zones.py). The baseline is the alarm library by itself, a CronTrigger for the same wall time: daily ones only in the week
around each change of clocks (elsewhere nothing can differ), weekly and monthly ones from 2005 to 2035.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any

from sage.core.schedules.recurrence import checked, dues
from sage.core.schedules.schedule import Rule
from tests.zones import FIRST, LAST, History, days, histories

WALLS = (time(0, 0), time(2, 30), time(9, 0), time(23, 45))
"""Beside those in the middle of a zone's own gaps and folds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--zones", type=int, default=0, help="how many kinds of zones to walk (0: all)")
    parser.add_argument("--workers", type=int, default=2, help="processes that walk (2)")


def run_part(args: argparse.Namespace) -> dict[str, Any]:
    """Counts of walks, of occurrences looked at and of wrong ones; those of the baseline beside them."""
    known = histories()
    step = max(1, len(known) // args.zones) if args.zones else 1
    walked = known[::step][: args.zones or None]
    with ProcessPoolExecutor(args.workers) as workers:
        found = list(workers.map(_walk, walked, chunksize=4))
    return {
        "zones": sum(len(history.zones) for history in walked),
        "kinds_of_zones": len(walked),
        "years": f"{FIRST.year} to {LAST.year}",
        **{name: _total(one[name] for one in found) for name in ("daily", "weekly", "monthly_31st")},
        "baseline": {
            name: _total(one[f"alone_{name}"] for one in found) for name in ("daily", "weekly", "monthly_31st")
        },
    }


def _total(counts: Iterable[tuple[int, int, int]]) -> dict[str, int]:
    walks, expected, wrong = (sum(column) for column in zip(*counts, strict=True))
    return {"walks": walks, "expected": expected, "wrong": wrong}


def _walk(history: History) -> dict[str, tuple[int, int, int]]:
    """For each kind: walks, occurrences that there should be, and how many of them are wrong, missing or too many."""
    logging.disable(logging.CRITICAL)
    walls = sorted({*WALLS, *history.own_walls})
    sundays = [day for day in days() if day.weekday() == 6]
    month_ends = [day for day in days() if (day + timedelta(days=1)).day == 1]
    own = history.own_walls[:1] or (time(2, 30),)
    near = sorted({day for change in history.changes for day in _around(change.date()) if FIRST <= day <= LAST})
    return {
        "daily": _sum(_ours(history, "FREQ=DAILY", wall, list(days())) for wall in walls),
        "weekly": _sum(_ours(history, "FREQ=WEEKLY;BYDAY=SU", wall, sundays) for wall in walls),
        "monthly_31st": _sum(_ours(history, "FREQ=MONTHLY;BYMONTHDAY=31", wall, month_ends) for wall in walls),
        "alone_daily": _sum(_alone(history, wall, near, {}) for wall in walls),
        "alone_weekly": _sum(_alone(history, wall, sundays, {"day_of_week": "sun"}) for wall in own),
        "alone_monthly_31st": _sum(_alone(history, wall, month_ends, {"day": "31"}) for wall in own),
    }


def _sum(counts: Iterable[tuple[int, int, int]]) -> tuple[int, int, int]:
    walks, expected, wrong = (sum(column) for column in zip(*counts, strict=True))
    return walks, expected, wrong


def _ours(history: History, rrule: str, wall: time, on: list[date]) -> tuple[int, int, int]:
    rule = checked(Rule(f"{datetime.combine(FIRST, wall):%Y-%m-%dT%H:%M}", history.zones[0], rrule))
    walk = takewhile(lambda due: due.wall.date() <= LAST, dues(rule, history.zone))
    return _compared(history, wall, on, (due.at for due in walk))


def _alone(history: History, wall: time, on: list[date], fields: dict[str, str]) -> tuple[int, int, int]:
    from apscheduler.triggers.cron import CronTrigger

    trigger = CronTrigger(hour=wall.hour, minute=wall.minute, timezone=history.zone, **fields)
    return _compared(history, wall, on, _fired(trigger, history, on))


def _fired(trigger: Any, history: History, on: list[date]) -> Iterator[datetime]:
    """What the library fires on the days of a list, stretch by stretch of days that follow each other closely."""
    zone, place = history.zone, 0
    while place < len(on):
        first = last = on[place]
        while place < len(on) and (on[place] - last).days <= 40 and (len(on) < 1_700 or (on[place] - last).days <= 1):
            last, place = on[place], place + 1
        end = history.due(datetime.combine(last + timedelta(days=1), time()))
        fired, now = None, history.due(datetime.combine(first, time())).astimezone(zone)
        while (fired := trigger.get_next_fire_time(fired, now)) and fired.astimezone(UTC) < end:
            yield fired.astimezone(UTC)
            now = (fired.astimezone(UTC) + timedelta(seconds=1)).astimezone(zone)


def _compared(history: History, wall: time, on: list[date], found: Iterable[datetime]) -> tuple[int, int, int]:
    expected = {history.due(datetime.combine(day, wall)) for day in on if day not in history.left_out}
    listed = list(found)
    return 1, len(expected), len(expected - set(listed)) + len(set(listed) - expected) + len(listed) - len(set(listed))


def _around(day: date) -> list[date]:
    return [day + timedelta(days=step) for step in range(-3, 4)]
