"""Reminders that are read before they count, put off to an exact time, and answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.core.errors import BadInput, NotFound
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from sage.testing.fakes import FakeClock
from tests.homes import make_home

Ask = Callable[[Any], Coroutine[Any, Any, Any]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    house: Any = House.open(make_home(tmp_path))
    house.clock = FakeClock()
    yield Desk(house)
    await house.close()


@pytest.fixture
def ask(desk: Desk) -> Ask:
    line: Any = type("Line", (), {"profile": "", "client": "tui"})()

    async def asked(request: Any) -> Any:
        return await desk.handle(request, line, lambda event: None)  # type: ignore[arg-type, return-value]

    return asked


async def test_what_is_shown_counts_only_once_it_is_agreed_to(desk: Desk, ask: Ask) -> None:
    shown = await ask(wire.Remind("every other Tuesday at 8 water the plants", preview=True))
    assert (await ask(wire.ListSchedules())).schedules == ()
    assert len(shown.next) == 3
    kept = await ask(wire.KeepSchedule(shown.schedule))
    assert (kept.said, kept.next) == (shown.said, shown.next)
    await ask(wire.KeepSchedule(shown.schedule))
    assert [one.schedule.id for one in (await ask(wire.ListSchedules())).schedules] == [shown.schedule.id]


async def test_what_was_shown_as_in_ten_minutes_stays_at_that_moment(desk: Desk, ask: Ask) -> None:
    shown = await ask(wire.Remind("in 10 minutes stretch", preview=True))
    desk.house.clock.go_on(minutes=4)  # type: ignore[attr-defined]
    kept = await ask(wire.KeepSchedule(shown.schedule))
    assert kept.next == shown.next
    late = await ask(wire.Remind("in 10 minutes stretch", preview=True))
    desk.house.clock.go_on(minutes=11)  # type: ignore[attr-defined]
    with pytest.raises(BadInput, match="has passed"):
        await ask(wire.KeepSchedule(late.schedule))


async def test_one_time_is_put_off_exactly_and_the_others_stay(desk: Desk, ask: Ask) -> None:
    set_up = await ask(wire.Remind("every day at 18:00 water the plants"))
    told = await ask(wire.PutOffSchedule(set_up.schedule.id, "tomorrow at 7"))
    assert "07:00" in told.words
    waiting = desk.house.schedule_pages.waiting()
    rings = [datetime.fromisoformat(one.ring_at).astimezone(desk.house.clock.now().tzinfo) for one in waiting]
    assert (rings[0].day, rings[0].hour) == (desk.house.clock.now().day + 1, 7)
    listed = (await ask(wire.ListSchedules())).schedules[0]
    assert listed.notes == ("The one due today at 18:00 is told tomorrow at 07:00.",)
    with pytest.raises(BadInput):
        await ask(wire.PutOffSchedule(set_up.schedule.id, "whenever"))


async def test_what_was_answered_is_not_told_again(desk: Desk, ask: Ask) -> None:
    set_up = await ask(wire.Remind("today at 18:00 take the pills", insists=True))
    one = desk.house.schedules.occurrences(set_up.schedule.id)[0]
    await ask(wire.AnswerReminder(set_up.schedule.id, one.slot))
    assert desk.house.schedule_pages.waiting() == []
    assert desk.house.schedules.occurrences(set_up.schedule.id)[0].told_by == "person"
    with pytest.raises(NotFound):
        await ask(wire.AnswerReminder(set_up.schedule.id))


async def test_what_was_seen_is_what_was_due_not_what_comes_next(desk: Desk, ask: Ask) -> None:
    set_up = await ask(wire.Remind("every day at 18:00 take the pills", insists=True))
    with pytest.raises(NotFound):
        await ask(wire.AnswerReminder("take the pills"))
    today = desk.house.schedules.occurrences(set_up.schedule.id)[0]
    desk.house.clock.go_on(days=1)  # type: ignore[attr-defined]
    await ask(wire.AnswerReminder("take the pills"))
    states = [(one.slot == today.slot, one.state) for one in desk.house.schedules.occurrences(set_up.schedule.id)]
    assert (True, "done") in states and all(state == "due" for is_today, state in states if not is_today)
