"""Reading in memory without searching: the whole around a passage, and what is newest."""

from __future__ import annotations

from collections.abc import Sequence

from sage.adapters.memory.memory_rows import PassageRow
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.memory.memory_view import View
from sage.core.errors import NotFound
from sage.core.passages import Hit

AROUND = 300
"""Passages before one, and after it, that are read with it."""

_WHOLE = """
SELECT p.number FROM documents own
JOIN documents d ON d.kind = own.kind AND d.root = own.root AND d.source = own.source AND d.part = own.part
JOIN passages p ON p.document = d.number
WHERE own.number = ? ORDER BY d.slice, p.ordinal, p.part
"""
_NEWEST = """
SELECT number FROM (
    SELECT p.number, iif(d.mtime_ns, strftime('%Y-%m-%dT%H:%M:%S', d.mtime_ns / 1e9, 'unixepoch'), p.said_when) AS at
    FROM documents d JOIN passages p ON p.number = (
        SELECT first.number FROM passages first WHERE first.document = d.number
        ORDER BY first.ordinal, first.part LIMIT 1
    ) WHERE d.root != ''
    UNION ALL SELECT * FROM (
        SELECT p.number, p.said_when AS at FROM passages p JOIN documents d ON d.number = p.document
        WHERE d.root = '' AND p.part = 0 ORDER BY p.number DESC LIMIT ?
    )
) ORDER BY coalesce(at, '') DESC, number DESC LIMIT ?
"""
_NAMES = """
SELECT root, source FROM documents WHERE root != '' AND part = '' AND source LIKE ? ESCAPE '\\'
GROUP BY root, source ORDER BY max(mtime_ns) DESC LIMIT ?
"""
_CALLED = """
SELECT min(number), root, source FROM documents WHERE root != '' AND part = '' AND :root IN ('', root) AND (
    source IN (:name, :note) OR source LIKE :below ESCAPE '\\' OR source LIKE :belowmd ESCAPE '\\'
) GROUP BY root, source
"""


def around(store: MemoryStore, name: str) -> tuple[list[Hit], int]:
    """The note or thread around a passage, in its order, and the place in there. Raises NotFound."""
    own = next(iter(store.passages_of([name])), None)
    if own is None:
        raise _gone()
    numbers = store.numbers(_WHOLE, (own.document,))
    place = numbers.index(own.number)
    first = max(0, place - AROUND)
    rows = _in_order(store, numbers[first : place + AROUND + 1])
    return [row.hit() for row in rows], place - first


def around_for(view: View, name: str) -> tuple[list[Hit], int]:
    """The same of what a view shows. Raises NotFound for an id that is not there (any more), or that is not shown."""
    rows = _in_order(view, view.around(name, AROUND))
    if not rows:
        raise _gone()
    return [row.hit() for row in rows], [row.id for row in rows].index(name)


def newest(store: MemoryStore, limit: int) -> list[Hit]:
    """The notes that changed last, each by its beginning, and the newest texts: newest first."""
    return [row.hit() for row in _in_order(store, store.numbers(_NEWEST, (limit, limit)))]


def newest_for(view: View, limit: int) -> list[Hit]:
    """The same of what a view shows, by what is said of when it was written: files change with what is hidden in them."""
    return [row.hit() for row in _in_order(view, view.newest(limit))]


def file_names(store: MemoryStore, letters: str, limit: int) -> list[tuple[str, str]]:
    """Folder and name of imported files whose names have these letters in their order, those written last first."""
    found = store.rows(_NAMES, ("%".join(("", *(_escaped(letter) for letter in letters), "")), limit))
    return [(str(root), str(source)) for root, source in found]


def file_called(store: MemoryStore, name: str, root: str = "") -> list[Hit]:
    """All passages of the imported file of that name (of one folder, if it is named), which may leave out its folders and its
    ending; none if it is not there, or if several are called so."""
    below = f"%/{_escaped(name)}"
    sought = {"name": name, "note": f"{name}.md", "below": below, "belowmd": f"{below}.md", "root": root}
    places = store.rows(_CALLED, sought)
    whole = [place for place in places if place[2] in (name, f"{name}.md")] or places
    if len({(root, source) for _, root, source in whole}) != 1:
        return []
    return [row.hit() for row in _in_order(store, store.numbers(_WHOLE, (whole[0][0],)))]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _gone() -> NotFound:
    return NotFound("This passage is not there any more.", safe="Nothing was changed.", do="Search again.")


def _in_order(store: MemoryStore | View, numbers: Sequence[int]) -> list[PassageRow]:
    found = {row.number: row for row in store.passages(numbers)}
    return [found[number] for number in numbers]
