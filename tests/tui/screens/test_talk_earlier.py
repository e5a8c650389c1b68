"""Earlier talks, searched as one types, and what was said before, to say it again."""

from __future__ import annotations

from sage import wire
from sage.client import Client
from sage.locations import Home
from sage.tui.screens.choice import Choice
from sage.tui.widgets.composer import Composer
from tests.tui.screens.test_talk import home as home
from tests.tui.screens.test_talk import talking, until


async def test_talks_are_found_by_words_and_words_are_found_by_letters(home: Home) -> None:
    with Client(home) as client:
        for text in ("boiler pressure", "how much sun do tomatoes want", "GRÜNE beans"):
            client.call(wire.Ask(text))
        found = client.call(wire.ListConversations(words="six tomatoes")).conversations
        assert [line.title for line in found] == ["how much sun do tomatoes want"]
        assert [line.title for line in client.call(wire.ListConversations(words="grüne")).conversations] == [
            "GRÜNE beans"
        ]
        assert client.call(wire.ListConversations(words="walrus")).conversations == ()
        assert client.call(wire.FindSaid()).said == ("GRÜNE beans", "how much sun do tomatoes want", "boiler pressure")
        assert client.call(wire.FindSaid("blr")).said == ("boiler pressure",)
    async with talking(home, (80, 24)) as (pilot, entries):
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choice))
        listed = pilot.app.screen
        assert isinstance(listed, Choice)
        await until(pilot, lambda: len(listed._options) == 3)
        await pilot.press(*"tomatoes")
        await until(pilot, lambda: [option.label for option in listed._options] == ["how much sun do tomatoes want"])
        await pilot.press("enter")
        await until(pilot, lambda: entries()[0].text == "how much sun do tomatoes want")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choice))
        await pilot.press("ctrl+r", *"blr")
        await until(pilot, lambda: [option.label for option in pilot.app.screen._options] == ["boiler pressure"])
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query(Composer) and pilot.app.screen.query_one(Composer).text)
        assert pilot.app.screen.query_one(Composer).text == "boiler pressure" and entries()[-1].role == "assistant"


async def test_up_calls_back_what_was_said_in_earlier_talks_and_then_in_this_one(home: Home) -> None:
    with Client(home) as client:
        for text in ("boiler pressure", "how much sun"):
            client.call(wire.Ask(text))
    async with talking(home, (80, 24)) as (pilot, entries):
        await until(pilot, lambda: pilot.app.screen.query_one(Composer)._sent == ["boiler pressure", "how much sun"])
        await pilot.press(*"beans", "enter")
        await until(pilot, lambda: entries()[-1].role == "assistant")
        composer = pilot.app.screen.query_one(Composer)
        for text in ("beans", "how much sun", "boiler pressure"):
            await pilot.press("up")
            assert composer.text == text
