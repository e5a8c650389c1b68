"""The journal's page for accounts of plugins: which code the person agreed to, and which accounts are parked."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from sage.adapters.database import Database


class AccountRow(Struct, frozen=True):
    """What is kept of an account. `digest`: the plugin's files as they were agreed to, or ran. `words`: why it is parked
    ("": it is not), since `since` (ISO)."""

    digest: str = ""
    words: str = ""
    since: str = ""


class AccountPages:
    """Accounts as rows. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def agree(self, account: str, digest: str, api: int, at: datetime) -> None:
        """Keeps that the person said yes to this code for an account; one that was parked no longer is."""
        self._write(account, "on", digest, "", at, api)

    def park(self, account: str, digest: str, words: str, at: datetime) -> None:
        """Keeps that an account is left alone until the person has done something."""
        self._write(account, "parked", digest, words, at)

    def unpark(self, account: str) -> None:
        """It is to be tried again."""
        self._database.run("UPDATE plugin_accounts SET state = 'on', reason = '' WHERE account = ?", (account,))

    def forget(self, account: str) -> None:
        """Takes back a yes."""
        self._database.run("DELETE FROM plugin_accounts WHERE account = ?", (account,))

    def rows(self) -> dict[str, AccountRow]:
        """By account."""
        found = self._database.rows("SELECT account, hash, reason, since FROM plugin_accounts")
        return {account: AccountRow(*rest) for account, *rest in found}

    def _write(self, account: str, state: str, digest: str, words: str, at: datetime, api: int = 0) -> None:
        self._database.run(
            "INSERT INTO plugin_accounts (account, plugin, state, hash, api, reason, since) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (account) DO UPDATE SET state = excluded.state, hash = excluded.hash, "
            "api = max(api, excluded.api), reason = excluded.reason, since = excluded.since",
            (account, account.partition("/")[0], state, digest, api, words, at.isoformat()),
        )
