"""The journal's page for money: every call's worst case is set aside before it is made (implements the port `Budget`)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

import msgspec

from sage.adapters.database import Database, stamp
from sage.core.errors import OverBudget
from sage.core.messages import ModelRequest, Usage
from sage.core.ports import ChatModel

UNKNOWN_PRICE_BOUND = 0.50
"""US dollars that a call counts for while its price is unknown."""


class BudgetPages:
    """Costs as rows. `cap` gives the most that may be spent in a day, in US dollars."""

    def __init__(self, database: Database, cap: Callable[[], float]) -> None:
        self._database, self._cap = database, cap

    def reserve(self, model: ChatModel, request: ModelRequest, at: datetime) -> str:
        worst = model.worst_cost(request)
        bound = UNKNOWN_PRICE_BOUND if worst is None else worst
        call = "m" + secrets.token_hex(8)
        with self._database.transaction() as connection:
            spent, cap = self._spent(f"{at:%Y-%m-%d}"), self._cap()
            if bound and spent + bound > cap:
                priced = f"at most ${bound:.2f}" if worst is not None else f"an unknown price, counted as ${bound:.2f}"
                raise OverBudget(
                    f"This call ({priced}) could pass today's cap of ${cap:.2f}; ${spent:.2f} is spent or set aside.",
                    safe="The call was not made and nothing was spent.",
                    do="Raise caps.per_day_usd in settings.toml, or use a model on this machine: sage models list",
                )
            connection.execute(
                "INSERT INTO costs (id, at, day, model, reserved) VALUES (?, ?, ?, ?, ?)",
                (call, stamp(at), f"{at:%Y-%m-%d}", model.name, bound),
            )
        return call

    def settle(self, reserved: str, used: Usage, turn: str, at: datetime) -> None:
        usage = msgspec.json.encode(used).decode()
        # A cost that is not known keeps its reservation as the bound.
        self._database.run(
            "UPDATE costs SET spent = coalesce(?, reserved), turn = ?, usage = ? WHERE id = ?",
            (used.cost, turn, usage, reserved),
        )

    def spent_on(self, day: datetime) -> float:
        """US dollars spent or set aside on that day."""
        return self._spent(f"{day:%Y-%m-%d}")

    def _spent(self, day: str) -> float:
        rows = self._database.rows(
            "SELECT coalesce(sum(coalesce(spent, reserved)), 0) FROM costs WHERE day = ?", (day,)
        )
        return float(rows[0][0])
