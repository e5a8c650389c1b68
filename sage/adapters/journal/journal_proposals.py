"""The journal's pages for what other programs propose.

A proposal is a change that nobody has made yet: it stands among the changes of tasks, in a state of its own, so that
forgetting, exports and backups know its words as they know those.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from sage.adapters.database import Database, stamp
from sage.core.proposals import Proposal, ProposalKind

ACCOUNT = "program"
_WAITS = "proposed"


class ProposalPages:
    """Proposals as rows, oldest first. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, proposal: Proposal, at: datetime) -> None:
        moment = stamp(at.astimezone(UTC))
        wanted = msgspec.json.encode({"text": proposal.text, "due": proposal.due}).decode()
        self._database.run(
            "INSERT INTO task_changes (id, account, task, do, wanted, state, reason, made_at, changed_at)"
            " VALUES (?, ?, '', ?, ?, ?, ?, ?, ?)",
            (proposal.id, ACCOUNT, proposal.kind, wanted, _WAITS, proposal.program, moment, moment),
        )

    def waiting(self) -> list[Proposal]:
        """Those that the person has not decided."""
        rows = self._database.rows(
            "SELECT id, do, wanted, reason, made_at FROM task_changes WHERE account = ? AND state = ? ORDER BY seq",
            (ACCOUNT, _WAITS),
        )
        return [_proposal(*row) for row in rows]

    def settle(self, proposal: str, *, accepted: bool, at: datetime) -> None:
        """Writes how the person decided."""
        self._database.run(
            "UPDATE task_changes SET state = ?, changed_at = ? WHERE id = ? AND account = ? AND state = ?",
            ("done" if accepted else "dropped", stamp(at.astimezone(UTC)), proposal, ACCOUNT, _WAITS),
        )


def _proposal(name: str, kind: ProposalKind, wanted: str, program: str, made_at: str) -> Proposal:
    words = msgspec.json.decode(wanted, type=dict[str, str])
    return Proposal(name, kind, words.get("text", ""), program, made_at, words.get("due", ""))
