"""An embedded model on single-turn cases of the Berkeley Function-Calling Leaderboard: Sage's union of all tools and a reply as
one JSON schema, beside the tool calls of the model's own chat template, and beside those with the calls that it wrote as text.
`--data` names a folder with bfcl/, `--keep` one with the models' files below it; answers are kept there, so that a run goes on
where it ended.

`right`: of the cases that a function answers, those with the right function and arguments (judged as the leaderboard does:
each argument among those accepted, text without regard to case, spaces and punctuation, none that is required left out, none
made up). `refused`: of the cases that no function answers, those in which none is called.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from sage.adapters.models.embedded_model import EmbeddedModel
from sage.core.errors import ModelTrouble
from sage.core.messages import Message, ModelRequest, ToolCall, ToolSpec
from sage.core.written_calls import WrittenCalls
from tests.bench._deputy_easy import interval
from tests.model_server import running_server

MANY, MOST_FUNCTIONS, MAX_TOKENS, CONTEXT = 100, 5, 300, 4096
SYSTEM = "You are the person's assistant. Use a tool when it does what they ask."
TYPES = {"dict": "object", "float": "number", "tuple": "array"}
_LOOSE = re.compile(r"[ ,./\-_*^'\"]")


@dataclass(frozen=True)
class Case:
    """One question, the functions that are offered, and the calls that are accepted (none: nothing is to be called)."""

    id: str
    said: str
    tools: tuple[ToolSpec, ...]
    accepted: Mapping[str, Mapping[str, list[Any]]]


def measure(args: argparse.Namespace) -> dict[str, Any]:
    folder = args.data and args.data / "bfcl"
    if not folder or not folder.is_dir():
        return {"left_out": "it needs --data FOLDER with bfcl/"}
    files = sorted((args.keep or Path()).rglob(f"*{args.model}*.gguf" if args.model else "*.gguf"))
    if not files:
        return {"left_out": "it needs --keep FOLDER with a model's file below it"}
    cases = _drawn(folder, args.seed, args.many or MANY)
    return {file.stem: _figures(file, cases, args.keep) for file in files}


def _drawn(folder: Path, seed: int, many: int) -> list[Case]:
    """As many cases that a function answers, and as many that none does."""
    answers = {
        row["id"]: row["ground_truth"][0]
        for name in ("simple_python", "multiple")
        for row in _rows(folder / f"{name}_answers.jsonl")
    }
    fitting = [
        _case(row, answers[row["id"]])
        for name in ("simple_python", "multiple")
        for row in _rows(folder / f"{name}.jsonl")
        if len(row["function"]) <= MOST_FUNCTIONS
    ]
    others = [_case(row, {}) for row in _rows(folder / "irrelevance.jsonl") if len(row["function"]) <= MOST_FUNCTIONS]
    draw = random.Random(seed)
    return draw.sample(fitting, min(many, len(fitting))) + draw.sample(others, min(many, len(others)))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, path.read_text().splitlines())


def _case(row: dict[str, Any], accepted: dict[str, Any]) -> Case:
    tools = tuple(
        ToolSpec(_name(each["name"]), each["description"], _schema(each["parameters"]), "read")
        for each in row["function"]
    )
    return Case(row["id"], row["question"][0][0]["content"], tools, {_name(name): of for name, of in accepted.items()})


def _name(name: str) -> str:
    """Providers take no dots in a function's name."""
    return name.replace(".", "_")


def _schema(node: Any) -> Any:
    """The leaderboard's types as JSON Schema has them."""
    if isinstance(node, list):
        return [_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {key: _schema(value) for key, value in node.items() if key != "optional"}
    if isinstance(kind := node.get("type"), str):
        if kind == "any":
            del found["type"]
        else:
            found["type"] = TYPES.get(kind, kind)
    return found


def _figures(file: Path, cases: list[Case], keep: Path) -> dict[str, Any]:
    with file.open("rb") as data:
        digest = hashlib.file_digest(data, "sha256").hexdigest()
    kept = Kept(keep / f"functions_{file.stem}.jsonl")
    found: dict[str, Any] = {"sha256": digest, "cases": sum(bool(case.accepted) for case in cases)}
    with running_server(file, context=CONTEXT) as server, httpx.Client(base_url=server.base_url, timeout=600) as client:
        native = [kept.answer("own", case, lambda case=case: _own(client, server.model, case)) for case in cases]  # type: ignore[misc]
    found["own_tool_calls"] = _judged(cases, [calls for calls, _ in native])
    found["own_with_written_calls"] = _judged(
        cases, [calls or _written(case, text) for case, (calls, text) in zip(cases, native, strict=True)]
    )
    found["union_schema"] = _judged(cases, asyncio.run(_by_schema(file, cases, kept)))
    found["points_better"] = round(found["union_schema"]["right_percent"] - found["own_tool_calls"]["right_percent"], 1)
    return found


class Kept:
    """Answers by mode and case, written one after the other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self._found: dict[str, list[Any]] = dict(map(json.loads, lines))

    def has(self, mode: str, case: Case) -> bool:
        return self._key(mode, case) in self._found

    def answer(self, mode: str, case: Case, ask: Any) -> list[Any]:
        key = self._key(mode, case)
        return self._found[key] if key in self._found else self.keep(mode, case, ask())

    def keep(self, mode: str, case: Case, calls: list[Any]) -> list[Any]:
        key = self._key(mode, case)
        self._found[key] = calls
        with self._path.open("a") as file:
            file.write(json.dumps([key, calls]) + "\n")
        return calls

    def _key(self, mode: str, case: Case) -> str:
        asked = json.dumps([SYSTEM, case.said, msgspec.to_builtins(case.tools)], sort_keys=True)
        return f"{mode} {case.id} {hashlib.sha256(asked.encode()).hexdigest()[:12]}"


def _own(client: httpx.Client, model: str, case: Case) -> list[Any]:
    """The calls that the server found, and the text beside them."""
    tools = [
        {
            "type": "function",
            "function": {"name": each.name, "description": each.description, "parameters": each.schema},
        }
        for each in case.tools
    ]
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": case.said}]
    body = {"model": model, "messages": messages, "tools": tools, "temperature": 0, "max_tokens": MAX_TOKENS}
    answer = client.post("/chat/completions", json=body)
    if answer.status_code != 200:  # its parser refuses what the model wrote
        return [[], ""]
    message = answer.json()["choices"][0]["message"]
    calls = [
        [each["function"]["name"], _object(each["function"]["arguments"])] for each in message.get("tool_calls") or ()
    ]
    return [calls, message.get("content") or ""]


def _written(case: Case, text: str) -> list[Any]:
    """Calls that stand in a text, as Sage finds those of local servers."""
    reader = WrittenCalls(each.name for each in case.tools)
    reader.feed(text)
    return [list(each) for each in reader.finish()[0]]


def _object(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


async def _by_schema(file: Path, cases: list[Case], kept: Kept) -> list[list[Any]]:
    model = EmbeddedModel(file.stem, file, context_tokens=CONTEXT)
    try:
        return [
            kept.answer("union", case, list)
            if kept.has("union", case)
            else kept.keep("union", case, await _calls(model, case))
            for case in cases
        ]
    finally:
        await model.close()


async def _calls(model: EmbeddedModel, case: Case) -> list[Any]:
    request = ModelRequest(SYSTEM, (Message("user", case.said),), tools=case.tools, max_tokens=MAX_TOKENS)
    try:
        return [[each.name, each.arguments] async for each in model.stream(request) if isinstance(each, ToolCall)]
    except ModelTrouble:
        return []


def _judged(cases: Iterable[Case], answers: Iterable[list[Any]]) -> dict[str, Any]:
    asked, refused = list[bool](), list[bool]()
    called = 0
    for case, calls in zip(cases, answers, strict=True):
        if case.accepted:
            asked.append(len(calls) == 1 and is_right(case, *calls[0]))
            called += bool(calls)
        else:
            refused.append(not calls)
    return {
        "right": sum(asked),
        "right_percent": round(100 * sum(asked) / max(1, len(asked)), 1),
        "right_interval": interval(sum(asked), len(asked)),
        "called": called,
        "refused_percent": round(100 * sum(refused) / max(1, len(refused)), 1),
        "refused_interval": interval(sum(refused), len(refused)),
    }


def is_right(case: Case, name: str, arguments: Any) -> bool:
    """Whether a call is one of those that are accepted."""
    wanted = case.accepted.get(name)
    if wanted is None or not isinstance(arguments, dict) or not set(arguments) <= set(wanted):
        return False
    left_out = set(wanted) - set(arguments)
    return all("" in wanted[key] for key in left_out) and all(
        any(_same(value, each) for each in wanted[key]) for key, value in arguments.items()
    )


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):  # its values are lists of those that are accepted
        return (
            isinstance(value, dict)
            and set(value) <= set(wanted)
            and all("" in wanted[key] for key in set(wanted) - set(value))
            and all(any(_same(of, each) for each in wanted[key]) for key, of in value.items())
        )
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) == len(wanted) and all(map(_same, value, wanted))
    if isinstance(wanted, str) and isinstance(value, str):
        return _LOOSE.sub("", value).lower() == _LOOSE.sub("", wanted).lower()
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    return bool(value == wanted)
