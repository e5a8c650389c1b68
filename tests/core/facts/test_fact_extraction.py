"""Facts in the person's own words, and all that is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.facts.fact_extraction import extract
from sage.core.facts.facts import Draft

WHEN = "2023-07-16T10:00"


def told(text: str, **options: str) -> list[tuple[str, str, str]]:
    return [(draft.subject, draft.attribute, draft.value) for draft in extract(text, **{"when": WHEN, **options})]


def only(text: str, **options: str) -> Draft:
    (draft,) = extract(text, **{"when": WHEN, **options})
    return draft


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("I live in Berlin.", ("me", "lives in", "Berlin")),
        ("I work at Demo Corp as a nurse.", ("me", "works at", "Demo Corp")),
        ("I'm a teacher at a school.", ("me", "works as", "a teacher")),
        ("I’m vegetarian.", ("me", "is", "vegetarian")),
        ("I'm allergic to peanuts.", ("me", "is allergic to", "peanuts")),
        ("I have two kids.", ("me", "has", "two kids")),
        ("I prefer mornings.", ("me", "prefers", "mornings")),
        ("My favorite colour is green.", ("me", "favourite colour", "green")),
        ("Tea is my favourite drink.", ("me", "favourite drink", "Tea")),
        ("My wife is called Demo Wife.", ("me", "wife", "Demo Wife")),
        ("My sister's birthday is 12 June 1990.", ("my sister", "birthday", "1990-06-12")),
        ("My phone number is +49 171 2345678.", ("me", "phone", "+49 171 2345678")),
        ("Mum: 0171 2345678", ("Mum", "phone", "0171 2345678")),
        ("Anna works at Demo Corp.", ("Anna", "works at", "Demo Corp")),
        ("I usually run before breakfast.", ("me", "usually", "run before breakfast")),
        ("I think remote work is better than the office.", ("me", "thinks", "remote work is better than the office")),
        ("I decided to move to Porto.", ("me", "decided", "move to Porto")),
        ("I want to learn the piano.", ("me", "wants", "learn the piano")),
        ("Ich wohne in Berlin.", ("me", "lives in", "Berlin")),
        ("Ich bin allergisch gegen Nüsse.", ("me", "is allergic to", "Nüsse")),
        ("Meine Schwester heißt Anna.", ("me", "sister", "Anna")),
        ("Seit 2019 wohne ich in Köln.", ("me", "lives in", "Köln")),
        ("Anna's birthday: 12 June", ("Anna", "birthday", "--06-12")),
        ("Dentist appointment on 3 December at 9:00", ("Dentist appointment", "is on", "2023-12-03")),
        ("I take vitamin D every morning.", ("me", "usually", "take vitamin D every morning")),
        ("I owe Tom 50 euros.", ("me", "owes", "Tom 50 euros")),
        ("In my opinion, the new design is too busy.", ("me", "thinks", "the new design is too busy")),
        ("Mia's teacher is Demo Teacher.", ("Mia", "teacher", "Demo Teacher")),
        ("I've been vegetarian since 2020.", ("me", "is", "vegetarian")),
        ("I'll finish the report.", ("me", "promised", "finish the report")),
    ],
)
def test_plain_words_state_a_fact(text: str, fact: tuple[str, str, str]) -> None:
    assert told(text) == [fact]


@pytest.mark.parametrize(
    "text",
    [
        "Do I like jazz?",
        "I love tea, don't you?",
        "If I live in Rome, I love it.",
        "I wish I lived in Rome.",
        "Maybe I like jazz.",
        "She said that he loves jazz.",
        "Anna told me: I hate coffee.",
        "I love pizza, just kidding!",
        "I love pizza. Just kidding!",
        "> I live in Rome.",
        'He wrote "I live in Rome and I hate tea".',
        "`I live in Rome`",
        "```\nI live in Rome.\n```",
        "- [ ] I will buy milk by Friday",
        "- [x] I decided to move to Porto",
        "# I live in Rome",
        "| I live in Rome | x |",
        "I love it!",
        "I love your photo.",
        "I love how that looks.",
        "I'll let you know!",
        "I'll check it out.",
        "I think you should go.",
        "I'm a bit tired.",
        "I have a question.",
        "PMID: 12929205",
        "Obsidian is great.",
        "",
    ],
)
def test_what_states_nothing_gives_nothing(text: str) -> None:
    assert told(text) == []


def test_a_denial_is_kept_as_one() -> None:
    for text in ("I don't like olives.", "I hate olives.", "I can't stand olives."):
        draft = only(text)
        assert (draft.attribute, draft.value, draft.polarity) == ("likes", "olives", False)
    assert not only("I don't have a car.").polarity
    assert (only("I no longer eat meat.").attribute, only("I no longer eat meat.").polarity) == ("eats", False)


def test_what_is_over_is_denied() -> None:
    for text in ("I live in Berlin no more.", "I no longer live in Berlin.", "I don't live in Berlin anymore."):
        assert (only(text).value, only(text).polarity) == ("Berlin", False)
    against = only("I decided against the new car.")
    assert (against.attribute, against.value, against.polarity) == ("decided on", "the new car", False)
    assert (only("I don't smoke.").attribute, only("I don't smoke.").polarity) == ("smokes", False)


def test_the_words_that_say_it_are_kept() -> None:
    text = "Hello! Yesterday was fine. I live in Berlin, and I love tea."
    found = extract(text, when=WHEN)
    assert [text[draft.start : draft.end] for draft in found] == ["I live in Berlin", "I love tea"]


def test_a_second_verb_has_the_same_subject() -> None:
    assert told("I hate coffee and love tea.") == [("me", "likes", "coffee"), ("me", "likes", "tea")]


def test_a_list_of_allergies_is_several_facts() -> None:
    assert [value for *_, value in told("I'm allergic to nuts, eggs and cats.")] == ["nuts", "eggs", "cats"]


def test_since_when_and_until_when() -> None:
    assert only("I've lived in Berlin since 2019.").valid_from == "2019-01-01"
    assert only("I've lived in Berlin for three years.").valid_from == "2020-07-15"
    assert only("I used to live in Paris.").valid_to == WHEN
    moved = extract("I moved to Rome last month.", when=WHEN)
    assert {(draft.attribute, draft.valid_from) for draft in moved} == {
        ("lives in", "2023-06-01"),
        ("did", "2023-06-01"),
    }


def test_a_promise_has_its_day_and_its_person() -> None:
    assert only("I'll send the slides by Tuesday.").due == "2023-07-18"
    promise = only("I promised Anna to send her the report by Friday")
    assert (promise.attribute, promise.value, promise.due, promise.whom) == (
        "promised", "send her the report", "2023-07-21", "Anna",
    )  # fmt: skip
    assert only("I need to submit the tax return by 31 July.").due == "2023-07-31"


def test_what_was_done_has_its_days() -> None:
    draft = only("Last weekend I went to a game convention.")
    assert (draft.kind, draft.valid_from, draft.valid_to) == ("date", "2023-07-08", "2023-07-10")
    assert told("I went to a game convention.") == []


def test_the_day_of_another_clause_is_not_taken() -> None:
    assert [draft.attribute for draft in extract("We met last year, but I sold the car.", when=WHEN)] == []


def test_an_appointment_has_one_day() -> None:
    draft = only("The meeting with Anna moved to Thursday.")
    assert (draft.subject, draft.attribute, draft.value) == ("meeting with Anna", "is on", "2023-07-20")
    assert told("I have a dentist appointment on Tuesday.") == [("dentist appointment", "is on", "2023-07-18")]


@pytest.mark.parametrize(
    "text",
    [
        "Cake likes marzipan.",
        "Happiness lives in Berlin.",
        "Swimming has a dog.",
        "Traffic decided to stop.",
        "Coffee's birthday is 5 May.",
        "Music is my doctor.",
        "Kuchen mag Marzipan.",
        "Gesundheit wohnt in Berlin.",
        "The compiler is strict. Compiler likes marzipan.",
        "Two ferrets ran. Ferret likes marzipan.",
        "Demo Liebe Bentsen",
    ],
)
def test_a_noun_that_begins_a_sentence_is_nobody(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Anna likes marzipan.", "Anna"),
        ("Felicity likes marzipan.", "Felicity"),
        ("Oyelaran likes marzipan.", "Oyelaran"),
        ("Will likes marzipan. It will do.", "Will"),
        ("Cake Demo likes marzipan.", "Cake Demo"),
        ("We met Cake there, as planned. Cake likes marzipan.", "Cake"),
        ("Petra mag Marzipan.", "Petra"),
        ("Well, Anna likes marzipan.", "Anna"),
    ],
)
def test_a_name_that_begins_a_sentence_is_somebody(text: str, who: str) -> None:
    assert told(text) == [(who, "likes", told(text)[0][2])]


def test_a_heading_is_somebody_only_by_a_name() -> None:
    for heading in ("Cake", "Packing", "Health insurance", "Compiler"):
        assert told("Allergic to nuts. A compiler.", about=heading) == []
    assert told("Allergic to nuts.", about="Anna") == [("Anna", "is allergic to", "nuts")]


def test_whom_she_means() -> None:
    assert told("Her birthday is on 3 May", about="Demo Aunt") == [("Demo Aunt", "birthday", "--05-03")]
    assert told("My sister Anna lives in Rome. She loves opera.")[1:] == [
        ("Anna", "lives in", "Rome"),
        ("Anna", "likes", "opera"),
    ]
    assert told("She loves opera.") == []
    assert told("I met with Tom today. He lives in Rome.", about="Demo Aunt") == [("me", "did", "met with Tom")]
    assert told("My sister Anna came with my friend Tom. She loves opera.")[2:] == []


def test_a_bare_line_is_about_whom_the_note_is_about() -> None:
    assert told("- Allergic to penicillin", about="Demo Aunt") == [("Demo Aunt", "is allergic to", "penicillin")]
    assert told("Allergic to penicillin", about="About me") == [("me", "is allergic to", "penicillin")]
    assert told("Allergic to penicillin", about="things to buy") == []
    assert told("Birthday: 3 May 1950", about="Demo Aunt", when="") == [("Demo Aunt", "birthday", "1950-05-03")]


def test_who_speaks_is_the_subject() -> None:
    assert told("I live in Rome.", speaker="Anna") == [("Anna", "lives in", "Rome")]


def test_a_company_has_no_habits() -> None:
    report = "We usually review our exposures. " + "The quarter was long and the figures were many. " * 20
    assert told(report) == []
    assert told("We usually review our exposures.") != []


def test_without_a_day_nothing_relative_is_dated() -> None:
    assert told("I went to Rome yesterday.", when="") == []
    assert told("I live in Rome.", when="someday") == [("me", "lives in", "Rome")]


@given(st.text(max_size=300))
def test_no_text_raises_and_every_span_is_in_it(text: str) -> None:
    for draft in extract(text, when=WHEN):
        assert 0 <= draft.start < draft.end <= len(text)


def test_what_never_ends_is_no_sentence() -> None:
    assert told("I'm allergic to " + "nuts, " * 2000) == []
    assert told("I went " + "3 May " * 2000 + ". I love tea.") == [("me", "likes", "tea")]


_PIECES = st.sampled_from(
    ["I", "love", "tea", "live in", "Rome", "if", "?", ".", "\n", "- ", "> ", "```", '"', "my sister", "Anna", "by Friday",
     "yesterday", "will send", "don't", "she said", "since 2019", ",", "and", "[[", "]]", "3 May", "birthday is", ":"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=14).map(" ".join))
def test_any_mixture_of_phrases_is_read_twice_alike(text: str) -> None:
    first = extract(text, when=WHEN)
    assert first == extract(text, when=WHEN)
    assert all(draft.value or draft.attribute == "smokes" for draft in first)
