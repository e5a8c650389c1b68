"""Which accounts of plugins are to run, with all that each one's process gets; and what hinders those that cannot."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime

from sage.adapters.home.secret_store import SecretStore
from sage.adapters.journal.journal_plugins import AccountPages, AccountRow
from sage.adapters.plugins.agreed_code import clear_copies, code_of
from sage.adapters.plugins.found import Found, FoundPlugin, find_plugins
from sage.adapters.plugins.missing import missing_of
from sage.adapters.plugins.process import environment_for
from sage.core.errors import SageError
from sage.engine.plugin_host import Launch, Wanted
from sage.locations import Home
from sage.profile import resolve
from sage.profile_plugins import AccountSettings, accounts_of


class PluginLaunches:
    """Reads settings, plugins and secrets anew at each call. `now` has the person's zone."""

    def __init__(self, home: Home, secrets: SecretStore, pages: AccountPages, now: Callable[[], datetime]) -> None:
        self._home, self._secrets, self._pages, self._now = home, secrets, pages, now

    def __call__(self) -> Wanted:
        try:
            accounts = [account for account in accounts_of(resolve("default", self._home)) if account.enabled]
        except SageError:  # settings that cannot be read are told elsewhere; what runs goes on
            return Wanted(keep=True)
        copies = self._home.plugin_copies
        found = find_plugins(self._home) if accounts or copies.is_dir() else Found({})
        clear_copies(copies, found.plugins.values())
        rows = self._pages.rows() if accounts else {}
        launches: list[Launch] = []
        hindered: dict[str, str] = {}
        for account in accounts:
            try:
                launches.append(self._launch(account, found, rows.get(account.id, AccountRow())))
            except _Hindered as hindrance:
                hindered[account.id] = str(hindrance)
            except SageError as error:
                hindered[account.id] = str(error)
        kinds = {
            account.id: found.plugins[account.plugin].manifest.kinds
            for account in accounts
            if account.id in hindered and account.plugin in found.plugins
        }
        return Wanted(tuple(launches), hindered, kinds=kinds)

    def _launch(self, account: AccountSettings, found: Found, row: AccountRow) -> Launch:
        plugin = found.plugin(account.plugin)
        manifest = plugin.manifest
        if plugin.outside and row.digest != plugin.digest:
            raise _Hindered(
                f"The files of {plugin.name} are not those that you agreed to. "
                f"Look at {plugin.folder}, then: sage plugin enable {account.plugin} {account.name}"
            )
        if missing := missing_of(manifest):
            raise _Hindered(f"{missing.words} {missing.remedy}")
        if row.words and row.digest == plugin.digest and not self._settings_are_newer(row):
            raise _Hindered(f"{row.words} When that is mended: sage plugin start {account.id}")
        return Launch(
            account.id,
            code_of(plugin, self._home.plugin_copies),
            manifest.runtime,
            manifest.config,
            manifest.kinds,
            manifest.capabilities,
            dict(account.config),
            self._secrets_of(account, plugin),
            account.owner,
            environment_for(manifest.environment, os.environ),
            self._home.account(account.id),
            str(self._now().tzinfo),
            manifest.memory_mb,
            plugin.digest,
        )

    def _settings_are_newer(self, row: AccountRow) -> bool:
        try:
            return self._home.settings.stat().st_mtime > datetime.fromisoformat(row.since).timestamp()
        except OSError:
            return False

    def _secrets_of(self, account: AccountSettings, plugin: FoundPlugin) -> dict[str, str]:
        kept: dict[str, str] = {}
        for name in (*plugin.manifest.secrets, *plugin.manifest.optional_secrets):
            stored_as = account.secret_keys.get(name, "")
            secret = self._secrets.read(stored_as) if stored_as else None
            if secret is not None:
                kept[name] = secret.reveal()
            elif stored_as or name in plugin.manifest.secrets:
                raise _Hindered(self._advice(account, name, stored_as))
        return kept

    def _advice(self, account: AccountSettings, name: str, stored_as: str) -> str:
        if not stored_as:
            return f"{account.at(f'{name}_key')}: `{name}_key` is missing; it says which secret is its {name}."
        return f"There is no secret {stored_as}. {self._secrets.advice(stored_as)}"


class _Hindered(Exception):
    """Why an account cannot run, with what to do."""
