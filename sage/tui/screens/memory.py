"""Memory: what the person wrote and said, searched as they type, read, and taken elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from sage import wire
from sage.core.errors import EngineGone, SageError
from sage.core.hit_words import kind_of, search_stems
from sage.core.passages import Hit, ImportProgress
from sage.core.search_words import Kind, Search, read_search, with_kind, with_recipients
from sage.core.terminal_text import clean_line
from sage.locations import typed_path
from sage.tui.editor import edit
from sage.tui.memory_pages import passage_entries, result_item, whole_entries
from sage.tui.places import TALK
from sage.tui.widgets.filters import Filters
from sage.tui.widgets.reading import Reading
from sage.tui.widgets.results import Results

if TYPE_CHECKING:
    from sage.core.forgetting import Forgetting
    from sage.tui.app import SageApp
    from sage.tui.screens.talk import Talk

PAUSE = 0.12
"""Seconds without a key after which is searched."""
FIRST, MOST = 50, 1000
"""Results that are asked for at first, and at most as the person goes on down."""

IN_SEARCH = "↓ results · in:notes in:talks · for:NAME what NAME may see · Esc Talk"
IN_RESULTS = "Enter read · l share · f forget · o edit · a ask · w why · y copy · / search · Esc Talk"
IN_READING = "↑↓ read · Esc back · l share · f forget · o edit · a ask · y copy"
NOTHING_YET = """There is nothing in memory yet.

Read in a folder of notes: type its path above and press Enter (or sage import FOLDER in a shell). It stays where it \
is and is never written. What you say in Talk is remembered as well."""


class Memory(Screen[None]):
    """A search line, what was found, and one of it in full."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("slash", "search", "Search"),
        Binding("down", "results", "Results", show=False),
        Binding("pagedown", "page(1)", "On", show=False),
        Binding("pageup", "page(-1)", "Back", show=False),
        Binding("o", "edit", "Edit"),
        Binding("y", "copy_place", "Copy its place"),
        Binding("a", "ask", "Ask about it"),
        Binding("w", "why", "Why"),
        Binding("l", "label", "Who may see it"),
        Binding("f", "forget", "Forget"),
        Binding("u", "forgotten", "Undo"),
        Binding("v", "visible", "What NAME may see"),
        Binding("1", "kind('all')", "All", show=False),
        Binding("2", "kind('notes')", "Notes", show=False),
        Binding("3", "kind('talks')", "Talks", show=False),
    ]
    app: SageApp

    def __init__(self, talk: Talk) -> None:
        super().__init__()
        self._talk = talk
        self.hits: list[Hit] = []
        """What was found, best first."""
        self._searched = Search()
        self._unread = ""
        """Why more may be found in a moment."""
        self._limit = FIRST
        self._more = False
        """Whether further results may be asked for."""
        self._waiting = False
        """Whether the line at the bottom says what is waited for."""
        self._why = False
        self._whole = False
        self._pause: Timer | None = None
        self._forgotten: list[Forgetting] = []
        """What was forgotten and can still come back."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="searching"):
            yield Static("Memory", id="place", markup=False)
            yield Input(placeholder="search what you wrote and said", compact=True, select_on_focus=False)
        yield Filters(("all", "notes", "talks"))
        with Container(id="found"):
            yield Results()
            yield Reading()
        yield Static(id="hints", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    # what is shown

    @property
    def hit(self) -> Hit | None:
        """The result that is chosen."""
        place = self.query_one(Results).chosen
        return self.hits[place] if place < len(self.hits) else None

    def tell(self, text: str, *, until_found: bool = False) -> None:
        """A line at the bottom, in the place of the keys until the person goes on (or until something is found)."""
        self._waiting = until_found
        self.query_one("#hints", Static).update(clean_line(text))

    def search_for(self, query: str) -> None:
        """Puts words into the search line."""
        line = self.query_one(Input)
        line.value = query
        line.cursor_position = len(query)

    def _work(self, group: str, work: Callable[..., Coroutine[None, None, Any]], *given: Any) -> None:
        """Does something beside the keys; a newer work of the same group ends it."""
        begin: Callable[[], Coroutine[None, None, Any]] = partial(work, *given)
        self.run_worker(begin, group=group, exclusive=True, exit_on_error=False)

    def _show_hints(self) -> None:
        self._waiting = False
        hints = IN_READING if self._whole else IN_SEARCH if isinstance(self.focused, Input) else IN_RESULTS
        undo = f"u forgotten: {len(self._forgotten)} · " if self._forgotten and hints != IN_SEARCH else ""
        self.query_one("#hints", Static).update(undo + hints)

    def on_screen_resume(self) -> None:
        """What was said meanwhile may have made something to find."""
        self._work("forgotten", self._look_forgotten)
        if not self._whole:
            self._find_now()

    def on_descendant_focus(self) -> None:
        self._show_hints()

    @on(Results.Chosen)
    def _choose(self) -> None:
        self._show_passage()
        self._show_hints()
        if self._more and self.query_one(Results).chosen >= len(self.hits) - 10:
            self._limit = min(MOST, 4 * self._limit)
            self._find_now()

    def _show_passage(self) -> None:
        if self.hit:
            self.query_one(Reading).show(passage_entries(self.hit, why=self._why), stems=self._stems)
        else:
            self.query_one(Reading).say(self._nothing())

    @property
    def _stems(self) -> frozenset[str]:
        return search_stems(self._searched.words)

    # searching

    @on(Input.Changed)
    def _typed(self) -> None:
        self._limit = FIRST
        if self._pause:
            self._pause.stop()
        self._show_hints()
        self._pause = self.set_timer(PAUSE, self._find_now)

    def _find_now(self) -> None:
        self._work("finding", self._find)

    async def _find(self) -> None:
        """Asks and shows; a newer search ends this one, and its answer is dropped."""
        search = read_search(self.query_one(Input).value)
        try:
            hits = await self._found(search)
        except SageError as error:
            self.tell(str(error))
            return
        same = search == self._searched and bool(self.hits)
        chosen = self.hit
        self._more = len(hits) >= self._limit < MOST
        self._searched = search
        self.hits = [hit for hit in hits if search.kind in ("all", kind_of(hit))]
        self._show_found(chosen.id if chosen and same else "")

    async def _found(self, search: Search) -> tuple[Hit, ...]:
        limit = self._limit if search.kind == "all" else MOST
        if not search.words:
            return (await self._read(wire.ListNewest(limit, search.recipients))).hits
        found = await self._read(wire.Recall(search.words, limit, search.recipients))
        self._unread = found.unread
        return found.hits

    async def _read(self, request: wire.Request[wire.R]) -> wire.R:
        """Asks what may be asked twice: an engine that went away is waited for."""
        if not self._talk.is_ready:
            self.tell("Waiting for the engine …", until_found=True)
        try:
            return await self._talk.call(request)
        except EngineGone:
            self.tell("The engine has ended; it is started again …", until_found=True)
            return await self._talk.call(request)

    def _show_found(self, keep: str) -> None:
        hits, results = self.hits, self.query_one(Results)
        at = next((place for place, hit in enumerate(hits) if hit.id == keep), 0)
        results.show(len(hits), lambda place: result_item(hits[place]), self._stems, at)
        self.query_one(Filters).show(self._searched, self._counted())
        if not self._whole:
            self._show_passage()
        if self._waiting:
            self._show_hints()

    def _counted(self) -> str:
        count = f"{len(self.hits)}{'+' if self._more else ''}"
        return f"{count} found" if self._searched.words else "newest first" if self.hits else ""

    def _nothing(self) -> str:
        search = self._searched
        if search == Search():
            return NOTHING_YET
        if search.words:
            return f"Nothing was found. {self._unread or 'Other words may find it.'}"
        whom = "they may see" if search.recipients else "is public" if search.recipients is not None else "is here yet"
        return f"Nothing that {whom}."

    # keys

    def action_back(self) -> None:
        """Out of the whole to the results, from there to Talk."""
        if self._whole:
            self._leave_whole()
        else:
            self.app.go_to(TALK.id)

    def action_search(self) -> None:
        self._leave_whole()
        self.query_one(Input).focus()

    @on(Results.Above)
    def _above(self) -> None:
        self.query_one(Input).focus()

    def action_results(self) -> None:
        """Down from the search line."""
        if isinstance(self.focused, Input) and self.hits:
            self.query_one(Results).focus()

    def action_page(self, by: int) -> None:
        """Reads on in the passage, while the search line or the list keeps the keys."""
        reading = self.query_one(Reading)
        (reading.scroll_page_down if by > 0 else reading.scroll_page_up)()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        typed = self.query_one(Input).value.strip()
        if typed.startswith(("/", "~", "./")) and Path(typed_path(typed)).exists():
            self._work("importing", self._import, typed_path(typed))
        elif self.hits:
            self.query_one(Results).focus()

    async def _import(self, path: Path) -> None:
        """Reads in what was typed as a path, and shows what there is then."""

        def show(event: Any) -> None:
            if isinstance(event, ImportProgress):
                self.tell(f"Reading {event.done} of {event.total}: {event.source}")

        try:
            report = await self._talk.call(wire.ImportNotes(str(path)), show)
        except SageError as error:
            self.tell(str(error))
            return
        self.search_for("")
        await self._find()
        trouble = (
            f" {len(report.troubles)} could not be read as they should: /import tells which." if report.troubles else ""
        )
        self.tell(f"Read {report.root}: {report.added} added, {report.changed} changed.{trouble}")

    @on(Filters.Picked)
    def _picked(self, event: Filters.Picked) -> None:
        self.action_kind(event.kind)

    def action_kind(self, kind: Kind) -> None:
        self.search_for(with_kind(self.query_one(Input).value, kind))

    def action_visible(self) -> None:
        """The search line asks for whom."""
        typed = self.query_one(Input).value
        if self._searched.recipients is not None:
            self.search_for(with_recipients(typed, ""))
            return
        self.search_for(f"{typed.rstrip()} for:".lstrip())
        self.query_one(Input).focus()
        self.tell("Type a name: then only what this person or circle may see is shown (public: what everyone may).")

    @on(Results.Opened)
    def action_read(self) -> None:
        if self.hit:
            self._work("reading", self._read_whole, self.hit)

    async def _read_whole(self, hit: Hit) -> None:
        try:
            around = await self._read(wire.ReadAround(hit.id, self._searched.recipients))
        except SageError as error:
            self.tell(str(error))
            return
        self._whole = True
        self.add_class("-whole")
        reading = self.query_one(Reading)
        reading.show(whole_entries(around.hits, around.at), around.at + 1, self._stems)
        reading.focus()
        self._show_hints()

    def _leave_whole(self) -> None:
        if self._whole:
            self._whole = False
            self.remove_class("-whole")
            self.query_one(Results).focus()
            self._show_passage()

    def action_why(self) -> None:
        self._why = not self._why
        if not self._whole:
            self._show_passage()

    def action_copy_place(self) -> None:
        if self.hit:
            self.app.copy_to_clipboard(clean_line(self.hit.citation))
            self.tell(f"Copied: {self.hit.citation}")

    def action_ask(self) -> None:
        """Back to Talk, with the passage's place typed in."""
        if self.hit:
            self._talk.write(f'About "{clean_line(self.hit.citation)}": ')
            self.app.go_to(TALK.id)

    def action_label(self) -> None:
        if self.hit:
            self._work("deciding", self._label, self.hit)

    async def _label(self, hit: Hit) -> None:
        from sage.tui.screens.sharing import Sharing

        done = await self.app.push_screen_wait(Sharing(self._talk, hit))
        await self._show_change(done)

    def action_forget(self) -> None:
        if self.hit:
            self._work("deciding", self._forget, self.hit)

    async def _forget(self, hit: Hit) -> None:
        from sage.tui.screens.forgetting import Forgetting

        done = await self.app.push_screen_wait(Forgetting(self._talk, hit))
        if done:
            self._leave_whole()
            waits = "".join(f" {path} still has the words: it is yours to edit." for path in done.waiting)
            await self._show_change(f"Forgotten.{waits} u gives it back, or removes it for good.")

    def action_forgotten(self) -> None:
        if self._forgotten:
            self._work("deciding", self._give_back)
        else:
            self.tell("Nothing is forgotten that could come back.")

    async def _give_back(self) -> None:
        from sage.tui.screens.forgetting import Forgotten

        await self._show_change(await self.app.push_screen_wait(Forgotten(self._talk, self._forgotten)))

    async def _show_change(self, done: str) -> None:
        """What a panel has done ("" for nothing): found anew, and told."""
        if done:
            await self._find()
            await self._look_forgotten()
            self.tell(done)

    async def _look_forgotten(self) -> None:
        try:
            found = await self._read(wire.ListForgettings())
        except SageError as error:
            self.tell(str(error))
            return
        self._forgotten = [each for each in found.forgettings if each.state == "trash"]

    def action_edit(self) -> None:
        hit = self.hit
        if not hit:
            return
        if not hit.root:
            self.tell("It was said and not written in a file: there is nothing to open.")
            return
        path = Path(hit.root) / hit.source
        try:
            changed = edit(self.app, path, hit.line)
        except SageError as error:
            self.tell(str(error))
            return
        if changed:
            self._work("finding", self._take_edit, path)

    async def _take_edit(self, path: Path) -> None:
        """Shows what was found before as it is now."""
        self.tell("Reading what you changed …", until_found=True)
        try:
            await self._read(wire.ImportNotes(str(path)))
        except SageError as error:
            self.tell(str(error))
            return
        self._leave_whole()
        await self._find()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is told, and the app goes on."""
        if event.state is WorkerState.ERROR:
            self.log.error(event.worker.error)
            self.tell(f"That did not work ({type(event.worker.error).__name__}). Nothing was lost; try again.")
