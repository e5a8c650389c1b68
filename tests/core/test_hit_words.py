"""Hits in plain words."""

from __future__ import annotations

from sage.core.hit_words import (
    audience_words,
    excerpt,
    is_own,
    kind_of,
    matches,
    origin_words,
    search_stems,
    title_of,
    why_lines,
)
from sage.core.passages import Hit

NOTE = Hit("p_1", "House/Boiler.md", "Pressure", 3, 0, 9, "text", root="/notes")
TURN = Hit(
    "t_1", "conversation/c1", "", 1, 0, 4, "text", thread="conversation/c1", speaker="you", when="2026-05-03T14:05"
)


def test_what_it_is() -> None:
    assert (kind_of(NOTE), title_of(NOTE)) == ("notes", "Boiler › Pressure")
    assert (kind_of(TURN), title_of(TURN), origin_words(TURN)) == ("talks", "You", "your words")
    said = Hit("t_2", "conversation/c1", "", 1, 0, 4, "text", thread="conversation/c1", speaker="Sage", origin="tool")
    assert (title_of(said), origin_words(said)) == ("Sage", "Sage's words")


def test_a_contact_called_like_sage_is_not_sage() -> None:
    other = Hit("t_3", "letters", "", 1, 0, 4, "text", thread="letters", speaker="Sage", origin="contact")
    assert origin_words(other) == "written by someone else"


def test_whose_words_they_are() -> None:
    remembered = Hit("t_4", "chat", "", 1, 0, 4, "text", speaker="Demo Aunt")
    assert not is_own(remembered) and origin_words(remembered) == "said by Demo Aunt"
    written = Hit("p_2", "chat.json", "", 1, 0, 4, "text", root="/notes", speaker="Demo Person")
    assert is_own(written) and is_own(NOTE) and is_own(TURN) and origin_words(written) == "your words"
    assert not is_own(Hit("p_3", "mail.mbox", "", 1, 0, 4, "text", root="/notes", origin="contact"))


def test_who_may_see_it() -> None:
    assert audience_words(("private",)) == "only you"
    assert audience_words(("aunt", "bees", "work")) == "shared with aunt, bees and work"
    assert audience_words(("aunt", "public")) == "everyone may see it"


def test_why_names_the_greatest_part_first_and_parts_that_it_does_not_know() -> None:
    hit = Hit("p_1", "A.md", "", 1, 0, 1, "x", score=0.5, why={"words": 0.1, "meaning": 0.3, "later": 0.1})
    head, *lines = why_lines(hit)
    assert "0.500" in head
    assert [line.split()[0] for line in lines] == ["60", "20", "20"]
    assert "meaning" in lines[0] and lines[2].endswith("later")


def test_words_are_found_in_any_form_and_in_scripts_without_spaces() -> None:
    def marked(text: str, words: str) -> list[str]:
        return [text[start:end] for start, end in matches(text, search_stems(words))]

    assert marked("The tomato and Tomatoes, not tomography", "tomatoes") == ["tomato", "Tomatoes"]
    assert marked("Déjà vu", "deja") == ["Déjà"]
    assert marked("豆の隣にトマトを植える", "トマト") == ["トマト"]
    assert marked("anything", "") == []


def test_words_are_found_in_the_forms_of_the_texts_language() -> None:
    def marked(text: str, words: str) -> list[str]:
        return [text[start:end] for start, end in matches(text, search_stems(words))]

    assert marked("Gestern haben wir die beiden Häuser am See mit dem Garten angesehen.", "Haus Gärten") == [
        "Häuser",
        "Garten",
    ]
    assert marked("Hier nous avons vu les chevaux dans l'écurie de ma cousine.", "cheval écuries") == [
        "chevaux",
        "l'écurie",
    ]
    assert marked("Вчера мы гуляли с собакой в парке, и она нашла ключи.", "собака ключ") == ["собакой", "ключи"]
    assert marked("We looked at the houses and it was not what we had in mind.", "Noten Haus") == []


def test_an_excerpt_begins_near_the_word_and_leaves_marks_and_headings_out() -> None:
    text = "# Head\n\n- **One** [two](http://x) and [[Three|four]]\n\n> five `six`"
    assert excerpt(text, frozenset(), 80) == "One two and four five six"
    far = "filler " * 200 + "the tomato bed " + "filler " * 200
    shown = excerpt(far, search_stems("tomatoes"), 40)
    assert shown.startswith("…") and "tomato" in shown and len(shown) <= 41
    assert excerpt("# Only a heading", frozenset(), 80) == "# Only a heading"
