"""Cases: turns that were kept so that other models can be tried on them, and what an answer must be there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from sage.core.messages import Message, ModelRequest, ToolCall, ToolSpec
from sage.core.passages import Hit

Rating = Literal["", "right", "wrong", "should have asked"]
CaseState = Literal["kept", "dropped"]
MUST_ASK = "should have asked"

FIGURE = re.compile(r"(?<![\w\[])\d[\d.,:/-]*\d(?![\w\]])|(?<![\w\[.])\d(?![\w\].])")
MARK = re.compile(r"\s*\[\d+\]")
"""A source's number in an answer."""
_LISTED = re.compile(r"(?m)^\s*\d+[.)]\s")
DATES = frozenset({"due", "when", "date", "day", "time"})
"""Arguments that say when."""
SAYS_WHEN = "remind"
"""The tool that reads a time wherever it is said, in `when` or among the words."""
_LINKS = frozenset("to me that of about at on".split())
_NOW = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)")
_CLOCK = re.compile(r"\b0(\d:\d\d)\b")
_SPACE = re.compile(r"\s+")
_EDGES = " \t\r\n.,;:!?\"'“”‘’"


class Calls(Struct, frozen=True, tag=True):
    """Calls a tool with just these arguments (None: with any)."""

    tool: str
    arguments: dict[str, Any] | None = None


class Wish(Struct, frozen=True):
    """A call without its id."""

    tool: str
    arguments: dict[str, Any]


class Changes(Struct, frozen=True, tag=True):
    """Changes just this and nothing else: all calls that are more than reading, in any order."""

    calls: tuple[Wish, ...] = ()


class Cites(Struct, frozen=True, tag=True):
    """Rests on at least so many of these passages (by id)."""

    sources: tuple[str, ...]
    least: int = 1


class Says(Struct, frozen=True, tag=True):
    """Has these words, however they are spaced."""

    text: str


class SaysOf(Struct, frozen=True, tag=True):
    """Has at least so many of these words, and no figure that stands neither in what it was given nor in the question."""

    texts: tuple[str, ...]
    least: int = 1


class Omits(Struct, frozen=True, tag=True):
    """Does not have these words."""

    text: str


class Fits(Struct, frozen=True, tag=True):
    """Is JSON that fits this schema."""

    schema: dict[str, Any]


class NeverCalls(Struct, frozen=True, tag=True):
    """Does not call a tool, with just these arguments (None: with any; a model that does is never let through)."""

    tool: str
    arguments: dict[str, Any] | None = None


class AsksFirst(Struct, frozen=True, tag=True):
    """Asks the person something, and changes nothing."""


Check = Calls | Changes | Cites | Says | SaysOf | Omits | Fits | NeverCalls | AsksFirst


class Recorded(Struct, frozen=True, omit_defaults=True):
    """One step as it was: what was said and called, what the tools answered, and what that brought: `found` passages and
    `more` tools. `undone` are calls, by id, that came to nothing."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    results: tuple[Message, ...] = ()
    undone: tuple[str, ...] = ()
    found: tuple[Hit, ...] = ()
    more: tuple[ToolSpec, ...] = ()


class Hashes(Struct, frozen=True):
    """What a case was recorded with, each as 16 hex digits of its SHA-256: the tools' descriptions, the prompt's stable
    beginning, the person's skills."""

    tools: str
    prompt: str
    skills: str


class CaseBody(Struct, frozen=True):
    """A case's words: the `opening` that everybody who is tried gets, the record that tools answer from, and the checks.

    `model` answered then, and `cited` those passages; `local`: no model elsewhere may be asked it.
    """

    opening: ModelRequest
    record: tuple[Recorded, ...]
    hashes: Hashes
    checks: tuple[Check, ...] = ()
    model: str = ""
    cited: tuple[str, ...] = ()
    local: bool = False

    @property
    def said(self) -> str:
        """The person's words."""
        return next((each.text for each in reversed(self.opening.messages) if each.role == "user"), "")

    @property
    def now(self) -> datetime | None:
        """When it was asked, as the model was told; None when it was not told."""
        found = _NOW.search(self.opening.context)
        try:
            return datetime.fromisoformat(f"{found[1]}T{found[2]}") if found else None
        except ValueError:
            return None

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """All recorded calls, in order."""
        return tuple(wish_of(call) for step in self.record for call in step.calls)

    @property
    def material(self) -> list[str]:
        """What an answer can be made of: passages, results of tools, and what the person said."""
        hits = [*self.opening.passages, *(hit for step in self.record for hit in step.found)]
        results = [message.text for step in self.record for message in step.results]
        said = [message.text for message in self.opening.messages if message.role == "user"]
        return [*(hit.text for hit in hits), *results, *said]

    @property
    def undone(self) -> tuple[Wish, ...]:
        """Recorded calls that came to nothing: who makes them again changes nothing."""
        return tuple(wish_of(call) for step in self.record for call in step.calls if call.id in step.undone)

    @property
    def answer(self) -> str:
        """The recorded answer."""
        return "\n\n".join(step.text.strip() for step in self.record if step.text.strip())

    def effects(self) -> dict[str, str]:
        """The effect of each tool that was offered, by name."""
        offered = (*self.opening.tools, *(tool for step in self.record for tool in step.more))
        return {tool.name: tool.effect for tool in offered}


class Case(Struct, frozen=True):
    """A case of the person's. `value` is what a right answer is worth beside the others (1 by default); a `holdout` one is left
    out of all tuning and counts for verdicts alone."""

    id: str
    turn: str
    conversation: str
    task: str
    body: CaseBody
    rating: Rating = ""
    value: float = 1.0
    holdout: bool = False
    state: CaseState = "kept"
    made_at: str = ""
    documents: tuple[str, ...] = ()


def wish_of(call: ToolCall) -> Wish:
    """A call as it is compared: without its id."""
    return Wish(call.name, call.arguments)


def normalised(arguments: Mapping[str, Any], now: datetime | None = None) -> dict[str, Any]:
    """Arguments without what makes no difference: case, spacing, punctuation at the edges, whole numbers written as others,
    what is empty, the order of keys, and how a date is said, seen from `now`."""
    found = {key: _dated(value, now) if key in DATES else _plain(value) for key, value in sorted(arguments.items())}
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def fits_wish(call: Wish, tool: str, arguments: Mapping[str, Any] | None, now: datetime | None = None) -> bool:
    """Whether a call is one of a tool with just these arguments (None: any)."""
    if call.tool != tool or arguments is None:
        return call.tool == tool
    if tool == SAYS_WHEN and now:
        return _reminder(call.arguments, now) == _reminder(arguments, now)
    return normalised(call.arguments, now) == normalised(arguments, now)


def difference(call: Wish, recorded: Iterable[Wish]) -> str:
    """How a call that is not in the record differs from the nearest one that is, in words."""
    near = sorted(recorded, key=lambda other: (other.tool != call.tool, -_shared(call, other)))
    if not near or near[0].tool != call.tool:
        return f"called {call_words(call)}, and the record has no call of {call.tool}"
    own, other = normalised(call.arguments), normalised(near[0].arguments)
    apart = [key for key in sorted({*own, *other}) if own.get(key) != other.get(key)]
    told = "; ".join(
        f"{key}: {_word(call.arguments.get(key))} instead of {_word(near[0].arguments.get(key))}" for key in apart
    )
    return f"called {call.tool} with {told}"


def call_words(call: Wish) -> str:
    """A call in one line."""
    return f"{call.tool}({', '.join(f'{key}: {_word(value)}' for key, value in call.arguments.items())})"


def check_words(check: Check) -> str:
    """A check in one line, as the person reads it."""
    match check:
        case Calls(tool, None):
            return f"calls {tool}"
        case Calls(tool, arguments):
            return f"calls {call_words(Wish(tool, arguments or {}))}"
        case Changes(calls):
            return f"changes only this: {', '.join(map(call_words, calls))}" if calls else "changes nothing"
        case Cites(sources, least):
            return (
                f"rests on {'the passage' if len(sources) == 1 else f'{least} of the {len(sources)} passages'} it cited"
            )
        case Says(text):
            return f'says "{text}"'
        case SaysOf(texts, least):
            told = ", ".join(f'"{text}"' for text in texts)
            return f"says {told}" if least == len(texts) else f"says {least} of {told}"
        case Omits(text):
            return f'does not say "{text}"'
        case Fits():
            return "is JSON that fits its schema"
        case NeverCalls(tool, None):
            return f"never calls {tool}"
        case NeverCalls(tool, arguments):
            return f"never calls {call_words(Wish(tool, arguments or {}))}"
        case AsksFirst():
            return "asks first, and changes nothing"


def folded(text: str) -> str:
    """A text as words in it are looked for: lower case, single spaces, plain quotation marks, 9:00 for 09:00."""
    return _CLOCK.sub(r"\1", _SPACE.sub(" ", text.translate(_STRAIGHT))).casefold().strip()


def figures_in(text: str) -> list[str]:
    """Numbers, dates and times of a text, each once, without marks of sources and the numbers of a list."""
    return list(dict.fromkeys(FIGURE.findall(MARK.sub("", _LISTED.sub("", text)))))


def short_hash(*parts: Any) -> str:
    """16 hex digits of the SHA-256 of plain data, in a form that does not depend on the order of keys."""
    data = msgspec.json.encode(msgspec.to_builtins(parts), order="deterministic")
    return hashlib.sha256(data).hexdigest()[:16]


def replay_key(body: CaseBody, opening: ModelRequest, setup: str) -> str:
    """By content, what is asked of whom when a case is replayed: its opening as it is sent, its record, and the setup."""
    asked = msgspec.to_builtins(opening)
    if not opening.examples:
        del asked["examples"]  # so that what was answered before there were any is not asked again
    return short_hash("replay 1", asked, [_answers(step) for step in body.record], setup)


_STRAIGHT = str.maketrans("’‘“”", "''\"\"")


def _answers(step: Recorded) -> Sequence[Any]:
    return (step.calls, step.results, step.found, step.more)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return folded(value).strip(_EDGES)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return normalised(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _dated(value: Any, now: datetime | None) -> Any:
    """A date as an ISO one, if the whole text says nothing else."""
    from sage.core.plain_dates import find_date, without  # not for a front end's start

    if now and isinstance(value, str) and (found := find_date(value, now)) and not without(value, found):
        return found.iso()
    return _plain(value)


def _reminder(arguments: Mapping[str, Any], now: datetime) -> tuple[str, frozenset[str]]:
    """When a reminder rings, and its words, wherever the time stood among them."""
    from sage.core.plain_dates import find_date, without

    said = f"{arguments.get('when') or ''} {arguments.get('text') or ''}"
    found = find_date(said, now)
    words = frozenset(word.strip(_EDGES) for word in folded(without(said, found) if found else said).split())
    return (found.iso() if found else "", words - _LINKS - {""})


def _shared(call: Wish, other: Wish) -> int:
    own = normalised(call.arguments)
    return sum(own.get(key) == value for key, value in normalised(other.arguments).items())


def _word(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)
