"""The journal's page for money: every call's worst case is set aside before it is made (implements the port `Budget`)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

import msgspec

from sage.adapters.database import Database, stamp
from sage.core.errors import OverBudget
from sage.core.ledger import Ending, Job
from sage.core.messages import Usage

UNKNOWN_PRICE_BOUND = 0.50
"""US dollars that a call counts for while its price is unknown."""


class BudgetPages:
    """Costs as rows. `caps` gives the most that may be spent in a day and in a turn, in US dollars."""

    def __init__(self, database: Database, caps: Callable[[], tuple[float, float]]) -> None:
        self._database, self._caps = database, caps
        self._own: tuple[str, str, Callable[[], float]] | None = None

    def within(self, purpose: str, key: str, cap: Callable[[], float]) -> BudgetPages:
        """The same budget for what is booked on turns that begin with `purpose`, with one cap more: in a day all of that
        may cost no more than the setting `key`, `cap`, in US dollars."""
        budget = BudgetPages(self._database, self._caps)
        budget._own = purpose, key, cap
        return budget

    def reserve(self, model: str, worst: float | None, job: Job, at: datetime) -> str:
        bound = UNKNOWN_PRICE_BOUND if worst is None else worst
        priced = f"at most ${bound:.2f}" if worst is not None else f"an unknown price, counted as ${bound:.2f}"
        call, day = "m" + secrets.token_hex(8), f"{at:%Y-%m-%d}"
        per_day, per_turn = self._caps()
        with self._database.transaction() as connection:
            limits = [
                ("caps.per_day_usd", per_day, self._spent("day = ?", day)),
                ("caps.per_turn_usd", per_turn, self._spent("turn = ?", job.id)),
            ]
            if self._own:
                purpose, key, own = self._own
                spent = self._spent("day = ? AND substr(turn, 1, length(?)) = ?", day, purpose, purpose)
                limits.append((key, own(), spent))
            for key, cap, spent in limits:
                if bound and spent + bound > cap:
                    raise OverBudget(
                        f"This call ({priced}) could pass {key}, ${cap:.2f}; ${spent:.2f} of it is spent or set aside.",
                        safe="The call was not made and nothing was spent.",
                        do=f"Raise {key} in settings.toml, or use a model on this machine: sage models list",
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

    def spent_on(self, day: datetime) -> float:
        """US dollars spent or set aside on that day."""
        return self._spent("day = ?", f"{day:%Y-%m-%d}")

    def _spent(self, where: str, *values: str) -> float:
        rows = self._database.rows(
            f"SELECT coalesce(sum(coalesce(spent, reserved)), 0) FROM costs WHERE {where}",  # noqa: S608
            values,
        )
        return float(rows[0][0])
