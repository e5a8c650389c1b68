"""The terminal app: paints at once, then finds the engine."""

from __future__ import annotations

import gc
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType

from sage.locations import Home
from sage.tui.screens.talk import Talk


class SageApp(App[None]):
    """The app over one home. It holds no truth: all that it shows is the engine's."""

    CSS_PATH = "sage.tcss"
    TITLE = "Sage"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+q", "quit", "Quit")]

    def __init__(self, home: Home, profile: str = "") -> None:
        super().__init__()
        self.home, self.profile = home, profile
        self._early: list[events.Event] | None = []
        """What was typed before there was a place to type into; None once there is."""

    def get_default_screen(self) -> Talk:
        return Talk(self.home, self.profile)

    async def on_event(self, event: events.Event) -> None:
        if self._early is not None and isinstance(event, events.Key | events.Paste):
            self._early.append(event)
        else:
            await super().on_event(event)

    def take_keys(self) -> None:
        """There is a place to type into: what was typed before comes first, in its order."""
        early, self._early = self._early or [], None
        for event in early:
            if isinstance(event, events.Key) and event.key == "ctrl+j":
                # Before the app had the terminal, the terminal itself made a line feed of Enter.
                event = events.Key("enter", "\r")
            self.post_message(event)

    def on_mount(self) -> None:
        self.set_timer(2.0, _settle_garbage)


def _settle_garbage() -> None:
    """What was loaded stays for good: the collector need not look at it again in the middle of a key press."""
    gc.enable()
    gc.collect()
    gc.freeze()


def open_app(home: Home, profile: str) -> int:
    """Runs the app until it is left; returns the exit code."""
    app: Any = SageApp(home, profile)
    app.run()
    return int(app.return_code or 0)
