"""Answers about facts."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from sage import wire
from sage.agent.facts import look_up
from sage.core.errors import BadInput
from sage.core.facts.beliefs import Belief, afterwards, before, settle
from sage.core.facts.fact_questions import FactQuery, days_of
from sage.core.facts.stated_facts import StatedFacts
from sage.core.ports import Facts
from sage.engine.bootstrap import House
from sage.engine.desk import Desk, handles
from sage.engine.fact_explanations import belief_of
from sage.engine.fact_reading import read_when_asked
from sage.engine.service import Emit, Line


@handles(wire.ShowFacts)
async def _show(desk: Desk, request: wire.ShowFacts, line: Line, emit: Emit) -> wire.FactsShown:
    return await asyncio.to_thread(_shown, desk, request)


def _shown(desk: Desk, request: wire.ShowFacts) -> wire.FactsShown:
    house, readers = desk.house, desk.readers(request.recipients)
    today = house.clock.now().date()
    first, last = _days(house, request.at)
    about = request.about.strip()
    about = "me" if about.lower() in {"me", "myself"} else about
    facts: Facts = house.facts
    if readers is not None:
        seen = house.memory.read_for(readers, house.fact_reader.seen)
        facts = StatedFacts(seen, house.facts.decisions())
    found, by_statement = look_up(facts, FactQuery(about, first, last, scope=request.scope), today)
    shown = found[: request.most]
    return wire.FactsShown(tuple(shown), _related(shown, by_statement), first, last, len(found))


@handles(wire.DecideFact)
async def _decide(desk: Desk, request: wire.DecideFact, line: Line, emit: Emit) -> wire.FactsShown:
    def decide() -> wire.FactsShown:
        desk.house.facts.decide(request.id, request.decision, desk.house.clock.now())
        belief, by_statement = belief_of(desk.house, request.id)
        return wire.FactsShown((belief,), _related([belief], by_statement), count=1)

    return await asyncio.to_thread(decide)


@handles(wire.ReadFacts)
async def _read(desk: Desk, request: wire.ReadFacts, line: Line, emit: Emit) -> wire.FactsRead:
    since = _days(desk.house, request.since)[0]
    before = await asyncio.to_thread(_ids, desk.house)
    read = await read_when_asked(desk.house, desk.profile(line), request, since, emit)
    found = await asyncio.to_thread(_beliefs_of, desk.house, before) if read.new else ()
    return replace(read, found=found)


def _related(shown: list[Belief], by_statement: dict[str, Belief]) -> tuple[Belief, ...]:
    found: dict[str, Belief] = {}
    for one in shown:
        against = (by_statement[name] for name in one.contradicts if name in by_statement)
        found |= {other.id: other for other in (*against, *before(one, by_statement), *afterwards(one, by_statement))}
    return tuple(found.values())


def _days(house: House, words: str) -> tuple[str, str]:
    """The ISO days that words name ("", "" for no words). Raises BadInput."""
    if not words.strip():
        return "", ""
    days = days_of(words, house.clock.now().date())
    if days is None:
        raise BadInput(
            f"{words!r} names no day, month or year.", do="Write it like 2026-05, May, last spring, or 2026-05-03."
        )
    return days


def _ids(house: House) -> set[str]:
    return {one.id for one in house.facts.statements()}


def _beliefs_of(house: House, before: set[str]) -> tuple[Belief, ...]:
    """The beliefs that statements other than those of `before` are in."""
    beliefs = settle(house.facts.statements(), house.facts.decisions())
    return tuple(one for one in beliefs if not before.issuperset(each.id for each in one.statements))
