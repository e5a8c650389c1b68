"""What models were asked, what it cost, and what became of the answers."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.ledger import CapLine, LedgerCall, LedgerLine, What
from sage.core.ledger_sums import By
from sage.wire.base import Nothing, Request


class LedgerShown(Struct, frozen=True):
    """The ledger from `first` to `last` (ISO dates): a line for each group, all in one, a line a day for a chart, and the caps as
    they stand now."""

    first: str
    last: str
    by: By
    lines: tuple[LedgerLine, ...]
    whole: LedgerLine
    days: tuple[LedgerLine, ...]
    caps: tuple[CapLine, ...]


class ShowLedger(Request[LedgerShown], frozen=True, tag=True):
    """The last `days` days, today included."""

    days: int = 30
    by: By = "model"
    reply: ClassVar[Any] = LedgerShown


class LedgerCalls(Struct, frozen=True):
    """Some calls, oldest first; `more` if others follow."""

    calls: tuple[LedgerCall, ...]
    more: bool


class ListLedgerCalls(Request[LedgerCalls], frozen=True, tag=True):
    """Each call of the last `days` days, from the one after `after` (an id) on."""

    days: int = 30
    after: str = ""
    reply: ClassVar[Any] = LedgerCalls


class TellOutcome(Request[Nothing], frozen=True, tag=True):
    """What the person says became of a turn ("last": the newest one). NotFound for what is no turn."""

    turn: str
    what: What


Requests = ShowLedger | ListLedgerCalls | TellOutcome
