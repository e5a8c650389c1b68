"""`sage import`, `recall` and `note`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sage import wire
from sage.cli.printing import Printer, hit_as_data
from sage.cli.talk import given_words
from sage.client import Client
from sage.core.errors import BadInput
from sage.core.passages import ImportProgress, ImportReport
from sage.core.sharing_words import counted, nothing_shared
from sage.locations import typed_path


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    imports = commands.add_parser("import", parents=[common])
    imports.add_argument("path", help="a file or a folder; it stays where it is and is only read")
    imports.set_defaults(run=run_import)
    recall = commands.add_parser("recall", parents=[common])
    recall.add_argument("query", nargs="+")
    recall.add_argument("-k", type=at_least_one, default=10, metavar="N", help="how many (10)")
    recall.add_argument("--for", dest="recipients", action="append", metavar="NAME",
                        help="only what NAME may see; several: what all of them may; 'public' alone: what is public")  # fmt: skip
    recall.set_defaults(run=run_recall)
    note = commands.add_parser("note", parents=[common])
    note.add_argument("text", nargs="+", help="the words; - reads standard input")
    note.add_argument("--title", default="")
    note.set_defaults(run=run_note)


def run_import(given: argparse.Namespace, printer: Printer) -> int:
    if not given.path.strip():
        raise BadInput("No file or folder was named.", safe="Memory is unchanged.", do="Name one: sage import FOLDER")
    with Client(given.home, profile=given.profile or "") as client:
        return 1 if read_notes(client, Path(given.path), printer) else 0


def at_least_one(text: str) -> int:
    number = int(text) if text.strip().lstrip("+").isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 on")
    return number


def read_notes(client: Client, path: Path, printer: Printer) -> int:
    """Imports a file or folder, prints what came of it, and returns how many files had trouble."""

    def show(event: Any) -> None:
        if isinstance(event, ImportProgress):
            within = f" ({event.documents} documents so far)" if event.documents else ""
            printer.progress(f"Reading {event.done} of {event.total}: {event.source}{within}")

    try:
        report = client.call(wire.ImportNotes(str(typed_path(path))), show)
    finally:
        printer.progress_over()
    printer.data(report, _told(report))
    for line in _troubles(report):
        printer.trouble(line)
    return len(report.troubles)


def _told(report: ImportReport) -> list[str]:
    lines = [f"{report.root}: {report.told or 'nothing to read'}, in {report.seconds:.1f} s."]
    lines += [f"  {read.format}: {read.documents} read, {counted(read.passages, 'passage')}" for read in report.formats]
    if report.others == 1:
        lines.append("One other file (an image or the like) holds nothing to read and was left alone.")
    elif report.others:
        lines.append(f"{report.others} other files (images and the like) hold nothing to read and were left alone.")
    return lines


def _troubles(report: ImportReport) -> list[str]:
    """What could not be read as it should, by name."""
    if not report.troubles:
        return []
    lines = [f"{len(report.troubles)} with trouble:"]
    lines += [f"  {trouble.source}: {trouble.what} {trouble.do}".rstrip() for trouble in report.troubles]
    return [*lines, "The files are as they were, and all else was read. Import again when they are mended."]


def run_recall(given: argparse.Namespace, printer: Printer) -> int:
    recipients = None if given.recipients is None else tuple(name for name in given.recipients if name != "public")
    with Client(given.home, profile=given.profile or "") as client:
        found = client.call(wire.Recall(" ".join(given.query), given.k, recipients))
    data = {"query": found.query, "elapsed_ms": found.elapsed_ms, "hits": [hit_as_data(hit) for hit in found.hits]}
    lines: list[str] = []
    for hit in found.hits:
        lines += [f"{hit.citation}  ({hit.score:.2f})", *(f"    {line}" for line in _opening(hit.text)), ""]
    if found.sees_nothing:
        data["sees_nothing"] = True
        lines = [*found.hints, nothing_shared(recipients or ())]
    if found.unread:
        data["unread"] = found.unread
    printer.data(data, [*(lines or ["Nothing was found."]), *([found.unread] if found.unread else [])])
    return 0


def _opening(text: str, most: int = 3) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [line if len(line) <= 110 else line[:109] + "…" for line in lines[:most]]


def run_note(given: argparse.Namespace, printer: Printer) -> int:
    text = given_words(given.text, nothing="The note is empty.")
    with Client(given.home, profile=given.profile or "") as client:
        note = client.call(wire.AddNote(text, given.title))
    printer.data(note, [f"Noted in {given.home.path / note.path}"])
    return 0
