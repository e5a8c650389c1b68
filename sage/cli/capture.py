"""`sage capture`."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.cli.talk import given_words
from sage.client import Client
from sage.core.capturing import KINDS


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    capture = commands.add_parser("capture", parents=[common])
    capture.add_argument("text", nargs="*", help="the words; - reads standard input")
    capture.add_argument("--as", dest="kind", choices=KINDS, help="what it is (left out: as its words say)")
    capture.add_argument("--undo", metavar="ID", help="take back what was kept")
    capture.set_defaults(run=run_capture)


def run_capture(given: argparse.Namespace, printer: Printer) -> int:
    if given.undo:
        request: wire.Capture | wire.TakeBackCapture = wire.TakeBackCapture(given.undo)
    else:
        request = wire.Capture(given_words(given.text, nothing="There are no words to keep."), given.kind)
    with Client(given.home, profile=given.profile or "") as client:
        kept = client.call(request)
    undo = "" if given.undo else f"  [{kept.id}] To take it back: sage capture --undo {kept.id}"
    printer.data(kept, [f"{kept.words}{undo}"])
    return 0
