"""The conversation: one turn, from the person's words to an answer with its sources."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from sage.agent.metering import metered
from sage.agent.prompt import Voice, compose, fit
from sage.core import authority, claims
from sage.core.asked import Asked, is_local
from sage.core.citations import Citer
from sage.core.errors import BadInput, ModelTrouble, SageError
from sage.core.evidence import evidence
from sage.core.extracts import SAGE_SAYS
from sage.core.labels import LOCAL_ONLY
from sage.core.ledger import Job
from sage.core.messages import Message, ModelRequest, TextDelta, ToolCall, Usage
from sage.core.passages import Hit
from sage.core.plugins.outside_tools import is_outside
from sage.core.ports import Approver, AskedBook, Budget, ChatModel, Clock, Ledger, Memory, Tools
from sage.core.turns import (
    Action,
    ActionTaken,
    Answer,
    ApprovalNeeded,
    ApprovalSettled,
    Correction,
    PastTurn,
    StartedOver,
    TurnEvent,
    TurnStarted,
    TurnState,
)

SPARE = 12
"""Passages recalled beyond those that are shown, since some of them are no evidence."""
CUT = "Stopped before it answered: it may have been done."
"""The result of an action that was cut short."""
PARTIAL_EVERY = 0.5
"""Seconds between two looks at whether there is more of an answer to write down."""


@dataclass(frozen=True)
class Limits:
    """How far one turn may go: model calls, passages shown to the model, tokens of an answer, effects."""

    steps: int = 8
    passages: int = 8
    answer_tokens: int = 1024
    effects: Literal["read", "local"] = "local"
    """What may run without asking, at the most."""


@dataclass
class _Turn:
    """What a turn has gathered so far."""

    id: str
    conversation: str
    said: str
    own_words: tuple[str, ...]
    passages: list[Hit] = field(default_factory=list)
    citer: Citer = field(default_factory=lambda: Citer(known=SAGE_SAYS))
    says_itself: tuple[str, ...] = SAGE_SAYS
    """What an answer says that needs no source."""
    text: str = ""
    """What has been shown, its marks checked."""
    actions: list[Action] = field(default_factory=list)
    heard_before: bool = False
    """Whether words of others may have come in before: by a tool, in an earlier turn that is told to the model, or in this one."""
    answered: dict[str, list[str]] = field(default_factory=dict)
    """By account, what its tools answered in this turn."""
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    local: bool = False
    """Whether what is told of earlier turns rests on words that no model elsewhere may read."""
    asked: list[Asked] = field(default_factory=list)

    def find(self, hits: Sequence[Hit]) -> None:
        """Passages that this turn may cite from now on."""
        known = {hit.id for hit in self.passages}
        fresh = [hit for hit in hits if hit.id not in known]
        self.passages += fresh
        self.citer.add(fresh)

    def heard(self, source: str) -> authority.Heard:
        """What came from outside so far; `source` is the account that would be called."""
        strange = self.heard_before or bool(self.answered) or any(hit.origin != "user" for hit in self.passages)
        return authority.Heard(strange, self.answered.get(source, ()))

    def start_over(self, text: str) -> None:
        """Voids what was shown since `text`."""
        self.text = text
        self.citer = Citer(self.passages, [*self.says_itself, *(action.result for action in self.actions)])
        self.citer.feed(text)

    def note(self, request: ModelRequest, before: str, calls: Sequence[ToolCall], results: Sequence[Message]) -> None:
        """Keeps what a step asked, said and did; `before` is what was shown before it."""
        cited = tuple(hit.id for hit in self.citer.sources)
        local = self.local or is_local(request)
        text = self.text[len(before) :]
        self.asked.append(Asked(self.model, request, text, tuple(calls), tuple(results), cited, local))

    def answer(self, state: TurnState, trouble: str = "") -> Answer:
        text = claims.corrected(self.text.strip(), self.actions)
        return Answer(
            turn=self.id,
            conversation=self.conversation,
            answer=text,
            sources=self.citer.sources,
            actions=tuple(self.actions),
            model=self.model,
            usage=self.usage,
            cost=self.usage.cost,
            state=state,
            trouble=trouble,
        )


class Conversation:
    """One conversation with the person. `models` answer in that order: the next one when the one before fails."""

    def __init__(
        self,
        id: str,  # noqa: A002
        *,
        models: Sequence[ChatModel],
        memory: Memory,
        tools: Tools,
        ledger: Ledger,
        approver: Approver,
        budget: Budget,
        clock: Clock,
        voice: Voice,
        limits: Limits,
        asked: AskedBook | None = None,
    ) -> None:
        self.id = id
        self._models, self._memory, self._tools, self._ledger = models, memory, tools, ledger
        self.last: Answer | None = None
        """How the newest turn ended, even if it was stopped and nobody got its answer."""
        self._approver, self._budget, self._clock, self._voice, self._limits = approver, budget, clock, voice, limits
        self._asked = asked

    def opening(self) -> ModelRequest:
        """What every request of this conversation begins with, so that a model can read it ahead."""
        return compose(self._voice, (), "", passages=(), tools=self._tools.specs(), now=self._clock.now(), max_tokens=1)

    async def respond(self, said: str, *, turn: str) -> AsyncGenerator[TurnEvent | Answer, None]:
        """The events of one turn, then its `Answer`. Whatever ends it, what was said and done is on disk.

        Cancelling (or closing the iterator) stops the turn: the text so far is kept as `stopped`.
        """
        history = await asyncio.to_thread(self._ledger.history, self.id)
        await asyncio.to_thread(self._ledger.begin_turn, turn, self.id, said, self._clock.now())
        own_words = (*(past.said for past in history[-2:] if not past.forgotten), said)
        used = {action.tool for past in history for action in past.answer.actions}
        before = any(tool in authority.SHOWS_OTHERS or is_outside(tool) for tool in used)
        state = _Turn(turn, self.id, said, own_words, heard_before=before, model=self._models[0].name)
        answer = state.answer("stopped")
        keeping = asyncio.create_task(self._keep_partial(state), name=f"partial of {turn}")
        try:
            yield TurnStarted(turn, self.id, state.model)
            async with aclosing(self._answer(state, history)) as events:
                async for event in events:
                    yield event
            answer = state.answer("done")
        except _Limited as limit:
            answer = state.answer("limited", str(limit))
        except SageError as error:
            answer = state.answer("failed", str(error))
            raise
        except (asyncio.CancelledError, GeneratorExit):
            answer = state.answer("stopped")
            raise
        finally:
            keeping.cancel()
            self.last = answer
            # In a thread of its own even when cancelled: the words must reach the disk.
            await asyncio.shield(asyncio.to_thread(self._finish, answer, state.asked))
        if answer.answer != state.text.strip():
            yield Correction(answer.answer)
        yield answer

    def _finish(self, answer: Answer, asked: Sequence[Asked]) -> None:
        self._ledger.finish_turn(answer, self._clock.now())
        if self._asked and asked:
            self._asked.keep(answer.turn, asked, self._clock.now())
        self._memory.catch_up()

    async def _answer(self, state: _Turn, history: Sequence[PastTurn]) -> AsyncGenerator[TurnEvent, None]:
        """The loop: ask the model; if it wants tools, run them and ask again."""
        now = self._clock.now()
        most = self._limits.passages
        recalled = await asyncio.to_thread(self._memory.recall, state.said, k=most + SPARE, now=now)
        found = evidence(state.said, recalled, self.id, most)
        state.find(found)
        request = compose(
            self._voice,
            history,
            state.said,
            passages=found,
            unread=await asyncio.to_thread(self._memory.unread),
            tools=self._tools.specs(),
            now=now,
            max_tokens=self._limits.answer_tokens,
        )
        state.local = any(LOCAL_ONLY in hit.audience for past in history for hit in past.answer.sources)
        state.says_itself = (*SAGE_SAYS, request.unread)
        state.start_over("")
        for _ in range(self._limits.steps):
            calls: list[ToolCall] = []
            results: list[Message] = []
            before = state.text
            async with aclosing(self._stream(request, state)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, ToolCall):
                        calls.append(piece)
                    else:
                        yield piece
            if not calls:
                state.note(request, before, calls, results)
                return
            for call in calls:
                async with aclosing(self._act(call, state, results)) as events:
                    async for event in events:
                        yield event
            state.note(request, before, calls, results)
            said = Message("assistant", "", calls=tuple(calls))
            request = msgspec.structs.replace(
                request,
                messages=(*request.messages, said, *results),
                passages=tuple(state.passages),
                tools=self._tools.specs(),
            )
            if state.text.strip():
                gap = "\n\n"[len(state.text) - len(state.text.rstrip("\n")) :]
                state.text += gap
                yield TextDelta(gap)
        raise _Limited(f"Stopped after {self._limits.steps} steps.")

    async def _stream(
        self, request: ModelRequest, state: _Turn
    ) -> AsyncGenerator[TextDelta | ToolCall | StartedOver, None]:
        """One model call; when a model fails, what it streamed is void and the next one answers."""
        before = state.text
        for place, model in enumerate(self._models):
            fitted = fit(request, model.context_tokens)
            calls: list[ToolCall] = []
            try:
                async with aclosing(metered(model, fitted, self._budget, self._clock, Job(state.id, "turn"))) as events:
                    async for event in events:
                        if isinstance(event, TextDelta):
                            shown = state.citer.feed(event.text)
                            state.text += shown
                            if shown:
                                yield TextDelta(shown)
                        elif isinstance(event, ToolCall):
                            calls.append(event)
                        else:
                            state.model = event.model
                            state.usage += event.usage
                rest = state.citer.finish()
                state.text += rest
                if rest:
                    yield TextDelta(rest)
                for call in calls:  # only of a stream that came to its end: tools never run for half an answer
                    yield call
                return
            except ModelTrouble as error:
                if place + 1 == len(self._models):
                    raise
                state.start_over(before)
                state.model = self._models[place + 1].name
                yield StartedOver(state.model, error.what)

    async def _keep_partial(self, state: _Turn) -> None:
        """Writes down what was shown every PARTIAL_EVERY seconds, also while a model is silent or the person decides."""
        written = ""
        while True:
            await asyncio.sleep(PARTIAL_EVERY)
            if state.text != written:
                written = state.text
                with contextlib.suppress(SageError):  # a trouble that lasts is told when the turn is finished
                    await asyncio.to_thread(self._ledger.note_partial, state.id, written)

    async def _act(self, call: ToolCall, state: _Turn, results: list[Message]) -> AsyncGenerator[TurnEvent, None]:
        """One tool call: checked, allowed or asked about, claimed in the ledger, run, settled."""
        action = Action(f"{state.id}-{len(state.actions) + 1}", call.name, call.arguments, "claimed")
        try:
            self._tools.check(call)
            spec = next(spec for spec in self._tools.specs() if spec.name == call.name)
            effect = "outward" if spec.effect == "local" and self._limits.effects == "read" else spec.effect
            heard = state.heard(spec.source)
            match authority.decide(effect, call.name, call.arguments, state.own_words, heard):
                case authority.NeedsApproval(why):
                    request = _approval(call, " ".join(filter(None, (why, spec.caution))))
                    yield request
                    granted = await self._approver.ask(request)
                    await asyncio.to_thread(self._ledger.settle_approval, state.id, request, granted, self._clock.now())
                    yield ApprovalSettled(request.approval, granted)
                    if not granted:
                        action = msgspec.structs.replace(
                            action, state="denied", result="Not done: it was not approved."
                        )
        except BadInput as error:
            action = msgspec.structs.replace(action, state="failed", result=str(error))
        if await asyncio.to_thread(self._ledger.claim_action, state.id, action, self._clock.now()):
            if action.state == "claimed":
                action = await self._run(action, call, state)
        else:
            action = msgspec.structs.replace(action, state="uncertain", result="Not run again: it may have run before.")
        state.actions.append(action)
        state.citer.add(known=[action.result])
        results.append(Message("tool", action.result, call_id=call.id, name=call.name))
        yield ActionTaken(action)

    async def _run(self, action: Action, call: ToolCall, state: _Turn) -> Action:
        """Runs a claimed action and settles it; one that is cut short may have been done."""
        ended = msgspec.structs.replace(action, state="uncertain", result=CUT)
        try:
            outcome = await self._tools.run(action.id, call, now=self._clock.now())
            state.find(outcome.passages)
            ended = msgspec.structs.replace(action, state=outcome.state, result=outcome.text)
            state.heard_before |= outcome.strange
            if source := self._tools.source_of(call.name):
                state.answered.setdefault(source, []).append(outcome.text)
        except SageError as error:
            ended = msgspec.structs.replace(action, state="failed", result=str(error))
        except asyncio.CancelledError:
            state.actions.append(ended)
            raise
        finally:
            await asyncio.shield(asyncio.to_thread(self._ledger.settle_action, ended, self._clock.now()))
        return ended


class _Limited(Exception):
    """The turn has used up its steps."""


def _approval(call: ToolCall, why: str) -> ApprovalNeeded:
    shown = ", ".join(f"{key}: {value}" for key, value in call.arguments.items())
    return ApprovalNeeded(
        "a" + secrets.token_hex(6), call.name, call.arguments, f"{call.name} ({shown})", why,
        authority.digest(call.name, call.arguments),
    )  # fmt: skip
