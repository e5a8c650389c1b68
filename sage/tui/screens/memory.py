"""Memory: what the person wrote and said, searched as they type, read, labelled, forgotten, and taken elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.timer import Timer
from textual.widgets import Input, Static
from textual.worker import Worker

from sage import wire
from sage.core.facts.beliefs import Decision
from sage.core.hit_words import search_stems
from sage.core.passages import Hit
from sage.core.search_words import Kind, Search, read_search, with_kind, with_recipients
from sage.core.terminal_text import clean_line
from sage.locations import existing_path
from sage.tui.findings import Fact, Finding, Finds, Found, counted, find
from sage.tui.memory_deeds import Deeds
from sage.tui.memory_pages import whole_entries
from sage.tui.places import TALK
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.filters import Filters
from sage.tui.widgets.reading import Reading
from sage.tui.widgets.results import Results
from sage.tui.widgets.status_line import StatusLine
from sage.tui.working import Working

if TYPE_CHECKING:
    from sage.tui.app import SageApp
    from sage.tui.screens.talk import Talk

PAUSE = 0.25
"""Seconds without a key after which is searched by meaning, too; by words alone at each key."""
QUICK, FIRST, MOST = 20, 50, 1000
"""Results that are asked for at each key, in the pause, and at most as the person goes on down."""

IN_SEARCH = "↓ results · in:notes in:talks in:facts · for:NAME what NAME may see · Esc Talk"
IN_RESULTS = "Enter read · ? keys · / search · l share · f forget · o edit · a ask · w why · y copy"
IN_FACTS = "r right · x not so · d done · ? keys · / search · Enter where it stands · f forget · a ask"
IN_READING = "↑↓ read · Esc back · ? keys · l share · f forget · o edit · a ask · y copy"
KEYS = """| key | what it does |
|---|---|
| / | search; Up from the first result as well |
| Enter | read the whole note or conversation; Esc comes back |
| o | open the note in your editor |
| a | ask Sage about it, in Talk |
| l | who may see it |
| f | forget it: what goes is shown first |
| u | what was forgotten comes back, or goes for good |
| w | why it was found |
| y | copy its place |
| v | only what somebody may see |
| 1 2 3 4 | all, notes, talks, facts |
| r x d | a fact is right, is not so, is done |
| PgUp, PgDn | read on in what is shown |
| Esc, F3, Ctrl+T | Talk |

| in the search line | |
|---|---|
| in:notes in:talks in:facts | only these |
| for:NAME | only what NAME may see (for:public: what everyone may) |
| at:2026-05 | facts as they stood then |
| a path | Enter reads in the notes there |"""
NOTHING_YET = """There is nothing in memory yet.

Read in a folder of notes: type its path above and press Enter (or sage import FOLDER in a shell). It stays where it \
is and is never written. What you say in Talk is remembered as well."""


class Memory(Working):
    """A search line, what was found, and one of it in full."""

    AUTO_FOCUS = "Input"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("down", "results", "Results", show=False),
        Binding("pagedown", "page(1)", "On", show=False),
        Binding("pageup", "page(-1)", "Back", show=False),
        Binding("o", "deed('edit')", "Edit"),
        Binding("l", "deed('label')", "Who may see it"),
        Binding("f", "deed('forget')", "Forget"),
        Binding("u", "forgotten", "Undo"),
        Binding("y", "copy_place", "Copy its place"),
        Binding("a", "ask", "Ask about it"),
        Binding("w", "why", "Why"),
        Binding("question_mark", "keys", "Keys"),
        Binding("v", "visible", "What NAME may see"),
        Binding("r", "decide('right')", "Right", show=False),
        Binding("x", "decide('wrong')", "Not so", show=False),
        Binding("d", "decide('done')", "Done", show=False),
        Binding("1", "kind('all')", "All", show=False),
        Binding("2", "kind('notes')", "Notes", show=False),
        Binding("3", "kind('talks')", "Talks", show=False),
        Binding("4", "kind('facts')", "Facts", show=False),
    ]
    LOOKS = ("finding", "forgotten", "reading", "doing")
    app: SageApp

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self.add_class("place")
        self._deeds = Deeds(self, talk)
        self._found = Finds([])
        self._searched = Search()
        self._limit = FIRST
        self._more = False
        """Whether further results may be asked for."""
        self._enters = 0
        """How often Enter was pressed for results that are not there yet."""
        self._why = False
        self._keys = False
        """Whether the keys are shown in the place of what is chosen."""
        self._whole = False
        self._brought = False
        """Whether what is read was found elsewhere, and not by what stands in the search line."""
        self._hints = ""
        self._pause: Timer | None = None
        self._glance: Worker[None] | None = None
        """The quick search that is on its way, of which there is one at most."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="searching"):
            yield Static("Memory", id="place", markup=False)
            yield Input(placeholder="search what you wrote and said", compact=True, select_on_focus=False)
        yield Filters()
        with Container(id="found"):
            yield Results()
            yield Reading(classes="pane")
        yield Static(id="hints", markup=False)
        yield StatusLine(self._status)

    # what is shown

    @property
    def findings(self) -> list[Finding]:
        """What was found, best first."""
        return self._found.findings

    @property
    def chosen(self) -> Finding | None:
        """The result that is chosen."""
        place = self.query_one(Results).chosen
        return self.findings[place] if place < len(self.findings) else None

    def search_for(self, query: str) -> None:
        """Puts words into the search line."""
        line = self.query_one(Input)
        line.value = query
        line.cursor_position = len(query)

    def read_passage(self, hit: Hit) -> None:
        """Shows a passage that was found elsewhere, in its whole; Esc leads to what was searched for."""
        found = Found(hit)
        self._found, self._whole, self._brought = Finds([found]), True, True
        self.query_one(Results).show(1, lambda place: found.item())
        self.work("finding", self._read_whole, found)  # in the place of a search that is on its way

    def show_hints(self) -> None:
        hints = clean_line(self._awaited or self._told_last or self._key_hints())
        if hints != self._hints:  # a new text of it lays the whole screen out again
            self._hints = hints
            self.query_one("#hints", Static).update(hints)

    def _key_hints(self) -> str:
        """The keys that do something where the cursor is."""
        if isinstance(self.focused, Input):
            return IN_SEARCH
        hints = IN_READING if self._whole else IN_FACTS if self._searched.kind == "facts" else IN_RESULTS
        return f"u forgotten: {len(self._deeds.forgotten)} · {hints}" if self._deeds.forgotten else hints

    def on_screen_resume(self) -> None:
        """What was said meanwhile may have made something to find."""
        self.work("forgotten", self._deeds.look_forgotten)
        if not self._whole:
            self._find_now()

    def on_descendant_focus(self) -> None:
        self.tell("")

    @on(Results.Chosen)
    def _choose(self) -> None:
        self._show_chosen()
        self.tell("")
        if self._more and self.query_one(Results).chosen >= len(self.findings) - 10:
            self._limit = min(MOST, 4 * self._limit)
            self._find_now()

    def _show_chosen(self) -> None:
        self._keys = False
        reading, chosen = self.query_one(Reading), self.chosen
        if chosen:
            reading.show(chosen.entries(why=self._why), stems=self._stems)
        else:
            reading.say(_nothing(self._searched, self._found.unread))

    @property
    def _stems(self) -> frozenset[str]:
        return search_stems(f"{self._searched.words}*")

    # asking

    @property
    def _is_current(self) -> bool:
        """Whether the results are those of what stands in the search line."""
        return self._is(self._searched)

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

    def _is(self, search: Search) -> bool:
        """Whether this stands in the search line."""
        return search == read_search(self.query_one(Input).value)

    def _find_now(self) -> None:
        self.work("finding", self.find)

    async def find_again(self) -> None:
        """Something has changed: the whole that was read may be gone, the results may be others."""
        self._leave_whole()
        await self.find()

    async def find(self) -> None:
        """Asks and shows; a newer search ends this one, and its answer is dropped."""
        search = read_search(self.query_one(Input).value)
        self._show(search, await find(self.read, search, self._limit, MOST))
        self._go_on()

    def _show(self, search: Search, found: Finds) -> None:
        before, findings = self.chosen, found.findings
        keep = before.id if before and search == self._searched else ""
        self._more = found.more and search.kind == "all" and self._limit < MOST
        self._searched, self._found = search, found
        at = next((place for place, one in enumerate(findings) if one.id == keep), 0)
        self.query_one(Results).show(len(findings), lambda place: findings[place].item(), self._stems, at)
        count = counted(found) if search.words or search.kind == "facts" else "newest first"
        self.query_one(Filters).show(search, count if findings else "")
        if not (self._whole or self._keys):
            self._show_chosen()

    def _go_on(self) -> None:
        """Does what Enter was pressed for while the results were awaited."""
        enters, self._enters = self._enters, 0
        if enters and self.findings:
            self.set_focus(self.query_one(Results))
        if enters > 1:
            self.action_read()

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
            self.action_search()

    def action_back(self) -> None:
        """Away from the keys, out of the whole to the results, from there to Talk."""
        if self._keys and not self._whole:
            self._show_chosen()
        elif self._keys and self.chosen:
            self.work("reading", self._read_whole, self.chosen)
        elif self._whole:
            self._leave_whole()
        else:
            self.app.go_to(TALK.id)

    def action_search(self) -> None:
        self._leave_whole()
        self.set_focus(self.query_one(Input))

    @on(Results.Above)
    def _above(self) -> None:
        self.set_focus(self.query_one(Input))

    def action_results(self) -> None:
        """Down from the search line."""
        if not self._is_current:
            self._await_found(max(1, self._enters))
        elif isinstance(self.focused, Input) and self.findings:
            self.set_focus(self.query_one(Results))

    def action_page(self, by: int) -> None:
        """Reads on in the passage, while the search line or the list keeps the keys."""
        reading = self.query_one(Reading)
        (reading.scroll_page_down if by > 0 else reading.scroll_page_up)()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        typed = self.query_one(Input).value.strip()
        if typed.startswith(("/", "~", "./")) and (path := existing_path(typed)):
            self.work("doing", self._deeds.read_in, path)
        elif not self._is_current:
            self._await_found(self._enters + 1)
        elif isinstance(self.focused, Results):
            self.action_read()  # Enter twice, faster than the cursor goes there
        elif self.findings:
            self.set_focus(self.query_one(Results))

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
        self.set_focus(self.query_one(Input))
        self.tell("Type a name: then only what this person or circle may see is shown (public: what everyone may).")

    @on(Results.Opened)
    def action_read(self) -> None:
        if not self._is_current:
            self._await_found(2)
        elif self.chosen:
            self.work("reading", self._read_whole, self.chosen)

    async def _read_whole(self, finding: Finding) -> None:
        around = await self.read(wire.ReadAround(finding.passage, self._searched.recipients))
        self._whole, self._keys = True, False
        self.add_class("-whole")
        reading = self.query_one(Reading)
        reading.show(whole_entries(around.hits, around.at), around.at + 1, self._stems)
        self.set_focus(reading)
        self.tell("")

    def _leave_whole(self) -> None:
        if self._whole:
            self._whole = False
            self.remove_class("-whole")
            self.set_focus(self.query_one(Results))
            self._show_chosen()
            if self._brought:
                self._brought = False
                self._find_now()

    def action_keys(self) -> None:
        self._keys = True
        self.query_one(Reading).show([Entry("assistant", KEYS)])

    def action_why(self) -> None:
        self._why = not self._why
        if not self._whole:
            self._show_chosen()

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
        if self.chosen:
            self.work("doing", getattr(self._deeds, name), self.chosen)

    def action_forgotten(self) -> None:
        if self._deeds.forgotten:
            self.work("doing", self._deeds.give_back)
        else:
            self.tell("Nothing is forgotten that could come back.")

    def action_decide(self, decision: Decision) -> None:
        if isinstance(self.chosen, Fact):
            self.work("doing", self._deeds.decide, self.chosen, decision)


def _nothing(search: Search, unread: str) -> str:
    """What to do when nothing was found."""
    if search == Search():
        return NOTHING_YET
    if search.kind == "facts":
        return "No such fact yet: they are read from what you write and say, by rule."
    if search.words:
        return f"Nothing was found. {unread or 'Other words may find it.'}"
    whom = "they may see" if search.recipients else "is public" if search.recipients is not None else "is here yet"
    return f"Nothing that {whom}."
