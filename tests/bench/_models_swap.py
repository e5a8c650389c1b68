"""How long a swap and its rollback take in a warm engine, as a front end sees it, and whether the bytes are the same again."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sage import wire
from sage.client import Client
from tests.homes import make_home

FILES = 200
MODELS = ("librarian", "ollama_chat/demo", "anthropic/demo", "openai/demo")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    many, chance = args.many or FILES, random.Random(args.seed)
    used, back, identical, touched = [], [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder), linger=30)
        with Client(home) as client:
            client.call(wire.StoreKey("ANTHROPIC_API_KEY", "none-such"))
            client.call(wire.UseModel("ollama_chat/warm"))
            for _ in range(many):
                home.settings.write_bytes(before := _settings(chance))
                used.append(_timed(client, wire.UseModel("ollama_chat/candidate", setup=_setup(chance))))
                if hand := chance.random() < 0.25:
                    home.settings.write_bytes(home.settings.read_bytes() + b"# by hand\n")
                back.append(_timed(client, wire.RollBack()))
                after = home.settings.read_bytes()
                identical += not hand and after == before
                touched += hand and after.endswith(b"# by hand\n") and b"candidate" not in after
    return {
        "files": many,
        "identical again, or set back beside what was written by hand": identical + touched,
        "of them by hand": touched,
        "use_ms": _figures(used),
        "rollback_ms": _figures(back),
    }


def _timed(client: Client, request: Any) -> float:
    begun = time.perf_counter()
    client.call(request)
    return (time.perf_counter() - begun) * 1000


def _figures(times: list[float]) -> dict[str, float]:
    return {
        "median": round(median(times), 1),
        "p95": round(quantiles(times, n=20)[-1], 1),
        "most": round(max(times), 1),
    }


def _setup(chance: random.Random) -> wire.Setup:
    return wire.Setup(
        temperature=chance.choice((None, 0.2, 0.7)), instructions=chance.choice((None, "Short.", "Ü — ≤"))
    )


def _settings(chance: random.Random) -> bytes:
    """Settings as people write them: comments, odd spaces, other line ends, keys in any order, dozens of people."""
    end = chance.choice(("\n", "\r\n"))
    chain = ", ".join(f'"{name}"' for name in chance.sample(MODELS, chance.randint(1, 3)))
    own = chance.random()
    model = ["[model]   # who answers", f"chain = [ {chain} ]", *(["temperature=0.5 # calm"] if own < 0.5 else [])]
    dotted = [f"model.chain=[{chain},]", "model.max_tokens   = 512"]
    people = [
        line
        for number in range(chance.choice((0, 2, 40)))
        for line in (f"[people.demo{number}]", f'called = "Demo Person {number} é"', 'circles = ["work"]  # circle', "")
    ]
    tables = [["[caps]", "per_day_usd = 0.50", ""], ["[quiet_hours]", 'start="21:30"', ""], people]
    chance.shuffle(tables)
    kind = chance.random()
    first = [] if kind < 0.15 else dotted if kind < 0.4 else model
    lines = ["# mine", "", *first, "", *(line for table in tables for line in table)]
    return (end.join(lines) + chance.choice(("", end, end * 3))).encode()
