"""Cases as lines that are read one by one before they are written to a file: space strikes a line, and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.screen import Screen
from textual.widgets import Static

from sage import wire
from sage.core.bundles import BundleCase, Review, shown_parts, told_lines, words_of
from sage.core.errors import SageError
from sage.core.sharing_words import counted
from sage.core.terminal_text import clean_line
from sage.tui.screens import STYLES
from sage.tui.screens.agreement import Agreement
from sage.tui.screens.ask_line import AskLine
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.reading import Pages
from sage.tui.widgets.results import Item, Results

if TYPE_CHECKING:
    from sage.tui.stage import Stage

KEYS = "Space strikes · e other words · p private words · w writes it · Home what it is · Esc leaves"


class Bundles(Screen[str]):
    """The lines of a bundle, and the chosen one in full. Returns what was done in a sentence, "" for nothing."""

    CSS_PATH = STYLES
    AUTO_FOCUS = "Results"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("space", "strike", "Strike", priority=True),
        Binding("e", "edit", "Other words"),
        Binding("p", "words", "Private words"),
        Binding("w", "write", "Write"),
        Binding("pagedown", "page(1)", "On", show=False),
        Binding("pageup", "page(-1)", "Back", show=False),
    ]

    def __init__(self, talk: Stage, cases: Sequence[str] = ()) -> None:
        super().__init__(classes="place -narrow")
        self._talk, self._cases = talk, tuple(cases)
        self._words: tuple[str, ...] = ()
        """Cases whose private words go in, by id."""
        self._told: list[str] = []
        self._named: dict[str, BundleCase] = {}
        self._review = Review(())
        self._read = 0
        """The furthest line that was read."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="searching"):
            yield Static("To give away", id="place", markup=False)
            yield Static("", id="doing", markup=False)
        with Container(id="found"):
            yield Results()
            yield Pages(classes="pane")
        yield Static("", id="hints", markup=False)

    def on_mount(self) -> None:
        self.tell("…")
        self._work(self._draft)

    def tell(self, text: str = "") -> None:
        """A line at the bottom, in the place of the keys."""
        self.query_one("#hints", Static).update(clean_line(text or KEYS))

    async def _draft(self) -> None:
        """All lines anew: nothing of them has been read."""
        drafted = await self._talk.call(wire.DraftBundle(self._cases, not self._cases, self._words))
        bundle = drafted.bundle
        self._told, self._named = told_lines(bundle), {each.name: each for each in bundle.cases}
        self._review, self._read = Review(bundle.lines), 0
        self._list(0)
        self.tell()

    def _list(self, at: int) -> None:
        review = self._review
        self.query_one(Results).show(len(review.lines) + 1, self._item, at=at)
        kept = len(review.kept)
        self.query_one("#doing", Static).update(f"{kept} of {len(review.lines)} lines go in · nothing is sent")
        self._show()

    def _item(self, place: int) -> Item:
        if not place:
            return Item("What it is", "", " ".join(self._told))
        title, text = shown_parts(self._review.lines[place - 1])
        return Item(f"{place}. {title}", "struck" if self._review.is_struck(place) else "", text)

    @on(Results.Chosen)
    def _chose(self) -> None:
        self.tell()
        self._show()

    def _show(self) -> None:
        place = self.query_one(Results).chosen
        self._read = max(self._read, place)
        text = "\n\n".join(self._told) if not place else f"```json\n{self._review.lines[place - 1]}\n```"
        self.query_one(Pages).show([Entry("assistant", text)])

    # keys

    @property
    def _line(self) -> int:
        """The chosen line's number; 0 for none."""
        place = self.query_one(Results).chosen
        if not place:
            self.tell("Choose a line first.")
        return place

    def action_strike(self) -> None:
        if number := self._line:
            self._review.take(str(number))
            self._list(number)

    def action_edit(self) -> None:
        if number := self._line:
            self._work(self._edit, number)

    async def _edit(self, number: int) -> None:
        words = words_of(self._review.lines[number - 1])
        if not words:
            self.tell("This line has no words of its own. Space strikes it.")
            return
        typed = await self.app.push_screen_wait(AskLine("In the place of these words", value=words))
        if typed:
            self._review.take(f"{number} {typed}")
            self._list(number)

    def action_words(self) -> None:
        if number := self._line:
            title, _ = shown_parts(self._review.lines[number - 1])
            case = self._named.get(title.partition(" ")[0])
            if case:
                self._work(self._let_in, case)
            else:
                self.tell("This line is of no case.")

    async def _let_in(self, case: BundleCase) -> None:
        """The words of a case go in once the person agrees, and out at once."""
        if case.id in self._words:
            self._words = tuple(name for name in self._words if name != case.id)
        else:
            lines = [f"{case.name} ({case.id}): {case.told}.", "", "They go in, with names and addresses replaced.",
                     "All lines are made anew: read them again, and strike again what you had struck."]  # fmt: skip
            if not await self.app.push_screen_wait(Agreement("Let its private words in?", lines, "lets them in")):
                return
            self._words = (*self._words, case.id)
        await self._draft()

    def action_write(self) -> None:
        left = len(self._review.lines) - self._read
        if left > 0:
            self.tell(f"Read to the end first: {left} lines are left.")
        else:
            self._work(self._write)

    async def _write(self) -> None:
        about = f"{counted(len(self._review.kept), 'line')}. A new file for you alone; nothing is sent."
        path = await self.app.push_screen_wait(
            AskLine("Write it to which file?", about=about, example="~/bundle.jsonl")
        )
        if path:
            whole = str(Path(path).expanduser().absolute())
            written = await self._talk.call(wire.WriteBundle(whole, self._review.kept))
            self.dismiss(f"{counted(written.lines, 'line')} in {written.path}. Nothing was sent; the file is yours.")

    def action_page(self, by: int) -> None:
        pages = self.query_one(Pages)
        (pages.scroll_page_down if by > 0 else pages.scroll_page_up)()

    def action_leave(self) -> None:
        self.dismiss("")

    def _work(self, work: Callable[..., Coroutine[None, None, Any]], *given: Any) -> None:
        begin: Callable[[], Coroutine[None, None, Any]] = partial(self._done, work, *given)
        self.run_worker(begin, exclusive=True, exit_on_error=False)

    async def _done(self, work: Callable[..., Coroutine[None, None, Any]], *given: Any) -> None:
        try:
            await work(*given)
        except SageError as error:
            self.tell(str(error))
