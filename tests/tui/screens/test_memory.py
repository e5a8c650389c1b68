"""Memory over a real engine: found as one types, read around, taken to Talk, and nothing of the draft is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static

from sage import wire
from sage.client import Client, stop_engine
from sage.core.hit_words import matches
from sage.locations import Home
from sage.tui.app import SageApp
from sage.tui.findings import Found
from sage.tui.screens import memory
from sage.tui.screens.choice import Choice
from sage.tui.screens.memory import FIRST, Memory
from sage.tui.screens.sheets import Sheets
from sage.tui.screens.talk import Talk
from sage.tui.screens.today import Today
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.filters import Filters
from sage.tui.widgets.reading import Reading
from sage.tui.widgets.results import Results
from tests.homes import make_home, make_notes

KEYS = {" ": "space", ":": "colon", "/": "slash", "~": "tilde", ".": "full_stop", "-": "minus", "_": "underscore"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home with three notes and one conversation."""
    made = make_home(tmp_path, linger=20)
    notes = make_notes(tmp_path)
    (notes / "Odd.md").write_text("# Odd [/foo]\n\nzebra [red]x[/red] \x1b[31mred\x1b]0;title\x07 end\n")
    (notes / "庭.md").write_text("# 庭\n\nトマトは一日に六時間の日光が必要です。\n")
    (notes / "Open.md").write_text("---\naudience: [work]\n---\n# Open\n\nThe meeting room has tomatoes.\n")
    with Client(made) as client:
        client.call(wire.ImportNotes(str(notes)))
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
        client.call(wire.Ask("when does the boiler man come"))
    yield made
    stop_engine(made)


class Seen:
    """What the app shows, and what is typed into it."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot, self.app = pilot, pilot.app

    @property
    def memory(self) -> Memory:
        screen = self.app.screen
        assert isinstance(screen, Memory)
        return screen

    def found(self) -> list[str]:
        """The places of all results."""
        return [one.citation for one in self.memory.rows]

    def read(self) -> str:
        """The reading pane."""
        return "\n".join(entry.text for entry in self.memory.query_one(Reading).entries)

    def panel(self) -> str:
        """What a panel over it says."""
        return "\n".join(str(part.render()) for part in self.app.screen.query(".lines, .hint").results(Static))

    def count(self) -> str:
        return str(self.memory.query_one(Filters).render())

    def hint(self) -> str:
        return str(self.memory.query_one("#hints", Static).render())

    async def type(self, text: str) -> None:
        await self.pilot.press(*(KEYS.get(letter, letter) for letter in text))

    async def until(self, holds: Callable[[], object], seconds: float = 20) -> None:
        for _ in range(int(seconds / 0.02)):
            await asyncio.sleep(0.02)
            if holds():
                return
        screen = self.app.screen
        found = self.found() if isinstance(screen, Memory) else ""
        raise TimeoutError(f"{screen} {self.app.focused} {found} {self.hint()}")


@asynccontextmanager
async def remembering(home: Home, size: tuple[int, int] = (110, 30)) -> AsyncIterator[Seen]:
    app = SageApp(home)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f5")
        seen = Seen(pilot)
        await pilot.pause()
        yield seen


async def test_what_is_typed_is_found_and_shown_with_all_that_is_known_of_it(home: Home) -> None:
    async with remembering(home) as seen:
        await seen.type("boiler pressure")
        await seen.until(lambda: seen.found()[:1] == ["House/Boiler.md#Boiler:4"])
        assert "between 1.2 and 1.8 bar" in seen.read()
        assert "House/Boiler.md, line 4 › Boiler" in seen.read() and "your words · only you" in seen.read()
        await seen.pilot.press("enter", "w")
        assert "Its score is" in seen.read() and "your words stand in it" in seen.read()


async def test_a_word_that_is_only_begun_finds_at_once_what_begins_so(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with remembering(home) as seen:
        await seen.until(lambda: len(seen.found()) == 8)
        monkeypatch.setattr(memory, "PAUSE", 1000)  # so that nothing but the keys searches
        await seen.type("marz")
        await seen.until(lambda: seen.found()[:1] == ["People.md#Demo Aunt:3"])
        assert matches("She likes marzipan.", seen.memory.stems) == [(10, 18)]
        seen.memory.search_for("qqq")  # begins no word: looked for by meaning at once
        await seen.until(lambda: seen.memory._is_current)


async def test_without_words_the_newest_stands_there_and_a_kind_narrows_it(home: Home) -> None:
    async with remembering(home) as seen:
        await seen.until(lambda: len(seen.found()) == 8)
        await seen.pilot.press("down", "3")
        await seen.until(lambda: len(seen.found()) == 2)
        assert {one.hit.speaker for one in seen.memory.rows if isinstance(one, Found)} == {"you", "Sage"}
        await seen.pilot.press("2")
        await seen.until(lambda: len(seen.found()) == 6)
        await seen.pilot.press("1")
        await seen.until(lambda: len(seen.found()) == 8)


async def test_escape_closes_the_keys_before_it_leads_anywhere_else(home: Home) -> None:
    async with remembering(home) as seen:
        await seen.type("boiler pressure")
        await seen.until(lambda: seen.found()[:1] == ["House/Boiler.md#Boiler:4"])
        for opened in ("down", "enter"):  # over what was found, and over a whole note
            await seen.pilot.press(opened)
            await seen.until(lambda opened=opened: (opened == "enter") == seen.memory.has_class("-whole"))
            before = seen.read()
            await seen.pilot.press("question_mark")
            assert "what it does" in seen.read() != before
            await seen.pilot.press("escape")
            await seen.until(lambda before=before: seen.read() == before)
            assert seen.app.screen is seen.memory
        await seen.pilot.press("escape", "escape")
        assert isinstance(seen.app.screen, Talk)


async def test_the_line_at_the_bottom_of_talk_follows_the_notes(home: Home, tmp_path: Path) -> None:
    app = SageApp(home)
    async with app.run_test(size=(110, 30)) as pilot:
        seen = Seen(pilot)
        await seen.until(lambda: "6 notes" in str(app.screen.query_one("#status", Static).render()))
        (tmp_path / "notes" / "New.md").write_text("A new note.")
        await seen.until(lambda: "7 notes" in str(app.screen.query_one("#status", Static).render()))


async def test_only_what_somebody_may_see(home: Home) -> None:
    async with remembering(home) as seen:
        await seen.until(lambda: len(seen.found()) == 8)
        await seen.pilot.press("down", "v")
        await seen.type("work")
        await seen.until(lambda: [place.rpartition(":")[0] for place in seen.found()] == ["Open.md#Open"])
        assert "shared with work" in seen.read()
        await seen.type(" tomatoes")
        await seen.until(lambda: seen.memory.query_one(Input).value == "for:work tomatoes")
        await seen.pilot.press("enter", "enter")
        await seen.until(lambda: seen.memory.has_class("-whole"))
        assert "meeting room" in seen.read()
        await seen.pilot.press("escape", "v")
        await seen.until(lambda: "Garden.md#Tomatoes:3" in seen.found())


async def test_the_whole_note_is_read_from_the_passage_on_and_escape_leads_back_step_by_step(home: Home) -> None:
    async with remembering(home, (80, 24)) as seen:
        await seen.type("beans climb")
        await seen.until(lambda: seen.found()[:1] == ["Garden.md#Beans:7"])
        await seen.pilot.press("enter", "enter")
        await seen.until(lambda: seen.memory.has_class("-whole"))
        entries = seen.memory.query_one(Reading).entries
        assert [entry.role for entry in entries] == ["notice", "assistant", "found"]
        assert "six hours" in entries[1].text and "Beans climb" in entries[2].text
        await seen.pilot.press("escape")
        assert not seen.memory.has_class("-whole") and isinstance(seen.memory.focused, Results)
        await seen.pilot.press("escape")
        assert isinstance(seen.app.screen, Talk)
        await seen.pilot.press("f5")
        assert seen.memory.query_one(Input).value == "beans climb"


async def test_a_passage_that_was_found_elsewhere_is_read_and_is_the_one_that_keys_are_about(home: Home) -> None:
    with Client(home) as client:
        (hit,) = [one for one in client.call(wire.Recall("beans climb")).hits if one.citation == "Garden.md#Beans:7"]
    app = SageApp(home)
    async with app.run_test(size=(80, 24)) as pilot:
        seen = Seen(pilot)
        await pilot.pause()
        await pilot.press("f6", "h")
        await seen.until(lambda: isinstance(app.screen, Sheets))
        await pilot.press("ctrl+t")
        await seen.until(lambda: isinstance(app.screen, Today))  # what follows Models
        await app.read_passage(hit)
        await seen.until(lambda: isinstance(app.screen, Memory) and seen.memory.has_class("-whole"))
        assert "Beans climb" in seen.read() and seen.memory.chosen and seen.memory.chosen.id == hit.id
        await pilot.press("escape")
        await seen.until(lambda: len(seen.found()) > 1)  # what the empty search line finds


async def test_enter_waits_for_the_results_of_what_was_typed(home: Home) -> None:
    async with remembering(home, (80, 24)) as seen:
        await seen.until(lambda: len(seen.found()) > 1)
        for words, place in (("boiler pressure", "House/Boiler.md#Boiler:4"), ("beans climb", "Garden.md#Beans:7")):
            seen.memory.search_for(words)
            await seen.pilot.press("enter", "enter")  # before the pause after the last letter is over
            await seen.until(lambda: seen.memory.has_class("-whole"))
            assert seen.found()[0] == place
            assert seen.memory.query_one(Reading).entries[-1].role == "found"
            assert words.split()[0] in seen.memory.query_one(Reading).entries[-1].text.casefold()
            await seen.pilot.press("slash")


async def test_a_conversation_is_read_turn_by_turn(home: Home) -> None:
    async with remembering(home) as seen:
        await seen.type("in:talks when does the boiler man come")
        await seen.until(lambda: len(seen.found()) == 2)
        await seen.pilot.press("enter", "enter")
        await seen.until(lambda: seen.memory.has_class("-whole"))
        entries = seen.memory.query_one(Reading).entries
        assert [entry.role for entry in entries] == ["notice", "user", "assistant"]
        assert entries[1].footer.startswith("You · ") and entries[2].footer.startswith("Sage · ")


async def test_the_draft_in_talk_survives_and_a_passage_is_asked_about(home: Home) -> None:
    app = SageApp(home)
    async with app.run_test(size=(110, 30)) as pilot:
        seen = Seen(pilot)
        await seen.type("and how often")
        await pilot.press("ctrl+t", "ctrl+t")
        await pilot.pause()
        await seen.type("tomatoes sun")
        await seen.until(lambda: seen.found()[:1] == ["Garden.md#Tomatoes:3"])
        await pilot.press("enter", "a")
        await pilot.pause()
        assert isinstance(app.screen, Talk)
        assert app.screen.query_one(Composer).text == 'About "Garden.md#Tomatoes:3": and how often'
        await pilot.press("f5", "y")
        assert app.clipboard == "Garden.md#Tomatoes:3"


async def test_letters_that_come_faster_than_the_cursor_are_typed_and_command_nothing(home: Home) -> None:
    async with remembering(home) as seen:
        await seen.until(lambda: len(seen.found()) == 8)
        await seen.pilot.press("enter")
        for letter in ("/", *"auf"):
            seen.app.post_message(events.Key(KEYS.get(letter, letter), letter))
        await seen.until(lambda: seen.memory.query_one(Input).value == "auf")
        assert len(seen.app.screen_stack) == 1 and seen.memory.query_one(Input).has_focus


async def test_the_command_searches(home: Home) -> None:
    app = SageApp(home)
    async with app.run_test(size=(110, 30)) as pilot:
        seen = Seen(pilot)
        await seen.type("/memory marzipan")
        await pilot.press("enter")
        await seen.until(lambda: isinstance(app.screen, Memory) and seen.found()[:1] == ["People.md#Demo Aunt:3"])


async def test_brackets_escapes_and_wide_letters_show_as_text(home: Home) -> None:
    async with remembering(home, (60, 20)) as seen:
        for words, place in (("zebra", "Odd.md#Odd [/foo]:1"), ("トマト", "庭.md#庭:1")):
            seen.memory.search_for(words)
            await seen.until(lambda place=place: seen.found()[:1] == [place])
            await seen.pilot.press("enter")
            strips = [strip for line in seen.app.screen._compositor.render_strips() for strip in line]
            shown = "".join(segment.text for segment in strips)
            assert "\x1b" not in shown and "\x07" not in shown
            assert "[red]x[/red] red end" in shown or "トマトは一日に" in shown


async def test_a_long_list_brings_more_as_one_goes_down(home: Home, tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(3 * FIRST):
        (many / f"{number}.md").write_text(f"# Hedgehog {number}\n\nA hedgehog slept.\n")
    with Client(home) as client:
        client.call(wire.ImportNotes(str(many)))
    async with remembering(home, (80, 24)) as seen:
        await seen.type("hedgehog")
        await seen.until(lambda: len(seen.found()) == FIRST)
        await seen.pilot.press("enter", "end")
        at = seen.memory.chosen
        await seen.until(lambda: len(seen.found()) >= 3 * FIRST)
        assert at is not None and seen.memory.chosen == at


async def test_a_killed_engine_is_waited_for_and_keys_are_kept(home: Home) -> None:
    async with remembering(home) as seen:
        await seen.until(lambda: seen.found())
        with Client(home) as client:
            pid = client.call(wire.ShowStatus()).pid
        os.kill(pid, signal.SIGKILL)
        await seen.type("marzipan")
        await seen.until(lambda: seen.found()[:1] == ["People.md#Demo Aunt:3"])


async def test_a_home_without_anything_says_how_to_fill_it_and_a_path_does(tmp_path: Path) -> None:
    home = make_home(tmp_path, linger=20)
    with Client(home) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    try:
        async with remembering(home) as seen:
            await seen.until(lambda: "nothing in memory yet" in seen.read())
            await seen.type(str(make_notes(tmp_path)))
            await seen.until(lambda: "Nothing was found" in seen.read())
            await seen.pilot.press("enter")
            await seen.until(lambda: "3 added" in seen.hint())
            await seen.until(lambda: len(seen.found()) == 3)
    finally:
        stop_engine(home)


async def test_a_note_that_is_gone_is_told_and_nothing_else_happens(home: Home, tmp_path: Path) -> None:
    async with remembering(home) as seen:
        await seen.type("marzipan")
        await seen.until(lambda: seen.found()[:1] == ["People.md#Demo Aunt:3"])
        (tmp_path / "notes" / "People.md").unlink()
        await seen.pilot.press("enter", "o")
        await seen.until(lambda: "is not there any more" in seen.hint())
        assert seen.found()[:1] == ["People.md#Demo Aunt:3"]


async def test_a_label_is_put_after_what_it_shows_was_seen_and_agreed(home: Home) -> None:
    async with remembering(home) as seen:
        await seen.type("boiler pressure")
        await seen.until(lambda: seen.found()[:1] == ["House/Boiler.md#Boiler:4"])
        await seen.pilot.press("enter", "l")
        await seen.until(lambda: "Nothing would change" in seen.panel())
        await seen.type("aunt")
        await seen.until(lambda: "aunt would see 1 passage" in seen.panel())
        await seen.pilot.press("tab", "enter")
        await seen.until(lambda: "y shares it" in seen.panel())
        await seen.pilot.press("n", "enter")
        await seen.until(lambda: "y shares it" in seen.panel())
        with Client(home) as client:
            assert client.call(wire.ShowLabels()).labels == ()
        await seen.pilot.press("y")
        await seen.until(lambda: isinstance(seen.app.screen, Memory) and "shared with aunt" in seen.hint())
        assert "shared with aunt" in seen.read()
        await seen.pilot.press("u")  # the note had none of its own
        await seen.until(lambda: "no label of its own any more" in seen.hint() and "only you" in seen.read())
        await seen.pilot.press("l")
        await seen.until(lambda: "Nothing would change" in seen.panel())
        await seen.type("aunt")
        await seen.until(lambda: "aunt would see" in seen.panel())
        await seen.pilot.press("tab", "enter")
        await seen.until(lambda: "y shares it" in seen.panel())
        await seen.pilot.press("y")
        await seen.until(lambda: isinstance(seen.app.screen, Memory) and "u takes that back" in seen.hint())
        await seen.pilot.press("l")
        await seen.until(lambda: "Nothing would change" in seen.panel())
        await seen.pilot.press(*["backspace"] * 4, "tab", "enter")
        await seen.until(lambda: isinstance(seen.app.screen, Memory) and "private" in seen.hint())
        assert "only you" in seen.read()
        await seen.pilot.press("u")
        await seen.until(lambda: "As before" in seen.hint() and "shared with aunt" in seen.read())


async def test_a_name_of_two_words_is_one_name(home: Home) -> None:
    async with remembering(home) as seen:
        await seen.type("boiler pressure")
        await seen.until(lambda: seen.found()[:1] == ["House/Boiler.md#Boiler:4"])
        await seen.pilot.press("enter", "l")
        await seen.type("Demo Aunt, bob")
        await seen.until(lambda: "bob would see 1 passage" in seen.panel() and "demo-aunt would see" in seen.panel())
        assert "  aunt would see" not in seen.panel()


async def test_forgetting_is_shown_first_and_can_be_taken_back_until_it_is_gone_for_good(home: Home) -> None:
    with Client(home) as client:
        client.call(wire.AddNote("The spare key hangs behind the door."))
    async with remembering(home) as seen:
        await seen.type("spare key")
        await seen.until(lambda: seen.found() and "spare key" in seen.memory.rows[0].item().text)
        (first, *_) = seen.found()
        await seen.pilot.press("enter", "f")
        await seen.until(lambda: "y forgets it" in seen.panel())
        assert "What you named" in seen.panel() and "The spare key hangs" in seen.panel()
        await seen.pilot.press("n", "f")
        await seen.until(lambda: "y forgets it" in seen.panel())
        await seen.pilot.press("y")
        await seen.until(lambda: isinstance(seen.app.screen, Memory) and "u gives it back" in seen.hint())
        assert first not in seen.found()
        await seen.pilot.press("down")
        assert seen.hint().startswith("u forgotten: 1")
        await seen.pilot.press("u")
        await seen.until(lambda: "u gives it back" in seen.panel())
        await seen.pilot.press("u")
        await seen.until(lambda: isinstance(seen.app.screen, Memory) and "all back" in seen.hint())
        assert seen.found()[0] == first
        await seen.pilot.press("home", "f")
        await seen.until(lambda: "y forgets it" in seen.panel())
        await seen.pilot.press("y")
        await seen.until(lambda: isinstance(seen.app.screen, Memory) and "u gives it back" in seen.hint())
        await seen.pilot.press("u")
        await seen.until(lambda: "u gives it back" in seen.panel())
        await seen.pilot.press("p")
        assert "There is no way back" in seen.panel()
        await seen.pilot.press("n", "p", "y")
        await seen.until(lambda: "Looked through" in seen.panel())
        await seen.pilot.press("escape")
        await seen.until(lambda: isinstance(seen.app.screen, Memory) and "gone for good" in seen.hint())
        with Client(home) as client:
            assert [each.state for each in client.call(wire.ListForgettings()).forgettings] == ["purged"]


async def test_a_note_of_the_persons_own_is_edited_only_when_they_say_so(home: Home, tmp_path: Path) -> None:
    note = tmp_path / "notes" / "People.md"
    before = note.read_text()
    async with remembering(home) as seen:
        await seen.type("marzipan")
        await seen.until(lambda: seen.found()[:1] == ["People.md#Demo Aunt:3"])
        await seen.pilot.press("enter", "f")
        await seen.until(lambda: "edits your file as shown" in seen.panel())
        await seen.pilot.press("y")
        await seen.until(lambda: isinstance(seen.app.screen, Memory) and "is yours to edit" in seen.hint())
        assert "People.md is yours to edit (o): what stands there is still found" in seen.hint()
        assert note.read_text() == before
        await seen.pilot.press("u")
        await seen.until(lambda: "still has the words" in seen.panel())
        await seen.pilot.press("p", "y")
        await seen.until(lambda: "Looked through" in seen.panel())
        await seen.pilot.press("escape")
        await seen.until(lambda: isinstance(seen.app.screen, Memory) and "still stand in People.md" in seen.hint())


async def test_facts_that_contradict_each_other_come_first_side_by_side_and_one_is_said_to_be_right(
    home: Home, tmp_path: Path
) -> None:
    for name, place in (("Rome", "Rome"), ("Oslo", "Oslo | _really_")):
        (tmp_path / "notes" / f"{name}.md").write_text(f"# {name}\n\nI live in {place}.\n")
    (tmp_path / "notes" / "Music.md").write_text("# Music\n\nI like opera.\n")
    with Client(home) as client:
        client.call(wire.ImportNotes(str(tmp_path / "notes")))
    async with remembering(home) as seen:
        await seen.type("in:facts")
        await seen.until(lambda: len(seen.found()) >= 3 and seen.memory.rows[0].item().side.startswith("contradicted"))
        assert "You live in" in seen.memory.rows[0].item().title
        assert (
            "You live in Rome" in seen.read() and "You live in Oslo" in seen.read() and "Which is right?" in seen.read()
        )
        chosen = seen.memory.rows[0].item().title
        await seen.pilot.press("enter", "r")
        await seen.until(lambda: "Kept as right" in seen.hint())
        assert not any(one.item().side.startswith("contradicted") for one in seen.memory.rows)
        place = next(place for place, one in enumerate(seen.memory.rows) if one.item().title == chosen)
        await seen.pilot.press("home", *["down"] * place, "enter")
        await seen.until(lambda: seen.memory.has_class("-whole"))
        assert "I live in" in seen.read()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 45)])
async def test_it_fits_narrow_and_wide_terminals(home: Home, size: tuple[int, int]) -> None:
    async with remembering(home, size) as seen:
        await seen.type("tomatoes")
        await seen.until(lambda: seen.found())
        for widget in seen.memory.query("Input, Filters, Results, Reading, #hints"):
            assert widget.region.width and widget.region.height
            assert widget.region.right <= size[0] and widget.region.bottom <= size[1]


async def test_the_map_leads_from_goals_and_folders_to_a_note_and_what_links_to_it(home: Home, tmp_path: Path) -> None:
    (tmp_path / "notes" / "Log.md").write_text("# Log\n\nSee [[Boiler]].\n")
    with Client(home) as client:
        client.call(wire.ImportNotes(str(tmp_path / "notes")))
        client.call(wire.AddGoal("Grow food", "for the children"))
        client.call(wire.AddGoal("Water daily", "", "Grow food"))
    async with remembering(home, (60, 20)) as seen:
        await seen.until(lambda: seen.memory.rows)
        await seen.pilot.press("down", "5")
        await seen.until(lambda: "notes" in seen.found())
        titles = [row.item().title for row in seen.memory.rows]
        assert titles[:2] == ["Grow food", "└ Water daily"] and "for the children" in seen.read()
        await seen.pilot.press(*["down"] * seen.found().index("notes"), "enter")
        await seen.until(lambda: "notes/House" in seen.found())
        await seen.pilot.press("home")
        await seen.until(lambda: "Boiler  1 note links here" in seen.read())  # beside, before one goes there
        await seen.pilot.press("enter")
        await seen.until(lambda: seen.found() == ["notes/House/Boiler.md"])
        assert "1 note links here" in seen.read()
        await seen.pilot.press("m")
        await seen.until(lambda: seen.found() == ["notes/House/Boiler.md", "notes/Log.md"])
        await seen.pilot.press("down", "enter")
        await seen.until(lambda: seen.memory.has_class("-whole") and "See" in seen.read())
        await seen.pilot.press("escape")
        await seen.until(lambda: not seen.memory.has_class("-whole"))
        for above in ("notes/House", "notes", ""):
            await seen.pilot.press("escape")
            await seen.until(
                lambda above=above: seen.memory.query_one(Input).value.strip() == f"in:map {above}".strip()
            )
            await seen.until(lambda: seen.memory._is_current)
        await seen.pilot.press("escape")
        await seen.until(lambda: not seen.memory.query_one(Input).value)
        assert isinstance(seen.app.screen, Memory)


async def test_what_a_contact_could_learn_is_told_as_the_command_does(home: Home) -> None:
    async with remembering(home) as seen:
        await seen.until(lambda: seen.found())
        await seen.pilot.press("down", "p")
        await seen.until(lambda: "no contacts yet" in seen.hint())
        with Client(home) as client:
            client.call(wire.AddContact("tom", "Tom", ("fake:tom",), ("work",)))
        await seen.pilot.press("p")
        await seen.until(lambda: isinstance(seen.app.screen, Choice))
        await seen.pilot.press("enter")
        await seen.until(lambda: "tom and work may see" in seen.panel() or "tom may see" in seen.panel())
        assert "Tom, fake:tom" in seen.panel() and "Open.md" in seen.panel()
        await seen.pilot.press("escape")
        await seen.until(lambda: isinstance(seen.app.screen, Memory))


async def test_a_fact_tells_all_that_it_took_the_place_of_with_sources_and_as_of_a_date(
    home: Home, tmp_path: Path
) -> None:
    for day, place in (("2021-02-03", "Rome"), ("2023-04-05", "Oslo"), ("2025-06-07", "Graz")):
        (tmp_path / "notes" / f"{place}.md").write_text(f"---\ndate: {day}\n---\n# {place}\n\nI live in {place}.\n")
    with Client(home) as client:
        client.call(wire.ImportNotes(str(tmp_path / "notes")))
        (graz, *_) = client.call(wire.ShowFacts("live")).beliefs
    assert graz.value == "Graz"
    async with remembering(home) as seen:
        await seen.type("in:facts live")
        await seen.until(lambda: seen.found()[:1] == ["Graz.md#:6"] or (seen.found()[:1] and "Graz" in seen.found()[0]))
        read = seen.read()
        assert "Before: You live in Oslo" in read and "Before: You live in Rome" in read
        assert "Oslo.md" in read and "Rome.md" in read and read.index("Oslo") < read.index("Rome")
        seen.memory.search_for("in:facts at:2022 live")
        await seen.until(lambda: seen.found()[:1] and "Rome" in seen.found()[0])
        assert "Then: You live in Oslo" in seen.read() and "Then: You live in Graz" in seen.read()
        assert "as of 2022" in seen.count()
