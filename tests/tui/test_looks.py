"""How the app looks and moves: without colours the cursor stays in sight, and further keys move in lists alone."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.widgets import Input, OptionList

from sage.settings import UiSettings
from sage.tui.looks import MOVES, THEMES, Colourless, moved
from sage.tui.widgets.results import Results


def test_without_colours_what_stands_dark_on_light_is_reversed_and_nothing_else() -> None:
    text = Segment("a", Style.parse("bold #dddddd on #101010"))
    cursor = Segment("b", Style.parse("#101010 on #dddddd"))
    plain, turned, bare = Colourless().apply([text, cursor, Segment("c")], Color(0, 0, 0))
    assert plain.style and plain.style.bold and not plain.style.reverse
    assert turned.style and turned.style.reverse
    for one in (plain, turned, bare):
        assert one.style is None or (one.style.color is None and one.style.bgcolor is None)


@pytest.mark.parametrize(
    ("keys", "key", "means"),
    [("vim", "ctrl+d", "pagedown"), ("vim", "G", "end"), ("emacs", "ctrl+n", "down"), ("default", "ctrl+n", "")],
)
def test_further_keys_move_in_lists_and_never_where_something_is_written(keys: str, key: str, means: str) -> None:
    assert moved(keys, key, Results()) == means
    assert moved(keys, key, OptionList()) == means
    assert moved(keys, key, Input()) == "" and moved(keys, key, None) == ""


def test_every_value_of_the_settings_is_known_here() -> None:
    fields = UiSettings.model_fields
    assert set(THEMES) == set(fields["theme"].annotation.__args__)  # type: ignore[union-attr]
    assert set(MOVES) == set(fields["keys"].annotation.__args__)  # type: ignore[union-attr]
