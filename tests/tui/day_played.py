"""Today and the line that keeps words, over the engine's own handlers in this process, with a clock that is moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from sage import wire
from sage.core.errors import EngineGone
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from sage.engine.service import Line
from sage.locations import Home
from sage.testing.fakes import FakeCalendar, FakeClock
from sage.tui import app as tui_app
from sage.tui.capturing import Captures
from sage.tui.drafts import Drafts
from sage.tui.screens.today import Today
from sage.tui.widgets.day_list import DayList


class Life:
    """An engine's house whose clock stands still. The line breaks once in each request of a kind in `breaks`, after it was
    carried out."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.home.prepare()
        self.home.settings.write_text('[person]\ntimezone = "Europe/Berlin"\n')
        self.house = House.open(self.home)
        self.clock = FakeClock()
        self.house.clock = self.clock  # type: ignore[assignment]
        self.calendar = FakeCalendar()
        self.house.planner._calendar = self.calendar
        self.desk = Desk(self.house)
        self.ready = asyncio.Event()
        self.ready.set()
        self.breaks: list[type[Any]] = []
        self.asked: list[Any] = []

    async def call(self, request: wire.Request[Any], on_event: Callable[[Any], None] = lambda event: None) -> Any:
        async def emit(event: Any) -> None:
            on_event(event)

        await self.ready.wait()
        self.asked.append(request)
        done = await self.desk.handle(request, Line(None, None), emit)  # type: ignore[arg-type]
        if type(request) in self.breaks:
            self.breaks.remove(type(request))
            raise EngineGone("The engine is gone.", do="Wait.")
        return done

    def seconds(self) -> float:
        return self.clock.time.timestamp()

    async def tasks(self) -> dict[str, Any]:
        return {task.text: task for task in (await self.call(wire.ListTasks(all=True))).tasks}


class Desktop(Screen[None]):
    """In the place of Talk."""

    def __init__(self, life: Life) -> None:
        super().__init__()
        self.life, self.offered = life, list[tuple[str, str]]()

    @property
    def is_ready(self) -> bool:
        return self.life.ready.is_set()

    async def call(self, request: wire.Request[Any], on_event: Callable[[Any], None] = lambda event: None) -> Any:
        return await self.life.call(request, on_event)

    def offer_nudge(self, nudge: str, words: str) -> None:
        self.offered.append((nudge, words))


class Host(App[None]):
    """Today alone, as the app shows it."""

    CSS_PATH = f"{(tui_app.__file__ or '').rpartition('/')[0]}/{tui_app.SageApp.CSS_PATH}"

    def __init__(self, life: Life) -> None:
        super().__init__()
        self.talk = Desktop(life)
        self.today = Today(self.talk, life.seconds)  # type: ignore[arg-type]
        self.captures = Captures(self, self.talk, Drafts(life.house.home))  # type: ignore[arg-type]
        self.left = ""

    def on_mount(self) -> None:
        self.push_screen(self.talk)
        self.push_screen(self.today)

    def go_to(self, place: str) -> None:
        self.left = place

    def action_go_to(self, place: str) -> None:
        self.left = place

    def look_again(self) -> None:
        self.today.state_changed()

    def take_keys(self) -> None: ...


class Seen:
    """What it shows."""

    def __init__(self, pilot: Pilot[Any], host: Host, life: Life) -> None:
        self.pilot, self.host, self.today, self.life = pilot, host, host.today, life

    def rows(self) -> list[str]:
        """The names of what is listed, in order."""
        return [row for each in self.today.query(DayList) for row, _, _ in each._rows]

    def screen(self) -> str:
        return "\n".join(
            "".join(segment.text for segment in strip) for strip in self.host.screen._compositor.render_strips()
        )

    def hints(self) -> str:
        return str(self.today.query_one("#hints", Static).render())

    async def until(self, holds: Callable[[], object], seconds: float = 15) -> None:
        for _ in range(int(seconds / 0.02)):
            await asyncio.sleep(0.02)
            if holds():
                await self.pilot.pause()
                return
        raise TimeoutError(f"{self.host.screen} {self.hints()}\n{self.screen()}")

    async def choose(self, name: str) -> None:
        """Moves to the row of that name."""
        await self.until(lambda: name in self.rows())
        lists = [each for each in self.today.query(DayList) if name in [row for row, _, _ in each._rows]]
        lists[0].focus()
        lists[0].highlighted = [row for row, _, _ in lists[0]._rows].index(name)
        await self.pilot.pause()

    async def press_until(self, key: str, holds: Callable[[], object]) -> None:
        await self.pilot.press(key)
        await self.until(holds)


@asynccontextmanager
async def today(life: Life, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Seen]:
    host = Host(life)
    async with host.run_test(size=size) as pilot:
        seen = Seen(pilot, host, life)
        await seen.until(lambda: not life.ready.is_set() or seen.today.day)
        yield seen


async def invented(life: Life) -> None:
    """A day of an invented person."""
    goal = await life.call(wire.AddGoal("Finish the thesis", why="to teach at last"))
    await life.call(wire.AddGoal("Write chapter three", parent=goal.id))
    await life.call(wire.AddTask("Draft two pages of chapter three", "2026-11-23"))
    await life.call(wire.AddTask("Send the form", "2026-11-23T16:00"))
    await life.call(wire.AddTask("Buy string", "2026-11-20"))
    morning = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    life.calendar.put("a", "Seminar", morning)
    life.calendar.put("b", "Tea with the demo aunt", morning + timedelta(hours=6))
