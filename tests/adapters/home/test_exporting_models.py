"""What Sage keeps of models comes out of an export, but for the bytes of settings."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from sage.adapters.database import Database
from sage.adapters.home.exporting import export_home
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_budget import BudgetPages
from sage.adapters.journal.journal_cases import AskedPages, CasePages, packed
from sage.adapters.journal.journal_ledger import note_outcome
from sage.adapters.journal.journal_routes import RoutePages
from sage.adapters.journal.journal_sheets import SheetPages
from sage.adapters.journal.journal_swaps import SwapPages
from sage.adapters.journal.journal_trials import TrialPages
from sage.core.asked import Asked
from sage.core.exports import Export
from sage.core.ledger import Caps, Ending, Job
from sage.core.messages import Message, ModelRequest, Usage
from sage.core.passages import Hit
from sage.core.routing import Step
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow, Span
from sage.core.swaps import Change, Changes, Swap
from sage.core.trials import Replayed, Trial, TrialAnswer, Vote
from sage.evals.cases import case_of
from sage.locations import Home

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    database = open_journal(home.journal)
    yield database
    database.close()


@pytest.fixture
def full(database: Database) -> Database:
    budget = BudgetPages(database, lambda: Caps(1, 1, 1))
    call = budget.reserve("m1", 0.02, Job("t1", "turn"), NOW)
    budget.settle(call, Usage(100, 10, cost=0.0132), NOW, Ending("whole", 0.5, 1.5))
    RoutePages(database).keep_route("t1", "question", [Step("talk", "start", "m1")], NOW)
    note_outcome(database.connection, "t1", "right", "person", NOW)
    hit = Hit("p_1", "Tea.md", "Tea", 3, 0, 5, "sourcecanary", root="/vault")
    request = ModelRequest("Be short.", (Message("user", "What of saidcanary?"),), (hit,))
    AskedPages(database).keep("t1", [Asked("m1", request, "It is 4711 [1].", cited=("p_1",))], NOW)
    asked = AskedPages(database).turn("t1")
    assert asked
    CasePages(database).add(case_of(asked, id="k1", made_at=NOW.isoformat(), rating="right", holdout=True))
    trials = TrialPages(database, lambda: NOW)
    trials.begin(Trial("r1", "model", "m2", "m1"))
    trials.keep("r1", TrialAnswer("k1", "candidate", "key", Replayed("trialcanary")))
    trials.vote("r1", Vote("k1", "you", "current", "tie"))
    database.run(
        "INSERT INTO examples (id, turn, task, body, state, made_at) VALUES ('x1', 't1', 'talk', ?, 'on', ?)",
        (packed({"answer": "examplecanary"}), NOW.isoformat()),
    )
    changes = Changes((Change(("model", "chain"), ["m1"], ["m2"]),), True, "m1", "m2")
    SwapPages(database).add(
        Swap("w1", "talk", changes, b"# bytescanary", b"# bytescanary 2", "r1", "in force", "", NOW.isoformat())
    )
    sheets = SheetPages(database)
    sheets.put(
        Sheet("s1", "A sheet", "notes", columns=(Column("what", "map", "What?"), Column("all", "reduce", "All?"))), NOW
    )
    sheets.put_rows("s1", [SheetRow(1, "Tea.md", "file//vault/Tea.md", "Green tea, rowcanary", audience=("private",))])
    sheets.put_cell("s1", Cell(1, "what", "k", "done", "=cellcanary", (Span(0, 9),)), NOW)
    sheets.put_cell("s1", Cell(0, "all", "k2", "done", "allcanary", (Span(0, 5, 1),)), NOW)
    return database


def exported(home: Home, database: Database, folder: Path) -> tuple[Export, dict[str, str]]:
    export_home(home, database, folder)
    files = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
    return msgspec.json.decode(files["sage.json"].encode(), type=Export), files


def test_all_of_it_is_in_the_structure_and_the_settings_bytes_are_not(
    home: Home, full: Database, tmp_path: Path
) -> None:
    export, files = exported(home, full, tmp_path / "out")
    models = export.models
    assert (models.calls[0].cost, models.calls[0].what) == (0.0132, "right")
    assert (models.routes[0].steps[0].why, models.outcomes[0].what) == ("start", "right")
    assert (models.cases[0].body.said, models.cases[0].documents[0]) == ("What of saidcanary?", "p_1")
    assert models.trials[0].answers[0].replayed.text == "trialcanary" and models.trials[0].votes[0].choice == "tie"
    assert models.examples[0].body == {"answer": "examplecanary"}
    assert models.swaps[0].changes.now == "m2"
    assert models.sheets[0].rows[0].audience == ("private",)
    assert not [path for path, text in files.items() if "bytescanary" in text]


def test_cases_and_swaps_are_pages_that_a_person_reads(home: Home, full: Database, tmp_path: Path) -> None:
    _, files = exported(home, full, tmp_path / "out")
    case = files["cases.md"]
    for words in (
        "(question, right, worth 1, held back)", "> What of saidcanary?", "> It is 4711 [1].", "- Tea.md#Tea:3",
        "- rests on the passage it cited", "- changes nothing", "examplecanary",
    ):  # fmt: skip
        assert words in case, words
    assert "- 2026-11-23 09:00, talk: m1 to m2 (in force; model.chain)\n" in files["swaps.md"]


def test_the_ledger_and_sheets_are_tables_with_what_they_rest_on(home: Home, full: Database, tmp_path: Path) -> None:
    _, files = exported(home, full, tmp_path / "out")
    (call,) = csv.DictReader(files["models/ledger.csv"].splitlines())
    assert (call["model"], call["cost"], call["purpose"], call["what"]) == ("m1", "0.0132", "turn", "right")
    (route,) = csv.DictReader(files["models/routes.csv"].splitlines())
    assert (route["task"], route["steps"]) == ("question", "talk (start)")
    (outcome,) = csv.DictReader(files["models/outcomes.csv"].splitlines())
    assert outcome["told_by"] == "person"
    together, row = csv.DictReader(files["sheets/A sheet.csv"].splitlines())
    assert (together["row"], together["all"], together["all: rests on"]) == ("all", "allcanary", "Tea.md “Green”")
    assert (row["what"], row["what: rests on"], row["audience"]) == ("'=cellcanary", "Tea.md “Green tea”", "private")


def test_two_sheets_never_share_a_file(home: Home, database: Database, tmp_path: Path) -> None:
    sheets = SheetPages(database)
    for name in ("A", "a"):
        sheets.put(Sheet(f"s{name}", name), NOW)
    _, files = exported(home, database, tmp_path / "out")
    assert {path for path in files if path.startswith("sheets/")} == {"sheets/A.csv", "sheets/a 2.csv"}
