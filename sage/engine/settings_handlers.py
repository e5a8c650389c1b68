"""Answers about the settings, one at a time: what is typed is checked by the schema before a byte is written."""

from __future__ import annotations

import asyncio
import difflib
import tomllib
import types
import typing
from typing import Annotated, Any

from sage import wire
from sage.adapters.home.settings_file import put_settings, settings_bytes, settings_with
from sage.core.errors import BadInput, BadSetting
from sage.engine.desk import Desk, handles
from sage.engine.model_handlers import shown_settings
from sage.engine.service import Emit, Line
from sage.profile import Resolved, resolve, with_values
from sage.settings import Settings
from sage.settings_words import fields_of, plain_type

UNCHANGED = "Nothing was changed."


@handles(wire.SetSetting)
async def _set(desk: Desk, request: wire.SetSetting, line: Line, emit: Emit) -> wire.SettingSet:
    changed = await asyncio.to_thread(_write, desk, desk.profile(line), request)
    await desk.apps.refresh()
    return changed


def _write(desk: Desk, profile: Resolved, request: wire.SetSetting) -> wire.SettingSet:
    home, key = desk.house.home, request.key.strip()
    value = None if request.reset else value_of_typed(key, request.typed)
    before = settings_bytes(home)
    was = _typed(_own(before or b"", key))
    after = settings_with(home, before, {key: value})
    if value is not None:
        with_values(profile, {tuple(key.split(".")): value})
    put_settings(home, after)
    desk.settings_before = before, after
    now = resolve(profile.name, home)
    (shown,) = (one for one in shown_settings(now) if one.key == key)
    over = "" if request.reset or shown.origin.startswith(home.settings.name) else shown.origin
    return wire.SettingSet(shown, was, over)


@handles(wire.UndoSetting)
async def _undo(desk: Desk, request: wire.UndoSetting, line: Line, emit: Emit) -> None:
    await asyncio.to_thread(_take_back, desk)
    await desk.apps.refresh()


def _take_back(desk: Desk) -> None:
    """The file as it was before the last change, byte for byte."""
    home = desk.house.home
    if desk.settings_before is None:
        raise BadInput("No setting was changed here lately.", safe=UNCHANGED, do="Set it again to what it was.")
    before, after = desk.settings_before
    if settings_bytes(home) != after:
        raise BadInput("settings.toml was changed since by something else.", safe=UNCHANGED, do="Set it by itself.")
    put_settings(home, before)
    desk.settings_before = None


def value_of_typed(key: str, typed: str) -> Any:
    """What was typed for a setting, as TOML or as plain words (a text without quotes, a list with commas).

    Raises BadSetting for a key that is none, one that is a table, or what is no value of its kind.
    """
    known = dict(fields_of(Settings))
    if key not in known:
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
        do = f"Did you mean `{near[0]}`?" if near else "See them all with: sage settings"
        raise BadSetting(f"There is no setting `{key}`.", safe=UNCHANGED, do=do)
    info = known[key]
    kind, typed = _kind(info.annotation), typed.strip()
    if kind is dict:
        raise BadSetting(f"`{key}` is a table of its own.", safe=UNCHANGED, do="Write it into settings.toml by hand.")
    if kind is list and not typed.startswith("["):
        return [part.strip().strip("\"'") for part in typed.split(",") if part.strip()]
    if kind is str and typed[:1] not in ("'", '"'):
        return typed
    try:
        return tomllib.loads(f"x = {typed}")["x"]
    except tomllib.TOMLDecodeError as error:
        wanted = plain_type(info.annotation, info.metadata)
        raise BadSetting(f"`{key}` must be {wanted}.", safe=UNCHANGED, do="Give another.") from error


def _kind(annotation: Any) -> type[Any]:
    """The kind of value of a field: str, bool, int, float, list or dict."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _kind(inner[0])
    if origin is typing.Literal:
        return type(inner[0])
    if origin in (typing.Union, types.UnionType):
        return _kind(next(kind for kind in inner if kind is not type(None)))
    found: type[Any] = origin or annotation
    return list if found in (tuple, set, frozenset) else found


def _own(content: bytes, key: str) -> Any:
    """What settings.toml itself has for a key; None if nothing."""
    value: Any = tomllib.loads(content.decode("utf-8-sig"))
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _typed(value: Any) -> str:
    """A value as it can be typed; "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(_typed, value)) + "]"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    import tomlkit

    return tomlkit.string(text).as_string()
