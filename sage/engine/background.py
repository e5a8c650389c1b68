"""Money for what nobody has just asked for: one cap over all of it, within the day's."""

from __future__ import annotations

from typing import Final

from sage.adapters.journal.journal_budget import BudgetPages
from sage.engine.bootstrap import House
from sage.profile import resolve

CAP: Final = "caps.background_usd_per_day"
_ALL = "background/"
READING_FACTS: Final = f"{_ALL}facts/"
WORDING_NUDGES: Final = f"{_ALL}nudges/"
"""What costs are booked on; an id follows."""


def cap_of(house: House) -> float:
    """The most that may be spent so in a day, in US dollars, as the settings say now."""
    return resolve("default", house.home).settings.caps.background_usd_per_day


def background_budget(house: House) -> BudgetPages:
    """The home's budget with that cap: at 0 it lets only calls through that cost nothing."""
    return house.budget.within(_ALL, CAP, lambda: cap_of(house))
