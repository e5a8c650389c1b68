"""The conversation as lines: nothing is drawn again, no cursor moves, and an answer comes in whole sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from threading import RLock
from typing import TextIO

from sage.core.terminal_text import Cleaner, clean, clean_line
from sage.core.turns import goes_on
from sage.tui.widgets.entry import Entry, Role, SourceLine

_SENTENCE = re.compile(r"[.!?…][\"'”’)\]*_]*(?= )|[。！？]")
_SHORTEST = 40
"""Characters of an unfinished line that are told at once, if a sentence ends there: shorter ones wait for the next."""
_ID = re.compile(r"\b[a-z]{1,2}[0-9a-f]{17}(?:-\d+)?\b")
_NAMED = re.compile(r"#(\d+)\Z")


class Numbers:
    """Ids that were told, as numbers: each keeps its own as long as this runs."""

    def __init__(self) -> None:
        self._ids: list[str] = []

    def told(self, text: str) -> str:
        """The text with `#1` in the place of an id."""
        return _ID.sub(lambda found: f"#{self._number(found[0])}", text)

    def meant(self, word: str) -> str:
        """The id that `#1` stands for; any other word as it is."""
        named = _NAMED.match(word)
        number = int(named[1]) if named else 0
        return self._ids[number - 1] if 0 < number <= len(self._ids) else word

    def _number(self, name: str) -> int:
        if name not in self._ids:
            self._ids.append(name)
        return self._ids.index(name) + 1


class Lines:
    """Writes to one stream, from any thread. Where somebody is about to write a line, what they wrote so far is told again
    below what comes between; `written` gives it."""

    def __init__(self, out: TextIO, numbers: Numbers, written: Callable[[], str] = lambda: "") -> None:
        self._out, self._numbers, self._written = out, numbers, written
        self._lock = RLock()
        self._prompt: str | None = None
        self._open = False
        """Whether the last line is not at its end."""

    def say(self, text: str) -> None:
        """Whole lines."""
        with self._lock:
            if self._open or self._prompt is not None:
                self._out.write("\n")
            self._out.write(self._numbers.told(clean(text)) + "\n")
            self._open = False
            if self._prompt is not None:
                self._out.write(self._prompt + clean_line(self._written()))
            self._out.flush()

    def piece(self, text: str) -> None:
        """A part of a line, or its end."""
        with self._lock:
            self._out.write(self._numbers.told(clean(text)))
            self._open = not text.endswith("\n")
            self._out.flush()

    def prompting(self, prompt: str | None) -> None:
        """From now on somebody writes behind this; None: no more."""
        with self._lock:
            if self._open:
                self._out.write("\n")
                self._open = False
            self._prompt = prompt


class LineTranscript:
    """What has been said, as Dialogue tells it to Talk's transcript."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._stream: _Stream | None = None
        self.entries: list[Entry] = []

    def append(self, entry: Entry) -> int:
        """One entry; what the person just wrote stands there already. Returns its index."""
        self.entries.append(entry)
        if entry.role != "user":
            self._tell(entry)
        return len(self.entries) - 1

    def load(self, entries: Sequence[Entry]) -> None:
        """An earlier conversation."""
        self.entries = list(entries)
        for entry in entries:
            if entry.role == "user":
                self._lines.say(f"You: {entry.text}")
            else:
                self._tell(entry)

    def text_of(self, entry: int) -> str:
        return self.entries[entry].text

    def begin(self, role: Role) -> int:
        self.entries.append(Entry(role, ""))
        self._stream = _Stream(self._lines)
        return len(self.entries) - 1

    def feed(self, text: str) -> None:
        if self._stream:
            self._stream.feed(text)

    def restart(self, text: str) -> None:
        """The answer reads otherwise; what was told cannot be taken back."""
        shown = self._stream.fed if self._stream else ""
        rest = goes_on(shown, text)
        if rest is None:
            if self._stream:
                self._stream.finish()
            self._lines.say("What stands above is void.")
        if rest is None or self._stream is None:
            self._stream = _Stream(self._lines)
        self._stream.feed(text if rest is None else rest)

    def finish(self, footer: str, sources: Sequence[SourceLine] = ()) -> int:
        if self._stream:
            self._stream.finish()
        self._stream = None
        self._below(footer, sources)
        return len(self.entries) - 1

    def _tell(self, entry: Entry) -> None:
        text = spoken(entry.text) if entry.role in ("assistant", "found") else entry.text
        self._lines.say(f"Sage: {text}" if entry.role == "assistant" else text)
        self._below(entry.footer, entry.sources)

    def _below(self, footer: str, sources: Sequence[SourceLine]) -> None:
        told = [f"[{one.number}] {clean_line(_named(one))}" for one in sources]
        told += [f"({clean_line(footer)})"] if footer else []
        if told:
            self._lines.say("\n".join(told))


def _named(source: SourceLine) -> str:
    """A source by its place, or, where that is an id, by its words too."""
    return f"{source.place} {source.excerpt}" if _ID.fullmatch(source.place) else source.place


class _Stream:
    """One answer while it comes. `fed` is all of it so far."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.fed = ""
        self._cleaner, self._marks = Cleaner(), _Marks()
        self._line, self._told = "", False
        self._begun, self._blank = False, 0
        """Whether something was told, and how many empty lines after it."""

    def feed(self, text: str) -> None:
        self.fed += text
        *whole, last = (self._line + self._cleaner.feed(text)).split("\n")
        for line in whole:
            self._end_line(line)
        self._line = last
        if cut := self._marks.sentences(last):
            self._piece(self._marks.inline(last[:cut]) + " ")
            self._line = last[cut:].lstrip()
            self._told = True

    def finish(self) -> None:
        self._end_line(self._line + self._cleaner.finish())
        self._line = ""

    def _end_line(self, line: str) -> None:
        if self._told:  # its beginning is out
            told: str | None = self._marks.inline(line)
        else:
            told = self._marks.line(line)
        if told or self._told:
            self._piece(f"{told}\n")
        elif told is not None:
            self._blank += self._begun
        self._told = False

    def _piece(self, text: str) -> None:
        self._lines.piece("\n" * self._blank + text if self._begun else f"Sage: {text}")
        self._begun, self._blank = True, 0


class _Marks:
    """Takes the marks of Markdown out of lines, one after the other."""

    def __init__(self) -> None:
        self._fence = ""

    def line(self, line: str) -> str | None:
        """A whole line as it is told; None for one of which nothing is left."""
        bare = line.strip()
        if self._fence:
            if bare.startswith(self._fence) and not bare.strip(self._fence[0]):
                self._fence = ""
                return "(end of code)"
            return line
        if bare.startswith(("```", "~~~")):
            self._fence = bare[:3]
            return f"(code {bare.strip('`~')}".strip() + ")"
        if bare.startswith("|") and bare.endswith("|"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", bare[1:-1])]
            return None if not "".join(cells).strip("-: ") else "; ".join(map(self.inline, cells))
        return self.inline(re.sub(r"^(\s*)(?:#{1,6}\s+|>\s?)", r"\1", line).rstrip())

    def inline(self, text: str) -> str:
        """Words without the marks for emphasis, links and escapes."""
        from sage.tui.widgets.inline_markdown import inline_flow

        inset = text[: len(text) - len(text.lstrip())]
        return inset + inline_flow(text[len(inset) :]).text if text.strip() else ""

    def sentences(self, line: str) -> int:
        """How much of an unfinished line can be told already: whole sentences, with all their marks."""
        if self._fence or line.lstrip().startswith(("|", "`", "~")):
            return 0
        cut = 0
        for found in _SENTENCE.finditer(line, _SHORTEST):
            said = line[: found.end()]
            if said.count("**") % 2 == said.count("`") % 2 == 0 and said.count("[") == said.count("]"):
                cut = found.end()
        return cut


def spoken(markdown: str) -> str:
    """A Markdown text as lines to be heard."""
    marks = _Marks()
    told = [marks.line(line) for line in markdown.split("\n")]
    return "\n".join(line for line in told if line is not None)
