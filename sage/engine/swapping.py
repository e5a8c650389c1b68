"""Swaps of models: settings.toml is the pointer, written at once and whole, and each swap can be taken back.

The order makes a crash harmless: the swap is written down with the bytes before and after, then the file is replaced, then
the swap counts. What an engine left in the middle is settled by what the file says, before anything else is swapped.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import RLock
from typing import Any

from sage.adapters.home.settings_file import put_settings, settings_bytes, settings_with
from sage.adapters.journal.journal_swaps import SwapPages
from sage.core.errors import DiskFull, NotFound
from sage.core.model_choice import ModelRole
from sage.core.swaps import Changes, Return, Swap, SwapState, changed, settled, way_back
from sage.locations import Home

log = logging.getLogger(__name__)


class Swapping:
    """Who answers, changed and changed back. Methods block; call them in a thread."""

    def __init__(
        self, home: Home, pages: SwapPages, now: Callable[[], datetime], fresh_id: Callable[[str], str]
    ) -> None:
        self._home, self.pages, self._now, self._fresh_id = home, pages, now, fresh_id
        self.alone = RLock()
        """Held while anything is swapped; whoever reads who answers, to swap it, holds it around both."""

    def use(
        self, role: ModelRole, values: Mapping[tuple[str, ...], Any], names: tuple[str, str], *, trial: str = ""
    ) -> Swap | None:
        """Sets these values as one swap; None if they are so already. `names` are the models before and after.

        Raises BadSetting before anything is written.
        """
        with self.alone:
            self._settle()
            swap = self.plan(role, values, names, state="begun", trial=trial)
            if swap is None:
                return None
            self.pages.add(swap)
            put_settings(self._home, swap.after)
            self._done(swap.id, "in force")
            return swap

    def back(self, swap: str = "") -> tuple[Swap, Return]:
        """Takes the newest swap that is in force back, or the one of that id. Raises NotFound when there is none."""
        with self.alone:
            self._settle()
            found = next((each for each in self.pages.in_state("in force") if swap in ("", each.id)), None)
            if found is None:
                raise NotFound(
                    f"No swap {swap!r} is in force." if swap else "No swap of a model is in force.",
                    safe="Nothing was changed.",
                    do="See them with: sage models rollback --list",
                )
            now = settings_bytes(self._home)
            way = way_back(found, now, _values(now))
            self.pages.move(found.id, "going back")
            if way.whole:
                put_settings(self._home, found.was)
            elif way.values:
                put_settings(self._home, settings_with(self._home, now, way.values))
            self._done(found.id, "back", self._now())
            return found, way

    def newest(self) -> Swap | None:
        """The newest swap that is in force."""
        with self.alone:
            self._settle()
            return next(iter(self.pages.in_state("in force")), None)

    def last(self, count: int) -> list[Swap]:
        """The newest swaps first."""
        with self.alone:
            self._settle()
        return self.pages.last(count)

    def _done(self, swap: str, state: SwapState, at: datetime | None = None) -> None:
        """The settings are written, so it is so; should there be no room to say it, it is settled by what they say."""
        try:
            self.pages.move(swap, state, at)
        except DiskFull as error:
            log.warning("swap %s is %s, and is to be settled: %s", swap, state, error.kind)

    def _settle(self) -> None:
        for swap in self.pages.in_state("begun", "going back"):
            now = settings_bytes(self._home)
            state = settled(swap, now, _values(now))
            self.pages.move(swap.id, state, None if state == "in force" else self._now())

    def plan(
        self,
        role: ModelRole,
        values: Mapping[tuple[str, ...], Any],
        names: tuple[str, str],
        *,
        state: SwapState,
        trial: str = "",
    ) -> Swap | None:
        """The swap that this would be, with nothing written; None if everything is so already. Raises BadSetting."""
        before = settings_bytes(self._home)
        after = settings_with(self._home, before, values)
        keys = changed(_values(before), values)
        if after == before or not keys:
            return None
        made = self._now().isoformat()
        changes = Changes(keys, before is not None, *names)
        return Swap(self._fresh_id("s"), role, changes, before or b"", after, trial, state, "", made)


def _values(content: bytes | None) -> dict[str, Any]:
    return tomllib.loads((content or b"").decode("utf-8-sig"))
