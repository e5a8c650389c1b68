"""The home: settings, first run, backups, the engine itself."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.model_choice import ModelOption
from sage.wire.base import Nothing, Request


class Setting(Struct, frozen=True):
    """One value of the profile in force, and where it came from; `kind` says in plain words what it may be ("": a plugin's)."""

    key: str
    value: Any
    origin: str
    text: str
    kind: str = ""
    default: Any = None


class SettingSet(Struct, frozen=True):
    """How a setting is now. `was` is what settings.toml had, as it can be typed ("": nothing); `over` names the file that
    says otherwise and goes first ("": none)."""

    setting: Setting
    was: str = ""
    over: str = ""


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


class Exported(Struct, frozen=True):
    """What an export wrote, and how many of each; `left_out` names what is not in it, each with the reason."""

    path: str
    files: int
    bytes: int
    notes: int
    conversations: int
    texts: int
    reminders: int
    facts: int
    left_out: tuple[str, ...] = ()


class SetupShown(Struct, frozen=True):
    """What the first run still has to ask (`model`, `notes`), and what was found to choose from."""

    open_steps: tuple[str, ...]
    options: tuple[ModelOption, ...]
    vaults: tuple[str, ...]
    home: str


class EngineStatus(Struct, frozen=True):
    """The engine at a glance. `notes` are the person's, without goals and tasks; `documents` is all that memory holds;
    `memory_mb` is resident memory; `answering` the model that would answer now; `watched`
    imported folders are read as soon as something in them changes, `unwatched` ones now and again. `paused` says how
    long a pause lasts ("" when there is none), `away` how long Sage answers for the person ("" while it does not); `waiting`
    drafts and questions are left to them. `start` is the place in which the app begins. `cap_today_usd` is the most that a
    day may cost; `next_at` (ISO, in the person's zone) and `next_text` are the next reminder's. `theme`, `motion` and `keys`
    are the settings of `[ui]`."""

    pid: int
    sage: str
    home: str
    profile: str
    answering: str
    notes: int
    documents: int
    passages: int
    spent_today_usd: float
    memory_mb: float
    clients: int
    stays: bool
    theme: str
    watched: int = 0
    unwatched: int = 0
    paused: str = ""
    away: str = ""
    waiting: int = 0
    start: str = "talk"
    cap_today_usd: float = 0.0
    next_at: str = ""
    next_text: str = ""
    motion: str = "full"
    keys: str = "default"


class ShowProfile(Request[ProfileShown], frozen=True, tag=True):
    reply: ClassVar[Any] = ProfileShown


class SetSetting(Request[SettingSet], frozen=True, tag=True):
    """Writes one setting into settings.toml, as it was typed; `reset` takes it out, so that the default holds."""

    key: str
    typed: str = ""
    reset: bool = False
    reply: ClassVar[Any] = SettingSet


class UndoSetting(Request[Nothing], frozen=True, tag=True):
    """settings.toml as it was before the last `SetSetting` of this engine, byte for byte."""


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


class ExportHome(Request[Exported], frozen=True, tag=True):
    """Everything as Markdown and JSON, into a folder that is new or empty."""

    path: str
    reply: ClassVar[Any] = Exported


class ShowStatus(Request[EngineStatus], frozen=True, tag=True):
    reply: ClassVar[Any] = EngineStatus


class StopEngine(Request[Nothing], frozen=True, tag=True):
    """Ends the engine once running turns are on disk."""


Requests = (
    ShowProfile
    | SetSetting
    | UndoSetting
    | ShowSetup
    | CloseSetup
    | Why
    | MakeBackup
    | ExportHome
    | ShowStatus
    | StopEngine
)
