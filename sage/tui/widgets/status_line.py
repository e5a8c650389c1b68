"""The line at the bottom of each place: how it all is, or for a moment what goes on."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widgets import Static

from sage.tui.status import Part, fitting


class StatusLine(Static):
    """What has no room is left out, what matters least first."""

    DEFAULT_CSS = "StatusLine { height: 1; padding: 0 2; color: $text-muted; text-wrap: nowrap; }"

    def __init__(self, parts: Sequence[Part] = ()) -> None:
        super().__init__("", id="status", markup=False)
        self._parts = parts

    def show(self, parts: Sequence[Part]) -> None:
        """These parts, in their order."""
        self._parts = parts
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        self.update(fitting(self._parts, self.content_size.width or 80))
