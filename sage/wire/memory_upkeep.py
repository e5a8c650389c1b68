"""Memory's caches: what they hold, whether they are right, and making them anew."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.memory_map import MemoryMap
from sage.core.memory_state import MemoryFinding, MemoryState
from sage.core.passages import ImportReport
from sage.wire.base import Request


class ShowMemory(Request[MemoryState], frozen=True, tag=True):
    reply: ClassVar[Any] = MemoryState


class MemoryVerified(Struct, frozen=True):
    findings: tuple[MemoryFinding, ...]


class VerifyMemory(Request[MemoryVerified], frozen=True, tag=True):
    reply: ClassVar[Any] = MemoryVerified


class MemoryRebuilt(Struct, frozen=True):
    reports: tuple[ImportReport, ...]
    state: MemoryState


class RebuildMemory(Request[MemoryRebuilt], frozen=True, tag=True):
    reply: ClassVar[Any] = MemoryRebuilt


class ShowMap(Request[MemoryMap], frozen=True, tag=True):
    """The person's own map: of all ("" for that), of a folder, around a note, or of notes whose paths have some words."""

    name: str = ""
    reply: ClassVar[Any] = MemoryMap


class UseEmbedder(Request[MemoryState], frozen=True, tag=True):
    """Tries an embedder with a word, writes it to the settings, and begins to make its vectors."""

    name: str
    base_url: str = ""
    key_env: str = ""
    reply: ClassVar[Any] = MemoryState


Requests = ShowMemory | ShowMap | VerifyMemory | RebuildMemory | UseEmbedder
