"""Memory: what the person wrote and said, searched as they type, read, labelled, forgotten, and taken elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker

from sage import wire
from sage.core.errors import SageError
from sage.core.facts.beliefs import Decision
from sage.core.hit_words import search_stems
from sage.core.memory_map import map_lines
from sage.core.passages import Hit
from sage.core.search_words import Kind, Search, read_search, with_kind, with_recipients
from sage.core.terminal_text import clean_line
from sage.locations import existing_path
from sage.tui.findings import Fact, Finding, Finds, Found, Spot, counted, find
from sage.tui.memory_deeds import Deeds
from sage.tui.memory_keys import IN_FACTS, IN_MAP, IN_READING, IN_RESULTS, IN_SEARCH, KEYS, nothing_words
from sage.tui.memory_pages import beside_entries, whole_entries
from sage.tui.places import TALK
from sage.tui.screens.place import Place
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.filters import Filters
from sage.tui.widgets.reading import Reading
from sage.tui.widgets.results import Item, Results

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk

A_MOMENT = 0.3
"""Seconds that a result is chosen before the note around it is asked for: more than between two keys of who types."""
PAUSE = 0.25
"""Seconds without a key after which is searched by meaning, too; by words alone at each key."""
QUICK, FIRST, MOST = 20, 50, 1000
"""Results that are asked for at each key, in the pause, and at most as the person goes on down."""


class Memory(Place[Finding]):
    """A search line, what was found, and one of it in full."""

    NAME, KEYS = "Memory", KEYS
    AUTO_FOCUS = "Input"
    LOOKS: ClassVar[tuple[str, ...]] = ("finding", "forgotten", "reading", "beside", "doing")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "results", "Results", show=False),
        Binding("o", "deed('edit')", "Edit"),
        Binding("l", "deed('label')", "Who may see it"),
        Binding("f", "deed('forget')", "Forget"),
        Binding("u", "forgotten", "Undo"),
        Binding("y", "copy_place", "Copy its place"),
        Binding("a", "ask", "Ask about it"),
        Binding("w", "why", "Why"),
        Binding("v", "visible", "What NAME may see"),
        Binding("p", "learnable", "What a contact could learn"),
        Binding("r", "decide('right')", "Right", show=False),
        Binding("x", "decide('wrong')", "Not so", show=False),
        Binding("d", "decide('done')", "Done", show=False),
        Binding("m", "map", "Map"),
        Binding("1", "kind('all')", "All", show=False),
        Binding("2", "kind('notes')", "Notes", show=False),
        Binding("3", "kind('talks')", "Talks", show=False),
        Binding("4", "kind('facts')", "Facts", show=False),
        Binding("5", "kind('map')", "Map", show=False),
    ]

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self._deeds = Deeds(self, talk)
        self._found = Finds([])
        self._searched = Search()
        self._limit = FIRST
        self._more = False
        """Whether further results may be asked for."""
        self._enters = 0
        """How often Enter was pressed for results that are not there yet."""
        self._why = False
        self._around: tuple[str, wire.Passages] | None = None
        """What stands around a result, with the id of that."""
        self._brought = False
        """Whether what is read was found elsewhere, and not by what stands in the search line."""
        self._pause: Timer | None = None
        self._glance: Worker[None] | None = None
        """The quick search that is on its way."""

    def beside_name(self) -> Widget:
        return Input(placeholder="search what you wrote and said", compact=True, select_on_focus=False)

    def narrowing(self) -> Widget:
        return Filters()

    def parts(self) -> Iterable[Widget]:
        yield Results()
        yield Reading(classes="pane")

    # what is shown

    def item(self, row: Finding) -> Item:
        return row.item()

    def names_of(self, row: Finding) -> tuple[str]:
        return (row.id,)

    def search_for(self, query: str) -> None:
        """Puts words into the search line."""
        line = self.query_one(Input)
        line.value = query
        line.cursor_position = len(query)

    def read_passage(self, hit: Hit) -> None:
        """Shows a passage that was found elsewhere, in its whole; Esc leads to what was searched for."""
        found = Found(hit)
        self._found, self._whole, self._brought = Finds([found]), True, True
        self.list_rows([found], 0)
        self.work("finding", self._read_whole, found)  # in the place of a search that is on its way

    def key_hints(self) -> Iterable[str]:
        """The keys that do something where the cursor is."""
        if isinstance(self.focused, Input):
            return IN_SEARCH
        hints = IN_READING if self._whole else {"facts": IN_FACTS, "map": IN_MAP}.get(self._searched.kind, IN_RESULTS)
        return [f"u forgotten: {len(self._deeds.forgotten)}", *hints] if self._deeds.forgotten else hints

    def look_again(self) -> None:
        """What was said meanwhile may have made something to find."""
        self.work("forgotten", self._deeds.look_forgotten)
        if not self._whole:
            self._find_now()

    def on_descendant_focus(self) -> None:
        self.tell("")

    @on(Results.Chosen)
    def _go_down(self) -> None:
        if self._more and self.query_one(Results).chosen >= len(self.rows) - 10:
            self._limit = min(MOST, 4 * self._limit)
            self._find_now()

    def show_chosen(self) -> None:
        """A result at once, the note around it a moment later."""
        row = self.chosen
        if self._keys:
            return
        around = self._around[1] if row and self._around and self._around[0] == row.id else None
        if row is None:
            self.pages.say(nothing_words(self._searched, self._found.unread))
        elif around and self._whole:
            self.pages.show(whole_entries(around.hits, around.at), around.at + 1, self.stems)
        elif around and isinstance(row, Found) and not self._why:
            self.pages.show(*beside_entries(row.hit, around.hits, around.at), self.stems)
        else:
            self.pages.show(row.entries(why=self._why), stems=self.stems)
            if isinstance(row, Found) and not around:
                self.work("beside", self._read_beside, row)
            elif isinstance(row, Spot):
                self.work("beside", self._map_beside, row)
        self.show_hints()

    async def _read_beside(self, row: Found) -> None:
        await asyncio.sleep(A_MOMENT)
        try:
            around = await self.read(wire.ReadAround(row.passage, self._searched.recipients))
        except SageError:
            return  # the passage stands there; a deed tells what is wrong
        if row is self.chosen:
            self._around = row.id, around
            self.show_chosen()

    async def _map_beside(self, row: Spot) -> None:
        """What is around a place, before one goes there."""
        await asyncio.sleep(A_MOMENT)
        try:
            shown = await self.read(wire.ShowMap(row.place.name))
        except SageError:
            return
        if row is self.chosen and not (self._whole or self._keys):
            own, around = row.entries(why=False), "\n".join(map_lines(shown))
            self.pages.show([*own, Entry("quoted", around)] if row.place.kind != "goal" else own)

    # asking

    @property
    def _is_current(self) -> bool:
        """Whether the results are those of what stands in the search line."""
        return self._is(self._searched)

    def _is(self, search: Search) -> bool:
        """Whether this stands in the search line."""
        return search == read_search(self.query_one(Input).value)

    def _await_found(self, enters: int) -> None:
        """Searches at once; what comes then is chosen from (one Enter) or read (two)."""
        self._enters = min(2, enters)
        if self._pause:
            self._pause.stop()
        self._find_now()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._limit, self._enters, self._keys = FIRST, 0, False
        if self._pause:
            self._pause.stop()
        self.tell("")
        self._pause = self.set_timer(PAUSE, self._find_now)
        if self._glance is None or self._glance.is_finished:
            self._glance = self.work("glance", self._look)

    async def _look(self) -> None:
        """Looks by words alone for what stands in the line, until that does not change any more. What no word finds is looked
        for by meaning at once."""
        seen = self._searched
        while (search := read_search(self.query_one(Input).value)) != seen and search.words and search.kind == "all":
            seen = search
            found = await find(self.read, search, QUICK, MOST, quick=True)
            if self._searched == search:
                return  # all of it was found meanwhile
            if found.findings:
                self._show(search, found)
            elif self._is(search):
                self._find_now()

    def _find_now(self) -> None:
        self.work("finding", self.find)

    async def find(self) -> None:
        """Asks and shows; a newer search ends this one, and its answer is dropped."""
        search = read_search(self.query_one(Input).value)
        self._show(search, await find(self.read, search, self._limit, MOST))
        self._go_on()

    def _show(self, search: Search, found: Finds) -> None:
        rows, before = found.findings, self.chosen
        stays = before is not None and search == self._searched and any(row.id == before.id for row in rows)
        self._more = found.more and search.kind == "all" and self._limit < MOST
        self._searched, self._found = search, found
        self.stems = search_stems(f"{search.words}*")
        self.list_rows(rows, None if stays else 0)
        count = counted(found) if search.words or search.kind in ("facts", "map") else "newest first"
        self.query_one(Filters).show(search, count if rows else "")
        if not (self._whole or self._keys):
            self.show_chosen()

    async def look_now(self, told: str = "") -> None:
        """The whole that was read may be gone, the results may be others."""
        self._leave_whole()
        await super().look_now(told)

    def _go_on(self) -> None:
        """Does what Enter was pressed for while the results were awaited."""
        enters, self._enters = self._enters, 0
        if enters and self.rows:
            self.set_focus(self.list_now)
        if enters > 1:
            self.open_chosen()

    # keys

    def on_key(self, event: events.Key) -> None:
        """A key that came here before the cursor, or another screen, was where it belongs goes there."""
        if self.app.screen is not self:
            event.stop()
            self.app.post_message(events.Key(event.key, event.character))
        elif isinstance(self.focused, Input) and event.is_printable and event.character:
            event.stop()
            self.focused.insert_text_at_cursor(event.character)
        elif event.key == "slash":
            event.stop()  # at once: the letters that follow are for the search line
            self._search()

    def _search(self) -> None:
        self._leave_whole()
        self.set_focus(self.query_one(Input))

    @on(Results.Above)
    def _above(self) -> None:
        self.set_focus(self.query_one(Input))

    def action_results(self) -> None:
        """Down from the search line."""
        if not self._is_current:
            self._await_found(max(1, self._enters))
        elif isinstance(self.focused, Input) and self.rows:
            self.set_focus(self.list_now)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        typed = self.query_one(Input).value.strip()
        if typed.startswith(("/", "~", "./")) and (path := existing_path(typed)):
            self.work("doing", self._deeds.read_in, path)
        elif not self._is_current:
            self._await_found(self._enters + 1)
        elif isinstance(self.focused, Results):
            self.open_chosen()  # Enter twice, faster than the cursor goes there
        elif self.rows:
            self.set_focus(self.list_now)

    @on(Filters.Picked)
    def _picked(self, event: Filters.Picked) -> None:
        self.action_kind(event.kind)

    def action_kind(self, kind: Kind) -> None:
        self.search_for(with_kind(self.query_one(Input).value, kind))

    def _map_at(self, name: str) -> None:
        self.search_for(f"in:map {clean_line(name)}".rstrip())

    def action_map(self) -> None:
        """The map around what is chosen; of all where that is in no note."""
        row = self.chosen
        self._leave_whole()
        self._map_at(
            row.place.name
            if isinstance(row, Spot)
            else row.hit.source
            if isinstance(row, Found) and row.hit.root
            else ""
        )

    def step_back(self) -> bool:
        """On the map Esc goes up."""
        if self._searched.kind != "map":
            return super().step_back()
        name = self._searched.words
        self._map_at(name.rpartition("/")[0]) if name else self.search_for("")
        return True

    def action_learnable(self) -> None:
        """What a contact could learn of all that is here."""
        from sage.tui.learnable import ask_learnable

        self.work("doing", ask_learnable, self, self._talk)

    def action_visible(self) -> None:
        """The search line asks for whom."""
        typed = self.query_one(Input).value
        if self._searched.recipients is not None:
            self.search_for(with_recipients(typed, ""))
            return
        self.search_for(f"{typed.rstrip()} for:".lstrip())
        self.set_focus(self.query_one(Input))
        self.tell("Type a name: then only what this person or circle may see is shown (public: what everyone may).")

    def open_chosen(self) -> None:
        if not self._is_current:
            self._await_found(2)
        elif isinstance(self.chosen, Spot) and not self.chosen.passage:
            self._map_at(self.chosen.place.name)
        elif self.chosen:
            self.work("reading", self._read_whole, self.chosen)

    async def _read_whole(self, finding: Finding) -> None:
        self._around = finding.id, await self.read(wire.ReadAround(finding.passage, self._searched.recipients))
        self.see(whole=True)

    def _leave_whole(self) -> None:
        if self._whole or self._keys:
            self.see(whole=False)

    def see(self, *, whole: bool) -> None:
        super().see(whole=whole)
        if self._brought and not whole:
            self._brought = False
            self._find_now()

    def action_why(self) -> None:
        self._why = not self._why
        if not self._whole:
            self.show_chosen()

    def action_copy_place(self) -> None:
        if self.chosen:
            self.app.copy_to_clipboard(clean_line(self.chosen.citation))
            self.tell(f"Copied: {self.chosen.citation}")

    def action_ask(self) -> None:
        """Back to Talk, with the passage's place typed in."""
        if self.chosen:
            self._talk.write(f'About "{clean_line(self.chosen.citation)}": ')
            self.app.go_to(TALK.id)

    def action_deed(self, name: str) -> None:
        """Does something to the result that is chosen (see `Deeds`)."""
        if self.chosen and self.chosen.passage:
            self.work("doing", getattr(self._deeds, name), self.chosen)

    def action_forgotten(self) -> None:
        self.work("doing", self._deeds.take_back)

    def action_decide(self, decision: Decision) -> None:
        if isinstance(self.chosen, Fact):
            self.work("doing", self._deeds.decide, self.chosen, decision)
