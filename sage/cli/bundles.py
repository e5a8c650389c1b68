"""`sage eval bundle`: cases as lines that are read one by one, and then written to a file. Nothing is sent."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.bundles import UNWRITTEN, Review, told_lines
from sage.core.errors import BadInput
from sage.core.sharing_words import counted
from sage.core.terminal_text import clean

_KEYS = "a number strikes its line, or takes it back; a number with words gives it those; q stops"


def add_bundle(whats: Any, common: argparse.ArgumentParser) -> None:
    bundle = whats.add_parser(
        "bundle", parents=[common], help="write cases to a file that you may give away, once you have read each line"
    )
    bundle.add_argument("file", type=Path, help="a new file (JSON, a line each)")
    bundle.add_argument("--cases", action="append", default=[], metavar="CASE", help="this case, or kind of task")
    bundle.add_argument("--rated", action="store_true", help="all cases of which you said something")
    bundle.add_argument(
        "--words", action="append", default=[], metavar="CASE", help="let the private words of this case go in"
    )
    bundle.add_argument("--strike", action="append", type=int, default=[], metavar="LINE", help="leave a line out")
    bundle.add_argument("--yes", default="", metavar="MARK", help="write what was shown under this mark")
    bundle.set_defaults(run=run_bundle)


def run_bundle(given: argparse.Namespace, printer: Printer) -> int:
    cases, words = (*given.cases, *given.words), tuple(given.words)
    with Client(given.home, profile=given.profile or "") as client:
        drafted = client.call(wire.DraftBundle(cases, given.rated, words))
        review = Review(drafted.bundle.lines, given.strike)
        if given.yes:
            if given.yes != drafted.mark:
                raise BadInput(
                    "The lines are others by now than were shown.", safe=UNWRITTEN, do="Read them again, without --yes."
                )
        else:
            if given.file.exists():
                raise BadInput(f"{given.file} is there already.", safe=UNWRITTEN, do="Take another name.")
            for line in told_lines(drafted.bundle):
                printer.line(line)
            if printer.as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
                printer.data(drafted, review.shown())
                raise BadInput(UNWRITTEN, do=f"To write just these lines, do the same with: --yes {drafted.mark}")
            if not _read(review, given.file, printer):
                raise BadInput(UNWRITTEN)
        written = client.call(wire.WriteBundle(str(given.file.absolute()), review.kept))
    struck = len(review.lines) - written.lines
    left_out = f", {struck} struck" if struck else ""
    printer.data(
        written, [f"{counted(written.lines, 'line')} in {written.path}{left_out}. Nothing was sent; the file is yours."]
    )
    return 0


def _read(review: Review, file: Path, printer: Printer) -> bool:
    """Shows all lines, as many at once as there is room for, and takes what is typed. Whether the person agreed at the end."""
    for page in _pages(list(review.shown())):
        for line in page:
            printer.line(line)
        if not _typed(review, printer, f"Enter reads on; {_KEYS}.", ""):
            return False
    return _typed(review, printer, f"That was all. y writes it to {file}; {_KEYS}.", "y")


def _typed(review: Review, printer: Printer, question: str, on: str) -> bool:
    """Takes lines until what goes `on` is typed; False once the person stops."""
    while True:
        answer = _ask(question)
        if answer is None or answer == "q":
            return False
        if answer.lower() == on:
            return True
        if answer:
            try:
                printer.line(review.line(review.take(answer)))
            except BadInput as error:
                printer.trouble(str(error))


def _ask(question: str) -> str | None:
    sys.stderr.write(f"{clean(question)} ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    return line.strip() if line else None


def _pages(lines: Sequence[str]) -> Iterator[list[str]]:
    size = shutil.get_terminal_size()
    page, room = list[str](), size.lines - 2
    for line in lines:
        rows = -(-len(line) // size.columns)
        if page and rows > room:
            yield page
            page, room = [], size.lines - 2
        page.append(line)
        room -= rows
    if page:
        yield page
