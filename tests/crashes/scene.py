"""What Sage does with its disk, as scenes of acknowledged steps, and what must be found after each crash.

A scene's `state` is what a person would miss. After a crash between two acknowledged steps, the next start must find the
state of the one before or of the one after, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sage.adapters.database import Database
from sage.adapters.home import backups
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_budget import BudgetPages
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.adapters.journal.journal_texts import TextPages
from sage.core.ledger import Caps, Job
from sage.locations import Home

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PERSONAL = ("notes", "goals", "profiles", "skills", "secrets", "tasks.md", "settings.toml")


class Scene:
    """A story of steps. `world` is whatever `open` returns; `look` opens the home as the next start does."""

    name = ""
    live = True
    """Whether it also runs on a disk that fails once and works again."""
    in_one = True
    """Whether each step is one commit, so that an error leaves what was before it or what comes after it."""

    def __init__(self) -> None:
        self.steps_seen: Callable[[], int] = lambda: 0

    def prepare(self, home: Home) -> None:
        home.prepare()

    def open(self, home: Home) -> Any:
        raise NotImplementedError

    def steps(self, world: Any) -> Sequence[Callable[[], object]]:
        raise NotImplementedError

    def state(self, world: Any) -> Any:
        raise NotImplementedError

    def mend(self, world: Any) -> None:
        """After an error that was told, in the middle of closing and opening again."""

    def close(self, world: Any) -> None:
        world.close()

    def look(self, home: Home, *, power: bool) -> Any:
        raise NotImplementedError

    def judge(self, found: Any, states: Sequence[Any], acknowledged: int, steps: int) -> str:
        """What is wrong with what was found ("" for nothing); `acknowledged` states of `states` were reached."""
        allowed = states[max(0, acknowledged - 1) : acknowledged + 1]
        if any(found == state for state in allowed):
            return ""
        return f"found {short(found)} where {' or '.join(short(state) for state in allowed)} was to be"


def short(state: Any) -> str:
    text = repr(state)
    return text if len(text) < 600 else f"{text[:300]} … {text[-300:]}"


class World:
    """The journal of a home with its pages."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.open()

    def open(self) -> None:
        self.database = open_journal(self.home.journal, backups.keeper(self.home, lambda: NOW))
        self.database.connection.wal_autocheckpoint(25)  # so that the log is folded in while the scene goes on
        self.journal, self.reminders = Journal(self.database), SchedulePages(self.database)
        self.budget, self.texts = BudgetPages(self.database, lambda: Caps(5.0, 50.0, 1.0)), TextPages(self.database)
        self.call, self.shut = "", False

    def reopen(self) -> None:
        self.close()
        self.shut = True
        self.mend()

    def mend(self) -> None:
        """Opens what `reopen` could not; a call that was set aside is known though the error hid its id."""
        if self.shut:
            self.open()
        rows = self.database.rows("SELECT id FROM costs ORDER BY seq DESC LIMIT 1")
        self.call = rows[0][0] if rows else ""

    def reserve(self, turn: str) -> None:
        self.call = self.budget.reserve("demo/model", 0.02, Job(turn, "turn"), NOW)

    def close(self) -> None:
        self.database.close()


def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without the ids that chance gives."""
    tables = database.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    found = {table: database.rows(f"SELECT * FROM {table} ORDER BY rowid") for (table,) in tables}
    return found | {"costs": [row[2:] for row in found.get("costs", [])]}


def tree(home: Home) -> dict[str, str]:
    """Every file of the person's by name, links as where they lead; what a killed writer left beside them is none of it."""
    found = {}
    for top in PERSONAL:
        for path in [home.path / top, *(home.path / top).rglob("*")]:
            if path.is_symlink():
                found[path.relative_to(home.path).as_posix()] = f"-> {path.readlink()}"
            elif path.is_file() and not backups.TEMPORARY.match(path.name):
                found[path.relative_to(home.path).as_posix()] = path.read_text()
    return found
