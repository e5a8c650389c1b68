"""Stretches of words that are known again, and turns of phrase that are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.forgetting.word_runs import FEW, Runs, codes, distinctive, sentences, words_in


def test_a_sentence_is_known_again_whatever_its_spacing_and_case() -> None:
    runs = Runs(distinctive("The spare key lies under the third blue flowerpot."))
    assert runs.found_in("he said: the SPARE key\n  lies under the third   blue flowerpot, and left")
    assert not runs.found_in("The spare key lies in a drawer of the third blue cupboard.")


def test_a_part_of_eight_words_of_a_long_sentence_is_known_again() -> None:
    runs = Runs(distinctive("If you ask me the spare key lies under the third blue flowerpot behind the old shed"))
    assert runs.found_in("key lies under the third blue flowerpot behind")
    assert not runs.found_in("under the third blue flowerpot")


@pytest.mark.parametrize(
    "phrase", ["Thank you very much.", "I do not know.", "ok", "2026-11-22 09:30", "", "Yes, it is."]
)
def test_a_turn_of_phrase_or_a_date_is_no_stretch(phrase: str) -> None:
    assert not distinctive(phrase)


@pytest.mark.parametrize("token", ["ZEBRA-77431", "demo@example.org", "+49170555012345", "k9x2m4p7", "4711-0815-99"])
def test_numbers_keys_and_addresses_are_stretches_of_their_own(token: str) -> None:
    assert Runs(distinctive(f"It is {token}.")).found_in(f"see ({token})!")


def test_ids_and_dates_are_none() -> None:
    assert not codes("t1a204b174bb09b3b3 and 2026-11-22T10:30:00+01:00 and 22.11.2026")


def test_a_sentence_in_a_script_without_spaces_is_a_stretch() -> None:
    assert Runs(distinctive("予備の鍵は三番目の青い植木鉢の下にあります。")).found_in(
        "予備の鍵は三番目の青い植木鉢の下にあります。はい。"
    )


@given(st.text(max_size=200))
def test_sentences_cover_every_word_once(text: str) -> None:
    found = [word for start, end in sentences(text) for word in words_in(text[start:end])]
    assert [word.folded for word in found] == [word.folded for line in text.splitlines() for word in words_in(line)]


@given(st.text(max_size=300))
def test_a_text_holds_its_own_stretches(text: str) -> None:
    wanted = distinctive(text)
    assert Runs(wanted).found_in(text) == wanted


@given(
    st.text("aAbB .,_é", max_size=30),
    st.lists(st.lists(st.sampled_from(["a", "b", "ab", "a_", "é"]), min_size=1, max_size=3), min_size=1, max_size=4),
)
def test_few_runs_are_found_as_many_are(text: str, some: list[list[str]]) -> None:
    few = {tuple(run) for run in some}
    others = {("other", str(number)) for number in range(FEW + 1)}
    assert Runs(few).found_in(text) == Runs(few | others).found_in(text)
