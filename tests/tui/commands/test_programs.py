"""What other programs propose, in the app: one key takes it over or leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sage import wire
from sage.client import Client, stop_engine
from sage.locations import Home
from sage.tui.widgets import question
from sage.tui.widgets.question import Question
from tests.homes import make_home
from tests.tui.screens.test_talk import say, talking, until


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setattr(question, "GRACE", 0.0)
    made = make_home(tmp_path)
    with Client(made) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    yield made
    stop_engine(made)


async def test_a_proposal_is_told_of_shown_and_decided_with_one_key(home: Home) -> None:
    async with talking(home, (80, 24)) as (pilot, entries):
        await say(pilot, "/proposals")
        await until(pilot, lambda: "No program proposes anything" in entries()[-1].text)
        with Client(home) as client:
            for text in ("Buy [bold]lamps[/foo]", "Sell the house", "Paint it"):
                client.call(wire.Propose("task", text, program="demo editor"))
        await until(pilot, lambda: "A program proposes something" in entries()[-1].text)
        await say(pilot, "/proposals")
        for key, words in (("y", "Buy [bold]lamps[/foo]"), ("n", "Sell the house"), ("escape", "Paint it")):
            await until(pilot, lambda words=words: words in _shown(pilot) and _has_cursor(pilot))  # type: ignore[misc]
            assert "demo editor" in _shown(pilot)
            await pilot.press(key)
        await until(pilot, lambda: not pilot.app.screen.query(Question))
        assert sum("A program proposes" in entry.text for entry in entries()) == 1
    with Client(home) as client:
        assert [task.text for task in client.call(wire.ListTasks()).tasks] == ["Buy [bold]lamps[/foo]"]
        assert [one.text for one in client.call(wire.ListProposals()).proposals] == ["Paint it"]


def _has_cursor(pilot: object) -> bool:
    return pilot.app.screen.query(Question).last().has_focus  # type: ignore[attr-defined, no-any-return]


def _shown(pilot: object) -> str:
    questions = pilot.app.screen.query(Question)  # type: ignore[attr-defined]
    return "\n".join(str(part.render()) for part in questions.last().query("Static, Keys")) if questions else ""
