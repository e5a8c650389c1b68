"""A place of the app: a list, and what is chosen in full beside it; above what goes on, below the keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from sage.core.terminal_text import clean_line
from sage.tui.places import TALK
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.reading import Pages, Reading
from sage.tui.widgets.results import Item, Results
from sage.tui.widgets.status_line import StatusLine
from sage.tui.working import Working

if TYPE_CHECKING:
    from sage.tui.app import SageApp
    from sage.tui.screens.talk import Talk

R = TypeVar("R")
"""What is listed."""
_OVER = (WorkerState.SUCCESS, WorkerState.ERROR, WorkerState.CANCELLED)


def group_keys(groups: Mapping[Any, str]) -> list[BindingType]:
    """1 lists all, the numbers from 2 on a group each."""
    named = enumerate({"": "All", **groups}.items(), 1)
    return [Binding(str(number), f"group('{group}')", label, show=False) for number, (group, label) in named]


class Place(Working, Generic[R]):
    """`NAME` stands at the top; `KEYS` is the table that `?` shows; `GROUPS` are the parts of the list, by their names;
    Esc leads to `BEYOND` in the end. A subclass says how a row is listed (`item`) and what is read of it (`show_chosen`)."""

    NAME: ClassVar[str]
    KEYS: ClassVar[str]
    GROUPS: ClassVar[Mapping[Any, str]] = {}
    BEYOND: ClassVar[str] = TALK.id
    BUSY: ClassVar[str] = ""
    """Told where something that takes long would begin while another is not over."""
    LOOKS: ClassVar[tuple[str, ...]] = ("finding",)
    AUTO_FOCUS = "Results"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("question_mark", "keys", "Keys"),
        Binding("pagedown", "page(1)", "On", show=False),
        Binding("pageup", "page(-1)", "Back", show=False),
    ]
    app: SageApp

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self.add_class("place")
        self.rows: list[R] = []
        """What is listed."""
        self.stems: frozenset[str] = frozenset()
        """Of the words that are marked in the list."""
        self._group = self._hints = ""
        self._keys = self._whole = False
        self._busy: Worker[Any] | None = None
        """What takes long, once at a time."""
        self._stopped = ""
        """Told when it is stopped."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="searching"):
            yield Static(self.NAME, id="place", markup=False)
            yield self.beside_name()
        yield self.narrowing()
        with Container(id="found"):
            yield from self.parts()
        yield Static("", id="hints", markup=False)
        yield StatusLine(self._status)

    def beside_name(self) -> Widget:
        """At the top: what goes on."""
        return Static("", id="doing", markup=False)

    def narrowing(self) -> Widget:
        """Below that: the parts of the list."""
        return Static("", id="groups", markup=False)

    def parts(self) -> Iterable[Widget]:
        """The list, and where what is chosen is read (`.pane`)."""
        yield Results()
        yield Pages(classes="pane")

    # what a place says of itself

    def item(self, row: R) -> Item:
        """A row as it is listed."""
        raise NotImplementedError

    def names_of(self, row: R) -> Collection[str]:
        """By one of which a row is known again when it has changed."""
        raise NotImplementedError

    def show_chosen(self) -> None:
        """The chosen row in full, and the keys that do something with it."""
        raise NotImplementedError

    def key_hints(self) -> Iterable[str]:
        """The keys that do something now."""
        raise NotImplementedError

    def step_back(self) -> bool:
        """Esc in the list: ends what can be ended before the place is left; whether there was anything."""
        if self._busy:
            self._busy.cancel()
        return self._busy is not None

    # what is shown

    @property
    def chosen(self) -> R | None:
        """The row that is chosen."""
        place = self.query_one(Results).chosen
        return self.rows[place] if place < len(self.rows) else None

    @property
    def pages(self) -> Reading:
        """Where what is chosen is read."""
        return self.query_one(Reading)

    @property
    def list_now(self) -> Widget:
        """What has the keys unless something is read in its whole."""
        return self.query_one(Results)

    def on_screen_resume(self) -> None:
        self.look_again()

    def look_again(self) -> None:
        """Something may have changed."""
        self.work("finding", self.find)

    async def look_now(self, told: str = "") -> None:
        """Something was done: how it all is now, and what is told of it."""
        await self.find()
        self.tell(told)

    def list_rows(self, rows: list[R], at: int | None = None) -> None:
        """Lists these, `at` chosen; without it the same row as before, wherever it is now."""
        before, place = self.chosen, self.query_one(Results).chosen
        if at is None:
            names = set(self.names_of(before)) if before else set[str]()
            same = (number for number, row in enumerate(rows) if not names.isdisjoint(self.names_of(row)))
            at = next(same, place)
        self.rows = rows
        self.query_one(Results).show(len(rows), lambda place: self.item(rows[place]), self.stems, at)

    def show_groups(self, count: Callable[[str], int]) -> None:
        """How many there are of each ("" for all), and which are listed."""
        text = Text(no_wrap=True, overflow="ellipsis")
        for group, label in {"": "All", **self.GROUPS}.items():
            style = Style(reverse=group == self._group) + Style.from_meta({"@click": f"screen.group('{group}')"})
            text.append(f" {label} {count(group)} ", style)
        self.query_one("#groups", Static).update(text)

    def do(self, text: str) -> None:
        """What goes on meanwhile, at the top; "" for nothing."""
        self.query_one("#doing", Static).update(clean_line(text))

    def tell_elsewhere(self, told: str) -> None:
        """Tells it in the place where the person is by now."""
        if told and self.app.screen is not self:
            self.app.notify(clean_line(told), timeout=10, markup=False)

    def show_hints(self) -> None:
        hints = self._awaited or self._told_last
        if not hints:
            hints = " · ".join(["Esc back", "PgDn on"] if self._keys else self.key_hints())
        if hints != self._hints:  # a new text of it lays the whole screen out again
            self._hints = hints
            self.query_one("#hints", Static).update(clean_line(hints))

    @on(Results.Chosen)
    def _chose(self) -> None:
        self._told_last = ""
        self.show_chosen()

    # what takes long

    def begin(self, work: Callable[..., Coroutine[None, None, Any]], *given: Any, stopped: str) -> bool:
        """Begins what takes long, once at a time; `stopped` is told if Esc ends it. Whether it began."""
        if self._busy:
            self.tell(self.BUSY)
            return False
        self.tell("")
        self._stopped, self._busy = stopped, self.work("busy", work, *given)
        return True

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What took long is over, one way or another."""
        if event.state in _OVER and event.worker is self._busy:
            self.over()
            if event.state is WorkerState.CANCELLED:
                self.work("stopped", self.look_now, self._stopped)
        super().on_worker_state_changed(event)

    def over(self) -> None:
        """Nothing that takes long goes on any more."""
        self._busy = None
        self.do("")

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the keys are shown, none of them acts."""
        return not self._keys or action in ("back", "page")

    def action_group(self, name: str) -> None:
        """Lists only these."""
        self._group, self._told_last = name if name in self.GROUPS else "", ""
        self.list_again()

    def list_again(self, at: int | None = None) -> None:
        """What is known, listed anew (see `list_rows`)."""
        raise NotImplementedError

    def action_page(self, by: int) -> None:
        """Reads on in what is shown, while the list keeps the keys."""
        (self.pages.scroll_page_down if by > 0 else self.pages.scroll_page_up)()

    @on(Results.Opened)
    def _opened(self) -> None:
        self.open_chosen()

    def open_chosen(self) -> None:
        """Enter in the list: the whole of what is chosen."""
        if self.chosen:
            self.see(whole=True)

    def action_keys(self) -> None:
        self._keys, self._told_last = True, ""
        self.add_class("-whole")
        self.set_focus(self.pages)
        self.show_hints()
        self.pages.show([Entry("assistant", self.KEYS)])

    def action_back(self) -> None:
        """Away from the keys, out of the whole to the list, and in the end to another place."""
        if self._keys:
            self.see(whole=self._whole)
        elif self._whole:
            self.see(whole=False)
        elif not self.step_back():
            self.app.go_to(self.BEYOND)

    def see(self, *, whole: bool) -> None:
        """What is chosen, in the place of the list or beside it."""
        self._keys, self._whole, self._told_last = False, whole, ""
        self.set_class(whole, "-whole")
        self.set_focus(self.pages if whole else self.list_now)
        self.show_chosen()
