"""What is jotted down stands where it belongs, once, and can be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.core.errors import BadInput, NotFound
from sage.core.forgetting.forgetting import Target
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from sage.engine.service import Line
from sage.locations import Home


class Jotting:
    """A desk over a new home."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.home.prepare()
        self.house = House.open(self.home)
        self.desk = Desk(self.house)

    async def ask(self, request: wire.Request[Any]) -> Any:
        async def emit(event: Any) -> None: ...

        return await self.desk.handle(request, Line(None, None), emit)  # type: ignore[arg-type]

    def notes(self) -> list[str]:
        return sorted(path.read_text().rpartition("---")[2].strip() for path in self.home.notes.rglob("*.md"))


@pytest.fixture
async def jotting(tmp_path: Path) -> AsyncIterator[Jotting]:
    made = Jotting(tmp_path)
    yield made
    await made.house.close()


async def test_each_line_stands_where_it_belongs_and_says_so(jotting: Jotting) -> None:
    task = await jotting.ask(wire.Capture("call the dentist tomorrow at 9"))
    assert task.kind == "task" and task.words.startswith("Kept as a task for ") and "call the dentist" in task.words
    assert (await jotting.ask(wire.ListTasks())).tasks[0].due.endswith("T09:00")
    reminder = await jotting.ask(wire.Capture("remind me on friday at 8 to water the plants"))
    assert "water the plants. Next: " in reminder.words
    note = await jotting.ask(wire.Capture("the key is under the pot"))
    assert note.words == "Kept as a note: the key is under the pot." and jotting.notes() == ["the key is under the pot"]
    goal = await jotting.ask(wire.Capture("new goal: learn the cello because of the joy"))
    assert (await jotting.ask(wire.ListGoals())).goals[0].why == "of the joy" and goal.kind == "goal"


async def test_days_are_those_of_the_moment_in_which_a_line_was_said(jotting: Jotting) -> None:
    task = await jotting.ask(wire.Capture("call mum tomorrow", at="2020-03-05T23:59:00+01:00"))
    assert "2020-03-06" in next(one.due for one in (await jotting.ask(wire.ListTasks())).tasks if one.id == task.id)
    with pytest.raises(BadInput):
        await jotting.ask(wire.Capture("call mum tomorrow", at="yesterday"))


@pytest.mark.parametrize(
    "text", ["buy milk tomorrow", "remind me tomorrow at 9 to call", "an idea", "my goal is to rest"]
)
async def test_a_line_that_is_sent_twice_is_kept_once_and_taken_back_whole(jotting: Jotting, text: str) -> None:
    first = await jotting.ask(wire.Capture(text, key="abc1"))
    again = await jotting.ask(wire.Capture(text, key="abc1"))
    assert first.id == again.id
    assert (
        len((await jotting.ask(wire.ListTasks())).tasks)
        + len((await jotting.ask(wire.ListGoals())).goals)
        + len(jotting.notes())
        + len((await jotting.ask(wire.ListSchedules())).schedules)
        == 1
    )
    assert (await jotting.ask(wire.TakeBackCapture(first.id))).words.startswith("Taken back: ")
    assert not (await jotting.ask(wire.ListTasks())).tasks and not jotting.notes()
    assert not (await jotting.ask(wire.ListGoals())).goals
    assert not (await jotting.ask(wire.ListSchedules())).schedules


async def test_what_is_not_clear_is_asked_and_nothing_is_kept(jotting: Jotting) -> None:
    for text in ("  ", "remind me to rest"):
        with pytest.raises(BadInput):
            await jotting.ask(wire.Capture(text))
    with pytest.raises(BadInput):
        await jotting.ask(wire.Capture("buy milk", key="../x"))
    with pytest.raises(NotFound):
        await jotting.ask(wire.TakeBackCapture("x1"))
    assert not jotting.notes() and not (await jotting.ask(wire.ListTasks())).tasks


async def test_a_task_is_put_off_reopened_and_made_the_focus(jotting: Jotting) -> None:
    task = await jotting.ask(wire.AddTask("Buy string", "2020-01-02"))
    assert (await jotting.ask(wire.PutOffTask(task.id, "2031-05-06"))).due == "2031-05-06"
    assert (await jotting.ask(wire.PutOffTask("string"))).due == ""
    await jotting.ask(wire.CompleteTask(task.id))
    opened = await jotting.ask(wire.ReopenTask(task.id))
    assert not opened.done and (await jotting.ask(wire.ListTasks())).tasks == (opened,)
    other = await jotting.ask(wire.AddTask("Rest a while", "2020-01-02"))
    assert (await jotting.ask(wire.ShowToday())).focus.id == other.id
    chosen = await jotting.ask(wire.ChooseFocus("string"))
    assert chosen.chosen and chosen.focus.id == task.id
    with pytest.raises(NotFound):
        await jotting.ask(wire.ChooseFocus("nothing of the kind"))
    await jotting.ask(wire.CompleteTask(task.id))
    assert (await jotting.ask(wire.ShowToday())).focus.id == other.id, "what is done is the focus no more"


async def test_the_choice_of_a_focus_holds_no_words_and_does_not_hinder_forgetting_or_export(jotting: Jotting) -> None:
    await jotting.ask(wire.AddTask("Call about the purple elephant", "2020-01-02"))
    await jotting.ask(wire.ChooseFocus("purple elephant"))
    target = Target(words="purple elephant")
    shown = await jotting.ask(wire.PreviewForgetting(target))
    done = await jotting.ask(wire.Forget(target, shown.digest, edit=True))
    assert (await jotting.ask(wire.ShowToday())).focus is None
    await jotting.ask(wire.PurgeForgotten(done.id))
    out = jotting.home.path.parent / "out"
    await jotting.ask(wire.ExportHome(str(out)))
    assert not any("elephant" in path.read_text(errors="ignore") for path in out.rglob("*") if path.is_file())
