"""Answers about examples for `quick`."""

from __future__ import annotations

import asyncio

from sage import wire
from sage.core.examples import KeptExample
from sage.core.sharing_words import counted
from sage.core.swaps import change_words
from sage.core.trials import Trial, verdict_words
from sage.engine.bootstrap import House
from sage.engine.desk import Desk, handles
from sage.engine.examples import no_quick, none_yet
from sage.engine.service import Emit, Line
from sage.profile import Resolved

SETTING = ("roles", "quick_examples")
NOT_TRIED = "Whether they help was not tried: sage models examples try"


@handles(wire.ListExamples)
async def _list(desk: Desk, request: wire.ListExamples, line: Line, emit: Emit) -> wire.ExamplesShown:
    return await asyncio.to_thread(_shown, desk.house, desk.profile(line))


@handles(wire.ShowExample)
async def _show(desk: Desk, request: wire.ShowExample, line: Line, emit: Emit) -> wire.ExampleLine:
    return _line(await asyncio.to_thread(desk.house.examples.pages.find, request.id))


@handles(wire.AddExamples)
async def _add(desk: Desk, request: wire.AddExamples, line: Line, emit: Emit) -> wire.ExamplesShown:
    return await asyncio.to_thread(_added, desk.house, desk.profile(line), request.turn)


def _added(house: House, profile: Resolved, turn: str) -> wire.ExamplesShown:
    last = next(iter(house.asked.newest(1)), "") if turn == "last" else turn
    if not house.examples.add(last) and not house.examples.all():
        raise none_yet()
    return _shown(house, profile)


@handles(wire.DropExample)
async def _drop(desk: Desk, request: wire.DropExample, line: Line, emit: Emit) -> None:
    pages = desk.house.examples.pages
    await asyncio.to_thread(lambda: pages.drop(pages.find(request.id).id))


@handles(wire.SetExamples)
async def _set(desk: Desk, request: wire.SetExamples, line: Line, emit: Emit) -> wire.ExamplesSet:
    return await asyncio.to_thread(_switched, desk.house, desk.profile(line), request.on)


def _switched(house: House, profile: Resolved, on: bool) -> wire.ExamplesSet:
    if on and not house.examples.all():
        raise none_yet()
    if on and not profile.has("quick"):
        raise no_quick()
    quick, trial = profile.places("quick")[0].id, _trial(house, profile)
    speaks = trial.id if on and trial else ""
    swap = house.swapping.use("quick", {SETTING: on or None}, (quick, quick), trial=speaks)
    when = "from now on" if swap else "already"
    told = [f"quick ({quick}) is shown {'' if on else 'no '}examples {when}."]
    told += _tried(trial) if on else []
    changes = tuple(map(change_words, swap.changes.keys)) if swap else ()
    return wire.ExamplesSet(swap.id if swap else "", on, changes, tuple(told))


def _shown(house: House, profile: Resolved) -> wire.ExamplesShown:
    kept, proposed = house.examples.all(), house.examples.proposed()
    on, quick = profile.settings.roles.quick_examples, profile.places("quick")[0].id
    told = (
        [f"{counted(len(kept), 'example')} for quick ({quick}); {'shown' if on else 'not shown'} to it."]
        if kept
        else []
    )
    told += _tried(_trial(house, profile)) if kept else []
    if proposed:
        models = ", ".join(dict.fromkeys(each.body.model for each in proposed))
        told.append(
            f"{counted(len(proposed), 'answer')} of {models} that you kept could serve as "
            f"example{'s' * (len(proposed) != 1)}: sage models examples try measures that."
        )
    if not (kept or proposed):
        told.append("No examples yet: they are made of what deep answered and you kept, or called right.")
    return wire.ExamplesShown(
        on, tuple(map(_line, kept)), tuple(_line(each, fresh=True) for each in proposed), tuple(told)
    )


def _trial(house: House, profile: Resolved) -> Trial | None:
    """The trial of just these examples with who is quick now."""
    quick = profile.places("quick")[0].id
    name = f"{quick} with {house.examples.name()}"
    return next((one for one in house.trials.newest(200) if (one.kind, one.candidate) == ("with", name)), None)


def _tried(trial: Trial | None) -> list[str]:
    return [f"Tried: {verdict_words(trial, ())[0]}"] if trial and trial.verdict else [NOT_TRIED]


def _line(example: KeptExample, *, fresh: bool = False) -> wire.ExampleLine:
    body = example.body
    name = "" if fresh else example.id
    return wire.ExampleLine(
        name, example.turn, example.task, body.said, body.answer, body.model, example.tokens, body.local
    )
