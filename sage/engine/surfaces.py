"""Where the person is told something: surfaces in the order in which they are tried."""

from __future__ import annotations

from sage import wire
from sage.core.schedules.schedule import Ring
from sage.core.schedules.wall_time import in_quiet_hours
from sage.engine.desk import Desk
from sage.profile import resolve


class OpenApps:
    """The terminal apps that are open. An app shows what has one key only once."""

    name = "app"
    idempotent = True

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def reachable(self) -> bool:
        return bool(self._desk.service and self._desk.service.listeners)

    async def tell(self, ring: Ring, key: str) -> bool:
        service, house = self._desk.service, self._desk.house
        hours = resolve("default", house.home).settings.quiet_hours
        quiet = in_quiet_hours(house.clock.now(), hours.start, hours.end)
        return bool(service and await service.tell_all(wire.ReminderDue(ring, key, quiet)))
