"""The lines of a person's text file, which is the same byte for byte wherever nothing was edited."""

from __future__ import annotations

from msgspec import Struct

from sage.plugin_api import Refused

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""The byte order mark with which some programs begin a file."""


class Splice(Struct, frozen=True):
    """An edit: `by` comes in the place of `cut` lines at index `at`. by[keeps] is the task that was there (-1: none is)."""

    at: int
    cut: int
    by: tuple[str, ...]
    keeps: int = -1


class FileText:
    """A file's lines: `bodies` are without their ends, and the first without a byte order mark."""

    def __init__(self, content: bytes) -> None:
        lines = content.decode("utf-8", "surrogateescape").split("\n")
        self._mark = MARK if lines[0].startswith(MARK) else ""
        lines[0] = lines[0].removeprefix(MARK)
        self._ends = ["\r" if line.endswith("\r") else "" for line in lines]
        self.bodies = [line.removesuffix("\r") for line in lines]

    @property
    def end(self) -> int:
        """The index of a line that is added behind all others."""
        return len(self.bodies) - (not self.bodies[-1])

    def spliced(self, splice: Splice) -> FileText:
        """The text after an edit. New lines end as the file's first does."""
        usual = self._ends[0] if len(self._ends) > 1 else ""
        new, ends = [usual] * len(splice.by), [*self._ends]
        if splice.cut:
            new[-1] = ends[splice.at]
        elif splice.at == len(ends):
            new[-1], ends[-1] = "", usual
        ends[splice.at : splice.at + splice.cut] = new
        after = FileText(b"")
        after._mark, after._ends = self._mark, ends
        after.bodies = [*self.bodies[: splice.at], *splice.by, *self.bodies[splice.at + splice.cut :]]
        return after

    def content(self) -> bytes:
        """The file's bytes."""
        lines = (body + end for body, end in zip(self.bodies, self._ends, strict=True))
        return (self._mark + "\n".join(lines)).encode("utf-8", "surrogateescape")


def shown(text: str) -> str:
    """A text of a file as it can be shown and sent: bytes that are no UTF-8 become "\N{REPLACEMENT CHARACTER}"."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def one_line(words: str) -> str:
    """Words that are to become part of a line: whatever ends a line or is a control character is a space. Raises Refused if
    nothing is left."""
    line = "".join(
        " " if ord(each) < 32 or 127 <= ord(each) < 160 or each in "\u2028\u2029" else each for each in words
    )
    try:
        line.encode()
    except UnicodeEncodeError as error:
        raise Refused("These words are no text.") from error
    if not (line := line.strip()):
        raise Refused("A task needs words.")
    return line
