"""Faults that are put into telling on purpose: each must be found by the figures."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sage.adapters.home.home_lock import HomeLock
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.core.schedules import ringing
from tests.crashes.counting_surface import CountingSurface


def _no_sending() -> None:
    """The call to the surface is not written down before."""

    def send(self: SchedulePages, *_: Any) -> bool:
        return True

    receive = SchedulePages.receive

    def receive_claimed(self: SchedulePages, occurrence: Any, at: Any, *more: Any) -> None:
        self.move(occurrence, "claimed", "sending", at, "counting")
        receive(self, occurrence, at, *more)

    SchedulePages.send, SchedulePages.receive = send, receive_claimed  # type: ignore[method-assign, assignment]


def _early_receipt() -> None:
    """The receipt is kept before the surface is called."""
    send = SchedulePages.send

    def send_and_receive(self: SchedulePages, occurrence: Any, before: Any, at: Any, told_by: str) -> bool:
        found = send(self, occurrence, before, at, told_by)
        self.move(occurrence, "sending", "done", at)
        return found

    SchedulePages.send = send_and_receive  # type: ignore[method-assign]


def _resend() -> None:
    """What is uncertain is told again."""
    resume = SchedulePages.resume
    SchedulePages.resume = lambda self, at, safe: resume(self, at, ["safe", "counting"])  # type: ignore[method-assign]


def _forgets() -> None:
    """Nobody looks for what an engine that was killed had begun."""
    SchedulePages.resume = lambda self, at, safe: []  # type: ignore[method-assign]


def _other_key() -> None:
    """A surface that shows a key once gets another key each time."""
    tell = CountingSurface.tell

    async def tell_anew(self: CountingSurface, ring: Any, key: str) -> bool:
        return await tell(self, ring, f"{key}/{uuid.uuid4().hex}")

    CountingSurface.tell = tell_anew  # type: ignore[method-assign]


def _no_label() -> None:
    """Nobody says that it is late."""
    ringing.LATE_AFTER = timedelta(days=999)


def _no_lock() -> None:
    """Any process may own a home."""
    HomeLock.take = lambda self: None  # type: ignore[method-assign]


FAULTS: dict[str, Callable[[], None]] = {
    "no sending": _no_sending,
    "early receipt": _early_receipt,
    "resend": _resend,
    "forgets": _forgets,
    "other key": _other_key,
    "no label": _no_label,
    "no lock": _no_lock,
}


def put_in(fault: str) -> None:
    """Puts a fault in for the rest of this process ("" for none)."""
    if fault:
        FAULTS[fault]()
