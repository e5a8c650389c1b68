"""Cases are made of turns that were really had: what they asked is kept, and a case says what an answer must be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.core.cases import AsksFirst, Calls, Changes, Cites, NeverCalls, Omits, Rating, Says, SaysOf, wish_of
from sage.core.errors import BadInput, NotFound
from sage.core.messages import ToolCall
from sage.core.trials import Replayed
from sage.evals.graders import grade
from tests.engine.eval_office import Office

KEY = "sk-demo0123456789abcdefghij"
ADDS = [[ToolCall("1", "add_task", {"text": "Water the tomatoes"})], ["Added."]]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = Office(tmp_path)
    made.house.memory.remember("Tomatoes want 6 hours of sun and 2.5 litres of water.", source="garden")
    yield made
    await made.house.close()


async def test_a_turn_with_a_tool_becomes_a_case_that_its_answer_passes(office: Office) -> None:
    turn = await office.ask("add a task: water the tomatoes", ADDS)
    await office.do(wire.CaptureTurns("last", rating="right"))
    case = (await office.do(wire.ShowEvalCase(turn))).case
    assert (
        case.body.said == "add a task: water the tomatoes" and case.body.answer == "Added." and case.task == "command"
    )
    first, last = case.body.record
    assert first.calls[0].name == "add_task" and first.results[0].text.startswith("Task added") and not last.calls
    arguments = {"text": "Water the tomatoes"}
    assert case.body.checks[0] == Calls("add_task", arguments)
    assert isinstance(case.body.checks[1], Changes) and case.body.checks[1].calls[0].arguments == arguments
    assert (await office.do(wire.ShowEvalCase(case.id))).changed == ()


async def test_what_an_answer_cites_and_its_figures_are_checked(office: Office) -> None:
    await office.ask("How much sun do tomatoes want?", [["They want 6 hours of sun and 2.5 litres of water [1]."]])
    (line,) = (await office.do(wire.CaptureTurns())).cases
    case = (await office.do(wire.ShowEvalCase(line.id))).case
    (cites,) = (check for check in case.body.checks if isinstance(check, Cites))
    assert cites.sources == (case.body.opening.passages[0].id,) and cites.least == 1
    assert [check for check in case.body.checks if isinstance(check, SaysOf)] == [SaysOf(("6", "2.5"), 1)]
    assert line.task == "question"


@pytest.mark.parametrize(("rating", "kinds"), [("wrong", [NeverCalls]), ("should have asked", [AsksFirst, NeverCalls])])
async def test_what_was_wrong_must_not_come_again(office: Office, rating: Rating, kinds: list[type]) -> None:
    await office.ask("add a task: water the tomatoes", ADDS)
    (line,) = (await office.do(wire.CaptureTurns(rating=rating))).cases
    case = (await office.do(wire.ShowEvalCase(line.id))).case
    assert [type(check) for check in case.body.checks] == kinds and case.rating == rating
    assert [(one.what, one.told_by) for one in office.house.ledger.outcomes(case.turn)] == [(rating, "person")]


async def test_a_wrong_answer_in_words_must_not_come_again(office: Office) -> None:
    await office.ask("How are you?", [["The moon is made of cheese."]])
    (line,) = (await office.do(wire.CaptureTurns(rating="wrong"))).cases
    assert (await office.do(wire.ShowEvalCase(line.id))).case.body.checks == (Omits("The moon is made of cheese."),)


async def test_a_turn_has_one_case_and_what_is_said_of_it_last_holds(office: Office) -> None:
    turn = await office.ask("add a task: water the tomatoes", ADDS)
    await office.do(wire.CaptureTurns(turn, rating="right"))
    await office.do(wire.CaptureTurns(turn, rating="wrong", value=3, holdout=True))
    (line,) = (await office.do(wire.ListEvalCases())).cases
    assert (line.rating, line.value, line.holdout) == ("wrong", 3, True)


async def test_what_was_said_of_a_turn_holds_when_several_are_made_cases(office: Office) -> None:
    turn = await office.ask("add a task: water the tomatoes", ADDS)
    await office.do(wire.CaptureTurns(turn, rating="wrong", value=3))
    before = (await office.do(wire.ListEvalCases())).cases
    await office.do(wire.CaptureTurns(last=20))
    assert (await office.do(wire.ListEvalCases())).cases == before
    await office.do(wire.CaptureTurns(last=20, rating="right", holdout=True))
    (line,) = (await office.do(wire.ListEvalCases())).cases
    assert (line.rating, line.holdout) == ("right", True)


async def test_checks_are_the_persons_to_change(office: Office) -> None:
    await office.ask("add a task: water the tomatoes", ADDS)
    (line,) = (await office.do(wire.CaptureTurns())).cases
    shown = await office.do(wire.EditEvalCase(line.id, (1,), (Says("tomatoes"), NeverCalls("note")), value=2.5))
    assert [type(check) for check in shown.case.body.checks] == [Changes, Says, NeverCalls] and shown.case.value == 2.5
    with pytest.raises(BadInput):
        await office.do(wire.EditEvalCase(line.id, (7,)))
    for value in (-1.0, float("nan")):
        with pytest.raises(BadInput):
            await office.do(wire.EditEvalCase(line.id, value=value))
    await office.do(wire.DropEvalCase(line.id))
    with pytest.raises(NotFound):
        await office.do(wire.ShowEvalCase(line.id))


async def test_no_secret_stands_in_what_is_kept(office: Office) -> None:
    await office.ask(f"note: my key is {KEY}", [[ToolCall("1", "note", {"text": f"key {KEY}"})], [f"Noted {KEY}."]])
    await office.do(wire.CaptureTurns())
    kept = b"".join(
        _plain(value)
        for table in ("asked", "cases")
        for row in office.house.database.rows(f"SELECT * FROM {table}")
        for value in row
    )
    assert KEY.encode() not in kept and b"key \xe2\x80\xa6" in kept


async def test_only_the_newest_turns_are_kept(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sage.adapters.journal.journal_cases.KEPT_TURNS", 2)
    turns = [await office.ask(f"Hello {number}", [["Hi."]]) for number in range(3)]
    assert office.house.asked.newest(9) == [turns[2], turns[1]]
    with pytest.raises(NotFound):
        await office.do(wire.CaptureTurns(turns[0]))
    shown = await office.do(wire.CaptureTurns(last=9))
    assert [case.turn for case in shown.cases] == turns[1:]


def _plain(value: Any) -> bytes:
    import zlib

    return zlib.decompress(value) if isinstance(value, bytes) else str(value).encode()


async def test_calls_that_came_to_nothing_are_not_asked_for_and_may_be_made_again(office: Office) -> None:
    broken, denied = ToolCall("1", "add_task", {"words": "x"}), ToolCall("2", "add_goal", {"title": "Fly to the moon"})
    adds = ToolCall("3", "add_task", {"text": "Water the tomatoes"})
    await office.ask("add a task: water the tomatoes", [[broken], [denied, adds], ["Added."]])
    (line,) = (await office.do(wire.CaptureTurns())).cases
    body = (await office.do(wire.ShowEvalCase(line.id))).case.body
    assert [step.undone for step in body.record] == [("1",), ("2",), ()]
    assert [check.arguments for check in body.checks if isinstance(check, Calls)] == [adds.arguments]
    for calls in ([adds], [denied, adds]):
        replayed = Replayed("Added.", tuple(map(wish_of, calls)))
        assert all(each.passed for each in grade(body, replayed))
