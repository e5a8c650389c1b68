"""What every request is."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

R = TypeVar("R")


class Nothing(Struct, frozen=True):
    """The reply of a request that has nothing to say."""


class Request(Struct, Generic[R], frozen=True, tag=True):
    """A question to the engine. `reply` is the type of its result."""

    reply: ClassVar[Any] = Nothing
