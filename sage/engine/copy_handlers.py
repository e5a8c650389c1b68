"""Answers about copies of the agent."""

from __future__ import annotations

import asyncio

from sage import wire
from sage.adapters.journal.journal_budget import PER_TURN, BudgetPages, OwnCap
from sage.agent.conversation import Conversation
from sage.agent.copies import Nobody, ReadOnly, Unkept, send_out
from sage.agent.elsewhere import ForElsewhere
from sage.agent.prompt import Voice
from sage.agent.single_call import complete
from sage.core.copies import MOST, CopyBack, read_split, split_request
from sage.core.errors import BadInput
from sage.core.ledger import Job
from sage.core.model_choice import ModelRole
from sage.core.providers import LIBRARIAN
from sage.engine.bootstrap import House, fresh_id
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.engine.sheets import AT_ONCE
from sage.profile import Resolved


@handles(wire.SendCopies)
async def _send(desk: Desk, request: wire.SendCopies, line: Line, emit: Emit) -> wire.CopiesBack:
    house, profile = desk.house, desk.profile(line)
    questions = tuple(filter(None, (question.strip() for question in request.questions)))
    if not questions or max(len(questions), request.many) > MOST:
        raise BadInput(f"Copies are sent out on one to {MOST} questions.", safe="Nothing was asked.")
    turn = f"copy/{fresh_id('k')}"
    cap = profile.settings.caps.per_turn_usd
    budget = house.budget.within(f"{turn}/", OwnCap(PER_TURN, lambda: cap))
    stays = await asyncio.to_thread(house.sharing.repeats_what_stays, questions)
    role: ModelRole = "local-only" if stays else "talk"
    models = await asyncio.to_thread(house.brains.bare, profile, role)
    spent: list[float | None] = []
    told = models[0].name if models else LIBRARIAN
    if request.many > 1 and len(questions) == 1 and models:
        wanted = split_request(questions[0], request.many)
        done = await complete(models, budget, house.clock, wanted, Job(f"{turn}/0", "copy"))
        spent.append(done.usage.cost)
        questions = read_split(done.text, questions[0], request.many)
    await emit(wire.CopyStep(0, len(questions), questions))

    async def back(number: int, brought: CopyBack) -> None:
        await emit(wire.CopyStep(number, len(questions)))

    at_once = 1 if profile.places(role)[0].stays else AT_ONCE
    brought = await send_out(questions, lambda name: _copy(house, profile, name, budget, role), turn, at_once, back)
    spent = [*spent, *(each.answer.cost for each in brought if each.answer)]
    known = [each for each in spent if each is not None]
    return wire.CopiesBack(tuple(brought), sum(known) if len(known) == len(spent) else None, told)


def _copy(house: House, profile: Resolved, name: str, budget: BudgetPages, role: ModelRole) -> Conversation:
    """A conversation of which nothing stays, with those of its tools that only read; if it may be asked elsewhere, it sees nothing
    that stays here."""
    crew = house.crew(profile, role)
    models = house.brains.bare(profile, role) or list(crew.models)
    return Conversation(
        name,
        models=models,
        memory=ForElsewhere(house.memory) if crew.leaves else house.memory,
        tools=ReadOnly(crew.tools),
        ledger=Unkept(),
        approver=Nobody(),
        budget=budget,
        clock=house.clock,
        voice=Voice(profile.settings.person.name, profile.settings.agent.instructions),
        limits=crew.limits,
        purpose="copy",
    )
