"""The conversation of Talk: a transcript in which an entry can be chosen, to be copied, asked anew or branched from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from sage.tui.widgets.entry import Entry, Role, Row
from sage.tui.widgets.entry_column import EDGE, Spot
from sage.tui.widgets.ink import CITATION, MARK
from sage.tui.widgets.transcript import Transcript

_CHOSEN_ROLES = frozenset(("user", "assistant"))
_CODE = re.compile(r"^(`{3,}|~{3,})[^\n]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>()\[\]\"'`]+")
_NUMBER = re.compile(r"\d+")
KEYS_OF_YOURS = "e edit, ask again · b branch · c copy · Esc back"
KEYS_OF_SAGE = "c copy · C code · L link · 1-9 source · b branch · Esc"


class Conversation(Transcript):
    """What has been said. Ctrl+Up and Ctrl+Down choose an entry; then letters do something with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "tell('edit')", "Edit and ask again", show=False),
        Binding("b", "tell('branch')", "Branch", show=False),
        Binding("C", "copy_part('code')", "Copy code", show=False),
        Binding("L", "copy_part('link')", "Copy a link", show=False),
        Binding("escape", "let_go", "Back", show=False),
        *(Binding(str(number), f"open_source({number})", "Open a source", show=False) for number in range(1, 10)),
    ]

    class Chosen(Message):
        """An entry was chosen; `keys` tells what can be done with it, "" when none is chosen any more."""

        def __init__(self, keys: str) -> None:
            super().__init__()
            self.keys = keys

    class Wanted(Message):
        """Something shall be done (`edit`, `branch`) with what was said in an entry."""

        def __init__(self, deed: str, entry: int) -> None:
            super().__init__()
            self.deed, self.entry = deed, entry

    class SourceWanted(Message):
        """The source of that number, of an entry, shall be opened."""

        def __init__(self, entry: int, number: int) -> None:
            super().__init__()
            self.entry, self.number = entry, number

    class NothingThere(Message):
        """There was none of what a key does something with: `told` says so."""

        def __init__(self, told: str) -> None:
            super().__init__()
            self.told = told

    chosen: int | None = None
    """The entry that letters act on."""
    _copied: tuple[int, str, int] = (-1, "", 0)
    """Which part of which entry was copied last."""

    def choose(self, step: int) -> None:
        """Chooses the entry above (-1) or below (1), from the last one up, and shows it; below the last none is chosen."""
        can = [
            place for place, entry in enumerate(self._entries) if entry.role in _CHOSEN_ROLES and place != self._live
        ]
        if not can:
            return
        if self.chosen is None:
            found = can[-1] if step < 0 else None
        else:
            further = [place for place in can if (place < self.chosen if step < 0 else place > self.chosen)]
            found = (further[-1] if step < 0 else further[0]) if further else (self.chosen if step < 0 else None)
        self._choose(found)

    def _choose(self, entry: int | None) -> None:
        self.chosen = entry
        self._strips.clear()
        if entry is None:
            self.post_message(self.Chosen(""))
        else:
            self.focus(scroll_visible=False)
            self._show_entry(entry)
            self.post_message(self.Chosen(KEYS_OF_YOURS if self._entries[entry].role == "user" else KEYS_OF_SAGE))
        self.refresh()

    def _show_entry(self, entry: int) -> None:
        height, page = self._view(entry).height, self._page
        top = self._heights.top(entry)
        if top < self._top or height > page:
            self.scroll_to(y=top)
        elif top + height > self._top + page:
            self.scroll_to(y=top + height - page)

    def load(self, entries: Iterable[Entry]) -> None:
        """Show these entries instead of all before; none is chosen."""
        self.chosen = None
        super().load(entries)

    def action_let_go(self) -> None:
        """Nothing is chosen any more."""
        self._choose(None)

    def choose_none(self) -> None:
        """Nothing is chosen any more, and nobody is told."""
        self.chosen = None
        self._strips.clear()
        self.refresh()

    def action_tell(self, deed: str) -> None:
        """Has something done with the entry that is chosen."""
        if self.chosen is not None:
            self.post_message(self.Wanted(deed, self.chosen))

    def action_copy_entry(self) -> None:
        """Copies what is selected with the mouse, else the entry that is chosen, else the last answer in view."""
        if self.chosen is None or self.screen.get_selected_text():
            super().action_copy_entry()
        else:
            self._copy(self.text_of(self.chosen))

    def action_copy_part(self, part: str) -> None:
        """Copies a block of code or a link of the entry that is chosen; the same key again the next one."""
        if self.chosen is None:
            return
        text = self.text_of(self.chosen)
        found = [match[2] for match in _CODE.finditer(text)] if part == "code" else _LINK.findall(text)
        if not found:
            self.post_message(self.NothingThere(f"There is no {part} in it."))
            return
        entry, before, place = self._copied
        place = (place + 1) % len(found) if (entry, before) == (self.chosen, part) else 0
        self._copied = self.chosen, part, place
        self._copy(found[place])

    def action_open_source(self, number: int) -> None:
        """Opens a source of the entry that is chosen, else of the last one in view that has any."""
        with_sources = (place for place in self._in_view() if self._entries[place].sources)
        entry = self.chosen if self.chosen is not None else next(with_sources, None)
        if entry is not None:
            self._open(entry, number)

    def on_click(self, event: events.Click) -> None:
        """A click on a citation, or on a source that stands below, opens it."""
        x, y = self._place_of(event)
        row = self._top + y
        if event.chain > 1 or self.text_selection is not None or not 0 <= row < self._heights.total:
            return
        entry, offset = self._heights.at(row)
        number = _cited_at(self._view(entry).at(offset), x - EDGE)
        if number:
            event.prevent_default()
            self._open(entry, number)

    def _open(self, entry: int, number: int) -> None:
        if number <= len(self._entries[entry].sources):
            self.post_message(self.SourceWanted(entry, number))
        else:
            self.post_message(self.NothingThere(f"There is no source [{number}] below it."))

    def _copy(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.post_message(self.Copied(len(text)))

    def _strip(self, row: Row, role: Role, code: int, width: int) -> Strip:
        strip = super()._strip(row, role, code, width)
        if self.chosen is None or Spot.from_code(code).entry != self.chosen or not row.is_text:
            return strip
        mark = Segment("▌", self._style(MARK) + Style(bold=True))
        return Strip([mark, *strip.crop(1, strip.cell_length)], strip.cell_length)


def _cited_at(row: Row, cell: int) -> int:
    """The number of the source that a cell names; 0 for none. Of a source's own line that is every cell."""
    from sage.tui.widgets.wrapping import width_of

    parts = row.line.parts
    if not row.is_text and parts and parts[0][1] == CITATION and (found := _NUMBER.search(parts[0][0])):
        return int(found[0])
    left = 0
    for text, tone in parts:
        right = left + width_of(text)
        if left <= cell < right and tone == CITATION:
            numbers = list(_NUMBER.finditer(text))
            near = [each for each in numbers if left + each.start() - 1 <= cell <= left + each.end()]
            return int((near or numbers)[0][0]) if numbers else 0
        left = right
    return 0
