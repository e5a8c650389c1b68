"""Answers about trials: run, shown, and voted on without knowing whose answer is whose."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing

from sage import wire
from sage.core.cases import Case
from sage.core.errors import BadInput
from sage.core.prompt_parts import parts_of
from sage.core.trials import PERSON, SIDES, Choice, SideName, Trial, Vote, agreements, case_words, judged, verdict_words
from sage.engine.bootstrap import House
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.engine.trying import Attempt, attempt_of, price_of
from sage.evals.judging import judge_votes, open_questions
from sage.evals.trials import Trials


@handles(wire.PriceTrial)
async def _price_trial(desk: Desk, request: wire.PriceTrial, line: Line, emit: Emit) -> wire.TrialPrice:
    return await price_of(desk.house, await attempt_of(desk.house, desk.profile(line), request))


@handles(wire.ListParts)
async def _list_parts(desk: Desk, request: wire.ListParts, line: Line, emit: Emit) -> wire.PartsShown:
    return await asyncio.to_thread(_parts, desk.house)


def _parts(house: House) -> wire.PartsShown:
    skills = [skill.name for skill in house.skills.all().skills]
    openings = [case.body.opening for case in house.cases.all() if not case.holdout]
    counts = Counter(part.told for opening in openings for part in parts_of(opening, skills))
    return wire.PartsShown(tuple(wire.PartLine(part, count) for part, count in counts.items()))


@handles(wire.RunTrial)
async def _run_trial(desk: Desk, request: wire.RunTrial, line: Line, emit: Emit) -> wire.TrialShown:
    house = desk.house
    attempt = await attempt_of(house, desk.profile(line), request)
    trial = await asyncio.to_thread(house.trials.begin, attempt.trial)
    priced = any([await model.worst_cost(attempt.cases[0].body.opening) != 0 for model in attempt.models])
    async with aclosing(Trials(house.trials).run(trial, attempt.cases, attempt.sides, early=priced)) as steps:
        async for step in steps:
            if isinstance(step, Trial):
                trial = step
            else:
                await emit(step)
    if attempt.judge:
        await _ask_judge(house, trial, attempt)
    return await asyncio.to_thread(_shown, house, trial, attempt.cases)


async def _ask_judge(house: House, trial: Trial, attempt: Attempt) -> None:
    judge, pages = attempt.judge, house.trials
    assert judge is not None
    cases = [case for case in attempt.cases if not (case.body.local and judge.elsewhere)]
    rows = await asyncio.to_thread(lambda: Trials(pages).compared(trial, cases, pages.answers(trial.id)))
    name = judge.model.name
    cast = {(vote.case, vote.first) for vote in await asyncio.to_thread(pages.votes, trial.id) if vote.voter == name}
    await judge_votes(rows, judge.ask, name, cast, lambda vote: pages.vote(trial.id, vote))


@handles(wire.ShowTrial)
async def _show_trial(desk: Desk, request: wire.ShowTrial, line: Line, emit: Emit) -> wire.TrialShown:
    house = desk.house
    trial = await asyncio.to_thread(house.trials.find, request.id)
    return await asyncio.to_thread(lambda: _shown(house, trial, _cases(house, trial)))


@handles(wire.ListTrials)
async def _list_trials(desk: Desk, request: wire.ListTrials, line: Line, emit: Emit) -> wire.TrialsShown:
    return wire.TrialsShown(tuple(await asyncio.to_thread(desk.house.trials.newest)))


@handles(wire.NextBallot)
async def _next_ballot(desk: Desk, request: wire.NextBallot, line: Line, emit: Emit) -> wire.BallotShown:
    return await asyncio.to_thread(_ballot, desk.house, request.trial)


@handles(wire.CastVote)
async def _cast_vote(desk: Desk, request: wire.CastVote, line: Line, emit: Emit) -> wire.VoteTold:
    return await asyncio.to_thread(_cast, desk.house, request)


def _cases(house: House, trial: Trial) -> list[Case]:
    """The cases that a trial has answers to and that are still kept."""
    answered = {each.case for each in house.trials.answers(trial.id)}
    return [case for case in house.cases.all() if case.id in answered]


def _shown(house: House, trial: Trial, cases: Sequence[Case]) -> wire.TrialShown:
    trials, answers = Trials(house.trials), house.trials.answers(trial.id)
    trial = trials.judged(trial, cases, answers)
    rows = trials.compared(trial, cases, answers)
    found = agreements(judged(house.trials.votes(trial.id)))
    words = verdict_words(trial, rows) + [text for row in rows for text in case_words(row)]
    return wire.TrialShown(trial, tuple(words), tuple(rows), found)


def _ballot(house: House, name: str) -> wire.BallotShown:
    trial = house.trials.find(name)
    answers = house.trials.answers(trial.id)
    voted = {vote.case for vote in house.trials.votes(trial.id) if vote.voter == PERSON}
    rows = Trials(house.trials).compared(trial, _cases(house, trial), answers)
    waiting = [row for row in open_questions(rows) if row.case not in voted]
    if not waiting:
        return wire.BallotShown(trial.id)
    row = waiting[0]
    texts = {"current": row.current.replayed.text, "candidate": row.candidate.replayed.text}
    left, right = _sides(trial, row.case)
    return wire.BallotShown(trial.id, row.case, row.said, texts[left], texts[right], len(waiting))


def _cast(house: House, request: wire.CastVote) -> wire.VoteTold:
    trial = house.trials.find(request.trial)
    answered = {each.side for each in house.trials.answers(trial.id) if each.case == request.case}
    if len(answered) < len(SIDES):
        raise BadInput(f"{request.case} was not answered by both.", safe="No vote was kept.", do="See: sage eval vote")
    left, right = _sides(trial, request.case)
    choices: dict[str, Choice] = {"left": left, "right": right, "tie": "tie"}
    house.trials.vote(trial.id, Vote(request.case, PERSON, left, choices[request.choice]))
    if trial.verdict:  # lists tell the verdict that is written down
        Trials(house.trials).judged(trial, _cases(house, trial), house.trials.answers(trial.id))
    return wire.VoteTold(left, right, _ballot(house, trial.id).open)


def _sides(trial: Trial, case: str) -> tuple[SideName, SideName]:
    """Which side stands left: by chance, and the same whenever this ballot is shown."""
    flipped = hashlib.sha256(f"{trial.id} {trial.made_at} {case}".encode()).digest()[0] % 2
    return (SIDES[1], SIDES[0]) if flipped else SIDES
