"""The engine, for kills while it tells: the real one with the surface that counts in the place of its own. Started as the
real one is: `python -m tests.crashes.telling_engine serve --home PATH`.
"""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path
from typing import Any

from sage.core.schedules.schedule import Ring
from sage.engine import __main__ as real
from sage.engine import surfaces
from tests.crashes.counting_surface import CountingSurface
from tests.crashes.telling_faults import put_in

TOLD, SAFE, FAULT = "SAGE_TOLD_FILE", "SAGE_TOLD_ONCE", "SAGE_TOLD_FAULT"
"""Environment: where it is counted, whether a key is shown once, which fault is put in."""


class SlowSurface(CountingSurface):
    """Takes a moment before it shows something and one after it."""

    async def tell(self, ring: Ring, key: str) -> bool:
        await asyncio.sleep(random.uniform(0, 0.01))
        told = await super().tell(ring, key)
        await asyncio.sleep(random.uniform(0, 0.01))
        return told


def main() -> int:
    put_in(os.environ.get(FAULT, ""))

    def counting(desk: Any) -> list[Any]:
        return [SlowSurface(Path(os.environ[TOLD]), desk.house.clock.now, idempotent=bool(os.environ.get(SAFE)))]

    surfaces.surfaces_of = counting  # type: ignore[assignment]
    return real.main()


if __name__ == "__main__":
    raise SystemExit(main())
