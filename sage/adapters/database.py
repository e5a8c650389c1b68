"""SQLite as Sage uses it: durable, migrated by number, with its errors told."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw

from sage.core.errors import DiskFull, HomeBusy, HomeReadOnly, HomeTrouble, NewerHome, SageError, TornFile
from sage.locations import home_trouble

Migration = str | Callable[[apsw.Connection], None]
IN_MEMORY = Path(":memory:")
"""A database without a file, gone when it is closed."""


class Database:
    """One SQLite file, opened by one process. Every method may be called from any thread; transactions take turns.

    `migrations[n]` brings schema n to n + 1; the schema's number stands in `PRAGMA user_version`. Before a file
    with content is migrated, `keep_copy(path, schema)` is called to back it up. WAL with `synchronous=FULL` by
    default: what was committed survives a power cut.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration],
        *,
        keep_copy: Callable[[Path, int], None] | None = None,
        synchronous: str = "FULL",
    ) -> None:
        self.path = path
        self._turn = threading.RLock()
        with self._told():
            if path != IN_MEMORY:
                _make_private(path)  # SQLite gives its companion files the same mode
            self.connection = apsw.Connection(str(path))
            self.connection.set_busy_timeout(5000)
            try:
                self._refuse_newer(len(migrations))
                self._prepare(synchronous)
                self._migrate(migrations, keep_copy)
            except BaseException:
                self.connection.close()
                raise

    def _prepare(self, synchronous: str) -> None:
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON", "secure_delete=ON"):
            self.connection.execute(f"PRAGMA {pragma}").fetchall()

    def _refuse_newer(self, known: int) -> None:
        """Before anything is written: a newer file, its log included, stays as it is byte for byte."""
        if self.schema > known:
            self.connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            raise NewerHome(
                f"{self.path.name} was written by a later version of Sage (schema {self.schema}, this one knows {known}).",
                safe="Nothing was changed.",
                do="Install the later version, or restore a backup: sage restore --list",
            )

    def _migrate(self, migrations: Sequence[Migration], keep_copy: Callable[[Path, int], None] | None) -> None:
        is_new = self.schema == 0
        for number in range(self.schema, len(migrations)):
            if keep_copy and not is_new:
                keep_copy(self.path, number)
            with self.transaction():
                step = migrations[number]
                if callable(step):
                    step(self.connection)
                else:
                    self.connection.execute(step).fetchall()
                self.connection.execute(f"PRAGMA user_version={number + 1}").fetchall()

    @property
    def schema(self) -> int:
        """The number of the file's schema."""
        with self._turn:
            return int(self.connection.pragma("user_version"))

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """All or nothing; on disk when it ends. Nested ones join the outer one."""
        with self._turn, self._told():
            if self.connection.in_transaction:
                yield self.connection
                return
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._turn, self._told():
            return self.connection.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> None:
        """One statement in a transaction of its own."""
        with self.transaction() as connection:
            connection.execute(sql, values).fetchall()

    def copy_to(self, target: Path) -> None:
        """A consistent copy through SQLite's backup API, while the file stays in use."""
        with self._turn:
            copy_database(self.connection, target)

    def compact(self) -> None:
        """Leaves on the disk nothing of what was deleted: writes the file anew and empties the log."""
        with self._turn, self._told():
            compact(self.connection)

    def trouble(self) -> str:
        """What SQLite's own check says is wrong ("" when all is well)."""
        with self._turn:
            try:
                found = [str(row[0]) for row in self.connection.execute("PRAGMA quick_check(5)")]
            except apsw.Error as error:
                return str(error)
        return "" if found == ["ok"] else "; ".join(found)

    def close(self) -> None:
        """Folds the write-ahead log into the file. May be called twice."""
        with self._turn:
            self.connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except apsw.Error as error:
            raise told(error, self.path) from error


def copy_database(source: apsw.Connection, target: Path) -> None:
    """A consistent copy of an open database as one new file (0600), through SQLite's backup API. Raises HomeTrouble."""
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(apsw.Connection(str(target))) as copy:
            with copy.backup("main", source, "main") as backup:
                while not backup.done:
                    backup.step(1000)
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()
    except OSError as error:
        raise home_trouble(error, target) from error
    except apsw.Error as error:
        target.unlink(missing_ok=True)
        torn = isinstance(error, apsw.CorruptError | apsw.NotADBError)
        raise told(error, Path(source.filename) if torn else target) from error


def compact(connection: apsw.Connection) -> None:
    """See `Database.compact`, for a connection of its own."""
    connection.execute("VACUUM").fetchall()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _make_private(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise home_trouble(error, path) from error


def told(error: apsw.Error, path: Path) -> SageError:
    """The told error for an error of SQLite's."""
    if isinstance(error, apsw.FullError):
        return DiskFull(
            f"The disk of {path} is full.",
            safe="What was acknowledged before is safe; this was not kept.",
            do="Free some room, then do it again.",
        )
    if isinstance(error, apsw.ReadOnlyError | apsw.CantOpenError | apsw.PermissionsError):
        return HomeReadOnly(f"{path} cannot be opened for writing.", safe="Nothing was changed.", do="Run: sage doctor")
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        return TornFile(f"{path.name} is damaged.", safe="Nothing was changed.", do="Run: sage doctor")
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        return HomeBusy(
            f"{path.name} is in use by another program.", safe="Nothing was changed.", do="Close that program."
        )
    if isinstance(error, apsw.IOError):
        return HomeTrouble(
            f"{path.name} could not be read or written.",
            safe="What was acknowledged before is safe.",
            do="Run: sage doctor",
        )
    return HomeTrouble(f"{path.name}: {error}", safe="What was acknowledged before is safe.", do="Run: sage doctor")


def stamp(moment: datetime) -> str:
    """A moment as Sage stores it: ISO 8601 with offset, to the millisecond."""
    return moment.isoformat(timespec="milliseconds")
