"""The journal's page for what the person agreed to: which code of a plugin may run for which account."""

from __future__ import annotations

from datetime import datetime

from sage.adapters.database import Database
from sage.plugin_api import API


class PluginPages:
    """Agreements as rows, one an account. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def agreed(self, account: str) -> str:
        """The digest of the files to which the person said yes for an account; "" if never."""
        rows = self._database.rows("SELECT hash FROM plugin_accounts WHERE account = ?", (account,))
        return str(rows[0][0]) if rows else ""

    def agree(self, account: str, plugin: str, digest: str, now: datetime) -> None:
        """Keeps that the person said yes to these files for this account."""
        self._database.run(
            "INSERT INTO plugin_accounts (account, plugin, state, hash, api, since) VALUES (?, ?, 'on', ?, ?, ?) "
            "ON CONFLICT (account) DO UPDATE SET plugin = excluded.plugin, state = 'on', hash = excluded.hash, "
            "api = excluded.api, reason = '', failures = 0, since = excluded.since",
            (account, plugin, digest, API, now.isoformat()),
        )
