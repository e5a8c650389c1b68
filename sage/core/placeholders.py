"""Words that tell who and where (keys, addresses, numbers, names), replaced by marks: the same word always by the same mark.

Rules find most of it and never all: whoever gives a text away reads it first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from sage.core.redaction import SECRET_SHAPES, looks_secret

Kind = Literal["key", "link", "address", "number", "path", "note", "person"]
Known = tuple[Kind, str, str]
"""What something is that is to be replaced wherever it stands, how it is spelled, and whose mark it gets."""

MARK = re.compile(r"\[(?:key|link|address|number|path|note|person)-\d+\]")
_SHAPES = re.compile(
    r"""(?x)
    (?P<link>   (?: (?<![\w+.-]) [A-Za-z][A-Za-z0-9+.-]*:// | (?<!\w) www\. ) [^\s<>"'`\])}]* [^\s<>"'`\])}.,;:!?] )
  | (?P<address> [\w.+-]+ @ [\w-]+ (?:\.[\w-]+)+                         # mail
      | (?<!\w) @ [\w.=/+-]+ : [\w-]+ (?:\.[\w-]+)+                      # Matrix
      | (?<![\w.]) (?:\d{1,3}\.){3} \d{1,3} (?![\w.])                    # IPv4
      | (?<![\w:]) (?:[0-9A-Fa-f]{1,4}:){4,7} [0-9A-Fa-f:]{1,4} (?![\w:]) )
  | (?P<note>   \[\[ [^\]\n]+ \]\] )
  | (?P<path>   (?<![\w/.~]) (?: ~/ | (?:[A-Za-z]:)? [\\/] (?=[^\s\\/]+[\\/]) ) [^\s<>"'`|,;:)\]]* \w
      | (?<![\w/]) [\w-]+ (?: / [\w-]+ (?:[ ] [\w-]+)* )*
        \. (?:md|markdown|txt|org|pdf|docx?|xlsx?|csv|png|jpe?g|html?|ics|eml|json|toml) \b )
  | (?P<number> (?<!\w) [A-Z]{2} \d{2} (?:[ ]?[A-Z0-9]{4}){3,7} (?:[ ]?[A-Z0-9]{1,3})? (?!\w)      # IBAN
      | (?<![\w.,:/-]) (?:\+\d|\(?0\d|\(\d{2,5}\)[ ]?\d) [\d ()/.-]{4,20} \d (?!\w)              # telephone
      | (?<![\w.,:/-]) \d{3} [ .-] (?:\d{3} [ .-])? \d{4} (?![\w-])
      | (?<![\w.,]) (?:\d{4}[ -]){3} \d{1,7} (?!\w)                                                # card
      | (?<![\w.,]) \d{7,} (?!\w) )
    """
)
_DATE = re.compile(
    r"(?x) [(]? \d{1,2} [./-] \d{1,2} [./-] \d{2,4} | \d{4}-\d\d-\d\d (?:[ T]\d\d:\d\d)? | \d{2} [ .-]? \d{4}"
)
"""What a telephone number's shape fits as well."""
_WORD = re.compile(r"\w+")
_SPACED = re.compile(r"[\s_-]+")
_TOKEN = re.compile(r"[\w+/=.~-]{20,}")
_LEAST_DIGITS = 7
_SHORTEST_NAME = 3

_NOTE = ".md"
_Names = dict[str, list[tuple[str, Kind, str]]]
"""By the first word: how it is spelled, of which kind it is, and whose mark it gets; the longest first."""


class Placeholders:
    """Replaces in one text after the other. `known` are words that no shape tells: names, addresses of people, keys."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._marks: dict[tuple[Kind, str], str] = {}
        self._counts: dict[Kind, int] = {}
        self._names: _Names = {}
        self._files: _Names = {}
        for kind, word, name in known:
            is_file = kind == "note" and word.endswith(_NOTE) and " " in word
            for spelled in _spellings(kind, word):
                if first := _WORD.search(spelled):
                    names = self._files if is_file else self._names
                    names.setdefault(first[0], []).append((spelled[first.start() :], kind, name))
        for found in (*self._names.values(), *self._files.values()):
            found.sort(key=lambda each: len(each[0]), reverse=True)

    @property
    def counts(self) -> dict[str, int]:
        """How many different words of each kind were replaced."""
        return dict(sorted(self._counts.items()))

    def mark(self, kind: Kind, word: str) -> str:
        """The mark of a word of that kind."""
        key = kind, _folded(word)
        if key not in self._marks:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._marks[key] = f"[{kind}-{self._counts[kind]}]"
        return self._marks[key]

    def hide(self, text: str) -> str:
        """The text with marks in the place of all that was found."""
        text = SECRET_SHAPES.sub(lambda found: self.mark("key", found[0]), text)
        changes: tuple[Callable[[str], str], ...] = (
            lambda piece: self._without(self._files, piece),  # no link has a blank in it, so that none is torn
            lambda piece: _SHAPES.sub(self._shape, piece),
            lambda piece: self._without(self._names, piece),
            lambda piece: _TOKEN.sub(self._token, piece),
        )
        for change in changes:
            text = "".join(piece if is_mark else change(piece) for piece, is_mark in _pieces(text))
        return text

    def _shape(self, found: re.Match[str]) -> str:
        kind, word = found.lastgroup or "", found[0]
        if kind == "number" and word[0] not in "+ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            digits = sum(letter.isdigit() for letter in word)
            if digits < _LEAST_DIGITS or _DATE.fullmatch(word.strip()):
                return word
        if kind == "note":
            return self.mark("note", word[2:-2].partition("|")[0].partition("#")[0])
        return self.mark(kind, word)  # type: ignore[arg-type]

    def _token(self, found: re.Match[str]) -> str:
        return self.mark("key", found[0]) if looks_secret(found[0], "token") else found[0]

    def _without(self, names: _Names, text: str) -> str:
        if not names:
            return text
        folded, pieces, at = text.casefold(), [], 0
        if len(folded) != len(text):  # such as ß, which is two letters in the folded text
            folded = text.lower() if len(text.lower()) == len(text) else text
        for found in _WORD.finditer(folded):
            if found.start() < at:
                continue
            for spelled, kind, name in names.get(found[0], names.get(found[0].removesuffix("s"), [])):
                end = _ends(folded, found.start(), spelled)
                if end:
                    pieces += [text[at : found.start()], self.mark(kind, name)]
                    at = end
                    break
        return "".join([*pieces, text[at:]])


def known_names(people: Iterable[str], notes: Iterable[str] = ()) -> Iterator[Known]:
    """What people are called, wholly and word by word, and the names of notes of more than one word: those of one word are
    everyday words, and are replaced where they stand as a file or a link."""
    for person in people:
        yield "person", person, person
        for part in _SPACED.split(person):
            if len(part) >= _SHORTEST_NAME:
                yield "person", part, person
    for note in notes:
        name = note_name(note)
        yield "note", f"{name}{_NOTE}", name
        if len(_WORD.findall(name)) > 1 and any(letter.isalpha() for letter in name):
            yield "note", name, name


def note_name(source: str) -> str:
    """What a note is called, by the file that it stands in."""
    return source.rpartition("/")[2].removesuffix(_NOTE)


def _spellings(kind: Kind, name: str) -> set[str]:
    name = " ".join(name.split()).casefold()
    if len(name) < (_SHORTEST_NAME if kind == "person" else 2):
        return set()
    return {name, _SPACED.sub(" ", name), _SPACED.sub("-", name)} if kind in ("person", "note") else {name}


def _ends(text: str, start: int, name: str) -> int:
    """Where a name ends that begins there ("s" of a genitive after it counts in); 0 if it does not stand there."""
    if not text.startswith(name, start):
        return 0
    end = start + len(name)
    end += text.startswith("s", end) and not text[end + 1 : end + 2].isalnum()
    return 0 if text[end : end + 1].isalnum() else end


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """A text in pieces, each with whether it is a mark."""
    at = 0
    for found in MARK.finditer(text):
        yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    yield text[at:], False


def _folded(word: str) -> str:
    return _SPACED.sub(" ", word).strip().casefold()
