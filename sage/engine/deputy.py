"""The deputy at work: looks at what came in, decides once for each message, and puts into the outbox what may go out by itself.

What it decides is on disk before anything is sent, and an answer's key is its message's: whoever is killed in between sends it
once. Nothing that a message says makes anything happen but this: an answer, a draft, or nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sage.adapters.journal.journal_replies import JOB, KeptReply, ReplyPages
from sage.agent.composing import OPENING, Composer, Judging, Quoting
from sage.agent.replier import LOOKED_AT, Incoming, Replier, Rules
from sage.core.deputy.frames import unsigned
from sage.core.deputy.guards import wants_no_answers
from sage.core.deputy.replies import Decision, Reply, ReplyState
from sage.core.deputy.sayings import said, said_in
from sage.core.disclosure import Exchange
from sage.core.errors import SageError
from sage.core.events import Events
from sage.core.labels import Reader
from sage.core.passages import Hit
from sage.core.pauses import Pause
from sage.core.plugins.arrivals import Arrival
from sage.core.plugins.outbox import SEND_WITHIN, Message, Outcome
from sage.core.plugins.outbox import Decision as OutboxDecision
from sage.core.terminal_text import clean
from sage.engine.deputy_checks import AUTO, HANDOFF, Checks, quiet_until, written_at
from sage.engine.deputy_rules import rules_of
from sage.plugin_api import Outbound
from sage.profile import Resolved, resolve
from sage.settings import Settings

if TYPE_CHECKING:
    from sage.engine.bootstrap import House
    from sage.engine.messaging import Messaging

log = logging.getLogger(__name__)

PROFILE = "deputy"
LOOK_EVERY = 30.0
"""Seconds after which it looks again, whatever it was told."""
LOOK_BACK = timedelta(days=2)
"""What came in earlier than that is for the person alone."""
ONE_HANDOFF = timedelta(days=1)
"""A conversation is told once in that time that the person will answer."""
AT_ONCE = 4
"""Messages that are decided of at the same time: a slow model for one conversation does not hold up others."""
BUCKET = 2
"""Seconds: automatic answers leave at multiples of it after their message came, so that how long one took tells little."""


STATES: Mapping[Decision, ReplyState] = {"answer": "going", "draft": "open", "handoff": "open", "silence": "silent"}


class Deputy:
    """What is decided of messages. `served`: the engine was started to answer, whether or not the person said that they are
    away; `decided` is told how many of those that it just looked at are left to the person."""

    def __init__(self, house: House, messaging: Messaging, fresh_id: Callable[[str], str]) -> None:
        self._house, self._messaging, self._fresh_id = house, messaging, fresh_id
        self.pages = ReplyPages(house.database)
        self.served = False
        self.decided: Callable[[int], Awaitable[None]] = _nobody
        self._checks = Checks(
            house, messaging, self.pages, self.rules, self._replier, self._settings, self._undecided
        )  # fmt: skip
        self._at_work: dict[asyncio.Task[ReplyState | None], frozenset[Hashable]] = {}
        self._looked_at = self._left = 0
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._warming: asyncio.Task[None] | None = None

    def look_soon(self) -> None:
        """Looks as soon as the loop is free. May be called from any thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Looks whenever it is told to, until it is cancelled; whatever was being decided then is decided by the next engine."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                self._wake.clear()
                try:
                    await self._begin()
                except Exception as error:  # noqa: BLE001 - what is undecided is looked at again; nobody is left without a deputy
                    log.warning("what came in is looked at again: %s", type(error).__name__)
                if self._warming is None or self._warming.done():
                    self._warming = asyncio.create_task(self._keep_warm(), name="keep the deputy's model")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY):
                        await self._wake.wait()
        finally:
            self._loop = None
            running = [*self._at_work, *filter(None, (self._warming,))]
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _keep_warm(self) -> None:
        """While the person is away, no answer waits until its model is loaded."""
        with contextlib.suppress(SageError):  # whoever asks it is told
            if await asyncio.to_thread(self.is_away):
                await self._house.brains.keep_warm(await asyncio.to_thread(self._profile), OPENING)

    async def look(self) -> None:
        """Decides of all that came in and is not decided. Raises SageError when the home's disk refuses."""
        await self._begin()
        while self._at_work:
            done, _ = await asyncio.wait(self._at_work, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            await self._begin()

    async def _begin(self) -> None:
        """Begins to decide of the first message of each conversation, some at a time; a contact's are decided one by one."""
        await asyncio.to_thread(self._withdraw_stopped)
        begun = 0
        for arrival, about in await asyncio.to_thread(self._heads):
            if len(self._at_work) < AT_ONCE and not any(about & each for each in self._at_work.values()):
                self._decide(arrival, about)
                begun += 1
        if not begun and self._looked_at:
            left, self._looked_at, self._left = self._left, 0, 0
            await self.decided(left)

    def _heads(self) -> list[tuple[Arrival, frozenset[Hashable]]]:
        """The first undecided message of each conversation, with its conversation and its contact: of neither two are decided at
        once. None in a pause."""
        if self._house.pausing.now(self._house.clock.now()) is not None:
            return []
        people = self.rules().people
        found = []
        for arrival in self._undecided(first_only=True):
            contact = people.at(self._messaging.exchange(arrival).addresses[0])
            who = contact.name if contact else arrival.sender
            found.append((arrival, frozenset[Hashable](((arrival.account, arrival.conversation), who))))
        return found

    def _decide(self, arrival: Arrival, about: frozenset[Hashable]) -> None:
        task = asyncio.create_task(self._take(arrival), name=f"decide of {arrival.id}")
        self._at_work[task] = about

        def over(done: asyncio.Task[ReplyState | None]) -> None:
            del self._at_work[done]
            if done.cancelled():
                return
            if error := done.exception():
                log.warning("message %s is looked at again: %s", arrival.id, type(error).__name__)
                return
            self._looked_at += 1
            self._left += done.result() == "open"
            self._wake.set()

        task.add_done_callback(over)

    async def try_out(self, exchange: Exchange, text: str) -> Reply:
        """What would be said to a message now, if the person were away. Nothing is kept, and nothing sent."""
        replier, rules = self._replier(), self.rules()
        opted_out = await asyncio.to_thread(self.pages.opted_out)
        contact = rules.people.at(exchange.addresses[0])
        incoming = Incoming(exchange, said(text), opted_out=contact is not None and contact.name in opted_out)
        return await replier.reply(incoming, replace(rules, away=True), f"{JOB}{self._fresh_id('y')}")

    async def compose_anew(self, arrival: Arrival, job: str) -> Reply:
        """What would be drafted now as an answer to a message that came in; it waits for the person whatever is granted."""
        incoming = Incoming(
            self._messaging.exchange(arrival), said_in(arrival), edits=bool(arrival.edits), written=written_at(arrival)
        )
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

    def _undecided(self, *, first_only: bool = False) -> list[Arrival]:
        """What came in for it and is not decided; with `first_only` the first of each conversation."""
        accounts = self.accounts()
        since = self._house.clock.now() - LOOK_BACK
        return self.pages.unanswered(accounts, since, first_only=first_only) if accounts else []

    def accounts(self) -> list[str]:
        """Those whose messages it looks at."""
        return [name for name in self._house.enabled_accounts() if self._looks_at(name)]

    def _looks_at(self, account: str) -> bool:
        settings = self._messaging.settings(account)
        return settings is not None and settings.deputy

    async def _take(self, arrival: Arrival) -> ReplyState | None:
        """Decides of one; None when somebody did already."""
        exchange, rules = await asyncio.to_thread(lambda: (self._messaging.exchange(arrival), self.rules()))
        incoming = await asyncio.to_thread(self._incoming, arrival, exchange, rules)
        name = self._fresh_id("y")
        try:
            reply = await self._replier().reply(incoming, rules, f"{JOB}{name}", hints=True)
        except SageError:
            raise
        except Exception as error:  # noqa: BLE001 - one odd message must not keep those after it from being looked at
            log.error("message %s cannot be looked at: %s", arrival.id, type(error).__name__)
            contact = rules.people.at(exchange.addresses[0])
            reply = Reply("handoff", "fault", contact=contact.name if contact else "")
        state = STATES[reply.decision]
        kept = KeptReply(
            name, arrival.id, arrival.account, arrival.conversation, reply, state, made_at=self._house.clock.now().isoformat()
        )  # fmt: skip
        if not await asyncio.to_thread(self._keep, kept, arrival, exchange, away=rules.away):
            return None
        log.info("message %s: %s (%s)", arrival.id, reply.decision, reply.reason)
        return state

    def _keep(self, kept: KeptReply, arrival: Arrival, exchange: Exchange, *, away: bool) -> bool:
        """Keeps a decision, with what goes out for it, in one commit."""
        reply = kept.reply
        with self._house.database.transaction():
            if not self.pages.add(kept):
                return False
            if reply.contact and wants_no_answers(said_in(arrival)):
                self.pages.opt_out(reply.contact, self._house.clock.now())
            if reply.decision == "answer":
                hold = timedelta(seconds=self._settings().deputy.hold_seconds)
                self._send(arrival, reply.text, f"a{arrival.id}", AUTO, hold)
            elif reply.handoff and away:
                self._hand_off(arrival, exchange, reply.handoff)
        return True

    def _withdraw_stopped(self) -> None:
        """Automatic answers that did not go out are drafts again; not those to a message that was forgotten."""
        for kept in self.pages.stopped():
            arrival = self._messaging.arrivals.find(kept.arrival)
            known = arrival is not None and bool(arrival.sender)
            text = unsigned(kept.reply.text) if known else ""
            now = self._house.clock.now()
            self.pages.withdraw(kept, "open" if known else "silent", "kept back", text, now)
            self._looked_at += 1
            self._left += known

    def _incoming(self, arrival: Arrival, exchange: Exchange, rules: Rules) -> Incoming:
        now = self._house.clock.now()
        came, sent = self.pages.heard(arrival)
        contact = rules.people.at(exchange.addresses[0])
        answers = self.pages.answers_to(contact.name, now - timedelta(days=1)) if contact else 0
        return Incoming(
            exchange,
            said_in(arrival),
            came,
            sent,
            opted_out=contact is not None and contact.name in self.pages.opted_out(),
            taken_over=self._checks.is_persons_turn(arrival.account, arrival.conversation),
            edits=bool(arrival.edits),
            elsewhere=bool(arrival.answer_to),
            written=written_at(arrival),
            partly=bool(arrival.left_out or arrival.unreadable),
            answers_today=answers,
        )

    # -- what goes out ----------------------------------------------------------------------------------------------

    def outbound(self, arrival: Arrival, text: str, *, auto: bool) -> Outbound:
        """A message to exactly those who wrote and read another one, as an answer to it. What a terminal would not show of it as
        it stands is left out: nobody approves words that they cannot see."""
        exchange = self._messaging.exchange(arrival)
        return Outbound(
            arrival.conversation, (exchange.writer, *exchange.others), clean(text), thread=arrival.thread, reply_to=arrival.event,
            auto=auto,
        )  # fmt: skip

    def take_back(self, kept: KeptReply) -> bool:
        """An automatic answer that has not left does not; it is a draft."""
        waits = [each for each in self._messaging.outbox.answers_of(kept.arrival) if each.permit == AUTO]
        if kept.state != "going" or not waits or waits[0].state != "waiting":
            return False
        now = self._house.clock.now()
        with self._house.database.transaction():
            dropped = self._messaging.outbox.settle(waits[0], "waiting", Outcome("dropped", "you took it back"), now)
            return dropped and self.pages.withdraw(kept, "taken back", "taken back", unsigned(kept.reply.text), now)

    def allows(self, message: Message) -> OutboxDecision:
        """Whether a message of the outbox still may go out, asked just before it would."""
        return self._checks.allows(message)

    def ended(self, permit: str) -> None:
        """One of the outbox will not go out: an automatic answer is a draft again."""
        if permit == AUTO:
            self.look_soon()

    def _hand_off(self, arrival: Arrival, exchange: Exchange, sentence: str) -> None:
        since = self._house.clock.now() - ONE_HANDOFF
        if exchange.certain and not self.pages.handed_off(arrival.account, arrival.conversation, since):
            self._send(arrival, sentence, f"h{arrival.id}", HANDOFF, timedelta())

    def _send(self, arrival: Arrival, text: str, key: str, permit: str, hold: timedelta) -> None:
        """Puts it into the outbox, once, to leave when it cannot be taken back any more."""
        leaves = bucketed(datetime.fromisoformat(arrival.received_at), self._house.clock.now() + hold)
        leaves = quiet_until(self._settings(), leaves) or leaves
        out = self.outbound(arrival, text, auto=True)
        self._messaging.sending.put(
            Message(
                self._fresh_id("o"), key, arrival.account, out.conversation, out.to, out.text, "reply", permit, "",
                thread=out.thread, reply_to=out.reply_to, auto=True, answers=arrival.id, hold_until=leaves.isoformat(),
                send_by=(leaves + SEND_WITHIN).isoformat(),
            )
        )  # fmt: skip

    # -- whom it asks -----------------------------------------------------------------------------------------------

    def _profile(self) -> Resolved:
        return resolve(PROFILE, self._house.home)

    def _settings(self) -> Settings:
        return self._profile().settings

    def _replier(self) -> Replier:
        house = self._house
        return Replier(self.recall, self._events, self._composer(), house.clock.now)

    def _events(self, since: datetime, until: datetime) -> Events:
        """What calendars hold. Without one nobody knows whether the person is free."""
        calendar = self._house.calendar
        return (
            replace(calendar.events(since, until), whole=False)
            if not calendar.mark()
            else calendar.events(since, until)
        )

    def _composer(self) -> Composer:
        house = self._house
        profile = self._profile()
        models = house.brains.bare(profile)
        return Judging(models, house.budget, house.clock, house.brains.inside(profile)) if models else Quoting()

    def recall(self, question: str, readers: Sequence[Reader] | None) -> list[Hit]:
        """Passages for a question that all readers may see (None: the owner), best first."""
        house = self._house
        return house.memory.recall(question, k=LOOKED_AT, recipients=readers, now=house.clock.now())


async def _nobody(left: int) -> None:
    """Who is told before there is a desk."""


def bucketed(came: datetime, moment: datetime) -> datetime:
    """The first moment from then on that lies a multiple of BUCKET seconds after a message came."""
    return came + timedelta(seconds=math.ceil((moment - came) / timedelta(seconds=BUCKET)) * BUCKET)
