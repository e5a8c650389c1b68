"""What Sage and a plugin's process say to each other: one JSON object a line, on the process's standard input and output.

Sage opens, calls, and says which batches are on disk; the process answers, tells what arrived, and gives a sign of life
every few seconds. One batch at a time is under way, which is all the flow control there is: a plugin that is flooded by
its service waits in its own process.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from sage.plugin_api import (
    Batch,
    CalendarPage,
    Change,
    Changes,
    Completed,
    DraftRef,
    Health,
    Inbound,
    NewTask,
    Outbound,
    Receipt,
    Task,
    Tool,
    ToolResult,
)

LINE_LIMIT = 4_000_000
"""Bytes of one line. What is longer is sent in parts."""
PART = 200
"""Tasks of one part."""
TASK_LIMIT = 4_000
"""Characters of a task's words that go on: a part of such tasks is no longer than a line may be."""
TEXT_LIMIT = 200_000
"""Characters of one message that go on; the rest stays with the service."""
LINE, MOST_ATTACHMENTS = 1_000, 50
"""Characters of what is shown in one line, such as a subject, and names of attachments, that go on."""
MOST_EVENTS = 200
"""Messages of one batch."""
BEAT_SECONDS = 5.0


# -- to the plugin's process --------------------------------------------------------------------------------------------


class Open(Struct, frozen=True, tag="open"):
    """The first line: who it is, and all that it gets. `plugins` is the folder in which the plugin's own stands."""

    api: int
    account: str
    plugins: str
    runtime: str
    config_class: str
    config: dict[str, Any]
    secrets: dict[str, str]
    folder: str
    zone: str
    own: tuple[str, ...]
    memory_mb: int


class Call(Struct, frozen=True, tag="call"):
    """Call a method; `given` are its arguments."""

    id: int
    do: str
    given: tuple[Raw, ...]


class Cancel(Struct, frozen=True, tag="cancel"):
    """Nobody waits for this call any more."""

    id: int


class Listen(Struct, frozen=True, tag="listen"):
    """Tell what comes in after this cursor; ends a listening that goes on."""

    cursor: str


class Taken(Struct, frozen=True, tag="taken"):
    """This batch is on disk."""

    n: int


class Close(Struct, frozen=True, tag="close"):
    """Let everything go, and end."""


ToPlugin = Open | Call | Cancel | Listen | Taken | Close


# -- from the plugin's process ------------------------------------------------------------------------------------------


class Ready(Struct, frozen=True, tag="ready"):
    """It is open."""


class Answer(Struct, frozen=True, tag="answer"):
    """What a call returned. `more`: a part of it, and the rest comes."""

    id: int
    body: Raw
    more: bool = False


class Failed(Struct, frozen=True, tag="failed"):
    """A call, or (`id` 0) opening or listening, raised `kind`: a class of `plugin_api`, or "" for a fault of the plugin,
    of which `what` names the class and the place, and never its words."""

    id: int
    kind: str
    what: str
    retry_after: float = 0.0
    key: str = ""
    theirs: Task | None = None


class Arrived(Struct, frozen=True, tag="arrived"):
    """Messages came in. `more`: the rest of this batch follows."""

    n: int
    events: tuple[Inbound, ...]
    cursor: str
    more: bool = False


class Changed(Struct, frozen=True, tag="changed"):
    """Something is different on the other side."""


class Beat(Struct, frozen=True, tag="beat"):
    """It lives, and uses this much memory."""

    mb: float


FromPlugin = Ready | Answer | Failed | Arrived | Changed | Beat


class Signature(NamedTuple):
    """What a method takes and returns. `seconds`: how long it may take."""

    given: tuple[Any, ...]
    answer: Any
    seconds: float


METHODS: dict[str, Signature] = {
    "health": Signature((), Health, 30),
    "list": Signature((), tuple[Task, ...], 300),
    "changes": Signature((str,), Changes, 300),
    "create": Signature((NewTask, str), Task, 60),
    "update": Signature((str, Change, str), Task, 60),
    "complete": Signature((str, str, datetime), Completed, 60),
    "occurrences": Signature((datetime, datetime), CalendarPage, 120),
    "send": Signature((Outbound, str), Receipt, 90),
    "draft": Signature((Outbound, str), DraftRef, 90),
    "tell": Signature((str, str, str, bool), bool, 30),
    "tools": Signature((), tuple[Tool, ...], 60),
    "call": Signature((str, dict[str, Any], str), ToolResult, 600),
}
"""By name, every method of `plugin_api` that is called across."""
IN_PARTS = (tuple[Task, ...], Changes)
"""Answers that may be longer than a line."""

_encoder = msgspec.json.Encoder()
_to_plugin: msgspec.json.Decoder[ToPlugin] = msgspec.json.Decoder(ToPlugin)
_from_plugin: msgspec.json.Decoder[FromPlugin] = msgspec.json.Decoder(FromPlugin)


def line_of(frame: ToPlugin | FromPlugin) -> bytes:
    """A frame as its line."""
    return _encoded(frame) + b"\n"


def read_to_plugin(line: bytes) -> ToPlugin:
    """Raises msgspec.MsgspecError, as do the readers below."""
    return _to_plugin.decode(line)


def read_from_plugin(line: bytes) -> FromPlugin:
    return _from_plugin.decode(line)


def packed(value: Any) -> Raw:
    """A value as it stands in a frame."""
    return Raw(_encoded(value))


def _encoded(value: Any) -> bytes:
    """As JSON. Half of a character, which a library may have left of what somebody sent, becomes a question mark."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), ensure_ascii=False).encode("utf-8", "replace")


def unpacked(raw: Raw, kind: Any) -> Any:
    """The value of that type."""
    return msgspec.json.decode(raw, type=kind)


def parts_of(answer: Any) -> tuple[list[tuple[Task, ...]], Any]:
    """What goes ahead of a long answer, and the answer that ends it (see `joined`)."""
    if isinstance(answer, Changes):
        ahead, rest = _cut(answer.changed)
        return ahead, msgspec.structs.replace(answer, changed=rest)
    if isinstance(answer, tuple) and answer and isinstance(answer[0], Task):
        return _cut(answer)
    if isinstance(answer, ToolResult):
        return [], msgspec.structs.replace(answer, text=answer.text[:TEXT_LIMIT])
    return [], answer


def joined(ahead: list[tuple[Task, ...]], last: Any) -> Any:
    """The whole answer of its parts."""
    before = tuple(task for part in ahead for task in part)
    if isinstance(last, Changes):
        return msgspec.structs.replace(last, changed=before + last.changed)
    return before + last if ahead else last


def _cut(tasks: tuple[Task, ...]) -> tuple[list[tuple[Task, ...]], tuple[Task, ...]]:
    tasks = tuple(
        task if len(task.text) <= TASK_LIMIT else msgspec.structs.replace(task, text=task.text[:TASK_LIMIT])
        for task in tasks
    )
    parts = [tasks[start : start + PART] for start in range(0, len(tasks), PART)] or [()]
    return parts[:-1], parts[-1]


def arrivals_of(n: int, batch: Batch) -> list[Arrived]:
    """A batch as frames none of which is too long; texts are cut to what goes on."""
    frames: list[Arrived] = []
    part: list[Inbound] = []
    size = 0
    for event in map(_bounded, batch.events):
        length = len(_encoded(event))
        if part and size + length > LINE_LIMIT // 2:
            frames.append(Arrived(n, tuple(part), "", more=True))
            part, size = [], 0
        part.append(event)
        size += length
    return [*frames, Arrived(n, tuple(part), batch.cursor)]


def _bounded(event: Inbound) -> Inbound:
    text = event.text[:TEXT_LIMIT]
    return msgspec.structs.replace(
        event,
        text=text,
        left_out=event.left_out + len(event.text[TEXT_LIMIT:].encode("utf-8", "replace")),
        subject=event.subject[:LINE],
        unreadable=event.unreadable[:LINE],
        sender=msgspec.structs.replace(event.sender, name=event.sender.name[:LINE]),
        attachments=tuple(
            msgspec.structs.replace(each, name=each.name[:LINE], media_type=each.media_type[:LINE])
            for each in event.attachments[:MOST_ATTACHMENTS]
        ),
    )
