"""Frames: what stands on one line of the door. What a frame holds is read by its own type, so that nobody loads the types of all
that can be said: all requests are in `requests`, all events and news in `events`."""

from __future__ import annotations

from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from sage.core.errors import OtherVersion
from sage.wire.base import R, Request

Q = TypeVar("Q")
E = TypeVar("E")
N = TypeVar("N")

VERSION = 1
FRAME_LIMIT = 64 * 1024 * 1024
"""Bytes that one frame may have."""


class Hello(Struct, frozen=True, tag=True):
    """Who comes in: `client` is `tui` or `cli`."""

    wire: int
    sage: str
    client: str
    profile: str = ""


class Welcome(Struct, frozen=True, tag=True):
    wire: int
    sage: str
    pid: int


class Call(Struct, Generic[Q], frozen=True, tag=True):
    id: int
    request: Q


class Cancel(Struct, frozen=True, tag=True):
    id: int


class Event(Struct, Generic[E], frozen=True, tag=True):
    id: int
    event: E


class Result(Struct, frozen=True, tag=True):
    id: int
    body: msgspec.Raw


class Failed(Struct, frozen=True, tag=True):
    id: int
    kind: str
    what: str
    safe: str = ""
    do: str = ""


class News(Struct, Generic[N], frozen=True, tag=True):
    news: N


FromEngine = Welcome | Event[Any] | Result | Failed | News[Any]
_Unread = Welcome | Event[msgspec.Raw] | Result | Failed | News[msgspec.Raw]


_encoder = msgspec.json.Encoder()


@cache
def _decoder() -> msgspec.json.Decoder[_Unread]:
    return msgspec.json.Decoder(_Unread)


def pack(frame: Hello | Call[Any] | Cancel | FromEngine) -> bytes:
    """One frame as a line."""
    return _encoder.encode(frame) + b"\n"


def result(call: int, body: Any) -> Result:
    """The result frame of a call."""
    return Result(call, msgspec.Raw(_encoder.encode(body)))


def read_from_engine(line: bytes) -> FromEngine:
    """The engine's frame. Raises OtherVersion when it is none that this version knows."""
    try:
        frame = _decoder().decode(line)
        if isinstance(frame, Event | News):
            return _read_inside(frame)
        return frame
    except msgspec.DecodeError as error:
        raise OtherVersion(
            "The engine sent what this front end does not understand.", do="Stop it with: sage engine stop"
        ) from error


def _read_inside(frame: Event[msgspec.Raw] | News[msgspec.Raw]) -> FromEngine:
    from sage.wire import events  # many calls have none

    if isinstance(frame, Event):
        return Event(frame.id, events.decoder(events.StreamEvent).decode(frame.event))
    return News(events.decoder(events.AnyNews).decode(frame.news))


def read_result(request: Request[R], body: msgspec.Raw) -> R:
    """The body of a result, as the type that the request promises."""
    found: R = msgspec.json.decode(body, type=type(request).reply)
    return found


def differing(theirs: str, ours: str) -> OtherVersion:
    """The told error for a front end and an engine of different versions."""
    return OtherVersion(
        f"The engine is version {theirs}, this front end is version {ours}.",
        safe="Nothing was changed.",
        do="Stop the engine with: sage engine stop, and start this again.",
    )
