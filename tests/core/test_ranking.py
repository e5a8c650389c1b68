from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.ranking import (
    MOST_TERMS,
    WEIGHTS,
    Candidate,
    Ranked,
    answering,
    begun_word,
    confidence,
    follow,
    fuse,
    gather,
    nearness,
    pick,
    query_terms,
    saying,
)

PLAIN = ("speaker", "when", "tells", "answers", "says", "phrase")
parts = st.fixed_dictionaries({part: st.floats(0, 1) if part in PLAIN else st.floats(-1, 50) for part in WEIGHTS})
candidates = st.dictionaries(st.text("abc", min_size=1, max_size=4), parts, max_size=12).map(
    lambda found: [Candidate(name, name[0], scores) for name, scores in found.items()]
)


def ranked(*pairs: tuple[str, str, float]) -> list[Ranked]:
    return [Ranked(name, group, score, {}) for name, group, score in pairs]


@given(candidates, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_given(found: list[Candidate], chance: random.Random) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert fuse(shuffled) == fuse(found)


@given(candidates)
def test_why_adds_up_to_the_score(found: list[Candidate]) -> None:
    for one in fuse(found):
        assert one.score == pytest.approx(sum(one.why.values()), abs=1e-5)
        assert 0 <= one.score <= sum(WEIGHTS.values()) + 1e-5


def test_words_outweigh_meaning() -> None:
    words = Candidate("words", "a", {"words": 9.0, "covered": 1.0, "document": 9.0, "meaning": 0.1, "around": 0.1})
    meaning = Candidate("meaning", "b", {"meaning": 0.9, "around": 0.9})
    assert [one.id for one in fuse([meaning, words])] == ["words", "meaning"]


def test_cosines_that_hardly_differ_decide_little() -> None:
    first, second = fuse([Candidate("a", "a", {"meaning": 0.5}), Candidate("b", "b", {"meaning": 0.53})])
    assert (first.id, second.id) == ("b", "a")
    assert first.score == pytest.approx(WEIGHTS["meaning"] / 10)


def test_the_weeks_after_a_time_tell_of_it_and_so_do_the_days_before() -> None:
    assert nearness(0) == 1
    assert nearness(30) < nearness(7) < 1
    assert nearness(-7) < nearness(7)


def test_an_answer_counts_more_when_the_question_has_what_is_sought() -> None:
    assert 0 < answering(0) < answering(0.5) < answering(1) == 1


def test_more_words_say_more_up_to_a_few_sentences() -> None:
    assert saying(0) == 0 < saying(5) < saying(20) < saying(500) == saying(5000) == 1


def test_confidence_is_a_share() -> None:
    assert confidence(1.0, 1.0, 1.0) == 1.0
    assert confidence(0.0, 0.0, -0.5) == 0.0
    assert confidence(0.6, 0.4, None) == 0.5
    assert confidence(0.6, 0.4, 0.2) == pytest.approx(0.4)
    assert confidence(0.6, 0.4, None, 0.0) < confidence(0.6, 0.4, None) < confidence(0.6, 0.4, None, 1.0)


def test_equal_scores_come_in_the_order_of_ids() -> None:
    assert [one.id for one in fuse([Candidate(name, name, {"words": 1.0}) for name in "cab"])] == ["a", "b", "c"]


def test_one_group_does_not_fill_the_answer_while_others_match() -> None:
    found = ranked(*((f"a{n}", "a", 1 - n / 100) for n in range(6)), ("b0", "b", 0.95), ("c0", "c", 0.9))
    assert [one.id for one in pick(found, 5, 3)] == ["a0", "a1", "a2", "b0", "c0"]


def test_a_full_group_stands_back_for_what_is_nearly_as_good_and_not_for_what_hardly_matches() -> None:
    found = ranked(*((f"a{n}", "a", 1 - n / 100) for n in range(6)), ("b0", "b", 0.9), ("c0", "c", 0.5))
    assert [one.id for one in pick(found, 5, 3)] == ["a0", "a1", "a2", "a3", "b0"]


def test_only_named_groups_are_limited() -> None:
    found = ranked(*((f"a{n}", "a", 1 - n / 100) for n in range(5)), ("b0", "b", 0.5))
    assert [one.id for one in pick(found, 5, 3, grouped=["b"])] == ["a0", "a1", "a2", "a3", "a4"]


def test_an_id_is_picked_once() -> None:
    assert [one.score for one in pick(ranked(("a", "x", 0.9), ("a", "y", 0.8)), 5, 3)] == [0.9]


def test_stop_words_go_only_when_others_remain() -> None:
    assert query_terms("What is the Café?") == ["café"]
    assert query_terms("to be or not to be") == ["to", "be", "or", "not"]
    assert query_terms('हिन्दी 😀 "quoted" NEAR(x*)') == ["हिन्दी", "quoted", "near", "x"]
    assert query_terms("ＦＵＬＬ width STRASSE Straße") == ["full", "width", "strasse"]


@given(st.text(max_size=500))
def test_terms_are_words(query: str) -> None:
    terms = query_terms(query)
    assert len(terms) <= MOST_TERMS
    assert all(any(letter.isalnum() for letter in term) and not set(term) & set(" \"*^:()+-'") for term in terms)
    assert len(set(terms)) == len(terms)


def test_a_candidate_keeps_its_share_and_its_parts_still_add_up() -> None:
    whole, half = fuse([Candidate("a", "g", {"words": 2.0}), Candidate("b", "g", {"words": 2.0}, 0.5)])
    assert (whole.id, half.id) == ("a", "b") and half.score == whole.score / 2 == round(sum(half.why.values()), 6)


def test_a_linked_note_comes_nearer_to_what_leads_to_it_but_not_before_it() -> None:
    ranked = fuse(
        [Candidate(name, name, {"words": score}) for name, score in (("a", 10), ("b", 9), ("c", 8), ("d", 1))]
    )
    followed = follow(ranked, {"a": [["c", "d"]], "b": [["d"]]})
    assert [one.id for one in followed] == ["a", "c", "b", "d"]
    assert [one.via for one in followed] == ["", "a", "", "b"]
    first, second, third, last = followed
    assert first.score - second.score == pytest.approx(1e-6)
    assert third.score > last.score
    for one in followed:
        assert sum(one.why.values()) == pytest.approx(one.score)


def test_the_more_notes_something_links_to_the_less_each_gets() -> None:
    ranked = fuse(
        [Candidate(name, name, {"words": score}) for name, score in (("a", 10), ("b", 1), ("c", 1), ("d", 1))]
    )
    alone, shared = (follow(ranked, {"a": links}) for links in ([["b"]], [["b"], ["c"], ["d"]]))
    gained = [next(one for one in found if one.id == "b").why["linked"] for found in (alone, shared)]
    assert gained[0] > gained[1] > 0


def test_what_is_like_the_best_comes_nearer_to_it_but_not_before_it() -> None:
    ranked = fuse(
        [Candidate(name, name, {"words": score}) for name, score in (("a", 10), ("b", 9), ("c", 4), ("d", 4))]
    )
    gathered = gather(ranked, {"a": 0.8, "b": 0.9, "c": 0.1, "d": 0.6})
    assert [one.id for one in gathered] == ["a", "b", "d", "c"]
    first, second, third, last = gathered
    assert "akin" not in first.why or first.why["akin"] == 0
    assert first.score - second.score == pytest.approx(1e-6)
    assert last.score < third.score == pytest.approx(last.score + WEIGHTS["akin"] * 0.5 / 0.8)
    for one in gathered:
        assert sum(one.why.values()) == pytest.approx(one.score)


def test_what_is_hardly_like_the_best_gets_nothing_for_it() -> None:
    names = [f"{number:02}" for number in range(60)]
    ranked = fuse([Candidate(name, name, {"words": 10.0 if name == "00" else 1.0}) for name in names])
    gathered = gather(ranked, {name: -float(name) / 100 for name in names})
    assert [one.id for one in gathered if one.why["akin"]] == names[1:40]


def test_likeness_that_is_not_known_or_equal_changes_nothing() -> None:
    ranked = fuse([Candidate(name, name, {"words": score}) for name, score in (("a", 10), ("b", 9))])
    assert gather(ranked, {}) == gather(ranked, {"a": 0.5, "b": 0.5}) == ranked
    assert gather([], {}) == []


@pytest.mark.parametrize(
    ("query", "word"),
    [("garden toma*", "toma"), ("Toma* ", "toma"), ("toma", ""), ("toma *", ""), ("a*", ""), ("庭*", "庭"), ("", ""),
     ("*", ""), ("what?*", ""), ("the*", "the")],
)  # fmt: skip
def test_a_star_behind_the_last_word_says_that_it_is_only_begun(query: str, word: str) -> None:
    assert begun_word(query) == word
