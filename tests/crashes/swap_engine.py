"""The engine, which kills itself with -9 at the nth step of changing who answers: before and after each commit about a swap, and
before and after settings.toml is replaced or taken away. `SAGE_CRASH_STEP` says at which; it is started as the real one is.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from sage.adapters.journal.journal_swaps import SwapPages
from sage.engine import __main__ as real
from sage.engine.brains import Brains

STEP = "SAGE_CRASH_STEP"
"""At which step it dies, from 1; 0 for never."""


class _Steps:
    left = int(os.environ.get(STEP, "0"))

    @classmethod
    def step(cls) -> None:
        cls.left -= 1
        if cls.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _deadly(owner: type, name: str, *, settings: bool = False) -> None:
    was = getattr(owner, name)

    def around(self: Any, *given: Any, **named: Any) -> Any:
        if settings and not any(str(each).endswith("settings.toml") for each in (self, *given)):
            return was(self, *given, **named)
        _Steps.step()
        done = was(self, *given, **named)
        _Steps.step()
        return done

    setattr(owner, name, around)


async def _any(self: Brains, place: Any, *, look: bool = True) -> None:
    """All models are there."""


def main() -> int:
    Brains.check = _any  # type: ignore[method-assign]
    for name in ("add", "move"):
        _deadly(SwapPages, name)
    for name in ("replace", "unlink"):
        _deadly(Path, name, settings=True)
    return real.main()


if __name__ == "__main__":
    raise SystemExit(main())
