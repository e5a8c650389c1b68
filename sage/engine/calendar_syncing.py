"""Keeps what is known of the calendars of accounts up to date."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sage.adapters.compound_calendar import AHEAD, BACK, AccountCalendars
from sage.core.ports import Accounts
from sage.engine.account_looks import AccountLooks
from sage.plugin_api import CalendarPage, PluginError

log = logging.getLogger(__name__)


class CalendarSyncing:
    """All accounts with a calendar; `sources` names them. `changed` is called when other events may stand somewhere."""

    def __init__(
        self,
        accounts: Accounts,
        sources: Callable[[], Sequence[str]],
        calendars: AccountCalendars,
        now: Callable[[], datetime],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._accounts, self._sources, self._calendars = accounts, sources, calendars
        self._now, self._changed = now, changed
        self._looks = AccountLooks(self.look, "calendar")

    def look_again(self) -> None:
        """Begins with accounts that are new, and ends with those that are gone."""
        wanted = self._sources()
        self._calendars.keep_to(wanted)
        self._looks.keep_to(wanted)

    def look_soon(self, account: str) -> None:
        """Has an account looked at: it says that something changed, or that it can be reached again."""
        self._looks.soon(account)

    async def look(self, account: str) -> bool:
        """Asks an account for the stretch around now; False when it cannot be read, and then what is known stays."""
        now, before = self._now(), self._calendars.version
        since = now - BACK
        try:
            page: CalendarPage = await self._accounts.ask(account, "occurrences", since, now + AHEAD)
        except PluginError as error:
            log.info("the calendar of %s was not read (%s)", account, type(error).__name__)
            self._calendars.fail(account, error.what or "The service cannot be reached.")
            well = False
        else:
            self._calendars.take(account, page, since)
            well = True
        if self._calendars.version != before:
            self._changed()
        return well

    async def close(self) -> None:
        """Ends all looking."""
        await self._looks.close()
