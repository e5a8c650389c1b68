from __future__ import annotations

from sage.core.extracts import SURE, answering, nearest, quotation
from sage.core.passages import Hit


def hit(text: str, confidence: float = 0.0) -> Hit:
    return Hit(f"p_{text}", "note.md", "", 1, 0, len(text), text, confidence=confidence)


def numbers(question: str, *hits: Hit) -> list[int]:
    return [number for number, _ in answering(question, hits)]


def test_what_memory_is_not_sure_of_is_no_answer_even_if_common_words_stand_there() -> None:
    assert numbers("what is my passport number", hit("the number of rows", SURE - 0.01)) == []


def test_what_memory_is_sure_of_is_an_answer_and_what_is_far_less_sure_is_none() -> None:
    hits = hit("callouts", 0.9), hit("quotes", 0.4), hit("boxes", 0.6)
    assert numbers("what is a callout", *hits) == [1, 3]


def test_without_a_confidence_half_of_the_words_must_stand_there() -> None:
    assert numbers("boiler pressure", hit("the pressure is low")) == [1]
    assert numbers("boiler pressure in the cellar", hit("the pressure is low")) == []


def test_a_quotation_knows_the_forms_of_words_in_the_language_of_its_passage() -> None:
    rain = "Am Montag hat es den ganzen Tag geregnet, und wir haben dann auch nicht mehr viel getan. " * 6
    note = hit(f"{rain}\nDie beiden Häuser waren dann doch noch offen.\n{rain}")
    assert "Häuser" in quotation("Wann war das Haus offen?", note)
    assert nearest("Haus", [note]) == [(1, note)]
