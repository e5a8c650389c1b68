"""`sage settings`: what is set, by group, with what each does; one is changed, or goes back to its default."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.errors import NotFound
from sage.core.setting_words import changed_words, group_of, shown_value


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    settings = commands.add_parser("settings")
    verbs = settings.add_subparsers(required=True, metavar="WHAT")
    show = verbs.add_parser("list", parents=[common], help="all settings, or those of a group such as quiet_hours")
    show.add_argument("group", nargs="?", default="")
    show.set_defaults(run=run_list)
    change = verbs.add_parser("set", parents=[common], help="set one in settings.toml; comments and order stay")
    change.add_argument("key", help="such as quiet_hours.start")
    change.add_argument("value", help="as in the file, or plain: 21:30, true, work,home")
    change.set_defaults(run=run_set)
    reset = verbs.add_parser("reset", parents=[common], help="take one out of settings.toml: its default holds")
    reset.add_argument("key")
    reset.set_defaults(run=run_reset)


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowProfile()).settings
    found = [one for one in shown if given.group in ("", group_of(one.key), one.key)]
    if not found:
        groups = ", ".join(dict.fromkeys(group_of(one.key) for one in shown))
        raise NotFound(f"There is no group {given.group!r}.", safe="Nothing was changed.", do=f"There are: {groups}.")
    lines = []
    for one in found:
        lines += [f"{one.key} = {shown_value(one.value)}  ({one.origin})", f"    {one.text}"]
    printer.data(found, lines)
    return 0


def run_set(given: argparse.Namespace, printer: Printer) -> int:
    return _change(given, printer, wire.SetSetting(given.key, given.value))


def run_reset(given: argparse.Namespace, printer: Printer) -> int:
    return _change(given, printer, wire.SetSetting(given.key, reset=True))


def _change(given: argparse.Namespace, printer: Printer, request: wire.SetSetting) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        changed = client.call(request)
    back = f"sage settings set {given.key} '{changed.was}'" if changed.was else f"sage settings reset {given.key}"
    printer.data(changed, [changed_words(changed.setting.key, changed.setting.value, changed.over), f"Back: {back}"])
    return 0
