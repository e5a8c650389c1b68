"""Copies look things up, change nothing, cost together what a turn may, and leave nothing behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.core.errors import BadInput
from sage.core.messages import ToolCall, Usage
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from sage.engine.service import Line
from sage.testing.scripted_model import ScriptedModel, Step
from tests.homes import make_home

NOTES = {
    "Garden.md": "# Garden\n\nTomatoes want six hours of sun.\n",
    "Safe.md": "The code of the safe is 4711. #share/local-only\n",
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House.open(make_home(tmp_path, settings='[model]\nchain = ["openai/gpt-5.4-mini"]\n'))
    (tmp_path / "vault").mkdir()
    for name, text in NOTES.items():
        (tmp_path / "vault" / name).write_text(text)
    made.memory.import_path(tmp_path / "vault")
    yield made
    await made.close()


async def send(house: House, model: ScriptedModel, request: wire.SendCopies) -> tuple[wire.CopiesBack, list[Any]]:
    told: list[Any] = []

    async def emit(event: Any) -> None:
        told.append(event)

    house.brains.chain = lambda profile, role="talk": [model]  # type: ignore[method-assign, assignment]
    line = Line(None, None)  # type: ignore[arg-type]
    return await Desk(house).handle(request, line, emit), told


async def test_each_comes_back_with_its_answer_and_its_sources_and_nothing_of_it_is_kept(house: House) -> None:
    model = ScriptedModel([["Tomatoes want six hours of sun [1]."]], usage=Usage(9, 9, 0, 0.01), worst=0.02)
    back, told = await send(house, model, wire.SendCopies(("What do tomatoes want?", "How much sun do tomatoes want?")))
    assert [each.question for each in back.copies] == ["What do tomatoes want?", "How much sun do tomatoes want?"]
    assert all(each.answer and [hit.source for hit in each.answer.sources] == ["Garden.md"] for each in back.copies)
    assert back.cost == pytest.approx(0.02) and told[0].number == 0 and len(told) == 3
    assert house.journal.conversations(9) == [] and house.asked.newest(9) == []
    booked = house.database.rows("SELECT substr(turn, 1, 5), purpose FROM costs")
    assert booked == [("copy/", "copy")] * 2


async def test_a_copy_can_read_and_nothing_else(house: House) -> None:
    script: list[list[Step]] = [
        [ToolCall("1", "add_task", {"text": "buy poles"})],
        [ToolCall("2", "recall", {"query": "sun"})],
        ["Six hours."],
    ]
    model = ScriptedModel(script)
    back, _ = await send(house, model, wire.SendCopies(("Add a task to buy poles",)))
    assert back.copies[0].answer and [action.state for action in back.copies[0].answer.actions] == ["failed", "done"]
    assert house.notebook.tasks() == []
    offered = {tool.name for request in model.requests for tool in request.tools}
    assert "recall" in offered and not offered & {"add_task", "add_note", "remind"}


async def test_what_stays_on_this_machine_is_shown_to_no_copy_that_is_asked_elsewhere(house: House) -> None:
    model = ScriptedModel([["I do not know."]])
    await send(house, model, wire.SendCopies(("What is the code of the safe?",)))
    assert not any("4711" in hit.text for request in model.requests for hit in request.passages)


async def test_one_question_is_broken_up_and_all_together_cost_what_a_turn_may(house: House) -> None:
    parts: list[Step] = ['{"questions": ["Sun?", "Water?", "Soil?"]}']
    model = ScriptedModel([parts, ["Yes."]], usage=Usage(9, 9, 0, 0.1), worst=0.1)
    back, told = await send(house, model, wire.SendCopies(("What do tomatoes want?",), many=3))
    assert told[0].questions == ("Sun?", "Water?", "Soil?")
    assert sum(each.answer is not None for each in back.copies) == 1
    assert sum("caps.per_turn_usd" in each.trouble for each in back.copies) == 2
    with pytest.raises(BadInput):
        await send(house, model, wire.SendCopies(("Q?",), many=99))


async def test_words_that_stay_on_this_machine_are_sent_out_to_nobody_elsewhere(house: House) -> None:
    far, near = ScriptedModel([["Elsewhere."]], "far"), ScriptedModel([["Here."]], "near")
    house.brains.chain = lambda profile, role="talk": [near if role == "local-only" else far]  # type: ignore[method-assign, assignment]
    line = Line(None, None)  # type: ignore[arg-type]

    async def emit(event: Any) -> None:
        """Nobody looks on."""

    words = "Say it kindly: the code of the safe is 4711."
    back = await Desk(house).handle(wire.SendCopies((words, "What do tomatoes want?")), line, emit)
    assert [each.answer.model for each in back.copies] == ["near", "near"] and not far.requests
    back = await Desk(house).handle(wire.SendCopies(("What do tomatoes want?",)), line, emit)
    assert back.copies[0].answer.model == "far" and "4711" not in repr(far.requests)
