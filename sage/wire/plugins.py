"""Plugins and their accounts: what there is, what each would get, on and off."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from msgspec import Struct, field

from sage.wire.base import Request

AccountStanding = Literal["off", "starting", "on", "waits", "parked"]
"""`off`: it is not enabled; `parked`: it needs the person; `waits`: it is tried again by itself."""


class PluginAccount(Struct, frozen=True):
    """An account. `id` is PLUGIN/NAME. `words`: how it is, in a sentence ("": well, or off); `since`: seconds since 1970."""

    id: str
    plugin: str
    name: str
    state: AccountStanding
    words: str = ""
    since: float = 0.0


class PluginShown(Struct, frozen=True):
    """A plugin that is there. `missing` says what it lacks on this machine ("": nothing), and `remedy` what brings it."""

    name: str
    title: str
    about: str
    tier: str
    kinds: tuple[str, ...]
    origin: Literal["bundled", "home", "installed"]
    accounts: tuple[PluginAccount, ...] = ()
    missing: str = ""
    remedy: str = ""


class PluginBroken(Struct, frozen=True):
    """One that cannot be used, and why; or what stands among the settings of accounts and is none."""

    name: str
    folder: str
    what: str
    do: str


class PluginsShown(Struct, frozen=True):
    """`strays` are accounts in the settings whose plugin is not there, or cannot be used."""

    plugins: tuple[PluginShown, ...]
    broken: tuple[PluginBroken, ...] = ()
    strays: tuple[PluginAccount, ...] = ()


class PluginKey(Struct, frozen=True):
    """A key of an account's table. `default` and `value` are as TOML writes them ("": none, not set)."""

    key: str
    kind: str
    text: str
    default: str = ""
    required: bool = False
    value: str = ""


class PluginSecret(Struct, frozen=True):
    """A secret that an account gets: its name, under which one it is kept, and whether it is there."""

    name: str
    kept_as: str
    there: bool
    optional: bool = False


class PluginDescribed(Struct, frozen=True):
    """A plugin in full, for one of its accounts (`account` is its name, "" for none).

    `keys` are empty, and `untold` says why, if the plugin cannot say them, or may not yet: what came from outside runs
    no code before the person agreed. `shared` are the keys that every account has. `gets`: what the account's process
    gets, a line each. `digest` stands for the plugin's files; enabling names it, so that nothing else is enabled than
    what was shown. `wrote` is the end of what the account's process wrote to standard error, "" if nothing.
    """

    plugin: PluginShown
    abilities: tuple[str, ...]
    tier: str
    folder: str
    digest: str
    account: str = ""
    keys: tuple[PluginKey, ...] = ()
    untold: str = ""
    shared: tuple[PluginKey, ...] = ()
    secrets: tuple[PluginSecret, ...] = ()
    gets: tuple[str, ...] = ()
    readme: str = ""
    wrote: str = ""


class ListPlugins(Request[PluginsShown], frozen=True, tag=True):
    reply: ClassVar[Any] = PluginsShown


class ShowPlugin(Request[PluginDescribed], frozen=True, tag=True):
    """`agreed`: the person said yes to this digest, so that the plugin's code may run to tell its settings."""

    plugin: str
    account: str = ""
    agreed: str = ""
    reply: ClassVar[Any] = PluginDescribed


class EnablePlugin(Request[PluginAccount], frozen=True, tag=True):
    """Sets an account's keys (as the person typed them; "" takes one out) and lets it run. `digest` is what was shown."""

    plugin: str
    account: str
    digest: str
    values: dict[str, str] = field(default_factory=dict)
    reply: ClassVar[Any] = PluginAccount


class DisablePlugin(Request[PluginAccount], frozen=True, tag=True):
    """Ends an account's process; its settings and secrets stay."""

    account: str
    reply: ClassVar[Any] = PluginAccount


class StartPlugin(Request[PluginAccount], frozen=True, tag=True):
    """Tries an account anew, parked or not."""

    account: str
    reply: ClassVar[Any] = PluginAccount


class TryPlugin(Request[PluginAccount], frozen=True, tag=True):
    """Asks an account that is enabled how it is, and waits until it has said so."""

    account: str
    reply: ClassVar[Any] = PluginAccount


Requests = ListPlugins | ShowPlugin | EnablePlugin | DisablePlugin | StartPlugin | TryPlugin
