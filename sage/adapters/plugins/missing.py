"""What a plugin needs and this machine does not have, and the one command that brings it. Imports nothing of it."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sage.core.plugins.manifest import Manifest

DISTRIBUTION = "sage-companion"


@dataclass(frozen=True)
class Missing:
    """What is missing; all empty: nothing. `command` is "" if only the plugin's README can say how to get it."""

    libraries: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    command: str = ""

    def __bool__(self) -> bool:
        return bool(self.libraries or self.programs)

    @property
    def words(self) -> str:
        """In a sentence; "" when nothing is missing."""
        parts = [f"the library {name}" for name in self.libraries] + [f"the program {name}" for name in self.programs]
        if not parts:
            return ""
        told = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
        return f"{told[:1].upper()}{told[1:]} {'is' if len(parts) == 1 else 'are'} missing."

    @property
    def remedy(self) -> str:
        """What to do, in a sentence."""
        return f"Run: {self.command}" if self.command else "Its README says how to install it: sage plugin show"


def missing_of(
    manifest: Manifest, has_program: Callable[[str], bool] = lambda name: bool(shutil.which(name))
) -> Missing:
    """What of the manifest's `needs` and `programs` is not there."""
    importlib.invalidate_caches()
    libraries = tuple(name for name in manifest.needs if not _is_there(name))
    programs = tuple(name for name in manifest.programs if not has_program(name))
    own = extra_command(manifest.extra) if libraries and manifest.extra else ""
    command = " && ".join(filter(None, (own, manifest.install if programs or not own else "")))
    return Missing(libraries, programs, command if libraries or programs else "")


def extra_command(extra: str, clone: str | None = None, prefix: str = sys.prefix, python: str = sys.executable) -> str:
    """How an extra comes into the environment that Sage runs in. `clone`: where Sage's source is, if it runs from there."""
    clone = _clone() if clone is None else clone
    wanted = shlex.quote(f"{clone or DISTRIBUTION}[{extra}]")
    editable = "-e " if clone else ""
    parts = Path(prefix).parts
    if "pipx" in parts:
        return f"pipx install --force {editable}{wanted}"
    if "uv" in parts and "tools" in parts:
        return f"uv tool install {editable}{wanted}"
    if importlib.util.find_spec("pip") is None:
        return f"uv pip install --python {shlex.quote(python)} {editable}{wanted}"
    return f"{shlex.quote(python)} -m pip install {editable}{wanted}"


def _clone() -> str:
    """The folder of Sage's source, if it was installed to run from there; else ""."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError, ValueError):
        told = importlib.metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
        origin = json.loads(told or "{}")
        if origin.get("dir_info", {}).get("editable"):
            return unquote(urlsplit(origin["url"]).path)
    return ""


def _is_there(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False
