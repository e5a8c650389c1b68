"""The journal's page for tools from outside: what the person said of which."""

from __future__ import annotations

from datetime import datetime

from sage.adapters.database import Database, stamp
from sage.core.plugins.outside_tools import Pin


class ToolPages:
    """Pins as rows. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pins(self) -> dict[tuple[str, str], Pin]:
        """All of them, by account and tool."""
        rows = self._database.rows("SELECT account, tool, digest, effect FROM tool_pins")
        return {(row[0], row[1]): Pin(*row) for row in rows}

    def pin(self, pin: Pin, at: datetime) -> None:
        """Keeps what the person said of a tool, in the place of what they said before."""
        self._database.run(
            "INSERT OR REPLACE INTO tool_pins VALUES (?, ?, ?, ?, ?)",
            (pin.account, pin.tool, pin.digest, pin.leave, stamp(at)),
        )

    def forget(self, account: str, tool: str) -> None:
        """Takes the person's word on a tool back: each call asks again."""
        self._database.run("DELETE FROM tool_pins WHERE account = ? AND tool = ?", (account, tool))
