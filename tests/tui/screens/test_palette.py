"""The palette over an engine that is played: all that a place offers, found by a few letters and done by Enter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from sage import wire
from sage.core.plans import Goal, Task
from sage.core.turns import ConversationLine
from sage.tui.palette_deeds import Deed, best_first, key_name, told_keys
from sage.tui.screens.palette import Palette, open_palette
from sage.tui.widgets.results import Results
from tests.tui.models_played import Engine, Host


class Everything(Engine):
    """Plans and talks, too, and what is typed for Talk."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []
        self.said: list[str] = []

    async def call(self, request: Any, on_event: Callable[[Any], None] = lambda event: None) -> Any:
        match request:
            case wire.ListTasks():
                return wire.Tasks((Task("k1", "call the \x1b[31mdentist [/foo]"),))
            case wire.ListGoals():
                return wire.Goals((Goal("g1", "Learn to garden"),))
            case wire.ListConversations():
                return wire.Conversations(
                    (ConversationLine("c1", "Beds and sun", "2026-05-01T10:00:00", "2026-05-01T10:00:00", 2),)
                )
        return await super().call(request, on_event)

    def write(self, text: str) -> None:
        self.written.append(text)

    def say(self, text: str) -> None:
        self.said.append(text)


class PaletteHost(Host):
    """Models, with the palette over it."""

    searched = ""

    def __init__(self, engine: Everything) -> None:
        super().__init__(engine)
        self.engine = engine

    def search_memory(self, words: str) -> None:
        self.searched = words

    def open(self) -> None:
        self.run_worker(open_palette(self, self.engine))  # type: ignore[arg-type]


class Seen:
    def __init__(self, pilot: Pilot[Any], host: PaletteHost) -> None:
        self.pilot, self.host = pilot, host

    async def until(self, holds: Callable[[], object]) -> None:
        for _ in range(500):
            await self.pilot.pause(0.02)
            if holds():
                return
        raise TimeoutError(str(self.titles()))

    def titles(self) -> list[str]:
        results = self.host.screen.query_one(Results)
        return [results._item(place).title for place in range(results.count)]

    async def type(self, words: str) -> None:
        self.host.screen.query_one(Input).value = words
        await self.pilot.pause()


@asynccontextmanager
async def opened(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Seen]:
    host = PaletteHost(Everything())
    async with host.run_test(size=size) as pilot:
        seen = Seen(pilot, host)
        await seen.until(lambda: host.models.rows)
        host.open()
        await seen.until(lambda: isinstance(host.screen, Palette) and seen.titles())
        yield seen


async def test_it_lists_the_keys_of_the_place_with_what_they_do_then_places_and_commands() -> None:
    async with opened() as seen:
        results = seen.host.screen.query_one(Results)
        items = {item.title: item for item in map(results._item, range(results.count))}
        assert items["Vote"].side == "v" and "not knowing whose" in items["Vote"].text
        assert items["Go to Memory"].side == "F5" and "/agenda [DAY]" in items and "Quit" in items
        await seen.type("rol")
        assert seen.titles()[0] == "Role"
        await seen.pilot.press("enter")
        await seen.until(lambda: "for quick" in str(seen.host.models.query_one("#doing").render()))  # type: ignore[attr-defined]


async def test_enter_goes_there_types_a_command_for_its_words_or_runs_it() -> None:
    async with opened() as seen:
        await seen.type("go memory")
        await seen.pilot.press("enter")
        await seen.until(lambda: seen.host.left == "memory")
        for words, written, said in (("/pause", ["/pause "], []), ("/tasks", ["/pause "], ["/tasks"])):
            seen.host.open()
            await seen.until(lambda: isinstance(seen.host.screen, Palette))
            await seen.type(words)
            await seen.pilot.press("enter")
            await seen.until(lambda: seen.host.left == "talk" and not isinstance(seen.host.screen, Palette))
            assert seen.host.engine.written == written and seen.host.engine.said == said
            seen.host.left = ""


async def test_tasks_goals_and_talks_are_jumped_to_and_nothing_from_outside_steers_the_terminal() -> None:
    async with opened((60, 20)) as seen:
        await seen.type("dentist")
        await seen.until(lambda: seen.titles()[0] == "call the dentist [/foo]")
        await seen.type("beds and sun")
        await seen.until(lambda: seen.titles()[0] == "Beds and sun")
        await seen.type("garden beds")
        await seen.until(lambda: seen.titles()[-1] == "Search memory for “garden beds”")
        await seen.pilot.press("end")
        await seen.pilot.press(*["down"] * len(seen.titles()), "enter")
        await seen.until(lambda: seen.host.searched == "garden beds")


async def test_esc_leaves_it_and_does_nothing() -> None:
    async with opened() as seen:
        await seen.pilot.press("down", "escape")
        await seen.until(lambda: not isinstance(seen.host.screen, Palette))
        assert not seen.host.left and not seen.host.engine.written


async def test_letters_that_come_after_it_was_left_do_no_harm() -> None:
    async with opened() as seen:
        left = seen.host.screen
        assert isinstance(left, Palette)
        await seen.pilot.press("escape")
        await seen.until(lambda: not isinstance(seen.host.screen, Palette))
        left._typed()


async def test_what_leaves_it_twice_leaves_it_once() -> None:
    async with opened() as seen:
        left, below = seen.host.screen, seen.host.screen_stack[-2]
        assert isinstance(left, Palette)
        left.action_leave()
        left.action_leave()
        await seen.until(lambda: seen.host.screen is below)


def test_scattered_letters_of_what_it_does_choose_nothing() -> None:
    deeds = [
        Deed("/pause", "", "nothing is said until tomorrow at nine", lambda: None),
        Deed("Go to Inbox", "F4", "", lambda: None),
    ]
    assert not best_first(deeds, "dtoma")
    assert [deed.title for deed in best_first(deeds, "tomorrow")] == ["/pause"]
    assert [deed.title for deed in best_first(deeds, "inb")] == ["Go to Inbox"]


def test_keys_are_told_as_people_know_them() -> None:
    assert [key_name(key) for key in ("ctrl+g", "f5", "question_mark", "J", "pagedown")] == [
        "Ctrl+G",
        "F5",
        "?",
        "J",
        "PgDn",
    ]
    assert told_keys("| e, D | changes it |\n| 1 2 | lists |") == {
        "e": "changes it", "D": "changes it", "1": "lists", "2": "lists"}  # fmt: skip
