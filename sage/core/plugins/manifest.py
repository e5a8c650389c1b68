"""A plugin's `plugin.toml`: all that is known of it before it runs. Reading one imports nothing of the plugin."""

from __future__ import annotations

import re
import tomllib
from typing import Literal

import msgspec
from msgspec import Struct, field

from sage.core.errors import BadInput
from sage.plugin_api import API, Capability, Kind

NAME = re.compile(r"[a-z][a-z0-9_]{1,31}")
MEMORY = (16, 8192)
"""Least and most that a plugin's process may be given, in MB."""
_PLACE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{1,200}")
_SHAPES = (
    ("title", _LINE, "a short line"),
    ("about", _LINE, "a line of at most 200 characters"),
    ("install", re.compile(f"({_LINE.pattern})?"), "one command"),
    ("extra", re.compile(r"[a-z0-9-]{0,40}"), "the name of an extra"),
    ("needs", re.compile(r"[A-Za-z_]\w*"), "the name of a package as it is imported, without dots"),
    ("programs", re.compile(r"[\w.+-]{1,60}"), "the name of a program, without a folder"),
    ("secrets", NAME, "a name of a-z, 0-9 and _"),
    ("optional_secrets", NAME, "a name of a-z, 0-9 and _"),
    ("environment", re.compile(r"(?!SAGE_|LD_|DYLD_|PYTHON)[A-Z_][A-Z0-9_]*"),
     "the name of a variable, which is neither Sage's own nor changes what code is loaded"),
)  # fmt: skip


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a plugin says of itself."""

    name: str
    """Its folder's name."""
    title: str
    about: str
    """What it connects, in one line."""
    api: int
    kinds: tuple[Kind, ...]
    runtime: str
    """`module:Class`; modules of the plugin's own folder are `sage_plugins.NAME.…`."""
    config: str
    """`module:Class` of the pydantic model of an account's settings. Its module imports no library of the service."""
    capabilities: tuple[Capability, ...] = ()
    tier: Literal["A", "B", "C"] = "C"
    """What it is tested against: A a real server, B an independent stand-in, C a stand-in of its own makers."""
    extra: str = ""
    """The extra of sage-companion that brings its library."""
    needs: tuple[str, ...] = ()
    """The packages of that library (what `import` calls them), looked for and not imported."""
    programs: tuple[str, ...] = ()
    """Programs that must be there."""
    install: str = ""
    """The one command that brings what no extra of sage-companion does: its programs, the library of a plugin from outside."""
    secrets: tuple[str, ...] = ()
    """Names of secrets; the settings' `NAME_key` says under which name the secret store has each."""
    optional_secrets: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    """Environment variables that it gets besides the usual few."""
    memory_mb: int = 384
    """What its process may use."""
    exempt: dict[str, str] = field(default_factory=dict)
    """What the conformance kit leaves out for it, with the reason."""


def read_manifest(text: str, name: str) -> Manifest:
    """The manifest of the plugin in the folder `name`. Raises BadInput, which says what to change."""

    def bad(what: str, do: str) -> BadInput:
        return BadInput(f"The plugin {name!r}: {what}", safe="It was not started.", do=do)

    try:
        found = msgspec.convert(tomllib.loads(text), Manifest)
    except tomllib.TOMLDecodeError as error:
        raise bad(f"its plugin.toml cannot be read as TOML ({error}).", "Mend that line.") from error
    except RecursionError as error:
        raise bad("its plugin.toml is nested too deeply.", "Write it flat, as the author's guide shows.") from error
    except msgspec.ValidationError as error:
        raise bad(f"its plugin.toml does not fit: {error}.", "See the author's guide, plugins/README.md.") from error
    if found.name != name or not NAME.fullmatch(name):
        raise bad(f"its plugin.toml calls it {found.name!r}.", "Name folder and plugin alike: a-z, 0-9 and _.")
    if found.api != API:
        older = "An update of the plugin may help." if found.api < API else "Update Sage."
        raise bad(f"it was written for version {found.api} of the plugin API, and this Sage speaks {API}.", older)
    if not found.kinds:
        raise bad("its plugin.toml names no kind.", 'Name at least one, such as kinds = ["tasks"].')
    for key, place in (("runtime", found.runtime), ("config", found.config)):
        if not _PLACE.fullmatch(place):
            raise bad(f"`{key}` is {place!r}.", f'Write it like {key} = "sage_plugins.{name}.source:Name".')
    if wrong := _misfit(found):
        raise bad(*wrong)
    return found


def _misfit(manifest: Manifest) -> tuple[str, str] | None:
    """What of the values has a shape that it may not have, and what it may be."""
    for key, shape, wanted in _SHAPES:
        value = getattr(manifest, key)
        for text in (value,) if isinstance(value, str) else value:
            if not shape.fullmatch(text):
                return f"`{key}` has {text!r} in its plugin.toml.", f"Give {wanted}."
    if not MEMORY[0] <= manifest.memory_mb <= MEMORY[1]:
        return f"`memory_mb` is {manifest.memory_mb} in its plugin.toml.", f"Give {MEMORY[0]} to {MEMORY[1]}."
    return None
