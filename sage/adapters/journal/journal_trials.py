"""The journal's pages for trials: what was answered to which case, and how it was judged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from sage.adapters.database import Database, stamp
from sage.adapters.journal.journal_cases import packed, unpacked
from sage.core.errors import NotFound
from sage.core.trials import Grade, Replayed, Trial, TrialAnswer, Vote
from sage.core.verdicts import Verdict


class _Told(msgspec.Struct, frozen=True):
    """What a trial's row holds as JSON."""

    verdict: Verdict | None = None
    left_out: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()
    planned: int = 0
    early: bool = False


class TrialPages:
    """Trials as rows (implements the port `TrialBook`). Every writing method is one durable commit."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now

    def begin(self, trial: Trial) -> Trial:
        """Keeps a new trial, or goes on with the one of the same two."""
        rows = self._trials(
            "kind = ? AND candidate = ? AND current = ? ORDER BY seq DESC LIMIT 1",
            trial.kind, trial.candidate, trial.current,
        )  # fmt: skip
        if rows:
            return rows[0]
        trial = msgspec.structs.replace(trial, made_at=stamp(self._now()))
        self._database.run(
            "INSERT INTO trials (id, kind, candidate, current, state, made_at) VALUES (?, ?, ?, ?, ?, ?)",
            (trial.id, trial.kind, trial.candidate, trial.current, trial.state, trial.made_at),
        )
        return trial

    def settle(self, trial: Trial) -> None:
        told = msgspec.json.encode(
            _Told(trial.verdict, trial.left_out, trial.drawn, trial.planned, trial.early)
        ).decode()
        ended = stamp(self._now()) if trial.state == "done" else None
        self._database.run(
            "UPDATE trials SET state = ?, verdict = ?, ended_at = ? WHERE id = ?", (trial.state, told, ended, trial.id)
        )

    def find(self, name: str) -> Trial:
        """A trial by its id ("last" for the newest). Raises NotFound."""
        found = self._trials("1 ORDER BY seq DESC LIMIT 1") if name == "last" else self._trials("id = ?", name)
        if not found:
            raise NotFound(
                f"There is no trial {name!r}.", safe="Nothing was changed.", do="Begin one: sage models try MODEL"
            )
        return found[0]

    def between(self, candidate: str, current: str) -> str:
        """The newest trial of one model in the place of another ("" for none)."""
        rows = self._database.rows(
            "SELECT id FROM trials WHERE kind = 'model' AND candidate = ? AND current = ? ORDER BY seq DESC LIMIT 1",
            (candidate, current),
        )
        return str(rows[0][0]) if rows else ""

    def newest(self, limit: int = 20) -> list[Trial]:
        """The newest trials first."""
        return self._trials("1 ORDER BY seq DESC LIMIT ?", limit)

    def answer(self, key: str) -> Replayed | None:
        rows = self._database.rows("SELECT answer FROM trial_answers WHERE key = ? LIMIT 1", (key,))
        return unpacked(rows[0][0], Replayed) if rows else None

    def keep(self, trial: str, answer: TrialAnswer) -> None:
        replayed = answer.replayed
        self._database.run(
            "INSERT OR REPLACE INTO trial_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                trial, answer.case, answer.side, answer.key, packed(replayed), msgspec.json.encode(answer.grades).decode(),
                answer.passed, answer.vetoed, replayed.seconds, replayed.usage.cost, stamp(self._now()),
            ),
        )  # fmt: skip

    def answers(self, trial: str) -> list[TrialAnswer]:
        rows = self._database.rows(
            "SELECT case_id, side, key, answer, grades FROM trial_answers WHERE trial = ? ORDER BY rowid", (trial,)
        )
        return [
            TrialAnswer(
                case, side, key, unpacked(answer, Replayed), msgspec.json.decode(grades, type=tuple[Grade, ...])
            )
            for case, side, key, answer, grades in rows
        ]

    def votes(self, trial: str) -> list[Vote]:
        rows = self._database.rows(
            "SELECT case_id, voter, first, choice FROM votes WHERE trial = ? ORDER BY rowid", (trial,)
        )
        return [Vote(*row) for row in rows]

    def vote(self, trial: str, vote: Vote) -> None:
        """Keeps a vote; a later one of the same voter takes its place."""
        self._database.run(
            "INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?, ?, ?)",
            (trial, vote.case, vote.voter, vote.first, vote.choice, stamp(self._now())),
        )

    def _trials(self, where: str, *values: Any) -> list[Trial]:
        rows = self._database.rows(
            f"SELECT id, kind, candidate, current, state, made_at, verdict FROM trials WHERE {where}",  # noqa: S608
            values,
        )
        return [_trial(row) for row in rows]


def _trial(row: tuple[Any, ...]) -> Trial:
    name, kind, candidate, current, state, made_at, verdict = row
    told = msgspec.json.decode(verdict, type=_Told)
    return Trial(
        name,
        kind,
        candidate,
        current,
        state,
        made_at,
        told.verdict,
        told.left_out,
        told.drawn,
        told.planned,
        told.early,
    )
