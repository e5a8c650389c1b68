"""For the erasure bench: what the journal keeps of models, with secrets in it, and a look into what is packed."""

from __future__ import annotations

import random
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from sage.adapters.database import Database
from sage.adapters.journal.journal import Journal
from sage.adapters.journal.journal_cases import AskedPages, CasePages, packed
from sage.adapters.journal.journal_sheets import SheetPages
from sage.adapters.journal.journal_swaps import SwapPages
from sage.adapters.journal.journal_trials import TrialPages
from sage.core.asked import Asked
from sage.core.cases import Wish
from sage.core.messages import Message, ModelRequest, ToolCall
from sage.core.passages import Hit
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow, Span
from sage.core.swaps import Change, Changes, Swap
from sage.core.trials import Grade, Replayed, Trial, TrialAnswer, Vote
from sage.core.turns import Answer
from sage.evals.cases import case_of

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHEETS = 5
"""Rows of secrets and rows that stay are in the same sheets."""


def keep_turn(database: Database, name: str, said: str, words: str, shown: str, source: str, now: datetime) -> None:
    """A turn and all that is kept of it: what was asked (with a passage that was shown), a case with an answer on trial and a vote,
    an example. All of it says `words`; it is long, so that it lies on several pages."""
    padding = "".join(random.Random(name).choice(LETTERS) for _ in range(9000))
    journal = Journal(database)
    journal.begin_turn(name, f"c{name}", said, now)
    journal.finish_turn(Answer(name, f"c{name}", f"It is so: {words}.", (), (), "m1"), now)
    hits = (Hit(source, "diary", "", 0, 0, 0, shown),) if source else ()
    call = ToolCall("k1", "note", {"text": words})
    request = ModelRequest(padding, (Message("user", said),), hits)
    steps = [
        Asked("m1", request, "", (call,), (Message("tool", f"Noted: {words}", call_id="k1", name="note"),)),
        Asked("m1", request, f"It is so: {words}."),
    ]
    AskedPages(database).keep(name, steps, now)
    asked = AskedPages(database).turn(name)
    assert asked
    case = case_of(asked, id=f"k{name}", made_at=now.isoformat())
    CasePages(database).add(case)
    trials = TrialPages(database, lambda: now)
    trial = trials.begin(Trial("r1", "model", "m2", "m1"))
    answer = Replayed(f"Others say {words}.", (Wish("note", {"text": words}),))
    grades = (Grade(f'says "{words}"', False, f"it does not say {words}"),)
    trials.keep(trial.id, TrialAnswer(case.id, "candidate", f"key{name}", answer, grades))
    trials.vote(trial.id, Vote(case.id, "you", "current", "candidate"))
    database.run(
        "INSERT INTO examples (id, turn, task, body, documents, state, made_at) VALUES (?, ?, 'talk', ?, ?, 'on', ?)",
        (
            f"x{name}",
            name,
            packed({"said": said, "answer": words}),
            msgspec.json.encode([source]).decode(),
            now.isoformat(),
        ),
    )


def keep_row(database: Database, number: int, text: str, source: str, words: str, now: datetime) -> None:
    """A row of one of a few sheets, with a cell, and with what the person made of it."""
    pages, sheet = SheetPages(database), f"s{number % SHEETS}"
    if not pages.find(sheet):
        columns = (Column("what", "map", "What is it?"),)
        pages.put(Sheet(sheet, f"Sheet {sheet}", "messages", columns=columns), now)
    rows = [*pages.rows(sheet), SheetRow(len(pages.rows(sheet)) + 1, f"diary#{number}", source, text)]
    pages.put_rows(sheet, rows)
    cell = Cell(rows[-1].row, "what", f"{number:020x}", "done", f"so: {words}", (Span(0, 4),))
    pages.put_cell(sheet, cell, now)
    pages.correct(sheet, cell.row, "what", f"rather: {words}", now)


def keep_sheet(database: Database, number: int, prompt: str, words: str, now: datetime) -> str:
    """A sheet of its own that asks `prompt`; its name."""
    pages, name = SheetPages(database), f"Own {words}"
    pages.put(Sheet(f"own{number}", name, f"query:{words}", columns=(Column("what", "map", prompt),)), now)
    pages.put_rows(f"own{number}", [SheetRow(1, "diary", "t_0", "Plums and pears")])
    pages.put_cell(f"own{number}", Cell(1, "what", f"{number:020x}", "nothing", words), now)
    return name


def keep_swap(database: Database, number: int, words: str, now: datetime) -> None:
    """A swap of before, when the settings said something else."""
    before = f'[agent]\ninstructions = "{words}"\n[model]\nchain = ["m1"]\n'.encode()
    changes = Changes((Change(("agent", "instructions"), words, ""), Change(("model", "chain"), ["m1"], ["m2"])))
    swap = Swap(f"w{number}", "talk", changes, before, before.replace(b"m1", b"m2"), "", "back", "", now.isoformat())
    SwapPages(database).add(swap)


def kept_words(journal: Path) -> str:
    """All words of cases and cells that a journal holds."""
    with closing(sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True)) as base:
        bodies = [zlib.decompress(body).decode() for (body,) in base.execute("SELECT body FROM cases")]
        cells = [" ".join(row) for row in base.execute("SELECT value, ifnull(corrected, '') FROM sheet_cells")]
    return "\n".join([*bodies, *cells])


def unpacked(data: bytes) -> Iterator[bytes]:
    """What is packed in a database, by SQLite's own reading, or else by the beginnings of what is packed, whatever they are in."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(data[:18] + b"\1\1" + data[20:])
        for (table,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            with suppress(sqlite3.Error):
                for row in base.execute(f'SELECT * FROM "{table}"'):
                    for value in row:
                        if isinstance(value, bytes) and value[:1] == b"x":
                            with suppress(zlib.error):
                                yield zlib.decompress(value)
    start = data.find(b"x\x9c")
    while start >= 0:
        stream, plain = zlib.decompressobj(), b""
        with suppress(zlib.error):
            for place in range(start, len(data), 512):
                plain += stream.decompress(data[place : place + 512])
                if stream.eof:
                    break
        yield plain
        start = data.find(b"x\x9c", start + 1)
