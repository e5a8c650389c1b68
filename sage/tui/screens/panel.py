"""A panel over a place: a title, lines that can be long, and the keys that decide."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from sage.core.errors import SageError
from sage.core.terminal_text import clean
from sage.tui.screens import STYLES
from sage.tui.screens.over import Over

Outcome = TypeVar("Outcome")


class Panel(Over[Outcome], Generic[Outcome]):
    """`body` lists what it is about; `fields` (of a subclass) stand above it, `after` below."""

    CSS_PATH = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", "Up", show=False),
        Binding("pagedown", "page(1)", "Down", show=False),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical(classes="panel"):
            yield Static(clean(self._title), classes="title", markup=False)
            yield from self.fields()
            with VerticalScroll(classes="body", can_focus=True):
                yield Static("…", classes="lines", markup=False)
            yield from self.after()
            yield Static("", classes="hint", markup=False)

    def fields(self) -> Iterable[Widget]:
        """What stands between the title and the lines."""
        return ()

    def after(self) -> Iterable[Widget]:
        """What stands between the lines and the keys."""
        return ()

    def show(self, lines: Iterable[str]) -> None:
        """These lines."""
        self.query_one(".lines", Static).update(clean("\n".join(lines)))

    def hint(self, text: str) -> None:
        """The line at the bottom."""
        self.query_one(".hint", Static).update(clean(text))

    def work(self, work: Callable[..., Coroutine[None, None, None]], *given: Any) -> None:
        """Does something beside the keys; a told error is shown at the bottom. A newer work ends it."""
        begin: Callable[[], Coroutine[None, None, Any]] = partial(self._told, work, *given)
        self.run_worker(begin, exclusive=True, exit_on_error=False)

    async def _told(self, work: Callable[..., Coroutine[None, None, None]], *given: Any) -> None:
        try:
            await work(*given)
        except SageError as error:
            self.hint(f"{error} Esc goes back.")

    def action_page(self, by: int) -> None:
        body = self.query_one(VerticalScroll)
        (body.scroll_page_down if by > 0 else body.scroll_page_up)(animate=False)
