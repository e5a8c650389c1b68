"""Answers about bundles: cases and what was said of them as lines to be read, and the file that they are written to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from sage import wire
from sage.adapters.files import UNWRITTEN, write_new
from sage.adapters.home.secret_store import hide_keys
from sage.core.bundles import checked
from sage.core.cases import Case
from sage.core.errors import BadInput, NotFound
from sage.core.passages import OWNER, SAGE
from sage.core.placeholders import Known, Placeholders, known_names
from sage.engine.bootstrap import House
from sage.engine.deputy_rules import people_of
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.evals.bundles import ChosenCase, TrialFigures, bundle_of, is_public
from sage.evals.trials import Trials
from sage.locations import typed_path
from sage.profile import resolve

MOST_TRIALS = 20
"""The newest ones, whose figures go in."""
LONGEST_NAME = 3
"""Words."""


@handles(wire.DraftBundle)
async def _draft(desk: Desk, request: wire.DraftBundle, line: Line, emit: Emit) -> wire.BundleDrafted:
    return await asyncio.to_thread(_drafted, desk.house, request)


@handles(wire.WriteBundle)
async def _write(desk: Desk, request: wire.WriteBundle, line: Line, emit: Emit) -> wire.BundleWritten:
    return await asyncio.to_thread(_written, desk.house, request)


def _drafted(house: House, request: wire.DraftBundle) -> wire.BundleDrafted:
    cases = _chosen(house, request)
    names = Placeholders([*_known(house, cases)])
    bundle = bundle_of(
        [_looked_at(house, case, request.words) for case in cases], _figures(house, cases), names, hide_keys
    )
    return wire.BundleDrafted(bundle, bundle.mark)


def _chosen(house: House, request: wire.DraftBundle) -> list[Case]:
    if not (request.cases or request.rated):
        raise BadInput("Which cases?", safe=UNWRITTEN, do="Name some with --cases, or take all that you rated: --rated")
    every = house.cases.all()
    named = {*request.cases, *request.words}
    known = {name for case in every for name in (case.id, case.turn, case.task)}
    if wrong := sorted(named - known):
        raise NotFound(f"There is no case {wrong[0]!r}.", safe=UNWRITTEN, do="See them: sage eval list")
    found = [
        case
        for case in every
        if {case.id, case.turn, case.task} & set(request.cases) or (request.rated and case.rating)
    ]
    if not found:
        raise NotFound("You have rated no case.", safe=UNWRITTEN, do="See them: sage eval list")
    return found


def _looked_at(house: House, case: Case, words: tuple[str, ...]) -> ChosenCase:
    hits = {hit.id for hit in (*case.body.opening.passages, *(hit for step in case.body.record for hit in step.found))}
    public = frozenset(name for name in hits if is_public(house.memory.hit(name)))
    became = tuple(dict.fromkeys(one.what for one in house.ledger.outcomes(case.turn)))
    return ChosenCase(case, public, bool({case.id, case.turn} & set(words)), became)


def _figures(house: House, cases: list[Case]) -> Iterator[TrialFigures]:
    chosen = {case.id for case in cases}
    for trial in reversed(house.trials.newest(MOST_TRIALS)):
        answers = house.trials.answers(trial.id)
        rows = tuple(Trials(house.trials).compared(trial, cases, answers))
        votes = tuple(vote for vote in house.trials.votes(trial.id) if vote.case in chosen)
        if rows or votes:
            yield TrialFigures(trial, rows, votes)


def _known(house: House, cases: list[Case]) -> Iterator[Known]:
    """What of this home tells who and where: people, their addresses and cards, notes, servers."""
    settings = resolve("default", house.home).settings
    contacts = people_of(settings).contacts
    bodies = [case.body for case in cases]
    hits = [
        hit for body in bodies for hit in (*body.opening.passages, *(one for step in body.record for one in step.found))
    ]
    speakers = {hit.speaker for hit in hits if hit.speaker} - {OWNER, SAGE}
    people = [each.called or each.name for each in contacts]
    notes = house.memory.read(lambda store: [row.source for row in store.labels.labelled().values()])
    subjects = {one.subject for one in house.facts.statements() if _is_name(one.subject)}
    yield from known_names(
        [settings.person.name, *people, *sorted(speakers | subjects)], [*notes, *(hit.source for hit in hits)]
    )
    for each in contacts:
        yield "person", each.name, each.called or each.name
        for address in each.addresses:
            yield "address", address.partition(":")[2], address.partition(":")[2]
        for field in each.card:
            yield "number" if any(map(str.isdigit, field.value)) else "address", field.value, field.value
    for word in (*settings.person.emails, *settings.servers):
        yield "address", word, word


def _is_name(subject: str) -> bool:
    """Whether what something was stated of looks like somebody's name."""
    return subject[:1].isupper() and len(subject.split()) <= LONGEST_NAME


def _written(house: House, request: wire.WriteBundle) -> wire.BundleWritten:
    path = typed_path(request.path)
    checked(request.lines, lambda line: hide_keys(line) != line)
    for folder in (house.home.path, *map(Path, house.texts.roots())):
        if path.resolve().is_relative_to(folder.resolve()):
            raise BadInput(
                f"{path} is inside of {folder}, which Sage reads.",
                safe=UNWRITTEN,
                do="Choose a place outside of it.",
            )
    content = "".join(f"{line}\n" for line in request.lines)
    write_new(path, content)
    return wire.BundleWritten(str(path), len(request.lines), len(content.encode()))
