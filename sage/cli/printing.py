"""How commands print: lines for people, JSON for programs, errors on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from sage.core.errors import BadInput, SageError
from sage.core.terminal_text import clean, escape_json
from sage.locations import is_plain

if TYPE_CHECKING:
    from sage.core.passages import Hit

UNASKED = "To do it without being asked, add --yes."
ROOM = 80


class Printer:
    """Prints for one command. Text from outside is cleaned of control sequences when it goes to a terminal."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        if isinstance(sys.stdout, TextIOWrapper):
            # JSON is UTF-8 everywhere; for people, what an old terminal cannot show becomes a question mark.
            sys.stdout.reconfigure(encoding="utf-8" if as_json else None, errors="replace")

    def data(self, value: Any, lines: Iterable[str]) -> None:
        """`value` with --json, else `lines`."""
        if self.as_json:
            _write(encode_json(value) + "\n")
        else:
            for line in lines:
                self.line(line)

    def line(self, text: str = "") -> None:
        """One line for a person; nothing with --json."""
        if not self.as_json:
            _write(clean(text) + "\n")

    def piece(self, text: str) -> None:
        """A piece of a streamed text; nothing with --json."""
        if not self.as_json:
            _write(clean(text), now=True)

    def finish(self) -> None:
        """Hands over all that was printed. Raises BrokenPipeError when nobody reads it, DiskFull when it has no room."""
        _write("", now=True)

    def progress(self, text: str) -> None:
        """One changing line on standard error, where that is a terminal."""
        if self._may_move():
            sys.stderr.write("\r\x1b[K" + clean(text)[:78])
            sys.stderr.flush()

    def progress_over(self) -> None:
        """Wipes the changing line."""
        if self._may_move():
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _may_move(self) -> bool:
        return sys.stderr.isatty() and not self.as_json and not is_plain(os.environ)

    def error(self, error: SageError) -> None:
        """What happened, what is safe, what to do: on standard error, as JSON with --json."""
        if self.as_json:
            told = {"error": error.kind, "what": error.what, "safe": error.safe, "do": error.do}
            sys.stderr.write(encode_json(told) + "\n")
        else:
            for text in filter(None, (error.what, error.safe, error.do)):
                sys.stderr.write(clean(text) + "\n")

    def trouble(self, text: str) -> None:
        """One line of trouble beside a result, on standard error; nothing with --json, where the data tells it."""
        if not self.as_json:
            sys.stderr.write(clean(text) + "\n")


def encode_json(value: Any) -> str:
    """JSON that may be shown in a terminal."""
    import msgspec

    return escape_json(msgspec.json.encode(value).decode())


def _write(text: str, *, now: bool = False) -> None:
    try:
        sys.stdout.write(text)
        if now:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise BadInput(
            f"What was found could not be printed ({os.strerror(error.errno or 0)}).",
            safe="What was asked for is done, and is kept.",
            do="Look where standard output goes.",
        ) from error


def confirm(question: str) -> bool:
    """Asks yes or no on the terminal; no where there is none."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(f"{clean(question)} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def number(words: str) -> int:
    """How many, from the command line: at least one."""
    from argparse import ArgumentTypeError

    if not words.isdecimal() or not int(words):
        raise ArgumentTypeError(f"{words!r} is no number from 1 on")
    return int(words)


def short(before: str, text: str) -> str:
    """One line of ROOM columns: what stands before, and as much of a text as there is room for."""
    line = before + " ".join(text.split())
    return line if len(line) <= ROOM else f"{line[: ROOM - 1].rstrip()}…"


def choose(question: str, keys: str) -> str:
    """One of some keys, asked for until it is one; "" for Enter alone."""
    while True:
        sys.stderr.write(f"{clean(question)} ")
        sys.stderr.flush()
        answer = sys.stdin.readline().strip()
        if not answer or (len(answer) == 1 and answer in keys):
            return answer


def refuse_pipe() -> None:
    """Raises BadInput where there is nobody to choose."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInput("This asks you to choose, and needs a terminal.", safe="Nothing was changed.")


def refuse_terminal(who: str, role: str) -> None:
    """Raises BadInput on a terminal, for what only another program can speak with: a person would wait for nothing."""
    if sys.stdin.isatty():
        raise BadInput(
            f"This is for {who} to start, and speaks no language of people.",
            safe="Nothing was started.",
            do=f"Name this command as {role} in its settings.",
        )


def hit_as_data(hit: Hit) -> dict[str, Any]:
    """A hit with the fields that the documentation promises, and what else it knows."""
    import msgspec

    data: dict[str, Any] = msgspec.to_builtins(hit)
    data["citation"] = hit.citation
    return data
