"""The sanitizer: nothing that only a terminal or a trick reads comes through, and what a person reads does."""

from __future__ import annotations

import itertools
import json
import re
import sys
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.terminal_sequences import clean_sequences
from sage.core.terminal_text import Cleaner, _is_plain, clean, clean_line, escape_json

FORBIDDEN = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff\u00ad\U000e0041\u2028\u2029"

HOSTILE = st.text(
    alphabet=st.sampled_from(
        "\x1b\x1b\x1b\x9b\x9d\x90\x9c\x07\\[]P^_X0;1m?Hab \n\r\t\x00\x08\x7f\x85"
        "\u200b\u200c\u200d\u200e\u200f\u202e\u2066\u2069\ufe0f\ufe01\u0301\u0302\U000e0041\U000e0100\u00ad\ufeff"
        "e👩🔬❤語نख\u094dא\ud83d\ude00\udc00"
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;http://a.example\x1b\\a link\x1b]8;;\x1b\\", "a link"),
        ("\x1b]52;c;aGVsbG8=\x07after", "after"),
        ("\x1bP1;2|payload\x1b\\after", "after"),
        ("\x1b_payload\x1b\\\x1b^payload\x1b\\\x1bXpayload\x1b\\after", "after"),
        ("\x9b31mred\x9d0;title\x9cend", "redend"),
        ("\x1bcreset\x1b(Bend\x1b7", "resetend"),
        ("\x1b]0;it never ends\nthe next line", "0;it never ends\nthe next line"),
        ("\x1b]0;" + "x" * 5000, "0;" + "x" * 5000),
        ("a\x00b\x08c\x7fd\x1ee", "abcde"),
        (
            "one\r\ntwo\rthree\x0bfour\x0cfive\x85six\u2028seven\u2029eight",
            "\n".join("one two three four five six seven eight".split()),
        ),
        ("tab\tstays", "tab\tstays"),
        ("gnp.\u202etxt", "gnp.txt"),
        ("\u2066a\u2069\u202ab\u202c", "ab"),
        ("pass\u200bwo\u00adrd\ufeff\u2060", "password"),
        ("pass\u200cwo\u200drd\ufe0f\U000e0041\U000e0100", "password"),
        ("\ud83d\ude00 \ud83d \ude00", "😀 \ufffd \ufffd"),
        ("e" + "\u0301" * 20, "e" + "\u0301" * 8),
        ("[/foo] [red]bold[/red]", "[/foo] [red]bold[/red]"),
    ],
)
def test_removes_what_only_a_terminal_or_a_trick_reads(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Plain text — with “quotes”, é, ß and a cafe\u0301.",
        "👩\u200d🔬 👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈 👍🏽 1\ufe0f⃣ ☑\ufe0e",
        "می\u200cخواهم",
        "क\u094d\u200dष र\u200d\u094dय",
        "שלום\u200f! (א\u200eb)",
        "日本語、中文、한국어 葛\U000e0100",
        "def f(x):\n\treturn x  # tabs and newlines",
    ],
)
def test_keeps_what_a_person_reads(text: str) -> None:
    assert clean(text) == text


def test_returns_a_clean_text_itself() -> None:
    text = "nothing to remove, in 語 either"
    assert clean(text) is text


def test_whatever_passes_at_the_first_look_has_nothing_to_remove() -> None:
    """The first look spares most text the patterns: it must never let through what they would take out."""
    passed = [chr(code) for code in range(sys.maxunicode + 1) if _is_plain(chr(code))]
    assert not [each for each in passed if clean_sequences(each) != each]
    assert all(_is_plain(mark) for mark in "a…–—‘’“”→") and not _is_plain("…\u202e") and not _is_plain("→\ufe0f")


def test_a_line_has_no_line_ends() -> None:
    assert clean_line("a\r\nb\tc\x1b[2Jd") == "a b cd"


@given(HOSTILE | st.text())
def test_no_control_comes_through(text: str) -> None:
    shown = clean(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
    assert not set(shown) & set(FORBIDDEN)


@given(HOSTILE | st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(HOSTILE, st.lists(st.integers(0, 60), max_size=8))
def test_pieces_join_to_the_cleaned_whole(text: str, cuts: list[int]) -> None:
    cleaner = Cleaner()
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [cleaner.feed(text[start:end]) for start, end in itertools.pairwise(edges)]
    assert "".join(pieces) + cleaner.finish() == clean(text)


@given(HOSTILE)
def test_what_was_shown_early_is_safe_too(text: str) -> None:
    cleaner = Cleaner()
    for character in text:
        piece = cleaner.feed(character)
        assert not [c for c in piece if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]


def test_a_sequence_split_over_pieces_is_removed() -> None:
    cleaner = Cleaner()
    assert [cleaner.feed(piece) for piece in ("a\x1b", "]0;ti", "tle\x1b", "\\b", "\r", "\nc")] == [
        "a",
        "",
        "",
        "b",
        "",
        "\nc",
    ]


def test_ordinary_text_is_never_held_back() -> None:
    cleaner = Cleaner()
    assert [cleaner.feed(piece) for piece in ("an ", "answer ", "語")] == ["an ", "answer ", "語"]


def test_the_cleaner_is_as_new_after_the_end() -> None:
    cleaner = Cleaner()
    cleaner.feed("a\x1b]0;open")
    assert cleaner.finish() == "0;open"
    assert cleaner.feed("b") + cleaner.finish() == "b"


@given(st.text())
def test_json_for_a_terminal_means_the_same_and_cannot_steer_it(text: str) -> None:
    written = escape_json(msgspec.json.encode([text, "\x9b2J\x7f\u202e"]).decode())
    assert json.loads(written) == [text, "\x9b2J\x7f\u202e"]
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", written)
