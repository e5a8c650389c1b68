"""`sage plugin`: what there is, on, off, and a new one of your own; `sage keys`: secrets by their names."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from sage import wire
from sage.cli.printing import Printer, confirm
from sage.client import Client, run_engine_tool
from sage.core.errors import BadInput, NoKey
from sage.core.plugins.plugin_words import STATES
from sage.core.terminal_text import clean
from sage.locations import typed_path

TRUST = "Enabled code is trusted with the account it is given, and runs as you on this machine."


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    plugin = commands.add_parser("plugin")
    verbs = plugin.add_subparsers(required=True, metavar="WHAT")
    listing = verbs.add_parser("list", parents=[common], help="what there is, and how your accounts are")
    listing.set_defaults(run=run_list, tells_settings=True)
    show = verbs.add_parser("show", parents=[common], help="its settings, what it can do and would get")
    _names(show, account="?")
    show.set_defaults(run=run_show)
    enable = verbs.add_parser(
        "enable", parents=[common], help="set an account and let it run, after showing what it gets"
    )
    enable.add_argument("plugin", help="such as caldav; or PLUGIN/NAME")
    enable.add_argument(
        "words", nargs="*", metavar="NAME KEY=VALUE", help="a name of your choice, and settings; KEY= takes one out"
    )
    enable.add_argument("--yes", action="store_true", help="agree without being asked")
    enable.set_defaults(run=run_enable)
    disable = verbs.add_parser("disable", parents=[common], help="end an account; its settings stay")
    _names(disable, account="?")
    disable.set_defaults(run=run_disable)
    start = verbs.add_parser("start", parents=[common], help="try an account again")
    _names(start, account="?")
    start.set_defaults(run=run_start)
    new = verbs.add_parser("new", parents=[common], help="write the skeleton of a plugin, which works")
    new.add_argument("name", help="a-z, 0-9 and _")
    new.add_argument("--kind", required=True, choices=("tasks", "messaging", "calendar", "tools"))
    new.add_argument("--into", default="", metavar="FOLDER", help="the folder to make it in (the home's plugins/)")
    new.set_defaults(run=run_new)
    check = verbs.add_parser("check", parents=[common], help="look a plugin over, and run its tests")
    check.add_argument("name", help="a plugin's name, or its folder")
    check.set_defaults(run=run_check)
    keys = commands.add_parser("keys").add_subparsers(required=True, metavar="WHAT")
    keep = keys.add_parser("set", parents=[common], help="keep a secret in the keyring, or a file for you alone")
    keep.add_argument(
        "name", help="its name, such as SAGE_CALDAV_WORK_PASSWORD; the value is asked for, or read from a pipe"
    )
    keep.set_defaults(run=run_set_key)
    forget = keys.add_parser("forget", parents=[common], help="take a secret out of the keyring and of the home")
    forget.add_argument("name", help="its name, such as SAGE_CALDAV_WORK_PASSWORD or OPENAI_API_KEY")
    forget.add_argument("--yes", action="store_true", help="agree without being asked")
    forget.set_defaults(run=run_forget_key)


def _names(parser: argparse.ArgumentParser, account: str | None = None) -> None:
    parser.add_argument("plugin", help="such as caldav; or PLUGIN/NAME")
    parser.add_argument("account", nargs=account, default="", metavar="NAME", help="the account, a name of your choice")


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ListPlugins())
    lines = [line for plugin in shown.plugins for line in _plugin_lines(plugin)]
    lines += [line for account in shown.strays for line in _account_lines(account)]
    lines += [f"! {one.what} {one.do}" for one in shown.broken]
    printer.data(shown, lines or ["There are no plugins."])
    return 0


def _plugin_lines(plugin: wire.PluginShown) -> list[str]:
    origin = {"bundled": "", "home": " (yours)", "installed": " (installed)"}[plugin.origin]
    lines = [f"{plugin.name:<12} {plugin.title}{origin} · {plugin.tier} · {', '.join(plugin.kinds)}: {plugin.about}"]
    lines += [f"{'':<12} {plugin.missing} {plugin.remedy}"] * bool(plugin.missing)
    return lines + [line for account in plugin.accounts for line in _account_lines(account)]


def _account_lines(account: wire.PluginAccount) -> list[str]:
    words = f": {account.words}" if account.words else ""
    return [f"  {account.id} · {STATES[account.state]}{words}"]


def run_show(given: argparse.Namespace, printer: Printer) -> int:
    plugin, account = _ids(given)
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowPlugin(plugin, account))
    printer.data(shown, [*_head(shown), "", *_key_lines(shown), *_gets_lines(shown), *_wrote_lines(shown)])
    return 0


def _head(shown: wire.PluginDescribed) -> list[str]:
    plugin = shown.plugin
    lines = [f"{plugin.title}: {plugin.about}", f"Tier {plugin.tier}: {shown.tier}."]
    lines += [f"It brings {', '.join(plugin.kinds)}; {'; '.join(shown.abilities)}." if shown.abilities else
              f"It brings {', '.join(plugin.kinds)}."]  # fmt: skip
    lines += [f"{plugin.missing} {plugin.remedy}"] * bool(plugin.missing)
    lines += [f"How to set it up: {shown.readme}"] * bool(shown.readme)
    return lines + [line for account in plugin.accounts for line in _account_lines(account)]


def _key_lines(shown: wire.PluginDescribed) -> list[str]:
    lines = [f"[plugins.{shown.plugin.name}.{shown.account or 'NAME'}]"]
    for key in (*shown.keys, *shown.shared):
        now = f"{key.key} = {key.value}" if key.value else key.key
        default = "needed" if key.required else f"else {key.default}" if key.default not in ("", '""') else ""
        lines.append(f"  {now}: {key.text} ({', '.join(filter(None, (key.kind, default)))})")
    for secret in shown.secrets:
        there = "there" if secret.there else "optional" if secret.optional else "not there yet"
        lines.append(f'  {secret.name}_key = "{secret.kept_as}": the secret {secret.name} ({there})')
    return [*lines, *([f"  {shown.untold}"] if shown.untold else [])]


def _gets_lines(shown: wire.PluginDescribed) -> list[str]:
    return ["", "An account gets:", *(f"  {line}" for line in shown.gets), TRUST]


def _wrote_lines(shown: wire.PluginDescribed) -> list[str]:
    lines = [f"  {line}" for line in clean(shown.wrote).splitlines()]
    return ["", "What its process wrote last, which is kept nowhere:", *lines] if lines else []


def run_enable(given: argparse.Namespace, printer: Printer) -> int:
    named = given.words[:1] if given.words and "=" not in given.words[0] else []
    given.account = "".join(named)
    plugin, account = _ids(given, needed=True)
    values = dict(_pair(text) for text in given.words[len(named) :])
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowPlugin(plugin, account))
        if not given.yes:
            _ask_for_consent(shown, printer)
        for secret in shown.secrets:
            _ask_for_secret(client, secret, values)
        client.call(wire.EnablePlugin(plugin, account, shown.digest, values))
        printer.progress("It starts …")
        now = client.call(wire.TryPlugin(f"{plugin}/{account}"))
        printer.progress_over()
    printer.data(now, [*_account_lines(now), *_listening_lines(shown, now)])
    return 0


def _listening_lines(shown: wire.PluginDescribed, now: wire.PluginAccount) -> list[str]:
    """What it takes that messages come in, and while no front end is open."""
    if now.state != "on" or "messages" not in shown.plugin.kinds:
        return []
    lines = ["Messages come in while the engine runs. To keep it running: sage serve --install"]
    if any(key.key == "allow" and key.value in ("", "[]") for key in shown.shared):
        lines.append("Nobody's words are kept yet: `allow` in its table of settings.toml names those whose are.")
    return lines


def _ask_for_consent(shown: wire.PluginDescribed, printer: Printer) -> None:
    for line in (*_head(shown), *_gets_lines(shown)):
        printer.line(line)
    if not confirm("Enable it?"):
        raise BadInput("It was not enabled.", safe="Nothing was changed.", do="Agree with y, or pass --yes.")


def _ask_for_secret(client: Client, secret: wire.PluginSecret, values: dict[str, str]) -> None:
    """Asks for a secret that is not there, where there is a terminal. Raises NoKey where there is none."""
    if secret.there or f"{secret.name}_key" in values:
        return
    if sys.stdin.isatty():
        typed = getpass.getpass(f"{secret.name}{' (Enter: none)' if secret.optional else ''}: ").strip()
        if typed:
            client.call(wire.StoreKey(secret.kept_as, typed))
            return
    if not secret.optional:
        raise NoKey(
            f"The secret {secret.name} is not there.",
            safe="Nothing was changed.",
            do=f"Give it with: sage keys set {secret.kept_as}",
        )


def run_disable(given: argparse.Namespace, printer: Printer) -> int:
    plugin, account = _ids(given, needed=True)
    with Client(given.home, profile=given.profile or "") as client:
        now = client.call(wire.DisablePlugin(f"{plugin}/{account}"))
    printer.data(now, [*_account_lines(now), "Its settings and secrets stay."])
    return 0


def run_start(given: argparse.Namespace, printer: Printer) -> int:
    plugin, account = _ids(given, needed=True)
    with Client(given.home, profile=given.profile or "") as client:
        client.call(wire.StartPlugin(f"{plugin}/{account}"))
        now = client.call(wire.TryPlugin(f"{plugin}/{account}"))
    printer.data(now, _account_lines(now))
    return 0


def run_new(given: argparse.Namespace, printer: Printer) -> int:
    into = ["--into", str(typed_path(given.into))] if given.into else []
    return run_engine_tool(given.home, "new", given.name, "--kind", given.kind, *into, *_json(given))


def run_check(given: argparse.Namespace, printer: Printer) -> int:
    return run_engine_tool(given.home, "check", given.name, *_json(given))


def run_set_key(given: argparse.Namespace, printer: Printer) -> int:
    key = getpass.getpass(f"{given.name}: ") if sys.stdin.isatty() else sys.stdin.readline()
    with Client(given.home, profile=given.profile or "") as client:
        client.call(wire.StoreKey(given.name, key.strip()))
    printer.data({"kept": given.name}, [f"{given.name} is kept."])
    return 0


def run_forget_key(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        uses = client.call(wire.ShowKey(given.name)).uses
        used = f"{given.name} is used by {'; '.join(uses)}." if uses else f"Nothing in your settings uses {given.name}."
        if not given.yes:
            printer.line(used)
            if not confirm("Forget it?"):
                raise BadInput(
                    f"{given.name} was not forgotten.", safe="Nothing was changed.", do="Agree with y, or pass --yes."
                )
        gone = client.call(wire.ForgetKey(given.name))
    told = [f"{gone.name} is gone from the {' and the '.join(gone.places)}."]
    told += [f"{used} It is missing there from now on."] if uses and given.yes else []
    if gone.in_environment:
        told.append(
            "The environment that Sage was started in has one of that name, which is used as long as it is there."
        )
    printer.data({"name": gone.name, "places": gone.places, "in_environment": gone.in_environment, "uses": uses}, told)
    return 0


def _ids(given: argparse.Namespace, *, needed: bool = False) -> tuple[str, str]:
    """Plugin and account, given as two words or as PLUGIN/NAME. Raises BadInput."""
    plugin, _, account = given.plugin.partition("/")
    if account and given.account:
        raise BadInput(f"{given.account!r} is one word too many.", safe="Nothing was changed.", do="Name one account.")
    account = account or given.account
    if needed and not account:
        raise BadInput("No account was named.", safe="Nothing was changed.", do="Name it: PLUGIN NAME, or PLUGIN/NAME.")
    return plugin, account


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise BadInput(
            f"{text!r} is no setting.", safe="Nothing was changed.", do="Write it like url=https://example.org"
        )
    return key.strip(), value.strip()


def _json(given: argparse.Namespace) -> list[str]:
    return ["--json"] if given.json else []
