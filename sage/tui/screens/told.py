"""Something to be read over a place: lines that are asked for when it opens, and others by a key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from sage.tui.screens.panel import Panel

Load = Callable[[], Awaitable[Sequence[str]]]


class Told(Panel[None]):
    """`others` are further lines, by their key, each with what the key says."""

    AUTO_FOCUS = ".body"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter", "close", "Close")]

    def __init__(self, title: str, load: Load, others: Mapping[str, tuple[str, Load]] | None = None) -> None:
        super().__init__(title)
        self._load, self._others = load, others or {}

    def on_mount(self) -> None:
        self.hint(" · ".join([*(f"{key} {label}" for key, (label, _) in self._others.items()), "Esc back"]))
        self.work(self._show, self._load)

    def on_key(self, event: events.Key) -> None:
        if event.key in self._others:
            self.work(self._show, self._others[event.key][1])

    async def _show(self, load: Load) -> None:
        self.show(await load())

    def action_close(self) -> None:
        self.dismiss(None)
