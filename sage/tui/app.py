"""The terminal app: paints at once, then finds the engine."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events
from textual._styles_cache import StylesCache
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

from sage.core.terminal_text import clean
from sage.locations import Home
from sage.tui.places import CAPTURE, MEMORY, NEXT_PLACE, PLACES, SHEETS, TALK, Place, place_after
from sage.tui.screens.talk import Talk
from sage.tui.typed import Typed, waits_for

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.widget import Widget

    from sage import wire
    from sage.core.passages import Hit
    from sage.tui.capturing import Captures
    from sage.tui.early import EarlyLine
    from sage.tui.screens.memory import Memory
    from sage.tui.status import Part
    from sage.tui.tour import Tour
    from sage.tui.working import Working


R = TypeVar("R")


class SageApp(App[None]):
    """The app over one home. It holds no truth: all that it shows is the engine's."""

    CSS_PATH = "sage.tcss"
    TITLE = "Sage"
    ENABLE_COMMAND_PALETTE = False
    DEFAULT_MODE = TALK.id
    BINDINGS: ClassVar[list[BindingType]] = [
        ("ctrl+q", "quit", "Quit"),
        Binding(NEXT_PLACE, "next_place", "Next place", priority=True),
        Binding(CAPTURE, "capture", "Keep a line", priority=True),
        Binding("ctrl+p", "palette", "Everything", priority=True),
        Binding("alt+x", "palette", "Everything", show=False, priority=True),
        *(Binding(place.key, f"go_to('{place.id}')", place.label, priority=True) for place in PLACES),
    ]

    def __init__(self, home: Home, profile: str = "", line: EarlyLine | None = None) -> None:
        """`line` is on the terminal already, and goes on as the composer."""
        self.line = line
        super().__init__()
        _let_go_of_the_drawn()
        self.home, self.profile = home, profile
        self._holds = True
        """Whether there is no place to type into yet."""
        self._typed = Typed(self, self._deliver, lambda: self._holds)
        self._captures: Captures | None = None
        self._talk: Talk | None = None
        self._opened: dict[str, Working] = {}
        """The places that were opened, by their ids."""
        self.tour: Tour | None = None
        self._status: Sequence[Part] = ()
        self._moves = "default"
        self._colourless: LineFilter | None = None
        if "NO_COLOR" in os.environ:
            self._drop_colours()
        for place in (*PLACES, SHEETS):
            if place is not TALK:
                self.add_mode(place.id, partial(self._open, place))

    def get_default_screen(self) -> Screen[Any]:
        """Talk. As a mode that is there from the start it would have all styles read twice before the first paint."""
        self._talk = talk = Talk(self.home, self.profile)
        self.add_mode(TALK.id, lambda: talk)
        return talk

    def _open(self, place: Place) -> Screen[Any]:
        """A place is imported when it is first opened: the first paint does not wait for it."""
        assert self._talk
        opened: Working = getattr(import_module(f"sage.tui.screens.{place.id}"), place.label)(self._talk)
        self._opened[place.id] = opened
        opened.show_status(self._status)
        return opened

    def begin_tour(self) -> None:
        """One line at the bottom says what to try, from the first thing on."""
        from sage.tui.tour import Tour

        if self.tour:
            self.tour.end()
        self.tour = Tour(self)

    def answered(self, request: Any, result: Any) -> None:
        """The engine has done what it was asked for: the tour may go on."""
        if self.tour:
            self.tour.answered(request, result)

    def show_state(self, status: wire.EngineStatus) -> None:
        """How the engine is: the line at the bottom of each place, and how the app looks and moves."""
        from sage.tui.looks import CONTRAST, THEMES
        from sage.tui.status import status_parts

        self._status = status_parts(status, datetime.now().astimezone())
        for place in (self._talk, *self._opened.values()):
            if place:
                place.show_status(self._status)
        if status.theme == "contrast":
            self.register_theme(CONTRAST)
        self.theme = THEMES.get(status.theme, "textual-dark")
        if status.theme == "colourless":
            self._drop_colours()
        elif "NO_COLOR" not in os.environ:
            self._colourless = None
        self._moves = status.keys
        if status.motion == "reduced":
            self.animation_level = "none"
            self._still(self.focused)
        self.refresh()

    def _drop_colours(self) -> None:
        from sage.tui.looks import Colourless

        self._colourless = self._colourless or Colourless()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._colourless] if self._colourless else super().get_line_filters()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if self.animation_level == "none":
            self._still(event.widget)

    def _still(self, widget: Widget | None) -> None:
        """A cursor does not blink where nothing shall move by itself."""
        if widget is not None and hasattr(widget, "cursor_blink"):
            widget.cursor_blink = False

    def look_again(self) -> None:
        """The engine's state has changed: a place that shows it does so anew."""
        if place := self._opened.get(self.current_mode):
            place.state_changed()

    def go_to(self, place: str) -> None:
        """Shows a place. What was typed and chosen in the one that is left stays as it is."""
        if place in self._opened:
            self._opened[place].arrive()
        self.switch_mode(place)

    async def search_memory(self, words: str) -> None:
        """Goes to Memory; words, if there are any, are searched for there."""
        memory = await self._to_memory()
        if words:
            memory.search_for(words)

    async def read_passage(self, hit: Hit) -> None:
        """Goes to Memory, where a passage stands in its whole."""
        (await self._to_memory()).read_passage(hit)

    async def _to_memory(self) -> Memory:
        await self.switch_mode(MEMORY.id)
        return cast("Memory", self._opened[MEMORY.id])

    def action_go_to(self, place: str) -> None:
        """A place's own key leads back to Talk from there."""
        self.go_to(TALK.id if place == self.current_mode else place)

    async def action_palette(self) -> None:
        """Everything, by a few letters; over a panel, that is answered first."""
        if self._talk and not isinstance(self.screen, ModalScreen):
            from sage.tui.screens.palette import open_palette  # the first paint does not wait for it

            self.run_worker(open_palette(self, self._talk), group="palette", exclusive=True, exit_on_error=False)

    def action_next_place(self) -> None:
        self.go_to(place_after(self.current_mode).id)

    def action_capture(self) -> None:
        """A line over the place, to keep what comes to mind."""
        if self._talk is None:
            return
        from sage.tui.screens.capture import Capture

        if isinstance(self.screen, Capture):
            self.screen.action_leave()
            return
        self.push_screen(Capture(self.captures))

    async def push_screen_wait(self, screen: Screen[R], *, mode: str | None = None) -> R:  # type: ignore[override]
        """Shows a panel and waits for what it returns; keys are meant for it from now on."""
        answer = self.push_screen(screen, wait_for_dismiss=True, mode=mode)
        waits_for(answer)
        return await asyncio.shield(answer)

    @property
    def captures(self) -> Captures:
        """What keeps lines from anywhere."""
        from sage.tui.capturing import Captures

        assert self._talk
        self._captures = self._captures or Captures(self, self._talk, self._talk.drafts)
        return self._captures

    def copy_to_clipboard(self, text: str) -> None:
        """Has the terminal copy a text, also through tmux."""
        from sage.tui.outside import clipboard

        super().copy_to_clipboard(text)
        if self._driver and (sequence := clipboard(text, os.environ)):
            self._driver.write(sequence)

    def tell_outside(self, text: str, key: str) -> None:
        """Has the terminal notify the person, where it can."""
        from sage.tui.outside import notification

        sequence = notification(text, key, os.environ)
        if sequence and self._driver:
            self._driver.write(sequence)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Paste):
            event.text = clean(event.text)
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._typed.take(event)
        else:
            await super().on_event(event)

    async def _deliver(self, event: events.Event) -> None:
        """A key, to where the cursor is."""
        if self._talk and isinstance(event, events.Key) and event.is_printable:
            self._talk.typing()
        if self._moves != "default" and isinstance(event, events.Key):
            from sage.tui.looks import moved

            key = moved(self._moves, event.key, self.focused)
            if key and event.key not in self.screen._bindings.key_to_bindings:  # a place's own keys come first
                event = events.Key(key, None)
        await super().on_event(event)

    def take_keys(self) -> None:
        """There is a place to type into: what was typed before comes first, in its order."""
        if self._holds:
            self._holds = False
            self.call_later(self._typed.go_on)

    def on_passed(self) -> None:
        """A key was dealt with."""
        self._typed.passed()

    def on_mount(self) -> None:
        self.set_timer(2.0, _settle_memory)

    def get_driver_class(self) -> type[Driver]:
        """The terminal as it is taken and given back here; in the browser its own."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from sage.tui.terminal import Terminal

        return Terminal


def _let_go_of_the_drawn() -> None:
    """What a widget drew goes with it. Textual (8.2) caches two colours by whoever asks for them, and so keeps up to 1,024 widgets'
    lines for as long as the app runs: here the cache is everybody's."""
    asked = StylesCache.get_inner_outer
    if uncached := getattr(asked, "__wrapped__", None):
        shared = lru_cache(1024)(partial(uncached, StylesCache))
        StylesCache.get_inner_outer = lambda _, beneath, background: shared(beneath, background)  # type: ignore


_M_MMAP_THRESHOLD, _LARGE = -3, 128 * 1024


def _settle_memory() -> None:
    """What was loaded stays for good: the collector need not look at it again in the middle of a key press. Large pieces, such as
    a long history on its way, go back to the system: glibc would keep all of a size that it has once been given back."""
    import ctypes

    gc.enable()
    gc.collect()
    gc.freeze()
    with contextlib.suppress(AttributeError, OSError):  # other systems have no such limit
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)


def open_app(home: Home, profile: str, line: EarlyLine) -> int:
    """Runs the app, which takes over the screen of `line`, until it is left; returns the exit code."""
    app: Any = SageApp(home, profile, line)
    app.run()
    return int(app.return_code or 0)
