"""What a jotted line becomes, by rule."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sage.core.capturing import Jotted, read_jotted
from sage.core.errors import BadInput

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("call the dentist tomorrow at 9", Jotted("task", "call the dentist", "2026-11-24T09:00")),
        ("add a task to buy milk on friday", Jotted("task", "buy milk", "2026-11-27")),
        ("remind me on friday at 8 to water the plants", Jotted("reminder", "on friday at 8 to water the plants")),
        ("my goal is to learn the cello", Jotted("goal", "learn the cello")),
        ("note that the key is under the pot", Jotted("note", "the key is under the pot")),
        ("the map comes first", Jotted("note", "the map comes first")),
        ("what is due?", Jotted("note", "what is due?")),
        ("tomorrow\nand a second line", Jotted("note", "tomorrow\nand a second line")),
    ],
)
def test_a_line_is_what_its_words_say_and_else_a_note(text: str, read: Jotted) -> None:
    assert read_jotted(text, NOW) == read


def test_what_the_person_says_it_is_counts_above_its_words() -> None:
    assert read_jotted("buy milk", NOW, "task") == Jotted("task", "buy milk")
    assert read_jotted("add a task to buy milk", NOW, "task") == Jotted("task", "buy milk")
    assert read_jotted("call her tomorrow", NOW, "note") == Jotted("note", "call her tomorrow")
    assert read_jotted("tomorrow", NOW, "task") == Jotted("task", "tomorrow", "2026-11-24")


def test_what_enter_would_keep_is_said_before() -> None:
    assert read_jotted("call her tomorrow at 9", NOW).said == "a task for Tuesday 24 November, 09:00"
    assert read_jotted("an idea", NOW).said == "a note"


def test_no_words_are_nothing_to_keep() -> None:
    with pytest.raises(BadInput, match="no words"):
        read_jotted("  \n ", NOW)
