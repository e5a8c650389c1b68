"""Answers about the person's own evaluation suite: its cases."""

from __future__ import annotations

import asyncio

import msgspec

from sage import wire
from sage.core.cases import Case, check_words, short_hash
from sage.core.errors import BadInput, NotFound
from sage.engine.bootstrap import House, fresh_id
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.evals.cases import case_of, checks_of
from sage.profile import Resolved

GONE = "nothing is kept any more of what it asked (only of the newest 200 turns, and of none with a picture)"


@handles(wire.CaptureTurns)
async def _capture(desk: Desk, request: wire.CaptureTurns, line: Line, emit: Emit) -> wire.EvalCasesShown:
    return await asyncio.to_thread(_captured, desk.house, request)


def _captured(house: House, request: wire.CaptureTurns) -> wire.EvalCasesShown:
    _check_value(request.value)
    several = request.last > 0
    turns = list(reversed(house.asked.newest(request.last))) if several else [_turn(house, request.turn)]
    made, left_out = [], []
    for turn in turns:
        case = _made(house, turn, request)
        if case is None:
            left_out.append(f"{turn}: {GONE}")
        else:
            house.cases.add(case)
            made.append(case_line(case))
    if not made:
        raise NotFound(
            "There is no turn to make a case of." if several or not turns[0] else f"Of {left_out[0]}.",
            safe="No case was made.",
            do="Ask something first, then: sage eval capture",
        )
    return wire.EvalCasesShown(tuple(made), tuple(left_out))


def _check_value(value: float) -> None:
    if not 0 <= value < 1e6:
        raise BadInput("A case's value is a number from 0 on; 1 is the usual one.", safe="Nothing was changed.")


def _turn(house: House, turn: str) -> str:
    if turn in ("", "last"):
        return next(iter(house.asked.newest(1)), "")
    house.journal.turn(turn)
    return turn


def _made(house: House, turn: str, request: wire.CaptureTurns) -> Case | None:
    """A new case; the one there was stays the same case, with what the person says of it now. The ledger hears it, too."""
    if request.rating and turn:
        house.ledger.tell(turn, request.rating, house.clock.now())
    asked, before = house.asked.turn(turn), house.cases.of_turn(turn)
    if before is not None and request.last and not request.rating:
        value = before.value if request.value == 1 else request.value  # what was said of it one by one holds
        return msgspec.structs.replace(before, value=value, holdout=before.holdout or request.holdout)
    if before is not None:
        body = msgspec.structs.replace(before.body, checks=checks_of(before.body, request.rating))
        return msgspec.structs.replace(
            before, body=body, rating=request.rating, value=request.value, holdout=request.holdout
        )
    if asked is None:
        return None
    return case_of(
        asked, id=fresh_id("e"), made_at=house.clock.now().isoformat(timespec="seconds"), task=house.cases.task_of(turn),
        rating=request.rating, value=request.value, holdout=request.holdout, skills=skill_texts(house),
    )  # fmt: skip


@handles(wire.ListEvalCases)
async def _list_cases(desk: Desk, request: wire.ListEvalCases, line: Line, emit: Emit) -> wire.EvalCasesShown:
    return wire.EvalCasesShown(tuple(map(case_line, await asyncio.to_thread(desk.house.cases.all))))


@handles(wire.ShowEvalCase)
async def _show_case(desk: Desk, request: wire.ShowEvalCase, line: Line, emit: Emit) -> wire.EvalCaseShown:
    case = await asyncio.to_thread(desk.house.cases.find, request.id)
    return await asyncio.to_thread(_shown, desk.house, desk.profile(line), case)


@handles(wire.EditEvalCase)
async def _edit_case(desk: Desk, request: wire.EditEvalCase, line: Line, emit: Emit) -> wire.EvalCaseShown:
    case = await asyncio.to_thread(desk.house.cases.find, request.id)
    checks = case.body.checks
    _check_value(case.value if request.value is None else request.value)
    if wrong := [number for number in request.remove if not 1 <= number <= len(checks)]:
        raise BadInput(
            f"This case has no check {wrong[0]}.", safe="Nothing was changed.", do=f"See: sage eval show {case.id}"
        )
    kept = [check for number, check in enumerate(checks, 1) if number not in request.remove]
    body = msgspec.structs.replace(case.body, checks=(*kept, *(each for each in request.add if each not in kept)))
    case = msgspec.structs.replace(
        case,
        body=body,
        value=case.value if request.value is None else request.value,
        holdout=case.holdout if request.holdout is None else request.holdout,
        task=case.task if request.task is None else request.task,
    )
    await asyncio.to_thread(desk.house.cases.add, case)
    return await asyncio.to_thread(_shown, desk.house, desk.profile(line), case)


@handles(wire.DropEvalCase)
async def _drop_case(desk: Desk, request: wire.DropEvalCase, line: Line, emit: Emit) -> None:
    case = await asyncio.to_thread(desk.house.cases.find, request.id)
    await asyncio.to_thread(desk.house.cases.drop, case.id)


def _shown(house: House, profile: Resolved, case: Case) -> wire.EvalCaseShown:
    opening = house.conversation("", profile, "", attended=False).opening()
    was = case.body.hashes
    now = {
        "tools": (was.tools, short_hash(opening.tools)),
        "prompt": (was.prompt, short_hash(opening.system)),
        "skills": (was.skills, short_hash(skill_texts(house))),
    }
    return wire.EvalCaseShown(case, tuple(name for name, (then, today) in now.items() if then and then != today))


def skill_texts(house: House) -> dict[str, str]:
    """What each of the person's skills says."""
    return {skill.name: house.skills.instructions(skill.name)[1] for skill in house.skills.all().skills}


def case_line(case: Case) -> wire.EvalCaseLine:
    """A case as it stands in a list."""
    body = case.body
    return wire.EvalCaseLine(
        case.id, case.turn, case.conversation, case.task, body.said, body.model, case.rating, case.value, case.holdout,
        body.local, tuple(map(check_words, body.checks)), case.made_at,
    )  # fmt: skip
