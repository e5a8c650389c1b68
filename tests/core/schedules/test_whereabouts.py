"""What is said of another zone, and of a clock that cannot be right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sage.core.schedules.schedule import Occurrence, Rule, Schedule
from sage.core.schedules.wall_time import moment_of
from sage.core.schedules.whereabouts import Seen, say_clock, say_move

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)


def waits(text: str, wall: str, **rule: object) -> tuple[Occurrence, Schedule]:
    at = moment_of(datetime.fromisoformat(wall), BERLIN).isoformat()
    return Occurrence(text, wall, at, at), Schedule(text, text, Rule(wall, "Europe/Berlin", **rule))  # type: ignore[arg-type]


def moved(zone: str, *waiting: tuple[Occurrence, Schedule]) -> str:
    return say_move(BERLIN, NOW.astimezone(ZoneInfo(zone)), waiting)


def test_what_stays_what_goes_along_and_what_hangs_on_events() -> None:
    stays, travels = waits("plants", "2026-11-24T08:00"), waits("stretch", "2026-11-24T09:00", travels=True)
    hangs = waits("prepare", "2026-11-24T09:30", anchor="*", minutes=-30)
    assert moved("Europe/Lisbon", stays, travels, hangs) == (
        "You are in Lisbon time now: “plants” stays at 08:00 Berlin time, which is 07:00 here; “stretch” stays at 09:00 here."
    )


@pytest.mark.parametrize(
    ("zone", "wall", "said"),
    [
        ("Asia/Tokyo", "2026-11-24T20:00", "stays at 20:00 Berlin time, which is 04:00 here the day after."),
        ("America/New_York", "2026-11-24T03:00", "stays at 03:00 Berlin time, which is 21:00 here the day before."),
        ("Africa/Cairo", "2027-07-01T08:00", "stays at 08:00 Berlin time, which is 09:00 here."),
    ],
)
def test_the_day_is_named_when_it_is_another(zone: str, wall: str, said: str) -> None:
    assert moved(zone, waits("plants", wall)).endswith(said)


def test_where_the_clocks_are_alike_nothing_changes_and_only_the_first_are_named() -> None:
    assert moved("Europe/Paris", waits("plants", "2026-11-24T08:00")) == (
        "You are in Paris time now: at present the clocks here are those of Berlin."
    )
    many = [waits(f"thing {number}", "2026-11-24T08:00") for number in range(5)]
    told = moved("Europe/Lisbon", *many, many[0])
    assert told.count("stays") == 3 and told.endswith("The others are in: sage schedule list.")
    assert moved("Europe/Lisbon") == "You are in Lisbon time now."


def seen(at: datetime, elapsed: float = 0.0, boot: str = "one") -> Seen:
    return Seen("Europe/Berlin", at.astimezone(UTC).isoformat(), elapsed, boot)


def test_a_clock_is_wrong_when_it_is_behind_the_records_or_was_set_ahead_since() -> None:
    day = timedelta(days=1)
    assert say_clock(None, None, NOW, 0, "one") == ""
    assert say_clock(seen(NOW - day), NOW - day, NOW, 86_400, "one") == ""
    assert say_clock(seen(NOW - 30 * day), NOW - 31 * day, NOW, 9, "two") == "", "it was only switched off"
    for known in (say_clock(seen(NOW + 2 * day), None, NOW, 9, "two"), say_clock(None, NOW + 2 * day, NOW, 9, "two")):
        assert "shows today at 10:00, but Sage has records up to 25 November 2026 at 10:00" in known
        assert "Nothing is lost" in known and "set it right" in known
    ahead = say_clock(seen(NOW - 2 * day, 100.0), None, NOW, 160.0, "one")
    assert "when Sage ran last it was 21 November 2026 at 10:00" in ahead and "told as late" in ahead
    assert "when Sage ran last" in say_clock(seen(NOW - 800 * day), None, NOW, 9, "two")
