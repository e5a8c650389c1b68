"""Facts: what the person stated, what it amounts to, and what they decide of it."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.beliefs import Belief, Decision
from sage.core.fact_questions import Scope
from sage.wire.base import Request


class FactsShown(Struct, frozen=True):
    """Beliefs, the newest first; `related` are those that they contradict, end, or are ended by. `count` is of all that fit."""

    beliefs: tuple[Belief, ...]
    related: tuple[Belief, ...] = ()
    first: str = ""
    last: str = ""
    count: int = 0


class ShowFacts(Request[FactsShown], frozen=True, tag=True):
    """Facts about some words ("" for all), as of some days in words ("" for now)."""

    about: str = ""
    at: str = ""
    scope: Scope = "all"
    most: int = 30
    reply: ClassVar[Any] = FactsShown


class DecideFact(Request[FactsShown], frozen=True, tag=True):
    """What the person says of a fact: that it is right, wrong, or done. Shows it as it stands then."""

    id: str
    decision: Decision
    reply: ClassVar[Any] = FactsShown


Requests = ShowFacts | DecideFact
"""Requests about facts."""
