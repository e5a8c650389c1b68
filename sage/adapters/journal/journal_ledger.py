"""The journal's pages for what models were asked: each call with its cost, and what became of the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import apsw
import msgspec

from sage.adapters.database import Database, stamp
from sage.core.asked_again import WITHIN, is_again, says_wrong
from sage.core.errors import NotFound
from sage.core.ledger import LedgerCall, Outcome, ToldBy, What
from sage.core.ledger_sums import outcome_of
from sage.core.messages import Usage

UNDONE_WITHIN = timedelta(days=1)
"""What is taken back later had its use."""
_LOOKED_BACK = 3
"""Turns of a conversation that a new one may ask again."""
_READ_CALLS = (
    "SELECT c.id, c.at, c.day, c.model, c.turn, c.purpose, c.role, ifnull(r.task, ''), c.ended, c.usage, c.reserved, "
    "c.spent, c.first_seconds, c.seconds"
)
_WITH_TASK = "LEFT JOIN routes r ON r.turn = c.turn"
_READ_MANY = "SELECT turn, what, told_by, at FROM outcomes WHERE turn IN (SELECT value FROM json_each(?)) ORDER BY seq"


class LedgerPages:
    """Calls and outcomes as rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def calls(self, first: str, last: str) -> list[LedgerCall]:
        """The calls of some days (ISO dates, both included), oldest first."""
        found: list[LedgerCall] = []
        while page := self.page(first, last, found[-1].id if found else ""):  # so that nobody waits long who writes
            found += page
        return found

    def page(self, first: str, last: str, after: str = "", limit: int = 5000) -> list[LedgerCall]:
        """Some of these, from the one after `after` (an id) on."""
        where = (
            "c.seq > ifnull((SELECT seq FROM costs WHERE id = ?), 0) AND c.day BETWEEN ? AND ? ORDER BY c.seq LIMIT ?"
        )
        return self._calls("costs c NOT INDEXED", where, after, first, last, limit)

    def of(self, id: str) -> list[LedgerCall]:  # noqa: A002
        """The calls of a job (such as a turn), or the one call with that id."""
        return self._calls("costs c", "c.turn = ? OR c.id = ? ORDER BY c.seq", id, id)

    def _calls(self, table: str, where: str, *values: str | int) -> list[LedgerCall]:
        rows = self._database.rows(f"{_READ_CALLS} FROM {table} {_WITH_TASK} WHERE {where}", values)
        became = self.became({row[4] for row in rows})
        return [_call(row, became.get(row[4], "")) for row in rows]

    def outcomes(self, turn: str) -> list[Outcome]:
        """All that is known of what became of a turn (or other job), oldest first."""
        return [Outcome(*row) for row in self._database.rows(_READ_MANY, (_json([turn]),))]

    def became(self, turns: Iterable[str]) -> dict[str, str]:
        """What became of turns, in one word each; those of which nothing is known are left out."""
        wanted = _json(sorted(turns))
        found: dict[str, list[Outcome]] = {}
        for row in self._database.rows(_READ_MANY, (wanted,)):
            found.setdefault(row[0], []).append(Outcome(*row))
        return {turn: outcome_of(outcomes) for turn, outcomes in found.items()}

    def tell(self, turn: str, what: What, at: datetime) -> None:
        """The person says what became of a turn: their last word counts, and no sign beside it. Raises NotFound for what is no
        turn."""
        with self._database.transaction() as connection:
            known = "SELECT 1 FROM turns WHERE id = ? UNION SELECT 1 FROM costs WHERE turn = ?"
            if not connection.execute(known, (turn, turn)).fetchone():
                raise NotFound(
                    f"There is no turn {turn!r}.",
                    safe="Nothing was noted.",
                    do="Ids stand under each answer with --json.",
                )
            connection.execute("DELETE FROM outcomes WHERE turn = ?", (turn,))
            note_outcome(connection, turn, what, "person", at)

    def noticed(self, action: str, what: What, at: datetime) -> None:
        """The person took back or changed what an action of a turn had made."""
        with self._database.transaction() as connection:
            rows: list[Any] = connection.execute(
                "SELECT turn, claimed_at FROM actions WHERE id = ?", (action,)
            ).fetchall()
            if rows and at - datetime.fromisoformat(rows[0][1]) <= UNDONE_WITHIN:
                note_outcome(connection, rows[0][0], what, "signal", at)


def note_outcome(connection: apsw.Connection, turn: str, what: What, told_by: ToldBy, at: datetime) -> None:
    """Notes what became of a turn. What the person said of it stands; that nobody complained counts only for as long as nothing
    else is known."""
    if told_by == "signal":
        said = "SELECT 1 FROM outcomes WHERE turn = ? AND told_by = 'person'"
        if connection.execute(said, (turn,)).fetchone():
            return
    if what != "kept":
        connection.execute("DELETE FROM outcomes WHERE turn = ? AND what = 'kept' AND told_by = 'signal'", (turn,))
    connection.execute(
        "INSERT INTO outcomes (turn, what, told_by, at) VALUES (?, ?, ?, ?) ON CONFLICT (turn, what) DO UPDATE "
        "SET told_by = excluded.told_by, at = excluded.at",
        (turn, what, told_by, stamp(at)),
    )


def notice_next_turn(connection: apsw.Connection, turn: str, conversation: str, said: str, at: datetime) -> None:
    """What the beginning of a turn tells of those before it: the same was asked again, or the last answer was kept."""
    before: list[Any] = connection.execute(
        "SELECT id, said, said_at, state FROM turns WHERE conversation = ? AND id != ? ORDER BY seq DESC LIMIT ?",
        (conversation, turn, _LOOKED_BACK),
    ).fetchall()
    for place, (earlier, asked, asked_at, state) in enumerate(before):
        soon = at - datetime.fromisoformat(asked_at) <= WITHIN
        answered = state not in ("failed", "interrupted")  # else it was no answer that did not do
        if soon and answered and (is_again(said, asked) or (place == 0 and says_wrong(said))):
            note_outcome(connection, earlier, "again", "signal", at)
        elif place == 0 and state == "done":
            known = connection.execute("SELECT 1 FROM outcomes WHERE turn = ?", (earlier,)).fetchone()
            if not known:
                note_outcome(connection, earlier, "kept", "signal", at)


def _call(row: tuple[Any, ...], what: str) -> LedgerCall:
    name, at, day, model, job, purpose, role, task, ended, raw, reserved, spent, first, seconds = row
    settled = raw != "{}"
    usage = msgspec.json.decode(raw, type=Usage) if settled else Usage(cost=None)
    counted = float(reserved if spent is None else spent)
    # Nothing was set aside for what runs here: that is free, also when it was cut.
    cost = None if usage.cost is None and (float(reserved) or counted) else counted
    return LedgerCall(
        name, at, day, model, job, purpose, role, task, ended,
        usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens, usage.reasoning_tokens, usage.estimated,
        cost, counted, None if first is None else float(first), None if seconds is None else float(seconds), what,
    )  # fmt: skip


def _json(turns: list[str]) -> str:
    return msgspec.json.encode(turns).decode()
