"""The constant words around answers stand in the writer's language, and are known again."""

from __future__ import annotations

import pytest

from sage.core.deputy import frames
from sage.core.deputy.guards import wants_no_answers


@pytest.mark.parametrize(
    ("text", "tongue"),
    [
        ("When is the office open?", "en"),
        ("Parking?", "en"),
        ("Die Hard tickets?", "en"),
        ("Hallo Ana, what is the wifi called?", "en"),
        ("Onde fica o escritório?", "en"),
        ("Wie viel kostet das Parken am Tag?", "de"),
        ("Wann ist das Büro geöffnet?", "de"),
        ("Quand le bureau est-il ouvert ?", "fr"),
        ("Combien coûte le parking par jour ?", "fr"),
        ("¿Cuándo abre la oficina?", "es"),
        ("¿Cuánto cuesta aparcar al día?", "es"),
        ("Wanneer is het kantoor open?", "nl"),
        ("Hoe heet de gasten-wifi?", "nl"),
        ("Wie is er vandaag op kantoor?", "nl"),
    ],
)
def test_a_short_question_tells_its_language(text: str, tongue: str) -> None:
    assert frames.tongue_for(text) == tongue


@pytest.mark.parametrize("tongue", frames.TONGUES)
@pytest.mark.parametrize("name", ["Demo Ana", ""])
def test_what_stands_around_an_answer_is_told_from_it(tongue: str, name: str) -> None:
    whole, sentence = frames.signed("From 9 to 17.", name, tongue), frames.handed_off(name, tongue)
    assert frames.unsigned(whole) == frames.without_frames(whole) == "From 9 to 17."
    assert "STOP" in whole and "{" not in whole + sentence and "Sage" in sentence
    assert frames.without_frames(sentence) == "" and name in sentence


def test_the_word_that_is_told_is_heard() -> None:
    assert all(wants_no_answers(word) for word in ("STOP", "STOPP"))
