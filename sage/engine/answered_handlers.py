"""What was answered while the person was away, corrections of it, and what is shared from a draft."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime, timedelta

import msgspec

from sage import wire
from sage.adapters.journal.journal_replies import JOB, KeptReply
from sage.core.deputy.sayings import said_in
from sage.core.errors import BadInput, NotFound
from sage.core.labels import audience_of
from sage.core.passages import Hit
from sage.core.plugins.outbox import APPROVED, Message
from sage.core.sharing import ShareChange, ShareTarget
from sage.core.terminal_text import clean
from sage.engine.bootstrap import fresh_id
from sage.engine.contact_handlers import check_names
from sage.engine.deputy_handlers import ANSWERS_WITHIN, absence_shown
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.engine.shown_replies import (
    approved_out,
    arrival_answered,
    correction_key,
    find_reply,
    settled_already,
    show_reply,
    shown_now,
)

NEVER_AWAY = timedelta(days=7)
"""So far back answers are shown where the person never said that they were away."""
MOST_SHOWN = 200


@handles(wire.ListAnswered)
async def _answered(desk: Desk, request: wire.ListAnswered, line: Line, emit: Emit) -> wire.AnsweredShown:
    return await asyncio.to_thread(_list_answered, desk)


def _list_answered(desk: Desk) -> wire.AnsweredShown:
    absence = desk.deputy.pages.absence()
    now = desk.house.clock.now()
    began = datetime.fromisoformat(absence.since).astimezone(now.tzinfo) if absence else now - NEVER_AWAY
    since = began.isoformat()
    found = desk.deputy.pages.answers_since(since, MOST_SHOWN)
    items = tuple(show_reply(desk, kept) for kept in found)
    return wire.AnsweredShown(absence_shown(desk), since, items, desk.deputy.pages.open_count())


# -- corrections ------------------------------------------------------------------------------------------------------


@handles(wire.CorrectReply)
async def _correct(desk: Desk, request: wire.CorrectReply, line: Line, emit: Emit) -> wire.ReplyShown:
    sent = await asyncio.to_thread(_put_correction, desk, request)
    await desk.messaging.settled(sent.id, ANSWERS_WITHIN)
    await desk.apps.refresh()
    return await asyncio.to_thread(shown_now, desk, request.id)


def _put_correction(desk: Desk, request: wire.CorrectReply) -> Message:
    """Puts exactly what was approved into the outbox, as another answer to the same message."""
    kept, text = find_reply(desk, request.id), clean(request.text)
    answers = desk.messaging.outbox.answers_of(kept.arrival)
    if not any(each.state in ("sent", "uncertain") for each in answers):
        stop = f"Stop what has not left yet: sage inbox take-back {kept.id}"
        raise BadInput(
            "Nothing was answered there that could be corrected.",
            safe="Nothing was sent.",
            do=stop if kept.state == "going" else f"To answer it: sage inbox edit {kept.id} TEXT",
        )
    arrival, out = approved_out(desk, kept, text, request.digest)
    return desk.messaging.sending.put(
        Message(
            fresh_id("o"), correction_key(kept, request.digest), arrival.account, out.conversation, out.to, out.text, "reply",
            f"{APPROVED}{request.digest}", "", thread=out.thread, reply_to=out.reply_to, auto=False, answers=arrival.id,
        )
    )  # fmt: skip


# -- sharing what a hint names ----------------------------------------------------------------------------------------


@handles(wire.ShareHint)
async def _share_hint(desk: Desk, request: wire.ShareHint, line: Line, emit: Emit) -> wire.HintShared:
    kept = await asyncio.to_thread(find_reply, desk, request.id)
    if kept.state != "open":
        raise await asyncio.to_thread(settled_already, desk, kept, "No label was changed.")
    check_names(desk.deputy.rules().people, audience_of(request.names), "No label was changed.")
    change, digest = await asyncio.to_thread(_share, desk, kept, request)
    if not request.digest:
        return wire.HintShared(change, digest, await asyncio.to_thread(show_reply, desk, kept))
    arrival = await asyncio.to_thread(arrival_answered, desk, kept)
    reply = await desk.deputy.compose_anew(arrival, f"{JOB}{kept.id}")
    if reply.decision != "silence":
        await asyncio.to_thread(desk.deputy.pages.compose_anew, kept.id, reply)
    await desk.apps.refresh()
    return wire.HintShared(change, digest, await asyncio.to_thread(shown_now, desk, kept.id), shared=True)


def _share(desk: Desk, kept: KeptReply, request: wire.ShareHint) -> tuple[ShareChange, str]:
    """What sharing it changes, and what stands for that; done if the person has seen just that."""
    sharing = desk.house.sharing
    target = _target(desk, _hinted(desk, kept, request.hint), whole_note=request.note)
    change = sharing.preview(target, "add", request.names)
    digest = hashlib.sha256(msgspec.json.encode((target, change))).hexdigest()
    if request.digest:
        if request.digest != digest:
            raise BadInput(
                "What would be shared is other by now than you saw.", safe="No label was changed.", do="Look again."
            )
        sharing.share(target, "add", request.names, desk.house.clock.now())
    return change, digest


def _target(desk: Desk, hit: Hit, *, whole_note: bool) -> ShareTarget:
    sharing = desk.house.sharing
    return sharing.note_of(hit.id) if whole_note else sharing.find(hit.id)


def _hinted(desk: Desk, kept: KeptReply, number: int) -> Hit:
    """The passage that a draft's hint names, found anew as the hint was."""
    hints = kept.reply.hints
    if not hints:
        raise BadInput(
            "Nothing private was found that would answer it.",
            safe="No label was changed.",
            do="To share something else: sage share TARGET --with NAME",
        )
    if not number and len(hints) > 1:
        listed = "; ".join(f"{place}: {hint}" for place, hint in enumerate(hints, 1))
        raise BadInput(f"There are several: {listed}.", safe="No label was changed.", do="Choose one: --hint NUMBER")
    if number > len(hints):
        raise BadInput(
            f"There is no hint {number}.",
            safe="No label was changed.",
            do=f"The last one is {len(hints)}.",
        )
    wanted = hints[max(number, 1) - 1]
    arrival = arrival_answered(desk, kept)
    found = [hit for hit in desk.deputy.recall(said_in(arrival), None) if hit.citation == wanted]
    if not found:
        raise NotFound(
            f"{wanted} is not there any more as it was.",
            safe="No label was changed.",
            do="To share it where it is now: sage share TARGET --with NAME",
        )
    return found[0]
