"""100 turns that were really had with a scripted model, made into cases and replayed: by a model that answers alike, and by one
with faults put in on purpose. Everything goes through the engine's desk; any use of a socket is denied and counted."""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sage import wire
from sage.core.cases import NeverCalls
from sage.core.errors import StreamBroken
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta, ToolCall, Usage
from sage.core.trials import Compared
from sage.testing.scripted_model import Step
from tests.engine.eval_office import Office

TURNS, FAULTY = 100, 2
"""Turns that are recorded, and cases that get each fault."""
KEY = "sk-demo0123456789abcdefghij"
EVENTS = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.sendto",
    "socket.sendmsg",
)
Script = list[list[Step]]


@dataclass
class ByWords:
    """Plays the script of what the person said: the step after as many calls as were answered. `given` changes scripts."""

    scripts: dict[str, Script]
    name: str
    context_tokens: int = 100_000
    asked: int = 0
    given: dict[str, Script] = field(default_factory=dict)

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.asked += 1
        last = max(place for place, each in enumerate(request.messages) if each.role == "user")
        words = request.messages[last].text
        script = self.given.get(words) or self.scripts[words]
        done = sum(bool(each.calls) for each in request.messages[last:])
        for step in script[min(done, len(script) - 1)]:
            if isinstance(step, Exception):
                raise step
            yield TextDelta(step) if isinstance(step, str) else step  # type: ignore[misc]
        yield Finished(self.name, Usage(100, 20, 0, 0.0))

    async def close(self) -> None:
        """Holds nothing."""


def call(tool: str, **arguments: Any) -> ToolCall:
    return ToolCall(f"{tool}1", tool, arguments)


def turns(many: int) -> dict[str, tuple[str, Script]]:
    """What the person says, with its kind and what is answered."""
    kinds: Sequence[Callable[[int], tuple[str, str, Script]]] = (
        lambda n: ("question", f"How much sun do the tomatoes in bed {n} want?",
                   [[f"The tomatoes in bed {n} want {3 + n % 7} hours of sun and {n}.5 litres of water [1]."]]),
        lambda n: ("task", f"add a task: water bed {n}", [[call("add_task", text=f"water bed {n}")], ["Added."]]),
        lambda n: ("remind", f"remind me tomorrow at 9 to weed bed {n}",
                   [[call("remind", text=f"weed bed {n}", when="tomorrow at 9")], ["I will."]]),
        lambda n: ("list", f"What are my open tasks besides bed {n}?", [[call("list_tasks")], ["A few in the garden."]]),
        lambda n: ("both", f"add a task and note: bed {n} needs soil",
                   [[call("add_task", text=f"bed {n} needs soil")], [call("note", text=f"bed {n} needs soil")], ["Both done."]]),
        lambda n: ("talk", f"Good morning from bed {n}", [["Good morning."]]),
    )  # fmt: skip
    found = {}
    for number in range(many):
        kind, said, script = kinds[number % len(kinds)](number)
        found[said] = (kind, script)
    return found


FAULTS: dict[str, tuple[str, Callable[[int], Script], str]] = {
    "wrong argument": (
        "remind",
        lambda n: [[call("remind", text=f"weed bed {n}", when="tomorrow at 11")], ["I will."]],
        "calls remind",
    ),
    "missing call": ("task", lambda n: [["Added."]], "calls add_task"),
    "second call missing": (
        "both",
        lambda n: [[call("add_task", text=f"bed {n} needs soil")], ["Both done."]],
        "calls note",
    ),
    "call too many": ("talk", lambda n: [[call("add_task", text="call mum")], ["Good morning."]], "changes nothing"),
    "wrong figure": ("question", lambda n: [[f"The tomatoes in bed {n} want 99 hours of sun [1]."]], "says "),
    "no source": ("question", lambda n: [["It is fine as it is."]], "rests on"),
    "unkind words": ("talk", lambda n: [["Good morning. Shame on you."]], "speaks kindly"),
    "key told": ("talk", lambda n: [[f"Good morning, {KEY}."]], "tells no key"),
    "tool that must not be called": ("list", lambda n: [[call("list_tasks")], [call("recall", query="x")], ["."]], "never calls"),
    "breaks off": ("task", lambda n: [["Add", StreamBroken("It broke off.")]], "answers"),
    "only calls": ("question", lambda n: [[call("recall", query="again and again")]], "comes to an answer"),
}  # fmt: skip
"""By name: the kind of turn that gets it, what is said instead, and the check that must tell it."""


def measure(args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder), args.many or TURNS))


async def _measure(folder: Path, many: int) -> dict[str, Any]:
    office, said = Office(folder), turns(many)
    try:
        old = ByWords({words: script for words, (_, script) in said.items()}, "old")
        office.use(old)  # type: ignore[arg-type]
        for number in range(0, many, 6):
            fact = f"The tomatoes in bed {number} want {3 + number % 7} hours of sun and {number}.5 litres of water."
            office.house.memory.remember(fact, source=f"bed {number}")
        for words in said:
            await office.do(wire.Ask(words, attended=False))
        captured = await office.do(wire.CaptureTurns(last=many))
        for case in captured.cases:
            if case.said.startswith("What are"):
                await office.do(wire.EditEvalCase(case.id, add=(NeverCalls("recall"),)))
        actions = office.house.database.rows("SELECT count(*) FROM actions")[0][0]
        alike, faulty, put = ByWords(old.scripts, "alike"), ByWords(old.scripts, "faulty"), _faults(said)
        faulty.given = {words: script for words, (_, script) in put.items()}
        office.use(old, alike=alike, faulty=faulty)  # type: ignore[arg-type]
        with denied_sockets() as used:
            first, seconds, words = await _tried(office, "openai/alike")
            again, resumed, _ = await _tried(office, "openai/alike")
            second, faulty_seconds, faulty_words = await _tried(office, "openai/faulty")
        ran = office.house.database.rows("SELECT count(*) FROM actions")[0][0] - actions
        return {
            "cases": len(captured.cases),
            "seconds": round(seconds, 2),
            "seconds_from_cache": round(resumed, 2),
            "seconds_with_faults": round(faulty_seconds, 2),
            "sockets": len(used),
            "a_socket_would_be_seen": _is_seen(),
            "tools_run": ran,
            "asked_twice": alike.asked - sum(map(len, alike.scripts.values())),
            "false_alarms": sum(not row.candidate.passed or not row.current.passed for row in first.cases),
            "same_again": again.words[0] == first.words[0],
            **_found(second.cases, put),
            "verdicts": [words, faulty_words],
        }
    finally:
        await office.house.close()


async def _tried(office: Office, model: str) -> tuple[wire.TrialShown, float, str]:
    began = time.perf_counter()
    shown = await office.do(wire.RunTrial(model))
    return shown, time.perf_counter() - began, " ".join(shown.words[:3])


def _faults(said: dict[str, tuple[str, Script]]) -> dict[str, tuple[str, Script]]:
    """The turns that get a fault, by what was said, with its name."""
    free: dict[str, list[tuple[int, str]]] = {}
    for number, (words, (kind, _)) in enumerate(said.items()):
        free.setdefault(kind, []).append((number, words))
    put = {}
    for name, (kind, script, _) in FAULTS.items():
        for _ in range(min(FAULTY, len(free.get(kind, ())))):
            number, words = free[kind].pop()
            put[words] = (name, script(number))
    return put


def _found(rows: Sequence[Compared], put: dict[str, tuple[str, Script]]) -> dict[str, Any]:
    missed, false = [], 0
    for row in rows:
        told = [fault.check for fault in row.candidate.faults]
        if row.said not in put:
            false += bool(told)
        elif not any(check.startswith(FAULTS[put[row.said][0]][2]) for check in told):
            missed.append(put[row.said][0])
    return {
        "faults_put": len(put),
        "faults_found": len(put) - len(missed),
        "missed": missed,
        "false_alarms_beside_faults": false,
    }


def _is_seen() -> bool:
    with denied_sockets() as used, suppress(OSError), socket.socket() as one:
        one.connect(("127.0.0.1", 9))
    return bool(used)


@contextmanager
def denied_sockets():  # type: ignore[no-untyped-def]
    """Counts every address that is looked up, connected to or bound, and refuses it."""
    used: list[str] = []
    watching = [True]

    def watch(event: str, values: tuple[object, ...]) -> None:
        if watching[0] and event in EVENTS:
            used.append(event)
            raise OSError(f"the bench denies {event}")

    sys.addaudithook(watch)
    try:
        yield used
    finally:
        watching[0] = False
