"""Answers about facts."""

from __future__ import annotations

import asyncio

from sage import wire
from sage.agent.fact_finder import find_facts
from sage.agent.facts import look_up
from sage.core.errors import BadInput
from sage.core.facts.beliefs import Belief
from sage.core.facts.fact_questions import FactQuery, days_of
from sage.engine.bootstrap import House, fresh_id
from sage.engine.desk import Desk, handles
from sage.engine.fact_explanations import belief_of
from sage.engine.service import Emit, Line


@handles(wire.ShowFacts)
async def _show(desk: Desk, request: wire.ShowFacts, line: Line, emit: Emit) -> wire.FactsShown:
    return await asyncio.to_thread(_shown, desk.house, request)


def _shown(house: House, request: wire.ShowFacts) -> wire.FactsShown:
    today = house.clock.now().date()
    first, last = "", ""
    if request.at.strip():
        days = days_of(request.at, today)
        if days is None:
            raise BadInput(
                f"{request.at!r} names no day, month or year.",
                do="Write it like 2026-05, May, last spring, or 2026-05-03.",
            )
        first, last = days
    about = request.about.strip()
    about = "me" if about.lower() in {"me", "myself"} else about
    found, by_statement = look_up(house.facts, FactQuery(about, first, last, scope=request.scope), today)
    shown = found[: request.most]
    return wire.FactsShown(tuple(shown), _related(shown, by_statement), first, last, len(found))


@handles(wire.DecideFact)
async def _decide(desk: Desk, request: wire.DecideFact, line: Line, emit: Emit) -> wire.FactsShown:
    def decide() -> wire.FactsShown:
        desk.house.facts.decide(request.id, request.decision, desk.house.clock.now())
        belief, by_statement = belief_of(desk.house, request.id)
        return wire.FactsShown((belief,), _related([belief], by_statement), count=1)

    return await asyncio.to_thread(decide)


@handles(wire.FindFacts)
async def _find(desk: Desk, request: wire.FindFacts, line: Line, emit: Emit) -> wire.FactsFound:
    house = desk.house
    passages = await asyncio.to_thread(house.memory.recall, request.words, k=request.most, now=house.clock.now())
    models = house.brains.chain(desk.profile(line))
    finding = await find_facts(models, house.budget, house.clock, passages, fresh_id("j"))
    new = await asyncio.to_thread(house.fact_reader.add_found, finding.drafts)
    shown = await asyncio.to_thread(_shown, house, wire.ShowFacts(request.words))
    return wire.FactsFound(new, len(finding.drafts), finding.models, finding.cost, shown)


def _related(shown: list[Belief], by_statement: dict[str, Belief]) -> tuple[Belief, ...]:
    names = [name for one in shown for name in (*one.contradicts, *one.supersedes, one.superseded_by) if name]
    found = {by_statement[name].id: by_statement[name] for name in names if name in by_statement}
    return tuple(found.values())
