"""Answers about what is learnt from drafts: cases, figures, and answers that the person keeps."""

from __future__ import annotations

import asyncio
import hashlib

import msgspec
from msgspec.structs import replace

from sage import wire
from sage.adapters.home.secret_store import hide_keys
from sage.adapters.journal.journal_replies import KeptReply
from sage.agent.replier import Rules
from sage.core.deputy.learning import Case, Figure, Judged, Offer, figures, made_of, offers, without_secrets
from sage.core.errors import BadInput
from sage.core.labels import Audience, audience_of, visible_to
from sage.core.plugins.outbox import Message
from sage.core.reading.chunking import read_note
from sage.core.terminal_text import clean, clean_line
from sage.engine.contact_handlers import check_names
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.engine.shown_replies import CORRECTION, find_reply, is_correction, named

COUNTED = 5_000
"""The latest decisions, of which figures and cases are made."""
NOTHING_KEPT = "Nothing was written."


@handles(wire.ListCases)
async def _cases(desk: Desk, request: wire.ListCases, line: Line, emit: Emit) -> wire.CasesShown:
    def listed() -> wire.CasesShown:
        corrections = _corrections(desk)
        found = [
            case for kept in desk.deputy.pages.latest(limit=COUNTED)
            if (case := _case(desk, kept, corrections)) is not None
        ]  # fmt: skip
        asked = (replace(case, pieces=named(desk, case.pieces)) for case in found[: max(request.limit, 0)])
        return wire.CasesShown(tuple(without_secrets(case, hide_keys) for case in asked))

    return await asyncio.to_thread(listed)


@handles(wire.ShowFigures)
async def _figures(desk: Desk, request: wire.ShowFigures, line: Line, emit: Emit) -> wire.FiguresShown:
    def shown() -> wire.FiguresShown:
        found = _counted(desk)
        return wire.FiguresShown(tuple(found), tuple(_offered(desk, found)))

    return await asyncio.to_thread(shown)


@handles(wire.KeepAnswer)
async def _keep(desk: Desk, request: wire.KeepAnswer, line: Line, emit: Emit) -> wire.AnswerKept:
    return await asyncio.to_thread(_kept, desk, request)


def offers_now(desk: Desk) -> list[Offer]:
    """What Sage could answer by itself, if the person wanted it."""
    return _offered(desk, _counted(desk))


def _offered(desk: Desk, found: list[Figure]) -> list[Offer]:
    rules = desk.deputy.rules()
    return offers(found, rules.people, rules.grants)


def _counted(desk: Desk) -> list[Figure]:
    corrections = _corrections(desk)
    return figures([_judged(kept, corrections) for kept in reversed(desk.deputy.pages.latest(limit=COUNTED))])


def _corrections(desk: Desk) -> list[Message]:
    return [each for each in desk.messaging.outbox.keyed(CORRECTION) if each.state not in ("dropped", "failed")]


def _judged(kept: KeptReply, corrections: list[Message]) -> Judged:
    return Judged(kept.reply, kept.state, any(is_correction(kept, each) for each in corrections))


def _case(desk: Desk, kept: KeptReply, corrections: list[Message]) -> Case | None:
    made = made_of(_judged(kept, corrections))
    if made is None:
        return None
    arrival = desk.messaging.arrivals.find(kept.arrival)
    final = next((each.text for each in reversed(corrections) if is_correction(kept, each)), kept.final)
    return Case(
        kept.id, kept.decided_at or kept.made_at, kept.reply.contact, arrival.text if arrival else "", kept.reply.sources,
        kept.reply.text, made, final, kept.reply.topics,
    )  # fmt: skip


# -- an answer that is kept -------------------------------------------------------------------------------------------


def _kept(desk: Desk, request: wire.KeepAnswer) -> wire.AnswerKept:
    """What would be written, or is now that the person has seen just that."""
    rules = desk.deputy.rules()
    audience = _audience(rules, request.names)
    section = _section(desk, request)
    name = f"answers-{'-'.join(audience)}"
    fields = {"audience": ", ".join(audience)}
    path, text = desk.house.notebook.with_section(name, fields, section)
    if not request.digest and text.count(section.strip()) > 1:
        raise BadInput(
            f"It stands in {path.name} already.", safe=NOTHING_KEPT, do="It is a note of yours: change it there."
        )
    _check(desk, str(path), text, audience)
    readers = tuple(each.name for each in rules.people.contacts if visible_to(audience, [each.reader]))
    shown = wire.AnswerKept(path.relative_to(desk.house.home.path).as_posix(), section, audience, readers, "")
    digest = hashlib.sha256(msgspec.json.encode((shown, text))).hexdigest()
    if not request.digest:
        return replace(shown, digest=digest)
    if request.digest != digest:
        raise BadInput("It would be another note by now than you saw.", safe=NOTHING_KEPT, do="Look again.")
    desk.house.notebook.add_section(name, fields, section)
    desk.house.looking.wake()
    return replace(shown, digest=digest, kept=True)


def _audience(rules: Rules, names: tuple[str, ...]) -> Audience:
    """Contacts and circles that there are, or everybody. Raises BadInput, NotFound."""
    audience = audience_of(names)
    if audience == ("private",):
        raise BadInput("It was not said who may see it.", safe=NOTHING_KEPT, do="Say: --with NAME")
    check_names(rules.people, audience, NOTHING_KEPT)
    return audience


def _section(desk: Desk, request: wire.KeepAnswer) -> str:
    """The question in the person's own words, and what they answered. What another wrote never becomes their note."""
    kept = find_reply(desk, request.id)
    corrected = [each.text for each in _corrections(desk) if is_correction(kept, each)]
    text = request.answer or (corrected[-1] if corrected else kept.final)
    if not clean(text).strip():
        raise BadInput("You sent nothing for it yet.", safe=NOTHING_KEPT, do="Say what is right: --answer WORDS")
    question = " ".join(clean_line(request.question).split()).lstrip("# ")
    if not question:
        arrival = desk.messaging.arrivals.find(kept.arrival)
        asked = " ".join(arrival.text.split())[:200] if arrival else ""
        raise BadInput(
            f"Which question does it answer? They asked: {asked}",
            safe=NOTHING_KEPT,
            do="Say it in your own words, since it becomes a note of yours: --question WORDS",
        )
    return f"## {question}\n\n{clean(text).strip()}\n"


def _check(desk: Desk, path: str, text: str, audience: Audience) -> None:
    """Raises BadInput if exactly these people would not see the note: it says otherwise itself, or has a label."""
    if desk.house.memory.labels().of_note(path, path, read_note(text).audience).audience != audience:
        raise BadInput(
            f"{path} would be seen by others than {', '.join(audience)}: a label, its front matter or a #share tag says so.",
            safe=NOTHING_KEPT,
            do="See: sage share --list",
        )
