"""The person's own editor, in the app's terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from sage.core.errors import BadInput

_TAKES_LINE = frozenset(
    (
        "vi",
        "vim",
        "nvim",
        "view",
        "nano",
        "pico",
        "emacs",
        "emacsclient",
        "micro",
        "joe",
        "kak",
        "hx",
        "ne",
        "mg",
        "jed",
    )
)
"""Editors that go to a line given as +N before the file."""
_USUAL = ("nano", "vim", "vi", "emacs")


def editor_command(environment: Mapping[str, str], path: Path, line: int) -> list[str]:
    """The command that opens a file: $VISUAL, else $EDITOR, else a usual one. Raises BadInput when there is none."""
    given = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        words = shlex.split(given)
    except ValueError:
        words = [given]
    if not words:
        words = [name for name in _USUAL if shutil.which(name, path=environment.get("PATH"))][:1]
    if not words:
        raise BadInput("No editor was found.", safe="Nothing was changed.", do="Set EDITOR, for example: EDITOR=nano")
    goes = Path(words[0]).name in _TAKES_LINE
    return [*words, *([f"+{line}"] if goes else []), str(path)]


def edit(app: App[Any], path: Path, line: int) -> bool:
    """Opens a file and waits until the editor is left; whether the file changed.

    The app's screen rests meanwhile: nothing is drawn over the editor. Raises BadInput when it cannot be opened.
    """
    if not path.is_file():
        raise BadInput(
            f"{path} is not there any more.", safe="What I remember of it is kept.", do="Is its disk mounted?"
        )
    command, before = editor_command(os.environ, path, line), _state(path)
    try:
        with app.suspend():
            left = subprocess.run(command, check=False).returncode
    except SuspendNotSupported as error:
        raise BadInput("An editor cannot be opened from here.", do=f"The note is {path}") from error
    except OSError as error:
        raise BadInput(
            f"{command[0]} does not start ({os.strerror(error.errno or 0)}).",
            safe="The note is as it was.",
            do="Set EDITOR to another one.",
        ) from error
    changed = _state(path) != before
    if left and not changed:
        raise BadInput(f"{command[0]} ended with an error ({left}).", safe="The note is as it was.")
    return changed


def _state(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_mtime_ns, found.st_size
