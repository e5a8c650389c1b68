"""Makes the modules of plugins importable as `sage_plugins.NAME`, and finds a class by its place. Runs in a plugin's own
process, and in tests; the engine never calls it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGE = "sage_plugins"


def reach(folder: Path) -> None:
    """From now on `sage_plugins.NAME` is `folder/NAME`; folders reached before keep going first."""
    package = sys.modules.get(PACKAGE)
    if package is None:
        package = sys.modules[PACKAGE] = ModuleType(PACKAGE)
        package.__path__ = []
    if str(folder) not in package.__path__:
        package.__path__.append(str(folder))


def found_at(place: str) -> Any:
    """What stands at `module:Name`; imports the module. Raises ImportError or AttributeError."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
