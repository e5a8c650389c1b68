"""The transcript in a small host app: reading, streaming, folding, selecting, resizing."""

from __future__ import annotations

import itertools
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sage.tui.widgets.entry import Entry, EntryView, SourceLine
from sage.tui.widgets.transcript import Transcript

SOURCES = (SourceLine(1, "Home.md#Home:1", "first words\nof it"), SourceLine(2, "Garden.md#Soil:7"))


class Host(App[None]):
    """The transcript, alone."""

    def __init__(self, entries: list[Entry]) -> None:
        super().__init__()
        self.transcript = Transcript(entries, placeholder="Nothing yet.")

    def compose(self) -> ComposeResult:
        yield self.transcript


@asynccontextmanager
async def showing(
    entries: list[Entry], size: tuple[int, int] = (40, 12)
) -> AsyncIterator[tuple[Pilot[Any], Transcript]]:
    host = Host(entries)
    async with host.run_test(size=size) as pilot:
        await pilot.pause()
        host.transcript.focus()
        yield pilot, host.transcript


def rows(transcript: Transcript) -> list[str]:
    """What is in view, row by row."""
    return [transcript.render_line(y).text.rstrip() for y in range(transcript.size.height)]


def talk(count: int) -> list[Entry]:
    """Turns of very different heights; no two rows are the same."""
    rng = random.Random(5)
    numbers = itertools.count(1000)

    def words(most: int) -> str:
        return " ".join(f"word{next(numbers)}" for _ in range(rng.randrange(1, most)))

    entries: list[Entry] = []
    for number in range(count):
        entries.append(Entry("user", f"question {number} {words(30)}"))
        items = "\n".join(f"- {words(9)}" for _ in range(rng.randrange(9)))
        entries.append(Entry("assistant", f"# Answer {number}\n\n{words(60)}\n\n{items}"))
    return entries


def every_row(entries: list[Entry], width: int) -> list[str]:
    """All rows of the entries, by the views themselves."""
    found: list[str] = []
    for entry in entries:
        view = EntryView(entry, width)
        view.document.measure(0, 1 << 30)
        edge = "▎ " if entry.role == "user" else "  "
        found += [
            ((edge if view.at(row).is_text else "  ") + view.at(row).line.text).rstrip() for row in range(view.height)
        ]
    return found


async def test_shows_the_end_of_what_is_loaded() -> None:
    async with showing([Entry("notice", "first"), Entry("user", "a question"), Entry("assistant", "the answer")]) as (
        _,
        shown,
    ):
        assert rows(shown)[:6] == ["  first", "", "▎ a question", "", "  the answer", ""]
    async with showing(talk(50)) as (_, shown):
        assert shown.following
        assert shown.scroll_y == shown.max_scroll_y > 0


async def test_a_placeholder_stands_there_while_nothing_is_said() -> None:
    async with showing([]) as (_, shown):
        assert rows(shown)[0] == "  Nothing yet."
        shown.append(Entry("user", "hello"))
        assert "Nothing" not in "".join(rows(shown))


@pytest.mark.parametrize("role", ["user", "assistant", "notice", "error"])
async def test_nothing_in_a_text_is_markup_or_reaches_the_terminal(role: Any) -> None:
    hostile = "[/foo] [red]x[/red] [@click=app.quit]y[/] \x1b]0;title\x07\x1b[31mz\x9b2J &#27;[2J \u202ew\x00"
    source = SourceLine(1, "a\x1b[2J[/b].md", "\x1b]52;c;QQ==\x07first [/x]")
    async with showing([Entry(role, hostile, "\x1b[2Jwho [/]", (source,))], (70, 14)) as (pilot, shown):
        shown.fold_sources(0, folded=False)
        await pilot.pause()
        text = "\n".join(rows(shown))
        assert "[/foo] [red]x[/red] [@click=app.quit]y[/] z" in text
        assert "who [/]" in text and "a[/b].md" in text and "first [/x]" in text
        drawn = "".join(segment.text for y in range(14) for segment in shown.render_line(y))
        assert not [character for character in drawn if not character.isprintable()]
        assert shown.text_of(0).isprintable()


async def test_every_row_is_passed_once_on_the_way_up_although_heights_were_guessed() -> None:
    entries = talk(25)
    everything = every_row(entries, 40 - 1 - 4)
    async with showing(entries) as (pilot, shown):
        seen = rows(shown)
        while shown.scroll_y > 0:
            before = rows(shown)
            await pilot.press("pageup")
            moved = next(move for move in range(1, 13) if rows(shown)[move:] == before[: 12 - move])
            seen = rows(shown)[:moved] + seen
        assert seen == everything
        assert shown.virtual_size.height == len(everything)


async def test_what_the_reader_looks_at_stays_when_text_arrives() -> None:
    async with showing(talk(20)) as (pilot, shown):
        await pilot.press("pageup")
        assert not shown.following
        before = rows(shown)
        shown.begin()
        shown.feed("a new answer\n\n" * 20)
        await pilot.pause(0.1)
        shown.append(Entry("notice", "and a notice"))
        await pilot.pause()
        assert rows(shown) == before
        await pilot.press("end")
        assert shown.following
        shown.feed("its last words")
        await pilot.pause(0.1)
        assert shown.scroll_y == shown.max_scroll_y


async def test_an_answer_streams_and_is_complete_at_the_end() -> None:
    async with showing([Entry("user", "?")]) as (pilot, shown):
        index = shown.begin()
        assert rows(shown)[2] == "  …"
        for piece in ("Some **bo", "ld** te", "xt.\n\n- on", "e\n", "- two \x1b[3", "1mred"):
            shown.feed(piece)
            await pilot.pause(0.05)
            assert "*" not in "".join(rows(shown)) and "\x1b" not in "".join(rows(shown))
        assert shown.entries[index].text == "Some **bold** text.\n\n- one\n- two red"
        assert shown.finish("a model", SOURCES) == index
        await pilot.pause()
        assert rows(shown)[2:10] == [
            "  Some bold text.",
            "",
            "  • one",
            "  • two red",
            "",
            "  ▸ 2 sources",
            "  a model",
            "",
        ]
        assert shown.entries[index] == Entry("assistant", "Some **bold** text.\n\n- one\n- two red", "a model", SOURCES)
        assert shown.finish() is None


async def test_what_was_streamed_can_start_over() -> None:
    async with showing([]) as (pilot, shown):
        shown.feed("wrong\n\nwords")
        await pilot.pause(0.1)
        shown.restart("the right ")
        shown.feed("ones")
        shown.finish()
        assert [entry.text for entry in shown.entries] == ["the right ones"]
        assert rows(shown)[:2] == ["  the right ones", ""]


async def test_text_that_arrives_before_the_widget_is_shown_is_kept() -> None:
    host = Host([Entry("user", "early")])
    host.transcript.begin()
    host.transcript.feed("words")
    async with host.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        assert rows(host.transcript)[:3] == ["▎ early", "", "  words"]


async def test_sources_fold_open_by_key_and_by_click() -> None:
    async with showing([Entry("assistant", "answer [1]", "who", SOURCES)]) as (pilot, shown):
        folded = rows(shown)
        assert folded[:5] == ["  answer [1]", "", "  ▸ 2 sources", "  who", ""]
        await pilot.press("s")
        assert rows(shown)[2:7] == [
            "  ▾ 2 sources", "    [1] Home.md#Home:1  first words…", "    [2] Garden.md#Soil:7", "  who", "",
        ]  # fmt: skip
        await pilot.click(shown, offset=(6, 2))
        assert rows(shown) == folded
        await pilot.click(shown, offset=(6, 2))
        assert rows(shown)[2] == "  ▾ 2 sources"


async def test_a_drag_selects_and_wrapped_lines_are_joined() -> None:
    text = "> quoted words that wrap around once\n\n- an item that also wraps around at this width"
    async with showing([Entry("user", "before"), Entry("assistant", text), Entry("user", "after")], (30, 16)) as (
        pilot,
        shown,
    ):
        assert rows(shown)[2:8] == [
            "  │ quoted words that wrap", "  │ around once", "", "  • an item that also wraps", "    around at this width", "",
        ]  # fmt: skip
        await pilot.mouse_down(shown, offset=(4, 2))
        await pilot.hover(shown, offset=(9, 6))
        await pilot.mouse_up(shown, offset=(9, 6))
        assert (
            pilot.app.screen.get_selected_text()
            == "quoted words that wrap around once\n\n• an item that also wraps around"
        )
        shown.append(Entry("notice", "something new"))
        assert (
            pilot.app.screen.get_selected_text()
            == "quoted words that wrap around once\n\n• an item that also wraps around"
        )
        await pilot.click(shown, offset=(3, 0))
        assert pilot.app.screen.get_selected_text() is None


async def test_whole_entries_between_the_ends_of_a_selection_are_copied_as_written() -> None:
    entries = [Entry("user", "one two"), Entry("assistant", "**bold** `code`"), Entry("user", "three four")]
    async with showing(entries) as (pilot, shown):
        await pilot.mouse_down(shown, offset=(6, 0))
        await pilot.hover(shown, offset=(6, 4))
        await pilot.mouse_up(shown, offset=(6, 4))
        assert pilot.app.screen.get_selected_text() == "two\n\n**bold** `code`\n\nthree"


async def test_two_clicks_select_a_word_and_three_the_entry() -> None:
    async with showing([Entry("assistant", "some **bold** words\n\n語文 too")]) as (pilot, shown):
        await pilot.click(shown, offset=(8, 0), times=2)
        assert pilot.app.screen.get_selected_text() == "bold"
        await pilot.click(shown, offset=(3, 2), times=2)
        assert pilot.app.screen.get_selected_text() == "語文"
        await pilot.click(shown, offset=(8, 0), times=3)
        assert pilot.app.screen.get_selected_text() == "some bold words\n\n語文 too"


async def test_padding_does_not_shift_what_the_mouse_hits() -> None:
    async with showing([Entry("assistant", "some words [1]", "", SOURCES)]) as (pilot, shown):
        shown.styles.padding = (2, 3)
        await pilot.pause()
        await pilot.click(shown, offset=(3 + 8, 2), times=2)
        assert pilot.app.screen.get_selected_text() == "words"
        await pilot.click(shown, offset=(3, 2))
        await pilot.click(shown, offset=(3 + 5, 2 + 2))
        assert rows(shown)[2] == "  ▾ 2 sources"


async def test_a_click_leaves_the_focus_where_the_person_writes() -> None:
    async with showing([Entry("assistant", "words")]) as (pilot, shown):
        await pilot.pause()
        pilot.app.screen.set_focus(None)
        await pilot.click(shown, offset=(4, 0))
        assert not shown.has_focus


async def test_a_drag_past_the_edge_scrolls_along() -> None:
    async with showing(talk(20)) as (pilot, shown):
        await pilot.mouse_down(shown, offset=(5, 5))
        top = shown.scroll_y
        await pilot.hover(shown, offset=(5, 0))
        shown.on_mouse_move(_moved_to(5, -3))
        await pilot.pause(0.3)
        assert shown.scroll_y < top
        await pilot.mouse_up(shown, offset=(5, 0))
        still = shown.scroll_y
        await pilot.pause(0.2)
        assert shown.scroll_y == still


def _moved_to(x: int, y: int) -> Any:
    from textual.events import MouseMove

    return MouseMove(None, x, y, 0, 0, 1, False, False, False)


async def test_copying_takes_the_selection_or_else_the_last_answer_in_view() -> None:
    async with showing([Entry("assistant", "*first*"), Entry("assistant", "**last**"), Entry("user", "?")]) as (
        pilot,
        shown,
    ):
        await pilot.press("c")
        assert pilot.app.clipboard == "**last**"
        await pilot.click(shown, offset=(4, 0), times=2)
        await pilot.press("c")
        assert pilot.app.clipboard == "first"


async def test_another_width_keeps_the_line_at_the_top() -> None:
    async with showing(talk(40), (40, 12)) as (pilot, shown):
        for _ in range(8):
            await pilot.press("pageup")
        while not rows(shown)[0].startswith("▎ question"):
            await pilot.press("up")
        top = rows(shown)[0].split()[2]
        for width in (61, 30, 100, 140):
            await pilot.resize_terminal(width, 14)
            assert rows(shown)[0].split()[2] == top
            assert max(len(row) for row in rows(shown)) <= width
        await pilot.press("end")
        await pilot.resize_terminal(50, 20)
        assert shown.following and shown.scroll_y == shown.max_scroll_y


async def test_a_width_that_changes_while_an_answer_streams_loses_nothing() -> None:
    async with showing([Entry("user", "?")]) as (pilot, shown):
        shown.begin()
        for width in (30, 80, 20, 60):
            shown.feed("words of an answer that goes on ")
            await pilot.resize_terminal(width, 12)
        shown.finish()
        assert shown.text_of(1) == "words of an answer that goes on " * 4
        assert " ".join("".join(row[1:] + " " for row in rows(shown)[2:]).split()) == shown.text_of(1).strip()


async def test_a_theme_is_taken_up() -> None:
    async with showing([Entry("assistant", "# Title"), Entry("user", "?")]) as (pilot, shown):
        dark = [segment.style for segment in shown.render_line(0)]
        pilot.app.theme = "textual-light"
        await pilot.pause()
        assert [segment.style for segment in shown.render_line(0)] != dark


def cells(strip: Strip) -> list[tuple[str, object]]:
    """What is seen in each cell: a letter and its style, or only a ground."""
    seen: list[tuple[str, object]] = []
    for text, style, _ in strip:
        assert text and style
        seen += [(letter, style.bgcolor if letter == " " else style) for letter in text]
    return seen


@pytest.mark.parametrize("colourless", [False, True])
async def test_what_is_drawn_is_what_textual_itself_would_draw(
    colourless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if colourless:
        monkeypatch.setenv("NO_COLOR", "1")
    code = "**bold** `code`\n\n```python\nx = 1\n```"
    async with showing([Entry("user", "mine"), Entry("assistant", code)]) as (pilot, shown):
        for padding in ((0, 0), (1, 2)):
            shown.styles.padding = padding
            await pilot.pause()
            region = Region(0, 0, *shown.outer_size)
            for crop in (region, Region(3, 2, 17, 5)):
                drawn, expected = shown.render_lines(crop), ScrollView.render_lines(shown, crop)
                assert [cells(strip) for strip in drawn] == [cells(strip) for strip in expected]
        shown.styles.border = ("round", "red")
        await pilot.pause()
        assert shown.render_lines(region)[0].text.startswith("╭")


async def test_colours_are_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with showing([Entry("user", "mine"), Entry("assistant", "**bold** `code`")]) as (pilot, shown):
        assert pilot.app.no_color
        assert rows(shown)[0].startswith("▎")
        assert any(segment.style and segment.style.bold for segment in shown.render_line(2))


async def test_a_long_history_makes_only_what_is_in_view() -> None:
    async with showing(talk(2000)) as (pilot, shown):
        shown.scroll_home()
        await pilot.pause()
        assert rows(shown)[0].startswith("▎ question 0 ")
        assert len(shown._views) < 60
