"""The journal's pages for swaps of models, and for the turns of a canary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from sage.adapters.database import Database, stamp
from sage.adapters.journal.journal_routes import steps_of
from sage.core.swaps import Changes, Swap, SwapState

RECORDED = 500
"""Turns that make up a model's record, the newest."""
_COLUMNS = "id, role, changes, before, after, trial, state, reason, made_at, ifnull(ended_at, '')"


class SwapPages:
    """Swaps as rows. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, swap: Swap) -> None:
        values = (swap.id, swap.role, msgspec.json.encode(swap.changes).decode(), swap.before, swap.after, swap.trial,
                  swap.state, swap.reason, swap.made_at)  # fmt: skip
        self._database.run(
            "INSERT INTO swaps (id, role, changes, before, after, trial, state, reason, made_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )

    def move(self, swap: str, state: SwapState, at: datetime | None = None, reason: str = "") -> None:
        """`at` is when it ended, if it did."""
        self._database.run(
            "UPDATE swaps SET state = ?, ended_at = ?, reason = CASE ? WHEN '' THEN reason ELSE ? END WHERE id = ?",
            (state, stamp(at) if at else None, reason, reason, swap),
        )

    def tell(self, swap: str) -> None:
        """One that went back by itself is told of."""
        self._database.run("UPDATE swaps SET state = 'back' WHERE id = ? AND state = 'sent back'", (swap,))

    def hear(self, swap: str) -> None:
        """It was told that one on trial does no worse."""
        self._database.run("UPDATE swaps SET state = 'offered' WHERE id = ? AND state = 'canary'", (swap,))

    def last(self, count: int = 20) -> list[Swap]:
        """The newest first."""
        return self._found("1 ORDER BY seq DESC LIMIT ?", count)

    def in_state(self, *states: SwapState) -> list[Swap]:
        """Those in one of the states, the newest first."""
        return self._found(f"state IN ({', '.join('?' * len(states))}) ORDER BY seq DESC", *states)

    def put_turn(self, swap: str, turn: str, side: str, at: datetime) -> None:
        """Which side of a canary answers a turn; the first word counts."""
        self._database.run("INSERT OR IGNORE INTO canary_turns VALUES (?, ?, ?, ?)", (swap, turn, side, stamp(at)))

    def turns(self, swap: str) -> list[tuple[str, str, str]]:
        """The turns of a canary, oldest first: the turn, its side, and the model that answered at last."""
        rows = self._database.rows(
            "SELECT c.turn, c.side, r.steps FROM canary_turns c LEFT JOIN routes r ON r.turn = c.turn WHERE c.swap = ? "
            "ORDER BY c.at, c.turn",
            (swap,),
        )
        return [(turn, side, steps_of(steps)[-1].model if steps else "") for turn, side, steps in rows]

    def record(self, role: str, model: str, tasks: Sequence[str], before: str) -> list[str]:
        """The newest turns with such tasks that a model answered in a role before a time."""
        rows = self._database.rows(
            f"SELECT turn, steps FROM routes WHERE role = ? AND at < ? AND task IN ({', '.join('?' * len(tasks))}) "  # noqa: S608
            "AND turn NOT IN (SELECT turn FROM canary_turns WHERE side = 'candidate') ORDER BY at DESC LIMIT ?",
            (role, before, *tasks, RECORDED),
        )
        return [turn for turn, steps in rows if steps_of(steps)[0].model == model]

    def _found(self, where: str, *values: object) -> list[Swap]:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM swaps WHERE {where}", values)  # noqa: S608
        return [
            Swap(name, role, msgspec.json.decode(changes, type=Changes), bytes(before), bytes(after), *rest)
            for name, role, changes, before, after, *rest in rows
        ]
