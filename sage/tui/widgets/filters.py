"""The row above the results: which kind is shown, for whom, and how many there are."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from sage.core.hit_words import joined
from sage.core.search_words import KINDS, Kind, Search
from sage.core.terminal_text import clean_line
from sage.tui.widgets.wrapping import fit

LABELS: dict[Kind, str] = {"all": "All", "notes": "Notes", "talks": "Talks", "facts": "Facts", "map": "Map"}


class Filters(Widget):
    """Shows a search's narrowing; a click on a kind chooses it."""

    DEFAULT_CSS = "Filters { height: 1; }"

    class Picked(Message):
        """A kind was clicked."""

        def __init__(self, kind: Kind) -> None:
            super().__init__()
            self.kind: Kind = kind

    def __init__(self, kinds: tuple[Kind, ...] = KINDS) -> None:
        super().__init__()
        self._kinds, self._search, self._count = kinds, Search(), ""

    def show(self, search: Search, count: str) -> None:
        """This search, and what was found in words."""
        self._search, self._count = search, count
        self.refresh()

    def render(self) -> Text:
        text = Text(no_wrap=True, overflow="ellipsis")
        for kind in self._kinds:
            text.append(f" {LABELS[kind]} ", "reverse" if kind == self._search.kind else "")
        names = self._search.recipients
        if names is not None:
            text.append("  only what " + clean_line(joined(names) if names else "everyone") + " may see", "bold")
        if self._search.at and self._search.kind == "facts":
            text.append(f"  as of {clean_line(self._search.at)}", "bold")
        room = self.size.width - text.cell_len - 3
        if room > 4:
            text.append("   " + fit(self._count, room), "dim")
        return text

    def on_click(self, event: events.Click) -> None:
        place = 0
        for kind in self._kinds:
            place += len(LABELS[kind]) + 2
            if event.x < place:
                self.post_message(self.Picked(kind))
                return
