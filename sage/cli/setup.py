"""`sage setup`: the first run's questions on the command line. Each can be skipped, and answered anew."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from sage import wire
from sage.cli.memory import read_notes
from sage.cli.models import install
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.errors import BadInput
from sage.core.model_choice import ModelOption
from sage.core.terminal_text import clean_line
from sage.locations import existing_path, find_vaults, named_folders


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    first = commands.add_parser("setup", parents=[common])
    first.add_argument("--yes", action="store_true", help="take the defaults without asking")
    first.add_argument("--notes", default="", metavar="FOLDER", help="the folder of notes to read; several with commas")
    first.add_argument("--open", action="store_true", help="ask only what was not told yet")
    first.set_defaults(run=run_setup)


def run_setup(given: argparse.Namespace, printer: Printer) -> int:
    asks = not given.yes and sys.stdin.isatty()
    if not asks and not given.yes:
        raise BadInput(
            "There is no terminal to ask on.",
            safe="Nothing was changed.",
            do="Take the defaults with: sage setup --yes",
        )
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowSetup())
        printer.line(
            f"Everything is kept in {shown.home}. Nothing leaves this machine unless you choose a hosted model."
        )
        asked = (shown.open_steps if given.open else ("model", "notes")) if asks else ()
        model = _choose_model(client, shown, printer) if "model" in asked else ""
        client.call(wire.CloseSetup("model"))
        notes = given.notes or (_choose_notes(shown, printer) if "notes" in asked else "")
        troubles = sum(read_notes(client, Path(folder), printer) for folder in named_folders(notes))
        client.call(wire.CloseSetup("notes"))
        chain = client.call(wire.ListModels()).chain
    data = {"home": shown.home, "model": model or chain[0], "notes": notes}
    printer.data(data, [f"{model or chain[0]} answers. Ask with: sage ask 'your question', or open the app with: sage"])
    return 1 if troubles else 0


def _choose_model(client: Client, shown: wire.SetupShown, printer: Printer) -> str:
    now = client.call(wire.ListModels()).chain[0]
    printer.line(f"\nWho shall answer? (Enter leaves it as it is: {now})")
    for number, option in enumerate(shown.options, 1):
        printer.line(f"{number:>3}. {option.label} — {option.needs}\n     {option.can}")
    chosen = _chosen(shown.options)
    if chosen is None:
        return ""
    if chosen.kind == "embedded" and not chosen.ready:
        install(client, chosen.id.removeprefix("embedded:"), printer, agreed=False)
    client.call(wire.UseModel(chosen.id, chosen.base_url, chosen.key_env, check=True))
    return chosen.id


def _chosen(options: tuple[ModelOption, ...]) -> ModelOption | None:
    while True:
        sys.stderr.write("> ")
        sys.stderr.flush()
        typed = sys.stdin.readline().strip()
        if not typed:
            return None
        if typed.isdigit() and 1 <= int(typed) <= len(options):
            return options[int(typed) - 1]
        sys.stderr.write(f"A number from 1 to {len(options)}, or Enter to skip.\n")


def _choose_notes(shown: wire.SetupShown, printer: Printer) -> str:
    if shown.vaults:
        printer.line(f"\nAlready read: {', '.join(shown.vaults)}")
    printer.line("\nA folder of Markdown notes to read? It stays where it is and is never written. "
                 "Several with commas. (Enter skips, ? lists such folders by their names)")  # fmt: skip
    while True:
        sys.stderr.write("> ")
        sys.stderr.flush()
        typed = sys.stdin.readline().strip()
        if typed == "?":
            for folder in find_vaults(Path.home()):
                sys.stderr.write(f"  {clean_line(str(folder))}\n")
            continue
        missing = [folder for folder in named_folders(typed) if not existing_path(folder)]
        if not missing:
            return typed
        sys.stderr.write(f"{missing[0]} is not there. Another, or Enter to skip.\n")
