"""The engine, for crash tests: the real one, with a model that streams slowly and an embedder that takes its time beside
the others and, when asked, made-up migrations after the real ones. It is started as the real one is:
`python -m tests.crashes.engine serve --home PATH`.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import apsw

from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta, ToolCall
from sage.core.ports import ChatModel, Embedder
from sage.engine import __main__ as real
from sage.engine import bootstrap
from sage.engine.brains import Brains
from sage.engine.embedders import Embedders
from sage.settings import MemorySettings
from sage.testing.vectors import FakeEmbedder

SLOW = "crash/slow"
"""The slow model's id in a profile, and the slow embedder's in the settings."""
MORE = "SAGE_CRASH_MIGRATIONS"
"""How many migrations there are after the real ones."""
MARK = "SAGE_CRASH_MARK"
"""A file that is written when a migration is in its middle."""


class SlowModel:
    """Does a task first when the person names one, then talks for long: word by word, with a stall now and then."""

    name = SLOW
    context_tokens = 100_000

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        last = request.messages[-1]
        task = re.search(r"task: (\S+)", last.text) if last.role == "user" else None
        if task:
            yield TextDelta("First the task. ")
            yield ToolCall("c1", "add_task", {"text": task[1]})
            yield Finished(SLOW, stop="tools")
            return
        for number in range(400):
            await asyncio.sleep(1.4 if number % 25 == 24 else 0.02)
            yield TextDelta(f"word{number} ")
        yield Finished(SLOW)

    async def close(self) -> None:
        """Nothing to let go of."""


class SlowEmbedder(FakeEmbedder):
    def embed(self, texts: Sequence[str]) -> Any:
        time.sleep(0.0005 * len(texts))
        return super().embed(texts)


class SlowEmbedders(Embedders):
    """Knows one embedder more: `SLOW` in the settings."""

    def wanted(self, settings: MemorySettings) -> Embedder:
        return SlowEmbedder(SLOW) if settings.embedder == SLOW else super().wanted(settings)

    def former(self, name: str) -> Embedder | None:
        return SlowEmbedder(SLOW) if name == SLOW else super().former(name)


class SlowBrains(Brains):
    def _build(self, key: Any) -> ChatModel:
        return SlowModel() if key.place.id == SLOW else super()._build(key)


def migrate(connection: apsw.Connection) -> None:
    """Builds the tables of turns and texts anew, row by row, with little memory: the log grows while it lasts."""
    connection.execute("PRAGMA cache_spill = 20; PRAGMA cache_size = 20")
    for table in ("turns", "texts"):
        rows = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql NOTNULL ORDER BY type DESC", (table,)
        )
        made = [row[0] for row in rows]
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
        for sql in made:
            if sql.startswith("CREATE INDEX"):
                connection.execute(f"DROP INDEX {sql.split()[2]}")
        for sql in made:
            connection.execute(sql)
        connection.execute(f"INSERT INTO {table} SELECT * FROM old_{table}")
        _mark()
        connection.execute(f"DROP TABLE old_{table}")


def _mark() -> None:
    path = os.environ.get(MARK)
    if path:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def slow_down() -> None:
    """Lets this process know the slow ones."""
    bootstrap.Brains = SlowBrains  # type: ignore[misc]
    bootstrap.Embedders = SlowEmbedders  # type: ignore[misc]


def main() -> int:
    slow_down()
    more = int(os.environ.get(MORE, "0"))
    if more:
        from sage.adapters.journal import journal

        journal.MIGRATIONS = (*journal.MIGRATIONS, *[migrate] * more)
    return real.main()


if __name__ == "__main__":
    raise SystemExit(main())
