"""Files that go with the next words, in the app: told above the composer, taken off, sent once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Static

from sage import wire
from sage.client import Client, stop_engine
from sage.locations import Home
from sage.tui.attaching import unquoted
from sage.tui.widgets import question
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.question import Question
from tests.homes import make_home
from tests.tui.screens.test_talk import say, talking, until


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setattr(question, "GRACE", 0.0)
    made = make_home(tmp_path, linger=20)
    with Client(made) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    yield made
    stop_engine(made)


async def test_a_file_waits_for_the_next_words_and_goes_with_them_alone(home: Home, tmp_path: Path) -> None:
    (tmp_path / "my beds.txt").write_text("The raised bed for tomatoes is 120 centimetres wide.")
    (tmp_path / "other.txt").write_text("Nothing of use.")
    async with talking(home, (80, 24)) as (pilot, entries):
        chip = pilot.app.screen.query_one("#attached", Static)
        await say(pilot, f"/attach '{tmp_path}/my beds.txt'")
        await until(pilot, lambda: "my beds.txt (1 piece)" in str(chip.render()) and chip.display)
        await say(pilot, f"/attach {tmp_path}/other.txt")
        await until(pilot, lambda: "other.txt" in str(chip.render()))
        await say(pilot, "/detach")
        await until(pilot, lambda: "other.txt" not in str(chip.render()))
        await say(pilot, "how wide is the raised bed for tomatoes?")
        await until(pilot, lambda: entries()[-1].sources)
        assert "120 centimetres" in entries()[-1].text and entries()[-1].sources[0].place.startswith("my beds.txt")
        assert entries()[0].text.endswith("(Attached: my beds.txt)") and not chip.display


async def test_a_picture_that_nobody_can_see_is_told_of_before_it_is_sent(home: Home, tmp_path: Path) -> None:
    picture = tmp_path / "plan.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    async with talking(home, (80, 24)) as (pilot, entries):
        chip = pilot.app.screen.query_one("#attached", Static)
        await until(pilot, lambda: "librarian" in str(pilot.app.screen.query_one("#status", Static).render()))
        pilot.app.screen.query_one(Composer).post_message(events.Paste(str(picture)))
        await until(pilot, lambda: pilot.app.screen.query(Question))
        pilot.app.screen.query_one(Question).focus()
        await until(pilot, lambda: pilot.app.screen.query_one(Question).has_focus)
        await pilot.press("a")
        await until(pilot, lambda: "plan.png (picture)" in str(chip.render()))
        await until(pilot, lambda: "librarian cannot see pictures" in entries()[-1].text)
        assert pilot.app.screen.query_one(Composer).text == ""
        await say(pilot, "what is on it?")
        await until(pilot, lambda: any(entry.role == "error" for entry in entries()))


@pytest.mark.parametrize("typed", ["'/a b.png'", '"/a b.png"', "/a\\ b.png", " /a b.png "])
def test_a_path_is_read_as_terminals_paste_it(typed: str) -> None:
    assert unquoted(typed) == "/a b.png"


async def test_backspace_where_nothing_is_written_and_a_click_take_a_file_off(home: Home, tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text("The raised bed for tomatoes is 120 centimetres wide.")
    async with talking(home, (80, 24)) as (pilot, _):
        chip = pilot.app.screen.query_one("#attached", Static)
        for name in ("one.txt", "two.txt"):
            await say(pilot, f"/attach {tmp_path}/{name}")
            await until(pilot, lambda name=name: name in str(chip.render()))
        await pilot.press("a", "backspace")
        assert "two.txt" in str(chip.render())
        await pilot.press("backspace")
        await until(pilot, lambda: "two.txt" not in str(chip.render()) and "one.txt" in str(chip.render()))
        await pilot.click("#attached")
        await until(pilot, lambda: not chip.display)
