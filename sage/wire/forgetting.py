"""Forgetting: what would go, taking it out, giving it back, purging it for good."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.forgetting.forgetting import Forgetting, Preview, Purged, Target
from sage.wire.base import Request


class Forgettings(Struct, frozen=True):
    forgettings: tuple[Forgetting, ...]


class PreviewForgetting(Request[Preview], frozen=True, tag=True):
    target: Target
    reply: ClassVar[Any] = Preview


class Forget(Request[Forgetting], frozen=True, tag=True):
    """`digest` must be that of the preview that was shown; `edit` says yes to the edits of the person's files in it."""

    target: Target
    digest: str
    edit: bool = False
    reply: ClassVar[Any] = Forgetting


class UndoForgetting(Request[Forgetting], frozen=True, tag=True):
    id: str
    reply: ClassVar[Any] = Forgetting


class PurgeForgotten(Request[Purged], frozen=True, tag=True):
    """`id` may be "all"."""

    id: str
    reply: ClassVar[Any] = Purged


class ListForgettings(Request[Forgettings], frozen=True, tag=True):
    reply: ClassVar[Any] = Forgettings


Requests = PreviewForgetting | Forget | UndoForgetting | PurgeForgotten | ListForgettings
