"""Frames: what stands on one line of the door."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from sage.core.errors import OtherVersion
from sage.core.forgetting.forgetting import PurgeStep
from sage.core.memory_state import VerifyProgress
from sage.core.model_catalogue import InstallProgress
from sage.core.passages import ImportProgress
from sage.core.schedules.schedule import Ring
from sage.core.trials import TrialProgress
from sage.core.turns import TurnEvent
from sage.wire import (
    captures,
    contacts,
    copies,
    deputy,
    digest,
    evals,
    examples,
    facts,
    forgetting,
    home,
    inbox,
    labels,
    learning,
    ledger,
    memory,
    memory_upkeep,
    models,
    nudges,
    plans,
    plugins,
    programs,
    rituals,
    schedules,
    sheets,
    skills,
    swaps,
    talk,
    telling,
    tools,
)
from sage.wire.base import R, Request
from sage.wire.copies import CopyStep
from sage.wire.facts import FactsReading
from sage.wire.sheets import SheetStep

VERSION = 1
FRAME_LIMIT = 64 * 1024 * 1024
"""Bytes that one frame may have."""

AnyRequest = (
    talk.Requests
    | memory.Requests
    | memory_upkeep.Requests
    | facts.Requests
    | labels.Requests
    | forgetting.Requests
    | plans.Requests
    | captures.Requests
    | nudges.Requests
    | rituals.Requests
    | schedules.Requests
    | models.Requests
    | ledger.Requests
    | sheets.Requests
    | copies.SendCopies
    | plugins.Requests
    | home.Requests
    | telling.Requests
    | skills.Requests
    | swaps.Requests
    | tools.Requests
    | programs.Requests
    | deputy.Requests
    | digest.ShowDigest
    | contacts.Requests
    | learning.Requests
    | inbox.Requests
    | evals.Requests
    | examples.Requests
)


class ReminderDue(Struct, frozen=True, tag=True):
    """A reminder's time has come. Whoever shows it asks first (`TakeReminder`), and says so afterwards (`ReminderShown`); one
    whose `key` was shown is not shown again. In quiet hours it makes no sound. `outside`: the terminal is asked to tell it,
    too.
    """

    ring: Ring
    key: str
    quiet: bool = False
    outside: bool = False


class Notice(Struct, frozen=True, tag=True):
    """Something that the person should know of, in words."""

    text: str


class StatusChanged(Struct, frozen=True, tag=True):
    """What `ShowStatus` tells has changed."""


class EngineLeaves(Struct, frozen=True, tag=True):
    """The engine ends; its socket closes next."""

    why: str


AnyNews = ReminderDue | Notice | StatusChanged | EngineLeaves

StreamEvent = (
    TurnEvent
    | ImportProgress
    | VerifyProgress
    | InstallProgress
    | PurgeStep
    | FactsReading
    | SheetStep
    | CopyStep
    | TrialProgress
)


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


class Call(Struct, frozen=True, tag=True):
    id: int
    request: AnyRequest


class Cancel(Struct, frozen=True, tag=True):
    id: int


class Event(Struct, frozen=True, tag=True):
    id: int
    event: StreamEvent


class Result(Struct, frozen=True, tag=True):
    id: int
    body: msgspec.Raw


class Failed(Struct, frozen=True, tag=True):
    id: int
    kind: str
    what: str
    safe: str = ""
    do: str = ""


class News(Struct, frozen=True, tag=True):
    news: AnyNews


ToEngine = Hello | Call | Cancel


FromEngine = Welcome | Event | Result | Failed | News


_encoder = msgspec.json.Encoder()


@cache
def _decoder_to_engine() -> msgspec.json.Decoder[ToEngine]:
    return msgspec.json.Decoder(ToEngine)


@cache
def _decoder_from_engine() -> msgspec.json.Decoder[FromEngine]:
    return msgspec.json.Decoder(FromEngine)


def pack(frame: ToEngine | FromEngine) -> bytes:
    """One frame as a line."""
    return _encoder.encode(frame) + b"\n"


def result(call: int, body: Any) -> Result:
    """The result frame of a call."""
    return Result(call, msgspec.Raw(_encoder.encode(body)))


def read_to_engine(line: bytes) -> ToEngine:
    """A front end's frame. Raises OtherVersion when it is none that this version knows."""
    try:
        return _decoder_to_engine().decode(line)
    except (msgspec.DecodeError, RecursionError) as error:  # the latter for one that is nested too deeply
        raise OtherVersion(
            "A front end sent what this engine does not understand.", do="Close it and start it again."
        ) from error


def read_from_engine(line: bytes) -> FromEngine:
    """The engine's frame. Raises OtherVersion when it is none that this version knows."""
    try:
        return _decoder_from_engine().decode(line)
    except msgspec.DecodeError as error:
        raise OtherVersion(
            "The engine sent what this front end does not understand.", do="Stop it with: sage engine stop"
        ) from error


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
