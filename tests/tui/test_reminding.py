"""How loud a reminder is: shown always, and the terminal is asked for more only where the settings say so."""

from __future__ import annotations

from typing import Any

import pytest

from sage import wire
from sage.core.schedules.schedule import Ring
from sage.tui.reminding import Reminding
from tests.reminders import one_reminder


class FakeTalk:
    """Talk, its transcript and its app in one; `done` is what was asked of them."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.app = self.transcript = self

    def append(self, entry: Any) -> int:
        self.done.append("shown")
        return 0

    def bell(self) -> None:
        self.done.append("bell")

    def tell_outside(self, text: str, key: str) -> None:
        self.done.append("outside")

    def offer(self, ring: Ring) -> None: ...


@pytest.mark.parametrize(("outside", "done"), [(True, ["shown", "bell", "outside"]), (False, ["shown"])])
async def test_the_terminal_rings_and_notifies_only_where_it_may(outside: bool, done: list[str]) -> None:
    talk = FakeTalk()

    async def call(request: Any) -> Any:
        return wire.Taken(True) if isinstance(request, wire.TakeReminder) else None

    news = wire.ReminderDue(Ring(*one_reminder("r1", "Tea", "2026-01-05T08:00")), "r1", outside=outside)
    await Reminding(talk, call, talk).remind(news)  # type: ignore[arg-type]
    assert talk.done == done
