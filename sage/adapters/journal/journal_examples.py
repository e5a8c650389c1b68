"""The journal's page for examples: answers that the person kept, shown to a smaller model with the same kind of task."""

from __future__ import annotations

from typing import Any

import msgspec

from sage.adapters.database import Database
from sage.adapters.journal.journal_cases import packed, unpacked
from sage.core.errors import NotFound
from sage.core.examples import ExampleBody, KeptExample

_WELL = (
    "EXISTS (SELECT 1 FROM outcomes o WHERE o.turn = {0}) AND NOT EXISTS"
    " (SELECT 1 FROM outcomes o WHERE o.turn = {0} AND o.what NOT IN ('kept', 'right'))"
)
_READ = (
    "SELECT e.id, e.turn, ifnull(t.conversation, ''), e.task, e.body, e.documents, e.state, e.made_at"
    " FROM examples e LEFT JOIN turns t ON t.id = e.turn WHERE "
)
_ENOUGH = 40
"""The newest of one kind of task that are looked at."""


class ExamplePages:
    """Examples as rows. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, example: KeptExample) -> None:
        """Keeps an example, or puts it in the place of the one of that turn."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM examples WHERE turn = ?", (example.turn,))
            connection.execute(
                "INSERT INTO examples (id, turn, task, body, documents, state, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    example.id, example.turn, example.task, packed(example.body),
                    msgspec.json.encode(example.documents).decode(), example.state, example.made_at,
                ),
            )  # fmt: skip

    def all(self) -> list[KeptExample]:
        """Those that are kept, the newest first."""
        return self._found("e.state = 'on' ORDER BY e.seq DESC")

    def find(self, name: str) -> KeptExample:
        """The one of that id, or of that turn. Raises NotFound."""
        found = self._found("e.state = 'on' AND (e.id = ? OR e.turn = ?)", name, name)
        if not found:
            raise NotFound(
                f"There is no example {name!r}.", safe="Nothing was changed.", do="See them: sage models examples list"
            )
        return found[0]

    def for_task(self, task: str) -> list[KeptExample]:
        """Those of a kind of task, the newest first, without any whose answer turned out not to do."""
        return self._found(
            f"e.state = 'on' AND e.task = ? AND {_WELL.format('e.turn')} ORDER BY e.seq DESC LIMIT {_ENOUGH}", task
        )

    def drop(self, name: str) -> None:
        """Takes the words of one away, and remembers that the person did not want it."""
        self._database.run(
            "UPDATE examples SET state = 'dropped', body = ?, documents = '[]' WHERE id = ?", (packed({}), name)
        )

    def waiting(self) -> list[str]:
        """Turns of which it is kept what they asked, whose answer was kept, and that nobody decided on, the newest first."""
        rows = self._database.rows(
            "SELECT r.turn FROM routes r WHERE r.turn IN (SELECT turn FROM asked)"  # noqa: S608
            f" AND r.turn NOT IN (SELECT turn FROM examples) AND {_WELL.format('r.turn')} ORDER BY r.at DESC, r.turn DESC"
        )
        return [str(row[0]) for row in rows]

    def is_apart(self, turn: str) -> bool:
        """Whether the case of a turn is kept apart for verdicts."""
        return bool(self._database.rows("SELECT 1 FROM cases WHERE turn = ? AND holdout", (turn,)))

    def _found(self, where: str, *values: Any) -> list[KeptExample]:
        return [_example(row) for row in self._database.rows(_READ + where, values)]


def _example(row: tuple[Any, ...]) -> KeptExample:
    name, turn, conversation, task, body, documents, state, made_at = row
    known = msgspec.json.decode(documents, type=tuple[str, ...])
    return KeptExample(name, turn, conversation, task, unpacked(body, ExampleBody), known, state, made_at)
