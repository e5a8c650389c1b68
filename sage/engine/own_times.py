"""Times of Sage's own over a home: they follow the settings, and what is told of them is computed when it is told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sage.core.errors import SageError
from sage.core.focus import ended_words
from sage.core.rituals import RitualKind
from sage.core.schedules.own_times import RITUAL_NAMES, RITUAL_WORDS, ripe_of_own, ritual_rule, same_times
from sage.core.schedules.planning import planned
from sage.core.schedules.ringing import Delay, Ripe
from sage.core.schedules.schedule import Occurrence, Ring, Schedule
from sage.core.schedules.wall_time import in_quiet_hours
from sage.engine.calendar_troubles import CalendarTroubles
from sage.profile import resolve
from sage.settings import Settings

if TYPE_CHECKING:
    from sage.engine.bootstrap import House

log = logging.getLogger(__name__)


class OwnTimes:
    """Implements what the alarms ask of times that are not the person's reminders."""

    def __init__(self, house: House) -> None:
        self._house, self._troubles = house, CalendarTroubles(house)

    def plan(self, now: datetime) -> None:
        """Gives each ritual that has a time in the settings its schedule, and takes it from the others; and each calendar that
        is in trouble."""
        self._troubles.note(now)
        try:
            settings = resolve("default", self._house.home).settings
        except SageError as error:  # whoever writes settings is told by what they do next; reminders go on meanwhile
            log.warning("rituals keep their times: %s", error.kind)
            return
        for kind, at in _times(settings).items():
            self._keep(kind, at, now)

    def ripe(self, schedule: Schedule, waiting: Sequence[Occurrence], now: datetime, delay: Delay | None) -> Ripe:
        """What becomes of one of these times that has come: the words are those of now."""
        house = self._house
        if schedule.kind in RITUAL_WORDS and self._known(schedule, now):
            return Ripe(None, tuple(waiting))
        hours = resolve("default", house.home).settings.quiet_hours
        found = ripe_of_own(
            schedule, waiting, now, delay,
            quiet=in_quiet_hours(now, hours.start, hours.end), focused=house.planner.focus(now) is not None,
        )  # fmt: skip
        return Ripe(self._worded(found.ring, now), found.before) if found.ring else found

    def _keep(self, kind: RitualKind, at: str, now: datetime) -> None:
        pages, name = self._house.schedule_pages, f"own-{kind}"
        known = pages.find(name)
        if not at:
            if known and known.state != "removed":
                pages.change(replace(known, state="removed"), (), now)
            return
        rule, here = ritual_rule(at, now), now.tzinfo
        assert isinstance(here, ZoneInfo)
        wanted = Schedule(name, RITUAL_NAMES[kind], rule, kind, made_at=now.astimezone(UTC).isoformat())
        if known is None:
            pages.add(wanted, planned(wanted, now, now, here), now)
        elif known.state != "on" or not same_times(known.rule, rule):
            pages.change(wanted, planned(wanted, now, now, here), now)

    def _known(self, schedule: Schedule, now: datetime) -> bool:
        """Whether the person looked at today's already, or was told of it: a changed time tells no second one."""
        kind = schedule.kind
        assert kind in ("brief", "shutdown", "review")
        if self._house.rituals.shown(kind, now):
            return True
        last = self._house.schedule_pages.last_told(schedule.id)
        return last is not None and datetime.fromisoformat(last.due_at).astimezone(now.tzinfo).date() == now.date()

    def _worded(self, ring: Ring, now: datetime) -> Ring:
        house, schedule, lines = self._house, ring.schedule, ring.lines
        match schedule.kind:
            case "brief":
                text, lines = (
                    RITUAL_WORDS["brief"],
                    tuple(line.said for line in house.rituals.compose("brief", now).lines),
                )
            case "shutdown" | "review":
                text = RITUAL_WORDS[schedule.kind]
            case "focus":
                text = ended_words(house.focus.find(schedule.id))
            case _:
                text = schedule.text
        return replace(ring, schedule=replace(schedule, text=text), lines=lines)


def _times(settings: Settings) -> dict[RitualKind, str]:
    return {"brief": settings.brief.at, "shutdown": settings.shutdown.at, "review": settings.review.at}
