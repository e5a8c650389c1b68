"""The journal's pages for reminders: a schedule and its occurrence, each written once."""

from __future__ import annotations

from datetime import UTC, datetime

from sage.adapters.database import Database, stamp
from sage.core.plans import Reminder


class ReminderPages:
    """Reminders as rows (implements the port `Reminders`, without the alarm). Due times are UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_reminder(self, reminder: Reminder, at: datetime) -> Reminder:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO schedules VALUES (?, ?, ?, ?, ?)",
                (reminder.id, reminder.text, reminder.wall, reminder.zone, stamp(at)),
            )
            connection.execute(
                "INSERT OR IGNORE INTO occurrences VALUES (?, ?, 'due', ?)", (reminder.id, reminder.due_at, stamp(at))
            )
        return reminder

    def due(self, until: datetime) -> list[Reminder]:
        """Reminders whose time has come by `until` and that nobody was told yet, oldest first."""
        return self._reminders("o.state = 'due' AND o.due_at <= ?", until.astimezone(UTC).isoformat())

    def waiting(self) -> list[Reminder]:
        """All that nobody was told yet, the next one first."""
        return self._reminders("o.state = ?", "due")

    def all(self) -> list[Reminder]:
        """All of them, told or not, in the order in which they are due."""
        return self._reminders("o.state != ?", "")

    def next_due(self) -> datetime | None:
        """When the next one is due."""
        rows = self._database.rows("SELECT min(due_at) FROM occurrences WHERE state = 'due'")
        return datetime.fromisoformat(rows[0][0]) if rows[0][0] else None

    def find(self, reminder: str) -> Reminder | None:
        found = self._reminders("s.id = ?", reminder)
        return found[0] if found else None

    def settle(self, reminder: Reminder, at: datetime) -> bool:
        """Marks it as told; False if it was before: then it is not told again."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE occurrences SET state = 'done', changed_at = ? WHERE schedule = ? AND due_at = ? AND state = 'due'",
                (stamp(at), reminder.id, reminder.due_at),
            )
            return connection.changes() == 1

    def _reminders(self, where: str, value: str) -> list[Reminder]:
        rows = self._database.rows(
            "SELECT s.id, s.text, s.wall, s.zone, o.due_at, o.state FROM occurrences o "  # noqa: S608
            f"JOIN schedules s ON s.id = o.schedule WHERE {where} ORDER BY o.due_at, s.id",
            (value,),
        )
        return [Reminder(*row) for row in rows]
