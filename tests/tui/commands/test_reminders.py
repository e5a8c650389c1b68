"""Reminders and nudges by slash commands over a real engine: nothing counts that was not agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from sage import wire
from sage.client import Client, stop_engine
from sage.core.nudge_words import Nudge
from sage.locations import Home
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.nudges import NudgesPanel, nudge_lines
from sage.tui.screens.schedules import SchedulesPanel
from sage.tui.screens.talk import Talk
from sage.tui.widgets import question
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.question import Question
from tests.homes import make_home
from tests.tui.screens.test_talk import say, talking, until


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setattr(question, "GRACE", 0.0)
    made = make_home(tmp_path, linger=20)
    with Client(made) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    yield made
    stop_engine(made)


def schedules(home: Home) -> list[wire.ScheduleShown]:
    with Client(home) as client:
        return list(client.call(wire.ListSchedules()).schedules)


def about(pilot: Pilot[Any]) -> str:
    return "".join(str(part.render()) for part in pilot.app.screen.query(".about").results(Static))


async def test_a_reminder_counts_once_its_exact_times_were_agreed_to(home: Home) -> None:
    async with talking(home, (60, 24)) as (pilot, entries):
        for key, said, kept in (("escape", "No reminder was set.", 0), ("y", "Kept: ", 1)):
            await say(pilot, "/remind every other Tuesday at 8 water the plants")
            await until(pilot, lambda: pilot.app.screen.query(Question))
            asked = str(pilot.app.screen.query_one(Question).query_one(Static).render())
            assert "every other Tuesday at 08:00" in asked and asked.count(", 08:00") == 3
            assert schedules(home) == []
            await pilot.press(key)
            await until(pilot, lambda said=said: entries()[-1].text.startswith(said))
            assert len(schedules(home)) == kept
        assert isinstance(pilot.app.screen.focused, Composer)
        assert "Kept: water the plants. Next: Tuesday" in entries()[-1].text


async def test_what_is_unclear_is_asked_and_stays_to_be_completed(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        await say(pilot, "/remind call the bank")
        await until(pilot, lambda: entries()[-1].role == "error")
        assert "When shall I remind you?" in entries()[-1].text
        composer = pilot.app.screen.query_one(Composer)
        assert composer.text == "/remind call the bank "
        await pilot.press(*"in 3 hours", "enter")
        await until(pilot, lambda: pilot.app.screen.query(Question))
        await pilot.press("y")
        await until(pilot, lambda: "Kept: call the bank" in entries()[-1].text)


async def test_one_time_is_skipped_put_off_or_the_whole_taken_back_after_a_second_key(home: Home) -> None:
    with Client(home) as client:
        first = client.call(wire.Remind("every day at 18:00 water the plants")).next
    async with talking(home, (60, 24)) as (pilot, _):
        await say(pilot, "/schedule")
        await until(pilot, lambda: isinstance(pilot.app.screen, SchedulesPanel) and "18:00" in about(pilot))
        assert [time.said in about(pilot) for time in first] == [True, True, True]
        await pilot.press("s")
        await until(pilot, lambda: "Left out: " in about(pilot))
        assert [time.said for time in schedules(home)[0].next][:2] == [time.said for time in first[1:]]
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskLine) and pilot.app.screen.focused)
        await pilot.press(*"in 3 weeks at 7", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SchedulesPanel) and "You will be told" in about(pilot))
        assert "is told" in schedules(home)[0].notes[0]
        await pilot.press("y", "x", "n", "y")
        await pilot.pause(0.3)
        assert len(schedules(home)) == 1
        await pilot.press("x", "y")
        await until(pilot, lambda: "Taken back: water the plants" in about(pilot))
        assert schedules(home) == [] and "No reminders yet." in about(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Talk))


async def test_consent_is_given_and_taken_kind_by_kind(home: Home) -> None:
    async with talking(home, (60, 24)) as (pilot, _):
        await say(pilot, "/nudges")
        await until(pilot, lambda: isinstance(pilot.app.screen, NudgesPanel) and pilot.app.screen.query(".lines"))
        shown = pilot.app.screen.query_one(".lines", Static)
        await until(pilot, lambda: "t  tasks     no" in str(shown.render()))
        await pilot.press("t")
        await until(pilot, lambda: "t  tasks     yes" in str(shown.render()))
        await pilot.press("g")
        await until(pilot, lambda: "g  goals     yes" in str(shown.render()))
        await pilot.press("t")
        await until(pilot, lambda: "t  tasks     no" in str(shown.render()))
        with Client(home) as client:
            assert client.call(wire.ListNudges()).allowed == ("goal",)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Talk))


def test_what_is_held_stands_there_with_its_reason_and_what_was_asked_without() -> None:
    held = wire.NudgeShown(Nudge("j1", "task", "k1", "Send the form", "waiting", ""), "These are your quiet hours.")
    asked = wire.NudgeShown(Nudge("j2", "goal", "g1", "Walk", "sent", "", sent_at="2026-11-23"), "It was worth it.")
    lines = list(nudge_lines(wire.NudgesShown((held, asked), ("task",), ("task morning",))))
    assert "  Send the form: These are your quiet hours." in lines and "  Walk" in lines
    assert lines[0].endswith("(not: morning)")
    assert "Nothing is held." in list(nudge_lines(wire.NudgesShown(())))
