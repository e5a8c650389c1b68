"""What stands below [plugins] in settings.toml and can be no account: it hinders nothing but itself.

Looks at tables and names alone, so that every command can tell it at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from sage.core.layers import Layer
from sage.core.plugins import manifest

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
"""What an account may be called: its name is that of a folder, and stands in ids."""


class Misplaced(Struct, frozen=True):
    """Something that is no account. `key` is dotted; `what` names file and line."""

    key: str
    what: str
    do: str


def misplaced(layer: Layer) -> Iterator[Misplaced]:
    """All that is written where accounts stand, and is none."""
    found = layer.values.get("plugins", {})
    if not isinstance(found, dict):
        yield _misplaced(layer, "plugins")
        return
    for plugin, accounts in found.items():
        if not isinstance(accounts, dict):
            yield _misplaced(layer, f"plugins.{plugin}")
            continue
        for name, table in accounts.items():
            key = f"plugins.{plugin}.{name}"
            if not isinstance(table, dict):
                yield _misplaced(layer, key)
            elif trouble := name_trouble(plugin, name):
                yield Misplaced(key, f"{layer.at(key)}: {trouble}", "Give it another name there.")


def accounts_alone(value: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """The tables of accounts, without what is misplaced."""
    plugins = value if isinstance(value, dict) else {}
    return {
        plugin: {name: table for name, table in accounts.items() if isinstance(table, dict)}
        for plugin, accounts in plugins.items()
        if isinstance(accounts, dict)
    }


def name_trouble(plugin: str, name: str) -> str:
    """Why an account cannot be called so ("": it can)."""
    if not manifest.NAME.fullmatch(plugin):
        return f"{plugin!r} cannot be a plugin's name (a-z, 0-9 and _, and a letter first)."
    if not NAME.fullmatch(name):
        return f"{name!r} cannot be an account's name (a-z, 0-9, _ and -, at most 32)."
    return ""


def _misplaced(layer: Layer, key: str) -> Misplaced:
    what = (
        f"{layer.at(key)}: `{key}` is in the wrong place: plugins have accounts, each in a table [plugins.PLUGIN.NAME]."
    )
    return Misplaced(key, what, "Give the account a name of your choice, such as [plugins.caldav.work].")
