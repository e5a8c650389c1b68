"""The ledger as the front ends read it, of turns that were really had."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sage import wire
from sage.core.errors import BadInput, NotFound
from sage.core.ledger import Job
from sage.core.messages import ToolCall, Usage
from sage.engine import ledger_handlers
from sage.testing.scripted_model import ScriptedModel
from tests.engine.eval_office import Brains, Office

REMIND = ToolCall("1", "remind", {"text": "call Anna", "when": "tomorrow at 9"})


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = Office(tmp_path)
    made.house.brains = Brains(  # type: ignore[assignment]
        ScriptedModel([[REMIND], ["I will."]], "demo/large", usage=Usage(100, 20, 40, 0.0132), worst=0.05)
    )
    yield made
    await made.house.close()


async def test_a_turn_stands_there_with_its_calls_its_cost_and_what_became_of_it(office: Office) -> None:
    turn = (await office.do(wire.Ask("remind me tomorrow at 9 to call Anna", attended=False))).turn
    shown = await office.do(wire.ShowLedger(7, "purpose"))
    (line,) = shown.lines
    assert (line.name, line.calls, line.prompt_tokens, line.unknown) == ("turn", 2, 200, 0)
    assert line.cost == shown.whole.cost == pytest.approx(0.0264) and line.median_seconds is not None
    assert [(cap.key, cap.spent) for cap in shown.caps][:2] == [
        ("caps.per_day_usd", pytest.approx(0.0264)), ("caps.per_month_usd", pytest.approx(0.0264)),
    ]  # fmt: skip
    (reminder,) = (await office.do(wire.ListSchedules())).schedules
    await office.do(wire.RemoveSchedule(reminder.schedule.id))
    assert office.house.ledger.became([turn]) == {turn: "undone"}
    await office.do(wire.TellOutcome("last", "right"))
    calls = (await office.do(wire.ListLedgerCalls(1))).calls
    assert [(call.job, call.what) for call in calls] == [(turn, "right")] * 2
    told = (await office.do(wire.Why(turn))).lines
    assert next(line for line in told if line.startswith("Call ")).startswith(
        f"Call {calls[0].id}: demo/large (turn, as talk) 100 tokens in, 20 out in "
    )
    why = await office.do(wire.Why(calls[0].id))
    assert why.kind == "cost" and why.lines[0].endswith(", $0.0132.") and turn in why.lines[1]


async def test_calls_come_in_pages_and_none_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_handlers, "AT_ONCE", 2)
    house = office.house
    made = [house.budget.reserve("m", 0.0, Job(f"t{n}", "turn"), house.clock.now()) for n in range(5)]
    found, after, more = list[str](), "", True
    while more:
        page = await office.do(wire.ListLedgerCalls(1, after))
        found += [call.id for call in page.calls]
        after, more = found[-1], page.more
    assert found == made


async def test_what_cannot_be_meant_is_told(office: Office) -> None:
    with pytest.raises(BadInput):
        await office.do(wire.ShowLedger(0))
    with pytest.raises(NotFound):
        await office.do(wire.TellOutcome("t-none", "right"))
    with pytest.raises(NotFound):
        await office.do(wire.TellOutcome("last", "right"))
    assert (await office.do(wire.ShowLedger(30))).lines == ()
