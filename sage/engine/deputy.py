"""The deputy at work: looks at what came in, decides once for each message, and puts into the outbox what may go out by itself.

What it decides is on disk before anything is sent, and an answer's key is its message's: whoever is killed in between sends it
once. Nothing that a message says makes anything happen but this: an answer, a draft, or nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sage.adapters.journal.journal_replies import KeptReply, ReplyPages
from sage.agent.composing import Composer, Judging, Quoting
from sage.agent.replier import LOOKED_AT, Incoming, Replier, Rules
from sage.core.deputy.grants import granted_all
from sage.core.deputy.guards import wants_no_answers
from sage.core.deputy.replies import Decision, Reply, ReplyState
from sage.core.disclosure import Exchange, Piece, exchange_of, readers_of
from sage.core.errors import SageError
from sage.core.labels import Reader
from sage.core.passages import Hit
from sage.core.pauses import Pause
from sage.core.plugins.arrivals import Arrival
from sage.core.plugins.outbox import SEND_WITHIN, Message
from sage.engine.deputy_rules import rules_of
from sage.plugin_api import Outbound
from sage.profile import Resolved, resolve

if TYPE_CHECKING:
    from sage.engine.bootstrap import House
    from sage.engine.messaging import Messaging

log = logging.getLogger(__name__)

PROFILE = "deputy"
LOOK_EVERY = 30.0
"""Seconds after which it looks again, whatever it was told."""
LOOK_BACK = timedelta(days=2)
"""What came in earlier than that is for the person alone."""
YOUR_TURN = timedelta(hours=1)
"""So long after the person wrote somewhere themself, Sage answers nothing there."""
ONE_HANDOFF = timedelta(days=1)
"""A conversation is told once in that time that the person will answer."""
BUCKET = 5
"""Seconds: automatic answers leave at multiples of it, so that how long one took tells little."""
AUTO, HANDOFF = "auto", "handoff"
"""The permits of what goes out by itself."""


STATES: Mapping[Decision, ReplyState] = {"answer": "going", "draft": "open", "handoff": "open", "silence": "silent"}


class Deputy:
    """What is decided of messages. `served`: the engine was started to answer, whether or not the person said that they are
    away; `decided` is told how many of those that it just looked at are left to the person."""

    def __init__(self, house: House, messaging: Messaging, fresh_id: Callable[[str], str]) -> None:
        self._house, self._messaging, self._fresh_id = house, messaging, fresh_id
        self.pages = ReplyPages(house.database)
        self.served = False
        self.decided: Callable[[int], Awaitable[None]] = _nobody
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def look_soon(self) -> None:
        """Looks as soon as the loop is free. May be called from any thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Looks until it is cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            with contextlib.suppress(SageError):  # told in the log; what is undecided is looked at again
                await self.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._wake.wait()

    async def look(self) -> None:
        """Decides of all that came in and is not decided."""
        for kept in await asyncio.to_thread(self.pages.going):
            await asyncio.to_thread(self._put, kept)
        while arrivals := await asyncio.to_thread(self._waiting):
            left = 0
            try:
                for arrival in arrivals:
                    left += await self._take(arrival) == "open"
            finally:
                await self.decided(left)

    async def try_out(self, exchange: Exchange, text: str) -> Reply:
        """What would be said to a message now, if the person were away. Nothing is kept, and nothing sent."""
        replier, rules = self._replier(), self.rules()
        opted_out = await asyncio.to_thread(self.pages.opted_out)
        contact = rules.people.at(exchange.addresses[0])
        incoming = Incoming(exchange, text, opted_out=contact is not None and contact.name in opted_out)
        return await replier.reply(incoming, replace(rules, away=True), "deputy")

    async def compose_anew(self, arrival: Arrival, job: str) -> Reply:
        """What would be drafted now as an answer to a message that came in; it waits for the person whatever is granted."""
        incoming = Incoming(self._exchange(arrival), arrival.text, edits=bool(arrival.edits))
        return await self._replier().reply(incoming, replace(self.rules(), away=False), job, hints=True)

    def rules(self) -> Rules:
        """What the person allows now."""
        return replace(rules_of(self._profile()), away=self.is_away())

    def is_away(self) -> bool:
        """Whether answers may go out by themselves now."""
        return self.served or self.absence() is not None

    def absence(self) -> Pause | None:
        """The absence that lasts now."""
        found = self.pages.absence()
        return found if found and found.lasts(self._house.clock.now()) else None

    def away_words(self) -> str:
        """How long the person is away; "" while they are here."""
        absence = self.absence()
        if absence is not None:
            return "away " + absence.words(self._house.clock.now()).replace("until you resume", "until you are back")
        return "away while `sage serve --profile deputy` runs" if self.served else ""

    # -- one message ------------------------------------------------------------------------------------------------

    def _waiting(self) -> list[Arrival]:
        accounts = [name for name in self._house.enabled_accounts() if self._looks_at(name)]
        return self.pages.unanswered(accounts, self._house.clock.now() - LOOK_BACK) if accounts else []

    def _looks_at(self, account: str) -> bool:
        settings = self._messaging.settings(account)
        return settings is not None and settings.deputy

    async def _take(self, arrival: Arrival) -> ReplyState | None:
        """Decides of one; None when somebody did already."""
        exchange, rules = self._exchange(arrival), self.rules()
        incoming = await asyncio.to_thread(self._incoming, arrival, exchange, rules)
        name = self._fresh_id("y")
        reply = await self._replier().reply(incoming, rules, f"deputy {name}", hints=True)
        if incoming.opted_out is False and wants_no_answers(arrival.text) and reply.contact:
            await asyncio.to_thread(self.pages.opt_out, reply.contact, self._house.clock.now())
        kept = KeptReply(
            name,
            arrival.id,
            arrival.account,
            arrival.conversation,
            reply,
            STATES[reply.decision],
            made_at=self._house.clock.now().isoformat(),
        )
        if not await asyncio.to_thread(self.pages.add, kept):
            return None
        log.info("message %s: %s (%s)", arrival.id, reply.decision, reply.reason)
        if reply.decision == "answer":
            await asyncio.to_thread(self._put, kept)
        elif reply.handoff and rules.away:
            await asyncio.to_thread(self._hand_off, arrival, exchange, reply.handoff)
        return kept.state

    def _incoming(self, arrival: Arrival, exchange: Exchange, rules: Rules) -> Incoming:
        now = self._house.clock.now()
        came, sent = self.pages.heard(arrival)
        contact = rules.people.at(exchange.addresses[0])
        here = (arrival.account, arrival.conversation)
        own_turn = here in self.pages.taken_over() or self.pages.own_words(*here, now - YOUR_TURN)
        answers = self.pages.answers_to(contact.name, now - timedelta(days=1)) if contact else 0
        return Incoming(
            exchange,
            arrival.text,
            came,
            sent,
            opted_out=contact is not None and contact.name in self.pages.opted_out(),
            taken_over=own_turn,
            edits=bool(arrival.edits),
            elsewhere=bool(arrival.answer_to),
            answers_today=answers,
        )

    def _exchange(self, arrival: Arrival) -> Exchange:
        settings = self._messaging.settings(arrival.account)
        return exchange_of(
            arrival.account, arrival.conversation, arrival.sender, arrival.members, settings.owner if settings else (),
            group=arrival.group, verified=arrival.verified,
        )  # fmt: skip

    # -- what goes out ----------------------------------------------------------------------------------------------

    def outbound(self, arrival: Arrival, text: str, *, auto: bool) -> Outbound:
        """A message to exactly those who wrote and read another one, as an answer to it."""
        exchange = self._exchange(arrival)
        return Outbound(
            arrival.conversation, (exchange.writer, *exchange.others), text, thread=arrival.thread, reply_to=arrival.event,
            auto=auto,
        )  # fmt: skip

    def _put(self, kept: KeptReply) -> None:
        """Puts an automatic answer into the outbox, once, to leave when it cannot be taken back any more."""
        arrival = self._messaging.arrivals.find(kept.arrival)
        if arrival is None or not arrival.sender:
            return
        hold = max(0, self._profile().settings.deputy.hold_seconds)
        leaves = _bucketed(self._house.clock.now() + timedelta(seconds=hold))
        self._send(arrival, kept.reply.text, f"a{arrival.id}", AUTO, leaves)

    def _hand_off(self, arrival: Arrival, exchange: Exchange, sentence: str) -> None:
        now = self._house.clock.now()
        if exchange.certain and not self.pages.handed_off(arrival.account, arrival.conversation, now - ONE_HANDOFF):
            self._send(arrival, sentence, f"h{arrival.id}", HANDOFF, _bucketed(now))

    def _send(self, arrival: Arrival, text: str, key: str, permit: str, leaves: datetime) -> None:
        out = self.outbound(arrival, text, auto=True)
        self._messaging.sending.put(
            Message(
                self._fresh_id("o"), key, arrival.account, out.conversation, out.to, out.text, "reply", permit, "",
                thread=out.thread, reply_to=out.reply_to, auto=True, answers=arrival.id, hold_until=leaves.isoformat(),
                send_by=(leaves + SEND_WITHIN).isoformat(),
            )
        )  # fmt: skip

    def still(self, message: Message) -> str:
        """Why an automatic message may not go out any more, asked just before it would; "" if it still may."""
        if message.permit not in (AUTO, HANDOFF):
            return ""
        rules, now = self.rules(), self._house.clock.now()
        arrival = self._messaging.arrivals.find(message.answers)
        here = (message.account, message.conversation)
        if arrival is None or not arrival.sender:
            return "what it answers was forgotten"
        if not rules.away:
            return "you are back"
        if here in self.pages.taken_over() or self.pages.own_words(*here, now - YOUR_TURN):
            return "you write there yourself"
        exchange = self._exchange(arrival)
        last = self._messaging.arrivals.last_of(*here)
        if last and set(self._exchange(last).addresses) != set(exchange.addresses) and exchange.group:
            return "others are in that group by now"
        contact = rules.people.at(exchange.addresses[0])
        if contact is None or contact.name in self.pages.opted_out():
            return "they are not to be answered"
        return self._still_granted(message, rules, exchange) if message.permit == AUTO else ""

    def _still_granted(self, message: Message, rules: Rules, exchange: Exchange) -> str:
        kept, readers = self.pages.find(message.answers), readers_of(exchange, rules.people)
        if kept is None or kept.state != "going":
            return "it was taken back"
        if granted_all(rules.grants, readers, kept.reply.topics) != "auto":
            return "you do not allow it any more"
        for piece in kept.reply.sources:
            if piece.kind == "note" and not self._is_seen(piece, readers):
                return "what it says is not shared with them any more"
        return ""

    def _is_seen(self, piece: Piece, readers: Sequence[Reader]) -> bool:
        """Whether these readers may see a passage now, with the very words that it had."""
        return any(
            (hit.id, hit.text) == (piece.id, piece.text) for hit in self._house.memory.around(piece.id, readers)[0]
        )

    # -- whom it asks -----------------------------------------------------------------------------------------------

    def _profile(self) -> Resolved:
        return resolve(PROFILE, self._house.home)

    def _replier(self) -> Replier:
        house = self._house
        return Replier(self.recall, house.calendar.events, self._composer(), house.clock.now)

    def _composer(self) -> Composer:
        house = self._house
        models = house.brains.bare(self._profile())
        return Judging(models, house.budget, house.clock) if models else Quoting()

    def recall(self, question: str, readers: Sequence[Reader] | None) -> list[Hit]:
        """Passages for a question that all readers may see (None: the owner), best first."""
        house = self._house
        return house.memory.recall(question, k=LOOKED_AT, recipients=readers, now=house.clock.now())


async def _nobody(left: int) -> None:
    """Who is told before there is a desk."""


def _bucketed(moment: datetime) -> datetime:
    """The next multiple of BUCKET seconds."""
    whole = math.ceil(moment.timestamp() / BUCKET) * BUCKET
    return datetime.fromtimestamp(whole, moment.tzinfo)
