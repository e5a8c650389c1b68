"""What every screen looks like, in three sizes and two themes."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from sage.locations import Home
from tests.tui import drawing
from tests.tui.every_screen import VIEWS, screens, showing
from tests.tui.snapshots import KEPT, SIZES, THEMES, check_view, difference


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", VIEWS)
async def test_it_looks_as_it_did(name: str, theme: str, tmp_path: Path) -> None:
    await check_view(name, tmp_path, theme)


def test_every_screen_of_the_app_is_looked_at() -> None:
    assert screens() == {view.shows for view in VIEWS.values()}


def test_every_drawing_that_is_kept_is_of_a_view() -> None:
    names = {f"{name}-{width}x{height}-{theme}.txt" for name in VIEWS for width, height in SIZES for theme in THEMES}
    assert {path.name for path in KEPT.iterdir() if path.stem.partition("-")[0] in VIEWS} == names


async def test_the_text_of_a_screen_draws_what_the_app_itself_draws(tmp_path: Path) -> None:
    async with showing(VIEWS["talk_sources"], Home(tmp_path), (60, 20), "light") as pilot:
        await pilot.pause(0.2)
        exported = pilot.app.export_screenshot(title="Sage")
        drawn = drawing.svg(drawing.text(pilot.app))
    assert cells(drawn) == cells(exported)


def cells(drawn: str) -> set[tuple[str, int, str]]:
    """What stands in each cell of a drawing, with its look, and the ground below it."""
    looks = dict(re.findall(r"\.[\w-]+?-(r\d+) \{ (.*?) \}", drawn))
    found = set()
    for look, x, y, words in re.findall(
        r'<text class="[\w-]+?-(r\d+)" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', drawn
    ):
        found |= {(f"{looks[look]} {y} {letter}", round(float(x) / 12.2) + place, "letter")
                  for place, letter in enumerate(html.unescape(words)) if not letter.isspace()}  # fmt: skip
    for ground, x, y, width in re.findall(r'<rect fill="(#\w+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', drawn):
        first = round(float(x) / 12.2)
        found |= {(f"{ground} {y}", first + place, "ground") for place in range(round(float(width) / 12.2))}
    assert len(found) > 60 * 20
    return found


def test_a_difference_is_told_as_text_or_else_as_style() -> None:
    kept = "ab c\n== styles\n0001 bold red\n== rows\n1 0001×4\n"
    assert drawing.rows_of(kept) == ["ab c"]
    assert "-ab c\n+ab d" in difference(kept, kept.replace("ab c", "ab d"))
    assert "colours or styles" in difference(kept, kept.replace("red", "blue"))
