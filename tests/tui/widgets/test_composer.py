"""The composer: sending, new lines, what was sent before, pasting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import events, on
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from sage.tui.widgets.composer import Composer


class Host(App[None]):
    """The composer, alone; it keeps what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.composer = Composer()
        self.sent: list[str] = []
        self.stops = 0

    def compose(self) -> ComposeResult:
        yield self.composer

    def on_mount(self) -> None:
        self.composer.focus()

    @on(Composer.Sent)
    def keep(self, event: Composer.Sent) -> None:
        self.sent.append(event.text)

    @on(Composer.Stop)
    def count(self) -> None:
        self.stops += 1


@asynccontextmanager
async def writing() -> AsyncIterator[tuple[Pilot[Any], Host]]:
    host = Host()
    async with host.run_test(size=(30, 16)) as pilot:
        yield pilot, host


async def test_enter_sends_and_leaves_an_empty_composer() -> None:
    async with writing() as (pilot, host):
        await pilot.press(*"hello", "enter")
        assert host.sent == ["hello"]
        assert host.composer.text == ""
        await pilot.press("enter", "space", "enter")
        assert host.sent == ["hello"]


@pytest.mark.parametrize("key", ["shift+enter", "ctrl+j"])
async def test_a_new_line_is_written_where_the_cursor_is(key: str) -> None:
    async with writing() as (pilot, host):
        await pilot.press(*"ab", "left", key, "enter")
        assert host.sent == ["a\nb"]


async def test_it_grows_with_its_text_up_to_a_limit() -> None:
    async with writing() as (pilot, host):
        one = host.composer.outer_size.height
        await pilot.press("a", "ctrl+j", "b")
        assert host.composer.outer_size.height == one + 1
        await pilot.press(*["ctrl+j"] * 20)
        assert host.composer.outer_size.height == 10


async def test_up_and_down_at_the_edges_go_through_what_was_sent() -> None:
    async with writing() as (pilot, host):
        host.composer.load_history(["first", "second\nof two lines"])
        await pilot.press(*"draft", "up")
        assert host.composer.text == "second\nof two lines"
        await pilot.press("up")
        assert host.composer.text == "second\nof two lines"
        await pilot.press("up")
        assert host.composer.text == "first"
        await pilot.press("up")
        assert host.composer.text == "first"
        await pilot.press("down", "down")
        assert host.composer.text == "draft"
        await pilot.press("down", "enter", "up")
        assert host.composer.text == "draft"


async def test_up_moves_within_a_long_line_that_wraps() -> None:
    async with writing() as (pilot, host):
        host.composer.load_history(["before"])
        await pilot.press(*"words " * 8, "up")
        assert host.composer.text == "words " * 8


async def test_escape_asks_to_stop() -> None:
    async with writing() as (pilot, host):
        await pilot.press(*"kept", "escape")
        assert host.stops == 1
        assert host.composer.text == "kept"


async def test_a_long_paste_stays_as_it_was() -> None:
    pasted = "\n".join(f"  line {number} of [a] \t long paste 語文 " for number in range(2000))
    async with writing() as (pilot, host):
        await pilot.press(*"see: ")
        host.composer.post_message(events.Paste(pasted.replace("\n", "\r\n")))
        await pilot.pause()
        await pilot.press("enter")
        assert host.sent == ["see: " + pasted.rstrip()]


async def test_a_long_paste_is_folded_and_opens_and_goes_by_one_key() -> None:
    pasted = "\n".join(f"line {number}" for number in range(214))
    async with writing() as (pilot, host):
        await pilot.press(*"see: ")
        for _ in range(2):
            host.composer.post_message(events.Paste(pasted))
        host.composer.post_message(events.Paste(pasted + "!"))
        await pilot.pause()
        assert host.composer.text == "see: [pasted 214 lines][pasted 214 lines][pasted 214 lines, 2]"
        assert host.composer.whole_text == f"see: {pasted}{pasted}{pasted}!"
        await pilot.press("backspace")
        assert host.composer.text == "see: [pasted 214 lines][pasted 214 lines]"
        await pilot.press("backspace", "tab")
        assert host.composer.text == "see: " + pasted and host.composer.has_focus
        await pilot.press("enter", "up")
        assert host.sent == ["see: " + pasted]


async def test_a_paste_brings_nothing_that_only_a_terminal_reads() -> None:
    async with writing() as (pilot, host):
        host.composer.post_message(events.Paste("a\x1b[31mb\x00\u202ec"))
        await pilot.pause()
        assert host.composer.text == "abc"


async def test_keys_that_read_back_are_left_to_the_transcript() -> None:
    actions = {binding.action for binding in Composer.BINDINGS if not isinstance(binding, tuple)}
    assert "cursor_page_up" not in actions
    assert "delete_word_left" in actions


class Line(Screen[None]):
    """A composer over the other one."""

    def compose(self) -> ComposeResult:
        yield Composer()


async def test_those_of_screens_that_are_gone_are_not_kept_by_the_app() -> None:
    host = Host()
    async with host.run_test() as pilot:
        for _ in range(4):
            await host.push_screen(Line())
            await pilot.press("a")
            await host.pop_screen()
            await pilot.pause()
        assert [one for one, _ in getattr(host, "__watchers")["theme"]] == [host.composer]
