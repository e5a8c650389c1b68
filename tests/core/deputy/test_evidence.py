"""Which sentences answer a question, as far as rules can tell: near misses, turned facts and denials do not."""

from __future__ import annotations

import pytest

from sage.core.deputy.evidence import FULL, against, covered, days_of, differ, is_named, is_plain
from sage.core.deputy.statements import Statement, statements_of
from sage.core.disclosure import Piece


def piece(text: str) -> Piece:
    return Piece("p_1", "hidden/path.md#Secret heading:1", text, "path")


def said(text: str, about: str = "") -> Statement:
    return Statement(text, about, piece(text))


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("The bakery opens at 7:00 on weekdays.", "When does the bakery open on weekdays?"),
        ("The bakery is open from Monday to Friday at 7:00.", "What time does the bakery open on Wednesdays?"),
        ("Demo Aunt keeps the spare key.", "Who has the spare key?"),
        ("The boat costs 80 euros a day.", "How much does the boat cost?"),
        ("Tom reviews Mia's code.", "Does Tom review Mia's code?"),
        ("The e-mail address for reports is reports@demo.example.", "What is the email address for reports?"),
        ("Dogs are not allowed in the yard.", "Are dogs allowed in the yard?"),
        ("Der Schlüssel liegt im Büro unter der Lampe.", "Wo liegt der Schlüssel?"),
        ("Das Büro öffnet um 9 Uhr.", "Wann öffnet das Büro?"),
    ],
)
def test_nothing_speaks_against_an_answer(statement: str, question: str) -> None:
    assert (covered(question, said(statement)), against(question, said(statement))) == (FULL, "")


@pytest.mark.parametrize(
    ("statement", "question", "why"),
    [
        ("The bakery opens at 7:00 on weekdays.", "When does the bakery close on weekdays?", "the opposite"),
        ("The bakery opens at 7:00 on weekdays.", "When does the bakery open on Sundays?", "days"),
        ("The invoice was paid on 4 March.", "Who paid the invoice?", "person"),
        ("The invoice was not paid on 4 March.", "When was the invoice paid?", "denial"),
        ("The bakery is open on Monday.", "When is the bakery not open?", "denial"),
        ("Tom reviews Mia's code.", "Who reviews Tom's code?", "roles"),
        ("Tom reviews Mia's code.", "Does Mia review Tom's code?", "roles"),
        ("The printer does not print in colour.", "Which printer prints in colour?", "denial"),
        ("The hall is open from 8 to 18.", "When was the hall opened?", "past"),
        ("Kim hired Jo.", "Who was hired by Jo?", "roles"),
        ("Version 2.4 ships on 12 March.", "When does version 2.5 ship?", "figures"),
        ("My sister lives in Porto.", "Where does your brother Tom live?", "names"),
        ("The office opens at 9.", "When does the office open tomorrow?", "relative time"),
        ("The office is open.", "What time is the office open?", "clock"),
        ("The boat is large.", "How much is the boat?", "amount"),
        ("The key is lost.", "Where is the key?", "place"),
        ("The room is closed.", "Why is the room closed?", "reason"),
        ("The parking is large.", "When is the parking?", "time"),
    ],
)
def test_what_speaks_against_one(statement: str, question: str, why: str) -> None:
    assert against(question, said(statement)) == why


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("The Wi-Fi name is Linden-Guest.", "What is the address of the Wi-Fi router?"),
        ("The deposit for the boat is 80 euros.", "What does it cost to rent the boat?"),
        ("My sister lives in Porto.", "Where does your brother live?"),
    ],
)
def test_another_attribute_is_not_covered(statement: str, question: str) -> None:
    assert covered(question, said(statement)) < FULL


def test_one_word_must_be_what_the_sentence_is_about() -> None:
    assert is_plain("Where is the toner?", said("Toner lies under the stairs."))
    assert not is_plain("Where is the toner?", said("The key of the toner cupboard lies in the office."))
    assert not is_plain("What is the code?", said("The code of the gate is 4711."))
    assert is_plain("What is the Wi-Fi called?", Statement("Linden", "", piece("x"), "What is the Wi-Fi called?"))


def told(text: str) -> list[str]:
    return [each.text for each in statements_of(piece(text))]


def test_a_sentence_goes_with_what_it_needs() -> None:
    assert told(
        "# Gate\n\nThe gate is green. It closes at 22:00. But not on Sundays. Is it new? Ask Tom for the key."
    ) == [
        "The gate is green.",
        "The gate is green. It closes at 22:00. But not on Sundays.",
        "Ask Tom for the key.",
    ]
    assert told("It closes at nine.") == []  # nobody knows what does


def test_a_written_question_has_its_answer() -> None:
    text = "## FAQ\n\nQ: When is the gate open? A: From 8 to 22.\n\n**Are dogs allowed?**\nNo, only in the yard.\n\nQ: Where?\n"
    first, second = statements_of(piece(text))
    assert (first.text, first.about) == ("From 8 to 22.", "FAQ When is the gate open?")
    assert second.text == "Are dogs allowed?\nNo, only in the yard."  # a bare no could answer the opposite


def test_days_are_compared_as_days() -> None:
    assert days_of("Monday to Thursday") == days_of("Mon–Thu") == days_of("Montag bis Donnerstag") == {0, 1, 2, 3}
    assert (
        days_of("on weekends") == {5, 6}
        and days_of("every day") == set(range(7))
        and days_of("Sat to Mon") == {5, 6, 0}
    )
    assert days_of("the sun in may") == frozenset()


def test_two_answers_that_differ_are_told_apart() -> None:
    assert differ("What is the code?", [said("It is 4711."), said("It is 4712.")])
    assert not differ("What is the code?", [said("The code is 4711."), said("Code: 4711")])
    asked = "Where is the retreat?"
    assert differ(asked, [said("The retreat is in Rome."), said("The retreat is in Oslo.")])
    assert not differ(asked, [said("The retreat is in Rome."), said("The retreat is in Rome, near the river.")])


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("Name: Demo Office", "What is your name?"),
        ("- **Opening hours:** 9:00 to 17:00. Closed on Fridays.", "What are the opening hours?"),
        ("guest count: 150", "guest count??"),
        ("Öffnungszeiten: 9 bis 17 Uhr", "Wie lauten die Öffnungszeiten?"),
    ],
)
def test_what_is_asked_for_by_its_label_is_told_as_the_whole_line(line: str, question: str) -> None:
    first = statements_of(piece(line))[0]
    assert is_named(question, first) and covered(question, first) == FULL and line.endswith(first.text)


@pytest.mark.parametrize(
    "question",
    [
        "What is her phone?",
        "What is my phone?",
        "What is the office phone?",
        "What is not your phone?",
        "What is your phone after May?",
        "What?",
    ],
)
def test_a_label_is_not_what_asks_for_more_or_for_somebody_elses(question: str) -> None:
    assert not is_named(question, statements_of(piece("Phone: 1234"))[0])


@pytest.mark.parametrize(
    "line", ["Open 9:30 to 17:00.", "See https://demo.example/x for it.", "Who knows: is it so? Yes."]
)
def test_what_has_no_label(line: str) -> None:
    assert all(each.label in ("", "Who knows: is it so?") for each in statements_of(piece(line)))


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("The plumber comes tomorrow at 10:00.", "When does the plumber come?"),
        ("The plumber comes tomorrow at 10:00.", "Does the plumber come tomorrow?"),
        ("Der Handwerker kommt nächste Woche am Freitag.", "Wann kommt der Handwerker?"),
    ],
)
def test_a_tomorrow_that_was_written_down_has_passed(statement: str, question: str) -> None:
    assert against(question, said(statement)) == "relative time"


@pytest.mark.parametrize(
    ("statement", "wrong", "right"),
    [
        ("The mother of Berta is Cora.", "Who is the mother of Cora?", "Who is the mother of Berta?"),
        ("The mother of Berta is Cora.", "who is the mother of cora?", "who is the mother of berta?"),
        ("Berta's mother is Cora.", "Who is Cora's mother?", "Who is Berta's mother?"),
        ("Die Mutter von Berta ist Cora.", "Wer ist die Mutter von Cora?", "Wer ist die Mutter von Berta?"),
        ("Tina hat Ulf das Rad geliehen.", "Wer hat Tina das Rad geliehen?", "Wer hat Ulf das Rad geliehen?"),
        ("Tina hat Ulf das Rad geliehen.", "Wem hat Ulf das Rad geliehen?", "Wem hat Tina das Rad geliehen?"),
    ],
)
def test_nothing_of_another_and_nobody_in_the_place_of_another(statement: str, wrong: str, right: str) -> None:
    assert against(wrong, said(statement)) == "roles"
    assert against(right, said(statement)) == ""
