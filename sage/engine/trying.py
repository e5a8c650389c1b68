"""A trial as it was asked for: which cases, who answers now, who is tried, and what that can cost at most."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from sage import wire
from sage.agent.prompt import fit
from sage.core.asked import rests_on
from sage.core.cases import Case, CaseBody, replay_key, short_hash
from sage.core.errors import BadInput, NotFound
from sage.core.ledger import Job
from sage.core.messages import ModelRequest
from sage.core.model_choice import ModelRole
from sage.core.ports import ChatModel
from sage.core.prompt_parts import Part, read_part, without_part
from sage.core.providers import place_of
from sage.core.routing import LADDER
from sage.core.trials import SideName, Trial
from sage.engine.bootstrap import House, fresh_id
from sage.engine.examples import no_quick, none_yet
from sage.evals.asking import asker
from sage.evals.judging import comparing
from sage.evals.replay import Asker
from sage.evals.trials import Side, stays
from sage.profile import ModelPlace, Resolved


@dataclass(frozen=True)
class Judge:
    """Who compares two answers. `elsewhere`: it runs on another machine."""

    model: ChatModel
    ask: Callable[[str], Asker]
    elsewhere: bool


@dataclass(frozen=True)
class Attempt:
    """A trial that could begin: its `cases`, its two `sides` with their models, and a judge."""

    trial: Trial
    cases: tuple[Case, ...]
    sides: tuple[Side, Side]
    models: tuple[ChatModel, ChatModel]
    judge: Judge | None = None


async def attempt_of(house: House, profile: Resolved, request: wire.RunTrial | wire.PriceTrial) -> Attempt:
    """What was asked for. Raises NotFound, BadInput, UnknownModel, NoKey."""
    if sum(map(bool, (request.model, request.without, request.examples))) != 1:
        raise BadInput("A trial is of a model, of a part to leave out, or of examples.", safe="Nothing was asked.")
    if request.examples:
        return await _with_examples(house, profile, request)
    part = read_part(request.without) if request.without else None
    cases = _chosen(await asyncio.to_thread(_labelled, house), request.cases, part)
    role: ModelRole = "quick" if part and part.kind == "examples" else request.role
    now = next(iter(profile.places(role)))
    then = profile.place(ModelPlace(request.model, request.base_url, request.key_env)) if request.model else now
    if part is None and then == now:
        raise BadInput(
            f"{then.id} is who answers now.", safe="Nothing was asked.", do="Try another one: sage models list"
        )
    if part is None:
        await house.brains.check(then)
    names = (now.id, then.id) if part is None else (f"{now.id} with {part.told}", part.told)
    trial = Trial(fresh_id("v"), "without" if part else "model", names[1], names[0])
    models = house.brains.alone(now, profile), house.brains.alone(then, profile)
    sides = (
        _side(house, profile, "current", now, models[0], role),
        _side(house, profile, "candidate", then, models[1], role, _without_it(part) if part else _as_it_was),
    )
    judge = await _judge(house, profile, request, trial.id) if request.judge else None
    return Attempt(trial, tuple(cases), sides, models, judge)


async def _with_examples(house: House, profile: Resolved, request: wire.RunTrial | wire.PriceTrial) -> Attempt:
    """Who is quick now, without examples and with those that it would be shown: none of the conversation of the case itself."""
    if not profile.has("quick"):
        raise no_quick()
    every = await asyncio.to_thread(house.examples.all)
    if not every:
        raise none_yet()
    leaves = any(map(profile.leaves, LADDER))
    named = _chosen(await asyncio.to_thread(_labelled, house), request.cases, None)
    cases = [
        case for each in named if (case := await asyncio.to_thread(_taught, house, each, leaves)).body.opening.examples
    ]
    if not cases:
        tasks = ", ".join(dict.fromkeys(each.task for each in every))
        raise NotFound(
            f"No case in another conversation is of the kind that the examples are of ({tasks}).",
            safe="Nothing was asked.",
            do="Make some: sage eval capture --last 20",
        )
    now = profile.places("quick")[0]
    model = house.brains.alone(now, profile)
    name = await asyncio.to_thread(house.examples.name)
    trial = Trial(fresh_id("v"), "with", f"{now.id} with {name}", now.id)
    sides = (
        _side(house, profile, "current", now, model, "quick", _without_it(Part("examples"))),
        _side(house, profile, "candidate", now, model, "quick"),
    )
    judge = await _judge(house, profile, request, trial.id) if request.judge else None
    return Attempt(trial, tuple(cases), sides, (model, model), judge)


def _taught(house: House, case: Case, leaves: bool) -> Case:
    """A case with the examples that would be shown with it in place of those that it was recorded with."""
    shown = tuple(house.examples.shown(case.task, leaves, (case.conversation,)))
    opening = msgspec.structs.replace(case.body.opening, examples=shown)
    local = case.body.local or any(each.local for each in shown)
    return msgspec.structs.replace(case, body=msgspec.structs.replace(case.body, opening=opening, local=local))


async def price_of(house: House, attempt: Attempt) -> wire.TrialPrice:
    """The most that a trial can cost: every call that was not made before, as long as the record has steps."""
    asked = [case for case in attempt.cases if not stays(case, attempt.sides)]
    calls, worst = 0, [0.0]
    unknown = False
    for case in asked:
        for side, model in zip(attempt.sides, attempt.models, strict=True):
            opening = side.opening(case.body)
            if await asyncio.to_thread(house.trials.answer, replay_key(case.body, opening, side.setup)) is None:
                cost = await model.worst_cost(fit(opening, model.context_tokens))
                calls += len(case.body.record)
                unknown |= cost is None
                worst.append((cost or 0.0) * len(case.body.record))
        if attempt.judge:
            cost = await attempt.judge.model.worst_cost(comparing(case.body.said, case.body.answer, case.body.answer))
            calls += 2
            unknown |= cost is None
            worst.append(2 * (cost or 0.0))
    trial = attempt.trial
    return wire.TrialPrice(trial.candidate, trial.current, len(asked), calls, None if unknown else sum(worst))


def _labelled(house: House) -> list[Case]:
    """All cases, `local` also where what they rest on was marked so only after they were made."""
    marked = house.sharing.kept_here()

    def labelled(case: Case) -> Case:
        if case.body.local or not rests_on(case.documents, marked):
            return case
        return msgspec.structs.replace(case, body=msgspec.structs.replace(case.body, local=True))

    return [labelled(case) for case in house.cases.all()]


def _chosen(cases: Sequence[Case], named: Sequence[str], part: Part | None) -> list[Case]:
    """The cases by id or kind of task; of a part, those that have it and are not kept apart for verdicts."""
    known = {name for case in cases for name in (case.id, case.turn, case.task)}
    if missing := [name for name in named if name not in known]:
        raise NotFound(f"There is no case {missing[0]!r}.", safe="Nothing was asked.", do="See them: sage eval list")
    found = [case for case in cases if not named or {case.id, case.turn, case.task} & set(named)]
    if part:
        found = [case for case in found if not case.holdout and _without(case.body, part) != case.body.opening]
    if found:
        return found
    if part and cases:
        raise NotFound(
            f"No case was recorded with {part.told}.",
            safe="Nothing was asked.",
            do="Make some: sage eval capture --last 20",
        )
    raise NotFound("There are no cases yet.", safe="Nothing was asked.", do="Make some: sage eval capture --last 20")


def _without(body: CaseBody, part: Part) -> ModelRequest:
    return without_part(body.opening, part)


def _without_it(part: Part) -> Callable[[CaseBody], ModelRequest]:
    return lambda body: _without(body, part)


def _as_it_was(body: CaseBody) -> ModelRequest:
    return body.opening


def _side(
    house: House,
    profile: Resolved,
    name: SideName,
    place: ModelPlace,
    model: ChatModel,
    role: ModelRole,
    opening: Callable[[CaseBody], ModelRequest] = _as_it_was,
) -> Side:
    setting = profile.settings.model
    setup = short_hash(place.id, place.base_url, setting.temperature, setting.context_tokens)

    def ask(job: str) -> Asker:
        return asker(model, house.budget, house.clock, Job(job, "eval", role))

    elsewhere = place_of(place.id, place.base_url) == "elsewhere"
    return Side(name, setup, ask, opening, elsewhere)


async def _judge(house: House, profile: Resolved, request: wire.RunTrial | wire.PriceTrial, trial: str) -> Judge:
    place = profile.place(ModelPlace(request.judge, request.judge_base_url))
    await house.brains.check(place)
    judge = house.brains.alone(place, profile)

    def ask(case: str) -> Asker:
        return asker(judge, house.budget, house.clock, Job(f"{trial}.{case}", "judge"))

    return Judge(judge, ask, place_of(place.id, place.base_url) == "elsewhere")
