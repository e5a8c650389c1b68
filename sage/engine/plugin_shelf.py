"""Plugins and their accounts as the person sees them: what there is, what each would get, and on with it. Blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sage import wire
from sage.adapters.home.secret_store import SecretStore
from sage.adapters.home.settings_file import write_settings
from sage.adapters.journal.journal_plugins import AccountPages
from sage.adapters.plugins.describe import ConfigKey, ConfigMisfit, as_toml, check_config, described, keys_of
from sage.adapters.plugins.found import Found, FoundPlugin, find_plugins
from sage.adapters.plugins.missing import missing_of
from sage.core.errors import BadInput, BadSetting, NoKey, NotFound
from sage.core.plugins.account_tables import NAME
from sage.core.plugins.manifest import Manifest
from sage.core.plugins.plugin_words import KINDS, TIERS, told_abilities, told_state
from sage.engine.bootstrap import House
from sage.engine.plugin_host import AccountState
from sage.locations import Home
from sage.profile import resolve
from sage.profile_plugins import KEY_SUFFIX, AccountSettings, account_in, account_troubles, accounts_of
from sage.settings import AccountKeys

KINDS_OF_KEY = {
    **{key: {"messaging"} for key in ("owner", "allow", "deputy", "reminders")},
    "nudges": {"tasks"},
}
"""Which of the keys that all accounts have mean something, by the plugin's kinds."""


@dataclass(frozen=True)
class PluginShelf:
    """All plugins of a home. `states` is how the accounts that run are, at the moment of asking."""

    home: Home
    secrets: SecretStore
    pages: AccountPages
    states: Sequence[AccountState]

    # -- what there is

    def listed(self) -> wire.PluginsShown:
        """Every plugin and account, the broken ones with what is wrong."""
        resolved = resolve("default", self.home)
        found, accounts = find_plugins(self.home), accounts_of(resolved)
        shown = tuple(self._shown(plugin, accounts) for plugin in found.plugins.values())
        broken = tuple(
            wire.PluginBroken(one.name, str(one.folder), one.trouble.what, one.trouble.do) for one in found.broken
        )
        known = {f"plugins.{account.plugin}.{account.name}" for account in accounts}
        broken += tuple(
            wire.PluginBroken(one.key, str(self.home.settings), one.what, one.do)
            for one in account_troubles(resolved)
            if one.key not in known
        )
        strays = tuple(self._stray(account, found) for account in accounts if account.plugin not in found.plugins)
        return wire.PluginsShown(shown, broken, strays)

    def described(self, name: str, account: str, agreed: str) -> wire.PluginDescribed:
        """A plugin in full, for an account that is there or could be. Raises NotFound and BadInput."""
        plugin = find_plugins(self.home).plugin(name)
        settings = self.account_settings(name, account) if account else AccountSettings(name, "NAME")
        untold, keys = "", tuple[ConfigKey, ...]()
        if self._may_run(plugin, agreed):
            try:
                keys = described(plugin, self.home.index / "plugins", self.home.plugin_copies)
            except BadInput as error:
                untold = f"{error.what} {error.do}"
        else:
            untold = (
                "Its settings are told by code of its own, and that runs only once you have agreed. "
                "Its README tells them, too."
            )
        readme = plugin.folder / "README.md"
        secrets = self._secrets(plugin.manifest, settings)
        return wire.PluginDescribed(
            self._shown(plugin, self._accounts()),
            told_abilities(plugin.manifest.kinds, plugin.manifest.capabilities),
            TIERS[plugin.manifest.tier],
            str(plugin.folder),
            plugin.digest,
            account,
            tuple(_shown_key(key, settings.config.get(key.key)) for key in keys),
            untold,
            tuple(_shown_key(key, self._shared_value(settings, key.key)) for key in _shared_keys(plugin.manifest)),
            secrets,
            self._gets(plugin, settings, secrets),
            str(readme) if readme.is_file() else "",
        )

    def shown_account(self, id: str) -> wire.PluginAccount:  # noqa: A002
        """How an account is. Raises NotFound."""
        return self._account(self._known(id))

    def explained(self, id: str) -> wire.Explanation | None:  # noqa: A002
        """Why an account is as it is: its state, where its settings stand, and what was agreed to. None: no account."""
        account = next((account for account in self._accounts() if account.id == id), None)
        if account is None:
            return None
        shown, row = self._account(account), self.pages.rows().get(id)
        lines = [told_state(id, shown.state, shown.words), f"Its settings begin at {account.at()}."]
        lines += [f"  {key}: {account.at(key)}" for key in account.config]
        lines += [f"  {name}: the secret {kept_as}" for name, kept_as in account.secret_keys.items()]
        if row and row.digest:
            lines.append(f"Code with the SHA-256 {row.digest[:16]}… was agreed to.")
        return wire.Explanation(id, "account", tuple(lines), {"state": shown.state, "words": shown.words})

    # -- on and off

    def enable(self, request: wire.EnablePlugin, agree: Callable[[str, str], None]) -> str:
        """Checks and writes an account's settings, and returns its id. Raises BadInput (another code than was shown,
        settings that do not fit, a library that is missing) and NoKey; then nothing was changed."""
        plugin = find_plugins(self.home).plugin(request.plugin)
        manifest, before = plugin.manifest, self.account_settings(request.plugin, request.account)
        if plugin.digest != request.digest:
            raise BadInput(
                f"The files of {plugin.name} changed while you looked at them.",
                safe="It was not enabled.",
                do=f"Look again: sage plugin show {plugin.name}",
            )
        if missing := missing_of(manifest):
            raise BadInput(missing.words, safe="It was not enabled.", do=missing.remedy)
        values = self._read(request.values, plugin)
        _check_shared(before, values)
        self._check(plugin, before, values)
        kept_as = {secret.name: secret.kept_as for secret in self._needed(manifest, before, values)}
        values |= {f"{name}{KEY_SUFFIX}": kept for name, kept in kept_as.items()}
        path = f"plugins.{request.plugin}.{request.account}."
        write_settings(self.home, {f"{path}{key}": value for key, value in {**values, "enabled": True}.items()})
        agree(before.id, plugin.digest)
        return before.id

    def disable(self, id: str) -> None:  # noqa: A002
        """Writes that an account is off. Raises NotFound."""
        account = self._known(id)
        write_settings(self.home, {f"plugins.{account.plugin}.{account.name}.enabled": False})

    def account_settings(self, plugin: str, name: str) -> AccountSettings:
        """An account's settings, or those of one that is not there yet. Raises BadInput: it cannot be called so, or what
        all accounts share is written wrongly in it."""
        if not NAME.fullmatch(name):
            raise BadInput(
                f"{name!r} cannot be an account's name.",
                safe="Nothing was changed.",
                do="Use up to 32 of a-z, 0-9, _ and -, such as work.",
            )
        found = next((one for one in self._accounts() if (one.plugin, one.name) == (plugin, name)), None)
        if found and found.trouble:
            raise BadSetting(found.trouble, safe="Nothing was changed.", do="Change that line.")
        return found or AccountSettings(plugin, name)

    # -- parts

    def _accounts(self) -> tuple[AccountSettings, ...]:
        return accounts_of(resolve("default", self.home))

    def _known(self, id: str) -> AccountSettings:  # noqa: A002
        found = next((account for account in self._accounts() if account.id == id), None)
        if found is None:
            raise NotFound(f"There is no account {id!r}.", safe="Nothing was changed.", do="See all: sage plugin list")
        return found

    def _shown(self, plugin: FoundPlugin, accounts: Sequence[AccountSettings]) -> wire.PluginShown:
        manifest, missing = plugin.manifest, missing_of(plugin.manifest)
        return wire.PluginShown(
            manifest.name,
            manifest.title,
            manifest.about,
            manifest.tier,
            tuple(KINDS[kind] for kind in manifest.kinds),
            plugin.origin,
            tuple(self._account(account) for account in accounts if account.plugin == plugin.name),
            missing.words,
            missing.remedy if missing else "",
        )

    def _account(self, account: AccountSettings) -> wire.PluginAccount:
        state = next((state for state in self.states if state.account == account.id), None)
        if account.trouble:
            return wire.PluginAccount(account.id, account.plugin, account.name, "parked", account.trouble)
        if not account.enabled:
            return wire.PluginAccount(account.id, account.plugin, account.name, "off")
        if state is None:
            return wire.PluginAccount(account.id, account.plugin, account.name, "starting")
        return wire.PluginAccount(account.id, account.plugin, account.name, state.state, state.words, state.since)

    def _stray(self, account: AccountSettings, found: Found) -> wire.PluginAccount:
        try:
            found.plugin(account.plugin)
            words = account.trouble
        except BadInput as error:
            words = account.trouble or f"{account.at()}: {error.what}"
        return wire.PluginAccount(account.id, account.plugin, account.name, "parked", words)

    def _may_run(self, plugin: FoundPlugin, agreed: str) -> bool:
        """Whether the person agreed to this code; what came with Sage needs no such word."""
        rows = self.pages.rows()
        known = {row.digest for account, row in rows.items() if account.partition("/")[0] == plugin.name}
        return not plugin.outside or plugin.digest in {agreed, *known}

    def _secrets(self, manifest: Manifest, account: AccountSettings) -> tuple[wire.PluginSecret, ...]:
        return tuple(
            self._secret(name, account, optional=name in manifest.optional_secrets)
            for name in (*manifest.secrets, *manifest.optional_secrets)
        )

    def _secret(self, name: str, account: AccountSettings, *, optional: bool) -> wire.PluginSecret:
        usual = f"SAGE_{account.plugin}_{account.name}_{name}".upper().replace("-", "_")
        kept_as = account.secret_keys.get(name, usual)
        try:
            there = self.secrets.read(kept_as) is not None
        except NoKey:  # a file that others can read: as good as none
            there = False
        return wire.PluginSecret(name, kept_as, there, optional)

    def _needed(
        self, manifest: Manifest, before: AccountSettings, values: Mapping[str, object]
    ) -> list[wire.PluginSecret]:
        """The secrets that the account will have, each of them there. Raises NoKey."""
        named = {
            name.removesuffix(KEY_SUFFIX): str(value) for name, value in values.items() if name.endswith(KEY_SUFFIX)
        }
        account = AccountSettings(before.plugin, before.name, secret_keys={**before.secret_keys, **named})
        secrets = self._secrets(manifest, account)
        for secret in secrets:
            if not secret.there and (not secret.optional or secret.name in account.secret_keys):
                raise NoKey(
                    f"The secret {secret.name} of {before.id} is not there.",
                    safe="Nothing was changed.",
                    do=f"Give it with: sage keys set {secret.kept_as}",
                )
        return [secret for secret in secrets if secret.there]

    def _read(self, typed: Mapping[str, str], plugin: FoundPlugin) -> dict[str, object]:
        """What the person typed, as values; None for what is to be taken out. Raises BadInput."""
        own = {key.key: key for key in described(plugin, self.home.index / "plugins", self.home.plugin_copies)}
        shared = {key.key: key for key in _shared_keys(plugin.manifest)}
        secrets = {*plugin.manifest.secrets, *plugin.manifest.optional_secrets}
        values: dict[str, object] = {}
        for key, text in typed.items():
            if key in secrets:
                raise BadSetting(
                    f"`{key}` is a secret, and those never stand among settings.",
                    safe="It was not kept.",
                    do="Leave it out: it is asked for, or given with sage keys set.",
                )
            if key.endswith(KEY_SUFFIX) and key.removesuffix(KEY_SUFFIX) not in secrets:
                has = ", ".join(sorted(secrets)) or "none"
                what = f"`{key}` names no secret of this plugin, which has {has}."
                raise BadSetting(what, safe="Nothing was changed.", do=f"See them: sage plugin show {plugin.name}")
            described_as = own.get(key) or shared.get(key)
            values[key] = None if not text else described_as.read(text) if described_as else text
        return values

    def _check(self, plugin: FoundPlugin, before: AccountSettings, values: Mapping[str, object]) -> None:
        shared = {key.key for key in keys_of(AccountKeys)}
        own = {key: value for key, value in values.items() if key not in shared and not key.endswith(KEY_SUFFIX)}
        config = {key: value for key, value in {**before.config, **own}.items() if value is not None}
        try:
            check_config(plugin, self.home.plugin_copies, config)
        except ConfigMisfit as misfit:
            written = misfit.key in before.config and misfit.key not in own
            place = f"{before.at(misfit.key)}: " if written else ""
            do = "Change that line." if written else f"See them all: sage plugin show {plugin.name} {before.name}"
            raise BadSetting(f"{place}{misfit.what}", safe="Nothing was changed.", do=do) from misfit

    def _shared_value(self, account: AccountSettings, key: str) -> object:
        """The value of a key that all accounts have; None as long as it is the default."""
        value = getattr(account, key)
        return (list(value) if isinstance(value, tuple) else value) or None

    def _gets(
        self, plugin: FoundPlugin, account: AccountSettings, secrets: Sequence[wire.PluginSecret]
    ) -> tuple[str, ...]:
        """What the process of an account gets, a line each."""
        manifest = plugin.manifest
        names = ", ".join(f"{one.name} ({one.kept_as})" for one in secrets)
        place = self.home.account(account.id)
        environment = ", ".join(("PATH, HOME, language, time zone, proxies", *manifest.environment))
        lines = [
            f"the settings in [plugins.{account.plugin}.{account.name}]",
            f"secrets: {names}" if names else "no secrets",
            f"of the environment: {environment}",
            f"a folder of its own: {place}",
            f"a process of its own, with up to {manifest.memory_mb} MB",
        ]
        if plugin.outside:
            lines.append(
                f"its code is {plugin.folder} (SHA-256 {plugin.digest[:16]}…); if that changes, you are asked again"
            )
        return tuple(lines)


def shelf_of(house: House) -> PluginShelf:
    """The plugins of a house as they are now; to be called in the event loop."""
    return PluginShelf(house.home, house.secrets, house.accounts.pages, house.accounts.host.states())


def _check_shared(before: AccountSettings, values: Mapping[str, object]) -> None:
    """Whether what all accounts have fits. Raises BadSetting."""
    trouble = account_in(
        before.plugin, before.name, {key: value for key, value in values.items() if value is not None}
    ).trouble
    if trouble:
        raise BadSetting(trouble.partition(": ")[2], safe="Nothing was changed.", do="Give another value.")


def _shared_keys(manifest: Manifest) -> list[ConfigKey]:
    kinds = set(manifest.kinds)
    return [key for key in keys_of(AccountKeys) if kinds & KINDS_OF_KEY.get(key.key, set())]


def _shown_key(key: ConfigKey, value: object) -> wire.PluginKey:
    return wire.PluginKey(key.key, key.kind, key.text, key.default, key.required, as_toml(value))
