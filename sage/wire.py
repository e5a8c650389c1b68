"""The messages of the engine's door: newline-delimited JSON, typed, one version.

A front end says `Hello`, gets `Welcome` (or `Failed` with id 0 when the versions differ), then sends `Call`s. Each
call is answered by any number of `Event`s and exactly one `Result` or `Failed` of the same id. `News` comes unasked.
"""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from msgspec import Struct

from sage.core.errors import OtherVersion
from sage.core.messages import TextDelta
from sage.core.model_catalogue import InstallProgress
from sage.core.model_choice import ModelOption
from sage.core.passages import Hit, ImportProgress, ImportReport
from sage.core.plans import Goal, GoalState, Note, Reminder, Task
from sage.core.turns import (
    ActionTaken,
    Answer,
    ApprovalNeeded,
    ApprovalSettled,
    ConversationLine,
    Correction,
    PastTurn,
    StartedOver,
    TurnStarted,
)

VERSION = 1
FRAME_LIMIT = 64 * 1024 * 1024
"""Bytes that one frame may have."""

R = TypeVar("R")


class Nothing(Struct, frozen=True):
    """The reply of a request that has nothing to say."""


class Request(Struct, Generic[R], frozen=True, tag=True):
    """A question to the engine. `reply` is the type of its result."""

    reply: ClassVar[Any] = Nothing


# --- replies -----------------------------------------------------------------------------------------------------


class Recalled(Struct, frozen=True):
    query: str
    elapsed_ms: float
    hits: tuple[Hit, ...]


class Goals(Struct, frozen=True):
    goals: tuple[Goal, ...]


class Tasks(Struct, frozen=True):
    tasks: tuple[Task, ...]


class GoalShown(Struct, frozen=True):
    """A goal with its chain of whys (nearest first), and its text."""

    goal: Goal
    whys: tuple[Goal, ...]
    text: str


class Setting(Struct, frozen=True):
    """One value of the profile in force, and where it came from."""

    key: str
    value: Any
    origin: str
    text: str


class ProfileShown(Struct, frozen=True):
    name: str
    settings: tuple[Setting, ...]


class Explanation(Struct, frozen=True):
    """Why something is as it is: plain lines, and the same as data."""

    id: str
    kind: str
    lines: tuple[str, ...]
    data: dict[str, Any]


class BackupMade(Struct, frozen=True):
    """`left_out` names what is not in it (links, unreadable files), each with the reason."""

    path: str
    bytes: int
    left_out: tuple[str, ...] = ()


class ModelsShown(Struct, frozen=True):
    """`chain` answers in that order; `options` are all that could."""

    chain: tuple[str, ...]
    options: tuple[ModelOption, ...]


class SetupShown(Struct, frozen=True):
    """What the first run still has to ask (`model`, `notes`), and what was found to choose from."""

    open_steps: tuple[str, ...]
    options: tuple[ModelOption, ...]
    vaults: tuple[str, ...]
    home: str


class EngineStatus(Struct, frozen=True):
    """The engine at a glance. `memory_mb` is resident memory; `answering` the model that would answer now."""

    pid: int
    sage: str
    home: str
    profile: str
    answering: str
    documents: int
    passages: int
    spent_today_usd: float
    memory_mb: float
    clients: int
    stays: bool
    theme: str


class Conversations(Struct, frozen=True):
    conversations: tuple[ConversationLine, ...]


class ConversationShown(Struct, frozen=True):
    id: str
    turns: tuple[PastTurn, ...]
    running: str


# --- requests ----------------------------------------------------------------------------------------------------


class Ask(Request[Answer], frozen=True, tag=True):
    """One turn of a conversation: "" begins a new one, "last" goes on with the newest.

    Closing the line does not end the turn; `StopTurn` does.
    """

    text: str
    conversation: str = ""
    attended: bool = True
    reply: ClassVar[Any] = Answer


class Follow(Request[Answer], frozen=True, tag=True):
    """The events of a turn from `after` on, then its answer: how a front end that lost its line goes on."""

    turn: str
    after: int = 0
    reply: ClassVar[Any] = Answer


class StopTurn(Request[Nothing], frozen=True, tag=True):
    turn: str


class Decide(Request[Nothing], frozen=True, tag=True):
    """The person's answer to an `ApprovalNeeded`; `digest` must be the one that was shown."""

    approval: str
    digest: str
    granted: bool


class Warm(Request[Nothing], frozen=True, tag=True):
    """Somebody is about to talk: a model on this machine may be loaded and read what every prompt begins with."""


class Recall(Request[Recalled], frozen=True, tag=True):
    query: str
    k: int = 10
    recipients: tuple[str, ...] | None = None
    reply: ClassVar[Any] = Recalled


class ImportNotes(Request[ImportReport], frozen=True, tag=True):
    path: str
    reply: ClassVar[Any] = ImportReport


class AddNote(Request[Note], frozen=True, tag=True):
    text: str
    title: str = ""
    reply: ClassVar[Any] = Note


class ListGoals(Request[Goals], frozen=True, tag=True):
    all: bool = False
    reply: ClassVar[Any] = Goals


class AddGoal(Request[Goal], frozen=True, tag=True):
    title: str
    why: str = ""
    parent: str = ""
    reply: ClassVar[Any] = Goal


class ShowGoal(Request[GoalShown], frozen=True, tag=True):
    goal: str
    reply: ClassVar[Any] = GoalShown


class ChangeGoal(Request[Goal], frozen=True, tag=True):
    goal: str
    state: GoalState
    reply: ClassVar[Any] = Goal


class ListTasks(Request[Tasks], frozen=True, tag=True):
    all: bool = False
    reply: ClassVar[Any] = Tasks


class AddTask(Request[Task], frozen=True, tag=True):
    text: str
    due: str = ""
    reply: ClassVar[Any] = Task


class CompleteTask(Request[Task], frozen=True, tag=True):
    task: str
    reply: ClassVar[Any] = Task


class ListModels(Request[ModelsShown], frozen=True, tag=True):
    reply: ClassVar[Any] = ModelsShown


class InstallModel(Request[Nothing], frozen=True, tag=True):
    name: str


class UseModel(Request[ModelsShown], frozen=True, tag=True):
    """Puts a model at the head of the chain, in settings.toml."""

    id: str
    base_url: str = ""
    key_env: str = ""
    reply: ClassVar[Any] = ModelsShown


class StoreKey(Request[Nothing], frozen=True, tag=True):
    """Keeps a key in the keyring, else in a 0600 file."""

    name: str
    key: str

    def __repr__(self) -> str:
        return f"StoreKey({self.name!r}, …)"


class ShowProfile(Request[ProfileShown], frozen=True, tag=True):
    reply: ClassVar[Any] = ProfileShown


class ShowSetup(Request[SetupShown], frozen=True, tag=True):
    reply: ClassVar[Any] = SetupShown


class CloseSetup(Request[Nothing], frozen=True, tag=True):
    """A step of the first run was answered or skipped: it is never asked again."""

    step: str


class Why(Request[Explanation], frozen=True, tag=True):
    id: str
    reply: ClassVar[Any] = Explanation


class MakeBackup(Request[BackupMade], frozen=True, tag=True):
    path: str = ""
    reply: ClassVar[Any] = BackupMade


class ListConversations(Request[Conversations], frozen=True, tag=True):
    limit: int = 50
    reply: ClassVar[Any] = Conversations


class ShowConversation(Request[ConversationShown], frozen=True, tag=True):
    """`id` may be "last"."""

    id: str
    reply: ClassVar[Any] = ConversationShown


class ShowStatus(Request[EngineStatus], frozen=True, tag=True):
    reply: ClassVar[Any] = EngineStatus


class StopEngine(Request[Nothing], frozen=True, tag=True):
    """Ends the engine once running turns are on disk."""


AnyRequest = (
    Ask
    | Follow
    | StopTurn
    | Decide
    | Warm
    | Recall
    | ImportNotes
    | AddNote
    | ListGoals
    | AddGoal
    | ShowGoal
    | ChangeGoal
    | ListTasks
    | AddTask
    | CompleteTask
    | ListModels
    | InstallModel
    | UseModel
    | StoreKey
    | ShowProfile
    | ShowSetup
    | CloseSetup
    | Why
    | MakeBackup
    | ListConversations
    | ShowConversation
    | ShowStatus
    | StopEngine
)

# --- events and news ---------------------------------------------------------------------------------------------


class ReminderDue(Struct, frozen=True, tag=True):
    """A reminder's time has come; `late` says so in words ("" when it is not). In quiet hours it makes no sound."""

    reminder: Reminder
    late: str
    quiet: bool = False


class EngineLeaves(Struct, frozen=True, tag=True):
    """The engine ends; its socket closes next."""

    why: str


StreamEvent = (
    TurnStarted
    | TextDelta
    | ActionTaken
    | ApprovalNeeded
    | ApprovalSettled
    | StartedOver
    | Correction
    | ImportProgress
    | InstallProgress
)

# --- frames ------------------------------------------------------------------------------------------------------


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
    news: ReminderDue | EngineLeaves


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
    except msgspec.DecodeError as error:
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
