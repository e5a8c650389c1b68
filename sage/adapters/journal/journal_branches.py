"""Where a conversation came from that goes on from a turn of another one. Nothing is copied: what is before that turn are the
other's own turns, so whatever becomes of them, forgetting among it, becomes of them here."""

from __future__ import annotations

from datetime import datetime

from sage.adapters.database import Database, stamp
from sage.core.turns import Branch

_AFTER, _INSTEAD = "after ", "in place of "
_HERE = ""
"""The account of a mark on a conversation with Sage itself."""


def keep_branch(database: Database, conversation: str, branch: Branch, at: datetime) -> None:
    """A conversation that has no turn yet goes on from there."""
    mark = (_INSTEAD if branch.instead else _AFTER) + branch.turn
    database.run(
        "INSERT OR IGNORE INTO conversation_marks (account, conversation, mark, at) VALUES (?, ?, ?, ?)",
        (_HERE, conversation, mark, stamp(at)),
    )


def branch_of(database: Database, conversation: str) -> Branch | None:
    """Where a conversation goes on from; None for one that began by itself."""
    rows = database.rows(
        "SELECT mark FROM conversation_marks WHERE account = ? AND conversation = ?", (_HERE, conversation)
    )
    if not rows:
        return None
    mark = str(rows[0][0])
    instead = mark.startswith(_INSTEAD)
    return Branch(mark.removeprefix(_INSTEAD if instead else _AFTER), instead)


def told_before(database: Database, conversation: str, until: int | None = None) -> list[str]:
    """The ids of a conversation's turns, oldest first, with those that it shares; `until` is the number of its last one."""
    own = [
        (str(name), int(seq))
        for name, seq in database.rows(
            "SELECT id, seq FROM turns WHERE conversation = ? AND seq <= ifnull(?, seq) ORDER BY seq",
            (conversation, until),
        )
    ]
    branch = branch_of(database, conversation)
    found = _place(database, branch.turn) if branch else None
    if branch is None or found is None:
        return [name for name, _ in own]
    parent, seq = found
    return [*told_before(database, parent, seq - branch.instead), *(name for name, _ in own)]


def told_until(database: Database, turn: str) -> list[str]:
    """The ids of a turn and of those before it, oldest first; none when there is no such turn."""
    found = _place(database, turn)
    return told_before(database, *found) if found else []


def kin_of(database: Database, conversation: str) -> tuple[str, ...]:
    """A conversation, and those that it came from."""
    branch = branch_of(database, conversation)
    found = _place(database, branch.turn) if branch else None
    return (conversation, *(kin_of(database, found[0]) if found else ()))


def _place(database: Database, turn: str) -> tuple[str, int] | None:
    rows = database.rows("SELECT conversation, seq FROM turns WHERE id = ?", (turn,))
    return (str(rows[0][0]), int(rows[0][1])) if rows else None
