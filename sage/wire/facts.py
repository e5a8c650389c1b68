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
    """Facts about some words ("" for all), as of some days in words ("" for now); with `recipients` those that follow from what
    all of them may see, and from nothing else."""

    about: str = ""
    at: str = ""
    scope: Scope = "all"
    most: int = 30
    recipients: tuple[str, ...] | None = None
    reply: ClassVar[Any] = FactsShown


class DecideFact(Request[FactsShown], frozen=True, tag=True):
    """What the person says of a fact: that it is right, wrong, or done. Shows it as it stands then."""

    id: str
    decision: Decision
    reply: ClassVar[Any] = FactsShown


class FactsReading(Struct, frozen=True, tag=True):
    """How far a model is: `done` of `total` passages. All of them can cost at most `worst` US dollars (None: price unknown)."""

    model: str
    done: int
    total: int
    worst: float | None = None


class FactsRead(Struct, frozen=True):
    """What a model found: how many facts are `new`, in how many passages it looked, who it was, and what it cost in US dollars
    (None: price unknown). `stopped` says why it ended early ("" if it did not)."""

    new: int
    passages: int
    models: tuple[str, ...]
    cost: float | None
    stopped: str = ""
    found: tuple[Belief, ...] = ()


class ReadFacts(Request[FactsRead], frozen=True, tag=True):
    """Lets the model that answers look for facts in the person's own passages that it has not read: in those found for some
    words ("" for all), written since some day in words ("" for ever), the newest first."""

    about: str = ""
    since: str = ""
    most: int = 20
    reply: ClassVar[Any] = FactsRead


Requests = ShowFacts | DecideFact | ReadFacts
"""Requests about facts."""
