"""The tour of the demo: one quiet line says what to try next, and goes on once the person has done it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.screen import Screen
from textual.widgets import Static

from sage import wire

if TYPE_CHECKING:
    from sage.tui.app import SageApp


class Step(NamedTuple):
    """What to try, and how the engine's answers tell that it was done."""

    text: str
    done: Callable[[Any, Any], bool]


def _after(kind: type[Any]) -> Callable[[Any, Any], bool]:
    return lambda request, result: isinstance(request, kind)


STEPS = (
    Step(
        "Ask your notes. Type: how much sun do tomatoes want",
        lambda request, result: isinstance(request, wire.Ask) and bool(result.sources),
    ),
    Step("It says where it stands. On what does it rest? Type: /why", _after(wire.Why)),
    Step("A task, from anywhere: F8, water tomatoes tomorrow, Enter", _after(wire.Capture)),
    Step("These are quiet hours: what is held, and why? Type: /nudges", _after(wire.ListNudges)),
    Step("Esc. Others wrote: F4. No draft goes without your yes", _after(wire.ListReplies)),
    Step("What could Demo Kim learn of you, whatever is asked? w", _after(wire.ShowContact)),
    Step("Esc. Forget a note: F5, type: safe, then Enter, f, y", _after(wire.Forget)),
    Step("No index has it now. Have it back: u, and u again", _after(wire.UndoForgetting)),
    Step(
        "F6: who answers, what it cost: $0. Swap: r, Down, u, y",
        lambda request, result: isinstance(request, wire.UseModel) and not request.preview,
    ),
    Step("Who answers was swapped. Back, byte for byte: b", _after(wire.RollBack)),
)
LAST = "That was it, and nothing left this machine. Ctrl+Q removes this life"
TWICE = 1.0
"""Seconds between the two Esc that end the tour."""


class TourLine(Static):
    """One line at the bottom of whatever is shown."""

    DEFAULT_CSS = "TourLine { dock: bottom; height: auto; max-height: 2; padding: 0 2; color: $text-accent; }"


class Tour:
    """Where the person is in it. `answered` is told of all that the engine answers."""

    def __init__(self, app: SageApp) -> None:
        self._app = app
        self.at = 0
        self._over = False
        self._lines: list[TourLine] = []
        """One on each screen that was shown."""
        self._escaped_at = -TWICE
        app.screen_change_signal.subscribe(app, self._show_on)
        app.mode_change_signal.subscribe(app, self._show_on)
        self._show_on()

    @property
    def text(self) -> str:
        """What the line says."""
        if self.at >= len(STEPS):
            return LAST
        return f"{self.at + 1}/{len(STEPS)} {STEPS[self.at].text} · /tour off"

    def answered(self, request: Any, result: Any) -> None:
        """Goes on if that was what the step asks for."""
        if not self._over and self.at < len(STEPS) and STEPS[self.at].done(request, result):
            self.go_on()

    def go_on(self) -> None:
        """The next step."""
        self.at += 1
        self._show_on()

    def escaped(self) -> None:
        """Esc in Talk: the second one in a row ends the tour."""
        now = time.monotonic()
        if now - self._escaped_at < TWICE:
            self.end()
        self._escaped_at = now

    def end(self) -> None:
        """The line goes, on every screen."""
        self._over = True
        self._app.screen_change_signal.unsubscribe(self._app)
        self._app.mode_change_signal.unsubscribe(self._app)
        for line in self._lines:
            if line.is_attached:
                line.remove()

    def _show_on(self, _: object = None) -> None:
        screen: Screen[Any] = self._app.screen
        there = screen.query(TourLine)
        if there:
            there.first().update(self.text)
        else:
            line = TourLine(self.text, markup=False)
            self._lines.append(line)
            screen.mount(line)
