"""What the person jots down in passing."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.capturing import CaptureKind
from sage.wire.base import Request


class Captured(Struct, frozen=True):
    """What became of a line, by its id, in words: one line, also for one that was taken back."""

    id: str
    kind: CaptureKind
    words: str


class Capture(Request[Captured], frozen=True, tag=True):
    """Keeps a line: as what its words say, or (`kind`) as what the person says it is. `key` (letters and digits) names this one
    line, so that asking twice keeps it once. `at` is when it was said (ISO 8601 with offset; "": now), from which its days and
    times are read. Raises BadInput with what is not clear, and keeps nothing."""

    text: str
    kind: CaptureKind | None = None
    key: str = ""
    at: str = ""
    reply: ClassVar[Any] = Captured


class TakeBackCapture(Request[Captured], frozen=True, tag=True):
    """Takes back what was kept, by its id."""

    id: str
    reply: ClassVar[Any] = Captured


Requests = Capture | TakeBackCapture
