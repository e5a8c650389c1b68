"""Do words that are for this machine alone reach a model elsewhere? Random conversations in a home with such notes, whose models
elsewhere look for all they can get and whose models here repeat all they see, so that it would come back by another way. Then the
same with faults put into Sage on purpose, each of which must be found.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import re
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from sage import wire
from sage.agent.elsewhere import ForElsewhere
from sage.agent.router import Router
from sage.core.errors import SageError
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta, ToolCall
from sage.core.model_choice import ModelRole
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from sage.profile import Resolved
from tests.homes import make_home

SETTINGS = """
[model]
chain = ["openai/large"]
[roles]
quick = ["openai/small"]
deep = ["openai/deepest"]
local_only = ["ollama_chat/here"]
"""
THINGS = (
    "garden gate",
    "bicycle lock",
    "attic chest",
    "wine cellar",
    "mail box",
    "boat engine",
    "tool shed",
    "green safe",
)
CODE = re.compile(r"77\d{4}77")
"""What the secrets look like, and nothing else does."""
TURNS = 160
ASKS = (
    "What is the code of the {thing}?",
    "Tell me about the {thing}, please",
    "search my notes for {thing}",
    "What did we say about the {thing} in our last conversation?",
    "Draft a note to my sister about the {thing}",
    "And what else?",
    "This is important: what opens the {thing}?",
    "How much sun do tomatoes want?",
    "what is due?",
    "That's wrong",
)


@dataclass
class Curious:
    """A model elsewhere that looks for what it can get; all that it was ever asked is kept."""

    name: str
    dice: random.Random
    heard: list[str] = field(default_factory=list)
    context_tokens: int = 100_000

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.heard.append(repr(request))
        if request.messages[-1].role == "user" and self.dice.random() < 0.7:
            thing = self.dice.choice(THINGS)
            yield ToolCall(f"c{len(self.heard)}", "recall", {"query": f"code of the {thing}"})
            yield Finished(self.name, stop="tools")
            return
        yield TextDelta(f"I looked. {' '.join(hit.text for hit in request.passages)[:400]}")
        yield Finished(self.name)

    async def close(self) -> None:
        """Holds nothing."""


@dataclass
class Candid(Curious):
    """A model here, which repeats all that it sees, with no mark of where it stands."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.heard.append(repr(request))
        said = [hit.text for hit in request.passages] + [message.text for message in request.messages]
        yield TextDelta("Well. " + " ".join(said)[:2000])
        yield Finished(self.name)


class Brains:
    def __init__(self, dice: random.Random) -> None:
        self.told: set[str] = set()
        self.models: dict[ModelRole, Curious] = {role: Curious(role, dice) for role in ("quick", "talk", "deep")}
        self.models["local-only"] = Candid("here", dice)

    def chain(self, profile: Resolved, role: ModelRole = "talk") -> list[Curious]:
        return [self.models[role]]

    async def close(self) -> None:
        """Holds nothing."""


async def _leaks(turns: int, seed: int) -> dict[str, Any]:
    dice = random.Random(seed)
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        house = House.open(make_home(Path(folder), settings=SETTINGS))
        try:
            return await _talk(house, Path(folder) / "notes", dice, turns)
        finally:
            await house.close()


async def _talk(house: House, notes: Path, dice: random.Random, turns: int) -> dict[str, Any]:
    notes.mkdir()
    for place, thing in enumerate(THINGS):
        code = f"77{dice.randrange(10**4):04}77"
        (notes / f"secret{place}.md").write_text(f"The code of the {thing} is {code}. #share/local-only\n")
        (notes / f"open{place}.md").write_text(
            f"The {thing} was painted in {1990 + place}. My sister likes the {thing}.\n"
        )
    (notes / "sun.md").write_text("Tomatoes want six hours of sun.\n")
    house.memory.import_path(notes)
    brains = Brains(dice)
    house.brains = brains  # type: ignore[assignment]
    house.accounts.looked.set()  # there are none to wait for
    desk, conversation, here = Desk(house), "", 0

    async def emit(event: Any) -> None:
        """Nobody looks on."""

    for _ in range(turns):
        words = dice.choice(ASKS).format(thing=dice.choice(THINGS))
        wish = dice.choice(("", "", "quick", "deep"))
        request = wire.Ask(words, conversation, attended=False, wish=wish)  # type: ignore[arg-type]
        try:
            answer = await desk.handle(request, SimpleNamespace(profile=""), emit)  # type: ignore[arg-type]
        except SageError:
            continue
        here += answer.model == "here"
        conversation = answer.conversation if dice.random() < 0.6 else ""
    elsewhere = [text for role in ("quick", "talk", "deep") for text in brains.models[role].heard]
    return {
        "turns": turns,
        "answered_here": here,
        "calls_elsewhere": len(elsewhere),
        "leaks": sum(bool(CODE.search(text)) for text in elsewhere),
    }


def measure(args: argparse.Namespace) -> dict[str, Any]:
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    turns = args.many or TURNS
    found = asyncio.run(_leaks(turns, args.seed))
    seen = {}
    for name, fault in PUT_IN.items():
        with fault():
            seen[name] = asyncio.run(_leaks(turns // 2, args.seed))["leaks"]
    return found | {"faults_put_in": seen, "faults_found": sum(map(bool, seen.values())),
                    "seconds": round(time.monotonic() - began, 1)}  # fmt: skip


def _all(self: Any, query: str, *, k: int = 10, recipients: Any = None, now: Any = None) -> Any:
    return self.memory.recall(query, k=k, recipients=recipients, now=now)


def _only_passages(self: Any, said: str, found: Any, history: Any, attached: Any) -> bool:
    return bool(_STAYS(self, said, found, (), attached))


_STAYS = Router._stays
PUT_IN: dict[str, Callable[[], Any]] = {
    "tools of models elsewhere find what stays here": lambda: mock.patch.object(ForElsewhere, "recall", _all),
    "what an earlier turn rested on is told elsewhere": lambda: mock.patch.object(Router, "_stays", _only_passages),
    "what Sage said of it is not marked": lambda: mock.patch(
        "sage.adapters.journal.journal_texts._STAYS", "SELECT 1 FROM turns WHERE id = ? AND id != ? AND 0"
    ),
}
