"""Words that tell who and where are replaced, each by its own mark, and words that tell nothing stay."""

from __future__ import annotations

import pytest

from sage.core.placeholders import Placeholders, known_names

KEY = "sk-demo0123456789abcdefghij"


def names() -> Placeholders:
    known = known_names(["Demo Aunt", "tom"], ["House/Boiler room.md", "Tomatoes.md", "2026-11-23.md"])
    return Placeholders([*known, ("address", "@demo-tom:example.org", "tom"), ("person", "auntie", "Demo Aunt")])


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"my key is {KEY}, again {KEY}", "my key is [key-1], again [key-1]"),
        ("it is ab3Kd9fLmQ2xZ8vT1pWn7c here", "it is [key-1] here"),
        ("see https://demo.example/a?token=1 or www.demo.example", "see [link-1] or [link-2]"),
        ("write to demo.aunt+x@demo.example, Demo.Aunt+X@demo.example", "write to [address-1], [address-1]"),
        ("@demo-tom:example.org on 192.168.1.5", "[address-1] on [address-2]"),
        ("call +49 30 5550100, 030/5550100 or (030) 5550100", "call [number-1], [number-2] or [number-3]"),
        ("555-0142, 555-010-0142, 5550100", "[number-1], [number-2], [number-3]"),
        ("DE89 3704 0044 0532 0130 00; 4111 1111 1111 1111", "[number-1]; [number-2]"),
        ("in /home/demo/a.txt, ~/b and C:\\demo\\c", "in [path-1], [path-2] and [path-3]"),
        ("House/Boiler.md and Garden.md", "[path-1] and [path-2]"),
        (
            "[[Boiler room#Valve|it]], boiler room, Boiler room.md, boiler-room",
            "[note-1], [note-1], [note-1], [note-1]",
        ),
        ("Demo Aunt, aunt's, Demo, AUNTIE and Toms", "[person-1], [person-1]'s, [person-1], [person-1] and [person-2]"),
    ],
)
def test_what_tells_who_and_where_is_replaced(text: str, hidden: str) -> None:
    assert names().hide(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "Tomatoes want 6 hours of sun and 2.5 litres, 1,000,000 in all, tomorrow and/or today.",
        "On 05.11.2026, 2026-11-24 09:00 or 5/11/26 at 09:00, from 12:30-14:00, 1.2-1.8 bar, 2024/25, 1/2.",
        "Use /copies 5 or `sage models list`; a demonstration; atom; [1] and [2].",
        "Straße und Tomaten: ß steht da.",
    ],
)
def test_everyday_words_and_figures_stay(text: str) -> None:
    assert names().hide(text) == text


def test_the_same_word_has_the_same_mark_in_all_texts_and_marks_are_left_alone() -> None:
    hidden = names()
    first = hidden.hide("Tom at https://demo.example")
    assert first == "[person-1] at [link-1]" and hidden.hide(first) == first
    assert hidden.hide("demo@demo.example, https://demo.example, tom") == "[address-1], [link-1], [person-1]"
    assert hidden.counts == {"address": 1, "link": 1, "person": 1}


def test_a_name_is_found_behind_letters_that_fold_to_more() -> None:
    assert names().hide("Die Straße von Tom") == "Die Straße von [person-1]"
