"""Which notes link to which, as their wikilinks are read in Obsidian: by file name or path, else by title, else by alias.

In a reader's sight a link is there if it stands in the very text of a visible passage, and a name if its note is visible as a
whole and has a visible passage: nothing else decides what is linked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sage.core.memory_map import MapNote
from sage.core.passages import Passage
from sage.core.reading.chunking import links_in

if TYPE_CHECKING:
    from sage.adapters.memory.sight import Sight

TABLES = """
CREATE TABLE names (
    name TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    rank INTEGER NOT NULL,
    PRIMARY KEY (name, document)
) WITHOUT ROWID;
CREATE INDEX names_of ON names (document);

CREATE TABLE links (
    passage INTEGER NOT NULL REFERENCES passages (number) ON DELETE CASCADE,
    target TEXT NOT NULL,
    name TEXT NOT NULL,
    told INTEGER NOT NULL,
    PRIMARY KEY (passage, target)
) WITHOUT ROWID;
CREATE INDEX links_by_name ON links (name);
"""
MOST_LINKING = 20
"""Passages that link to a note, beyond which it is one that everything links to: then they are not looked at."""

_TARGETS = (
    "SELECT l.passage, l.target, n.rank, d.source, d.part, d.number FROM links l "
    "JOIN passages p ON p.number = l.passage JOIN documents own ON own.number = p.document "
    "JOIN names n ON n.name = l.name JOIN documents d ON d.number = n.document AND d.root = own.root "
    "WHERE l.passage IN ({})"
)
_LINKING = (
    "SELECT l.passage FROM names n JOIN links l ON l.name = n.name JOIN passages p ON p.number = l.passage "
    "WHERE n.document IN ({}) AND p.document != n.document"
)
_NOTES = (
    "SELECT d.number, d.root, d.source, (SELECT p.id FROM passages p WHERE p.document = d.number "
    "ORDER BY p.ordinal, p.part LIMIT 1) AS first FROM documents d "
    "WHERE d.kind = 'file' AND d.part = '' AND d.root != '' AND first IS NOT NULL ORDER BY d.root, d.source"
)
_ALL_TARGETS = (
    "SELECT DISTINCT p.document, l.target, n.rank, d.source, d.part, d.number FROM links l "
    "JOIN passages p ON p.number = l.passage JOIN documents own ON own.number = p.document "
    "JOIN names n ON n.name = l.name JOIN documents d ON d.number = n.document AND d.root = own.root"
)
_PASSAGES = "SELECT number, document FROM passages WHERE document IN ({}) ORDER BY document, ordinal, part"
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")

Read = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
"""Runs a query over a list of values."""


def names_of(source: str, names: Iterable[str]) -> dict[str, int]:
    """How a note may be linked to, each name with its rank: its file first, then what it calls itself, in this order."""
    found: dict[str, int] = {}
    for rank, name in enumerate((_ENDING.sub("", source.rpartition("/")[2]), *names)):
        if name.strip():
            found.setdefault(folded(name), rank)
    return found


def links_of(passage: Passage) -> list[tuple[str, str, bool]]:
    """The links of a passage as they are kept: target, last name in it, and whether it stands in the passage's own text."""
    told = dict.fromkeys(map(_target, links_in(passage.text)))
    targets = dict.fromkeys((*map(_target, passage.links), *told))
    return [(target, target.rpartition("/")[2], target in told) for target in targets if target]


def linked(read: Read, numbers: Sequence[int], sight: Sight, *, told_only: bool) -> dict[int, list[tuple[int, ...]]]:
    """The notes that passages link to, and the passages that link to their notes, by the number of each passage.

    A note is all its visible passages in their order; one that links is that passage alone. `told_only`: links count that
    stand in the passage's own text.
    """
    documents: dict[int, int] = dict(read("SELECT number, document FROM passages WHERE number IN ({})", numbers))
    linking = {
        number: _linking(read, document, sight, told_only)
        for number, document in documents.items()
        if int(sight.titles[number]) == document
    }
    asked = sorted({*numbers, *(one for some in linking.values() for one in some)})
    targets = _targets(read, asked, sight, told_only)
    found: defaultdict[int, list[tuple[int, ...]]] = defaultdict(list)
    for number in numbers:
        for target in targets.get(number, ()):
            if target.document != documents[number]:
                found[number].append(target.passages)
        for one in linking.get(number, ()):
            if any(target.document == documents[number] for target in targets.get(one, ())):
                found[number].append((one,))
    return {number: list(dict.fromkeys(notes)) for number, notes in found.items()}


def map_of(read: Callable[[str], list[tuple[Any, ...]]]) -> tuple[list[MapNote], list[tuple[int, int]]]:
    """All notes of imported folders, and which link to which, by their places among them: for their owner alone."""
    rows = read(_NOTES)
    labels = _labels({row[1] for row in rows})
    place = {row[0]: number for number, row in enumerate(rows)}
    choices: defaultdict[tuple[int, str], list[tuple[tuple[int, int, str, str], int]]] = defaultdict(list)
    for own, target, rank, source, part, document in read(_ALL_TARGETS):
        if own in place and document in place and ("/" not in target or _is_at(source, target)):
            choices[own, target].append(((rank, source.count("/"), source, part), document))
    links = {(place[own], place[min(some)[1]]) for (own, _), some in choices.items()}
    notes = [MapNote(f"{labels[root]}/{source}" if root.rpartition("/")[2] != source else source, passage)
             for _, root, source, passage in rows]  # fmt: skip
    return notes, sorted(links)


def _labels(roots: Iterable[str]) -> dict[str, str]:
    """A short name for each root: as much of the end of its path as tells it from the others."""
    found = {}
    for root in (every := sorted(roots)):
        parts = root.strip("/").split("/")
        many = next((n for n in range(1, len(parts)) if sum(f"/{other.strip('/')}".endswith(
            "/" + "/".join(parts[-n:])) for other in every) == 1), len(parts))  # fmt: skip
        found[root] = " · ".join(parts[-many:])
    return found


class _Note(NamedTuple):
    document: int
    passages: tuple[int, ...]


def _linking(read: Read, document: int, sight: Sight, told_only: bool) -> list[int]:
    """The visible passages that may link to a note; none, when there are very many."""
    rows = read(_LINKING + (" AND l.told" if told_only else ""), [document])
    numbers = sorted({row[0] for row in rows})
    seen = [number for number, visible in zip(numbers, sight.sees(numbers), strict=True) if visible]
    return seen if len(seen) <= MOST_LINKING else []


def _targets(read: Read, numbers: Sequence[int], sight: Sight, told_only: bool) -> dict[int, list[_Note]]:
    """The notes that passages link to."""
    rows = read(_TARGETS + (" AND l.told" if told_only else ""), numbers)
    notes = _seen_notes(read, {row[-1] for row in rows}, sight)
    choices: defaultdict[tuple[int, str], list[tuple[tuple[int, int, str, str], int]]] = defaultdict(list)
    for passage, target, rank, source, part, document in rows:
        if document in notes and ("/" not in target or _is_at(source, target)):
            choices[passage, target].append(((rank, source.count("/"), source, part), document))
    found: defaultdict[int, list[_Note]] = defaultdict(list)
    for (passage, _), some in sorted(choices.items()):
        document = min(some)[1]
        found[passage].append(_Note(document, notes[document]))
    return found


def _seen_notes(read: Read, documents: Iterable[int], sight: Sight) -> dict[int, tuple[int, ...]]:
    """The visible passages of those notes that are visible as a whole."""
    rows = read(_PASSAGES, sorted(documents))
    found: defaultdict[int, list[int]] = defaultdict(list)
    for (number, document), visible in zip(rows, sight.sees([row[0] for row in rows]), strict=True):
        if visible and int(sight.titles[number]) == document:
            found[document].append(number)
    return {document: tuple(numbers) for document, numbers in found.items()}


def folded(name: str) -> str:
    """A name as names are compared: case, accents' writing and spaces do not count."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _target(link: str) -> str:
    """What a link names: a name or a path, folded, without the ending of a note."""
    return folded(link).strip("/").removesuffix(".md").rstrip()


def _is_at(source: str, target: str) -> bool:
    """Whether a file is meant by a path, which may leave out folders from the left."""
    path = _ENDING.sub("", folded(source))
    return path == target or path.endswith(f"/{target}")
