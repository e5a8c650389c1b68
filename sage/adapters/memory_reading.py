"""Reading in memory without searching: the whole around a passage, and what is newest."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sage.adapters.memory_rows import PassageRow
from sage.adapters.memory_store import MemoryStore
from sage.core.errors import NotFound
from sage.core.labels import visible_to
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
        SELECT first.number FROM passages first WHERE first.document = d.number AND first.audience IN ({})
        ORDER BY first.ordinal, first.part LIMIT 1
    ) WHERE d.root != ''
    UNION ALL SELECT * FROM (
        SELECT p.number, p.said_when AS at FROM passages p JOIN documents d ON d.number = p.document
        WHERE d.root = '' AND p.part = 0 AND p.audience IN ({}) ORDER BY p.number DESC LIMIT ?
    )
) ORDER BY coalesce(at, '') DESC, number DESC LIMIT ?
"""


def around(store: MemoryStore, name: str, recipients: Sequence[str] | None) -> tuple[list[Hit], int]:
    """The note or thread around a passage, in its order, of what all of `recipients` may see; and the place in there.

    Raises NotFound for an id that is not there (any more), or that they may not see.
    """
    own = next((row for row in store.passages_of([name]) if visible_to(row.audience, recipients)), None)
    if own is None:
        raise NotFound("This passage is not there any more.", safe="Nothing was changed.", do="Search again.")
    numbers = store.numbers(_WHOLE, (own.document,))
    place = numbers.index(own.number)
    rows = _in_order(store, numbers[max(0, place - AROUND) : place + AROUND + 1])
    seen = [row for row in rows if visible_to(row.audience, recipients)]
    return [row.hit() for row in seen], [row.number for row in seen].index(own.number)


def newest(store: MemoryStore, limit: int, recipients: Sequence[str] | None) -> list[Hit]:
    """The notes that changed last, each by its beginning, and the newest texts: newest first."""
    wanted = [
        name for name in store.audiences() if visible_to(msgspec.json.decode(name, type=tuple[str, ...]), recipients)
    ]
    sql = _NEWEST.replace("{}", ", ".join("?" * len(wanted)))
    return [row.hit() for row in _in_order(store, store.numbers(sql, (*wanted, *wanted, limit, limit)))]


def _in_order(store: MemoryStore, numbers: Sequence[int]) -> list[PassageRow]:
    found = {row.number: row for row in store.passages(numbers)}
    return [found[number] for number in numbers]
