"""The conversation: one turn, from the person's words to an answer with its sources."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

import msgspec

from sage.agent.metering import metered
from sage.agent.prompt import Voice, compose, fit, size
from sage.agent.router import Crew, Router
from sage.agent.router import Limits as Limits
from sage.agent.running_turn import RunningTurn
from sage.core import authority
from sage.core.asked import Asked
from sage.core.attachments import Attached, chosen
from sage.core.errors import BadInput, ModelTrouble, SageError, StreamBroken, UnknownModel
from sage.core.evidence import evidence
from sage.core.extracts import SAGE_SAYS
from sage.core.labels import LOCAL_ONLY
from sage.core.ledger import Job, Purpose
from sage.core.messages import Finished, Message, ModelEvent, ModelRequest, TextDelta, ToolCall
from sage.core.plugins.outside_tools import is_outside
from sage.core.ports import Approver, AskedBook, Budget, ChatModel, Clock, Ledger, Memory, Seeing, Tools
from sage.core.routing import Route, Step, is_doubtful, reason_of, stays_here
from sage.core.turns import (
    Action,
    ActionTaken,
    Answer,
    ApprovalNeeded,
    ApprovalSettled,
    Chosen,
    Correction,
    PastTurn,
    StartedOver,
    TurnEvent,
    TurnStarted,
)

SPARE = 12
"""Passages recalled beyond those that are shown, since some of them are no evidence."""
CUT = "Stopped before it answered: it may have been done."
"""The result of an action that was cut short."""
PARTIAL_EVERY = 0.5
"""Seconds between two looks at whether there is more of an answer to write down."""


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
        router: Router | None = None,
        purpose: Purpose = "turn",
        kin: Sequence[str] = (),
    ) -> None:
        """`router` chooses another role's models where that is better; without one, `models` answer everything. `kin` are the
        conversations that this one goes on from."""
        self.id = id
        self._kin = (id, *kin)
        self._talk, self._router = router.crew("talk") if router else Crew(models, tools, limits), router
        self._memory, self._ledger = memory, ledger
        self.last: Answer | None = None
        """How the newest turn ended, even if it was stopped and nobody got its answer."""
        self._approver, self._budget, self._clock, self._voice = approver, budget, clock, voice
        self._asked, self._purpose = asked, purpose

    def opening(self) -> ModelRequest:
        """What every request of this conversation begins with, so that a model can read it ahead."""
        return compose(
            self._voice, (), "", passages=(), tools=self._talk.tools.specs(), now=self._clock.now(), max_tokens=1
        )

    async def respond(
        self, said: str, *, turn: str, attached: Attached | None = None
    ) -> AsyncGenerator[TurnEvent | Answer, None]:
        """The events of one turn, then its `Answer`. Whatever ends it, what was said and done is on disk.

        Cancelling (or closing the iterator) stops the turn: the text so far is kept as `stopped`.
        """
        history = await asyncio.to_thread(self._ledger.history, self.id)
        await asyncio.to_thread(self._ledger.begin_turn, turn, self.id, said, self._clock.now())
        own_words = (*(past.said for past in history[-2:] if not past.forgotten), said)
        used = {action.tool for past in history for action in past.answer.actions}
        before = any(tool in authority.SHOWS_OTHERS or is_outside(tool) for tool in used)
        state = RunningTurn(
            turn, self.id, said, own_words, self._talk, heard_before=before, model=self._talk.models[0].name
        )
        state.attached = chosen(said, attached) if attached else Attached()
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

    async def _answer(self, state: RunningTurn, history: Sequence[PastTurn]) -> AsyncGenerator[TurnEvent, None]:
        """The loop: ask the model; if it wants tools, run them and ask again."""
        request = await self._begin(state, history)
        if state.route.role != "talk":
            yield Chosen(state.route.role, state.model, reason_of(state.route.why))
        for _ in range(state.crew.limits.steps):
            calls: list[ToolCall] = []
            results: list[Message] = []
            before, request = state.text, _as_given(request, state.crew)
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
            )
            if state.stumbles and (chosen := await self._ask_above(state, state.stumbled)):
                yield chosen
            if state.text.strip():
                gap = "\n\n"[len(state.text) - len(state.text.rstrip("\n")) :]
                state.text += gap
                yield TextDelta(gap)
        raise _Limited(f"Stopped after {state.crew.limits.steps} steps.")

    async def _begin(self, state: RunningTurn, history: Sequence[PastTurn]) -> ModelRequest:
        """What is asked first, and of whom."""
        now, talk = self._clock.now(), self._talk
        # Twice as many where some may be left out again.
        most = (talk.limits.passages + SPARE) * (1 + talk.leaves)
        recalled = await asyncio.to_thread(self._memory.recall, state.said, k=most, now=now)
        found = evidence(state.said, recalled, self._kin, talk.limits.passages)
        tools, tokens = talk.tools.specs(), talk.limits.answer_tokens
        if self._router:
            bare = compose(self._voice, (), state.said, passages=(), tools=tools, now=now, max_tokens=tokens)
            route, crew = await asyncio.to_thread(self._router.choose, state.id, bare, found, history, state.attached)
            state.route, state.crew, state.model = route, crew, crew.models[0].name
            state.steps = [Step(route.role, route.why, state.model)]
            if crew.leaves:
                recalled = [hit for hit in recalled if LOCAL_ONLY not in hit.audience]
            found = evidence(state.said, recalled, self._kin, crew.limits.passages)
        if state.attached.images:
            await self._let_see(state)
        given = {hit.id for hit in state.attached.passages}
        found = [*state.attached.passages, *(hit for hit in found if hit.id not in given)]
        state.find(found)
        unread = await asyncio.to_thread(self._memory.unread)
        request = compose(
            self._voice,
            history,
            state.said,
            passages=found,
            unread=" ".join(filter(None, (unread, state.attached.unread))),
            tools=tools,
            now=now,
            max_tokens=tokens,
        )
        state.crew = _with_room(request, state.crew)
        if state.steps and state.crew.examples:
            names = tuple(each.id for each in state.crew.examples)
            state.steps[0] = msgspec.structs.replace(state.steps[0], examples=names)
        state.local = state.route.role == "local-only" or any(map(stays_here, history))
        state.local = state.local or any(each.local for each in state.crew.examples)
        await self._keep_route(state)
        state.says_itself = (*SAGE_SAYS, request.unread)
        state.start_over("")
        return msgspec.structs.replace(request, images=state.attached.images)

    async def _let_see(self, state: RunningTurn) -> None:
        """Asks those alone who can see pictures, of the next role up if there are none. Raises ModelTrouble when nobody can."""
        while True:
            models = [model for model in state.crew.models if isinstance(model, Seeing) and await model.sees()]
            if models:
                state.crew, state.model = replace(state.crew, models=models), models[0].name
                return
            if not await self._ask_above(state, "pictures"):
                break
        raise ModelTrouble(
            f"{state.model} cannot see pictures, and nobody else who may answer this can.",
            safe="Nothing was sent, and your words are kept.",
            do="Choose one that can with: sage models use MODEL, or attach the text of it.",
        )

    async def _ask_above(self, state: RunningTurn, why: str) -> Chosen | None:
        """Lets the next role up go on, if there is one; None if there is none. `talk` may fail twice at a tool before."""
        role = self._router.above(state.route.role) if self._router else None
        if self._router is None or role is None:
            return None
        if why in ("arguments", "tool") and state.route.role != "quick" and state.stumbles < 2:
            return None
        state.crew = self._router.crew(role)
        state.route = Route(role, state.route.task, why)
        state.stumbles, state.model = 0, state.crew.models[0].name
        await self._keep_step(state, why)
        return Chosen(role, state.model, reason_of(why))

    async def _keep_step(self, state: RunningTurn, why: str) -> None:
        """Writes down that somebody else is asked from here on."""
        state.steps.append(Step(state.route.role, why, state.model))
        await self._keep_route(state)

    async def _keep_route(self, state: RunningTurn) -> None:
        """Writes down who was asked, and whether the answer stays on this machine: before anybody reads on, who may be killed."""
        if self._router and (state.stays or len(state.steps) > 1 or state.crew.examples):
            await asyncio.to_thread(
                functools.partial(self._router.keep, state.id, state.route.task, state.steps, stays=state.stays)
            )

    async def _stream(
        self, request: ModelRequest, state: RunningTurn
    ) -> AsyncGenerator[TextDelta | ToolCall | StartedOver, None]:
        """One model call. When a model fails or is not sure, what it streamed is void and the next one answers."""
        before = state.text
        while True:
            model, calls, sure = state.crew.models[0], list[ToolCall](), True
            try:
                async with aclosing(self._ask(model, request, state)) as events:
                    async for event in events:
                        if isinstance(event, ToolCall):
                            calls.append(event)
                        elif isinstance(event, Finished):
                            state.model, sure = event.model, not is_doubtful(event.odds)
                            state.usage += event.usage
                        elif shown := state.show(event.text):
                            yield TextDelta(shown)
                if rest := state.show_rest():
                    yield TextDelta(rest)
                if not (calls or state.actions or state.text[len(before) :].strip()):
                    raise StreamBroken(f"{model.name} said nothing.", safe="Your words are kept.", do="Ask again.")
            except ModelTrouble as error:
                why = await self._give_way(state, model, error)
            else:
                if sure or not await self._ask_above(state, "doubt"):
                    for call in calls:  # only of a stream that came to its end: tools never run for half an answer
                        yield call
                    return
                why = f"{model.name} was not sure what to do."
            state.start_over(before)
            yield StartedOver(state.model, why)

    async def _give_way(self, state: RunningTurn, model: ChatModel, error: ModelTrouble) -> str:
        """Lets the next model answer in the place of one that failed, for the rest of the turn; returns why. Raises the error when
        there is none."""
        if len(state.crew.models) == 1:
            raise error
        state.crew = replace(state.crew, models=state.crew.models[1:])
        state.model = state.crew.models[0].name
        await self._keep_step(state, error.kind)
        if isinstance(error, UnknownModel) and self._router and model.name not in self._router.told:
            self._router.told.add(model.name)  # each time again would tell nothing new
            state.notice = f"{error.what} {error.do}"
        return error.what

    async def _ask(
        self, model: ChatModel, request: ModelRequest, state: RunningTurn
    ) -> AsyncGenerator[ModelEvent, None]:
        """What one model streams, asked as its role is. Raises StreamBroken when it says nothing for too long."""
        crew, role = state.crew, state.route.role
        odds = bool(self._router and self._router.above(role))
        asked = msgspec.structs.replace(_as_given(request, crew), odds=odds)
        job = Job(state.id, self._purpose, role)
        async with aclosing(metered(model, fit(asked, model.context_tokens), self._budget, self._clock, job)) as events:
            while True:
                try:
                    async with asyncio.timeout(crew.limits.silence):
                        event = await anext(events)
                except StopAsyncIteration:
                    return
                except TimeoutError as error:
                    raise StreamBroken(
                        f"{model.name} said nothing for too long.", safe="Your words are kept.", do="Ask again."
                    ) from error
                yield event

    async def _keep_partial(self, state: RunningTurn) -> None:
        """Writes down what was shown every PARTIAL_EVERY seconds, also while a model is silent or the person decides."""
        written = ""
        while True:
            await asyncio.sleep(PARTIAL_EVERY)
            if state.text != written:
                written = state.text
                with contextlib.suppress(SageError):  # a trouble that lasts is told when the turn is finished
                    await asyncio.to_thread(self._ledger.note_partial, state.id, written)

    async def _act(self, call: ToolCall, state: RunningTurn, results: list[Message]) -> AsyncGenerator[TurnEvent, None]:
        """One tool call: checked, allowed or asked about, claimed in the ledger, run, settled."""
        action = Action(f"{state.id}-{len(state.actions) + 1}", call.name, call.arguments, "claimed")
        tools = state.crew.tools
        try:
            tools.check(call)
            spec = next(spec for spec in tools.specs() if spec.name == call.name)
            if spec.effect != "read" and (done := state.done_before(call)):
                results.append(Message("tool", f"Already done in this turn: {done}", call_id=call.id, name=call.name))
                return
            effect = "outward" if spec.effect == "local" and state.crew.limits.effects == "read" else spec.effect
            heard = state.heard(spec.source)
            match authority.decide(effect, call.name, call.arguments, state.own_words, heard, stays=state.stays):
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
            state.stumble("arguments")
        if await asyncio.to_thread(self._ledger.claim_action, state.id, action, self._clock.now()):
            if action.state == "claimed":
                action = await self._run(action, call, state)
        else:
            action = msgspec.structs.replace(action, state="uncertain", result="Not run again: it may have run before.")
        state.actions.append(action)
        if action.state in ("failed", "denied"):
            state.undone.add(call.id)
        state.citer.add(known=[action.result])
        results.append(Message("tool", action.result, call_id=call.id, name=call.name))
        yield ActionTaken(action)

    async def _run(self, action: Action, call: ToolCall, state: RunningTurn) -> Action:
        """Runs a claimed action and settles it; one that is cut short may have been done."""
        ended = msgspec.structs.replace(action, state="uncertain", result=CUT)
        try:
            outcome = await state.crew.tools.run(action.id, call, now=self._clock.now(), stays=state.stays)
            stayed = state.stays
            state.find(outcome.passages)
            if state.stays != stayed:
                await self._keep_route(state)
            ended = msgspec.structs.replace(action, state=outcome.state, result=outcome.text)
            state.heard_before |= outcome.strange
            if outcome.state == "failed":
                state.stumble("tool")
            if source := state.crew.tools.source_of(call.name):
                state.answered.setdefault(source, []).append(outcome.text)
        except SageError as error:
            ended = msgspec.structs.replace(action, state="failed", result=str(error))
            state.stumble("tool")
        except asyncio.CancelledError:
            state.actions.append(ended)
            raise
        finally:
            await asyncio.shield(asyncio.to_thread(self._ledger.settle_action, ended, self._clock.now()))
        return ended


def _as_given(request: ModelRequest, crew: Crew) -> ModelRequest:
    """A request with the tools, the examples and the room that a role has."""
    return msgspec.structs.replace(
        request, tools=crew.tools.specs(), examples=tuple(crew.examples), max_tokens=crew.limits.answer_tokens
    )


def _with_room(request: ModelRequest, crew: Crew) -> Crew:
    """Without examples where there is no room for them."""
    short = bool(crew.examples) and size(_as_given(request, crew)) > crew.models[0].context_tokens
    return replace(crew, examples=()) if short else crew


class _Limited(Exception):
    """The turn has used up its steps."""


def _approval(call: ToolCall, why: str) -> ApprovalNeeded:
    shown = ", ".join(f"{key}: {value}" for key, value in call.arguments.items())
    return ApprovalNeeded(
        "a" + secrets.token_hex(6), call.name, call.arguments, f"{call.name} ({shown})", why,
        authority.digest(call.name, call.arguments),
    )  # fmt: skip
