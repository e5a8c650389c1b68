"""Whether JSON has the shape that a schema wants: the part of JSON Schema that answers of models are asked for in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_KINDS: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_FENCE = "```"
DEEPEST = 100
"""Objects and lists within each other, in JSON that is read at all: a model that runs in a circle writes thousands."""
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)


def json_at(text: str, place: int = 0) -> tuple[Any, int]:
    """The JSON value that begins at a place of what a model wrote, and where it ends. Raises ValueError where there is none, or one
    that is nested too deep."""
    if text.count("[", place) + text.count("{", place) > DEEPEST:
        _refuse_deep(text, place)
    return json.JSONDecoder().raw_decode(text, place)


def whole_json(text: str) -> Any:
    """The JSON value that a text is. Raises ValueError as `json_at`, and where something follows it."""
    bare = text.strip()
    value, end = json_at(bare)
    if end < len(bare):
        raise ValueError("something follows")
    return value


def _refuse_deep(text: str, place: int) -> None:
    depth = 0
    for found in _BRACKETS.finditer(text, place):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth > DEEPEST:
            raise ValueError("nested too deep")


def misfit_of_text(text: str, schema: Mapping[str, Any]) -> str:
    """What is wrong with a text that should be such JSON ("" if nothing). A fence around it does not matter."""
    bare = text.strip()
    if bare.startswith(_FENCE) and bare.endswith(_FENCE) and "\n" in bare:
        bare = bare.partition("\n")[2].removesuffix(_FENCE).strip()
    try:
        value = whole_json(bare)
    except ValueError:
        return "it is no JSON"
    return misfit(value, schema)


def misfit(value: Any, schema: Mapping[str, Any], where: str = "it") -> str:
    """What is wrong with a value, by its place ("" if nothing). Knows type, enum, const, properties, required,
    additionalProperties, items, minItems, maxItems, minLength, anyOf; what else a schema says is not looked at."""
    if "anyOf" in schema and all(misfit(value, each, where) for each in schema["anyOf"]):
        return f"{where} is none of what it may be"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        return f"{where} is not {' or '.join(kinds)}"
    if "const" in schema and value != schema["const"]:
        return f"{where} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} is none of {', '.join(map(str, schema['enum']))}"
    if isinstance(value, dict):
        return _object(value, schema, where)
    if isinstance(value, list):
        return _list(value, schema, where)
    if isinstance(value, str) and len(value) < schema.get("minLength", 0):
        return f"{where} is too short"
    return ""


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _KINDS.get(kind, (object,))) and (kind == "boolean" or not isinstance(value, bool))


def _object(value: dict[str, Any], schema: Mapping[str, Any], where: str) -> str:
    properties = schema.get("properties", {})
    if missing := [name for name in schema.get("required", ()) if name not in value]:
        return f"{where} has no {missing[0]}"
    more = [name for name in value if name not in properties]
    if more and schema.get("additionalProperties") is False:
        return f"{where} has {more[0]}, which nobody asked for"
    troubles = (misfit(value[name], each, name) for name, each in properties.items() if name in value)
    return next(filter(None, troubles), "")


def _list(value: list[Any], schema: Mapping[str, Any], where: str) -> str:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        return f"{where} has {len(value)} entries"
    troubles = (
        misfit(each, schema.get("items", {}), f"entry {place} of {where}") for place, each in enumerate(value, 1)
    )
    return next(filter(None, troubles), "")
