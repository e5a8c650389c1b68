"""The journal's pages for focus sessions and past rituals."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import msgspec

from sage.adapters.database import Database
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.core.focus import FocusSession
from sage.core.rituals import PastRitual, Ritual, RitualAnswer
from sage.core.schedules.schedule import Occurrence, Rule, Schedule

HERE = "here"
"""The kind of a row that only tells that the person was here on a date."""
CHOSEN = "chosen"
"""The kind of a row that only tells which task or goal, by its id, the person made the focus of a date."""


class FocusPages:
    """Focus sessions as rows. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, session: str, about: str, minutes: int, now: datetime) -> FocusSession:
        """Begins a session, once per id; one that runs ends with it. Its end is told as an occurrence of that id."""
        until = now.astimezone(UTC) + timedelta(minutes=minutes)
        with self._database.transaction() as connection:
            if not connection.execute("SELECT 1 FROM focus_sessions WHERE id = ?", (session,)).fetchone():
                self.end(now)
                connection.execute(
                    "INSERT INTO focus_sessions (id, about, since, until) VALUES (?, ?, ?, ?)",
                    (session, about, now.astimezone(UTC).isoformat(), until.isoformat()),
                )
                self._tell_end(session, until.astimezone(now.tzinfo), now)
        return self._sessions("id = ?", session)[0]

    def _tell_end(self, session: str, until: datetime, now: datetime) -> None:
        """What it is about stands with the session alone, so that the end is told in no word that was forgotten."""
        rule = Rule(f"{until:%Y-%m-%dT%H:%M}", str(now.tzinfo))
        schedule = Schedule(session, "", rule, "focus", state="ended")
        at = until.astimezone(UTC).isoformat()
        SchedulePages(self._database).add(schedule, [Occurrence(session, rule.wall, at, at)], now)

    def end(self, now: datetime) -> FocusSession | None:
        """Ends the session that runs, and returns it as it is then."""
        running = self.running(now)
        if running is None:
            return None
        moment, pages = now.astimezone(UTC).isoformat(), SchedulePages(self._database)
        with self._database.transaction() as connection:
            connection.execute("UPDATE focus_sessions SET ended_at = ? WHERE id = ?", (moment, running.id))
            for waiting in pages.occurrences(running.id):
                pages.move(waiting, "due", "skipped", now)
        return self._sessions("id = ?", running.id)[0]

    def find(self, session: str) -> FocusSession | None:
        """The session of an id."""
        return next(iter(self._sessions("id = ?", session)), None)

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


class RitualPages:
    """Past rituals as rows, one a kind and date; and the days on which the person was here. Each write is one commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, past: PastRitual, now: datetime) -> None:
        """Puts a ritual in the place of the one of its kind and date."""
        body = msgspec.json.encode(past).decode()
        self._put(past.ritual.kind, past.ritual.day, body, now)

    def find(self, kind: str, day: str) -> PastRitual | None:
        """The ritual of a kind and date; None where there is none, or where it was forgotten."""
        rows = self._database.rows("SELECT body FROM rituals WHERE kind = ? AND day = ?", (kind, day))
        return msgspec.json.decode(rows[0][0], type=PastRitual) if rows and rows[0][0] else None

    def all(self) -> list[PastRitual]:
        """All of them, oldest first."""
        rows = self._database.rows(
            "SELECT body FROM rituals WHERE body != '' AND kind != ? ORDER BY day, seq", (CHOSEN,)
        )
        return [msgspec.json.decode(body, type=PastRitual) for (body,) in rows]

    def choose(self, id: str, now: datetime) -> None:  # noqa: A002
        """Makes a task or goal the focus of today."""
        day = f"{now:%Y-%m-%d}"
        chosen = PastRitual(Ritual("brief", day, ()), (RitualAnswer(id, "keep"),))
        self._put(CHOSEN, day, msgspec.json.encode(chosen).decode(), now)

    def chosen(self, now: datetime) -> str:
        """The id of the focus that the person chose for today; "" for none."""
        past = self.find(CHOSEN, f"{now:%Y-%m-%d}")
        return past.answers[0].id if past and past.answers else ""

    def note_here(self, now: datetime) -> None:
        """Notes that the person was here on this date."""
        day = f"{now:%Y-%m-%d}"
        if not self._database.rows("SELECT 1 FROM rituals WHERE kind = ? AND day = ?", (HERE, day)):
            self._put(HERE, day, "", now)

    def last_here(self, before: date) -> date | None:
        """The last date before one on which the person was here: asked for a ritual, talked, or gave time to something."""
        midnight = datetime.combine(before, time(), UTC).isoformat()
        rows = self._database.rows(
            "SELECT max(day) FROM (SELECT max(day) AS day FROM rituals WHERE kind = ?1 AND day < ?2 "
            "UNION SELECT substr(max(said_at), 1, 10) FROM turns WHERE said_at < ?3 "
            "UNION SELECT substr(max(since), 1, 10) FROM focus_sessions WHERE since < ?3)",
            (HERE, str(before), midnight),
        )
        return date.fromisoformat(rows[0][0]) if rows[0][0] else None

    def _put(self, kind: str, day: str, body: str, now: datetime) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM rituals WHERE kind = ? AND day = ?", (kind, day))
            connection.execute(
                "INSERT INTO rituals (kind, day, body, made_at) VALUES (?, ?, ?, ?)",
                (kind, day, body, now.astimezone(UTC).isoformat()),
            )
