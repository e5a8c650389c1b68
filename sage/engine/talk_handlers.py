"""Answers about conversations."""

from __future__ import annotations

import asyncio
import re
from contextlib import aclosing
from pathlib import Path

from sage import wire
from sage.adapters.readers.attachments import read_attachment
from sage.agent.summary import Summarizer
from sage.core.attachments import Attached, joined, kept_here
from sage.core.errors import BadInput, NotFound, SageError
from sage.core.mentions import nearest
from sage.core.plans import Summary
from sage.core.ports import ChatModel, Seeing
from sage.core.routing import stays_here
from sage.core.turns import Answer, Branch
from sage.engine.bootstrap import House, fresh_id
from sage.engine.desk import Desk, handles
from sage.engine.mention_handlers import mentioned
from sage.engine.service import Emit, Line
from sage.engine.swap_handlers import look

NEW_NAME = re.compile(r"c[0-9a-f]{17}")
"""What a front end may call a conversation that it begins: as `fresh_id` would."""

SEARCHED = 2000
"""Of what the person said, the newest that are looked through for words that are typed."""


@handles(wire.Ask)
async def _ask(desk: Desk, request: wire.Ask, line: Line, emit: Emit) -> Answer:
    house, turn = desk.house, fresh_id("t")
    name = request.conversation
    if request.branch:
        if name:
            raise BadInput("A branch is a conversation of its own.", safe="Nothing was asked.")
        name = fresh_id("c")
        await asyncio.to_thread(_begin_branch, house, name, request.branch)
    elif name == "last":
        newest = await asyncio.to_thread(house.journal.conversations, 1)
        name = newest[0].id if newest else ""
    elif request.begins:
        if not NEW_NAME.fullmatch(name):
            raise BadInput(f"{name!r} is no name for a conversation.", safe="Nothing was asked.")
    elif name and not await asyncio.to_thread(house.journal.history, name):
        raise NotFound(
            f"There is no conversation {name!r}.", safe="Nothing was asked.", do="Go on with the last one: sage ask -c"
        )
    given = [await asyncio.to_thread(_attached, house, path) for path in request.attach]
    typed = Attached(stays=await asyncio.to_thread(house.sharing.repeats_what_stays, [request.text]))
    attached = joined([*given, await asyncio.to_thread(mentioned, house, request.text), typed])
    names = ", ".join(Path(path).name for path in request.attach)
    said = f"{request.text}\n\n(Attached: {names})" if names else request.text
    await house.tool_sources.ready()
    await look(desk)
    conversation = house.conversation(
        name or fresh_id("c"), desk.profile(line), turn, attended=request.attended, wish=request.wish
    )
    house.turns.start(turn, conversation, said, attended=request.attended, attached=attached)
    return await _follow_turn(desk, turn, 0, emit)


def _begin_branch(house: House, name: str, branch: Branch) -> None:
    if not branch.instead and house.journal.turn(branch.turn).answer.state == "running":
        raise BadInput("That is still being answered.", safe="Nothing was asked.", do="Wait for it, or stop it, first.")
    house.journal.begin_branch(name, branch, house.clock.now())


def _attached(house: House, path: str) -> Attached:
    """A file that is given with a question; what is marked to stay here does so by this way, too, also as a copy."""
    found, sharing = read_attachment(path), house.sharing
    stays = sharing.stays_here(str(Path(path).resolve())) or sharing.repeats_what_stays(
        hit.text for hit in found.passages
    )
    return kept_here(found) if stays else found


@handles(wire.LookAtFile)
async def _look_at_file(desk: Desk, request: wire.LookAtFile, line: Line, emit: Emit) -> wire.FileSeen:
    seen = await asyncio.to_thread(read_attachment, request.path)
    stays = await asyncio.to_thread(desk.house.sharing.stays_here, str(Path(request.path).resolve()))
    told = await _who_sees(desk, line, stays=stays) if seen.images else seen.unread
    return wire.FileSeen(Path(request.path).name, bool(seen.images), len(seen.passages), told)


async def _who_sees(desk: Desk, line: Line, *, stays: bool) -> str:
    """What happens with a picture, where the model that answers first cannot see it; "" where it can."""
    profile, brains = desk.profile(line), desk.house.brains
    models = [*brains.chain(profile), *(brains.chain(profile, "deep") if profile.has("deep") else ())]
    models = brains.chain(profile, "local-only") if stays else models
    first, sees = models[0].name, [model.name for model in models if await _sees(model)]
    if not sees:
        return (f"{first} cannot see pictures, and nobody else who may answer can. Nothing would be asked with it: take it off, "
                "let a model answer that can see (F6), or attach its text.")  # fmt: skip
    return "" if sees[0] == first else f"{first} cannot see pictures, so {sees[0]} would answer."


async def _sees(model: ChatModel) -> bool:
    return isinstance(model, Seeing) and await model.sees()


@handles(wire.Follow)
async def _follow(desk: Desk, request: wire.Follow, line: Line, emit: Emit) -> Answer:
    return await _follow_turn(desk, request.turn, request.after, emit)


async def _follow_turn(desk: Desk, turn: str, after: int, emit: Emit) -> Answer:
    async with aclosing(desk.house.turns.follow(turn, after)) as events:
        async for event in events:
            if isinstance(event, Answer):
                return event
            await emit(event)
    raise SageError("The turn ended without an answer.", safe="What was said is kept.")


@handles(wire.StopTurn)
async def _stop_turn(desk: Desk, request: wire.StopTurn, line: Line, emit: Emit) -> None:
    await desk.house.turns.stop(request.turn)


@handles(wire.Decide)
async def _decide(desk: Desk, request: wire.Decide, line: Line, emit: Emit) -> None:
    desk.house.turns.decide(request.approval, request.digest, request.granted)


@handles(wire.Warm)
async def _warm(desk: Desk, request: wire.Warm, line: Line, emit: Emit) -> None:
    profile = desk.profile(line)
    conversation = desk.house.conversation("", profile, "", attended=False)
    await desk.house.brains.warm(profile, conversation.opening())


@handles(wire.ListConversations)
async def _conversations(desk: Desk, request: wire.ListConversations, line: Line, emit: Emit) -> wire.Conversations:
    return wire.Conversations(
        tuple(await asyncio.to_thread(desk.house.journal.conversations, request.limit, request.words))
    )


@handles(wire.FindSaid)
async def _find_said(desk: Desk, request: wire.FindSaid, line: Line, emit: Emit) -> wire.SaidBefore:
    said = await asyncio.to_thread(desk.house.journal.said_before, SEARCHED)
    found = nearest(request.letters, said, lambda text: text[:200], request.limit) if request.letters else said
    return wire.SaidBefore(tuple(found[: request.limit]))


@handles(wire.Summarize)
async def _summarize(desk: Desk, request: wire.Summarize, line: Line, emit: Emit) -> Summary:
    house = desk.house
    name = request.conversation
    if name == "last":
        newest = await asyncio.to_thread(house.journal.conversations, 1)
        name = newest[0].id if newest else ""
    turns = await asyncio.to_thread(house.journal.history, name)
    stays = any(map(stays_here, turns))
    models = house.brains.chain(desk.profile(line), "local-only" if stays else "talk")
    summarizer = Summarizer(models, house.journal, house.notebook, house.budget, house.clock)
    return await summarizer.summarize(name, fresh_id("n"), stays=stays)


@handles(wire.ShowConversation)
async def _conversation(desk: Desk, request: wire.ShowConversation, line: Line, emit: Emit) -> wire.ConversationShown:
    name = request.id
    if name == "last":
        newest = await asyncio.to_thread(desk.house.journal.conversations, 1)
        name = newest[0].id if newest else ""
    turns = await asyncio.to_thread(desk.house.journal.history, name)
    told = await asyncio.to_thread(desk.house.journal.branch_told, name)
    shared = sum(turn.answer.conversation != name for turn in turns)
    return wire.ConversationShown(name, tuple(turns), desk.house.turns.running_in(name), told, shared)
