"""Events of a calendar file: put your service in its place, and keep what the tests ask for.

Import the service's library inside of the methods that use it: this module is imported before it is installed.
"""

from datetime import datetime
from pathlib import Path

from sage.plugin_api import CalendarPage, CalendarSource, Context, Unreachable


class Skeleton(CalendarSource):
    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._file: Path = ctx.config.file.expanduser()

    async def open(self) -> None:
        self._data()

    async def occurrences(self, since: datetime, until: datetime) -> CalendarPage:
        """Sage reads iCalendar text itself: what returns, is moved or cancelled, whole days, zones. A service that speaks
        of events in another way makes `Event`s of them."""
        return self.ctx.read_calendar(self._data(), since, until)

    def _data(self) -> bytes:
        try:
            return self._file.read_bytes()
        except OSError as error:
            raise Unreachable(f"{self._file.name} cannot be read ({error.strerror}).") from error
