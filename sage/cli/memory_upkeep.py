"""`sage memory`: what memory holds, whether its caches are right, and making them anew."""

from __future__ import annotations

import argparse
import time
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.errors import BadInput
from sage.core.memory_map import map_lines
from sage.core.memory_state import MemoryState, VerifyProgress
from sage.core.passages import ImportProgress
from sage.core.sharing_words import counted

_PATIENCE, _LOOK_EVERY = 120.0, 0.5
"""Seconds without a new vector after which nobody waits any longer; seconds between two looks."""


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    memory = commands.add_parser("memory", parents=[common])
    memory.add_argument(
        "action", nargs="?", choices=("show", "map", "verify", "rebuild", "embedder"), default="show",
        help="map PLACE: goals, folders and notes, and what links to what; "
        "verify: compare the index with the journal and the files (1 when something is wrong); rebuild: make it anew; "
        "embedder NAME: let another one turn texts into vectors",
    )  # fmt: skip
    memory.add_argument(
        "name",
        nargs="?",
        default="",
        help="of the map: a folder, a note, or words of paths; "
        "of the embedder: wordllama, minilm, or provider/NAME as litellm writes it",
    )
    memory.add_argument("--base-url", default="", help="the address of your own server for that model")
    memory.add_argument("--key-env", default="", metavar="VARIABLE", help="the environment variable with its key")
    memory.set_defaults(run=run_memory)


def run_memory(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        if given.action == "embedder":
            return _use_embedder(client, given, printer)
        if given.action == "map":
            shown = client.call(wire.ShowMap(given.name))
            printer.data(shown, map_lines(shown))
            return 0
        return {"show": _show, "verify": _verify, "rebuild": _rebuild}[given.action](client, printer)


def _show(client: Client, printer: Printer) -> int:
    state = client.call(wire.ShowMemory())
    printer.data(state, _told(state))
    return 0


def _verify(client: Client, printer: Printer) -> int:
    def show(event: Any) -> None:
        if isinstance(event, VerifyProgress):
            printer.progress(f"Comparing {event.done} of {event.total} passages")

    try:
        found = client.call(wire.VerifyMemory(), show)
    finally:
        printer.progress_over()
    lines = []
    for finding in found.findings:
        lines.append(f"{finding.state:<6}{finding.part:<11}{finding.what}")
        lines += [f"{'':<17}{finding.do}"] if finding.do else []
    wrong = sum(finding.state == "wrong" for finding in found.findings)
    printer.data(
        found, [*lines, "", "One thing is wrong." if wrong == 1 else f"{wrong} are wrong." if wrong else "All is well."]
    )
    return 1 if wrong else 0


def _rebuild(client: Client, printer: Printer) -> int:
    def show(event: Any) -> None:
        if isinstance(event, ImportProgress):
            printer.progress(f"Reading {event.done} of {event.total}: {event.source}")

    try:
        done = client.call(wire.RebuildMemory(), show)
    finally:
        printer.progress_over()
    printer.data(done, ["The index was made anew from the journal and the files.", *_told(done.state)])
    return 0


def _use_embedder(client: Client, given: argparse.Namespace, printer: Printer) -> int:
    if not given.name:
        raise BadInput(
            "No embedder was named.", safe="Nothing was changed.", do="There are wordllama, minilm, PROVIDER/MODEL."
        )
    state = client.call(wire.UseEmbedder(given.name, given.base_url, given.key_env))
    try:
        state = _followed(client, state, printer)
    finally:
        printer.progress_over()
    printer.data(state, _told(state))
    return 0


def _followed(client: Client, state: MemoryState, printer: Printer) -> MemoryState:
    """Waits until the new vectors are there, or none was made for a while; the engine makes them as long as it runs."""
    made, moved = -1, time.monotonic()
    while state.next_embedder and time.monotonic() - moved < _PATIENCE:
        if state.next_vectors != made:
            made, moved = state.next_vectors, time.monotonic()
        printer.progress(f"{made} of {state.counts.passages} vectors (Ctrl-C: they are made later, while Sage runs)")
        time.sleep(_LOOK_EVERY)
        state = client.call(wire.ShowMemory())
    return state


def _told(state: MemoryState) -> list[str]:
    counts = state.counts
    lines = [
        f"{counted(counts.notes, 'note')} of {counts.roots} folders and files, and {counted(counts.texts, 'remembered text')}: "
        f"{counted(counts.passages, 'passage')}.",
        f"Index: {state.bytes / 1e6:.1f} MB on the disk; it can be deleted at any time and is made again.",
        f"Meaning: {counts.vectors} vectors of {state.embedder}, searched by the {state.nearest} index.",
    ]
    if state.next_embedder:
        share = 100 * state.next_vectors // max(1, counts.passages)
        lines.append(f"Changing to {state.next_embedder}: {state.next_vectors} vectors are made ({share} %); "
                     "until all are, the others serve.")  # fmt: skip
    return [*lines, *(f"  {root}" for root in state.roots)]
