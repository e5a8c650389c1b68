"""What a question quotes, and whether a text has it."""

from __future__ import annotations

import pytest

from sage.core.phrases import MOST_PHRASES, phrase_share, quoted_phrases, word_pairs


@pytest.mark.parametrize(("question", "phrases"), [
    ('who said "to be or not to be"?', ["to be or not to be"]),
    ("wer sagte „Ende gut, alles gut“ zuerst", ["ende gut alles gut"]),
    ("“Blue Kettle” and “red door”", ["blue kettle", "red door"]),
    ("qui a dit « Ça va aller »", ["ca va aller"]),
    ("»Gute Nacht«", ["gute nacht"]),
    ("「青い薬缶」はどこ", ["青い薬缶"]),
    ('a 5" and a 6" board', []),
    ('an "unfinished one', []),
    ('""', []),
    ('"?!"', []),
    ("don't and won't", []),
    ('"one" "one" "One"', ["one"]),
])  # fmt: skip
def test_what_is_quoted(question: str, phrases: list[str]) -> None:
    assert quoted_phrases(question) == phrases


def test_a_question_has_only_so_many_phrases() -> None:
    assert len(quoted_phrases(" ".join(f'"word{n} here"' for n in range(20)))) == MOST_PHRASES


@pytest.mark.parametrize(("text", "share"), [
    ("The Blue\nKETTLE, on the stove", 1.0), ("a kettle so blue", 0.0), ("the blue kettles", 0.0), ("skyblue kettle", 0.0),
    ("blue and kettle", 0.0), ("", 0.0),
])  # fmt: skip
def test_a_phrase_stands_word_for_word(text: str, share: float) -> None:
    assert phrase_share(text, ["blue kettle"]) == share


def test_several_phrases_and_a_script_without_spaces() -> None:
    assert phrase_share("blue kettle", ["blue kettle", "red door"]) == 0.5
    assert phrase_share("昨日青い薬缶を買った", ["青い薬缶"]) == 1.0
    assert phrase_share("anything", []) == 0.0


def test_pairs_are_of_neighbours_and_none_of_words_that_say_nothing() -> None:
    pairs = word_pairs("Where did the red boat go?")
    assert ("red", "boat") in pairs and ("boat", "go") in pairs and ("the", "red") in pairs
    assert ("did", "the") not in pairs and ("red", "go") not in pairs
