"""The journal's page for who was asked in a turn, and why (implements the port `Routes`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from sage.adapters.database import Database, stamp
from sage.core.routing import Step

NEWEST = 200
"""Turns with one kind of task that are looked at, the newest: what was good enough long ago may not be so now."""


class RoutePages:
    """Routes as rows, each written in one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_route(self, turn: str, task: str, steps: Sequence[Step], at: datetime, *, stays: bool = False) -> None:
        self._database.run(
            "INSERT INTO routes (turn, task, role, steps, at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (turn) DO UPDATE SET role = excluded.role, steps = excluded.steps",
            (turn, task, "local-only" if stays else steps[-1].role, msgspec.json.encode(steps).decode(), stamp(at)),
        )

    def past_routes(self, task: str) -> list[tuple[tuple[Step, ...], tuple[str, ...]]]:
        rows = self._database.rows(
            "SELECT steps, (SELECT group_concat(what, char(10)) FROM outcomes WHERE outcomes.turn = routes.turn) "
            "FROM routes WHERE task = ? ORDER BY at DESC, turn DESC LIMIT ?",
            (task, NEWEST),
        )
        return [(steps_of(steps), tuple((whats or "").split("\n")) if whats else ()) for steps, whats in rows]

    def route(self, turn: str) -> tuple[str, tuple[Step, ...]] | None:
        """A turn's kind of task, and its steps; None if nothing is known of it."""
        rows = self._database.rows("SELECT task, steps FROM routes WHERE turn = ?", (turn,))
        return (rows[0][0], steps_of(rows[0][1])) if rows else None


def steps_of(text: str | None) -> tuple[Step, ...]:
    """The steps that a row has."""
    return msgspec.json.decode(text, type=tuple[Step, ...]) if text else ()
