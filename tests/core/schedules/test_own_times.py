"""What Sage tells at times of its own counts for a while, waits where it should, and leaves no backlog."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sage.core.schedules.own_times import RITUAL_WORDS, ripe_of_own, ritual_rule, same_times
from sage.core.schedules.recurrence import dues
from sage.core.schedules.ringing import Delay, ring_words
from sage.core.schedules.schedule import Occurrence, Ring, Schedule, ScheduleKind
from sage.core.wording import lint

HERE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 8, tzinfo=HERE)


def due(*moments: datetime) -> list[Occurrence]:
    return [Occurrence("own", f"{one:%Y-%m-%dT%H:%M}", one.isoformat(), one.isoformat()) for one in moments]


def of(kind: ScheduleKind) -> Schedule:
    return Schedule("own", RITUAL_WORDS.get(kind, ""), ritual_rule("08:00", NOW), kind)


def test_a_time_of_day_is_daily_and_a_weekday_weekly() -> None:
    daily, weekly = ritual_rule("08:00", NOW), ritual_rule("sunday 18:00", NOW)
    assert [f"{one.wall:%a %d %H:%M}" for one in _two(daily)] == ["Tue 24 08:00", "Wed 25 08:00"]
    assert [f"{one.wall:%a %d %H:%M}" for one in _two(weekly)] == ["Sun 29 18:00", "Sun 06 18:00"]
    assert daily.travels and weekly.travels


def _two(rule):  # type: ignore[no-untyped-def]
    found = dues(rule, HERE, NOW)
    return [next(found), next(found)]


def test_a_rule_that_was_made_on_another_day_means_the_same_times() -> None:
    later = NOW + timedelta(days=3)
    assert same_times(ritual_rule("08:00", NOW), ritual_rule("08:00", later))
    assert not same_times(ritual_rule("08:00", NOW), ritual_rule("08:01", NOW))
    assert not same_times(ritual_rule("sunday 08:00", NOW), ritual_rule("monday 08:00", NOW))


def test_on_time_it_comes_plainly_also_in_quiet_hours() -> None:
    found = ripe_of_own(of("brief"), due(NOW), NOW, quiet=True)
    assert found.ring and found.ring.late == "" and not found.before


def test_late_it_says_for_when_it_was_and_nothing_of_those_before() -> None:
    yesterday = NOW - timedelta(days=1)
    found = ripe_of_own(of("brief"), due(yesterday, NOW), NOW + timedelta(hours=3))
    assert found.ring and found.ring.late == "It was for today at 08:00."
    assert [one.due_at for one in found.before] == [yesterday.isoformat()]
    assert "missed" not in ring_words(found.ring)


def test_it_says_that_it_was_held_by_a_pause() -> None:
    found = ripe_of_own(of("review"), due(NOW), NOW + timedelta(minutes=1), Delay(", while Sage was paused"))
    assert found.ring and found.ring.late == "It was for today at 08:00, while Sage was paused."


@pytest.mark.parametrize("kind", ["brief", "shutdown", "review"])
def test_a_ritual_whose_date_is_over_is_let_go(kind: ScheduleKind) -> None:
    [evening] = due(NOW.replace(hour=23, minute=50))
    found = ripe_of_own(of(kind), [evening], NOW.replace(day=24, hour=0))
    assert found.ring is None and found.before == (evening,)


def test_late_it_waits_for_the_end_of_quiet_hours_and_of_a_focus_session() -> None:
    late = NOW + timedelta(hours=1)
    assert ripe_of_own(of("brief"), due(NOW), late, quiet=True) == (None, ())
    assert ripe_of_own(of("brief"), due(NOW), NOW, focused=True) == (None, ())
    assert ripe_of_own(of("brief"), due(NOW), late).ring


def test_the_end_of_a_focus_session_waits_for_none_and_counts_over_midnight_but_not_for_long() -> None:
    [end] = due(NOW.replace(hour=23, minute=59))
    assert ripe_of_own(of("focus"), [end], NOW.replace(day=24, hour=0), focused=True).ring
    assert ripe_of_own(of("focus"), [end], NOW.replace(day=24, hour=7)).ring is None


def test_what_is_told_passes_the_lint() -> None:
    assert [found for words in RITUAL_WORDS.values() for found in lint(words)] == []


def test_an_app_shows_the_lines_where_there_are_some() -> None:
    [at] = due(NOW)
    assert ring_words(Ring(of("brief"), at, "It was for 08:00.", lines=("Monday.", "Focus: rest"))) == (
        "Brief · Monday.\nFocus: rest\nIt was for 08:00."
    )
    assert ring_words(Ring(of("shutdown"), at)) == f"Sage · {RITUAL_WORDS['shutdown']}"
