"""Makes the modules of plugins importable as `sage_plugins.NAME`, and finds a class by its place. Runs in a plugin's own
process, and in tests; the engine never calls it."""

from __future__ import annotations

import importlib
import os
import sys
from functools import partial
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from sage.locations import bundled

PACKAGE = "sage_plugins"


def reach(folder: Path, place: str = PACKAGE) -> None:
    """From now on `sage_plugins.NAME` is `folder/NAME`; folders reached before keep going first. If `place` (`module:Class`)
    is in a package of another name, that one is found in `folder` before anywhere else."""
    package = sys.modules.get(PACKAGE)
    if package is None:
        package = sys.modules[PACKAGE] = ModuleType(PACKAGE)
        package.__path__ = []
    if str(folder) not in package.__path__:
        package.__path__.append(str(folder))
        if folder != bundled("plugins"):
            sys.path_hooks.insert(0, partial(_finder, f"{folder}{os.sep}"))
    if not place.startswith(PACKAGE):
        sys.path.insert(0, str(folder))


class _FromSource(SourceFileLoader):
    """Reads code and never what was compiled of it before: that lies beside the code, and nobody agreed to it."""

    def path_stats(self, path: Any) -> NoReturn:
        raise OSError("compiled code is not looked at")


def _finder(below: str, path: str) -> FileFinder:
    """A finder for the folders of plugins from outside."""
    if not f"{path}{os.sep}".startswith(below):
        raise ImportError("not a plugin's")
    return FileFinder(path, (ExtensionFileLoader, EXTENSION_SUFFIXES), (_FromSource, SOURCE_SUFFIXES))


def found_at(place: str) -> Any:
    """What stands at `module:Name`; imports the module. Raises ImportError or AttributeError."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
