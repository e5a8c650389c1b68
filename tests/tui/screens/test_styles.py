from __future__ import annotations

from textual.screen import Screen

from sage.tui.screens import STYLES
from tests.tui.every_screen import _below, screens


def test_every_screen_but_talk_names_the_styles_that_wait_for_it() -> None:
    shown = screens()
    without = {kind.__name__ for kind in _below(Screen) if kind.__name__ in shown and kind.CSS_PATH != STYLES}
    assert without == {"Talk"}
