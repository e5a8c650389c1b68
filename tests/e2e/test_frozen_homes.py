"""Homes of every schema that ever landed are opened; migrations lose nothing, whatever happens to them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import pytest

from sage.adapters.database import Database
from sage.adapters.home import backups, kept_backups
from sage.adapters.home.home_swap import restore_home
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_nudges import NudgePages
from sage.adapters.journal.journal_pauses import PausePages
from sage.adapters.journal.journal_rituals import FocusPages, RitualPages
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.notes.notebook import FileNotebook
from sage.core.errors import NewerHome, SageError
from sage.core.facts.beliefs import settle
from sage.engine.bootstrap import House
from sage.locations import Home
from sage.profile import resolve
from tests.frozen_homes.build import FROZEN, files, tables

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
SCHEMAS = tuple(range(1, len(MIGRATIONS) + 1))
FULL = ("2_full", "3_full", "4_full")
"""Homes of these schemas in which every table has rows."""
HOMES = (*SCHEMAS, *FULL)


def thaw(schema: int | str, folder: Path) -> Home:
    """A copy of a frozen home, with the private modes that git does not keep."""
    home = Home(folder / f"home{schema}")
    shutil.copytree(FROZEN / f"schema{schema}", home.path)
    home.prepare()
    return home


def expected(schema: int | str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FROZEN / f"schema{schema}.json").read_text())
    return found


def rows(database: Database, table: str, columns: list[str]) -> list[list[Any]]:
    return [list(row) for row in database.rows(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid")]


def schema_of(path: Path) -> list[tuple[Any, ...]]:
    with closing(apsw.Connection(str(path))) as connection:
        return connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").fetchall()


@pytest.mark.parametrize("schema", HOMES)
def test_every_row_and_file_of_a_frozen_home_is_there(schema: int | str, tmp_path: Path) -> None:
    home = thaw(schema, tmp_path)
    with closing(open_journal(home.journal, backups.keeper(home, lambda: NOW))) as database:
        assert database.schema == len(MIGRATIONS)
        assert not database.trouble()
        for table, content in expected(schema)["tables"].items():
            kept = rows(database, table, content["columns"])  # later ones may add to them
            assert [row for row in kept if row in content["rows"]] == content["rows"], table
    shutil.rmtree(home.backups)
    assert files(home.path) == expected(schema)["files"]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_frozen_home_means_the_same_to_this_version(schema: int, tmp_path: Path) -> None:
    home = thaw(schema, tmp_path)
    with closing(open_journal(home.journal)) as database:
        journal, reminders = Journal(database), SchedulePages(database)
        first, second = journal.history("c1")
        assert (first.said, first.answer.answer, first.answer.cost) == (
            "How hot for green tea?",
            "70 degrees [1].",
            0.013,
        )
        assert first.answer.sources[0].citation == "Tea.md#Tea:1"
        assert [(action.tool, action.state) for action in first.answer.actions] == [("add_task", "done")]
        assert (second.answer.answer, second.answer.state) == ("A little", "running")
        assert [(each["tool"], each["granted"]) for each in journal.approvals("t1")] == [("send", 0)]
        assert [one.schedule for one in reminders.waiting(NOW)] == ["r1"]
        assert [(one.text, one.state) for one in reminders.all()] == [
            ("Call the demo aunt", "on"),
            ("Stretch", "ended"),
        ]
        texts = [text for _, text in TextPages(database).texts_after(0, 10)]
        given = [text for text in texts if not text.thread.startswith("conversation/")]
        assert [text.audience for text in given] == [("private",), ("demo-aunt",), ("public",)]
        said = [(text.speaker, text.text) for text in texts if text not in given]
        assert said[:2] == [("you", "How hot for green tea?"), ("Sage", "70 degrees [1].")]
    notebook = FileNotebook(home)
    assert [(goal.id, goal.state, goal.parent) for goal in notebook.goals()] == [
        ("g1", "open", ""),
        ("g2", "done", "g1"),
    ]
    assert [(task.id, task.done) for task in notebook.tasks()] == [("k1", False), ("k2", True)]
    assert resolve("default", home).settings.person.name == "Demo Person"


@pytest.mark.parametrize("schema", HOMES)
async def test_a_whole_house_opens_on_a_frozen_home(schema: int | str, tmp_path: Path) -> None:
    house = House.open(thaw(schema, tmp_path))
    try:
        assert house.journal.history("c1")[1].answer.state == "interrupted"
    finally:
        await house.close()


@pytest.mark.parametrize("schema", HOMES)
def test_a_frozen_backup_comes_back(schema: int | str, tmp_path: Path) -> None:
    home = Home(tmp_path / "fresh")
    home.prepare()
    restore_home(home, FROZEN / f"schema{schema}.zip", NOW)
    assert files(home.path) == expected(schema)["files"] | {}
    with closing(open_journal(home.journal)) as database:
        for table, content in expected(schema)["tables"].items():
            kept = rows(database, table, content["columns"])
            assert [row for row in kept if row in content["rows"]] == content["rows"], table


@pytest.mark.parametrize("full", FULL)
def test_every_table_of_the_full_home_has_rows(full: str) -> None:
    assert [name for name, table in expected(full)["tables"].items() if not table["rows"]] == []


@pytest.mark.parametrize("full", FULL)
async def test_what_was_stated_labelled_renamed_and_forgotten_means_the_same_to_this_version(
    full: str, tmp_path: Path
) -> None:
    house = House.open(thaw(full, tmp_path))
    try:
        states = {
            (one.attribute, one.value, one.polarity): one.state
            for one in settle(house.facts.statements(), house.facts.decisions())
        }
        assert states == {
            ("lives in", "Berlin", True): "changed",
            ("lives in", "Rome", True): "holds",
            ("likes", "tea", True): "changed",
            ("likes", "tea", False): "holds",
            ("likes", "figs", True): "holds",
            ("promised", "water the demo garden", True): "settled",
            ("plays", "the demo violin", True): "holds",
        }
        assert len(house.facts.read_by("demo")) == 1
        labels = {label.kind: label.audience for label in house.texts.labels()}
        assert labels == {"note": ("demo-aunt", "work"), "text": ("public",)}
        assert house.texts.renames() == {("/demo/vault", "New.md"): "/demo/vault//Old.md"}
        assert {one.text for one in house.memory.recall("Berlin", recipients=())} >= {"I live in Berlin."}
        assert not any("0000" in one.text for one in house.memory.recall("the old code"))
        assert not house.facts.statements("sister")
        for each in house.forgetter.list():
            if each.state == "trash":
                house.forgetter.undo(each.id)
        sister = house.facts.statements("sister")
        assert [one.value for one in sister] == ["Demo Sister"]
        assert house.journal.history("c2")[0].said == "Another conversation"
    finally:
        await house.close()


def test_the_newest_schema_is_frozen() -> None:
    """Fails when a migration lands without a frozen home: run `python -m tests.frozen_homes.build`."""
    assert (FROZEN / f"schema{len(MIGRATIONS)}" / "journal.db").exists()


@pytest.mark.parametrize("schema", HOMES)
def test_an_old_journal_becomes_what_a_new_one_is(schema: int | str, tmp_path: Path) -> None:
    """Fails when a migration that has landed was edited."""
    home = thaw(schema, tmp_path)
    open_journal(home.journal).close()
    open_journal(tmp_path / "fresh.db").close()
    assert schema_of(home.journal) == schema_of(tmp_path / "fresh.db")


# --- what a later version has written -------------------------------------------------------------------------------


@pytest.mark.parametrize("log", ["folded", "open"])
def test_a_journal_of_a_later_version_is_refused_and_not_touched(tmp_path: Path, log: str) -> None:
    home = thaw(1, tmp_path)
    with closing(apsw.Connection(str(home.journal))) as journal:
        journal.execute(f"CREATE TABLE later (x); PRAGMA user_version = {len(MIGRATIONS) + 1}")
        if log == "open":
            journal.execute("BEGIN; INSERT INTO later VALUES (1); COMMIT")
            saved = tmp_path / "killed"
            saved.mkdir()
            for name in ("journal.db", "journal.db-wal"):
                shutil.copy(home.path / name, saved / name)
    if log == "open":
        home = Home(saved)
        assert (saved / "journal.db-wal").stat().st_size
    before = {
        name: (home.path / name).read_bytes()
        for name in ("journal.db", "journal.db-wal")
        if (home.path / name).exists()
    }
    with pytest.raises(NewerHome) as told:
        open_journal(home.journal, backups.keeper(home, lambda: NOW))
    assert told.value.safe == "Nothing was changed."
    assert {name: (home.path / name).read_bytes() for name in before} == before
    assert not home.backups.exists() or not list(home.backups.iterdir())


def test_a_house_of_a_later_version_is_refused_and_its_lock_given_back(tmp_path: Path) -> None:
    home = thaw(1, tmp_path)
    with closing(apsw.Connection(str(home.journal))) as journal:
        journal.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    for _ in range(2):
        with pytest.raises(NewerHome):
            House.open(home)


# --- migrations that go wrong ---------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    yield thaw(1, tmp_path)


def unchanged(home: Home) -> bool:
    """Whether the journal is of schema 1 and has every frozen row."""
    with closing(apsw.Connection(str(home.journal))) as journal:
        schema = journal.pragma("user_version")
    return schema == 1 and tables(home.journal) == expected(1)["tables"]


def fails_in_the_middle(trouble: Callable[[], BaseException]) -> Callable[[apsw.Connection], None]:
    def migrate(connection: apsw.Connection) -> None:
        connection.execute("ALTER TABLE turns ADD COLUMN mood TEXT; DROP TABLE approvals; DELETE FROM texts")
        raise trouble()

    return migrate


@pytest.mark.parametrize(
    "trouble", [RuntimeError, KeyboardInterrupt, apsw.FullError, lambda: SageError("It does not fit.")]
)
def test_a_migration_that_fails_changes_nothing_and_a_copy_was_made(
    home: Home, trouble: Callable[[], BaseException]
) -> None:
    with pytest.raises(BaseException):  # noqa: B017
        Database(
            home.journal, [MIGRATIONS[0], fails_in_the_middle(trouble)], keep_copy=backups.keeper(home, lambda: NOW)
        )
    assert unchanged(home)
    (copy,) = home.backups.iterdir()
    assert copy.name == "journal-schema1-20261201-090000.db"
    assert kept_backups.check_journal(copy, copy.name) == 1
    assert tables(copy) == expected(1)["tables"]
    with closing(open_journal(home.journal)) as database:
        assert database.schema == len(MIGRATIONS)


def test_a_wrong_statement_in_a_migration_changes_nothing(home: Home) -> None:
    with pytest.raises(SageError):
        Database(home.journal, [MIGRATIONS[0], "ALTER TABLE turns ADD COLUMN mood TEXT; DELETE FROM nowhere"])
    assert unchanged(home)


def test_without_room_for_the_copy_no_migration_is_tried(home: Home) -> None:
    tried = []

    def no_room(path: Path, schema: int) -> None:
        raise SageError("The disk is full.")

    with pytest.raises(SageError, match="full"):
        Database(home.journal, [MIGRATIONS[0], lambda connection: tried.append(connection)], keep_copy=no_room)
    assert not tried
    assert unchanged(home)


def test_a_migration_that_works_keeps_the_copy_of_before(home: Home) -> None:
    migrations = [MIGRATIONS[0], "ALTER TABLE turns ADD COLUMN mood TEXT", "UPDATE turns SET mood = 'calm'"]
    with closing(Database(home.journal, migrations, keep_copy=backups.keeper(home, lambda: NOW))) as database:
        assert database.schema == 3
        assert database.rows("SELECT DISTINCT mood FROM turns") == [("calm",)]
    assert sorted(path.name for path in home.backups.iterdir()) == [
        "journal-schema1-20261201-090000.db",
        "journal-schema2-20261201-090000.db",
    ]


MIGRATE = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from sage.adapters.home import backups
from sage.adapters.database import Database
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.locations import Home

home = Home(Path(sys.argv[1]))

def migrate(connection):
    connection.execute("PRAGMA cache_size = 10; PRAGMA cache_spill = 10")
    connection.execute("CREATE TABLE filler (x); DELETE FROM texts; ALTER TABLE turns ADD COLUMN mood TEXT")
    print("in the middle", flush=True)
    while True:
        connection.execute("INSERT INTO filler VALUES (randomblob(5000))")

Database(home.journal, [MIGRATIONS[0], migrate], keep_copy=backups.keeper(home, lambda: datetime(2026, 12, 1, tzinfo=UTC)))
"""


@pytest.mark.parametrize("after", [0.0, 0.05, 0.3])
def test_a_kill_in_the_middle_of_a_migration_changes_nothing(home: Home, after: float) -> None:
    child = subprocess.Popen([sys.executable, "-c", MIGRATE, str(home.path)], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout
        assert child.stdout.readline() == "in the middle\n"
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(after)
    finally:
        child.kill()
        child.communicate()
    assert after == 0 or (home.path / "journal.db-wal").stat().st_size > 100_000
    assert unchanged(home)
    assert len(list(home.backups.glob("journal-schema1-*.db"))) == 1
    with closing(open_journal(home.journal)) as database:
        assert not database.trouble()


@pytest.mark.parametrize("full", FULL[1:])
def test_what_time_left_behind_means_the_same_to_this_version(full: str, tmp_path: Path) -> None:
    with closing(open_journal(thaw(full, tmp_path).journal)) as database:
        assert [(one.id, one.state, one.answer) for one in NudgePages(database).all()] == [
            ("j1", "answered", "taken"),
            ("j2", "waiting", ""),
        ]
        (past,) = RitualPages(database).all()
        assert (past.ritual.goodbye, past.answers[0].deed) == ("Until tomorrow.", "done")
        focus = FocusPages(database).find("o1")
        assert focus and focus.about == "the demo garden"
        assert len(PausePages(database).last()) == 1
        assert {one.id for one in SchedulePages(database).all()} >= {"r1", "r3"}
