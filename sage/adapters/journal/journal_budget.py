"""The journal's page for money: every call's worst case is set aside before it is made (implements the port `Budget`)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from sage.adapters.database import Database, stamp
from sage.core.errors import OverBudget
from sage.core.ledger import CapLine, Caps, Ending, Job
from sage.core.messages import Usage

UNKNOWN_PRICE_BOUND = 0.50
"""US dollars that a call counts for while its price is unknown."""


PER_TURN = "caps.per_turn_usd"
ROUNDING = 1e-9
"""US dollars by which a sum of many may differ from what it is exactly."""


@dataclass(frozen=True)
class OwnCap:
    """The most, in US dollars, that certain jobs may cost together in a day, a month or at all; `key` is its setting."""

    key: str
    dollars: Callable[[], float]
    per: Literal["day", "month", "all"] = "day"


class BudgetPages:
    """Costs as rows, within what `caps` says at the time."""

    def __init__(self, database: Database, caps: Callable[[], Caps]) -> None:
        self._database, self._caps = database, caps
        self._own: tuple[str, tuple[OwnCap, ...]] | None = None
        self._begins: dict[tuple[str, str], int] = {}
        """By the first and last day of a span, the number of its first row."""

    def within(self, jobs: str, *caps: OwnCap) -> BudgetPages:
        """The same budget for jobs whose ids begin with `jobs`, with caps more for all of these together."""
        budget = BudgetPages(self._database, self._caps)
        budget._own, budget._begins = (jobs, caps), self._begins
        return budget

    def reserve(self, model: str, worst: float | None, job: Job, at: datetime) -> str:
        bound = UNKNOWN_PRICE_BOUND if worst is None else worst
        priced = (
            f"at most {_dollars(bound)}" if worst is not None else f"an unknown price, counted as {_dollars(bound)}"
        )
        call, day = "m" + secrets.token_hex(8), f"{at:%Y-%m-%d}"
        caps = self._caps()
        with self._database.transaction() as connection:
            for key, cap, spent in self._limits(caps, job, day) if bound else ():
                if spent + bound > cap + ROUNDING:
                    setting = key if key.startswith("--") else f"{key} in settings.toml"
                    raise OverBudget(
                        f"This call ({priced}) could pass {key}, {_dollars(cap)}; {_dollars(spent)} of it is spent or "
                        "set aside.",
                        safe="The call was not made and nothing was spent.",
                        do=f"Raise {setting}, or use a model on this machine: sage models list",
                    )
            connection.execute(
                "INSERT INTO costs (id, at, day, model, turn, reserved, purpose, role) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (call, stamp(at), day, model, job.id, bound, job.purpose, job.role),
            )
        return call

    def settle(self, reserved: str, used: Usage, at: datetime, ending: Ending) -> None:
        usage = msgspec.json.encode(used).decode()
        # A cost that is not known keeps its reservation as the bound.
        self._database.run(
            "UPDATE costs SET spent = coalesce(?, reserved), usage = ?, ended = ?, first_seconds = ?, seconds = ? "
            "WHERE id = ?",
            (used.cost, usage, ending.ended, ending.first_seconds, ending.seconds, reserved),
        )

    def standing(self, at: datetime) -> tuple[CapLine, ...]:
        """Each cap of a day or a month, and what is spent or set aside of it."""
        limits = self._limits(self._caps(), Job("", "turn"), f"{at:%Y-%m-%d}")
        return tuple(CapLine(*limit) for limit in limits if limit[0] != PER_TURN)

    def spent_on(self, day: datetime) -> float:
        """US dollars spent or set aside on that day."""
        return self._spent_in(f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}")

    def _limits(self, caps: Caps, job: Job, day: str) -> Iterator[tuple[str, float, float]]:
        """Each cap that holds for a job: its setting, its dollars, and what is gone of it."""
        spans = {"day": (day, day), "month": (f"{day[:7]}-01", f"{day[:7]}-31"), "all": ("", "9")}
        yield PER_TURN, caps.per_turn, self._sum("turn = ?", job.id)
        yield "caps.per_day_usd", caps.per_day, self._spent_in(*spans["day"])
        yield "caps.per_month_usd", caps.per_month, self._spent_in(*spans["month"])
        jobs, own = self._own or ("", ())
        for cap in own:
            yield cap.key, cap.dollars(), self._spent_in(*spans[cap.per], jobs)

    def _spent_in(self, first: str, last: str, jobs: str = "") -> float:
        """What the jobs whose ids begin so cost from a day to another. Rows are never taken away, so they are read from the first
        one of the span on in their order, which is ten times as quick as by their day."""
        if (first, last) not in self._begins:
            (begin,) = self._database.rows("SELECT min(seq) FROM costs WHERE day BETWEEN ? AND ?", (first, last))[0]
            if begin is None:
                return 0.0
            self._begins[first, last] = begin
        where = "seq >= ? AND day BETWEEN ? AND ? AND substr(turn, 1, length(?)) = ?"
        return self._sum(where, self._begins[first, last], first, last, jobs, jobs)

    def _sum(self, where: str, *values: str | int) -> float:
        table = "costs NOT INDEXED" if where.startswith("seq") else "costs"
        rows = self._database.rows(
            f"SELECT coalesce(sum(coalesce(spent, reserved)), 0) FROM {table} WHERE {where}",  # noqa: S608
            values,
        )
        return float(rows[0][0])


def _dollars(amount: float) -> str:
    """Cents, and their parts only where they are no whole ones: `$0.50`, `$0.0123`."""
    return f"${amount:.2f}" if abs(amount - round(amount, 2)) < 0.00005 else f"${amount:.4f}"
