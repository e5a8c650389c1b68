"""Settings as they stand in files: one layer a file, which key stands on which line, and how layers overlay each other."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Layer:
    """One file of settings, as it was read. `name` is how a person knows it."""

    name: str
    text: str
    values: Mapping[str, Any]

    def has(self, key: str) -> bool:
        """Whether the file sets a dotted key."""
        return any(found == key for found, _ in leaves(self.values))

    def line_of(self, key: str) -> int:
        """The line (from 1) on which a dotted key is set, or the nearest table above it; 0 if neither is there."""
        lines = line_numbers(self.text)
        while key and key not in lines:
            key = key.rpartition(".")[0]
        return lines.get(key, 0)

    def at(self, key: str) -> str:
        """`settings.toml line 12`."""
        line = self.line_of(key)
        return f"{self.name} line {line}" if line else self.name


def overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both, where `above` wins key by key; lists are replaced as a whole."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(value, dict):
            merged[key] = overlaid(under if isinstance(under, dict) else {}, value)
        else:
            merged[key] = value
    return merged


def leaves(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every dotted key that is not a table, with its value."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def line_numbers(text: str) -> dict[str, int]:
    """The line (from 1) on which each dotted key and table of a sound TOML text begins.

    Each statement is parsed by itself below the last table header, so that the parser decides what a statement is.
    """
    found: dict[str, int] = {}
    header = statement = ""
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if not statement and (not line.strip() or line.lstrip().startswith("#")):
            continue
        start = start if statement else number
        statement += line
        try:
            values = tomllib.loads(header + statement)
        except tomllib.TOMLDecodeError:
            continue
        if statement.lstrip().startswith("["):
            header = statement
        for key in _tables_and_leaves(values):
            found.setdefault(key, start)
        statement = ""
    return found


def _tables_and_leaves(values: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in values.items():
        yield f"{above}{key}"
        if isinstance(value, dict):
            yield from _tables_and_leaves(value, f"{above}{key}.")
