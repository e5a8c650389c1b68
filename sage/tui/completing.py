"""What @ may name, found beside the keys and shown above the composer while it is written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sage import wire
from sage.core.errors import SageError
from sage.core.mentions import Named, begun, written
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.suggestions import Suggestions

if TYPE_CHECKING:
    from textual.screen import Screen

    from sage.tui.dialogue import Dialogue


class Completing:
    """The mention that is being written on a screen with a composer, if any. What comes too late is not shown."""

    def __init__(self, screen: Screen[None], dialogue: Dialogue) -> None:
        self._screen, self._dialogue = screen, dialogue
        self._sought: str | None = None
        self._closed_at: int | None = None
        """Where a mention begins whose list was closed."""

    @property
    def _composer(self) -> Composer:
        return self._screen.query_one(Composer)

    def written(self) -> None:
        """The text or the cursor has changed."""
        mention = begun(self._composer.before_cursor)
        if mention is None or mention[0] != self._closed_at:
            self._closed_at = None
        name = None if mention is None or self._closed_at is not None else mention[1]
        if name == self._sought:
            return
        self._sought = name
        if not name:
            self._show(())
        else:  # it waits for the engine beside the keys
            self._screen.run_worker(self._find(name), group="names", exclusive=True, exit_on_error=False)

    def key(self, key: str) -> None:
        """A key for the list: `up`, `down`, `take`, `close`."""
        shown = self._screen.query_one(Suggestions)
        mention = begun(self._composer.before_cursor)
        if key in ("up", "down"):
            shown.move(-1 if key == "up" else 1)
        elif key == "take" and mention is not None and shown.current is not None:
            self._take(mention[0], shown.current)
        else:
            self._closed_at = mention[0] if mention else None
            self._sought = None
            self._show(())

    async def _find(self, name: str) -> None:
        try:
            found = (await self._dialogue.call(wire.FindNames(name))).found
        except SageError:
            found = ()  # a list that does not come needs no telling: the words can be written without it
        if name == self._sought:
            self._show(found)

    def _take(self, start: int, named: Named) -> None:
        composer = self._composer
        if named.kind == "folder":
            composer.replace_before_cursor(
                start, f'@"{named.name}{os.sep}' if " " in named.name else f"@{named.name}{os.sep}"
            )
            return
        self._show(())
        self._sought = None
        if named.kind == "file":
            composer.replace_before_cursor(start, "")
            self._dialogue.work_told(self._dialogue.attaching.add(named.name), "attaching")
        else:
            composer.replace_before_cursor(start, f"{written(named.name)} ")

    def _show(self, found: tuple[Named, ...]) -> None:
        self._screen.query_one(Suggestions).show(found)
        self._composer.is_completing = bool(found)
