"""Values of any type of the wire, made up from its fields: what an engine could say, for looking at what the app makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

T = TypeVar("T")
Words = Callable[[str], str]
"""The text of a field, by the field's name."""

AT = "2024-03-05T10:00:00+01:00"
"""Long ago: what is of today is told otherwise."""
_TEXTS = {
    "text": "Tomatoes want six hours of sun.\n\n- Water at the **roots**, not on the leaves.\n- The bed by the wall did best.",
    "excerpt": "Six hours of sun",
    "said": "How much sun do tomatoes want?",
    "question": "How much sun do tomatoes want?",
    "source": "Garden.md",
    "path": "notes/Garden.md",
    "home": "/home/demo/sage",
    "title": "The tomato beds",
    "label": "A model on this machine",
    "sender": "tom@letters.test",
    "contact": "tom",
    "to": "tom@letters.test",
    "model": "small",
    "why": "you asked for it",
    "reason": "you want to see such answers first",
}  # fmt: skip
_ZONE = "Europe/Vienna"
_ENGINE_OWN = ("digest", "kind", "state", "zone", "theme", "timezone")
"""Names of fields whose text is the engine's own, and stays as it is whatever else is put in."""


def plain_words(name: str) -> str:
    """What stands in a field of this name."""
    return _TEXTS.get(name, name.replace("_", " "))


def made_up(kind: type[T] | Any, words: Words = plain_words, many: int = 2, /, **given: Any) -> T:
    """A value of a type, each text by `words`, each list of `many`; fields of the outermost struct may be given."""
    value = _Maker(words, many).value(inspect.type_info(kind), "value")
    made: T = msgspec.convert(value, kind)
    return msgspec.structs.replace(made, **given) if given else made  # type: ignore[type-var]


class _Maker:
    def __init__(self, words: Words, many: int) -> None:
        self._words, self._many = words, many
        self._number = self._names = 0
        self._within: list[type] = []

    def value(self, kind: inspect.Type, name: str) -> Any:
        match kind:
            case inspect.StructType() | inspect.DataclassType() | inspect.NamedTupleType() | inspect.TypedDictType():
                return self._struct(kind)
            case inspect.LiteralType():
                return next((one for one in kind.values if one), kind.values[0])
            case inspect.UnionType():
                found = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
                fresh = [one for one in found if getattr(one, "cls", None) not in self._within]
                return self.value(fresh[0], name) if fresh else None
            case inspect.StrType():
                return self._text(name)
            case inspect.EnumType():
                return next(iter(kind.cls)).value
            case inspect.DictType():
                return {self.value(kind.key_type, name): self.value(kind.value_type, name)}
            case inspect.TupleType():
                return [self.value(one, name) for one in kind.item_types]
            case inspect.CollectionType():
                return self._several(kind.item_type, name)
        return self._plain(kind, name)

    def _several(self, kind: inspect.Type, name: str) -> list[Any]:
        if getattr(kind, "cls", None) in self._within:
            return []
        many = 1 if isinstance(kind, inspect.LiteralType | inspect.EnumType) else self._many
        return [self.value(kind, name) for _ in range(many)]

    def _struct(self, kind: Any) -> Any:
        self._within.append(kind.cls)
        fields = {field.encode_name if hasattr(field, "encode_name") else field.name: self.value(field.type, field.name)
                  for field in kind.fields}  # fmt: skip
        self._within.pop()
        if getattr(kind, "tag", None) is not None:
            fields[kind.tag_field] = kind.tag
        return (
            list(fields.values())
            if isinstance(kind, inspect.NamedTupleType) or getattr(kind, "array_like", False)
            else fields
        )

    def _plain(self, kind: inspect.Type, name: str) -> Any:
        match kind:
            case inspect.BoolType():
                return name in ("ready", "whole", "here", "settled", "enabled", "ok")
            case inspect.IntType():
                return 3
            case inspect.FloatType():
                return 0.25
            case inspect.DateTimeType():
                return AT
            case inspect.DateType():
                return AT[:10]
            case inspect.TimeType():
                return "10:00:00"
            case inspect.BytesType():
                return ""
            case inspect.AnyType():
                return self._text(name)
        return None

    def _text(self, name: str) -> str:
        if name in ("zone", "timezone"):
            return _ZONE
        if name == "theme":
            return "dark"
        if name == "id":
            self._number += 1
            return f"m{self._number}" if self._words is plain_words else f"{self._words(name)}-{self._number}"
        if name == "leaves":
            return ""
        if name in ("at", "when", "since", "until", "now") or name.endswith("_at"):
            return AT
        if name in ("day", "date", "first", "last") or name.endswith("_day"):
            return AT[:10]
        if name in ("name", "key"):
            self._names += 1
            return self._words(name) + (f"-{self._names}" if self._names > 1 else "")
        return plain_words(name) if name in _ENGINE_OWN else self._words(name)
