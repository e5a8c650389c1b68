"""Settings in plain words: every key with its type, its default and what it does."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sage.settings import Settings


class Described(NamedTuple):
    """A key as the documentation tells it."""

    key: str
    type: str
    default: Any
    text: str


def describe(schema: type[BaseModel] = Settings) -> list[Described]:
    """Every key with its type in plain words, its default and what it does, in the order of the schema."""
    return [
        Described(key, plain_type(info.annotation, info.metadata), info.get_default(), info.description or "")
        for key, info in fields_of(schema)
    ]


def fields_of(schema: type[BaseModel], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every dotted key of a schema with what pydantic knows of it, in the order of the schema."""
    for name, info in schema.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from fields_of(info.annotation, f"{above}{name}.")
        else:
            yield f"{above}{name}", info


def plain_type(annotation: Any, metadata: list[Any]) -> str:
    """A type and its bounds in plain words."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return plain_type(inner[0], list(inner[1:]))
    if origin is Literal:
        return "one of " + ", ".join(f'"{choice}"' for choice in inner)
    if origin in (typing.Union, types.UnionType):
        return plain_type(next(kind for kind in inner if kind is not type(None)), metadata)
    if origin in (list, tuple, set, frozenset):
        least = "at least one text" if any(getattr(mark, "min_length", 0) for mark in metadata) else "texts"
        return f'a list of {least}, such as ["one", "two"]'
    if origin is dict or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return 'a table, such as {name = "value"}'
    return {bool: "true or false", int: "a whole number", float: "a number"}.get(
        annotation, "a text in quotes"
    ) + _bounds(metadata)


def _bounds(metadata: list[Any]) -> str:
    marks = [bound for mark in metadata for bound in (mark.metadata if isinstance(mark, FieldInfo) else [mark])]
    least = next((mark.ge for mark in marks if hasattr(mark, "ge")), None)
    most = next((mark.le for mark in marks if hasattr(mark, "le")), None)
    return f" from {least:,} to {most:,}" if least is not None and most is not None else ""
