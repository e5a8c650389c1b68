"""A bound for the work of a library that has none, in calls of functions rather than seconds, so that a busy machine changes
nothing of what is found."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class TooMuch(Exception):
    """The work takes more calls than it may."""


class CallsLeft:
    """Calls that are left for several pieces of work: at most `each` for one, and `whole` for all of them."""

    def __init__(self, each: int, whole: int) -> None:
        self._each, self._whole = each, whole

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Runs a block at about half its speed and raises TooMuch in it when it goes too far."""
        left = most = min(self._each, self._whole)

        def count(frame: FrameType, event: str, argument: Any) -> None:
            nonlocal left
            if event in ("call", "c_call"):
                left -= 1
                if left < 0:
                    raise TooMuch

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            yield
        finally:
            sys.setprofile(before)
            self._whole -= most - max(left, 0)
