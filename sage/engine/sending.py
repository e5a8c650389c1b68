"""Sends what waits in the outbox: one message for a row, in the order of each conversation, slowly where it must be.

Each try is three steps: written as being sent, then given to the account, then written as what became of it. Whoever is killed
in between is found at the next start. Nothing here decides that something is sent: a row without its permit never is.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from sage.adapters.journal.journal_outbox import OutboxPages
from sage.core.errors import SageError
from sage.core.plugins.outbox import (
    SEND_WITHIN,
    Decision,
    Drop,
    Fail,
    Message,
    Outcome,
    Send,
    State,
    Wait,
    decide,
    digest_of,
    found_sending,
    given_up,
    heads,
    outcome_of,
)
from sage.core.ports import Accounts, Clock
from sage.engine.pausing import Pausing

log = logging.getLogger(__name__)

LOOK_EVERY = 30.0
"""Seconds after which whatever waits is looked at again, whatever the clock did."""
ENDS_WITHIN = 3.0
"""Seconds that what is being sent gets when the engine ends."""


class Sending:
    """The outbox at work. `repeats` tells whether an account's service knows a key again (IDEMPOTENT_SEND); `news` is told in a
    sentence, without a word of a message, what the person has to know. What an account that `starts` is to send waits for it.
    `allows` is asked just before one is sent whether its permit still holds; `ended` is called when one was dropped or failed,
    with its permit."""

    def __init__(
        self,
        pages: OutboxPages,
        accounts: Accounts,
        repeats: Callable[[str], bool],
        clock: Clock,
        pausing: Pausing,
        news: Callable[[str], Awaitable[None]],
        starts: Callable[[str], bool] = lambda account: False,
    ) -> None:
        self._starts = starts
        self.allows: Callable[[Message], Decision] = lambda message: Send()
        self.ended: Callable[[str], None] = lambda permit: None
        self._pages, self._accounts, self._repeats = pages, accounts, repeats
        self._clock, self._pausing, self._news = clock, pausing, news
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._at_work: dict[str, asyncio.Task[None]] = {}

    def put(self, message: Message) -> Message:
        """Keeps a message, once for its key; it is sent as soon as it may be. The caller gives `permit`, and has had exactly
        these words and recipients permitted. Blocks for the disk; may be called from any thread."""
        now = self._clock.now()
        made = replace(
            message,
            digest=digest_of(message.account, message.kind, message.out),
            send_by=message.send_by or (now + SEND_WITHIN).isoformat(),
            made_at=now.isoformat(),
            changed_at=now.isoformat(),
        )
        kept = self._pages.add(made)
        self.look_soon()
        return kept

    def look_soon(self) -> None:
        """Looks as soon as the loop is free. May be called from any thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Sends until it is cancelled; what is being sent then may come to its end."""
        self._loop = asyncio.get_running_loop()
        try:
            await self._until_it_works(self.resume)
            while True:
                self._wake.clear()
                until = LOOK_EVERY
                with contextlib.suppress(SageError):
                    until = await self.look()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(until):
                        await self._wake.wait()
        finally:
            self._loop = None
            await self._leave()

    async def resume(self) -> None:
        """Finds what an engine that ended left in the middle."""
        now = self._clock.now()
        for message in await asyncio.to_thread(self._pages.in_state, "sending"):
            repeatable = await asyncio.to_thread(self._repeatable, message)
            await self._settle(message, "sending", found_sending(message, now, repeatable=repeatable))

    async def look(self) -> float:
        """Begins to send what is due, and returns after how many seconds the next may be."""
        soonest = LOOK_EVERY
        for message in heads(await asyncio.to_thread(self._pages.in_state, "waiting", "repeating")):
            if message.account in self._at_work:
                continue
            match await asyncio.to_thread(self._decide, message):
                case Send() if not self._starts(message.account):
                    self._begin(message)
                case Fail(why=why):
                    await self._settle(message, message.state, given_up(message, why))
                    self._wake.set()  # another may be the first of its conversation now
                case Drop(why=why):
                    await self._settle(message, message.state, Outcome("dropped", why))
                    self._wake.set()
                case Wait(until=until) if until:
                    left = datetime.fromisoformat(until) - self._clock.now()
                    soonest = min(soonest, max(0.0, left / timedelta(seconds=1)))
        return soonest

    async def quiet(self) -> None:
        """Waits until nothing is being sent."""
        while self._at_work:
            await asyncio.wait(list(self._at_work.values()))
            await asyncio.sleep(0)

    def _decide(self, message: Message) -> Decision:
        now = self._clock.now()
        recent = self._pages.recent(message, now)
        decided = decide(message, now, recent=recent, paused=self._pausing.now(now) is not None)
        if not isinstance(decided, Send) or message.state != "waiting":
            return decided
        try:
            return self.allows(message)
        except Exception as error:  # noqa: BLE001 - who cannot be asked does not allow it, and other messages are sent
            log.error("message %s waits: %s", message.id, type(error).__name__)
            return Wait("", "Sage cannot tell whether it still may go")

    def _begin(self, message: Message) -> None:
        """An account sends one at a time, and none waits for another account's."""
        task = asyncio.create_task(self._send(message), name=f"send {message.id}")
        self._at_work[message.account] = task

        def over(_: object) -> None:
            del self._at_work[message.account]
            self._wake.set()

        task.add_done_callback(over)

    async def _send(self, message: Message) -> None:
        try:
            if not await asyncio.to_thread(self._pages.claim, message, self._clock.now()):
                return
        except SageError as error:  # it still waits
            log.warning("message %s waits: %s", message.id, error.kind)
            return
        do = "draft" if message.kind == "draft" else "send"
        try:
            came = await self._accounts.ask(message.account, do, message.out, message.key)
        except Exception as error:  # noqa: BLE001 - the edge to a plugin: whatever else it raises, nobody knows
            came = error
        repeatable = await asyncio.to_thread(self._repeatable, message)
        outcome = outcome_of(message, came, self._clock.now(), repeatable=repeatable)
        log.info("message %s of %s: %s", message.id, message.account, outcome.state)
        await self._until_it_works(lambda: self._settle(message, "sending", outcome))

    async def _settle(self, message: Message, before: State, outcome: Outcome) -> None:
        if not await asyncio.to_thread(self._pages.settle, message, before, outcome, self._clock.now()):
            return
        if outcome.state == "uncertain":
            await self._news(f"Whether a message of {message.account} was sent is not known: sage inbox uncertain")
        elif outcome.state == "failed":
            await self._news(f"A message of {message.account} was not sent: {outcome.reason}.")
        if outcome.state in ("failed", "dropped"):
            self.ended(message.permit)

    def _repeatable(self, message: Message) -> bool:
        return message.kind == "draft" or self._repeats(message.account)

    async def _until_it_works(self, deed: Callable[[], Awaitable[None]]) -> None:
        """What happened is written down, however long the disk refuses."""
        while True:
            try:
                return await deed()
            except SageError as error:
                log.warning("the outbox is written again in %.0f s: %s", LOOK_EVERY, error.kind)
                await asyncio.sleep(LOOK_EVERY)

    async def _leave(self) -> None:
        tasks = list(self._at_work.values())
        if tasks:
            await asyncio.wait(tasks, timeout=ENDS_WITHIN)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
