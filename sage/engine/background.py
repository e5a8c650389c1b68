"""Money for what nobody has just asked for: its own caps over all of it, within those of the day and the month."""

from __future__ import annotations

from typing import Final

from sage.adapters.journal.journal_budget import BudgetPages, OwnCap
from sage.engine.bootstrap import House
from sage.profile import resolve

CAP: Final = "caps.background_usd_per_day"
MONTH_CAP: Final = "caps.background_usd_per_month"
_ALL = "background/"
READING_FACTS: Final = f"{_ALL}facts/"
WORDING_NUDGES: Final = f"{_ALL}nudges/"
"""What costs are booked on; an id follows."""


def cap_of(house: House) -> float:
    """The most that may be spent so in a day, in US dollars, as the settings say now."""
    return resolve("default", house.home).settings.caps.background_usd_per_day


def background_budget(house: House) -> BudgetPages:
    """The home's budget with those caps: at 0 they let only calls through that cost nothing."""
    in_month = OwnCap(
        MONTH_CAP, lambda: resolve("default", house.home).settings.caps.background_usd_per_month, per="month"
    )
    return house.budget.within(_ALL, OwnCap(CAP, lambda: cap_of(house)), in_month)
