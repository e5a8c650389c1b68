"""The engine, for the erasure bench: the real one, but for one fault that is put in when SAGE_ERASURE_BREAK names it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from sage.adapters import database
from sage.adapters.forgetting import forgetting_models, forgetting_replies
from sage.adapters.forgetting.forgetting import Forgetter, forgetting_copies, forgetting_files, forgetting_journal
from sage.adapters.forgetting.forgetting_pages import ForgettingPages
from sage.adapters.memory.memory import SageMemory
from sage.engine import __main__ as real

BREAK = "SAGE_ERASURE_BREAK"


def _no_copies() -> None:
    forgetting_copies.clean_copies = lambda *given: forgetting_copies.Cleaned(given[4])  # type: ignore[assignment]


def _no_index() -> None:
    SageMemory.compact = lambda memory: None  # type: ignore[method-assign]


def _no_trash() -> None:
    Forgetter._drop_trash = lambda forgetter, name: None  # type: ignore[method-assign]


def _no_rows() -> None:
    ForgettingPages.drop_kept = lambda pages, names: None  # type: ignore[method-assign]


def _no_tasks() -> None:
    plan = forgetting_files.plan
    forgetting_files.plan = lambda home, choices: [  # type: ignore[assignment]
        change for change in plan(home, choices) if not change.path.endswith("tasks.md")
    ]


def _no_reminders() -> None:
    of = forgetting_journal._changes_of
    forgetting_journal._changes_of = lambda choice, day: [  # type: ignore[assignment]
        change for change in of(choice, day) if change.table != "schedules"
    ]


def _no_sources() -> None:
    of = forgetting_journal._changes_of

    def keep(choice: Any, day: str) -> Any:
        changes = of(choice, day)
        for change in changes:
            (change.set or {}).pop("sources", None)
        return changes

    forgetting_journal._changes_of = keep


def _no_replies() -> None:
    forgetting_replies.changes_of = lambda journal, choice: []  # type: ignore[assignment]


def _no_models() -> None:
    """Nobody knows of it: only the look into what is packed can tell."""
    forgetting_models.pieces = lambda journal: iter(())  # type: ignore[assignment]


def _no_secure_delete() -> None:
    """Rows are deleted as SQLite does by itself, and no file is written anew."""
    prepare = database.Database._prepare

    def without(base: Any, synchronous: str) -> None:
        prepare(base, synchronous)
        base.connection.execute("PRAGMA secure_delete=OFF").fetchall()

    database.Database._prepare = without  # type: ignore[method-assign]
    database.Database.compact = lambda base: None  # type: ignore[method-assign]


FAULTS: dict[str, Callable[[], None]] = {
    "copies": _no_copies,
    "index": _no_index,
    "trash": _no_trash,
    "rows": _no_rows,
    "tasks": _no_tasks,
    "reminders": _no_reminders,
    "sources": _no_sources,
    "replies": _no_replies,
    "models": _no_models,
    "secure_delete": _no_secure_delete,
}


def main() -> int:
    fault = os.environ.get(BREAK, "")
    if fault:
        FAULTS[fault]()
    return real.main()


if __name__ == "__main__":
    raise SystemExit(main())
