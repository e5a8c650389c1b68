from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from sage.core.errors import BadInput
from sage.core.schedules.recurrence import checked, dues, last_day_instead
from sage.core.schedules.schedule import Rule
from sage.core.schedules.wall_time import due_of
from tests.zones import History, histories


def rule(wall: str, rrule: str = "", zone: str = "Europe/Berlin") -> Rule:
    return checked(Rule(wall, zone, rrule))


def first(count: int, given: Rule) -> list[str]:
    zone = ZoneInfo(given.zone)
    return [f"{due.at.astimezone(zone):%Y-%m-%dT%H:%M}" for due in islice(dues(given, zone), count)]


def test_a_daily_time_inside_a_spring_gap_is_due_right_after_it() -> None:
    given = rule("2026-03-28T02:30", "FREQ=DAILY")
    assert first(3, given) == ["2026-03-28T02:30", "2026-03-29T03:00", "2026-03-30T02:30"]


def test_a_daily_time_inside_an_autumn_fold_is_due_once_at_the_first() -> None:
    given = rule("2026-10-24T02:30", "FREQ=DAILY")
    moments = [due.at for due in islice(dues(given, ZoneInfo(given.zone)), 3)]
    assert moments == [datetime(2026, 10, 24, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
                       datetime(2026, 10, 26, 1, 30, tzinfo=UTC)]  # fmt: skip


def test_a_date_that_a_zone_left_out_has_no_occurrence() -> None:
    given = rule("2011-12-29T09:00", "FREQ=DAILY", "Pacific/Apia")
    assert first(2, given) == ["2011-12-29T09:00", "2011-12-31T09:00"]
    assert due_of(datetime(2011, 12, 30, 9), ZoneInfo("Pacific/Apia")) is None


@pytest.mark.parametrize(("day", "february"), [(29, "2027-02-28"), (30, "2027-02-28"), (31, "2027-02-28")])
def test_the_last_days_of_a_month_fall_on_the_last_day_of_a_shorter_one(day: int, february: str) -> None:
    given = rule(f"2026-12-{day}T08:00", f"FREQ=MONTHLY;BYMONTHDAY={day}")
    assert first(4, given)[2][:10] == february
    assert last_day_instead(given) == str(day)
    assert len(first(40, given)) == 40


def test_a_leap_day_falls_on_the_28th_in_other_years() -> None:
    given = rule("2028-02-29T08:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")
    assert [at[:10] for at in first(3, given)] == ["2028-02-29", "2029-02-28", "2030-02-28"]


def test_every_other_tuesday_counts_from_its_first() -> None:
    given = rule("2026-11-24T08:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    zone = ZoneInfo(given.zone)
    after = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert f"{next(dues(given, zone, after)).wall:%Y-%m-%d}" == "2026-12-08"


def test_an_end_in_utc_is_an_end_in_the_zone() -> None:
    given = rule("2026-11-22T00:30", "FREQ=DAILY;UNTIL=20261122T233000Z")
    assert first(9, given) == ["2026-11-22T00:30", "2026-11-23T00:30"]


@pytest.mark.parametrize(
    "rrule",
    ["FREQ=DAILY;INTERVAL=0", "FREQ=SECONDLY", "every day", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;FOO=1", "FREQ=MONTHLY;BYDAY=XX",
     "FREQ=DAILY;FREQ=WEEKLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=4",
     "FREQ=DAILY;UNTIL=20200101T000000Z"],
)  # fmt: skip
def test_what_is_no_recurrence_is_refused(rrule: str) -> None:
    with pytest.raises(BadInput):
        rule("2026-11-22T09:00", rrule)


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadInput):
        rule("2026-11-22T09:00", "FREQ=DAILY", "Europe/Atlantis")


@pytest.fixture(scope="module")
def kinds_of_zones() -> list[History]:
    return histories()


@pytest.mark.parametrize("wall", [time(0), time(2, 30), None])
def test_each_local_day_has_one_occurrence_around_every_change_of_clocks(
    wall: time | None, kinds_of_zones: list[History]
) -> None:
    """Every zone, 2005 to 2035: only the days around a change of its offset can go wrong. None: in its own gaps and folds."""
    for history in kinds_of_zones:
        for change in history.changes:
            begin = change.date() - timedelta(days=3)
            for at in [wall] if wall else history.own_walls:
                given = Rule(f"{datetime.combine(begin, at):%Y-%m-%dT%H:%M}", history.zones[0], "FREQ=DAILY;COUNT=7")
                existing = [begin + timedelta(days=step) for step in range(7)]
                expected = [history.due(datetime.combine(day, at)) for day in existing if day not in history.left_out]
                assert [due.at for due in dues(given, history.zone)] == expected, (history.zones[0], change, at)


def test_a_zone_that_left_out_a_day_is_known_to_the_walk(kinds_of_zones: list[History]) -> None:
    assert len(kinds_of_zones) > 100
    samoa = next(history for history in kinds_of_zones if "Pacific/Apia" in history.zones)
    assert samoa.left_out == {date(2011, 12, 30)}
