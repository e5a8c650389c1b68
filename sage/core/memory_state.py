"""What memory holds, and whether its caches agree with the truth."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from sage.core.passages import MemoryCounts

Part = Literal["journal", "index", "words", "vectors", "neighbours", "files"]
State = Literal["ok", "waits", "wrong"]
"""`waits`: it is behind, and is being or will be brought up to date by itself."""


class MemoryFinding(Struct, frozen=True):
    """What was found of one part: what it says, and what mends it ("" when nothing needs to)."""

    part: Part
    state: State
    what: str
    do: str = ""


class MemoryState(Struct, frozen=True):
    """What memory holds. `bytes` is what the index takes on the disk; `nearest` is the vector index that answers.

    While the vectors of another embedder are being made, `next_embedder` names it and `next_vectors` counts them.
    """

    counts: MemoryCounts
    bytes: int
    embedder: str
    nearest: str
    next_embedder: str = ""
    next_vectors: int = 0
    roots: tuple[str, ...] = ()


class VerifyProgress(Struct, frozen=True, tag=True):
    """How far a verification is, in passages."""

    done: int
    total: int
