"""Answers about messages: what came in, what goes out, and what the person sends by themselves."""

from __future__ import annotations

import asyncio
from datetime import datetime, tzinfo

from sage import wire
from sage.core.errors import BadInput, NotFound
from sage.core.plugins.admission import WORDS
from sage.core.plugins.arrivals import Arrival
from sage.core.plugins.outbox import SEND_WITHIN, Message, Outcome, State
from sage.engine.bootstrap import fresh_id
from sage.engine.desk import Desk, handles
from sage.engine.messaging import Messaging
from sage.engine.service import Emit, Line
from sage.plugin_api import Outbound

ANSWERS_WITHIN = 30.0
"""Seconds after which a message that is not sent yet is told to wait."""


@handles(wire.ListInbox)
async def _list(desk: Desk, request: wire.ListInbox, line: Line, emit: Emit) -> wire.InboxShown:
    states = ("kept", "held", "ignored") if request.all else ("kept", "held")
    found = await asyncio.to_thread(desk.messaging.arrivals.arrivals, states=states, limit=request.limit)
    zone = desk.house.clock.now().tzinfo
    return wire.InboxShown(tuple(_item(arrival, zone) for arrival in found))


@handles(wire.ShowArrival)
async def _show(desk: Desk, request: wire.ShowArrival, line: Line, emit: Emit) -> wire.InboxItem:
    found = await asyncio.to_thread(desk.messaging.arrivals.find, request.id)
    if found is None or not found.sender:
        raise NotFound(f"There is no message {request.id!r}.", do="See all: sage inbox list --all")
    return _item(found, desk.house.clock.now().tzinfo)


@handles(wire.ListOutbox)
async def _outbox(desk: Desk, request: wire.ListOutbox, line: Line, emit: Emit) -> wire.OutboxShown:
    outbox = desk.messaging.outbox
    if request.uncertain:
        found = [each for each in await asyncio.to_thread(outbox.in_state, "uncertain") if each.text]
    else:
        found = await asyncio.to_thread(outbox.latest, request.limit)
    return wire.OutboxShown(tuple(map(out_item, found)))


@handles(wire.PrepareMessage)
async def _prepare(desk: Desk, request: wire.PrepareMessage, line: Line, emit: Emit) -> wire.MessagePrepared:
    prepared, _ = await asyncio.to_thread(
        _prepared, desk.messaging, request.account, request.conversation, request.text
    )
    return prepared


def _prepared(
    messaging: Messaging, account: str, conversation: str, text: str
) -> tuple[wire.MessagePrepared, Outbound]:
    out, group = messaging.addressed(account, conversation, text)
    return wire.MessagePrepared(account, conversation, out.to, text, messaging.digest(account, out), group), out


@handles(wire.SendPrepared)
async def _send(desk: Desk, request: wire.SendPrepared, line: Line, emit: Emit) -> wire.OutboxItem:
    kept = await asyncio.to_thread(_put, desk.messaging, request)
    await desk.messaging.settled(kept.id, ANSWERS_WITHIN)
    return await _found(desk.messaging, kept.id)


def _put(messaging: Messaging, request: wire.SendPrepared) -> Message:
    shown = request.prepared
    now, out = _prepared(messaging, shown.account, shown.conversation, shown.text)
    if now != shown:
        raise BadInput("It would go to others by now than you saw.", safe="Nothing was sent.", do="Look again.")
    name = fresh_id("o")
    return messaging.sending.put(
        Message(
            name, f"d{request.key}", shown.account, out.conversation, out.to, out.text, "direct", f"typed {shown.digest}", "",
            auto=False,
        )
    )  # fmt: skip


@handles(wire.SettleMessage)
async def _settle(desk: Desk, request: wire.SettleMessage, line: Line, emit: Emit) -> wire.OutboxItem:
    messaging, now = desk.messaging, desk.house.clock.now()
    message = await asyncio.to_thread(messaging.outbox.find, request.id)
    if message is None:
        raise NotFound(f"There is no message {request.id!r}.", do="See all: sage inbox out")
    if request.how == "again":
        done = await asyncio.to_thread(messaging.outbox.again, message, now + SEND_WITHIN, now)
        messaging.sending.look_soon()
    else:
        may: tuple[State, ...] = ("uncertain",) if request.how == "sent" else ("waiting", "uncertain", "failed")
        outcome = Outcome("sent" if request.how == "sent" else "dropped", "as you said")
        done = message.state in may and await asyncio.to_thread(
            messaging.outbox.settle, message, message.state, outcome, now
        )
    if not done:
        raise BadInput(f"That cannot be done with a message that is {message.state}.", safe="Nothing was changed.")
    return await _found(messaging, message.id)


async def _found(messaging: Messaging, name: str) -> wire.OutboxItem:
    found = await asyncio.to_thread(messaging.outbox.find, name)
    assert found
    return out_item(found)


def _item(arrival: Arrival, zone: tzinfo | None) -> wire.InboxItem:
    """A message as it is shown, at the time that it was in the person's zone."""
    at = datetime.fromisoformat(arrival.at).astimezone(zone).isoformat()
    return wire.InboxItem(
        arrival.id, arrival.account, arrival.conversation, arrival.sender, arrival.state, at,
        WORDS.get(arrival.why, arrival.why),  # type: ignore[call-overload]
        arrival.name, arrival.text, arrival.group, arrival.members, arrival.verified, arrival.left_out,
        tuple(each.name for each in arrival.attachments), arrival.unreadable, bool(arrival.edits), arrival.answer_to,
    )  # fmt: skip


def out_item(message: Message) -> wire.OutboxItem:
    """A message that goes out, as it is shown."""
    return wire.OutboxItem(
        message.id, message.account, message.conversation, message.recipients, message.text, message.kind, message.state,
        message.reason, message.next_at, message.made_at,
    )  # fmt: skip
