"""`sage digest`: what came in since you looked last."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.deputy.digest import digest_lines


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    digest = commands.add_parser("digest", parents=[common])
    digest.add_argument("--channel", default="", metavar="ACCOUNT", help="only of one, such as matrix/me, or a plugin")
    digest.add_argument("--with", dest="person", default="", metavar="PERSON", help="only of a contact or an address")
    digest.add_argument("--since", default="", metavar="DAY", help="such as yesterday, monday, or 2026-11-20")
    digest.set_defaults(run=run_digest)


def run_digest(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        found = client.call(wire.ShowDigest(given.channel, given.person, given.since))
    printer.data(found, digest_lines(found))
    return 0
