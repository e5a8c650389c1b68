"""How commands print: lines for people, JSON for programs, errors on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import msgspec

from sage.core.errors import SageError
from sage.core.passages import Hit


class Printer:
    """Prints for one command. Text from outside is cleaned of control sequences when it goes to a terminal."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def data(self, value: Any, lines: Iterable[str]) -> None:
        """`value` with --json, else `lines`."""
        if self.as_json:
            sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
        else:
            for line in lines:
                self.line(line)

    def line(self, text: str = "") -> None:
        """One line for a person; nothing with --json."""
        if not self.as_json:
            sys.stdout.write(clean(text) + "\n")

    def piece(self, text: str) -> None:
        """A piece of a streamed text; nothing with --json."""
        if not self.as_json:
            sys.stdout.write(clean(text))
            sys.stdout.flush()

    def progress(self, text: str) -> None:
        """One changing line on standard error, where that is a terminal."""
        if sys.stderr.isatty() and not self.as_json:
            sys.stderr.write("\r\x1b[K" + clean(text)[:78])
            sys.stderr.flush()

    def progress_over(self) -> None:
        """Wipes the changing line."""
        if sys.stderr.isatty() and not self.as_json:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def error(self, error: SageError) -> None:
        """What happened, what is safe, what to do: on standard error, as JSON with --json."""
        if self.as_json:
            told = {"error": error.kind, "what": error.what, "safe": error.safe, "do": error.do}
            sys.stderr.write(msgspec.json.encode(told).decode() + "\n")
        else:
            for text in filter(None, (error.what, error.safe, error.do)):
                sys.stderr.write(clean(text) + "\n")


def clean(text: str) -> str:
    """The text without anything that could steer a terminal; the sanitizer is loaded only for texts that need it."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    from sage.core.terminal_text import clean as clean_all

    return clean_all(text)


def confirm(question: str) -> bool:
    """Asks yes or no on the terminal; no where there is none."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(f"{clean(question)} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def hit_as_data(hit: Hit) -> dict[str, Any]:
    """A hit with the fields that the documentation promises, and what else it knows."""
    data: dict[str, Any] = msgspec.to_builtins(hit)
    data["citation"] = hit.citation
    return data
