"""A model that fails, at every place where one can: before it says anything, at every piece of a stream, in a tool call and after
one that ran. Each point is a turn of the real conversation over a real journal: does it recover or fail cleanly, and does no tool
run twice? Then the same with faults put into Sage on purpose, each of which must be found.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from unittest import mock

from sage.adapters.database import Database
from sage.adapters.date_reader import PlainDateReader
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_budget import BudgetPages
from sage.adapters.journal.journal_routes import RoutePages
from sage.adapters.notes.notebook import FileNotebook
from sage.agent.conversation import Conversation
from sage.agent.prompt import Voice
from sage.agent.router import Crew, Limits, Router
from sage.agent.running_turn import RunningTurn
from sage.agent.tools import HomeTools
from sage.core.errors import ModelTrouble, ProviderDown, SageError, StreamBroken
from sage.core.ledger import Caps
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta, ToolCall, Usage
from sage.core.ports import ChatModel, ToolOutcome
from sage.core.turns import Answer
from sage.locations import Home
from sage.testing.fakes import FakeApprover, FakeClock, FakeFacts, FakeMemory, FakeReminders

Fault = Literal["raise", "hang", "cut", "garbage", "stop"]
FAULTS: tuple[Fault, ...] = ("raise", "hang", "cut", "garbage", "stop")
"""Told as a trouble; silent until it is taken for hung; the stream ends early; nonsense in its place; the person stops it."""
SAID = "please add a task: water the tomatoes"
TASK = {"text": "water the tomatoes"}
FIRST = ("Let me ", "see what ", "is to ", "be done.", ToolCall("1", "add_task", TASK))
SECOND = ("Your task ", "is on ", "the list ", "now, and ", "nothing else ", "was changed.")
STEPS: tuple[tuple[str | ToolCall, ...], ...] = (FIRST, SECOND)
GARBAGE: tuple[tuple[ModelEvent, ...], ...] = (
    (ToolCall("9", "add_task", {"txet": "water the tomatoes"}),),
    (ToolCall("9", "no_such_tool", {}),),
    (ToolCall("9", "add_task", {"sage: no JSON": '{"text": "wat'}),),
    (),
)
"""Arguments that do not fit, a tool that is none, arguments that are no JSON, and nothing at all, each as a whole answer."""
SILENCE = 3.0
"""Seconds after which a model that hangs is given up; far more than a piece takes here on a busy machine."""
AT_ONCE = 24


@dataclass(frozen=True)
class Point:
    """A fault at one place: in which call of the first model, after how many of its pieces; whether another model is next in line,
    and whether that one calls the tool again although it has run."""

    fault: Fault
    step: int
    after: int
    kind: int = 0
    others: Literal["none", "heeds", "repeats"] = "heeds"
    tool: Literal["", "fails", "dies", "breaks"] = ""
    """What its tool does instead: fails before it did anything; fails after it did it; and breaks as code may."""


def points() -> list[Point]:
    """Every one of them."""
    found = []
    for others in ("none", "heeds", "repeats"):
        for step, pieces in enumerate(STEPS):
            for after in range(len(pieces) + 1):
                for fault in FAULTS:
                    kinds = len(GARBAGE) if fault == "garbage" else 1
                    found += [Point(fault, step, after, kind, others) for kind in range(kinds)]
        found += [Point("raise", 9, 0, 0, others, tool) for tool in ("fails", "dies", "breaks")]
    return found


@dataclass
class Failing:
    """The first model: it plays its steps, and fails at the point."""

    point: Point
    name: str = "first"
    context_tokens: int = 100_000
    asked: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.001

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        step, self.asked = min(self.asked, 1), self.asked + 1
        for place, piece in enumerate((*STEPS[step], None)):
            if (step, place) == (self.point.step, self.point.after):
                async for event in self._fail():
                    yield event
                return
            if piece is not None:
                yield TextDelta(piece) if isinstance(piece, str) else piece
        yield Finished(self.name, Usage(10, 5, 0, 0.0005), "tools" if step == 0 else "end")

    async def _fail(self) -> AsyncGenerator[ModelEvent, None]:
        self.reached.set()
        match self.point.fault:
            case "raise":
                kind = StreamBroken if self.point.after else ProviderDown
                raise kind("first is failing.")
            case "hang" | "stop":
                await asyncio.sleep(3600)
            case "garbage":
                for event in GARBAGE[self.point.kind]:
                    yield event
                yield Finished(self.name, Usage(10, 5, 0, 0.0005))

    async def close(self) -> None:
        """Holds nothing."""


@dataclass
class Sound:
    """The next model: it does what is left to do, or does all again if it `repeats`."""

    repeats: bool
    name: str = "second"
    context_tokens: int = 100_000
    calls: int = 0

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.001

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        done = any(message.role == "tool" and "water" in message.text for message in request.messages)
        if not done or (self.repeats and not self.calls):
            self.calls += 1
            yield TextDelta("I add it. ")
            yield ToolCall("2", "add_task", TASK)
        else:
            yield TextDelta("Noted down.")
        yield Finished(self.name, Usage(10, 5, 0, 0.0005))

    async def close(self) -> None:
        """Holds nothing."""


class CountedTools(HomeTools):
    """The home's tools, which count what they did, and fail at it as the point says."""

    point: Point
    did = 0

    async def run(self, action: str, call: ToolCall, *, now: Any, stays: bool = False) -> ToolOutcome:
        if call.name != "add_task" or self.point.tool == "fails":
            raise SageError("The list cannot be written.")
        self.did += 1
        outcome = await super().run(action, call, now=now)
        if self.point.tool == "dies":
            raise SageError("The list answered no more.")
        if self.point.tool == "breaks":
            raise RuntimeError("a defect")
        return outcome


async def play(point: Point, folder: Path) -> str:
    """What is wrong with a turn in which that happens; "recovered" or "failed" if nothing is."""
    home = Home(folder)
    home.prepare()
    database = open_journal(home.journal)
    try:
        return await _play(point, home, database)
    finally:
        database.close()


async def _play(point: Point, home: Home, database: Database) -> str:
    clock = FakeClock()
    tools = CountedTools(FakeMemory(), FileNotebook(home), FakeReminders(), PlainDateReader(), FakeFacts())
    tools.point = point
    first = Failing(point)
    models: list[ChatModel] = [first, *([] if point.others == "none" else [Sound(point.others == "repeats")])]
    crew = Crew(models, tools, Limits(silence=SILENCE))
    journal = Journal(database)
    talk = Conversation(
        "c1", models=models, memory=FakeMemory(), tools=tools, ledger=journal, approver=FakeApprover(False),
        budget=BudgetPages(database, lambda: Caps(1, 10, 1)), clock=clock, voice=Voice("Demo"), limits=crew.limits,
        router=Router(lambda role: crew, RoutePages(database), clock),
    )  # fmt: skip
    answer, trouble, shown = await _respond(talk, first if point.fault == "stop" and point.step < 9 else None)
    wrong = _wrong(point, answer, trouble, shown, tools, database, journal)
    return ", ".join(wrong) or ("recovered" if answer and answer.state == "done" else "failed")


async def _respond(talk: Conversation, stop_at: Failing | None) -> tuple[Answer | None, BaseException | None, str]:
    """The answer or what ended the turn, and what a front end shows at its end."""
    shown = ""
    answer = None

    async def follow() -> None:
        nonlocal shown, answer
        async with aclosing(talk.respond(SAID, turn="t1")) as events:
            async for event in events:
                match event:
                    case Answer():
                        answer = event
                    case TextDelta():
                        shown += event.text
                    case _ if type(event).__name__ == "StartedOver":
                        shown = ""
                    case _ if type(event).__name__ == "Correction":
                        shown = event.text  # type: ignore[union-attr]

    task = asyncio.create_task(follow())
    if stop_at:
        await asyncio.wait(
            [task, waiting := asyncio.create_task(stop_at.reached.wait())], return_when="FIRST_COMPLETED"
        )
        waiting.cancel()
        task.cancel()
    try:
        await task
    except (SageError, RuntimeError, asyncio.CancelledError) as error:
        return talk.last, error, shown
    return answer, None, shown


def _wrong(
    point: Point,
    answer: Answer | None,
    trouble: BaseException | None,
    shown: str,
    tools: CountedTools,
    database: Database,
    journal: Journal,
) -> Iterator[str]:
    kept = journal.turn("t1").answer
    made = len([task for task in tools._notebook.tasks() if task.text == TASK["text"]])
    states = [row[0] for row in database.rows("SELECT state FROM actions")]
    if made > 1 or tools.did > 1:
        yield "done twice"
    if tools.did != states.count("done") + states.count("uncertain") and point.tool not in ("dies",):
        yield "the record of actions is not what was done"
    if "claimed" in states:
        yield "an action was left open"
    if database.rows("SELECT 1 FROM costs WHERE spent IS NULL"):
        yield "money was left set aside"
    if kept.state == "running":
        yield "the turn was left open"
    if trouble is None and (answer is None or answer.state not in ("done", "limited")):
        yield "neither an answer nor a trouble"
    if isinstance(trouble, SageError) and not (isinstance(trouble, ModelTrouble) and kept.state == "failed"):
        yield "not failed cleanly"
    expected = point.others == "none" or point.fault == "stop" or point.tool == "breaks"
    if trouble is not None and not expected:
        yield "not recovered although another model was there"
    if trouble is None and answer:
        if answer.answer != kept.answer or answer.answer not in (shown.strip(), answer.answer):
            yield "the record is not what was told"
        broken = (
            piece.strip() for piece in (FIRST if point.step == 0 else SECOND)[: point.after] if isinstance(piece, str)
        )
        if answer.model == "second" and point.fault != "garbage" and any(part in shown for part in broken):
            yield "a part of the broken answer stayed"


def measure(args: argparse.Namespace) -> dict[str, Any]:
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    chosen = points()[: args.many]
    found = asyncio.run(_all(chosen))
    counted = Counter(found.values())
    clean = counted["recovered"] + counted["failed"]
    faults = {name: _seen(fault, chosen) for name, fault in PUT_IN.items()}
    return {
        "points": len(chosen),
        "recovered": counted["recovered"],
        "failed_cleanly": counted["failed"],
        "clean_share": clean / len(chosen),
        "doubled_tool_runs": sum("twice" in said for said in found.values()),
        "wrong": {f"{point}": said for point, said in found.items() if said not in ("recovered", "failed")},
        "faults_put_in": faults,
        "faults_found": sum(bool(points_) for points_ in faults.values()),
        "seconds": round(time.monotonic() - began, 1),
    }


async def _all(chosen: Sequence[Point]) -> dict[Point, str]:
    gate = asyncio.Semaphore(AT_ONCE)
    shared = Path("/dev/shm")

    async def one(point: Point) -> tuple[Point, str]:
        async with gate:
            with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
                return point, await play(point, Path(folder) / "home")

    return dict(await asyncio.gather(*map(one, chosen)))


def _seen(fault: Callable[[], Any], chosen: Sequence[Point]) -> int:
    """At how many points a fault in Sage is seen; every third point is looked at."""
    with fault():
        found = asyncio.run(_all([point for point in chosen[::3] if point.fault != "hang"]))
    return sum(said not in ("recovered", "failed") for said in found.values())


@contextmanager
def _eager() -> Iterator[None]:
    """Tools run as soon as they are streamed, and again at the stream's end."""
    original = Conversation._ask

    async def ask(self: Any, model: Any, request: Any, state: Any) -> AsyncGenerator[ModelEvent, None]:
        async with aclosing(original(self, model, request, state)) as events:
            async for event in events:
                if isinstance(event, ToolCall):
                    async for _ in self._act(event, state, []):
                        pass
                yield event

    with mock.patch.object(Conversation, "_ask", ask), _forgetful():
        yield


def _forgetful() -> Any:
    return mock.patch.object(RunningTurn, "done_before", lambda self, call: "")


async def _gives_up(self: Any, state: Any, model: Any, error: ModelTrouble) -> str:
    raise error


PUT_IN: dict[str, Callable[[], Any]] = {
    "a call that was done is done again by whoever takes over": _forgetful,
    "tools run before the stream is whole": _eager,
    "what a broken stream said stays": lambda: mock.patch.object(RunningTurn, "start_over", lambda self, text: None),
    "nobody takes over": lambda: mock.patch.object(Conversation, "_give_way", _gives_up),
    "what was set aside is not settled": lambda: mock.patch.object(BudgetPages, "settle", lambda *_: None),
    "actions are not settled": lambda: mock.patch.object(Journal, "settle_action", lambda *_: None),
    "the turn is not finished": lambda: mock.patch.object(Journal, "finish_turn", lambda *_: None),
}
