"""Gives up, for a while, the powers by which root reads and writes what is closed to it (Linux; others need none)."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator

VERSION = 0x20080522
"""Linux's third version of the capability calls: two sets of three 32-bit words."""
CLOSED_TO_OTHERS = (1 << 1) | (1 << 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""


@contextlib.contextmanager
def as_plain_user() -> Iterator[None]:
    """This thread, and threads that it starts, may do what a plain user may."""
    if os.getuid() != 0:
        yield
        return
    library = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()
    assert library.capget(header, sets) == 0
    effective = sets[0]
    sets[0] = effective & ~CLOSED_TO_OTHERS
    assert library.capset(header, sets) == 0
    try:
        yield
    finally:
        sets[0] = effective
        library.capset(header, sets)
