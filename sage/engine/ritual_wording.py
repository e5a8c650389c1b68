"""Rituals as they are shown to the person who asked for one: computed, and worded by their model if they set a cap for it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from sage.adapters.journal.journal_budget import OwnCap
from sage.agent.ritual_phrasing import RitualPhraser
from sage.core.errors import SageError
from sage.core.rituals import Ritual, RitualKind, RitualLine
from sage.profile import Resolved, resolve

if TYPE_CHECKING:
    from sage.engine.bootstrap import House

log = logging.getLogger(__name__)

PURPOSE = "ritual/"
"""What the jobs begin with that these calls are booked on."""
CAP = "brief.wording_usd_per_day"
WORDED_WITHIN = 20.0
"""Seconds that a person waits for words when the facts are there."""


async def show_worded(house: House, kind: RitualKind, profile: Resolved) -> Ritual:
    """Today's ritual. A line is given to a model once: what was shown before keeps the words that it had."""
    now = house.clock.now()
    fresh = await asyncio.to_thread(house.rituals.unseen, kind, now)
    ritual = await asyncio.to_thread(house.rituals.show, kind, now)
    if not fresh or not profile.settings.brief.wording_usd_per_day:
        return ritual
    wordings = await _wordings(house, fresh, f"{PURPOSE}{kind}/{ritual.day}", profile)
    return await asyncio.to_thread(house.rituals.word, kind, wordings, now) if wordings else ritual


async def _wordings(house: House, lines: tuple[RitualLine, ...], job: str, profile: Resolved) -> dict[str, str]:
    cap = OwnCap(CAP, lambda: resolve("default", house.home).settings.brief.wording_usd_per_day)
    budget = house.budget.within(PURPOSE, cap)
    try:
        async with asyncio.timeout(WORDED_WITHIN):
            return await RitualPhraser(house.brains.chain(profile), budget, house.clock).wordings(lines, job)
    except (SageError, TimeoutError) as trouble:
        log.info("%s is shown as it was computed: %s", job, type(trouble).__name__)
        return {}
