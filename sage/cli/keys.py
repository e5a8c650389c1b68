"""One key at a time from a terminal."""

from __future__ import annotations

import sys
import termios
import tty
from collections.abc import Collection


def read_key(known: Collection[str]) -> str:
    """The first of the known keys that is pressed, as a small letter. Raises KeyboardInterrupt; at the end of input "q"."""
    place = sys.stdin.fileno()
    before = termios.tcgetattr(place)
    sys.stdout.flush()
    try:
        tty.setcbreak(place)
        while True:
            key = sys.stdin.read(1).lower()
            if not key:
                return "q"
            if key in known:
                return key
    finally:
        termios.tcsetattr(place, termios.TCSADRAIN, before)


def read_words(question: str) -> str:
    """A line of words; "" when the person only pressed Enter."""
    sys.stdout.write(question)
    sys.stdout.flush()
    return sys.stdin.readline().strip()
