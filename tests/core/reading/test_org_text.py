from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.reading.org_text import read_org

GARDEN = """#+TITLE: My garden
#+FILETAGS: :garden:
#+DATE: <2024-03-01 Fri>
Opening words, see [[file:notes/Roses.org::*Care][the roses]] and [[https://example.org][a page]].

* TODO [#A] Water the roses [1/3]   :daily:
SCHEDULED: <2024-05-01 Wed 9:00 +1d>
:PROPERTIES:
:PLACE: balcony
:ID: 33
:END:
Use the can.
** DONE Buy a can <2024-04-02 Tue>
It was cheap.
* 2024-05-03 Friday
** Bees came
"""


def test_a_heading_is_read_without_its_state_priority_count_tags_and_time() -> None:
    found = [(piece.passage.path, piece.passage.heading) for piece in read_org(GARDEN, "garden").pieces]
    assert found == [
        ((), ""),
        ((), "Water the roses"),
        (("Water the roses",), "Buy a can"),
        ((), "2024-05-03 Friday"),
        (("2024-05-03 Friday",), "Bees came"),
    ]


def test_tags_go_down_states_and_properties_do_not() -> None:
    (_, water, buy, *_) = read_org(GARDEN, "garden").pieces
    assert water.passage.tags == ("garden", "daily", "TODO", "balcony")
    assert buy.passage.tags == ("garden", "daily", "DONE")


def test_a_time_is_the_headings_own_else_the_one_above() -> None:
    assert [piece.when for piece in read_org(GARDEN, "garden").pieces] == [
        "2024-03-01",
        "2024-05-01T09:00",
        "2024-04-02",
        "2024-05-03",
        "2024-05-03",
    ]


def test_links_to_notes_are_links_pages_are_not() -> None:
    document = read_org(GARDEN, "garden")
    assert document.pieces[0].passage.links == ("Roses",)
    assert document.title == "garden"
    assert document.words == "My garden garden"


def test_states_that_the_file_names_are_states() -> None:
    (piece,) = read_org("* IDEA(i) is text\n", "x").pieces
    assert piece.passage.heading == "IDEA(i) is text"
    (_, piece) = read_org("#+TODO: IDEA(i) | DROPPED\n* IDEA Fly\n", "x").pieces
    assert (piece.passage.heading, piece.passage.tags) == ("Fly", ("IDEA",))


def test_private_unless_the_file_names_who_may_see() -> None:
    assert read_org("text", "x").audience is None
    assert read_org("#+AUDIENCE: work, ann\ntext", "x").audience == ("ann", "work")


def test_a_block_of_code_stays_whole_while_it_can() -> None:
    block = "#+begin_src python\n" + "print(1)\n\n" * 200 + "#+end_src"
    passages = [piece.passage.text for piece in read_org(f"* Code\nwords\n\n{block}\n\nafter", "x").pieces]
    assert any(block in text for text in passages)


@pytest.mark.parametrize(
    "text",
    [
        "* a:" + "a:" * 50_000 + " x\n",
        ("*" * 100 + " x\n:PROPERTIES:\n") * 3000,
        "#+X:" + " " * 50_000 + "a\n" + "#+begin_src\n" * 5000,
        "* <2024-01-01 " * 5000,
        "* x [[" * 5000,
    ],
)
def test_hostile_files_take_no_long_time(text: str) -> None:
    assert read_org(text, "x").pieces


lines = st.sampled_from(
    ["* One", "** TODO Two :a:b:", "*** ", "***", "* <2024-13-77>", "words [[a][b]]", ":PROPERTIES:", ":A: b", ":END:", "",
     "#+begin_src", "#+end_src", "  ", "#+TODO: a b", "日本語", "\x00", "long words " * 150]
)  # fmt: skip


@given(st.one_of(st.lists(lines, max_size=30).map("\n".join), st.lists(lines, max_size=20).map("\r\n".join), st.text()))
def test_every_visible_character_is_in_one_piece_at_its_place(text: str) -> None:
    end = 0
    for piece in read_org(text, "x").pieces:
        passage = piece.passage
        assert text[passage.start : passage.end] == passage.text
        assert passage.start >= end
        assert not text[end : passage.start].strip()
        assert passage.line == len(re.findall(r"\r\n|\r|\n", text[: passage.start])) + 1
        end = passage.end
    assert not text[end:].strip()
