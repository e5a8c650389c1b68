"""Marks that hold, marks that are looked up, and marks that do not hold."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from sage.core.citations import Citer, cite
from sage.core.passages import Hit


def hit(text: str, source: str = "A.md") -> Hit:
    return Hit(source, source, "H", 1, 0, len(text), text)


SUN = hit("Tomatoes want six hours of sun.", "Garden.md")
BOILER = hit("The boiler pressure is 1.5 bar.", "House.md")


def test_marks_are_numbered_in_the_order_of_use() -> None:
    text, sources = cite("Boiler pressure is 1.5 bar [2]. Tomatoes want sun [1].", [SUN, BOILER])
    assert text == "Boiler pressure is 1.5 bar. [1] Tomatoes want sun. [2]"
    assert sources == (BOILER, SUN)


def test_a_mark_that_shares_no_words_is_dropped() -> None:
    text, sources = cite("Elephants never forget anything [1].", [SUN])
    assert text == "Elephants never forget anything." and sources == ()


def test_a_mark_beyond_the_passages_is_dropped() -> None:
    assert cite("Cheese is nice [7].", [SUN]) == ("Cheese is nice.", ())


def test_code_and_quotations_are_left_alone() -> None:
    text = "> tomatoes want six hours of sun [1]\n```\nx[1] = tomatoes want six hours sun\n```\n"
    assert cite(text, [SUN]) == (text, ())


def test_a_sentence_that_says_the_notes_do_not_say_cites_nothing() -> None:
    for text in (
        "Your notes do not mention how much sun tomatoes want.",
        "There is no information on tomatoes and hours of sun.",
    ):
        assert cite(text, [SUN]) == (text, ())


def test_a_list_keeps_its_shape() -> None:
    text, _ = cite("- Tomatoes want six hours of sun\n- 1.5 bar is the boiler pressure\n", [SUN, BOILER])
    assert text == "- Tomatoes want six hours of sun [1]\n- 1.5 bar is the boiler pressure [2]\n"


def test_what_rests_on_sages_own_words_cites_nothing() -> None:
    assert cite("Task added: tomatoes want sun.", [SUN], ["Task added: tomatoes want sun."])[1] == ()
    assert cite("Task added: tomatoes want sun.", [SUN])[1] == (SUN,)


def test_a_mark_before_the_full_stop_moves_behind_it_and_one_behind_it_stays() -> None:
    assert cite("Tomatoes want sun [1]. More.", [SUN])[0] == "Tomatoes want sun. [1] More."
    assert cite("Tomatoes want sun. [1] More.", [SUN])[0] == "Tomatoes want sun. [1] More."
    assert cite("Tomatoes want sun.[1]\nMore.", [SUN])[0] == "Tomatoes want sun. [1]\nMore."


PIECES = st.lists(
    st.sampled_from(
        ["tomatoes want ", "sun", ". ", "[1]", "[", "2, 1]", "\n", "> ", "```\n", "`", " ", "1.5 bar", "!", "x["]
    )
)


@given(PIECES, st.integers(1, 7))
def test_a_stream_gives_the_same_as_the_whole_however_it_is_cut(parts: list[str], step: int) -> None:
    text = "".join(parts)
    citer = Citer([SUN, BOILER])
    streamed = "".join(citer.feed(text[start : start + step]) for start in range(0, len(text), step)) + citer.finish()
    assert (streamed, citer.sources) == cite(text, [SUN, BOILER])


@given(st.text(alphabet=st.sampled_from("ab. [1]2,!?\nx\t"), max_size=120))
@example("[[1]")
@example("a. [[1][2")
def test_nothing_but_marks_and_the_space_before_them_is_lost(text: str) -> None:
    out, _ = cite(text, [])
    assert "".join(out.split()) == "".join(re.sub(r"\[\d{1,2}(?:\s*,\s*\d{1,2})*\]", "", text).split())


@given(st.text(max_size=200))
def test_text_without_marks_passes_as_it_is(text: str) -> None:
    if "[" not in text:
        assert cite(text, []) == (text, ())
