"""What front ends ask of reminders, answered over a home: shown before it counts, refused in words, changed, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from sage import wire
from sage.core.errors import BadInput, NotFound
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from sage.testing.fakes import FakeClock
from tests.homes import make_home

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:a
SUMMARY:Stand-up
DTSTART;TZID=Europe/Berlin:20261123T120000
DURATION:PT15M
END:VEVENT
END:VCALENDAR
"""


class Front:
    """A front end over a home in which it is ten o'clock on Monday 23 November 2026."""

    def __init__(self, folder: Path) -> None:
        self.calendar = folder / "cal.ics"
        settings = f'[person]\ntimezone = "Europe/Berlin"\n[calendar]\nfiles = ["{self.calendar}"]\n'
        self.house: Any = House.open(make_home(folder, settings=settings))
        self.house.clock = self.clock = FakeClock()
        self.desk = Desk(self.house)

    async def ask(self, request: Any) -> Any:
        return await self.desk.handle(request, SimpleNamespace(profile=""), None)  # type: ignore[arg-type]

    async def remind(self, text: str, **more: Any) -> wire.ScheduleShown:
        shown = await self.ask(wire.Remind(text, **more))
        assert isinstance(shown, wire.ScheduleShown)
        return shown


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    front = Front(tmp_path)
    yield front
    front.house.memory.close()
    front.house.database.close()
    front.house.lock.release()


async def test_a_reminder_is_shown_with_its_exact_next_times_and_counts_once_it_is_kept(front: Front) -> None:
    shown = await front.remind("every other Tuesday at 8 water the plants", preview=True)
    assert shown.said == "every other Tuesday at 08:00, Europe/Berlin"
    assert [one.wall for one in shown.next] == ["2026-11-24T08:00", "2026-12-08T08:00", "2026-12-22T08:00"]
    assert (await front.ask(wire.ListSchedules())).schedules == ()
    for _ in range(2):
        await front.ask(wire.KeepSchedule(shown.schedule))
    [kept] = (await front.ask(wire.ListSchedules())).schedules
    assert kept.schedule.id == shown.schedule.id


@pytest.mark.parametrize(
    "text", ["31 February call", "2020-01-01 call", "every 0 days call", "call at 25:00", "tomorrow at 9", ""]
)
async def test_what_cannot_be_set_sets_nothing(front: Front, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        await front.remind(text)
    assert refused.value.what and refused.value.safe == "Nothing was scheduled." and refused.value.do
    assert front.house.schedules.schedules(removed=True) == []


async def test_a_rule_without_a_beginning_is_refused(front: Front) -> None:
    shown = await front.remind("every day at 8 stretch", preview=True)
    for rrule in ("FREQ=DAILY", ""):
        with pytest.raises(BadInput, match="no first time"):
            await front.ask(
                wire.KeepSchedule(replace(shown.schedule, rule=replace(shown.schedule.rule, wall="", rrule=rrule)))
            )


async def test_an_edit_changes_what_is_named_and_a_refused_one_nothing(front: Front) -> None:
    await front.remind("every day at 8 stretch", travels=True)
    edited = await front.ask(
        wire.EditSchedule("stretch", when="every Friday at 16:30", text="stretch well", late="skip")
    )
    rule = edited.schedule.rule
    assert (rule.rrule, rule.travels, edited.schedule.late) == ("FREQ=WEEKLY;BYDAY=FR", True, "skip")
    for request in (wire.EditSchedule("stretch"), wire.EditSchedule("stretch", when="31 February")):
        with pytest.raises(BadInput) as refused:
            await front.ask(request)
        assert refused.value.safe == "Nothing was changed."
    with pytest.raises(NotFound, match="no reminder 'nosuch'"):
        await front.ask(wire.EditSchedule("nosuch", when="tomorrow at 9"))
    assert (await front.ask(wire.ShowSchedule("stretch"))).schedule == edited.schedule


async def test_one_time_is_left_out_and_the_whole_is_taken_back(front: Front) -> None:
    await front.remind("every day at 8 stretch")
    skipped = await front.ask(wire.SkipSchedule("stretch"))
    assert skipped.notes == ("Left out: Tuesday 24 November 2026, 08:00.",)
    assert skipped.next[0].wall == "2026-11-25T08:00"
    removed = await front.ask(wire.RemoveSchedule("stretch"))
    assert removed.schedule.state == "removed" and (await front.ask(wire.ListSchedules())).schedules == ()
    assert len((await front.ask(wire.ListSchedules(all=True))).schedules) == 1


async def test_what_hangs_on_events_shows_them_and_what_is_wrong_with_the_calendar(front: Front) -> None:
    nothing = await front.remind("an hour after every exam rest")
    assert nothing.notes[0].startswith("The calendar cal.ics: it cannot be read") and "goes by it" in nothing.notes[1]
    front.calendar.write_text(CALENDAR)
    shown = await front.remind("30 minutes before my next event", travels=True)
    assert [one.said for one in shown.next] == ["Monday 23 November 2026, 11:30: “Stand-up”"] and not shown.notes
    assert shown.schedule.text == "Your event" and not shown.schedule.rule.travels
    front.calendar.write_text(CALENDAR[:-20])
    rest, event = (await front.ask(wire.ListSchedules())).schedules
    assert "not written to its end" in rest.notes[0] and event.notes == ("What was planned by it stays planned.",)
    assert event.next[0].wall == "2026-11-23T11:30"
    skipped = await front.ask(wire.SkipSchedule("Your event"))
    assert skipped.notes == ("Left out: Monday 23 November 2026, 11:30.",) and skipped.next == ()


async def test_a_time_put_off_is_told_with_the_list(front: Front) -> None:
    await front.remind("today at 11 call the bank")
    one = front.house.schedules.waiting()[0][0]
    front.house.schedules.put_off(one, front.clock.now() + timedelta(hours=3), front.clock.now())
    [shown] = (await front.ask(wire.ListSchedules())).schedules
    assert shown.notes == ("The one due today at 11:00 is told today at 13:00.",)


async def test_what_a_reminder_says_is_one_line_and_never_nothing(front: Front) -> None:
    shown = await front.remind("tomorrow at 9 stretch\r\n  both arms")
    assert shown.schedule.text == "stretch both arms"
    changed = await front.ask(wire.EditSchedule("stretch", text="stretch\nlong"))
    assert changed.schedule.text == "stretch long"
    with pytest.raises(BadInput, match="Nothing was named"):
        await front.ask(wire.EditSchedule("stretch", text=" \n "))
