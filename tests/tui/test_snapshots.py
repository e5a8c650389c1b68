"""What every screen looks like, in three sizes and two themes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.every_screen import VIEWS, screens
from tests.tui.snapshots import KEPT, SIZES, THEMES, check_view, difference, text_of


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", VIEWS)
async def test_it_looks_as_it_did(name: str, theme: str, tmp_path: Path) -> None:
    await check_view(name, tmp_path, theme)


def test_every_screen_of_the_app_is_looked_at() -> None:
    assert screens() == {view.shows for view in VIEWS.values()}


def test_every_drawing_that_is_kept_is_of_a_view() -> None:
    names = {f"{name}-{width}x{height}-{theme}.svgz" for name in VIEWS for width, height in SIZES for theme in THEMES}
    assert {path.name for path in KEPT.iterdir() if path.stem.partition("-")[0] in VIEWS} == names


def test_a_difference_is_told_as_text_or_else_as_style() -> None:
    row = '<text class="t-r1" x="12.2" y="20" textLength="24" clip-path="url(#t)">{}</text>'
    assert text_of(row.format("ab&#160;c")) == " ab c"
    assert difference(row.format("a"), row.format("b")).splitlines()[-2:] == ["- a", "+ b"]
    assert "colours or styles" in difference(row.format("a"), row.format("a").replace("r1", "r2"))
