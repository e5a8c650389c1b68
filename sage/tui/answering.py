"""One answer at a time: asked for or followed, shown as it comes, stopped or left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sage import wire
from sage.core.errors import EngineGone, SageError
from sage.core.turns import Answer, ApprovalNeeded, ApprovalSettled, Chosen, StartedOver, TurnStarted
from sage.tui.shown_answer import ShownAnswer
from sage.tui.waiting import Waiting

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue


class Answering:
    """What is being answered in the conversation that is shown. `waiting` loses its oldest once that is on the engine's disk."""

    def __init__(self, dialogue: Dialogue, waiting: Waiting) -> None:
        self._dialogue, self._waiting = dialogue, waiting
        self._shown = ShownAnswer(dialogue.talk)
        self._task: asyncio.Task[None] | None = None
        self.one_at_a_time = asyncio.Lock()
        """Held while something is being answered."""
        self.turn = ""
        """What is answered now, once the engine has begun; else ""."""
        self.last: Answer | None = None
        self.in_doubt = ""
        """What was on its way when the line broke: the next engine knows whether it is on disk."""
        self._stopping = False
        """Whether the answer shall be stopped as soon as its turn is known."""
        self._who = ""

    async def follow(self, turn: str) -> None:
        """Shows an answer that is already coming."""
        async with self.one_at_a_time:
            await self.take(wire.Follow(turn))

    async def take(self, request: wire.Ask | wire.Follow) -> None:
        """Shows an answer as it comes, until it is complete or its conversation is left."""
        task = self._task = asyncio.create_task(self._show(request), name="answer")
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
        if not task.cancelled():
            task.result()

    def leave(self) -> None:
        """Another conversation is shown from now on; the answer goes on in the engine."""
        if self._task:
            self._task.cancel()
        self._waiting.hold()
        self._shown.leave()

    async def stop(self) -> None:
        """Stops the answer that is coming. What waits is held until the person sends it or takes it back."""
        if self.turn and self._dialogue.line.is_open:
            self._waiting.hold()
            await self._dialogue.line.call(wire.StopTurn(self.turn))
        elif self._waiting.on_its_way:
            self._stopping = True

    async def decide(self, request: ApprovalNeeded, *, granted: bool) -> None:
        """The person's decision on what the turn asks to be allowed."""
        await self._dialogue.line.call(wire.Decide(request.approval, request.digest, granted))

    def tell_who(self, who: str = "") -> None:
        """Who answers, and what can be done meanwhile."""
        self._who = who or self._who
        behind = len(self._waiting.behind)
        self._dialogue.talk.say_status(f"{self._who} …  Esc stops" + f" · {behind} of yours wait" * bool(behind))

    async def _show(self, request: wire.Ask | wire.Follow) -> None:
        dialogue, waiting = self._dialogue, self._waiting
        self._shown.expect()
        self._stopping = False
        try:
            answer = self.last = await dialogue.line.call(request, self._show_event)
            dialogue.branching.note_answer(self._shown.finish(answer), answer)
        except asyncio.CancelledError:
            if waiting.on_its_way:
                waiting.pop()
            raise
        except EngineGone:
            self._shown.cut()
            self.in_doubt = waiting.first.kept if waiting.on_its_way else ""
        except SageError as error:
            self._shown.cut()
            if waiting.on_its_way:
                dialogue.attaching.put_back(waiting.pop().attach)
            dialogue.tell(error)
        finally:
            waiting.on_its_way = False
            self.turn = ""
            dialogue.talk.drop_approvals()
        if dialogue.is_ready:
            dialogue.tell_standing()  # beside the keys: words that were typed meanwhile need not wait for it

    def _show_event(self, event: Any) -> None:
        dialogue = self._dialogue
        self._shown.show(event)
        match event:
            case TurnStarted():
                if self._waiting.on_its_way:
                    dialogue.branching.note_turn(self._waiting.entry, event.turn)
                    self._waiting.pop()
                dialogue.conversation, self.turn = event.conversation, event.turn
                self.tell_who(event.model)
                if self._stopping:
                    dialogue.work_told(self.stop(), "stop")
            case StartedOver():
                self.tell_who(event.model)
            case Chosen():
                self.tell_who(f"{event.role}: {event.model}")
            case ApprovalNeeded():
                dialogue.talk.show_approval(event)
            case ApprovalSettled():
                dialogue.talk.drop_approvals()
