"""Distinctive stretches of words, found again verbatim whatever the spacing and case. A run is a tuple of folded words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from sage.core.forgetting.cutting import Span, joined
from sage.core.words import STOP_WORDS, fold

Run = tuple[str, ...]

LONG = 8
"""Words in a row that hardly anybody writes twice by chance."""
FEW = 64
"""So many runs are looked for in a text as letters first."""
SHORT = 20
"""Characters that a whole sentence of fewer words must have to count as a stretch."""
_WORD = re.compile(r"\w+")
_LINE = re.compile(r"[^\r\n]+")
_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+|[。！？]")
_CODE = re.compile(r"[\w@][\w@.:/+#-]{4,}[\w@]")
_OWN_ID = re.compile(r"[a-z][0-9a-f]{17}")
"""Ids that Sage gives by time and chance: they say nothing of the words."""
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:T[\d:.+-]*)?|\d{1,2}:\d{2}(?::\d{2})?")


class Word(Struct, frozen=True):
    """A word in a text: folded, and where it stands (character offsets, end exclusive)."""

    folded: str
    start: int
    end: int


class Runs:
    """Runs that are looked for together, in time that grows with the text and hardly with their number."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._by_first: dict[str, set[Run]] = {}
        for run in runs:
            self._by_first.setdefault(run[0], set()).add(run)
        several = [run for some in self._by_first.values() for run in some]
        self._few = several if len(several) <= FEW else None

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def __iter__(self) -> Iterator[Run]:
        return (run for runs in self._by_first.values() for run in runs)

    def places(self, text: str) -> Iterator[tuple[int, int, Run]]:
        """Where runs stand in a text: start, end, run."""
        if not self._by_first or self._cannot_stand_in(text):
            return
        words = words_in(text)
        for place, word in enumerate(words):
            for run in self._by_first.get(word.folded, ()):
                some = words[place : place + len(run)]
                if len(some) == len(run) and all(each.folded == wanted for each, wanted in zip(some, run, strict=True)):
                    yield word.start, some[-1].end, run

    def _cannot_stand_in(self, text: str) -> bool:
        """Whether that is seen without reading the text word by word, which takes many times longer."""
        if self._few is None or not text.isascii():
            return False
        lower = text.lower()
        return not any(all(word in lower for word in run) for run in self._few)

    def found_in(self, text: str) -> set[Run]:
        """Those that stand in a text."""
        return {run for _, _, run in self.places(text)}

    def without(self, runs: set[Run]) -> Runs:
        """The others."""
        return Runs(run for run in self if run not in runs)


def is_own_id(word: str) -> bool:
    """Whether a word is an id that Sage gave by chance."""
    return bool(_OWN_ID.fullmatch(word))


def words_in(text: str) -> list[Word]:
    """The words of a text, in order."""
    if text.isascii():
        lower = text.lower()
        return [Word(match[0], match.start(), match.end()) for match in _WORD.finditer(lower)]
    return [Word(fold(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a text, as offsets; one never goes over the end of a line."""
    for line in _LINE.finditer(text):
        place = line.start()
        for end in [*(match.end() for match in _END.finditer(text, line.start(), line.end())), line.end()]:
            if text[place:end].strip():
                yield place, end
            place = end


def distinctive(text: str) -> set[Run]:
    """The runs by which a text is known again: eight words in a row, a whole shorter sentence, a number or address."""
    found: set[Run] = set()
    for start, end in sentences(text):
        run = tuple(word.folded for word in words_in(text[start:end]))
        if len(run) >= LONG:
            found.update(run[place : place + LONG] for place in range(len(run) - LONG + 1))
        elif _says_much(text[start:end], run):
            found.add(run)
    found.update(codes(text))
    return found


def codes(text: str) -> set[Run]:
    """What looks like a number, a key or an address: letters and digits mixed, many digits, or with an @; no dates."""
    found = set()
    for match in _CODE.finditer(text):
        token = match[0]
        digits = sum(letter.isdigit() for letter in token)
        mixed = digits and any(letter.isalpha() for letter in token)
        if ("@" in token or mixed or digits >= 7) and not _DATE.fullmatch(token):
            found.add(tuple(word.folded for word in words_in(token)))
    return {run for run in found if run and not any(map(is_own_id, run))}


_ADDRESS = re.compile(r"\S+@\S+")
_NUMBER = re.compile(r"(?!(?:19|20)\d\d$)\d{4,}")
_AROUND = 4
"""A number with so many words in a row, itself among them."""


def is_told_again(text: str, runs: Runs) -> bool:
    """Whether a text says what the one said of which `runs` are the distinctive ones: eight words in a row, a long number or key,
    a number that is no year with the words around it, or two short sentences, of which one is said twice by chance."""
    found = runs.found_in(text)
    return len(found) > 1 or any(len(run) >= LONG or _is_key(run) or any(map(_NUMBER.fullmatch, run)) for run in found)


def own_words(text: str) -> set[Run]:
    """What is distinctive of a text, without addresses, which stand in everything that their owner gets, and short codes."""
    text = _ADDRESS.sub(" ", text)
    words = [word.folded for word in words_in(text)]
    numbers = [place for place, word in enumerate(words) if _NUMBER.fullmatch(word)]
    around = {
        tuple(words[first : first + _AROUND])
        for place in numbers
        for first in (place - _AROUND + 1, place)
        if first >= 0
    }
    return (distinctive(text) - {run for run in codes(text) if not _is_key(run)}) | {
        run for run in around if len(run) == _AROUND
    }


def _is_key(run: Run) -> bool:
    letters = "".join(run)
    return len(letters) >= 8 and sum(letter.isdigit() for letter in letters) >= 4


def _says_much(sentence: str, run: Run) -> bool:
    if not run or len(sentence.strip()) < (SHORT if sentence.isascii() else SHORT // 2):
        return False
    meaning = sum(word not in STOP_WORDS and word.isalpha() for word in run)
    return meaning >= 3 or (not sentence.isascii() and max(map(len, run)) >= SHORT // 2)


def sentences_with(text: str, runs: Runs) -> list[Span]:
    """The sentences of a text that hold any of those runs."""
    places = [(start, end) for start, end, _ in runs.places(text)]
    return joined(
        span for span in [*sentences(text), *places] if any(start < span[1] and span[0] < end for start, end in places)
    )


_STEP, _WIDE = 3, 5
_RARE = 7
"""Letters from which on a single word is looked for."""


class Needle(Struct, frozen=True):
    """A stretch of forgotten words to look for, byte by byte, as it is written."""

    text: str
    run: Run


def needles(words: str) -> Iterator[Needle]:
    """Stretches that show whatever is left of forgotten words in some file, be it a fragment: five words in a row, short
    lines, numbers and addresses, long words alone."""
    for line in re.finditer(r'[^\r\n"\\]+', words):
        found = words_in(line[0])
        wide = [found[place : place + _WIDE] for place in range(0, max(1, len(found) - _WIDE + 1), _STEP)]
        for some in [*wide, found[-_WIDE:]]:
            if any(is_own_id(word.folded) for word in some):
                continue
            if some and len(stretch := line[0][some[0].start : some[-1].end]) >= 2 * _RARE:
                yield Needle(stretch, tuple(word.folded for word in some))
        for word in found:
            if word.end - word.start >= _RARE and not is_own_id(word.folded):
                yield Needle(line[0][word.start : word.end], (word.folded,))
    known = Runs(distinctive(words))
    yield from (Needle(words[start:end], run) for start, end, run in known.places(words) if end - start >= _RARE)
