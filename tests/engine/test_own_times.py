"""Rituals at the times of the settings, and the ends of focus sessions: told once, by the alarms, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sage import wire
from sage.adapters.forgetting.forgetting_journal import pieces
from sage.adapters.home.settings_file import write_settings
from sage.core.errors import BadInput
from sage.core.schedules.ringing import ring_words
from sage.engine.alarms import Alarms
from sage.engine.bootstrap import House
from sage.engine.explanations import explain
from sage.engine.handlers import Desk
from sage.engine.own_times import OwnTimes
from sage.engine.telling_handlers import missed
from sage.locations import Home
from sage.testing.fakes import FakeClock
from tests.homes import make_home
from tests.telling import FakeSurface


class Day:
    """A home in which time passes as the test says; each passing ends with a look of the alarms. It begins at ten."""

    def __init__(self, home: Home) -> None:
        self.home, self.clock, self.surface = home, FakeClock(), FakeSurface()
        self._elapsed = 0.0
        self.open()

    def open(self) -> None:
        """As an engine that starts."""
        self.house: Any = House.open(self.home)
        self.house.clock = self.clock

        async def note(text: str) -> None: ...

        house = self.house
        self.alarms = Alarms(house.schedule_pages, self.clock, [self.surface], house.pausing, lambda: self._elapsed, note,
                             OwnTimes(house))  # fmt: skip
        self.alarms.resume()

    def close(self) -> None:
        self.house.memory.close()
        self.house.database.close()
        self.house.lock.release()

    async def go_to(self, clock: str, *, days: int = 0) -> list[str]:
        """Real time passes until that time of day; returns what was told meanwhile, as an app shows it."""
        hour, minute = map(int, clock.split(":"))
        before, already = self.clock.now(), len(self.surface.rings)
        there = before.replace(hour=hour, minute=minute, second=0)
        self.clock.go_on(seconds=(there - before).total_seconds() + days * 86_400)
        self._elapsed += (self.clock.now() - before).total_seconds()
        await self.alarms.look()
        return [ring_words(ring) for ring in self.surface.rings[already:]]

    async def ask(self, request: Any) -> Any:
        return await Desk(self.house).handle(request, SimpleNamespace(profile=""), None)  # type: ignore[arg-type]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Callable[..., Day]]:
    days: list[Day] = []

    def make(settings: str) -> Day:
        days.append(Day(make_home(tmp_path, settings=settings)))
        return days[-1]

    yield make
    for one in days:
        one.close()


BRIEF = '[brief]\nat = "11:00"\n'


async def test_without_settings_nothing_is_told(day: Callable[..., Day]) -> None:
    one = day("")
    assert await one.go_to("23:00", days=8) == []
    assert one.house.schedule_pages.all(removed=True) == []


async def test_a_brief_is_told_at_its_time_with_the_lines_of_that_moment(day: Callable[..., Day]) -> None:
    one = day(BRIEF)
    assert await one.go_to("10:30") == []
    one.house.notebook.add_task("k1", "Send the form", due="2026-11-23", now=one.clock.now())
    [told] = await one.go_to("11:00")
    assert told == "Brief · Monday 23 November.\nFocus: Send the form"
    assert one.surface.rings[0].schedule.text == "Your brief is ready: sage brief"
    assert await one.go_to("12:00") == []
    assert len(await one.go_to("11:00", days=1)) == 1


async def test_who_has_looked_already_is_not_told_again(day: Callable[..., Day]) -> None:
    one = day(BRIEF)
    await one.go_to("10:30")
    await one.ask(wire.ShowRitual("brief"))
    assert await one.go_to("11:00") == []
    assert len(await one.go_to("11:00", days=1)) == 1


async def test_days_without_an_engine_leave_one_brief_and_no_backlog(day: Callable[..., Day]) -> None:
    one = day(BRIEF)
    await one.go_to("10:30")
    one.close()
    one.clock.go_on(days=3)
    one.open()
    [told] = await one.go_to("15:00")
    assert told.endswith("\nIt was for today at 11:00.")
    assert missed(one.house.schedule_pages, one.clock.now()).lines == ()


async def test_what_its_day_did_not_bring_is_let_go(day: Callable[..., Day]) -> None:
    one = day(BRIEF)
    await one.go_to("10:30")
    one.surface.reachable = False
    await one.go_to("23:30")
    one.surface.reachable = True
    assert await one.go_to("10:00", days=1) == []
    assert missed(one.house.schedule_pages, one.clock.now()).lines == ()
    assert len(await one.go_to("11:00")) == 1


async def test_a_pause_and_a_focus_session_hold_it_back(day: Callable[..., Day]) -> None:
    one = day('[brief]\nat = "11:00"\n[shutdown]\nat = "20:00"\n')
    await one.go_to("10:30")
    await one.ask(wire.PauseSage("2 hours"))
    assert await one.go_to("11:30") == []
    [told] = await one.go_to("12:30")
    assert told.endswith("It was for today at 11:00, while Sage was paused.")
    await one.go_to("19:50")
    await one.ask(wire.BeginFocus("the report", 25))
    assert await one.go_to("20:01") == []
    told_then = await one.go_to("20:15")
    assert sorted(told_then) == [
        "Focus · 25 minutes for the report: that time is over.",
        "Sage · A moment to close the day, if you like: sage shutdown\nIt was for today at 20:00.",
    ]


async def test_a_changed_time_counts_and_tells_no_second_one_of_a_day(day: Callable[..., Day]) -> None:
    one = day(BRIEF)
    await one.go_to("10:30")
    write_settings(one.home, {"brief.at": "10:45"})
    assert await one.go_to("10:40") == []
    assert len(await one.go_to("10:45")) == 1
    write_settings(one.home, {"brief.at": "12:00"})
    assert await one.go_to("12:00") == []
    assert await one.go_to("10:45", days=1) == []
    assert len(await one.go_to("12:00")) == 1


async def test_taken_out_and_set_again_it_tells_nothing_of_the_time_between(day: Callable[..., Day]) -> None:
    one = day(BRIEF)
    await one.go_to("10:30")
    write_settings(one.home, {"brief.at": ""})
    assert await one.go_to("11:30", days=2) == []
    write_settings(one.home, {"brief.at": "11:00"})
    assert await one.go_to("12:00") == []
    assert len(await one.go_to("11:00", days=1)) == 1


async def test_it_goes_with_the_person_to_another_zone(day: Callable[..., Day]) -> None:
    one = day(BRIEF)
    await one.go_to("10:30")
    one.clock.time = one.clock.now().astimezone(ZoneInfo("America/New_York"))
    assert await one.go_to("04:31") == [] and await one.go_to("10:59") == []
    assert len(await one.go_to("11:00")) == 1


async def test_a_broken_settings_file_keeps_no_reminder_back(day: Callable[..., Day]) -> None:
    from sage.core.schedules.schedule import Rule, Schedule

    one = day(BRIEF)
    await one.go_to("10:30")
    one.house.schedules.add(Schedule("r1", "stretch", Rule("2026-11-23T12:00", "Europe/Berlin")), one.clock.now())
    one.home.settings.write_text("[brief\n")
    assert await one.go_to("12:00") == ["Reminder · stretch"]


async def test_a_review_comes_on_its_day_of_the_week(day: Callable[..., Day]) -> None:
    one = day('[review]\nat = "tuesday 18:00"\n')
    assert await one.go_to("18:00") == []
    assert await one.go_to("18:00", days=1) == ["Sage · A moment to look at the week, if you like: sage review"]
    assert await one.go_to("18:00", days=6) == []
    assert len(await one.go_to("18:00", days=1)) == 1


async def test_they_are_no_reminders_of_the_persons(day: Callable[..., Day]) -> None:
    one = day(BRIEF)
    await one.go_to("10:30")
    await one.ask(wire.BeginFocus("the report", 25))
    shown = await one.ask(wire.ShowAgenda(days=2))
    assert [line for each in shown.days for line in each.lines] == []
    [listed] = (await one.ask(wire.ListSchedules())).schedules
    assert (listed.schedule.id, listed.said) == ("own-brief", "every day at 11:00, wherever you are")
    with pytest.raises(BadInput, match=r"brief\.at"):
        await one.ask(wire.RemoveSchedule("own-brief"))
    await one.ask(wire.SkipSchedule("own-brief"))
    assert "Brief" not in str(await one.go_to("12:00"))
    assert len(await one.go_to("11:00", days=1)) == 1


async def test_each_says_whose_wish_it_is_and_is_no_piece_to_forget(day: Callable[..., Day]) -> None:
    one = day(BRIEF)
    await one.go_to("10:30")
    session = (await one.ask(wire.BeginFocus("the report", 25))).session
    assert explain(one.house, "own-brief").lines[0] == "Your setting brief.at: every day at 11:00, wherever you are."
    assert explain(one.house, session.id).lines[0].startswith("A focus session on the report: its end is told once")
    with one.house.database.transaction() as connection:
        assert [piece.key for piece in pieces(connection)] == [f"focus/{session.id}"]


async def test_the_end_of_a_focus_session_is_told_once_also_after_a_restart(day: Callable[..., Day]) -> None:
    one = day("")
    await one.ask(wire.BeginFocus("the report", 25))
    one.close()
    one.clock.go_on(minutes=30)
    one.open()
    assert await one.go_to("10:30") == [
        "Focus · 25 minutes for the report: that time is over.\nIt was for today at 10:25."
    ]
    assert await one.go_to("10:31") == []


async def test_the_end_of_one_that_was_ended_or_forgotten_says_nothing_of_it(day: Callable[..., Day]) -> None:
    one = day("")
    await one.ask(wire.BeginFocus("the report", 25))
    await one.ask(wire.EndFocus())
    await one.ask(wire.BeginFocus("secret things", 25))
    await one.ask(wire.BeginFocus("", 40))
    assert await one.go_to("10:30") == []
    one.house.database.run("UPDATE focus_sessions SET about = ''")
    assert await one.go_to("10:40") == ["Focus · 40 minutes: that time is over."]
    assert "secret" not in str(one.house.database.rows("SELECT * FROM schedules"))
