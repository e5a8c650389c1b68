"""The one place that says whether Sage may speak unasked: reminders, nudges and whatever is sent ask here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sage.adapters.journal.journal_pauses import PausePages
from sage.core.pauses import Pause, any_covers, pause_from


class Pausing:
    """Pauses of a home. They stand in the journal, so that they outlive the engine. `changed` is called after each change."""

    def __init__(self, pages: PausePages, changed: Callable[[], None] = lambda: None) -> None:
        self._pages, self.changed = pages, changed

    def now(self, now: datetime) -> Pause | None:
        """The pause that lasts, if one does."""
        last = self._pages.last(1)
        return last[0] if last and last[0].lasts(now) else None

    def held(self, moment: datetime) -> bool:
        """Whether something due at that moment was held by a pause."""
        return any_covers(self._pages.last(), moment)

    def pause(self, now: datetime, until: datetime | None) -> Pause:
        """Nothing is said unasked from now on, until a moment or until `resume`. Raises BadInput for an end that has passed."""
        pause = pause_from(now, until)
        self._pages.begin(pause)
        self.changed()
        return pause

    def resume(self, now: datetime) -> Pause | None:
        """Ends the pause; returns the one that lasted."""
        lasted = self.now(now)
        self._pages.end(now.astimezone(UTC).isoformat())
        self.changed()
        return lasted
