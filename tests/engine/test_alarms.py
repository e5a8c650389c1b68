"""Reminders are told, once each, whatever becomes of surfaces, clocks, disks and the engine."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sage.core.errors import DiskFull
from sage.core.schedules.schedule import Ring, Rule, Schedule
from sage.engine import alarms
from tests.telling import FakeSurface, Told

ZONE = "Europe/Berlin"


def once(name: str, wall: str, **more: Any) -> Schedule:
    return Schedule(name, f"Do {name}", Rule(wall, ZONE), **more)


def daily(name: str, wall: str, **more: Any) -> Schedule:
    return Schedule(name, f"Do {name}", Rule(wall, ZONE, "FREQ=DAILY"), **more)


def states(told: Told, name: str) -> list[str]:
    return [one.state for one in told.pages.occurrences(name)]


async def test_what_is_due_is_told_once_and_the_next_one_in_its_time() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(daily("a", "2026-11-23T10:30"), told.now)
    await told.go_on(minutes=29)
    assert surface.texts == []
    for _ in range(3):
        await told.go_on(minutes=1)
    assert surface.texts == ["Do a"] and not surface.rings[0].late
    await told.go_on(days=1)
    assert len(surface.rings) == 2 and set(surface.shown.values()) == {1}


class Hangs(FakeSurface):
    async def tell(self, ring: Ring, key: str) -> bool:
        if ring.schedule.id == "a":
            await asyncio.Event().wait()
        return await super().tell(ring, key)


async def test_a_surface_that_hangs_stops_no_other_reminder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "TOLD_WITHIN", 0.01)
    surface = Hangs()
    told = Told(surface)
    for name in "ab":
        told.book.add(once(name, "2026-11-23T10:01"), told.now)
    await told.go_on(minutes=1)
    assert surface.texts == ["Do b"]
    assert (states(told, "a"), states(told, "b")) == (["uncertain"], ["done"])
    await told.go_on(hours=1)
    assert surface.texts == ["Do b"], "what is uncertain was told again"


@pytest.mark.parametrize(("idempotent", "state"), [(False, "uncertain"), (True, "due")])
async def test_a_surface_that_raises_leaves_what_is_true(idempotent: bool, state: str) -> None:
    def fail() -> bool:
        raise ValueError("no bus")

    surface, other = FakeSurface("first", idempotent=idempotent, answer=fail), FakeSurface("second")
    told = Told(surface, other)
    told.book.add(once("a", "2026-11-23T10:01"), told.now)
    await told.go_on(minutes=1)
    assert states(told, "a") == [state]
    surface.answer = lambda: True
    await told.go_on(minutes=1)
    assert len(surface.rings) == int(idempotent)
    assert not other.rings, "it may have come by the first"


async def test_a_surface_that_did_not_get_it_leaves_it_to_the_next() -> None:
    first, second = FakeSurface("first", answer=lambda: False), FakeSurface("second", reachable=False)
    told = Told(first, second)
    told.book.add(daily("a", "2026-11-23T10:01"), told.now)
    await told.go_on(days=2, minutes=1)
    assert set(states(told, "a")) == {"due"} and len(states(told, "a")) == 4
    second.reachable = True
    await told.look()
    assert second.rings[0].late.endswith("Two before it were missed.")
    assert states(told, "a") == ["missed", "missed", "done", "due"]
    assert told.pages.unknown() == [], "what was said already is said again"


async def test_a_receipt_that_could_not_be_kept_is_kept_later() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(once("a", "2026-11-23T10:01"), told.now)
    receive, full = told.pages.receive, [True]

    def keep(*given: Any) -> None:
        if full:
            raise DiskFull("The disk is full.")
        receive(*given)

    told.pages.receive = keep  # type: ignore[method-assign]
    await told.go_on(minutes=1)
    assert states(told, "a") == ["sending"]
    full.clear()
    await told.go_on(minutes=1)
    assert states(told, "a") == ["done"] and len(surface.rings) == 1


async def test_what_was_claimed_is_due_again_and_what_was_sent_is_uncertain_unless_shown_once() -> None:
    for idempotent in (False, True):
        surface = FakeSurface(idempotent=idempotent)
        told = Told(surface)
        told.book.add(once("claimed", "2026-11-23T10:01"), told.now)
        told.book.add(once("sent", "2026-11-23T10:01"), told.now)
        for one in told.pages.waiting():
            told.pages.move(one, "due", "claimed", told.now)
            if one.schedule == "sent":
                told.pages.send(one, (), told.now, surface.name)
        told.start_again()
        await told.go_on(minutes=1)
        assert states(told, "claimed") == ["done"]
        assert states(told, "sent") == (["done"] if idempotent else ["uncertain"])


async def test_what_an_app_may_have_shown_is_told_nowhere_else() -> None:
    app, desktop = FakeSurface("app", idempotent=True), FakeSurface("desktop")
    told = Told(app, desktop)
    told.book.add(once("a", "2026-11-23T10:01"), told.now)
    one = told.pages.waiting()[0]
    told.pages.move(one, "due", "claimed", told.now)
    told.pages.send(one, (), told.now, "app")
    app.shown[one.key] += 1  # and then the engine is killed
    app.reachable = False
    told.start_again()
    await told.go_on(minutes=1)
    assert not desktop.rings
    app.reachable = True
    await told.go_on(minutes=1)
    assert app.shown == {one.key: 1} and states(told, "a") == ["done"]


async def test_one_that_was_due_while_nobody_ran_is_told_once_and_labelled_late() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(once("a", "2026-11-23T12:00"), told.now)
    told.clock.go_on(days=3)
    told.start_again()
    for _ in range(3):
        await told.look()
    assert [ring.late for ring in surface.rings] == ["It was due Monday 23 November at 12:00."]


async def test_late_policies() -> None:
    surface = FakeSurface()
    told = Told(surface)
    for policy in ("say so", "skip", "ask"):
        told.book.add(once(policy, "2026-11-23T12:00", late=policy), told.now)
    await told.go_on(hours=5)
    assert {ring.schedule.id: ring.asks for ring in surface.rings} == {"say so": False, "ask": True}
    assert [one.schedule for one in told.pages.unknown()] == ["skip"]
    told.pages.own_up(told.pages.unknown())
    assert told.pages.unknown() == []


async def test_one_that_insists_is_told_again_until_the_person_answers() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(once("a", "2026-11-23T10:01", insists=True), told.now)
    for _ in range(4):
        await told.go_on(minutes=10)
    assert len(surface.shown) == 4 and set(surface.shown.values()) == {1}
    assert told.pages.all()[0].state == "on"
    told.book.acknowledge(told.pages.waiting()[0], told.now)
    await told.go_on(hours=1)
    assert len(surface.shown) == 4 and told.pages.all()[0].state == "ended"


async def test_one_that_insists_goes_on_after_a_kill_in_the_middle() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(once("a", "2026-11-23T10:01", insists=True), told.now)
    one = told.pages.waiting()[0]
    told.pages.move(one, "due", "claimed", told.now)
    told.pages.send(one, (), told.now, surface.name)
    told.start_again()
    await told.go_on(minutes=11)
    assert list(surface.shown) == ["a/2026-11-23T10:01/1"]


async def test_one_that_was_put_off_is_told_at_that_time() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(once("a", "2026-11-23T10:01"), told.now)
    await told.go_on(minutes=1)
    told.book.put_off(told.pages.occurrences("a")[0], told.now + timedelta(hours=2), told.now)
    await told.go_on(hours=1)
    assert len(surface.rings) == 1 and told.pages.all()[0].state == "on"
    await told.go_on(hours=1)
    assert len(surface.rings) == 2 and not surface.rings[1].late and told.pages.all()[0].state == "ended"


async def test_a_pause_holds_reminders_and_says_so_afterwards() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(once("a", "2026-11-23T10:30"), told.now)
    told.pausing.pause(told.now, told.now + timedelta(hours=2))
    told.start_again()
    await told.go_on(hours=1)
    assert not surface.rings
    await told.go_on(hours=1, minutes=1)
    assert [ring.late for ring in surface.rings] == ["It was due today at 10:30, while Sage was paused."]


async def test_the_machine_asleep_over_the_time_is_no_leap() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(once("a", "2026-11-23T12:00"), told.now)
    await told.look()
    await told.go_on(days=2)
    assert not told.notices and [(ring.asks, bool(ring.late)) for ring in surface.rings] == [(False, True)]


async def test_a_clock_that_leaps_forward_is_told_once_and_what_it_leapt_over_is_a_question() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(once("real", "2026-11-23T10:20"), told.now)
    told.book.add(once("leapt", "2026-11-24T08:00"), told.now)
    told.book.add(once("skips", "2026-11-24T09:00", late="skip"), told.now)
    await told.look()
    told.clock.go_on(minutes=21)
    told._elapsed += 21 * 60
    await told.leap(days=2)
    await told.look()
    assert len(told.notices) == 1
    assert told.notices[0].startswith(
        "The clock of this machine was set forward by 2 days. What came due in between is"
    )
    assert {ring.schedule.id: ring.asks for ring in surface.rings} == {"real": False, "leapt": True}
    assert "if the clock is right" in surface.rings[0].late + surface.rings[1].late
    await told.leap(days=-2)
    assert len(told.notices) == 2 and len(surface.rings) == 2
    assert states(told, "leapt") == states(told, "skips") == ["due"]
    await told.go_on(days=1)
    assert {ring.schedule.id for ring in surface.rings[2:]} == {"leapt"} and not surface.rings[2].asks


async def test_a_clock_that_is_set_back_tells_nothing_twice() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(daily("a", "2026-11-23T10:01"), told.now)
    await told.go_on(minutes=1)
    await told.leap(days=-2)
    for _ in range(48):
        await told.go_on(hours=1)
    assert set(surface.shown.values()) == {1} and len(surface.shown) == 1
    await told.go_on(hours=24)
    assert len(surface.shown) == 2


async def test_a_schedule_that_cannot_be_read_stops_no_other() -> None:
    surface = FakeSurface()
    told = Told(surface)
    for name in "ab":
        told.book.add(daily(name, "2026-11-23T10:01"), told.now)
    told.database.run("UPDATE schedules SET rrule = 'FREQ=NEVER' WHERE id = 'a'")
    await told.go_on(minutes=1)
    assert "Do b" in surface.texts
    await told.go_on(days=1)
    assert surface.texts.count("Do b") == 2


async def test_the_alarm_wakes_for_the_next_one_and_the_engine_lets_a_telling_end() -> None:
    slow = asyncio.Event()

    class Slow(FakeSurface):
        async def tell(self, ring: Ring, key: str) -> bool:
            slow.set()
            await asyncio.sleep(0.05)
            return await super().tell(ring, key)

    surface = Slow()
    told = Told(surface)
    told.book.add(once("a", "2026-11-23T10:01"), told.now)
    told.alarms.start()
    told.clock.go_on(minutes=1)
    told.alarms.look_soon()
    async with asyncio.timeout(10):
        await slow.wait()
    await told.alarms.stop()
    assert states(told, "a") == ["done"]


async def test_a_reminder_that_travels_goes_by_the_clocks_of_where_the_person_is_and_others_stay() -> None:
    surface = FakeSurface()
    told = Told(surface)
    for name, travels in (("stays", False), ("travels", True)):
        rule = Rule("2026-11-24T09:00", ZONE, "FREQ=DAILY", travels=travels)
        told.book.add(Schedule(name, name, rule), told.now)
    told.clock.time = told.clock.time.astimezone(ZoneInfo("Asia/Tokyo"))
    await told.go_on(minutes=1)
    due = {one.schedule: one.due_at for one in told.pages.waiting()}
    assert due == {"stays": "2026-11-24T08:00:00+00:00", "travels": "2026-11-24T00:00:00+00:00"}
    await told.go_on(hours=23)
    assert sorted(surface.texts) == ["stays", "travels"]
    assert [one.slot for one in told.pages.waiting()] == ["2026-11-25T09:00"] * 2


async def test_hours_of_two_places_that_meet_stop_no_reminder() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(Schedule("hours", "hours", Rule("2026-11-23T10:30", ZONE, "FREQ=HOURLY", travels=True)), told.now)
    told.book.add(once("later", "2026-11-23T10:45"), told.now)
    await told.go_on(minutes=30)
    told.clock.time = told.clock.time.astimezone(ZoneInfo("Europe/Helsinki"))  # its 11:30 was told as 10:30 in Berlin
    await told.go_on(minutes=15)
    assert surface.texts == ["hours", "Do later"]
    await told.go_on(minutes=45)
    assert surface.texts == ["hours", "Do later", "hours"]
