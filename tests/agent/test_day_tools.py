"""What is on, what is free, the brief and focus sessions, said in plain words to the librarian and called by a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sage.core.errors import BadInput
from sage.core.messages import ToolCall
from sage.core.small_prompt import offered
from sage.core.turns import Answer, ApprovalNeeded
from sage.engine.bootstrap import House
from sage.profile import resolve
from sage.testing.fakes import FakeClock
from sage.testing.scripted_model import ScriptedModel
from tests.homes import make_home


class Talk:
    """A conversation in a real home, at ten in the morning."""

    def __init__(self, folder: Path, *models: ScriptedModel, settings: str = "") -> None:
        self.house: Any = House.open(make_home(folder, settings=settings))
        self.house.clock = FakeClock()
        self.turns = 0
        self._models = list(models)

    async def say(self, text: str) -> tuple[Answer, list[Any]]:
        self.turns += 1
        house = self.house
        if self._models:
            house.brains.chain = lambda profile, role: self._models
        talk = house.conversation("c1", resolve("default", house.home), f"t{self.turns}", attended=False)
        events = [event async for event in talk.respond(text, turn=f"t{self.turns}")]
        return events.pop(), events

    def close(self) -> None:
        self.house.memory.close()
        self.house.database.close()
        self.house.lock.release()


@pytest.fixture
def talk(tmp_path: Path) -> Any:
    made: list[Talk] = []

    def make(*models: ScriptedModel, settings: str = "") -> Talk:
        made.append(Talk(tmp_path, *models, settings=settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


async def test_what_is_on_and_what_is_free_without_a_model(talk: Any, tmp_path: Path) -> None:
    (tmp_path / "demo.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Dentist\r\nDTSTART:20261127T130000Z\r\n"
        "DTEND:20261127T140000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    one = talk(settings=f'[calendar]\nfiles = ["{tmp_path}/demo.ics"]\n')
    answer, _ = await one.say("what's on on Friday?")
    assert answer.answer == "Friday 27 November:\n- 14:00–15:00 Dentist\n- Free: 08:00–14:00, 15:00–22:00"
    answer, _ = await one.say("am I free on Friday afternoon?")
    assert answer.answer.startswith("Friday 27 November, afternoon: free 12:00–14:00, 15:00–18:00.")
    assert [action.tool for action in answer.actions] == ["agenda"] and not answer.sources


async def test_the_brief_is_told_and_counts_as_looked_at(talk: Any) -> None:
    one = talk()
    one.house.notebook.add_task("k1", "Send the form", due="2026-11-23", now=one.house.clock.now())
    answer, _ = await one.say("brief me")
    assert answer.answer == "Monday 23 November.\n- Focus: Send the form"
    assert one.house.rituals.shown("brief", one.house.clock.now())


async def test_a_focus_session_begins_and_ends_by_word(talk: Any) -> None:
    one = talk()
    answer, _ = await one.say("start a focus session on the report for 50 minutes")
    assert answer.answer == "Focus on the report until 10:50. Nothing is proposed meanwhile, and its end is told."
    assert one.house.planner.focus(one.house.clock.now()).about == "the report"
    one.house.clock.go_on(minutes=10)
    answer, _ = await one.say("stop the focus session")
    assert answer.answer == "10 minutes on the report. That counts."
    answer, _ = await one.say("stop the focus session")
    assert answer.actions[0].state == "failed" and "No focus session runs." in answer.answer


async def test_a_model_begins_none_that_nobody_asked_for(talk: Any) -> None:
    wish = ToolCall("c1", "begin_focus", {"about": "the report", "minutes": 25})
    one = talk(ScriptedModel([[wish], ["Well."], [wish], ["It runs."]]))
    answer, events = await one.say("what did I write about the report?")
    assert any(isinstance(event, ApprovalNeeded) for event in events) and answer.actions[0].state == "denied"
    answer, _ = await one.say("please let me concentrate on the report")
    assert answer.actions[0].state == "done"


async def test_a_small_model_is_offered_them_when_they_are_meant(talk: Any) -> None:
    house = talk().house
    opening = house.conversation("c1", resolve("default", house.home), "t1", attended=False).opening()

    def names(said: str) -> set[str]:
        from msgspec.structs import replace

        from sage.core.messages import Message

        return {tool.name for tool in offered(replace(opening, messages=(Message("user", said),)))}

    assert "agenda" in names("could you say what is planned for the day of the wedding, and is that week free?")
    assert {"begin_focus", "end_focus"} <= names("I would like to focus on the taxes now")
    assert not {"begin_focus", "end_focus", "brief"} & names("what is the name of my aunt?")


async def test_a_day_that_is_none_is_said(talk: Any) -> None:
    house = talk().house
    tools = house.conversation("c1", resolve("default", house.home), "t1", attended=False)._talk.tools
    with pytest.raises(BadInput, match="names no day"):
        tools.act("a1", ToolCall("c1", "agenda", {"day": "the greenhouse"}), house.clock.now())
    with pytest.raises(BadInput, match="0 minutes"):
        tools.act("a1", ToolCall("c1", "begin_focus", {"minutes": 0}), house.clock.now())
