"""Text that others wrote does nothing to the terminal or to the app, wherever it is shown."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.terminal_text import clean
from sage.locations import Home
from sage.tui.widgets.document import Document
from sage.tui.widgets.wrapping import width_of
from tests.hostile import PIECES, battery, harmful, strings
from tests.tui.every_screen import VIEWS, showing

WIDTH = 50
"""Of a text in a terminal of 60 columns, which is the narrowest that the app is made for."""


def words_of(texts: Iterator[str]) -> Any:
    return lambda name: next(texts).encode("utf-8", "replace").decode()


def shown_in(app: Any) -> Iterator[str]:
    """All that the screen's rows write to the terminal, and where their links lead."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            yield segment.text
            if segment.style and segment.style.link:
                yield segment.style.link


def test_the_battery_is_large_and_most_of_it_is_hostile() -> None:
    assert len(battery()) >= 500
    assert sum(bool(harmful(one)) for one in battery()) >= 300


@pytest.mark.parametrize("name", VIEWS)
async def test_no_view_lets_text_of_others_steer_the_terminal(name: str, tmp_path: Path) -> None:
    texts = battery()
    place = list(VIEWS).index(name) * 17 % len(texts)
    words = words_of(itertools.cycle(texts[place:] + texts[:place]))
    async with showing(VIEWS[name], Home(tmp_path / "home"), words=words) as pilot:
        for size in ((80, 24), (60, 20)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert not [(text, found) for text in shown_in(pilot.app) if (found := harmful(text))]


@pytest.mark.parametrize("text", battery())
def test_every_string_of_the_battery_is_laid_out_within_its_width(text: str) -> None:
    for document in (Document.of_markdown(WIDTH, clean(text)), Document.of_plain(WIDTH, clean(text))):
        for row in range(document.height):
            line = document.at(row).line
            written = "".join(part[0] for part in line.parts)
            assert not harmful(written) and width_of(written) <= WIDTH


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join) | st.text())
def test_any_text_is_laid_out_without_harm(text: str) -> None:
    document = Document.of_markdown(WIDTH, clean(text))
    for row in range(document.height):
        written = "".join(part[0] for part in document.at(row).line.parts)
        assert not harmful(written) and width_of(written) <= WIDTH


def test_some_thousand_strings_by_chance_do_no_harm() -> None:
    for text in strings(3_000):
        assert not set(harmful(clean(text))) - {"\n", "\t"}
