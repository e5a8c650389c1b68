"""Turns as they run: the engine owns them, so that a front end may come and go while one is answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from sage.agent.conversation import Conversation
from sage.core.attachments import Attached
from sage.core.errors import BadInput, NotFound, SageError
from sage.core.turns import Answer, ApprovalNeeded, TurnEvent

log = logging.getLogger(__name__)

KEPT_TURNS = 50
"""Finished turns whose events can still be followed."""


@dataclass
class _Running:
    id: str
    attended: bool
    events: list[TurnEvent] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    answer: Answer | None = None
    trouble: SageError | None = None
    task: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        return self.answer is not None or self.trouble is not None


class Turns:
    """All turns of the engine, and the approvals that they wait for (implements the port `Approver` for each)."""

    def __init__(self) -> None:
        self._turns: dict[str, _Running] = {}
        self._waiting: dict[str, tuple[ApprovalNeeded, asyncio.Future[bool]]] = {}

    @property
    def busy(self) -> bool:
        """Whether any turn is still answered."""
        return any(not turn.over for turn in self._turns.values())

    def approver(self, turn: str, *, attended: bool) -> TurnApprover:
        """Who is asked in that turn; nobody if no person attends it."""
        return TurnApprover(self, attended)

    def start(
        self, turn: str, conversation: Conversation, said: str, *, attended: bool, attached: Attached | None = None
    ) -> None:
        """Begins a turn in a task of its own."""
        running = _Running(turn, attended)
        self._turns[turn] = running
        running.task = asyncio.create_task(self._run(running, conversation, said, attached), name=f"turn {turn}")
        self.let_go(KEPT_TURNS)

    async def follow(self, turn: str, after: int = 0) -> AsyncGenerator[TurnEvent | Answer, None]:
        """A turn's events from number `after` on, then its answer. Raises what ended it, or NotFound."""
        running = self._turns.get(turn)
        if running is None:
            raise NotFound(f"No turn {turn!r} is running.", safe="What was said is in its conversation.")
        place = after
        while True:
            async with running.news:
                while place >= len(running.events) and not running.over:
                    await running.news.wait()
                fresh = running.events[place:]
            place += len(fresh)
            for event in fresh:
                yield event
            if running.over and place >= len(running.events):
                break
        if running.trouble:
            raise running.trouble
        assert running.answer
        yield running.answer

    async def stop(self, turn: str) -> None:
        """Stops a turn and waits until what it had said is on disk; one that is over stays as it is."""
        running = self._turns.get(turn)
        if running and running.task and not running.over:
            running.task.cancel()
            await asyncio.wait([running.task])

    async def stop_all(self) -> None:
        """Stops every turn."""
        for turn in list(self._turns):
            await self.stop(turn)

    def running_in(self, conversation: str) -> str:
        """The id of the turn that is being answered in a conversation ("" for none)."""
        for turn in self._turns.values():
            started = next((event for event in turn.events if hasattr(event, "conversation")), None)
            if not turn.over and started is not None and getattr(started, "conversation", "") == conversation:
                return turn.id
        return ""

    def decide(self, approval: str, digest: str, granted: bool) -> None:
        """The person's answer. Raises NotFound when nothing waits for it, BadInput when it is for other words."""
        waiting = self._waiting.get(approval)
        if waiting is None:
            raise NotFound("Nothing waits for this approval any more.", safe="Nothing was done.", do="Ask again.")
        request, future = waiting
        if request.digest != digest:
            raise BadInput(
                "The approval is for something else than what was shown.", safe="Nothing was done.", do="Ask again."
            )
        if not future.done():
            future.set_result(granted)

    async def wait_for(self, request: ApprovalNeeded) -> bool:
        """Waits for the person."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[request.approval] = (request, future)
        try:
            return await future
        finally:
            del self._waiting[request.approval]

    async def _run(self, running: _Running, conversation: Conversation, said: str, attached: Attached | None) -> None:
        try:
            async with aclosing(conversation.respond(said, turn=running.id, attached=attached)) as events:
                async for event in events:
                    if isinstance(event, Answer):
                        running.answer = event
                    else:
                        await self._tell(running, event)
        except SageError as error:
            running.trouble = error
        except asyncio.CancelledError:
            running.answer = conversation.last
            if running.answer is None:
                running.trouble = SageError("Stopped.", safe="What was said is kept.")
        except Exception as error:
            log.exception("turn %s failed", running.id)
            running.trouble = SageError(
                f"Something went wrong inside Sage ({type(error).__name__}).",
                safe="What was said is kept.",
                do="Try again; if it happens again, the log in the home's logs folder says where.",
            )
        finally:
            async with running.news:
                running.news.notify_all()

    async def _tell(self, running: _Running, event: TurnEvent) -> None:
        async with running.news:
            running.events.append(event)
            running.news.notify_all()

    def let_go(self, keep: int = 0) -> None:
        """Lets go of finished turns but for the newest ones: the journal has them."""
        over = [turn.id for turn in self._turns.values() if turn.over]
        for turn in over[: max(0, len(over) - keep)]:
            del self._turns[turn]


@dataclass(frozen=True)
class TurnApprover:
    """Asks the person who attends a turn."""

    turns: Turns
    attended: bool

    async def ask(self, request: ApprovalNeeded) -> bool:
        return self.attended and await self.turns.wait_for(request)
