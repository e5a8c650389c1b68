"""Sage: a personal wise AI in the terminal. Importing it does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from sage.adapters.memory.memory import SageMemory

__version__ = "0.1.0"


def open_memory(home: str | Path) -> SageMemory:
    """The home's memory, in this process and under the engine's lock; a context manager. For scripts and measurements.

    Raises HomeBusy while an engine runs on that home, and the other HomeTroubles when it cannot be used.
    """
    from sage.engine.bootstrap import open_memory as open_under_lock

    return open_under_lock(home)
