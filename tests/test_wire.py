from __future__ import annotations

import ast
import inspect
from importlib import import_module
from typing import Any

import pytest

from sage import wire
from sage.core.errors import OtherVersion
from sage.core.messages import TextDelta
from sage.wire.areas import AREAS


def own_names(area: str) -> set[str]:
    """What a module of the wire defines for others: its classes, functions, unions and constants."""
    names = set[str]()
    for node in ast.parse(inspect.getsource(import_module(f"sage.wire.{area}"))).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign) and "TypeVar(" not in ast.unparse(node):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return {name for name in names if not name.startswith("_")} - {"Requests", "decoder"}


@pytest.mark.parametrize("area", AREAS)
def test_each_name_is_found_where_the_list_of_areas_says(area: str) -> None:
    listed = AREAS[area].split()
    assert set(listed) == own_names(area), f"sage/wire/areas.py is to list the names of sage/wire/{area}.py"
    module = import_module(f"sage.wire.{area}")
    assert all(getattr(wire, name) is getattr(module, name) for name in listed)


def test_the_wire_has_no_name_that_is_not_listed() -> None:
    with pytest.raises(AttributeError, match="NoSuchRequest"):
        wire.NoSuchRequest  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize(
    "frame",
    [
        wire.Event(3, TextDelta("a word")),
        wire.News(wire.Notice("Something.")),
        wire.Welcome(wire.VERSION, "0.1.0", 7),
        wire.Failed(2, "BadInput", "No."),
    ],
)
def test_what_the_engine_says_comes_as_it_was_said(frame: Any) -> None:
    assert wire.read_from_engine(wire.pack(frame)) == frame


@pytest.mark.parametrize(
    "line", [b'{"type":"Event","id":1,"event":{"type":"Dance"}}', b'{"type":"News","news":{}}', b"no frame", b'{"type":"Call"}']
)  # fmt: skip
def test_what_a_front_end_does_not_know_is_told(line: bytes) -> None:
    with pytest.raises(OtherVersion, match="does not understand"):
        wire.read_from_engine(line + b"\n")


def test_a_request_comes_as_it_was_asked_and_an_unknown_one_is_told() -> None:
    call = wire.Call(1, wire.Recall("tomatoes"))
    assert wire.read_to_engine(wire.pack(call)) == call
    with pytest.raises(OtherVersion, match="does not understand"):
        wire.read_to_engine(b'{"type":"Call","id":1,"request":{"type":"Dance"}}')
