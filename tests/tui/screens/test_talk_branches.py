"""What was said is chosen with keys: edited and asked again, branched from, copied, its sources opened."""

from __future__ import annotations

from textual.widgets import Static

from sage import wire
from sage.client import Client
from sage.locations import Home
from sage.tui.screens.choice import Choice
from sage.tui.screens.memory import Memory
from sage.tui.screens.talk import Talk
from sage.tui.widgets.composer import Composer
from tests.openai_stand_in import Answer, StandIn
from tests.tui.screens.test_talk import home as home
from tests.tui.screens.test_talk import say, talking, until


async def test_words_are_edited_and_asked_again_as_a_branch_and_the_old_talk_stays(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        composer = pilot.app.screen.query_one(Composer)
        for text in ("boiler pressure", "how much sun do tomatoes want"):
            await say(pilot, text)
            await until(pilot, lambda text=text: entries()[-1].footer and entries()[-2].text == text)
        await pilot.press("ctrl+up", "ctrl+up", "e")
        await until(pilot, lambda: composer.text == "how much sun do tomatoes want" and composer.has_focus)
        await pilot.press("escape")
        await until(pilot, lambda: composer.text == "")
        assert len(entries()) == 4
        await pilot.press("ctrl+up", "ctrl+up", "e")
        await until(pilot, lambda: composer.text and composer.has_focus)
        composer.load_text("how much sun do beans want")
        await pilot.press("enter")
        await until(pilot, lambda: entries()[-1].footer and len(entries()) == 5)
        assert [entry.text for entry in entries() if entry.role == "user"] == [
            "boiler pressure", "how much sun do beans want",
        ]  # fmt: skip
        assert "asks anew in place of “how much sun do tomatoes want”" in entries()[2].text
        await say(pilot, "/resume")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choice))
        await pilot.press("down", "enter")
        await until(pilot, lambda: len(entries()) == 4)
        assert entries()[2].text == "how much sun do tomatoes want"
    with Client(home) as client:
        newest, other = client.call(wire.ListConversations()).conversations
    assert newest.branch and not other.branch and (newest.turns, other.turns) == (1, 2)


async def test_a_branch_goes_on_after_a_message_with_what_was_said_before_it(home: Home) -> None:
    with StandIn(*(Answer(pieces=(f"Answer {number}.",)) for number in range(3))) as model:
        with Client(home) as client:
            client.call(wire.UseModel("openai/qwen-local", model.base_url))
        async with talking(home) as (pilot, entries):
            for place, text in enumerate(("my cat is Minka", "my dog is Bello")):
                await say(pilot, text)
                await until(pilot, lambda place=place: len(entries()) == 2 * place + 2 and entries()[-1].footer)
            await pilot.press(*["ctrl+up"] * 4, "b")
            await until(pilot, lambda: [entry.role for entry in entries()] == ["user", "assistant", "notice"])
            await say(pilot, "and my fish?")
            await until(pilot, lambda: len(entries()) == 5 and entries()[-1].footer)
            told = [message["content"] for message in model.asked[-1]["messages"] if message["role"] == "user"]
            assert any("Minka" in str(words) for words in told) and not any("Bello" in str(words) for words in told)


async def test_a_message_its_code_and_a_link_are_copied_and_a_source_is_opened(home: Home) -> None:
    words = "See https://example.org/a and:\n\n```python\nprint(1)\n```\n\nor\n\n```\nls\n```\n\nSix hours of sun [1]."
    with StandIn(Answer(pieces=(words,))) as model:
        with Client(home) as client:
            client.call(wire.UseModel("openai/qwen-local", model.base_url))
        async with talking(home) as (pilot, entries):
            status = pilot.app.screen.query_one("#status", Static)
            await say(pilot, "how much sun do tomatoes want")
            await until(pilot, lambda: entries()[-1].sources)
            copied: list[str] = []
            for key in ("ctrl+up", "c", "C", "C", "C", "L"):
                await pilot.press(key)
                await pilot.pause()
                copied.append(pilot.app.clipboard)
            assert "Copied: 21 characters" in str(status.render())
            assert copied[1].startswith("See https") and copied[1].endswith("[1]")
            assert copied[2:] == ["print(1)\n", "ls\n", "print(1)\n", "https://example.org/a"]
            await pilot.press("9")
            await until(pilot, lambda: "no source [9]" in str(status.render()))
            await pilot.press("1")
            await until(pilot, lambda: isinstance(pilot.app.screen, Memory))
            await pilot.press("f3")
            await until(pilot, lambda: isinstance(pilot.app.screen, Talk))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(pilot.app.screen.focused, Composer))
