"""Labels: who may see what."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.sharing import PutLabel, ShareChange, ShareHow, Sight
from sage.wire.base import Request


class LabelsShown(Struct, frozen=True):
    """All labels; `sight` is what all of those asked for may see."""

    labels: tuple[PutLabel, ...]
    sight: Sight | None = None


class Share(Request[ShareChange], frozen=True, tag=True):
    """Puts a label on what `target` names (from `folder`, where that is a path), or only tells what it would change.

    Nobody named: the person alone.
    """

    target: str
    how: ShareHow = "add"
    names: tuple[str, ...] = ()
    folder: str = ""
    preview: bool = False
    reply: ClassVar[Any] = ShareChange


class ShowLabels(Request[LabelsShown], frozen=True, tag=True):
    """`recipients` asks for what all of them may see; `()` for what is public."""

    recipients: tuple[str, ...] | None = None
    reply: ClassVar[Any] = LabelsShown


Requests = Share | ShowLabels
