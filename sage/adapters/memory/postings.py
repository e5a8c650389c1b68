"""Which passages and notes hold a word, how often and where: packed lists in SQLite, a block of rows at a time.

FTS5 counts over all rows, so that its scores would tell a reader of some of them about the rest; and it counts again at
each question. From these lists the statistics of any set of rows are made in milliseconds (see `word_scores`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

import apsw

from sage.core.ranking import fold
from sage.core.stems import every_stem, stems_in, tagged
from sage.core.tongues import ENGLISH, tongue_of
from sage.core.words import UNSPACED
from sage.core.words import fold as bare

if TYPE_CHECKING:
    import numpy as np

TABLES = """
CREATE TABLE postings (
    block INTEGER NOT NULL,
    term TEXT NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (block, term)
) WITHOUT ROWID;
CREATE TABLE blocks (tongue TEXT NOT NULL, block INTEGER NOT NULL, PRIMARY KEY (tongue, block)) WITHOUT ROWID;
"""
BLOCK = 1024
"""Rows whose lists stand together: an import touches a few pages of the file, and a question looks once into each block."""
_ENTRY = Struct("<HBB")
"""Place in the block, field, count (255 and more are one)."""
_ENTRIES = [("place", "<u2"), ("field", "u1"), ("count", "u1")]

TITLE, WORDS, HEADING, PATH, TAGS, PEOPLE, BODY = range(7)
"""Fields. The first two are of a document (its title; its tags, aliases and properties), the others of a passage."""
Fields = Mapping[int, str]


class Entries(NamedTuple):
    """Where a term stands: arrays of equal length, by number of passage or of document, a field at a time."""

    numbers: np.ndarray
    fields: np.ndarray
    counts: np.ndarray

    def only(self, kept: np.ndarray) -> Entries:
        """Those of a mask."""
        return self if kept.all() else Entries(self.numbers[kept], self.fields[kept], self.counts[kept])


class Sought(NamedTuple):
    """A word of a question, as it was asked, and the terms that stand for it: the English one, then those of other languages."""

    word: str
    terms: tuple[str, ...]
    begun: str = ""
    """If not "", the other terms that begin with it are sought in the place of these."""


class Standing(NamedTuple):
    """Where what is sought stands: in passages and in documents."""

    sought: Sought
    passages: Entries
    documents: Entries


class Tokenizer:
    """Cuts a text into the terms that are searched for: words without case and accents, cut to their stem.

    English stems stand as they are; those of another language have it in front ("de:haus"), since what is a stem in one
    language is a whole word in another. Where a script puts no spaces between words, every two letters that stand together
    are a term.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self._english = connection.fts5_tokenizer("porter", ["unicode61", "remove_diacritics", "2"])
        self._whole = connection.fts5_tokenizer("unicode61", ["remove_diacritics", "0"])

    def terms(self, text: str, tongue: str = ENGLISH) -> list[str]:
        """All terms of a text in one language, in order."""
        if tongue == ENGLISH:
            return _parts(self._cut(self._english, text), text.isascii())
        words = _parts(self._cut(self._whole, text), text.isascii())
        return [tagged(tongue, stem) for stem in stems_in(tongue, words)]

    def sought(self, words: Sequence[str]) -> list[Sought]:
        """What is looked up for words: for each all the terms that it may be, whichever language a passage is in.

        The languages are the same for every memory. A word in two forms is sought once.
        """
        cut = [(word, english, part) for word in words for english, part in self._uncut(word)]
        owners: dict[str, str] = {}
        found: dict[str, str] = {}
        for (word, english, _), others in zip(cut, every_stem([part for _, _, part in cut]), strict=True):
            found.setdefault(english, word)
            for term in (english, *others):
                owners.setdefault(term, english)
        terms: defaultdict[str, list[str]] = defaultdict(list)
        for term, english in owners.items():
            terms[english].append(term)
        return [Sought(word, tuple(terms[english])) for english, word in found.items()]

    def _uncut(self, text: str) -> Iterator[tuple[str, str]]:
        """Each English term of a text, with what it was cut from."""
        english, parts = self.terms(text), _parts(self._cut(self._whole, text), text.isascii())
        # Where a script without spaces stands beside another one, the stemmer may have cut off a part of its own.
        return zip(english, parts if len(parts) == len(english) else english, strict=True)

    def _cut(self, tokenizer: Any, text: str) -> list[str]:
        data = fold(text).encode("utf-8", "replace")
        found: list[str] = tokenizer(
            data, apsw.FTS5_TOKENIZE_DOCUMENT, None, include_offsets=False, include_colocated=False
        )
        return found


def _parts(words: list[str], plain: bool) -> list[str]:
    """Words, those of a script without spaces cut into pairs of letters."""
    return words if plain else [part for word in words for part in ([word] if word.isascii() else _pairs(word))]


def _pairs(word: str) -> Iterator[str]:
    """The pairs of letters in what is written without spaces, and the words around it."""
    last = 0
    for run in UNSPACED.finditer(word):
        yield from filter(None, [word[last : run.start()]])
        yield from (run[0][place : place + 2] for place in range(max(1, len(run[0]) - 1)))
        last = run.end()
    yield from filter(None, [word[last:]])


class Words(NamedTuple):
    """The counted terms of a row: (field, term) to count, how many there are in all, and the language they are cut by."""

    counts: Counter[tuple[int, str]]
    length: int
    tongue: str = ENGLISH

    @property
    def terms(self) -> set[str]:
        """The terms alone."""
        return {term for _, term in self.counts}


def count_words(tokenizer: Tokenizer, fields: Fields) -> Words:
    """The terms of a row's fields, cut by the language that the row itself is written in."""
    tongue = tongue_of(fields.get(BODY) or " ".join(fields.values()))
    counts: Counter[tuple[int, str]] = Counter()
    for field, text in fields.items():
        counts.update((field, term) for term in tokenizer.terms(text, tongue))
    return Words(counts, counts.total(), tongue)


def passage_block(number: int) -> tuple[int, int]:
    """The block of a passage, and its place there."""
    return divmod(number, BLOCK)


def document_block(number: int) -> tuple[int, int]:
    """The same for a document: its blocks are below zero."""
    block, place = divmod(number, BLOCK)
    return -1 - block, place


def rows_of_block(block: int) -> tuple[int, int]:
    """The first and the last number of a passage (of a document below zero) that stand in a block."""
    first = (block if block >= 0 else -1 - block) * BLOCK
    return first, first + BLOCK - 1


def add_words(connection: apsw.Connection, rows: Iterable[tuple[tuple[int, int], Words]]) -> None:
    """Writes rows by block and place; each must be new."""
    rows = list(rows)
    found = _lists(rows)
    blocks = {(words.tongue, block) for (block, _), words in rows}
    connection.executemany("INSERT OR IGNORE INTO blocks VALUES (?, ?)", sorted(blocks))
    connection.executemany(
        "INSERT INTO postings VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET entries = CAST(entries || excluded.entries AS BLOB)",
        [(block, term, bytes(entries)) for (block, term), entries in sorted(found.items())],
    )


def differing(rows: Iterable[tuple[tuple[int, int], Words]], kept: Iterable[tuple[str, bytes]]) -> int:
    """How many of a block's lists are not as its rows have them; the order in a list tells nothing."""
    wanted = {term: set(_ENTRY.iter_unpack(entries)) for (_, term), entries in _lists(rows).items()}
    differ = 0
    for term, entries in kept:
        whole = len(entries) % _ENTRY.size == 0
        differ += not whole or wanted.pop(term, set()) != set(_ENTRY.iter_unpack(entries))
    return differ + len(wanted)


def _lists(rows: Iterable[tuple[tuple[int, int], Words]]) -> dict[tuple[int, str], bytearray]:
    found: defaultdict[tuple[int, str], bytearray] = defaultdict(bytearray)
    for (block, place), words in rows:
        for (field, term), count in words.counts.items():
            found[block, term] += _ENTRY.pack(place, field, min(count, 255))
    return found


def remove_words(connection: apsw.Connection, rows: Iterable[tuple[tuple[int, int], Iterable[str]]]) -> None:
    """Takes rows out again; `rows` names the terms that each has."""
    gone: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for (block, place), terms in rows:
        for term in terms:
            gone[block, term].add(place)
    for (block, term), places in sorted(gone.items()):
        key = (block, term)
        for (entries,) in connection.execute("SELECT entries FROM postings WHERE block = ? AND term = ?", key):
            kept = [entry for entry in _ENTRY.iter_unpack(entries) if entry[0] not in places]
            if kept:
                data = b"".join(_ENTRY.pack(*entry) for entry in kept)
                connection.execute("UPDATE postings SET entries = ? WHERE block = ? AND term = ?", (data, *key))
            else:
                connection.execute("DELETE FROM postings WHERE block = ? AND term = ?", key)


READ = "SELECT p.block, p.entries FROM blocks b CROSS JOIN postings p ON p.block = b.block AND p.term = ?2 WHERE b.tongue = ?1"
"""The lists of a term in the blocks that have rows of its language."""


READ_BEGUN = (
    "SELECT p.block, p.entries FROM blocks b CROSS JOIN postings p ON p.block = b.block AND p.term >= ?2 || ?3 "
    "AND p.term < ?2 || ?3 || char(1114111) AND instr(substr(p.term, 1 + length(?2)), ':') = 0 "
    "AND p.term NOT IN (SELECT value FROM json_each(?4)) WHERE b.tongue = ?1"
)
"""The lists of all terms of a language (its mark before them) that begin so, but for some."""


def is_begun(term: str, sought: Sought) -> bool:
    """Whether a term is one of those that are only begun."""
    stem = term.partition(":")[2] or term
    return stem.startswith(tuple(beginnings(sought))) and term not in sought.terms


def beginnings(sought: Sought) -> set[str]:
    """How terms may begin that are only begun: with the accents that were typed and without, as stems of some languages are."""
    return {begun for begun in (sought.begun, bare(sought.begun)) if begun}


def tongue_of_term(term: str) -> str:
    """The language that a term is cut by."""
    return term[:2] if term[2:3] == ":" else ENGLISH


def entries_of(rows: Sequence[tuple[int, bytes]]) -> tuple[Entries, Entries]:
    """What `READ` brought for some terms, as entries of passages and of documents."""
    return (
        _entries([(block * BLOCK, data) for block, data in rows if block >= 0]),
        _entries([((-1 - block) * BLOCK, data) for block, data in rows if block < 0]),
    )


def _entries(blocks: Sequence[tuple[int, bytes]]) -> Entries:
    import numpy as np

    found = np.frombuffer(b"".join(data for _, data in blocks), np.dtype(_ENTRIES))
    first = np.array([start for start, _ in blocks], np.int64)
    sizes = np.array([len(data) // _ENTRY.size for _, data in blocks], np.int64)
    return Entries(np.repeat(first, sizes) + found["place"], found["field"], found["count"].astype(np.float64))
