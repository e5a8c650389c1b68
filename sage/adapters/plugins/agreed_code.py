"""The code of plugins as it runs. What did not come with Sage runs from a copy of exactly those files that were agreed to.

So a module that it imports, or a file that it reads beside its code, long after it started is still what the person said yes
to, whatever became of its folder meanwhile; and nothing lies beside it that was not counted.
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections.abc import Iterable
from pathlib import Path

from sage.adapters.plugins.found import FoundPlugin
from sage.adapters.plugins.pins import TooLarge, digest_of, files_of
from sage.core.errors import BadInput
from sage.locations import home_trouble, make_private_folder

_TURN = threading.Lock()


def code_of(plugin: FoundPlugin, copies: Path) -> Path:
    """The folder in which the plugin's package stands to be run: its own place if it came with Sage, else a copy below
    `copies`, with the files of its digest and no others. Raises BadInput (they changed meanwhile) and HomeTroubles."""
    if not plugin.outside:
        return plugin.folder.parent
    place = copies / plugin.digest
    with _TURN:
        try:
            if not _is_agreed(place, plugin):
                _make(place, plugin)
        except OSError as error:
            raise home_trouble(error, place) from error
    return place


def clear_copies(copies: Path, plugins: Iterable[FoundPlugin]) -> None:
    """Removes the copies of what is no plugin any more."""
    there = {plugin.digest for plugin in plugins}
    with _TURN:
        for place in copies.iterdir() if copies.is_dir() else ():
            if place.name not in there:
                shutil.rmtree(place, ignore_errors=True)


def _make(place: Path, plugin: FoundPlugin) -> None:
    make_private_folder(place.parent)
    beside = place.with_name(f".{secrets.token_hex(8)}")
    try:
        for name, path in files_of(plugin.code).items():
            copy = beside / plugin.code.name / name
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            copy.chmod(0o500 if os.access(path, os.X_OK) else 0o400)
        if not _is_agreed(beside, plugin):
            raise _changed(plugin)
        shutil.rmtree(place, ignore_errors=True)
        beside.replace(place)
    except TooLarge as error:
        raise _changed(plugin) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _is_agreed(place: Path, plugin: FoundPlugin) -> bool:
    """Whether a copy has the files that the digest stands for."""
    try:
        return digest_of(place / plugin.code.name, plugin.version) == plugin.digest
    except (FileNotFoundError, TooLarge):
        return False


def _changed(plugin: FoundPlugin) -> BadInput:
    return BadInput(
        f"The files of {plugin.name} changed while they were looked at.",
        safe="It was not started.",
        do=f"Look again: sage plugin show {plugin.name}",
    )
