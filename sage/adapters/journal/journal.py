"""The journal: the truth about all that was said, done, spent and promised. One file, one process, written at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from sage.adapters.database import Database, stamp
from sage.adapters.journal import journal_branches as branches
from sage.adapters.journal.journal_ledger import notice_next_turn
from sage.adapters.journal.journal_routes import steps_of
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.adapters.journal.journal_texts import keep_turn_part
from sage.core.errors import NotFound
from sage.core.messages import Usage
from sage.core.passages import ANSWER, SAID, Hit
from sage.core.routing import aside
from sage.core.turns import Action, Answer, ApprovalNeeded, Branch, ConversationLine, PastTurn

INTERRUPTED = "Sage ended in the middle of this answer; what it had said was kept."


def open_journal(path: Path, keep_copy: Callable[[Path, int], None] | None = None) -> Database:
    """The journal's database at the newest schema; `keep_copy` is called before a migration."""
    return Database(path, MIGRATIONS, keep_copy=keep_copy)


class Journal:
    """The pages for conversations and actions (implements the port `Ledger`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_turn(self, turn: str, conversation: str, said: str, at: datetime) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO turns (id, conversation, said, said_at, state) VALUES (?, ?, ?, ?, 'running')",
                (turn, conversation, said, stamp(at)),
            )
            keep_turn_part(connection, turn, SAID)
            notice_next_turn(connection, turn, conversation, said, at)

    def note_partial(self, turn: str, text: str) -> None:
        self._database.run("UPDATE turns SET answer = ? WHERE id = ? AND state = 'running'", (text, turn))

    def finish_turn(self, answer: Answer, at: datetime) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE turns SET answer = ?, answered_at = ?, state = ?, model = ?, sources = ?, usage = ?, trouble = ? "
                "WHERE id = ?",
                (answer.answer, stamp(at), answer.state, answer.model, _json(answer.sources), _json(answer.usage),
                 answer.trouble, answer.turn),
            )  # fmt: skip
            keep_turn_part(connection, answer.turn, ANSWER)

    def newest_turn(self) -> str:
        """The id of the turn that began last; "" if there is none."""
        rows = self._database.rows("SELECT id FROM turns ORDER BY seq DESC LIMIT 1")
        return rows[0][0] if rows else ""

    def history(self, conversation: str) -> list[PastTurn]:
        if branches.branch_of(self._database, conversation) is None:
            return [self._past(row) for row in self._turns("conversation = ? ORDER BY seq", conversation)]
        return [self.turn(name) for name in branches.told_before(self._database, conversation)]

    def begin_branch(self, conversation: str, branch: Branch, at: datetime) -> None:
        """A conversation that has no turn yet begins with the turns of another one. Raises NotFound when there is no such turn."""
        self.turn(branch.turn)
        branches.keep_branch(self._database, conversation, branch, at)

    def branch_told(self, conversation: str) -> str:
        """Where a conversation goes on from, in words; "" if it began by itself."""
        branch = branches.branch_of(self._database, conversation)
        if branch is None:
            return ""
        rows = self._database.rows("SELECT said FROM turns WHERE id = ?", (branch.turn,))
        return branch.told(str(rows[0][0]) if rows else "")

    def kin(self, conversation: str) -> tuple[str, ...]:
        """A conversation, and those that it goes on from."""
        return branches.kin_of(self._database, conversation)

    def turn(self, turn: str) -> PastTurn:
        """One turn by its id. Raises NotFound."""
        rows = self._turns("id = ?", turn)
        if not rows:
            raise NotFound(f"There is no turn {turn!r}.")
        return self._past(rows[0])

    def has_turn(self, turn: str) -> bool:
        """Whether there is a turn of that id."""
        return bool(self._turns("id = ?", turn))

    def said_before(self, limit: int) -> list[str]:
        """What the person said, each once, the newest first; nothing of it that was forgotten."""
        rows = self._database.rows(
            "SELECT said, max(seq) FROM turns WHERE said != '' AND id NOT IN (SELECT target FROM forgotten_marks) "
            "GROUP BY said ORDER BY 2 DESC LIMIT ?",
            (limit,),
        )
        return [str(said) for said, _ in rows]

    def conversations(self, limit: int, words: str = "") -> list[ConversationLine]:
        """The newest conversations first; a conversation's title is how it began. Only those in which each of some words was said
        or answered, if there are any."""
        holding, values = _holding(words)
        rows = self._database.rows(
            f"SELECT conversation, min(seq), max(seq), count(*) FROM turns {holding} GROUP BY conversation "  # noqa: S608
            "ORDER BY 3 DESC LIMIT ?",
            (*values, limit),
        )
        lines = []
        for conversation, first, last, turns in rows:
            (said, began), (_, ended) = (
                self._database.rows("SELECT said, said_at FROM turns WHERE seq = ?", (seq,))[0] for seq in (first, last)
            )
            title = " ".join(said.split())
            lines.append(
                ConversationLine(conversation, title[:80], began, ended, turns, self.branch_told(conversation))
            )
        return lines

    def close_interrupted(self, at: datetime) -> int:
        """Marks what a killed engine left open: turns as interrupted, actions as uncertain. Returns how many turns."""
        with self._database.transaction() as connection:
            running = connection.execute("SELECT id FROM turns WHERE state = 'running'").fetchall()
            connection.execute(
                "UPDATE turns SET state = 'interrupted', answered_at = ?, trouble = ? WHERE state = 'running'",
                (stamp(at), INTERRUPTED),
            )
            for (turn,) in running:
                keep_turn_part(connection, str(turn), ANSWER)
            connection.execute(
                "UPDATE actions SET state = 'uncertain', settled_at = ? WHERE state = 'claimed'", (stamp(at),)
            )
            connection.execute("UPDATE costs SET ended = 'cut' WHERE spent IS NULL AND ended = ''")  # its worst counts
        return len(running)

    def claim_action(self, turn: str, action: Action, at: datetime) -> bool:
        with self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM actions WHERE id = ?", (action.id,)).fetchall():
                return False
            connection.execute(
                "INSERT INTO actions (id, turn, tool, arguments, state, result, claimed_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (action.id, turn, action.tool, _json(action.arguments), action.state, action.result, stamp(at)),
            )
        return True

    def settle_action(self, action: Action, at: datetime) -> None:
        self._database.run(
            "UPDATE actions SET state = ?, result = ?, settled_at = ? WHERE id = ?",
            (action.state, action.result, stamp(at), action.id),
        )

    def settle_approval(self, turn: str, request: ApprovalNeeded, granted: bool, at: datetime) -> None:
        self._database.run(
            "INSERT OR REPLACE INTO approvals VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                request.approval,
                turn,
                request.tool,
                _json(request.arguments),
                request.why,
                request.digest,
                granted,
                stamp(at),
            ),
        )

    def action(self, action: str) -> tuple[Action, str] | None:
        """An action of the ledger and the turn it belongs to."""
        rows = self._database.rows(
            "SELECT id, tool, arguments, state, result, turn FROM actions WHERE id = ?", (action,)
        )
        return (_action(rows[0]), rows[0][5]) if rows else None

    def approvals(self, turn: str) -> list[dict[str, Any]]:
        """What was asked in a turn, and how the person decided."""
        rows = self._database.rows("SELECT id, tool, why, granted, decided_at FROM approvals WHERE turn = ?", (turn,))
        return [dict(zip(("id", "tool", "why", "granted", "at"), row, strict=True)) for row in rows]

    def closed_steps(self) -> set[str]:
        """The steps of the first run that were answered or skipped."""
        return {row[0] for row in self._database.rows("SELECT step FROM setup_steps")}

    def close_step(self, step: str, at: datetime) -> None:
        self._database.run("INSERT OR IGNORE INTO setup_steps VALUES (?, ?)", (step, stamp(at)))

    def _turns(self, where: str, value: str) -> list[tuple[Any, ...]]:
        return self._database.rows(
            "SELECT id, conversation, said, said_at, answer, state, model, sources, usage, trouble, steps, role FROM turns "  # noqa: S608
            f"LEFT JOIN routes ON routes.turn = turns.id WHERE {where}",
            (value,),
        )

    def _past(self, row: tuple[Any, ...]) -> PastTurn:
        turn, conversation, said, said_at, text, state, model, sources, usage, trouble, route, role = row
        steps = steps_of(route)
        used = msgspec.json.decode(usage, type=Usage)
        actions = self._database.rows(
            "SELECT id, tool, arguments, state, result FROM actions WHERE turn = ? ORDER BY seq", (turn,)
        )
        answer = Answer(
            turn, conversation, text, msgspec.json.decode(sources, type=tuple[Hit, ...]), tuple(map(_action, actions)), model,
            used, used.cost, state, trouble, aside(steps),
        )  # fmt: skip
        return PastTurn(
            said, said_at, answer, self.forgotten_at(turn), steps[-1].role if steps else "", role == "local-only"
        )

    def forgotten_at(self, name: str) -> str:
        """When words of a turn, action, approval or reminder were forgotten ("" for never)."""
        rows = self._database.rows("SELECT max(forgotten_at) FROM forgotten_marks WHERE target = ?", (name,))
        return str(rows[0][0] or "")


def _holding(words: str) -> tuple[str, list[str]]:
    """The condition that a conversation holds each of these words, with its values."""
    conditions, values = [], []
    for word in words.split():
        # SQLite itself does not know that letters beyond ASCII may be small or large.
        forms = dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))
        inside = " OR ".join("instr(said, ?) OR instr(answer, ?)" for _ in forms)
        conditions.append(f"conversation IN (SELECT conversation FROM turns WHERE {inside})")  # noqa: S608
        values += [form for form in forms for _ in range(2)]
    return f"WHERE {' AND '.join(conditions)}" if conditions else "", values


def _action(row: tuple[Any, ...]) -> Action:
    return Action(row[0], row[1], msgspec.json.decode(row[2]), row[3], row[4])


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
