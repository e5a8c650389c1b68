"""Answers of a stronger model that the person kept, as examples for the quick one."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.wire.base import Nothing, Request


class ExampleLine(Struct, frozen=True):
    """An example; one that is only proposed has no `id` yet. `local`: shown only where nobody elsewhere may be asked next."""

    id: str
    turn: str
    task: str
    said: str
    answer: str
    model: str
    tokens: int
    local: bool = False


class ExamplesShown(Struct, frozen=True):
    """What there is, the newest first. `on`: quick is shown some of it. `told` says how it stands, in sentences."""

    on: bool
    examples: tuple[ExampleLine, ...]
    proposed: tuple[ExampleLine, ...]
    told: tuple[str, ...]


class ListExamples(Request[ExamplesShown], frozen=True, tag=True):
    reply: ClassVar[Any] = ExamplesShown


class ShowExample(Request[ExampleLine], frozen=True, tag=True):
    """By the example's id, or its turn's. NotFound."""

    id: str
    reply: ClassVar[Any] = ExampleLine


class AddExamples(Request[ExamplesShown], frozen=True, tag=True):
    """Keeps what a turn gives, or all that is proposed ("last": the newest turn). Raises NotFound, and BadInput where it cannot
    serve."""

    turn: str = ""
    reply: ClassVar[Any] = ExamplesShown


class DropExample(Request[Nothing], frozen=True, tag=True):
    """Takes one away with its words; its turn is not proposed again. NotFound."""

    id: str


class ExamplesSet(Struct, frozen=True):
    """`swap` can be rolled back; it is "" where nothing changed. `told` says what holds from now on, and what speaks for it."""

    swap: str
    on: bool
    changes: tuple[str, ...]
    told: tuple[str, ...]


class SetExamples(Request[ExamplesSet], frozen=True, tag=True):
    """Whether quick is shown examples, in settings.toml. Raises NotFound without any, BadInput where nobody answers in quick."""

    on: bool
    reply: ClassVar[Any] = ExamplesSet


Requests = ListExamples | ShowExample | AddExamples | DropExample | SetExamples
