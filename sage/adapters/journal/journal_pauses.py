"""The journal's page for pauses."""

from __future__ import annotations

from sage.adapters.database import Database
from sage.core.pauses import Pause


class PausePages:
    """Pauses as rows; at most one of them has no end yet. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, pause: Pause) -> None:
        """Keeps a pause, in the place of one that lasts."""
        with self._database.transaction() as connection:
            self.end(pause.since)
            connection.execute("INSERT INTO pauses (since, until) VALUES (?, ?)", (pause.since, pause.until))

    def end(self, at: str) -> None:
        """Ends whatever the person has not ended."""
        self._database.run("UPDATE pauses SET ended_at = ? WHERE ended_at IS NULL", (at,))

    def last(self, count: int = 20) -> list[Pause]:
        """The latest, newest first."""
        rows = self._database.rows(
            "SELECT since, until, ifnull(ended_at, '') FROM pauses ORDER BY seq DESC LIMIT ?", (count,)
        )
        return [Pause(*row) for row in rows]
