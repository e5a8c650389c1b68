"""A line that is kept from anywhere: what it becomes is said first, nothing is lost, and it is kept once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.widgets import Static

from sage import wire
from sage.tui.screens.capture import Capture
from sage.tui.widgets.composer import Composer
from tests.tui.day_played import Life, Seen, today


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    made = Life(tmp_path)
    yield made
    await made.house.close()


async def opened(seen: Seen) -> None:
    seen.host.push_screen(Capture(seen.host.captures))
    await seen.until(lambda: isinstance(seen.host.focused, Composer))


def becomes(seen: Seen) -> str:
    return str(seen.host.screen.query_one("#becomes", Static).render())


async def test_what_enter_keeps_is_said_before_and_ctrl_z_takes_it_back(life: Life) -> None:
    async with today(life) as seen:
        await opened(seen)
        assert "Keep a line" in becomes(seen)
        await seen.pilot.press(*"call mum tomorrow at 9")
        await seen.until(lambda: "Enter keeps a task for " in becomes(seen))
        await seen.pilot.press("enter")
        await seen.until(lambda: seen.host.captures.last)
        assert "call mum" in await life.tasks() and seen.host.captures.draft == ""
        await opened(seen)
        assert "call mum" in seen.screen() and "Ctrl+Z" in seen.screen()
        await seen.pilot.press("ctrl+z")
        await seen.until(lambda: seen.host.screen is seen.today)
        await seen.until(lambda: any(isinstance(each, wire.TakeBackCapture) for each in life.asked))
        await seen.until(lambda: not seen.host.captures.told)
        assert not (await life.call(wire.ListTasks())).tasks


async def test_escape_leaves_the_words_for_the_next_time(life: Life) -> None:
    async with today(life, (60, 20)) as seen:
        await opened(seen)
        await seen.pilot.press(*"half a thought", "escape")
        await seen.until(lambda: seen.host.screen is seen.today)
        await opened(seen)
        assert seen.host.screen.query_one(Composer).text == "half a thought"
        await seen.pilot.press("tab")
        await seen.until(lambda: "Enter keeps a task" in becomes(seen))
        await seen.pilot.press("enter")
        await seen.until(lambda: seen.host.captures.last)
        assert "half a thought" in await life.tasks()


async def test_what_is_kept_before_the_engine_is_there_waits_and_after_a_broken_line_it_stands_once(life: Life) -> None:
    async with today(life) as seen:
        life.ready.clear()
        await opened(seen)
        await seen.pilot.press(*"buy milk tomorrow", "enter")
        await seen.until(lambda: seen.host.screen is seen.today)
        life.breaks.append(wire.Capture)
        life.ready.set()
        await seen.until(lambda: seen.host.captures.last)
        assert [type(each) for each in life.asked].count(wire.Capture) == 2
        assert len((await life.call(wire.ListTasks())).tasks) == 1


async def test_what_is_not_clear_comes_back_to_the_line(life: Life) -> None:
    async with today(life) as seen:
        await opened(seen)
        await seen.pilot.press(*"remind me to rest", "enter")
        await seen.until(lambda: seen.host.captures.draft == "remind me to rest")
        assert not (await life.call(wire.ListSchedules())).schedules
