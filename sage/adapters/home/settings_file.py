"""settings.toml, changed one value at a time, with the person's comments and order kept."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array, InlineTable, Table

from sage.adapters.files import remove_whole, write_whole
from sage.core.errors import BadSetting
from sage.locations import Home
from sage.profile import check_layer, read_layer
from sage.settings import Settings


def write_setting(home: Home, key: str, value: Any) -> None:
    """Sets a dotted key in the home's settings.toml (None takes it out). Raises BadSetting before anything is written.

    The file is checked before and after: one that is broken already is never rewritten.
    """
    write_settings(home, {key: value})


def write_settings(home: Home, values: Mapping[str, Any] | Mapping[tuple[str, ...], Any]) -> None:
    """Several keys at once, all or none. A key whose parts have dots in them is given as its parts."""
    before = settings_bytes(home)
    changed = settings_with(home, before, values)
    if changed != (before or b""):
        put_settings(home, changed)


def settings_bytes(home: Home) -> bytes | None:
    """The file as it stands; None if there is none. Raises BadSetting where it is no settings."""
    if not home.settings.exists():
        _place(home)
        return None
    read_layer(home.settings, Settings)
    return home.settings.read_bytes()


def settings_with(home: Home, before: bytes | None, values: Mapping[Any, Any]) -> bytes:
    """What the file would be with these values, which changes nothing. Raises BadSetting."""
    name = home.settings.name
    try:
        mark = codecs.BOM_UTF8 if before and before.startswith(codecs.BOM_UTF8) else b""
        document = tomlkit.parse((before or b"").removeprefix(mark))
        for key, value in values.items():
            _set(document, key.split(".") if isinstance(key, str) else list(key), value)
        changed = tomlkit.dumps(document)
    except TOMLKitError as error:
        raise BadSetting(
            f"{name} cannot be changed by Sage as it is written.", safe="Nothing was changed.", do="Edit it by hand."
        ) from error
    try:
        check_layer(name, changed, Settings)
    except BadSetting as error:
        # The file was well before, so what does not fit is what was given: its line is not there to be mended.
        raise BadSetting(error.what.partition(": ")[2] or error.what, safe=error.safe, do="Give another.") from error
    return mark + changed.encode()


def put_settings(home: Home, content: bytes | None) -> None:
    """Makes the file just these bytes, at once or not at all; None: there is none any more."""
    place = _place(home)
    if content is None:
        remove_whole(place)
    else:
        write_whole(place, content)


def _place(home: Home) -> Path:
    """Where the file is, through links. Raises BadSetting where these lead in a circle."""
    try:
        return home.settings.resolve()
    except (OSError, RuntimeError) as error:
        raise BadSetting(
            f"{home.settings} is a link that leads nowhere.", safe="Nothing was changed.", do="Mend or delete the link."
        ) from error


def _set(document: tomlkit.TOMLDocument, path: list[str], value: Any) -> None:
    table: Any = document
    for depth, part in enumerate(path[:-1], 2):
        if part not in table:
            if value is None:
                return
            table[part] = tomlkit.table(is_super_table=depth < len(path))
        table = table[part]
        if not isinstance(table, Table | InlineTable) and not hasattr(table, "keys"):
            raise BadSetting(
                f"`{part}` in settings.toml is not a table.", safe="Nothing was changed.", do="Edit it by hand."
            )
    if value is None:
        table.pop(path[-1], None)
    elif not _fitted(table.get(path[-1]), value):
        table[path[-1]] = list(value) if isinstance(value, tuple) else value


def _fitted(there: Any, value: Any) -> bool:
    """Whether a list could be made of the one that stands there, with the comments between its lines kept."""
    if not isinstance(there, Array) or not isinstance(value, list | tuple):
        return False
    for place in reversed(range(len(there))):
        if there[place] not in value:
            del there[place]
    for each in value[len(there) :]:
        there.append(each)
    return list(there.unwrap()) == list(value)
