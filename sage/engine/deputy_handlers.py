"""Answers about the deputy: what it decided, what the person makes of it, and when they are away."""

from __future__ import annotations

import asyncio
from datetime import UTC
from functools import partial

from msgspec.structs import replace

from sage import wire
from sage.adapters.journal.journal_replies import KeptReply
from sage.core.deputy.replies import ReplyState
from sage.core.disclosure import Exchange
from sage.core.errors import BadInput
from sage.core.pauses import pause_from
from sage.core.plugins.outbox import APPROVED, Message
from sage.core.terminal_text import clean
from sage.engine.bootstrap import fresh_id
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.engine.shown_replies import approved_out, find_answerable, find_reply, settled_already, show_reply, shown_now
from sage.engine.telling_handlers import end_of

ANSWERS_WITHIN = 30.0
"""Seconds after which a message that is not sent yet is told to wait."""


@handles(wire.TryReply)
async def _try(desk: Desk, request: wire.TryReply, line: Line, emit: Emit) -> wire.ReplyTried:
    found = await desk.deputy.try_out(_exchange(desk, request.contact, request.channel), clean(request.text))
    return wire.ReplyTried(found.decision, found.text or found.handoff, found.sources, found.because, found.audience)


def _exchange(desk: Desk, contact: str, channel: str) -> Exchange:
    """A conversation of two with somebody: by their name, or by an address of theirs."""
    plugin = channel.partition("/")[0]
    known = desk.deputy.rules().people.named(contact) or desk.deputy.rules().people.named(f"{plugin}:{contact}")
    if known is None:
        return Exchange(channel, contact, contact.partition(":")[2] or contact, certain=True)
    others = [each for each in desk.house.enabled_accounts() if each.partition("/")[0] == plugin]
    if "/" in channel and others and channel not in others:
        raise BadInput(
            f"No account {channel} is enabled.", safe="Nothing was sent.", do=f"Such as: --channel {others[0]}"
        )
    address = next((each.partition(":")[2] for each in known.addresses if each.partition(":")[0] == plugin), "")
    if not address:
        raise BadInput(
            f"{known.name} has no address on {plugin}.",
            safe="Nothing was sent.",
            do=f"Add it: sage contacts add {known.name} --address {plugin}:ADDRESS",
        )
    return Exchange(channel, address, address, certain=True)


@handles(wire.ListReplies)
async def _list(desk: Desk, request: wire.ListReplies, line: Line, emit: Emit) -> wire.RepliesShown:
    found = await asyncio.to_thread(desk.deputy.pages.latest, request.states, request.limit)
    return wire.RepliesShown(tuple([await asyncio.to_thread(show_reply, desk, kept) for kept in found]))


@handles(wire.ShowReply)
async def _show(desk: Desk, request: wire.ShowReply, line: Line, emit: Emit) -> wire.ReplyShown:
    return await asyncio.to_thread(shown_now, desk, request.id, clean(request.text))


@handles(wire.ApproveReply)
async def _approve(desk: Desk, request: wire.ApproveReply, line: Line, emit: Emit) -> wire.ReplyShown:
    kept = await asyncio.to_thread(find_answerable, desk, request.id)
    sent = await asyncio.to_thread(_send, desk, kept, clean(request.text), request.digest)
    await desk.messaging.settled(sent.id, ANSWERS_WITHIN)
    await desk.apps.refresh()
    return await asyncio.to_thread(shown_now, desk, kept.arrival)


def _send(desk: Desk, kept: KeptReply, text: str, digest: str) -> Message:
    """Puts exactly what was approved into the outbox: once, whoever presses twice."""
    now = desk.house.clock.now()
    said = text or kept.reply.text
    if kept.state not in ("open", "taken back", "silent"):
        raise settled_already(desk, kept)
    arrival, out = approved_out(desk, kept, said, digest)
    state: ReplyState = "edited" if said != kept.reply.text else "approved"
    with desk.house.database.transaction():  # approved and on its way, or neither
        name = _decided(desk, kept, state, said)
        if not name:
            raise BadInput("Somebody decided it meanwhile.", safe="Nothing was sent.", do="Look again.")
        sent = desk.messaging.sending.put(
            Message(
                fresh_id("o"), f"r{name}", arrival.account, out.conversation, out.to, out.text, "reply", f"{APPROVED}{digest}",
                "", thread=out.thread, reply_to=out.reply_to, auto=False, answers=arrival.id,
            )
        )  # fmt: skip
        desk.messaging.arrivals.settle(arrival.id, now)
    return sent


def _decided(desk: Desk, kept: KeptReply, state: ReplyState, said: str) -> str:
    """Writes how the person decided, and returns the decision's id; "" when somebody did meanwhile."""
    pages, now = desk.deputy.pages, desk.house.clock.now()
    if kept.state != "silent":
        return kept.id if pages.settle(kept.id, kept.state, state, now, said) else ""
    at = now.isoformat()
    name = fresh_id("y") if kept.id == kept.arrival else kept.id
    own = replace(kept, id=name, state=state, final=said, made_at=at, decided_at=at)
    return name if pages.answer(own, now) else ""


@handles(wire.SettleReply)
async def _settle(desk: Desk, request: wire.SettleReply, line: Line, emit: Emit) -> wire.ReplyShown:
    kept = await asyncio.to_thread(find_reply, desk, request.id)
    take_back, deny = desk.deputy.take_back, partial(_denied, desk)
    if not await asyncio.to_thread(take_back if request.how == "take back" else deny, kept):
        raise await asyncio.to_thread(_not_settled, desk, kept, request.how)
    await desk.apps.refresh()
    return await asyncio.to_thread(shown_now, desk, kept.id)


def _not_settled(desk: Desk, kept: KeptReply, how: str) -> BadInput:
    """Why a draft cannot be denied, or an answer not be taken back."""
    if how == "deny" or kept.state == "going":
        return settled_already(desk, kept, "Nothing was changed.")
    return BadInput(
        "It does not leave by itself: there is nothing to take back.",
        safe="Nothing was changed.",
        do=f"See: sage inbox show {kept.id}",
    )


def _denied(desk: Desk, kept: KeptReply) -> bool:
    now = desk.house.clock.now()
    done = (
        desk.deputy.pages.settle(kept.id, kept.state, "denied", now) if kept.state in ("open", "taken back") else False
    )
    if done:
        desk.messaging.arrivals.settle(kept.arrival, now)
    return done


@handles(wire.GoAway)
async def _go_away(desk: Desk, request: wire.GoAway, line: Line, emit: Emit) -> wire.AbsenceShown:
    now = desk.house.clock.now()
    until = await asyncio.to_thread(end_of, desk.house, request.words, now)
    await asyncio.to_thread(desk.deputy.pages.begin_absence, pause_from(now, until))
    desk.deputy.look_soon()
    return await _told(desk)


@handles(wire.ComeBack)
async def _come_back(desk: Desk, request: wire.ComeBack, line: Line, emit: Emit) -> wire.AbsenceShown:
    await asyncio.to_thread(desk.deputy.pages.end_absence, desk.house.clock.now().astimezone(UTC).isoformat())
    return await _told(desk)


@handles(wire.ShowAbsence)
async def _show_absence(desk: Desk, request: wire.ShowAbsence, line: Line, emit: Emit) -> wire.AbsenceShown:
    return await asyncio.to_thread(absence_shown, desk)


@handles(wire.TakeOver)
async def _take_over(desk: Desk, request: wire.TakeOver, line: Line, emit: Emit) -> wire.AbsenceShown:
    at = desk.house.clock.now() if request.on else None
    await asyncio.to_thread(desk.deputy.pages.take_over, request.account, request.conversation, at)
    return await _told(desk)


async def _told(desk: Desk) -> wire.AbsenceShown:
    """How it is now, and all apps show it."""
    await desk.apps.refresh()
    return await asyncio.to_thread(absence_shown, desk)


def absence_shown(desk: Desk) -> wire.AbsenceShown:
    """Whether the person is away now."""
    words, absence = desk.deputy.away_words(), desk.deputy.absence()
    if not words:
        return wire.AbsenceShown(False, "here: nothing is answered without you")
    since, until = (absence.since, absence.until) if absence else ("", "")
    return wire.AbsenceShown(True, words, since, until, _in_the_way(desk))


def _in_the_way(desk: Desk) -> str:
    """Why nothing at all is answered although the person is away, and what changes that; "" if something may be."""
    if desk.house.pausing.now(desk.house.clock.now()) is not None:
        return "Sage is paused, so nothing is answered until: sage resume"
    if not desk.deputy.accounts():
        return "No account is looked at: write deputy = true in its table [plugins.PLUGIN.NAME] of settings.toml."
    if not any(how == "auto" for given in desk.deputy.rules().grants.values() for how in given.values()):
        return "Nothing is granted, so all answers are drafts for you. To change that: sage grant WHO TOPIC auto"
    return ""
