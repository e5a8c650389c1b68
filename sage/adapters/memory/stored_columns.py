"""The store's passages as columns in memory, kept in step with its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from sage.adapters.database import Database
from sage.adapters.memory.memory_rows import strings
from sage.adapters.memory.row_writing import RowWriter
from sage.adapters.memory.stored_rows import integers, rows_in, some
from sage.core.labels import Audience

if TYPE_CHECKING:
    import numpy as np

    from sage.adapters.memory.sight import Columns, Rows, Sight

_DAY = "coalesce(cast(julianday(substr(said_when, 1, 10)) - 1721424.5 AS INTEGER), 0)"
"""The day of an ISO date as `date.toordinal` counts it, 0 for none."""
_LISTS = (
    "SELECT json_group_array(number), json_group_array(document), json_group_array(ordinal), "  # noqa: S608 - of constants
    f"json_group_array(length), json_group_array({_DAY}), json_group_array(audience) FROM passages "
)
"""All passages in one row: a list a column is read ten times as fast as a row a passage."""
_OF_DOCUMENTS = (
    "SELECT number, iif(root = '', '', audience), iif(kind = 'thread', root || '/' || source || '/' || part, '') "
    "FROM documents "
)


class StoredColumns:
    """The columns of all passages, read when they are first asked for; then what was touched is read again."""

    def __init__(self, database: Database, writer: RowWriter) -> None:
        self._database, self._writer = database, writer
        self._columns: Columns | None = None
        self._sight: Sight | None = None

    def seen(self, visible: Callable[[Audience], bool]) -> tuple[Columns, np.ndarray, np.ndarray]:
        """All passages now, and which of them, and which documents as a whole, a reader sees whose audiences pass."""
        columns = self._now()
        return columns, *columns.seen(lambda audience: visible(strings(audience)))

    def sight(self) -> Sight:
        """What the owner sees now: everything."""
        from sage.adapters.memory.sight import Sight

        columns = self._now()
        self._sight = self._sight or Sight(columns, *columns.seen(lambda audience: True))
        return self._sight

    def _now(self) -> Columns:
        """The columns as the rows are now."""
        from sage.adapters.memory.sight import Columns

        if self._columns is None:
            self._columns = Columns()
            self._columns.follow((), *self._rows("", ()))
        elif self._writer.touched:
            for part in some(sorted(self._writer.touched)):
                self._columns.follow(part, *self._rows("WHERE number IN ({})", part))
            self._sight = None
        self._writer.touched.clear()
        return self._columns

    def _rows(self, where: str, values: Sequence[int]) -> tuple[Rows, dict[int, tuple[str, str]]]:
        """Passages as columns, and the audience and thread of their documents."""
        from sage.adapters.memory.sight import Rows

        *lists, audiences = rows_in(self._database, _LISTS + where, values)[0]
        numbers, documents, ordinals, lengths, days = map(integers, lists)
        of_rows = f"WHERE number IN (SELECT document FROM passages {where})" if where else ""  # noqa: S608
        found = rows_in(self._database, _OF_DOCUMENTS + of_rows, values)
        rows = Rows(numbers, documents, ordinals, lengths, days, msgspec.json.decode(audiences, type=list[str]))
        return rows, {number: (audience, thread) for number, audience, thread in found}
