"""The accounts of plugins, as the settings name them. One that is written wrongly is a trouble of its own alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from sage.core.layers import Layer
from sage.core.plugins import admission
from sage.core.plugins.account_tables import Misplaced, misplaced, name_trouble
from sage.profile import Resolved
from sage.settings import AccountKeys
from sage.settings_words import describe

KEY_SUFFIX = "_key"
"""`password_key` names the entry of the secret store that is the plugin's secret `password`. No plugin has a setting of its
own that ends so."""
_KEY_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


@dataclass(frozen=True)
class AccountSettings:
    """One account: `[plugins.PLUGIN.NAME]`. `trouble` says what is wrong with the keys that all accounts share ("":
    nothing); such an account is never enabled. Whether `config` fits is for the plugin to say."""

    plugin: str
    name: str
    enabled: bool = False
    owner: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    deputy: bool = False
    nudges: bool = False
    reminders: bool = False
    secret_keys: Mapping[str, str] = field(default_factory=dict)
    """By the manifest's name of a secret, its name in the secret store."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """The plugin's own settings, unchecked."""
    trouble: str = ""
    layer: Layer | None = field(default=None, repr=False, compare=False)

    @property
    def id(self) -> str:
        return f"{self.plugin}/{self.name}"

    def at(self, key: str = "") -> str:
        """Where a key of this account stands, or where it would: `settings.toml line 12`."""
        path = f"plugins.{self.plugin}.{self.name}" + (f".{key}" if key else "")
        return self.layer.at(path) if self.layer else "settings.toml"


def accounts_of(resolved: Resolved) -> tuple[AccountSettings, ...]:
    """Every account that the settings name, in their order, also those that are not enabled."""
    layer = _layer_of(resolved)
    return tuple(
        account_in(plugin, name, table, layer)
        for plugin, accounts in resolved.settings.plugins.items()
        for name, table in accounts.items()
    )


def account_troubles(resolved: Resolved) -> tuple[Misplaced, ...]:
    """All that is written wrongly of accounts, as far as it can be said without their plugins."""
    layer = _layer_of(resolved)
    found = tuple(misplaced(layer)) if layer else ()
    told = {one.key for one in found}
    accounts = {f"plugins.{account.plugin}.{account.name}": account for account in accounts_of(resolved)}
    return (
        *found,
        *(
            Misplaced(key, account.trouble, "Change that line.")
            for key, account in accounts.items()
            if account.trouble and key not in told
        ),
    )


def _layer_of(resolved: Resolved) -> Layer | None:
    """The file in which accounts stand."""
    return next((layer for layer in resolved.layers if "plugins" in layer.values), None)


def account_in(plugin: str, name: str, table: Mapping[str, Any], layer: Layer | None = None) -> AccountSettings:
    """The account of a table `[plugins.PLUGIN.NAME]`, which stands in `layer` (None: in no file yet)."""
    shared = {key: value for key, value in table.items() if key in AccountKeys.model_fields}
    secret_keys = {key.removesuffix(KEY_SUFFIX): value for key, value in table.items() if key.endswith(KEY_SUFFIX)}
    config = {key: value for key, value in table.items() if key not in shared and not key.endswith(KEY_SUFFIX)}
    bare = AccountSettings(plugin, name, config=config, layer=layer)
    trouble = _trouble(bare, shared, secret_keys)
    if trouble:
        return AccountSettings(plugin, name, config=config, trouble=trouble, layer=layer)
    keys = AccountKeys.model_validate(shared)
    return AccountSettings(
        plugin,
        name,
        keys.enabled,
        tuple(keys.owner),
        tuple(keys.allow),
        keys.deputy,
        keys.nudges,
        keys.reminders,
        secret_keys,
        config,
        layer=layer,
    )


def _trouble(account: AccountSettings, shared: Mapping[str, Any], secret_keys: Mapping[str, Any]) -> str:
    if trouble := name_trouble(account.plugin, account.name):
        return f"{account.at()}: {trouble}"
    for name, store_name in secret_keys.items():
        if not (isinstance(store_name, str) and _KEY_NAME.fullmatch(store_name)):
            key = name + KEY_SUFFIX
            return f"{account.at(key)}: `{key}` must be the name of a key, such as SAGE_{account.plugin.upper()}."
    try:
        keys = AccountKeys.model_validate(shared)
    except ValidationError as error:
        wrong = str(error.errors(include_url=False, include_input=False)[0]["loc"][0])
        wanted = next(row.type for row in describe(AccountKeys) if row.key == wrong)
        return f"{account.at(wrong)}: `{wrong}` must be {wanted}."
    if everybody := admission.trouble_in(keys.allow):
        return f"{account.at('allow')}: {everybody}"
    return ""
