"""Caps of a day and a month are those of the person's own calendar: over a change of clocks, of months, and a clock that jumps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sage.adapters.database import Database
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_budget import BudgetPages
from sage.core.errors import OverBudget
from sage.core.ledger import Caps, Ending, Job
from sage.core.messages import Usage

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_journal(tmp_path / "journal.db")
    yield opened
    opened.close()


def spend(budget: BudgetPages, at: datetime, worst: float = 1.0) -> str:
    return budget.reserve("demo/large", worst, Job(f"t{at.isoformat()}", "turn"), at)


def standing(budget: BudgetPages, at: datetime) -> tuple[float, ...]:
    return tuple(cap.spent for cap in budget.standing(at))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-23", 24)])
def test_a_day_has_as_many_hours_as_it_has_where_the_person_is(database: Database, day: str, hours: int) -> None:
    budget = BudgetPages(database, lambda: Caps(hours, 1000.0, 9.0))
    first = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=BERLIN).astimezone(UTC)
    for hour in range(hours):
        spend(budget, (first + timedelta(hours=hour)).astimezone(BERLIN))
    last = (first + timedelta(hours=hours) - timedelta(seconds=1)).astimezone(BERLIN)
    with pytest.raises(OverBudget, match="per_day"):
        spend(budget, last)
    spend(budget, (first + timedelta(hours=hours)).astimezone(BERLIN))
    spend(budget, (first - timedelta(seconds=1)).astimezone(BERLIN))


def test_a_month_begins_where_the_person_is_and_both_caps_hold(database: Database) -> None:
    budget = BudgetPages(database, lambda: Caps(2.0, 3.0, 9.0))
    before = datetime(2026, 11, 30, 23, 59, tzinfo=BERLIN)
    spend(budget, before - timedelta(days=1), 2.0)
    spend(budget, before)
    with pytest.raises(OverBudget, match="per_month"):
        spend(budget, before)
    after = before + timedelta(minutes=1)  # still November in UTC
    assert after.astimezone(UTC).month == 11 and standing(budget, after)[:2] == (0.0, 0.0)
    spend(budget, after, 2.0)
    with pytest.raises(OverBudget, match="per_day"):
        spend(budget, after)
    assert standing(budget, before)[:2] == (1.0, 3.0)


def test_what_would_pass_a_small_cap_is_told_in_parts_of_a_cent(database: Database) -> None:
    budget = BudgetPages(database, lambda: Caps(0.0125, 3.0, 9.0))
    at = datetime(2026, 11, 30, 12, 0, tzinfo=BERLIN)
    spend(budget, at, 0.0116)
    with pytest.raises(OverBudget, match=r"at most \$0\.0012\) could pass \S+, \$0\.0125; \$0\.0116 of it"):
        budget.reserve("demo/large", 0.0012, Job("t", "turn"), at)


def test_what_was_set_aside_before_midnight_is_settled_on_its_day(database: Database) -> None:
    budget = BudgetPages(database, lambda: Caps(2.0, 9.0, 9.0))
    before = datetime(2026, 11, 30, 23, 59, tzinfo=BERLIN)
    call = spend(budget, before, 2.0)
    after = before + timedelta(minutes=2)
    budget.settle(call, Usage(cost=0.5), after, Ending("whole", 0.1, 0.2))
    assert (standing(budget, before)[0], standing(budget, after)[0]) == (0.5, 0.0)


def test_a_clock_that_jumps_ahead_and_back_gives_no_money_twice(database: Database) -> None:
    budget = BudgetPages(database, lambda: Caps(2.0, 4.0, 9.0))
    now = datetime(2026, 11, 23, 12, tzinfo=BERLIN)
    spend(budget, now, 2.0)
    ahead = now + timedelta(days=40)
    assert standing(budget, ahead)[:2] == (0.0, 0.0)
    spend(budget, ahead, 2.0)
    for again in (budget, BudgetPages(database, lambda: Caps(2.0, 4.0, 9.0))):  # also after a start
        assert standing(again, now)[:2] == (2.0, 2.0)
        with pytest.raises(OverBudget, match="per_day"):
            spend(again, now)
        with pytest.raises(OverBudget, match="per_day"):
            spend(again, ahead)
    spend(budget, now - timedelta(days=1), 2.0)
    with pytest.raises(OverBudget, match="per_month"):
        spend(budget, now - timedelta(days=2))
