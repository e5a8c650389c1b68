"""Answers to other programs, and about what they propose."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sage import wire
from sage.adapters.journal.journal_proposals import ProposalPages
from sage.core.agenda_words import agenda_lines
from sage.core.errors import BadInput, NotFound
from sage.core.passages import Hit
from sage.core.proposals import LONGEST, MOST_WAITING, Proposal
from sage.core.terminal_text import clean, clean_line
from sage.engine.bootstrap import House, fresh_id
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.profile import resolve

OWNER = "owner"
MOST_HITS, MOST_DAYS = 20, 14


def _sees(house: House) -> tuple[str, ...] | None:
    """As whom programs count: names, () for what is public, None for the owner."""
    names = resolve("default", house.home).settings.programs.sees
    return None if OWNER in names else tuple(names)


def _owners_alone(house: House, what: str) -> None:
    if _sees(house) is not None:
        raise BadInput(
            f"{what} is shown to other programs only if they see what the owner sees.",
            safe="Nothing was shown.",
            do='The owner can allow it in settings.toml: [programs] sees = ["owner"]',
        )


@handles(wire.ProgramRecall)
async def _recall(desk: Desk, request: wire.ProgramRecall, line: Line, emit: Emit) -> wire.ProgramRecalled:
    house = desk.house
    recipients = _sees(house)
    k = max(1, min(request.k, MOST_HITS))
    hits = await asyncio.to_thread(
        house.memory.recall, request.query, k=k, recipients=recipients, now=house.clock.now()
    )
    told = "the owner" if recipients is None else " and ".join(recipients) or "anybody: what is public"
    return wire.ProgramRecalled(tuple(map(_bare, hits)), told)


def _bare(hit: Hit) -> Hit:
    """A hit without how it was found and without where on this machine it stands."""
    return Hit(hit.id, hit.source, hit.heading, hit.line, hit.start, hit.end, hit.text, hit.when, hit.origin, hit.audience,
               speaker=hit.speaker)  # fmt: skip


@handles(wire.ProgramGoals)
async def _goals(desk: Desk, request: wire.ProgramGoals, line: Line, emit: Emit) -> wire.ProgramLines:
    _owners_alone(desk.house, "What somebody wants")
    goals = await asyncio.to_thread(desk.house.notebook.goals)
    return wire.ProgramLines(
        tuple(goal.title + (f" (why: {goal.why})" if goal.why else "") for goal in goals if goal.state == "open")
    )


@handles(wire.ProgramAgenda)
async def _agenda(desk: Desk, request: wire.ProgramAgenda, line: Line, emit: Emit) -> wire.ProgramLines:
    house = desk.house
    _owners_alone(house, "An agenda")
    days = max(1, min(request.days, MOST_DAYS))
    found = await asyncio.to_thread(house.planner.agenda, request.day, days, house.clock.now())
    return wire.ProgramLines(tuple(agenda_lines(found)))


@handles(wire.Propose)
async def _propose(desk: Desk, request: wire.Propose, line: Line, emit: Emit) -> Proposal:
    house, now = desk.house, desk.house.clock.now()
    text = clean(request.text).strip()
    if not text or len(text) > LONGEST:
        raise BadInput(f"A proposal has 1 to {LONGEST:,} characters.", safe="Nothing was kept.")
    pages = ProposalPages(house.database)
    if len(before := await asyncio.to_thread(pages.waiting)) >= MOST_WAITING:
        raise BadInput(
            f"{MOST_WAITING} proposals wait already.",
            safe="Nothing was kept.",
            do="The owner decides: sage proposals list",
        )
    program = clean_line(request.program)[:60] or "a program"
    proposal = Proposal(fresh_id("q"), request.kind, text, program, now.isoformat(), clean_line(request.due)[:60])
    await asyncio.to_thread(pages.add, proposal, now)
    if not before:
        await desk.apps.say("A program proposes something. See it: /proposals")
    return proposal


@handles(wire.ListProposals)
async def _list(desk: Desk, request: wire.ListProposals, line: Line, emit: Emit) -> wire.Proposals:
    return wire.Proposals(tuple(await asyncio.to_thread(ProposalPages(desk.house.database).waiting)))


@handles(wire.SettleProposal)
async def _settle(desk: Desk, request: wire.SettleProposal, line: Line, emit: Emit) -> wire.ProposalSettled:
    return await asyncio.to_thread(_settled, desk.house, request.id, request.accepted)


def _settled(house: House, name: str, accepted: bool) -> wire.ProposalSettled:
    pages, now = ProposalPages(house.database), house.clock.now()
    proposal = next((one for one in pages.waiting() if one.id == name), None)
    if proposal is None:
        raise NotFound(f"No proposal {name!r} waits.", safe="Nothing was changed.", do="See them: sage proposals list")
    words = _taken_over(house, proposal, now) if accepted else "Not taken over."
    pages.settle(name, accepted=accepted, at=now)
    return wire.ProposalSettled(proposal, words)


def _taken_over(house: House, proposal: Proposal, now: datetime) -> str:
    """Makes what was proposed, once per proposal; a note says that its words are not the person's."""
    if proposal.kind == "task":
        due = house.read_date(proposal.due) if proposal.due else ""
        return f"Task added: {house.notebook.add_task(f'k{proposal.id}', proposal.text, due=due, now=now).text}"
    fields = {"audience": "private", "origin": "tool"}
    return f"Noted in {house.notebook.add_note(f'n{proposal.id}', proposal.text, now=now, fields=fields).path}"
