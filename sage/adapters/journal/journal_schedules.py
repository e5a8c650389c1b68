"""The journal's pages for schedules: each occurrence is a row, and moves on by commits of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import apsw
import msgspec

from sage.adapters.database import Database, stamp
from sage.core.schedules.schedule import Occurrence, OccurrenceState, Rule, Schedule

_SCHEDULE = "id, text, wall, zone, rrule, travels, anchor, minutes, kind, late, insists, state, made_at"
_OCCURRENCE = "schedule, slot, due_at, ring_at, state, told, told_by, changed_at, owned_up"


class SchedulePages:
    """Schedules and their occurrences as rows. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # schedules

    def add(self, schedule: Schedule, occurrences: Sequence[Occurrence], at: datetime) -> None:
        """Keeps a schedule with its first occurrences, once per id."""
        rule = schedule.rule
        with self._database.transaction() as connection:
            connection.execute(
                f"INSERT OR IGNORE INTO schedules ({_SCHEDULE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (schedule.id, schedule.text, rule.wall, rule.zone, rule.rrule, rule.travels, rule.anchor, rule.minutes,
                 schedule.kind, schedule.late, schedule.insists, schedule.state, stamp(at)),
            )  # fmt: skip
            self.fill(occurrences, at)

    def change(self, schedule: Schedule, occurrences: Sequence[Occurrence], at: datetime) -> None:
        """Puts a schedule in the place of the one with its id; of what nobody was told yet only `occurrences` remain."""
        rule = schedule.rule
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE schedules SET text = ?, wall = ?, zone = ?, rrule = ?, travels = ?, anchor = ?, minutes = ?, "
                "late = ?, insists = ?, state = ? WHERE id = ?",
                (schedule.text, rule.wall, rule.zone, rule.rrule, rule.travels, rule.anchor, rule.minutes, schedule.late,
                 schedule.insists, schedule.state, schedule.id),
            )  # fmt: skip
            connection.execute("DELETE FROM occurrences WHERE schedule = ? AND state = 'due'", (schedule.id,))
            self.fill(occurrences, at)

    def all(self, *, removed: bool = False) -> list[Schedule]:
        """The schedules, as they were made; without those that were removed, unless these are asked for."""
        where = "" if removed else "WHERE state != 'removed'"
        rows = self._database.rows(f"SELECT {_SCHEDULE} FROM schedules {where} ORDER BY made_at, id")  # noqa: S608
        return [_schedule(row) for row in rows]

    def find(self, schedule: str) -> Schedule | None:
        """The schedule of an id."""
        rows = self._database.rows(f"SELECT {_SCHEDULE} FROM schedules WHERE id = ?", (schedule,))  # noqa: S608
        return _schedule(rows[0]) if rows else None

    def without_next(self, now: datetime) -> list[Schedule]:
        """Those in force of which nothing waits that is due later than a moment, but for those that hang on events."""
        rows = self._database.rows(
            f"SELECT {_SCHEDULE} FROM schedules s WHERE state = 'on' AND anchor = '' AND NOT EXISTS "  # noqa: S608
            "(SELECT 1 FROM occurrences WHERE schedule = s.id AND state = 'due' AND due_at > ?)",
            (now.astimezone(UTC).isoformat(),),
        )
        return [_schedule(row) for row in rows]

    def anchored(self) -> list[Schedule]:
        """Those in force that hang on events."""
        rows = self._database.rows(f"SELECT {_SCHEDULE} FROM schedules WHERE state = 'on' AND anchor != ''")  # noqa: S608
        return [_schedule(row) for row in rows]

    def last_change(self) -> datetime | None:
        """When something was last written of an occurrence."""
        rows = self._database.rows("SELECT max(changed_at) FROM occurrences")
        return datetime.fromisoformat(rows[0][0]).astimezone(UTC) if rows[0][0] else None

    def travelling(self, now: datetime) -> list[Occurrence]:
        """What waits, is due later than a moment, and goes by the clocks of wherever the person is."""
        where = "state = 'due' AND told = 0 AND due_at > ? AND schedule IN (SELECT id FROM schedules WHERE travels AND anchor = '')"
        return self._occurrences(where, (now.astimezone(UTC).isoformat(),))

    def move_due(self, occurrence: Occurrence, due_at: datetime, at: datetime) -> None:
        """Lets an occurrence that waits be due at another moment: its local time is that of another place now. It stays as it
        is when another one of its schedule has that moment: two places' hours may meet there."""
        moment = due_at.astimezone(UTC).isoformat()
        self._database.run(
            "UPDATE OR IGNORE occurrences SET due_at = ?, ring_at = iif(ring_at = due_at, ?, ring_at), changed_at = ? "
            "WHERE schedule = ? AND slot = ? AND state = 'due'",
            (moment, moment, stamp(at), occurrence.schedule, occurrence.slot),
        )

    def follow(self, drop: Iterable[Occurrence], add: Iterable[Occurrence], at: datetime) -> None:
        """Takes out occurrences that nobody was told yet, and adds others, in one commit: events were moved."""
        drop, add = list(drop), list(add)
        if not drop and not add:
            return
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM occurrences WHERE schedule = ? AND slot = ? AND state = 'due' AND told = 0 AND told_by = ''",
                [(one.schedule, one.slot) for one in drop],
            )
            self.fill(add, at)

    def end(self, schedule: str) -> None:
        """Notes that nothing of a schedule will be due any more, unless something of it still waits."""
        self._database.run(
            "UPDATE schedules SET state = 'ended' WHERE id = ?1 AND state = 'on' AND NOT EXISTS "
            "(SELECT 1 FROM occurrences WHERE schedule = ?1 AND state IN ('due', 'claimed', 'sending'))",
            (schedule,),
        )

    # occurrences

    def fill(self, occurrences: Iterable[Occurrence], at: datetime) -> None:
        """Adds occurrences; one whose slot or moment is there already stays as it is."""
        with self._database.transaction() as connection:
            connection.executemany(
                f"INSERT OR IGNORE INTO occurrences ({_OCCURRENCE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                [(*msgspec.structs.astuple(one)[:-2], stamp(at), one.owned_up) for one in occurrences],
            )

    def occurrences(self, schedule: str) -> list[Occurrence]:
        """All of a schedule, in their order."""
        return self._occurrences("schedule = ?", (schedule,))

    def last(self, schedule: str) -> Occurrence | None:
        """The latest one of a schedule."""
        where = "schedule = ?1 AND due_at = (SELECT max(due_at) FROM occurrences WHERE schedule = ?1)"
        found = self._occurrences(where, (schedule,))
        return found[0] if found else None

    def last_told(self, schedule: str) -> Occurrence | None:
        """The latest one of a schedule that was told, or may have been."""
        return next(reversed(self._occurrences("schedule = ? AND state IN ('done', 'uncertain')", (schedule,))), None)

    def waiting(self, until: datetime | None = None) -> list[Occurrence]:
        """What nobody was told yet, in the order in which it is to be told: all, or what is to be by `until`."""
        if until is None:
            return self._occurrences("state = 'due'", ())
        return self._occurrences("state = 'due' AND ring_at <= ?", (until.astimezone(UTC).isoformat(),))

    def in_state(self, state: OccurrenceState) -> list[Occurrence]:
        """Those in a state."""
        return self._occurrences("state = ?", (state,))

    def next_ring(self, now: datetime) -> datetime | None:
        """When the next one is to be told whose time has not come."""
        rows = self._database.rows(
            "SELECT min(ring_at) FROM occurrences WHERE state = 'due' AND ring_at > ?",
            (now.astimezone(UTC).isoformat(),),
        )
        return datetime.fromisoformat(rows[0][0]) if rows[0][0] else None

    def move(
        self, occurrence: Occurrence, before: OccurrenceState, after: OccurrenceState, at: datetime, told_by: str = ""
    ) -> bool:
        """Brings an occurrence from one state to another; False, and nothing is changed, when it is not in the first."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE occurrences SET state = ?, told_by = iif(? = '', told_by, ?), changed_at = ? "
                "WHERE schedule = ? AND slot = ? AND state = ?",
                (after, told_by, told_by, stamp(at), occurrence.schedule, occurrence.slot, before),
            )
            return connection.changes() == 1

    def put_off(self, occurrence: Occurrence, until: datetime, at: datetime) -> None:
        """Lets an occurrence, told or not, be told (again) at a later moment."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE occurrences SET state = 'due', ring_at = ?, told = told + 1, told_by = '', changed_at = ? "
                "WHERE schedule = ? AND slot = ?",
                (until.astimezone(UTC).isoformat(), stamp(at), occurrence.schedule, occurrence.slot),
            )
            connection.execute(
                "UPDATE schedules SET state = 'on' WHERE id = ? AND state = 'ended' AND kind != 'nudge'",
                (occurrence.schedule,),
            )

    # telling

    def send(self, occurrence: Occurrence, before: Sequence[Occurrence], at: datetime, told_by: str) -> bool:
        """A surface is about to be called with a claimed one, whose words own up to those that were missed before it."""
        with self._database.transaction() as connection:
            if not self.move(occurrence, "claimed", "sending", at, told_by):
                return False
            self._miss(connection, before, at, owned_up=True)
            return True

    def send_failed(self, occurrence: Occurrence, before: Sequence[Occurrence], at: datetime) -> None:
        """It certainly did not arrive: all is as it was before."""
        with self._database.transaction() as connection:
            for one, state in ((occurrence, "sending"), *((each, _given_up(each)) for each in before)):
                connection.execute(
                    "UPDATE occurrences SET state = 'due', told_by = ?, owned_up = 0, changed_at = ? "
                    "WHERE schedule = ? AND slot = ? AND state = ?",
                    (one.told_by, stamp(at), one.schedule, one.slot, state),
                )

    def receive(self, occurrence: Occurrence, at: datetime, again_at: datetime | None = None) -> None:
        """Keeps the receipt of one that was sent, and when it is told again, if it is."""
        with self._database.transaction():
            if self.move(occurrence, "sending", "done", at) and again_at:
                self.put_off(occurrence, again_at, at)

    def miss(self, missed: Sequence[Occurrence], at: datetime) -> None:
        """Notes that nobody was told, and that nobody knows yet."""
        with self._database.transaction() as connection:
            self._miss(connection, missed, at, owned_up=False)

    def _miss(self, connection: apsw.Connection, missed: Sequence[Occurrence], at: datetime, *, owned_up: bool) -> None:
        connection.executemany(
            "UPDATE occurrences SET state = ?, owned_up = ?, changed_at = ? WHERE schedule = ? AND slot = ? AND state = 'due'",
            [(_given_up(one), owned_up, stamp(at), one.schedule, one.slot) for one in missed],
        )

    def resume(self, at: datetime, safe: Collection[str]) -> list[Occurrence]:
        """After a start: what was claimed is due again. What was being sent is uncertain, and is returned; where the surface is
        one of `safe`, which show nothing twice, it is due again, there alone."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE occurrences SET state = 'due' WHERE state = 'claimed'")
            cut_off = self.in_state("sending")
            for one in cut_off:
                self.move(one, "sending", "due" if one.told_by in safe else "uncertain", at)
        return [one for one in cut_off if one.told_by not in safe]

    def unknown(self) -> list[Occurrence]:
        """What was missed, or is uncertain, and the person does not know of."""
        return self._occurrences("state IN ('missed', 'uncertain') AND NOT owned_up", ())

    def own_up(self, known: Sequence[Occurrence]) -> None:
        """The person knows of these."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE occurrences SET owned_up = 1 WHERE schedule = ? AND slot = ?",
                [(one.schedule, one.slot) for one in known],
            )

    def _occurrences(self, where: str, values: Sequence[str]) -> list[Occurrence]:
        rows = self._database.rows(
            f"SELECT {_OCCURRENCE} FROM occurrences WHERE {where} ORDER BY ring_at, due_at, schedule",  # noqa: S608
            values,
        )
        return [_occurrence(row) for row in rows]


def _given_up(occurrence: Occurrence) -> OccurrenceState:
    """What becomes of one in whose place a later one is told: it was missed, unless it was told before."""
    return "done" if occurrence.told else "missed"


def _occurrence(row: Sequence[Any]) -> Occurrence:
    found = Occurrence(*row)
    return msgspec.structs.replace(found, owned_up=bool(found.owned_up))  # SQLite keeps numbers


def _schedule(row: Sequence[Any]) -> Schedule:
    name, text, wall, zone, rrule, travels, anchor, minutes, kind, late, insists, state, made_at = row
    rule = Rule(wall, zone, rrule, bool(travels), anchor, minutes)  # SQLite keeps numbers
    return Schedule(name, text, rule, kind, late, bool(insists), state, made_at)
