"""The journal's pages for focus sessions and past rituals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sage.adapters.database import Database
from sage.core.focus import FocusSession


class FocusPages:
    """Focus sessions as rows. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, session: str, about: str, minutes: int, now: datetime) -> FocusSession:
        """Begins a session, once per id; one that runs ends with it."""
        until = now.astimezone(UTC) + timedelta(minutes=minutes)
        with self._database.transaction() as connection:
            if not connection.execute("SELECT 1 FROM focus_sessions WHERE id = ?", (session,)).fetchone():
                self.end(now)
                connection.execute(
                    "INSERT INTO focus_sessions (id, about, since, until) VALUES (?, ?, ?, ?)",
                    (session, about, now.astimezone(UTC).isoformat(), until.isoformat()),
                )
        return self._sessions("id = ?", session)[0]

    def end(self, now: datetime) -> FocusSession | None:
        """Ends the session that runs, and returns it as it is then."""
        running = self.running(now)
        if running is None:
            return None
        moment = now.astimezone(UTC).isoformat()
        self._database.run("UPDATE focus_sessions SET ended_at = ? WHERE id = ?", (moment, running.id))
        return self._sessions("id = ?", running.id)[0]

    def running(self, now: datetime) -> FocusSession | None:
        """The session that goes on now."""
        open_ones = self._sessions("ended_at IS NULL AND until > ?", now.astimezone(UTC).isoformat())
        return next((session for session in reversed(open_ones) if session.runs(now)), None)

    def since(self, moment: datetime) -> list[FocusSession]:
        """Those that began at a moment or later, in order."""
        return self._sessions("since >= ?", moment.astimezone(UTC).isoformat())

    def _sessions(self, where: str, value: str) -> list[FocusSession]:
        rows = self._database.rows(
            f"SELECT id, about, since, until, ended_at FROM focus_sessions WHERE {where} ORDER BY since, id",  # noqa: S608
            (value,),
        )
        return [FocusSession(*row) for row in rows]
