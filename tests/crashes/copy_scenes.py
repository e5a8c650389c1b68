"""Scenes in which a whole home is copied, moved or made anew: migrations, backups, restores."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw

from sage.adapters.database import Database, stamp
from sage.adapters.home import backups, kept_backups
from sage.adapters.home.home_swap import finish_restore, restore_home
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.locations import Home
from tests.crashes.daily_scenes import FilesScene
from tests.crashes.scene import NOW, Scene, World, dump, tree

MADE_UP = """
CREATE TABLE turns_with_mood (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, said TEXT NOT NULL, answer TEXT, mood TEXT);
INSERT INTO turns_with_mood SELECT seq, id, said, answer, 'calm' FROM turns;
DROP TABLE turns;
ALTER TABLE turns_with_mood RENAME TO turns;
UPDATE texts SET text = text || '.' WHERE text != '';
"""
LAST = (
    "CREATE INDEX by_mood ON turns (mood); DELETE FROM approvals; ALTER TABLE texts ADD COLUMN seen TEXT DEFAULT 'no'"
)
"""Made-up migrations: a table built anew, rows changed, rows dropped, an index and a column more."""


class MigrationScene(Scene):
    """A journal of schema 1 with rows becomes that of today, then two made-up ones, each after a copy."""

    name = "migration"
    _all: tuple[Any, ...] = (*MIGRATIONS, MADE_UP, LAST)

    def prepare(self, home: Home) -> None:
        home.prepare()
        with closing(Database(home.journal, MIGRATIONS[:1])) as database, database.transaction() as connection:
            for number in range(120):
                at = stamp(NOW + timedelta(minutes=number))
                connection.execute(
                    "INSERT INTO turns (id, conversation, said, said_at, answer, answered_at, state) "
                    "VALUES (?, 'c1', ?, ?, ?, ?, ?)",
                    (f"t{number}", f"Said {number}. " * 8, at, f"Answered {number}. " * 20, at, "done"),
                )
            for number in range(60):
                connection.execute(
                    "INSERT INTO texts (id, source, thread, ordinal, text, origin, audience) "
                    "VALUES (?, 'chat', ?, ?, ?, 'user', ?)",
                    (f"t_{number}", f"s{number % 5}", number // 5, f"Text {number}. " * 9, "private"),
                )

    def open(self, home: Home) -> dict[str, Any]:
        return {"home": home, "at": 1}

    def steps(self, world: dict[str, Any]) -> list[Callable[[], object]]:
        def migrate(to: int) -> None:
            home = world["home"]
            Database(home.journal, self._all[:to], keep_copy=backups.keeper(home, lambda: NOW)).close()
            world["at"] = to

        return [lambda to=to: migrate(to) for to in range(2, len(self._all) + 1)]  # type: ignore[misc]

    def state(self, world: dict[str, Any]) -> Any:
        return resting(world["home"].journal)

    def close(self, world: dict[str, Any]) -> None:
        pass

    def look(self, home: Home, *, power: bool) -> Any:
        backups.sweep(home)
        found = resting(home.journal)
        copies = {copy.name for copy in home.backups.iterdir()}
        for copy in copies:
            assert kept_backups.kind_of(home.backups / copy) == "journal", copy
            assert resting(home.backups / copy)[0] == int(copy.removeprefix("journal-schema")[0])
        assert {f"journal-schema{each}-20261201-090000.db" for each in range(1, found[0])} <= copies
        with closing(Database(home.journal, self._all, keep_copy=backups.keeper(home, lambda: NOW))) as database:
            assert database.schema == len(self._all) and not database.trouble()
            assert len(database.rows("SELECT seen FROM texts")) == 60 + 240  # each side of a turn is a text
            assert database.rows("SELECT count(*) FROM turns WHERE mood = 'calm'") == [(120,)]
        return found


def resting(path: Path) -> tuple[int, Any]:
    """The schema and the rows of a journal that nobody has open."""
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as connection:
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        names = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        ]
        rows = {name: connection.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall() for name in names}
        return int(connection.pragma("user_version")), rows


class BackupScene(Scene):
    """Backups are made while the home is in use: each is whole, or it is not there."""

    name = "backup"

    def prepare(self, home: Home) -> None:
        FilesScene().prepare(home)
        with closing(World(home)) as world:
            world.journal.begin_turn("t1", "c1", "Hello", NOW)

    def open(self, home: Home) -> World:
        return World(home)

    def steps(self, world: World) -> list[Callable[[], object]]:
        def make() -> object:
            return backups.make(world.home, world.database, None, NOW)

        return [make, lambda: world.journal.begin_turn("t2", "c1", "Again", NOW), make]

    def state(self, world: World) -> Any:
        return self._whole(world.home), dump(world.database)["turns"]

    def _whole(self, home: Home) -> Any:
        paths = [path for path in sorted(home.backups.iterdir()) if not path.name.startswith(".")]
        return [(path.name, [kept.name for kept in kept_backups.verify(path).files]) for path in paths]

    def look(self, home: Home, *, power: bool) -> Any:
        assert finish_restore(home) == ""
        assert not [path for path in home.backups.iterdir() if path.name.startswith(".")]
        with closing(open_journal(home.journal)) as database:
            return self._whole(home), dump(database)["turns"]


class RestoreScene(Scene):
    """A backup comes back: the home is the old one or the new one, never some of each."""

    name = "restore"
    in_one = False

    def prepare(self, home: Home) -> None:
        FilesScene().prepare(home)
        with closing(World(home)) as world:
            world.journal.begin_turn("t1", "c1", "Hello", NOW)
            backups.make(home, world.database, home.path.parent / "b.zip", NOW)
            world.journal.begin_turn("t2", "c1", "Again", NOW)
        (home.notes / "By hand.md").unlink()
        (home.notes / "deep").mkdir()
        (home.notes / "deep" / "New.md").write_text("written since")
        (home.index / "memory.db").write_text("an index of what is there now")

    def open(self, home: Home) -> Home:
        return home

    def steps(self, world: Home) -> list[Callable[[], object]]:
        return [lambda: restore_home(world, world.path.parent / "b.zip", NOW)]

    def state(self, world: Home) -> Any:
        if (world.path / ".restore-new" / "plan.json").exists():
            return "in the middle, which the next start brings to its end"
        return tree(world), resting(world.journal)[1]["turns"]

    def close(self, world: Home) -> None:
        pass

    def look(self, home: Home, *, power: bool) -> Any:
        finish_restore(home)
        assert not (home.path / ".restore-new" / "plan.json").exists()
        for kept in home.backups.iterdir():
            kept_backups.verify(kept)
        found = self.state(home)
        open_journal(home.journal).close()
        return found
