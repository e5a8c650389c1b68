"""Copies of the agent on a question each: they look things up and change nothing; of them only the costs are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from sage.agent.conversation import Conversation
from sage.core.copies import CopyBack
from sage.core.errors import BadInput, SageError
from sage.core.messages import ToolCall, ToolSpec
from sage.core.ports import ToolOutcome, Tools
from sage.core.turns import Action, Answer, ApprovalNeeded, PastTurn


@dataclass(frozen=True)
class ReadOnly:
    """Those of Sage's own tools that only read (`ports.Tools`)."""

    tools: Tools

    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(spec for spec in self.tools.specs() if spec.effect == "read" and not spec.source)

    def source_of(self, tool: str) -> str:
        return self.tools.source_of(tool)

    def check(self, call: ToolCall) -> None:
        if call.name not in {spec.name for spec in self.specs()}:
            raise BadInput(f"A copy cannot {call.name}: it only reads.", safe="Nothing was done.")
        self.tools.check(call)

    async def run(self, action: str, call: ToolCall, *, now: datetime, stays: bool = False) -> ToolOutcome:
        self.check(call)
        return await self.tools.run(action, call, now=now, stays=stays)


class Unkept:
    """A ledger of which nothing stays (`ports.Ledger`)."""

    def begin_turn(self, turn: str, conversation: str, said: str, at: datetime) -> None:
        """Not kept."""

    def note_partial(self, turn: str, text: str) -> None:
        """Not kept."""

    def finish_turn(self, answer: Answer, at: datetime) -> None:
        """Not kept."""

    def history(self, conversation: str) -> list[PastTurn]:
        return []

    def claim_action(self, turn: str, action: Action, at: datetime) -> bool:
        return True

    def settle_action(self, action: Action, at: datetime) -> None:
        """Not kept."""

    def settle_approval(self, turn: str, request: ApprovalNeeded, granted: bool, at: datetime) -> None:
        """Not kept."""


class Nobody:
    """Says no to everything (`ports.Approver`)."""

    async def ask(self, request: ApprovalNeeded) -> bool:
        return False


async def send_out(
    questions: Sequence[str],
    copy: Callable[[str], Conversation],
    turn: str,
    at_once: int,
    back: Callable[[int, CopyBack], Awaitable[None]],
) -> list[CopyBack]:
    """Sends a copy on each question, some at once, and returns what they bring back in the questions' order. `turn` begins what
    each is booked on. Whoever stops waiting ends them all."""
    places = asyncio.Semaphore(max(1, at_once))

    async def one(number: int, question: str) -> CopyBack:
        async with places:
            brought = await _brought(copy(f"{turn}/{number}"), question, f"{turn}/{number}")
        await back(number, brought)
        return brought

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(number, each), name="copy") for number, each in enumerate(questions, 1)]
    return [task.result() for task in tasks]


async def _brought(copy: Conversation, question: str, turn: str) -> CopyBack:
    try:
        async with aclosing(copy.respond(question, turn=turn)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return CopyBack(question, event, event.trouble)
    except SageError as error:
        return CopyBack(question, None, f"{error.what} {error.do}".strip())
    return CopyBack(question, None, "It came back with nothing.")
