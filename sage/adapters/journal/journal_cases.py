"""The journal's pages for cases: what the newest turns asked of models, what the person kept of it, and trials with that."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from sage.adapters.database import Database, stamp
from sage.adapters.home.secret_store import hide_keys
from sage.adapters.journal.journal_branches import told_until
from sage.core.asked import KEPT_TURNS, Asked, AskedTurn, sources_of, without_secrets
from sage.core.cases import Case, CaseBody
from sage.core.errors import NotFound

_CASE = "id, turn, conversation, task, body, rating, value, holdout, state, made_at, documents"
_NEWEST = "SELECT turn FROM asked GROUP BY turn ORDER BY max(at) DESC, max(rowid) DESC LIMIT ?"
"""By time: what came back from the trash is not new."""


class AskedPages:
    """What turns asked, as rows (implements the port `AskedBook`). `hide` takes secrets out of a text."""

    def __init__(self, database: Database, hide: Callable[[str], str] = hide_keys) -> None:
        self._database, self._hide = database, hide

    def keep(self, turn: str, steps: Sequence[Asked], at: datetime) -> None:
        hidden = [without_secrets(step, self._hide) for step in steps]
        with self._database.transaction() as connection:
            turns = [f"turn/{name}/{part}" for name in told_until(self._database, turn) for part in ("said", "answer")]
            documents = msgspec.json.encode([*sources_of(steps), *turns]).decode()
            connection.executemany(
                "INSERT OR REPLACE INTO asked (turn, step, model, request, answer, documents, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (turn, number, step.model, packed(step.request), packed(_said(step)), documents, stamp(at))
                    for number, step in enumerate(hidden)
                ],
            )
            connection.execute(f"DELETE FROM asked WHERE turn NOT IN ({_NEWEST})", (KEPT_TURNS,))  # noqa: S608

    def turn(self, turn: str) -> AskedTurn | None:
        """What a turn asked; None when nothing is kept of it any more."""
        rows = self._database.rows(
            "SELECT a.model, a.request, a.answer, a.documents, ifnull(t.conversation, '') FROM asked a"
            " LEFT JOIN turns t ON t.id = a.turn WHERE a.turn = ? ORDER BY a.step",
            (turn,),
        )
        if not rows:
            return None
        steps = tuple(_asked(model, request, answer) for model, request, answer, _, _ in rows)
        return AskedTurn(turn, rows[0][4], steps, tuple(msgspec.json.decode(rows[0][3])))

    def newest(self, limit: int) -> list[str]:
        """The newest turns of which it is kept, newest first."""
        rows = self._database.rows(_NEWEST, (max(0, limit),))
        return [str(row[0]) for row in rows]


class CasePages:
    """The person's cases as rows. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, case: Case) -> None:
        """Keeps a case, or puts it in the place of the one with that id."""
        self._database.run(
            f"INSERT INTO cases ({_CASE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
            " ON CONFLICT (id) DO UPDATE SET task = excluded.task, body = excluded.body, rating = excluded.rating,"
            " value = excluded.value, holdout = excluded.holdout, state = excluded.state",
            (
                case.id, case.turn, case.conversation, case.task, packed(case.body), case.rating, case.value, case.holdout,
                case.state, case.made_at, msgspec.json.encode(case.documents).decode(),
            ),
        )  # fmt: skip

    def find(self, name: str) -> Case:
        """The case of that id, or the one of that turn. Raises NotFound."""
        found = self._cases("(id = ? OR turn = ?) ORDER BY seq DESC LIMIT 1", name, name)
        if not found:
            raise NotFound(f"There is no case {name!r}.", safe="Nothing was changed.", do="See them: sage eval list")
        return found[0]

    def of_turn(self, turn: str) -> Case | None:
        """The case that was made of a turn."""
        return next(iter(self._cases("turn = ?", turn)), None)

    def all(self) -> list[Case]:
        """Those that are kept, oldest first."""
        return self._cases("1 ORDER BY seq")

    def drop(self, name: str) -> None:
        """Takes a case away with its words, and all that was answered to it in trials."""
        with self._database.transaction() as connection:
            for table, column in (("trial_answers", "case_id"), ("votes", "case_id"), ("cases", "id")):
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (name,))  # noqa: S608

    def task_of(self, turn: str) -> str:
        """What kind of task a turn was taken for ("" when nothing is known of it)."""
        rows = self._database.rows("SELECT task FROM routes WHERE turn = ?", (turn,))
        return str(rows[0][0]) if rows else ""

    def _cases(self, where: str, *values: Any) -> list[Case]:
        rows = self._database.rows(f"SELECT {_CASE} FROM cases WHERE {where}", values)  # noqa: S608
        return [_case(row) for row in rows]


def packed(value: Any) -> bytes:
    """A value as the journal keeps large ones: JSON, compressed."""
    return zlib.compress(msgspec.json.encode(value), 6)


def unpacked(data: bytes, kind: Any) -> Any:
    """The value again."""
    return msgspec.json.decode(zlib.decompress(data), type=kind)


def _said(step: Asked) -> dict[str, Any]:
    """A step without what it asked and of whom, which have columns of their own."""
    return {name: getattr(step, name) for name in Asked.__struct_fields__ if name not in ("model", "request")}


def _asked(model: str, request: bytes, answer: bytes) -> Asked:
    said = msgspec.json.decode(zlib.decompress(answer))
    asked = {"model": model, "request": msgspec.json.decode(zlib.decompress(request)), **said}
    return msgspec.convert(asked, Asked)


def _case(row: tuple[Any, ...]) -> Case:
    name, turn, conversation, task, body, rating, value, holdout, state, made_at, documents = row
    return Case(
        name, turn, conversation, task, unpacked(body, CaseBody), rating, value, bool(holdout), state, made_at,
        tuple(msgspec.json.decode(documents)),
    )  # fmt: skip
