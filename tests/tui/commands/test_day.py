"""The day's commands over a real engine: what is shown, what one key does, and that leaving loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from sage import wire
from sage.client import Client, stop_engine
from sage.locations import Home
from sage.tui.commands.day import focus_wish
from sage.tui.screens.choice import Choice
from sage.tui.screens.ritual import RitualPanel
from sage.tui.screens.talk import Talk
from sage.tui.widgets import question
from sage.tui.widgets.question import Question
from tests.homes import make_home
from tests.tui.screens.test_talk import say, talking, until


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home with tasks and goals, whose engine runs."""
    monkeypatch.setattr(question, "GRACE", 0.0)
    made = make_home(tmp_path, linger=20)
    with Client(made) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
        client.call(wire.AddGoal("Learn the cello", why="for the joy"))
        client.call(wire.AddTask("Send *the* form", due="2020-01-03"))
        client.call(wire.AddTask("Buy string", due="2020-01-02"))
    yield made
    stop_engine(made)


def panel(pilot: Pilot[Any]) -> str:
    """What a panel says, its keys included."""
    return "\n".join(str(part.render()) for part in pilot.app.screen.query("Static, Keys") if part.display)


def tasks(home: Home) -> dict[str, wire.Any]:
    with Client(home) as client:
        return {task.text: task for task in client.call(wire.ListTasks(all=True)).tasks}


async def opened(pilot: Pilot[Any], command: str) -> None:
    await say(pilot, command)
    await until(pilot, lambda: isinstance(pilot.app.screen, RitualPanel) and "Esc" in panel(pilot))


@pytest.mark.parametrize("size", [(60, 24), (120, 40)])
async def test_the_agenda_and_the_brief_tell_the_day_with_its_sources(home: Home, size: tuple[int, int]) -> None:
    async with talking(home, size) as (pilot, entries):
        await say(pilot, "/agenda tomorrow")
        await until(pilot, lambda: entries()[-1].sources)
        assert "task: Send \\*the\\* form" in entries()[-1].text and "**From before**" in entries()[-1].text
        ids = {task.id for task in tasks(home).values()}
        assert ids <= {source.place for source in entries()[-1].sources}
        await say(pilot, "/brief")
        await until(pilot, lambda: "**Focus:" in entries()[-1].text)
        assert ids <= {source.place for source in entries()[-1].sources}
        await say(pilot, "/digest yesterday")
        await until(pilot, lambda: entries()[-1].text.startswith("Nothing came in since "))
        await say(pilot, "/agenda the day after never")
        await until(pilot, lambda: entries()[-1].role == "error")


async def test_shutdown_asks_one_thing_at_a_time_and_carries_each_answer_out(home: Home) -> None:
    async with talking(home, (60, 24)) as (pilot, entries):
        await opened(pilot, "/shutdown")
        assert ("Buy string" in panel(pilot)) != ("Send" in panel(pilot)), "one at a time"
        first = "Buy string" if "Buy string" in panel(pilot) else "Send *the* form"
        await pilot.press("q", "d")
        await until(pilot, lambda: first not in str(pilot.app.screen.query_one("#asked", Static).render()))
        assert tasks(home)[first].done
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Talk))
        await until(pilot, lambda: "Good night." in entries()[-1].text)
        assert first in entries()[-1].text, "what was answered is told"
        assert sum(task.done for task in tasks(home).values()) == 1
        await opened(pilot, "/shutdown")
        await pilot.press("enter")
        await pilot.pause()
        assert "Good night." in panel(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Talk))
        assert sum(task.done for task in tasks(home).values()) == 1, "what was left stays as it is"


async def test_a_goal_is_rewritten_in_a_line_that_can_be_left(home: Home) -> None:
    async with talking(home, (60, 24)) as (pilot, entries):
        await opened(pilot, "/review")
        assert "Learn the cello" in panel(pilot)
        await pilot.press("r", "k", "escape")
        await pilot.pause()
        assert not pilot.app.screen.query_one(Input).display, "the line was left, and k was a letter in it"
        await pilot.press("r", *"Play it", "enter")
        await until(pilot, lambda: "That was the week." in panel(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "Now: Play it" in entries()[-1].text)
    with Client(home) as client:
        assert [goal.title for goal in client.call(wire.ListGoals()).goals] == ["Play it"]


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("the form", ("the form", 25)),
        ("the form 40", ("the form", 40)),
        ("the form 40 min", ("the form", 40)),
        ("50m", ("", 50)),
        ("room 101 b", ("room 101 b", 25)),
    ],
)
def test_a_number_at_the_end_is_minutes(text: str, wish: tuple[str, int]) -> None:
    assert focus_wish(text) == wish


async def test_focus_begins_is_shown_and_ends_and_its_task_may_be_ticked(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        await say(pilot, "/focus")
        await until(pilot, lambda: "No focus session runs." in entries()[-1].text)
        await say(pilot, "/focus buy string 10")
        await until(pilot, lambda: "Focus on buy string: 10 minutes to go." in entries()[-1].text)
        await say(pilot, "/focus stop")
        await until(pilot, lambda: pilot.app.screen.query(Question))
        await pilot.press("y")
        await until(pilot, lambda: "Ticked: Buy string" in entries()[-1].text)
        assert tasks(home)["Buy string"].done and not tasks(home)["Send *the* form"].done


async def test_a_pause_is_begun_and_ended_and_earlier_talks_stay_where_they_were(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        await say(pilot, "/resume")
        await until(pilot, lambda: entries()[-1].text == "There is no earlier conversation yet.")
        await say(pilot, "/pause 2h")
        await until(pilot, lambda: "Paused until" in entries()[-1].text)
        await say(pilot, "/resume")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choice))
        await pilot.press("enter")
        await until(pilot, lambda: entries()[-1].text == "The pause is over.")
    with Client(home) as client:
        assert not client.call(wire.ShowStatus()).paused
