"""Facts: what the person stated, what it amounts to, and what they decide of it."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.facts.beliefs import Belief, Decision
from sage.core.facts.facts import Scope
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


class FactsFound(Struct, frozen=True):
    """What a model found: how many facts are new, in how many passages it looked, who it was, and what it cost in US dollars."""

    new: int
    passages: int
    models: tuple[str, ...]
    cost: float | None
    shown: FactsShown


class FindFacts(Request[FactsFound], frozen=True, tag=True):
    """Lets the model that answers look for facts in the passages that are found for some words."""

    words: str
    most: int = 5
    reply: ClassVar[Any] = FactsFound


Requests = ShowFacts | DecideFact | FindFacts
"""Requests about facts."""
