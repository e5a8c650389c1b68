"""@ in the composer: a short list as one writes, what is taken, and what whoever answers is given of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from sage import wire
from sage.client import Client
from sage.locations import Home
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.suggestions import Suggestions
from tests.openai_stand_in import Answer, StandIn
from tests.tui.screens.test_talk import home as home
from tests.tui.screens.test_talk import talking, until


def _shown(pilot: Pilot[Any]) -> str:
    found = pilot.app.screen.query_one(Suggestions)
    return str(found.render()) if found.display else ""


async def test_a_note_that_is_named_is_found_taken_and_cited(home: Home) -> None:
    with Client(home) as client:
        client.call(wire.AddGoal("Grow beans"))
    async with talking(home, (80, 24)) as (pilot, entries):
        composer = pilot.app.screen.query_one(Composer)
        await until(pilot, lambda: "librarian" in str(pilot.app.screen.query_one("#status", Static).render()))
        await pilot.press(*"what of @grb")
        await until(pilot, lambda: "Grow beans  goal" in _shown(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: not _shown(pilot))
        assert composer.text == "what of @grb"
        await pilot.press(*["backspace"] * 3, *"gard")
        await pilot.pause(0.3)
        assert not _shown(pilot)
        composer.load_text("")
        await pilot.press(*"sun, says @gard")
        await until(pilot, lambda: "Garden.md  note" in _shown(pilot))
        await pilot.press("tab")
        await until(pilot, lambda: composer.text == "sun, says @Garden.md ")
        assert composer.has_focus and not _shown(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: entries()[-1].sources)
        assert entries()[-1].sources[0].place.startswith("Garden.md#")


async def test_goals_tasks_and_notes_that_are_named_are_given_to_whoever_answers(home: Home, tmp_path: Path) -> None:
    secret = tmp_path / "notes" / "Secret.md"
    secret.write_text("---\naudience: local-only\n---\n# Secret\n\nThe attic code is 4711.\n")
    with StandIn(Answer(pieces=("Fine.",)), Answer(pieces=("Fine.",))) as model:
        with Client(home) as client:
            client.call(wire.ImportNotes(str(tmp_path / "notes")))
            client.call(wire.AddGoal("Grow beans", why="For the kitchen"))
            client.call(wire.AddTask("buy string"))
            client.call(wire.UseModel("openai/qwen-local", model.base_url))
            client.call(wire.Ask('Plan: @"Grow beans" @"buy string"'))
            asked = str(model.asked[-1]["messages"])
        assert "# Grow beans" in asked and "Task: buy string" in asked


async def test_a_file_that_is_named_is_attached(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "beds.txt").write_text("The raised bed is 120 centimetres wide.")
    async with talking(home, (80, 24)) as (pilot, _):
        chip = pilot.app.screen.query_one("#attached", Static)
        composer = pilot.app.screen.query_one(Composer)
        await until(pilot, lambda: "librarian" in str(pilot.app.screen.query_one("#status", Static).render()))
        composer.replace_before_cursor(0, f"@{tmp_path}/pap")
        await until(pilot, lambda: "papers" in _shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "beds.txt" in _shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "beds.txt (1 piece)" in str(chip.render()))
        assert composer.text == ""
