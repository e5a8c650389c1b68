"""Tasks of accounts in the app, over a real engine: listed by source, done by words, conflicts decided with one key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sage import wire
from sage.client import Client, stop_engine
from sage.core.rituals import RitualAnswer
from sage.locations import Home
from sage.tui.widgets import question
from sage.tui.widgets.question import Question
from tests.homes import make_home
from tests.tasks_elsewhere import home_with_tasks, read_tasks, wait_for, write_tasks
from tests.tui.screens.test_talk import say, talking, until


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setattr(question, "GRACE", 0.0)
    made = home_with_tasks(tmp_path, a="Rake *the* leaves", b="Water the demo plants")
    yield made
    stop_engine(made)


async def test_tasks_are_listed_by_source_and_done_by_words(home: Home) -> None:
    with Client(home) as client:
        client.call(wire.AddTask("Buy tea", due="2026-11-27"))
    async with talking(home, (80, 24)) as (pilot, entries):
        await say(pilot, "/tasks")
        await until(pilot, lambda: entries()[-1].sources)
        text = entries()[-1].text
        assert text.index("**Your list**") < text.index("Buy tea (due 2026\\-11\\-27)") < text.index("**work**")
        assert "Rake \\*the\\* leaves" in text and len(entries()[-1].sources) == 3
        await say(pilot, "/done water plants")
        await until(pilot, lambda: "Done: Water the demo plants." in entries()[-1].text)
        assert read_tasks(home)["b"]["done_on"]
        await say(pilot, "/conflicts")
        await until(pilot, lambda: "No conflicts" in entries()[-1].text)


async def test_a_conflict_shows_both_versions_and_one_key_decides(home: Home) -> None:
    kept = read_tasks(home)
    with Client(home) as client:
        ritual = client.call(wire.ShowRitual("shutdown"))
        (asked,) = [one.id for one in ritual.questions if "Rake" in one.text]
        write_tasks(home, {**kept, "a": {**kept["a"], "due": "2030-05-05"}})
        client.call(wire.AnswerRitual("shutdown", (RitualAnswer(asked, "park"),)))
    async with talking(home, (60, 24)) as (pilot, entries):
        await say(pilot, "/conflicts")
        await until(pilot, lambda: bool(pilot.app.screen.query(Question)))
        shown = "\n".join(str(part.render()) for part in pilot.app.screen.query_one(Question).query("Static, Keys"))
        assert "yours: none; theirs: 2030-05-05" in shown and "sage task" not in shown
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.screen.query(Question))
        assert read_tasks(home)["a"]["due"] == "2030-05-05"
        await say(pilot, "/conflicts")
        await until(pilot, lambda: bool(pilot.app.screen.query(Question)))
        await pilot.press("m")
        await until(pilot, lambda: "Your version stands in work" in entries()[-1].text)
        assert read_tasks(home)["a"]["due"] == ""


@pytest.mark.parametrize("listed_anew", [False, True])
async def test_what_another_program_changed_since_it_was_listed_is_told_and_not_done(
    tmp_path: Path, listed_anew: bool
) -> None:
    """With a real todo.txt, whether Sage has read it again by then or not: what counts is what stands in Talk."""
    file = tmp_path / "todo.txt"
    file.write_text("Mow the lawn due:2026-11-27\nWater the plants\n")
    account = f'[plugins.todotxt.home]\nenabled = true\nfile = "{file}"\n'
    home = make_home(tmp_path, linger=20, settings=account)
    try:
        with Client(home) as client:
            for step in ("model", "notes"):
                client.call(wire.CloseSetup(step))
            wait_for(client, lambda found: len(found) == 2)
            async with talking(home, (90, 30)) as (pilot, entries):
                await say(pilot, "/tasks")
                await until(pilot, lambda: entries()[-1].sources)
                edited = "Mow the lawn of the neighbour due:2026-12-04\nWater the plants\n"
                file.write_text(edited)
                if listed_anew:
                    wait_for(client, lambda found: "neighbour" in found[0].text)
                await say(pilot, "/done mow the lawn")
                await until(pilot, lambda: entries()[-1].role == "error")
                told = entries()[-1].text
                assert "It has changed in home since you saw it. It was: Mow the lawn (due 2026-11-27, todo.txt" in told
                assert "Now it is: Mow the lawn of the neighbour (due 2026-12-04, todo.txt" in told
                assert file.read_text() == edited
                await say(pilot, "/done mow the lawn")
                await until(pilot, lambda: "Done: Mow the lawn of the neighbour." in entries()[-1].text)
                assert file.read_text().startswith("x ")
    finally:
        stop_engine(home)
