"""The conversation in a small host app: choosing an entry, copying parts of it, opening what it cites by key and click."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from sage.tui.widgets.conversation import KEYS_OF_SAGE, KEYS_OF_YOURS, Conversation
from sage.tui.widgets.entry import Entry, SourceLine

SOURCES = tuple(SourceLine(number, f"Home.md#Home:{number}", "first words") for number in (1, 2, 3))
ENTRIES = [
    Entry("user", "how much sun?"),
    Entry("notice", "Sage is paused."),
    Entry("assistant", "Six hours of sun [1][3], they say, and no [9] more.", "librarian", SOURCES),
]


class Host(App[None]):
    """The conversation, alone; it keeps what it was told."""

    def __init__(self, entries: list[Entry]) -> None:
        super().__init__()
        self.conversation = Conversation(entries)
        self.keys: list[str] = []
        self.told: list[str] = []
        self.wanted: list[tuple[str, int]] = []
        self.opened: list[tuple[int, int]] = []

    def compose(self) -> ComposeResult:
        yield self.conversation

    @on(Conversation.Chosen)
    def keep_keys(self, event: Conversation.Chosen) -> None:
        self.keys.append(event.keys)

    @on(Conversation.Wanted)
    def keep_wanted(self, event: Conversation.Wanted) -> None:
        self.wanted.append((event.deed, event.entry))

    @on(Conversation.SourceWanted)
    def keep_opened(self, event: Conversation.SourceWanted) -> None:
        self.opened.append((event.entry, event.number))

    @on(Conversation.NothingThere)
    def keep_told(self, event: Conversation.NothingThere) -> None:
        self.told.append(event.told)


@asynccontextmanager
async def showing(entries: list[Entry]) -> AsyncIterator[tuple[Pilot[Any], Host]]:
    host = Host(entries)
    async with host.run_test(size=(60, 16)) as pilot:
        await pilot.pause()
        yield pilot, host


def place_of(host: Host, words: str) -> tuple[int, int]:
    """The cell in the middle of some words in view."""
    for y in range(host.conversation.size.height):
        text = host.conversation.render_line(y).text
        if words in text:
            return text.index(words) + len(words) // 2, y
    raise AssertionError(f"{words!r} is not in view")


async def test_what_was_said_is_chosen_from_the_end_and_notices_are_passed_over() -> None:
    async with showing(ENTRIES) as (pilot, host):
        seen = []
        for step in (-1, -1, -1, 1, 1):
            host.conversation.choose(step)
            seen.append(host.conversation.chosen)
        await pilot.pause()
        assert seen == [2, 0, 0, 2, None]
        assert host.keys == [KEYS_OF_SAGE, KEYS_OF_YOURS, KEYS_OF_YOURS, KEYS_OF_SAGE, ""]
        host.conversation.choose(-1)
        host.conversation.choose(-1)
        await pilot.press("b", "e", "C", "3", "escape")
        assert host.wanted == [("branch", 0), ("edit", 0)] and host.conversation.chosen is None
        assert host.told == ["There is no code in it.", "There is no source [3] below it."]


async def test_the_chosen_one_is_marked_and_no_other() -> None:
    async with showing(ENTRIES) as (_, host):
        host.conversation.choose(-1)
        marked = [host.conversation.render_line(y).text for y in range(host.conversation.size.height)]
        assert [line.strip("▌ ")[:9] for line in marked if line.startswith("▌")] == ["Six hours"]


@pytest.mark.parametrize(("words", "number"), [("[1]", 1), ("[3]", 3)])
async def test_a_click_on_a_citation_opens_its_source(words: str, number: int) -> None:
    async with showing(ENTRIES) as (pilot, host):
        await pilot.click(Conversation, offset=place_of(host, words))
        assert host.opened == [(2, number)]
        await pilot.click(Conversation, offset=place_of(host, "hours"))
        assert len(host.opened) == 1


async def test_a_click_on_a_source_that_stands_below_opens_it_and_one_on_their_number_folds_them() -> None:
    async with showing(ENTRIES) as (pilot, host):
        await pilot.click(Conversation, offset=place_of(host, "3 sources"))
        await pilot.click(Conversation, offset=place_of(host, "Home.md#Home:2"))
        assert host.opened == [(2, 2)]


async def test_a_link_may_only_be_copied() -> None:
    async with showing([Entry("assistant", "See <https://example.org/a?b=1>, or (https://example.org/c).")]) as (
        pilot,
        host,
    ):
        host.conversation.choose(-1)
        copied = []
        for _ in range(3):
            await pilot.press("L")
            copied.append(host.clipboard)
        assert copied == ["https://example.org/a?b=1", "https://example.org/c", "https://example.org/a?b=1"]
