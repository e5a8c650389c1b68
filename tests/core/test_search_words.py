"""The search line: words that narrow are taken out, whatever else is typed stays."""

from __future__ import annotations

import pytest

from sage.core.search_words import Search, read_search, with_kind, with_recipients


@pytest.mark.parametrize(
    ("typed", "search"),
    [
        ("", Search()),
        ("  tomato   beds ", Search("tomato beds")),
        ("in:notes tomato", Search("tomato", "notes")),
        ("tomato in:ta", Search("tomato", "talks")),
        ("in: tomato", Search("tomato")),
        ("in:nowhere tomato", Search("tomato")),
        ("for:work plans", Search("plans", "all", ("work",))),
        ("for:work for:aunt for:work", Search("", "all", ("work", "aunt"))),
        ("for:public", Search("", "all", ())),
        ("in:facts at:2026-05 Rome", Search("Rome", "facts", None, "2026-05")),
        ("for:", Search("")),
        ("wait for: it in:side", Search("wait it")),
        ("https://login:pass", Search("https://login:pass")),
    ],
)
def test_words_that_narrow_are_taken_out(typed: str, search: Search) -> None:
    assert read_search(typed) == search


def test_a_kind_and_recipients_replace_those_that_stand_there() -> None:
    assert with_kind("tomato in:notes for:work", "talks") == "in:talks tomato for:work"
    assert with_kind("in:notes tomato", "all") == "tomato"
    assert with_recipients("for:aunt tomato", "work, bees") == "for:work for:bees tomato"
    assert read_search(with_recipients("for:work x", "")).recipients is None
