"""One key at a time from a terminal."""

from __future__ import annotations

import os
import sys
import termios
import tty
from collections.abc import Collection

ESCAPE = "\x1b"


def read_key(known: Collection[str]) -> str:
    """The first of the known keys that is pressed, as a small letter. Raises KeyboardInterrupt; at the end of input "q".

    What is typed before it asks is thrown away, and so is a key that sends more than one character, such as an arrow: it
    begins with Escape and is none.
    """
    place = sys.stdin.fileno()
    before = termios.tcgetattr(place)
    sys.stdout.flush()
    try:
        tty.setcbreak(place)
        while True:
            typed = os.read(place, 64).decode(errors="ignore").lower()
            if not typed:
                return "q"
            key = typed if typed.startswith(ESCAPE) else typed[0]
            if key in known:
                return key
    finally:
        termios.tcsetattr(place, termios.TCSADRAIN, before)


def read_words(question: str) -> str:
    """A line of words; "" when the person only pressed Enter, or Escape somewhere in it."""
    sys.stdout.write(question)
    sys.stdout.flush()
    words = sys.stdin.readline().strip()
    return "" if ESCAPE in words else words


def key_lines(keys: Collection[str], width: int) -> list[str]:
    """Keys with what they mean, in as many lines of so many cells as they need; none is torn apart."""
    lines = [""]
    for one in keys:
        joined = f"{lines[-1]} · {one}" if lines[-1] else one
        if lines[-1] and len(joined) > width:
            lines.append(one)
        else:
            lines[-1] = joined
    return lines
