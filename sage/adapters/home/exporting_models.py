"""What Sage keeps of models, gathered for an export."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from sage.adapters.database import Database
from sage.adapters.journal.journal_cases import CasePages, unpacked
from sage.adapters.journal.journal_ledger import LedgerPages
from sage.adapters.journal.journal_routes import steps_of
from sage.adapters.journal.journal_sheets import SheetPages
from sage.adapters.journal.journal_trials import TrialPages
from sage.core.ledger import Outcome
from sage.core.model_exports import (
    ExportedExample,
    ExportedModels,
    ExportedRoute,
    ExportedSheet,
    ExportedSwap,
    ExportedTrial,
)
from sage.core.swaps import Changes

_EVER = ("0001-01-01", "9999-12-31")
_ALL = 2**31


def gather_models(database: Database) -> ExportedModels:
    """All of it, oldest first; but for what the newest turns asked word by word, from which cases are made."""
    sheets = SheetPages(database)
    return ExportedModels(
        calls=tuple(LedgerPages(database).calls(*_EVER)),
        routes=tuple(
            ExportedRoute(turn, task, role, steps_of(steps), at)
            for turn, task, role, steps, at in database.rows(
                "SELECT turn, task, role, steps, at FROM routes ORDER BY at, turn"
            )
        ),
        outcomes=tuple(
            Outcome(*row) for row in database.rows("SELECT turn, what, told_by, at FROM outcomes ORDER BY seq")
        ),
        cases=tuple(CasePages(database).all()),
        trials=tuple(_trials(database)),
        examples=tuple(_examples(database)),
        swaps=tuple(_swaps(database)),
        sheets=tuple(
            ExportedSheet(one, tuple(sheets.rows(one.id)), tuple(sheets.cells(one.id)))
            for one in sorted(sheets.sheets(), key=lambda one: (one.made_at, one.id))
        ),
    )


def _trials(database: Database) -> Iterator[ExportedTrial]:
    pages = TrialPages(database, lambda: datetime.now(UTC))  # nothing is written
    for trial in reversed(pages.newest(_ALL)):
        yield ExportedTrial(trial, tuple(pages.answers(trial.id)), tuple(pages.votes(trial.id)))


def _examples(database: Database) -> Iterator[ExportedExample]:
    rows = database.rows("SELECT id, turn, task, body, documents, state, made_at FROM examples ORDER BY seq")
    for name, turn, task, body, documents, state, made_at in rows:
        known = msgspec.json.decode(documents, type=tuple[str, ...])
        yield ExportedExample(name, turn, task, unpacked(body, dict), known, state, made_at)


def _swaps(database: Database) -> Iterator[ExportedSwap]:
    rows = database.rows(
        "SELECT id, role, changes, trial, state, reason, made_at, ifnull(ended_at, '') FROM swaps ORDER BY seq"
    )
    for name, role, changes, *rest in rows:
        yield ExportedSwap(name, role, msgspec.json.decode(changes, type=Changes), *rest)
