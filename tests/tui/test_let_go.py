"""What is not shown any more is not kept."""

from __future__ import annotations

import gc
from pathlib import Path
from weakref import WeakSet

from textual._styles_cache import StylesCache
from textual.app import App, ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from sage.tui.app import SageApp
from tests.homes import make_home


class Panel(ModalScreen[None]):
    def compose(self) -> ComposeResult:
        yield Static("something drawn")


async def test_what_a_panel_drew_goes_with_it(tmp_path: Path) -> None:
    SageApp(make_home(tmp_path))  # any app in its process draws so from now on
    app: App[None] = App()
    drawn: WeakSet[StylesCache] = WeakSet()
    async with app.run_test() as pilot:
        for _ in range(3):
            panel = Panel()
            await app.push_screen(panel)
            await pilot.pause()
            assert panel.query_one(Static)._styles_cache._cache
            drawn.add(panel.query_one(Static)._styles_cache)
            panel.dismiss()
            await pilot.pause()
            del panel
        gc.collect()
        assert len(drawn) <= 1  # Textual holds the screen that was left last until it leaves another
