"""`sage proposals`: what other programs would have, and the person's word on it."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.proposals import proposal_lines


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    proposals = commands.add_parser("proposals")
    kinds = proposals.add_subparsers(required=True, metavar="WHAT")
    listing = kinds.add_parser("list", parents=[common], help="what waits for you")
    listing.set_defaults(run=run_list)
    for name, accepted, told in (
        ("accept", True, "make it a note or task; the note says that it is not in your words"),
        ("deny", False, "leave it"),
    ):
        one = kinds.add_parser(name, parents=[common], help=told)
        one.add_argument("proposal", help="its id")
        one.set_defaults(run=partial(run_settle, accepted=accepted))


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        found = client.call(wire.ListProposals()).proposals
    lines = [line for one in found for line in (f"{one.id}  {proposal_lines(one)[0]}", *proposal_lines(one)[1:])]
    printer.data(found, lines or ["No program proposes anything."])
    return 0


def run_settle(given: argparse.Namespace, printer: Printer, accepted: bool) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        settled = client.call(wire.SettleProposal(given.proposal, accepted))
    printer.data(settled, [settled.words])
    return 0
