"""`sage skills`: how the person wants things done."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    skills = commands.add_parser("skills")
    kinds = skills.add_subparsers(required=True, metavar="WHAT")
    listing = kinds.add_parser("list", parents=[common], help="all of them, and what could not be read as one")
    listing.set_defaults(run=run_list)
    show = kinds.add_parser("show", parents=[common], help="what a skill says, and its files")
    show.add_argument("skill", help="its name")
    show.set_defaults(run=run_show)


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        found = client.call(wire.ListSkills())
    for trouble in found.troubles:
        printer.trouble(f"{trouble.what} {trouble.do}".strip())
    nothing = [f"No skills. Each is a folder with a SKILL.md in {given.home.skills}"]
    printer.data(found, [f"{skill.name:<24} {skill.description}" for skill in found.skills] or nothing)
    return 0


def run_show(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowSkill(given.skill))
    files = [f"Further files: {', '.join(shown.skill.files)}"] if shown.skill.files else []
    printer.data(shown, [shown.skill.description, "", shown.text, *files])
    return 0
