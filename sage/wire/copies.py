"""Copies of the agent, sent out on a question each."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.copies import CopyBack
from sage.wire.base import Request


class CopyStep(Struct, frozen=True, tag=True):
    """A copy came back (`number`, from 1) of `total`; first of all, with number 0, which questions they were sent out on."""

    number: int
    total: int
    questions: tuple[str, ...] = ()


class CopiesBack(Struct, frozen=True):
    """What the copies brought back, in the order of their questions; `cost` of all in US dollars (None: price unknown)."""

    copies: tuple[CopyBack, ...]
    cost: float | None
    model: str


class SendCopies(Request[CopiesBack], frozen=True, tag=True):
    """Sends a copy on each question. One question is broken up into `many` by the model first. All together cost at most what
    a turn may."""

    questions: tuple[str, ...]
    many: int = 0
    reply: ClassVar[Any] = CopiesBack
