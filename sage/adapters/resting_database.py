"""A look into a database file that changes nothing, whether or not somebody has it open.

SQLite would make files beside a database that it opens, even for reading. So a file that nobody has open is read as one
that never changes; when its log was not folded in (a killed program), a copy of both is read instead.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw

from sage.adapters.home.kept_backups import address


class Resting:
    """What was seen: `trouble` is what SQLite says is wrong, `unseen` why nothing could be seen (both "" when all is well)."""

    def __init__(self, connection: apsw.Connection | None = None, unseen: str = "") -> None:
        self._connection = connection
        self.schema, self.trouble, self.unseen = 0, "", unseen
        if connection:
            try:
                connection.set_busy_timeout(5000)
                connection.execute("PRAGMA query_only = ON").fetchall()
                self.schema = int(connection.pragma("user_version"))
                found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
                self.trouble = "" if found == ["ok"] else "; ".join(" ".join(each.split()) for each in found)
            except (apsw.BusyError, apsw.CantOpenError, apsw.ReadOnlyError) as error:
                self.unseen = f"It cannot be looked into just now ({error})."
            except apsw.Error as error:
                self.trouble = str(error)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query; none when the file has no such table."""
        try:
            return self._connection.execute(sql).fetchall() if self._connection else []
        except apsw.Error:
            return []


@contextlib.contextmanager
def look_into(path: Path, *, in_use: bool) -> Iterator[Resting]:
    """Opens a database for as long as the block lasts. `in_use`: another process has it open and is heeded."""
    with contextlib.ExitStack() as stack:
        try:
            resting = _look(stack, path, in_use)
        except apsw.CantOpenError as error:
            resting = Resting(unseen=f"{path.name} cannot be opened ({error}).")
        yield resting


def _look(stack: contextlib.ExitStack, path: Path, in_use: bool) -> Resting:
    log = path.with_name(f"{path.name}-wal")
    if in_use:
        return Resting(_open(stack, address(path)))
    if not log.exists() or not log.stat().st_size:
        return Resting(_open(stack, address(path, immutable=True)))
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sage-doctor-")))
    if shutil.disk_usage(folder).free < 2 * (path.stat().st_size + log.stat().st_size):
        return Resting(unseen=f"{path.name} has an open log, and there is no room to look at a copy.")
    for each in (path, log):
        shutil.copyfile(each, folder / each.name)
    return Resting(_open(stack, (folder / path.name).as_uri(), apsw.SQLITE_OPEN_READWRITE))


def _open(stack: contextlib.ExitStack, uri: str, how: int = apsw.SQLITE_OPEN_READONLY) -> apsw.Connection:
    return stack.enter_context(contextlib.closing(apsw.Connection(uri, flags=how | apsw.SQLITE_OPEN_URI)))
