"""What a sheet is: rows that are texts of the person's own, columns that are prompts, and cells that models filled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, get_args

from msgspec import Struct

from sage.core.errors import BadInput
from sage.core.labels import PRIVATE, Audience, Origin
from sage.core.model_choice import ModelRole
from sage.core.passages import digest_of
from sage.core.stems import content_stems_in
from sage.core.tongues import tongue_of

Kind = Literal["map", "filter", "reduce", "resolve"]
"""What a column does: asks every row, keeps some rows, brings all rows together, or finds which are about the same thing."""
CellState = Literal["done", "unsupported", "nothing", "failed", "withheld"]
"""`done`: its span stands in the row's text. `unsupported`: what it says rests on no words that were found there. `nothing`:
the text does not say. `failed`: what the model wrote could not be read. `withheld`: the row is for models on this machine alone,
and there is none."""
Places = Literal["notes", "passages", "tag", "query", "tasks", "messages", "list"]
"""Where rows come from: whole notes or their passages by folder; passages by tag, question or id; tasks; messages."""

LONGEST_ROW = 6000
"""Characters of a row: a longer note becomes several rows, so that a small model can read each of them whole."""
NAME = re.compile(r"[\w][\w .-]{0,59}")
VERSION = "2"
"""Counts what is asked around a prompt: cells of another one are not taken for an answer."""


class Over(Struct, frozen=True):
    """Which texts are the rows: of a place, those that `words` choose ("" for all)."""

    place: Places
    words: str = ""

    def __str__(self) -> str:
        return f"{self.place}:{self.words}" if self.words else self.place


class Column(Struct, frozen=True, omit_defaults=True):
    """What a column asks. `role` is who is asked; `of` is the column whose cells are read in place of the rows' texts (to reduce or
    resolve). Of a filter, `recall` is the share of the fitting rows that it shall keep at least, and `sure` whether that may cost
    as many calls as there are rows."""

    name: str
    kind: Kind
    prompt: str
    role: ModelRole = "quick"
    of: str = ""
    recall: float = 0.95
    sure: bool = False


class Sheet(Struct, frozen=True):
    """A sheet without its rows; `most` is how many it has at most (0: all that there are). `state` is `running` while a column is
    filled, `stopped` if it was cut short, else `done`."""

    id: str
    name: str
    over: str = ""
    most: int = 0
    columns: tuple[Column, ...] = ()
    state: str = "done"
    made_at: str = ""

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


class SheetRow(Struct, frozen=True):
    """One text. `source` is how it is cited, `document` what it is in memory (an id, or the key of a file), by which it is
    found when it is forgotten. Everything made of it has its `origin` and `audience`."""

    row: int
    source: str
    document: str
    text: str
    origin: Origin = "user"
    audience: Audience = PRIVATE


class Span(Struct, frozen=True, array_like=True):
    """Characters `start` to `end` (exclusive) of a row's text; `row` is set where a cell rests on several rows."""

    start: int
    end: int
    row: int = 0


class Cell(Struct, frozen=True):
    """What a column's model made of a row (0: of all rows together). `cost` in US dollars, None if the price is unknown."""

    row: int
    column: str
    key: str
    state: CellState
    value: str = ""
    spans: tuple[Span, ...] = ()
    corrected: str | None = None
    model: str = ""
    cost: float | None = 0.0

    @property
    def says(self) -> str:
        """What the cell says in the end: the person's word goes before a model's."""
        return self.value if self.corrected is None else self.corrected


def read_over(words: str) -> Over:
    """The place that was written as `notes:Garden`, `tag:house`, `query:spring cleaning`, `tasks`. Raises BadInput."""
    place, _, rest = words.strip().partition(":")
    known = get_args(Places)
    if place not in known or (place in ("tag", "query", "list") and not rest.strip()):
        raise BadInput(
            f"{words!r} does not say what the rows are.",
            safe="Nothing was asked.",
            do="Write notes:FOLDER, passages:FOLDER, tag:NAME, query:WORDS, tasks, messages, or list:ID,ID",
        )
    return Over(place, rest.strip())  # type: ignore[arg-type]


def check_name(name: str, what: str) -> str:
    """A name for a sheet or a column. Raises BadInput."""
    if not NAME.fullmatch(name.strip()):
        raise BadInput(
            f"{name!r} is no name for a {what}.",
            safe="Nothing was asked.",
            do="Take letters, digits, spaces, dots or dashes: at most 60.",
        )
    return name.strip()


def cell_key(kind: str, prompt: str, text: str, model: str) -> str:
    """Says by content, prompt and model what was asked, so that nothing is asked twice."""
    return digest_of(VERSION, kind, prompt, text, model)


def job_of(sheet: str, column: str) -> str:
    """What the calls for a column are booked on, and cases of its cells are of: without its name, which is the person's words."""
    return f"sheet/{sheet}/{digest_of(sheet, column)[:8]}"


def split_text(text: str, longest: int = LONGEST_ROW) -> list[tuple[int, str]]:
    """A text in parts that are not longer, each with where it begins: cut between paragraphs, else lines, else anywhere."""
    parts, start = [], 0
    while len(text) - start > longest:
        window = text[start : start + longest]
        cut = next((place for mark in ("\n\n", "\n", " ") if (place := window.rfind(mark)) > longest // 2), longest)
        parts.append((start, window[:cut]))
        start += cut
    return [*parts, (start, text[start:])]


# --- spans -----------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"\w+")
_GAP = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*")
FEWEST, SHARE = 4, 0.6
"""Words in a row, and their share of a quotation, that must stand in a text when the quotation does not stand there whole: small
models drop or change a word."""


def find_quote(quote: str, text: str) -> tuple[Span, ...]:
    """Where a quotation stands in a text, whatever its punctuation, case and spaces; none if it does not. What it leaves out
    with dots is left out."""
    there = [(_folded(found[0]), found.start(), found.end()) for found in _WORD.finditer(text)]
    spans, after = [], 0
    for part in _GAP.split(quote):
        wanted = [_folded(found[0]) for found in _WORD.finditer(part)]
        if not wanted:
            continue
        run = _run(wanted, [word for word, _, _ in there], after)
        if run is None:
            return ()
        first, count = run
        spans.append(Span(there[first][1], there[first + count - 1][2]))
        after = first + count
    return tuple(spans) if _tells(spans, text) else ()


_SENTENCE = re.compile(r"\S[^\n]*?(?:[.!?](?=\s)|(?=\n)|\Z)")
BORNE, FEWEST_STEMS = 0.6, 3
"""The share of an answer's words that must stand in a sentence or two for it to rest on them, and how many words that are."""


def borne(value: str, text: str, spans: Sequence[Span]) -> float:
    """The share of an answer's words that stand in some spans of a text."""
    tongue = tongue_of(text)
    wanted = set(content_stems_in(tongue, value))
    there = {stem for span in spans for stem in content_stems_in(tongue, text[span.start : span.end])}
    return len(wanted & there) / len(wanted) if wanted else 0.0


def bearing(value: str, text: str, least: float = BORNE, fewest: int = FEWEST_STEMS) -> tuple[Span, ...]:
    """The sentence, or the two that follow each other, in which most of an answer's words stand; none if too few do."""
    tongue = tongue_of(text)
    wanted = set(content_stems_in(tongue, value))
    if len(wanted) < fewest:
        return ()
    parts = [
        (found.start(), found.end(), set(content_stems_in(tongue, found[0]))) for found in _SENTENCE.finditer(text)
    ]
    windows = [(start, end, stems) for start, end, stems in parts]
    windows += [(one[0], two[1], one[2] | two[2]) for one, two in pairwise(parts)]
    best = max(windows, key=lambda part: len(wanted & part[2]), default=None)
    return (Span(best[0], best[1]),) if best and len(wanted & best[2]) >= least * len(wanted) else ()


def _run(wanted: Sequence[str], there: Sequence[str], after: int) -> tuple[int, int] | None:
    """The place and length of the wanted words in a text, else of the longest run of them that is long enough."""
    best = (0, 0)
    for place in range(after, len(there)):
        if there[place] == wanted[0] and list(there[place : place + len(wanted)]) == list(wanted):
            return place, len(wanted)
    places: dict[str, list[int]] = {}
    for place in range(after, len(there)):
        places.setdefault(there[place], []).append(place)
    lengths: dict[int, int] = {}  # by where a run ends: how long it is
    for word in wanted:
        lengths = {place: lengths.get(place - 1, 0) + 1 for place in places.get(word, ())}
        for place, length in lengths.items():
            if length > best[1]:
                best = place - length + 1, length
    return best if best[1] >= max(FEWEST, SHARE * len(wanted)) else None


def _tells(spans: Sequence[Span], text: str) -> bool:
    """Whether a quotation says anything: "the" stands in every text."""
    words = [word for span in spans for word in _WORD.findall(text[span.start : span.end])]
    return len(words) > 1 or any(len(word) > 3 or word.isdigit() for word in words)


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def cited(row: SheetRow, span: Span) -> str:
    """A cell's source with the words that it rests on: `note#heading:line "words"`."""
    quoted = " ".join(row.text[span.start : span.end].split())
    return f"{place_of(row, span)} “{quoted if len(quoted) <= 160 else quoted[:157] + '…'}”"


_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def place_of(row: SheetRow, span: Span) -> str:
    """Where a span stands: as its row is cited, with the nearest heading above it if the row is a whole note."""
    if "#" in row.source:
        return row.source
    heading = ""
    for found in _HEADING.finditer(row.text, 0, span.end):
        heading = found[1]
    return f"{row.source}#{heading}" if heading else row.source
