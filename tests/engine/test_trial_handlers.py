"""A model is tried on the person's own turns, a part is left out of them, and answers are voted on without knowing whose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from sage import wire
from sage.core.errors import BadInput, NotFound
from sage.core.messages import Usage
from sage.core.trials import TrialProgress
from sage.profile import ModelPlace
from sage.testing.scripted_model import ScriptedModel
from tests.engine.eval_office import Office

GOOD = "They want 6 hours of sun [1]."
PRICED = Usage(10, 5, 0, 0.01)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = Office(tmp_path)
    made.house.memory.remember("Tomatoes want 6 hours of sun and 2.5 litres of water.", source="garden")
    for number in range(4):
        await made.ask(f"How much sun do tomatoes want, bed {number}?", [[GOOD]])
    await made.do(wire.CaptureTurns(last=9))
    yield made
    await made.house.close()


async def test_a_model_is_tried_beside_the_one_that_answers_now(office: Office) -> None:
    bad = ScriptedModel([["I do not know."]], "bad", usage=PRICED, worst=0.02)
    office.use(ScriptedModel([[GOOD]], "now"), bad=bad)
    price = await office.do(wire.PriceTrial("openai/bad"))
    assert (price.candidate, price.cases, price.calls, round(price.worst, 6)) == ("openai/bad", 4, 8, 0.08)
    shown = await office.do(wire.RunTrial("openai/bad"))
    assert [(row.current_counts, row.candidate_counts) for row in shown.cases] == [(True, False)] * 4
    assert "4 of 4 right, free" in shown.words[1] and "0 of 4 right, $0.0400" in shown.words[1]
    assert office.told[-1] == TrialProgress(4, 4, 0.04)
    again = await office.do(wire.PriceTrial("openai/bad"))
    assert again.calls == 0 and again.worst == 0
    assert (await office.do(wire.ShowTrial())).words == shown.words
    used = await office.do(wire.UseModel("openai/bad"))
    assert [one.trial for one in (await office.do(wire.ListSwaps())).swaps] == [shown.trial.id] and used.swap
    spent = office.house.database.rows("SELECT purpose, sum(spent) FROM costs WHERE purpose = 'eval' GROUP BY purpose")
    assert [(row[0], round(row[1], 6)) for row in spent] == [("eval", 0.04)]


async def test_a_part_that_answers_need_earns_its_place(office: Office) -> None:
    class Reader(ScriptedModel):
        async def stream(self, request):  # type: ignore[no-untyped-def,override]
            self.script = [[GOOD if request.passages else "I have nothing on it."]]
            async for event in super().stream(request):
                yield event

    office.use(Reader([[""]], "now"))
    shown = await office.do(wire.RunTrial(without="retrieval"))
    assert shown.trial.kind == "without" and shown.trial.candidate == "retrieval"
    assert all(row.current_counts and not row.candidate_counts for row in shown.cases)
    assert shown.words[0].startswith("retrieval: ")
    with pytest.raises(NotFound):
        await office.do(wire.RunTrial(without="skill:gardening"))


async def test_a_vote_is_blind_and_counts(office: Office) -> None:
    kinder = "Gladly: they want 6 hours of sun [1]."
    office.use(ScriptedModel([[GOOD]], "now"), kind=ScriptedModel([[kinder]], "kind"))
    shown = await office.do(wire.RunTrial("openai/kind"))
    firsts = set()
    for left in (4, 3, 2, 1):
        ballot = await office.do(wire.NextBallot())
        assert ballot.open == left and "kind" not in repr(ballot).replace(kinder, "")
        better = "left" if ballot.left.startswith("Gladly") else "right"
        told = await office.do(wire.CastVote(shown.trial.id, ballot.case, better))
        assert {told.left, told.right} == {"current", "candidate"} and told.open == left - 1
        firsts.add(told.left)
    assert (await office.do(wire.NextBallot())).case == ""
    listed = (await office.do(wire.ListTrials())).trials[0]
    assert listed.verdict and listed.verdict.better == 4  # before anybody looks at it in full
    after = await office.do(wire.ShowTrial())
    assert [row.chosen for row in after.cases] == ["candidate"] * 4 and after.trial.verdict.better == 4
    with pytest.raises(BadInput):
        await office.do(wire.CastVote(shown.trial.id, "e0", "tie"))


async def test_the_parts_that_cases_have_can_be_left_out(office: Office) -> None:
    parts = {each.part: each.cases for each in (await office.do(wire.ListParts())).parts}
    assert (
        parts["retrieval"] == 4
        and parts["section:manner"] == 4
        and not any(each.startswith("plugin") for each in parts)
    )
    await office.do(wire.EditEvalCase((await office.do(wire.ListEvalCases())).cases[0].id, holdout=True))
    assert (await office.do(wire.ListParts())).parts[0] == wire.PartLine("retrieval", 3)


async def test_a_judge_is_asked_at_the_address_that_it_brings(office: Office) -> None:
    asked: list[ModelPlace] = []
    office.use(ScriptedModel([[GOOD]], "now"), other=ScriptedModel([[GOOD]], "other"))
    check = office.house.brains.check

    async def note(place: ModelPlace, *, look: bool = True) -> None:
        asked.append(place)
        await check(place, look=look)

    office.house.brains.check = note  # type: ignore[method-assign]
    await office.do(wire.PriceTrial("openai/other", judge="openai/judge", judge_base_url="http://127.0.0.1:9/v1"))
    assert asked[-1] == ModelPlace("openai/judge", "http://127.0.0.1:9/v1")


async def test_a_judge_is_asked_in_both_orders_once_and_its_agreement_is_told(office: Office) -> None:
    judge = ScriptedModel([['{"better": "A"}']], "judge")
    office.use(ScriptedModel([[GOOD]], "now"), kind=ScriptedModel([["Gladly: 6 hours of sun [1]."]]), judge=judge)
    shown = await office.do(wire.RunTrial("openai/kind", judge="openai/judge"))
    assert len(judge.requests) == 8 and all(row.chosen is None for row in shown.cases)
    assert [(one.judge, one.cases) for one in shown.agreements] == [("judge", 0)]
    await office.do(wire.RunTrial("openai/kind", judge="openai/judge"))
    assert len(judge.requests) == 8
    ballot = await office.do(wire.NextBallot())
    await office.do(wire.CastVote(shown.trial.id, ballot.case, "tie"))
    (agreement,) = (await office.do(wire.ShowTrial())).agreements
    assert (agreement.cases, agreement.agreed) == (1, 1)  # it chose whoever stood first: it has no preference


async def test_what_cannot_be_tried_is_told(office: Office) -> None:
    for request in (wire.RunTrial(), wire.RunTrial("openai/x", without="retrieval"), wire.RunTrial(without="moon")):
        with pytest.raises(BadInput):
            await office.do(request)
    with pytest.raises(NotFound):
        await office.do(wire.RunTrial("openai/x", cases=("e-nowhere",)))
    with pytest.raises(BadInput):  # it is who answers now
        await office.do(wire.RunTrial(office.desk.profile(_line()).models[0].id))


def _line() -> object:
    class Line:
        profile = ""

    return Line()


async def test_a_judge_elsewhere_hears_nothing_that_stays_on_this_machine(office: Office) -> None:
    judge = ScriptedModel([['{"better": "A"}']], "judge")
    office.use(ScriptedModel([[GOOD]], "now"), kind=ScriptedModel([["Gladly: 6 hours of sun [1]."]]), judge=judge)
    case = office.house.cases.all()[0]
    office.house.cases.add(replace(case, body=replace(case.body, local=True)))
    far = await office.do(wire.RunTrial("ollama_chat/kind", judge="openai/judge"))
    asked = [request.messages[-1].text for request in judge.requests]
    assert len(far.cases) == 4 and len(asked) == 6 and case.body.said not in "".join(asked)
    await office.do(wire.RunTrial("ollama_chat/kind", judge="ollama_chat/judge"))
    assert len(judge.requests) == 8


async def test_a_trial_whose_cases_were_dropped_says_so(office: Office) -> None:
    first, *others = office.house.cases.all()
    for case in others:
        await office.do(wire.DropEvalCase(case.id))
    office.use(ScriptedModel([[GOOD]], "now"), kind=ScriptedModel([["Gladly: 6 hours of sun [1]."]]))
    shown = await office.do(wire.RunTrial("openai/kind"))
    assert "Of 1 case it did better in 0" in shown.words[0]
    await office.do(wire.DropEvalCase(first.id))
    (words,) = (await office.do(wire.ShowTrial())).words
    assert (
        words
        == f"{shown.trial.id} has no case any more that both answered. To try it anew, make cases: sage eval capture"
    )
    with pytest.raises(BadInput, match="was not answered by both"):
        await office.do(wire.CastVote(shown.trial.id, first.id, "left"))
