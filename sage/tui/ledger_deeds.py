"""The ledger in Models: what its calls are summed by, of how many days, and a file of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sage import wire
from sage.core.ledger import LedgerCall
from sage.core.ledger_sums import By
from sage.core.sharing_words import counted
from sage.locations import typed_path
from sage.tui.screens.ask_line import AskLine

if TYPE_CHECKING:
    from sage.tui.screens.models import Models

WAYS: tuple[By, ...] = ("purpose", "model", "task", "role", "day")
SPANS = (30, 90, 365, 7)


class LedgerDeeds:
    """`by` and `days` are what is looked at."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self.by: By = WAYS[0]
        self.days = SPANS[0]

    def next_way(self) -> None:
        """Sums by something else."""
        self.by = WAYS[(WAYS.index(self.by) + 1) % len(WAYS)]

    def next_span(self) -> None:
        """Looks at another number of days."""
        self.days = SPANS[(SPANS.index(self.days) + 1) % len(SPANS)]

    async def export(self) -> None:
        """Writes each call of these days as a line of a new CSV file."""
        from sage.core.model_exports import ledger_table
        from sage.tui.files import write_new

        days = self.days
        about = f"Each call of the last {days} days as a line (CSV), readable for you alone. A file that is there stays as it is."
        name = await self._models.app.push_screen_wait(AskLine("Into which file?", about=about, example="~/ledger.csv"))
        if not name:
            return
        path, calls = typed_path(name), await self._calls(days)
        await asyncio.to_thread(write_new, path, ledger_table(calls))
        self._models.tell(f"{counted(len(calls), 'call')} written to {path}")

    async def _calls(self, days: int) -> list[LedgerCall]:
        calls: list[LedgerCall] = []
        more = True
        while more:
            page = await self._models.read(wire.ListLedgerCalls(days, calls[-1].id if calls else ""))
            calls += page.calls
            more = page.more and bool(page.calls)
        return calls
