# ruff: noqa: E501
"""When something is due, in the person's language: by grammar and phrasebook, else single dates alone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.adapters.date_reader import PlainDateReader
from sage.agent.time_reader import PHRASEBOOKS, TimeReader
from sage.core.errors import BadInput
from sage.core.schedules.saying import say_rule

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # a Sunday
GERMAN = TimeReader(PlainDateReader(("de",)), "de-AT")

SAID = (
    ("jeden zweiten Dienstag um 8", "every other Tuesday at 08:00", ""),
    (
        "erinnere mich jeden zweiten Dienstag um 8 daran, die Blumen zu gießen",
        "every other Tuesday at 08:00",
        "die Blumen zu gießen",
    ),
    ("Blumen gießen jeden zweiten Dienstag um 8", "every other Tuesday at 08:00", "Blumen gießen"),
    ("jeden Tag um 7", "every day at 07:00", ""),
    ("morgen um 9", "Monday 23 November 2026 at 09:00", ""),
    ("erinnere mich morgen um 9 an den Zahnarzt", "Monday 23 November 2026 at 09:00", "den Zahnarzt"),
    (
        "am letzten Freitag im Monat um 17 Uhr Bericht schicken",
        "every month on the last Friday at 17:00",
        "Bericht schicken",
    ),
    ("am letzten Werktag im Monat um 16 Uhr", "every month on the last weekday at 16:00", ""),
    ("montags und donnerstags um 7:30 Sport", "every Monday and Thursday at 07:30", "Sport"),
    ("jeden Montag und Donnerstag um 7.30 Uhr Sport", "every Monday and Thursday at 07:30", "Sport"),
    ("Montag bis Freitag um 9", "every weekday at 09:00", ""),
    ("werktags um 8 Uhr 15", "every weekday at 08:15", ""),
    ("alle 2 Wochen am Freitag um 16 Uhr", "every other Friday at 16:00", ""),
    (
        "alle zwei Stunden zwischen 9 und 17 Uhr werktags trinken",
        "every other hour between 09:00 and 17:00 on weekdays",
        "trinken",
    ),
    ("täglich um 8 und 20 Uhr Tabletten", "every day at 08:00 and 20:00", "Tabletten"),
    ("heute Abend um 8 Müll rausbringen", "Sunday 22 November 2026 at 20:00", "Müll rausbringen"),
    ("abends um 8 Katze füttern", "Sunday 22 November 2026 at 20:00", "Katze füttern"),
    ("am Dienstagabend Chor", "Tuesday 24 November 2026 at 18:00", "Chor"),
    ("jeden Abend um 10", "every day at 22:00", ""),
    ("übermorgen um halb 9", "Tuesday 24 November 2026 at 08:30", ""),
    ("viertel vor 9 jeden Dienstag", "every Tuesday at 08:45", ""),
    ("am 24.12. um 18 Uhr", "Thursday 24 December 2026 at 18:00", ""),
    ("jedes Jahr am 3. Mai um 9", "every year on 3 May at 09:00", ""),
    ("jeden Monat am 31. um 9", "every month on the 31st at 09:00", ""),
    ("am ersten jeden Monats", "every month on the 1st at 09:00", ""),
    ("in einer halben Stunde", "Sunday 22 November 2026 at 15:30", ""),
    ("in zwei Wochen Reifen wechseln", "Sunday 6 December 2026 at 09:00", "Reifen wechseln"),
    ("jeden Montag um 9 bis Ende Juni", "every Monday at 09:00 until 30 June 2027", ""),
    ("jeden Montag um 9 ab 1. Dezember", "every Monday at 09:00", ""),
    ("jeden Montag um 9, 4 mal", "every Monday at 09:00 for 4 times", ""),
    ("jeden Tag um 9 für 2 Wochen", "every day at 09:00 until 6 December 2026", ""),
    ("10 Minuten vor jedem Zahnarzt", "10 minutes before each zahnarzt", ""),
    ("eine Stunde nach meinem Stand-up Notizen schreiben", "1 hour after my next stand-up", "Notizen schreiben"),
    ("ruf am Freitag um 9 Mama an", "Friday 27 November 2026 at 09:00", "ruf Mama an"),
    ("every Monday 8:15", "every Monday at 08:15", ""),
    ("tomorrow at 9 call Oma", "Monday 23 November 2026 at 09:00", "call Oma"),
)


@pytest.mark.parametrize(("words", "rule", "text"), SAID)
def test_german_words_become_rules(words: str, rule: str, text: str) -> None:
    found = GERMAN.read(words, NOW)
    assert (say_rule(found.rule).removesuffix(", Europe/Berlin"), found.text) == (rule, text)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("jeden dritten Dienstag um 8", "Every 3 weeks on Tuesday"),
        ("jeden Dienstag um 25 Uhr", "no such time"),
        ("am 31. Februar um 9", "There is no 31st February"),
        ("am 31.2. um 9", "There is no 31 February"),
        ("alle 0 Tage", "How often"),
        ("jedes Wochenende", "On Saturdays"),
        ("am letzten Tag des Monats um 18 Uhr", "Once, or every month"),
        ("jeden zweiten Dienstag um 8 die Blumen gießen, außer im Juli", "I do not understand"),
        ("morgen um halb neun Mama anrufen", "I do not understand"),
        ("morgen um viertel nach drei Tee", "I do not understand"),
        ("Heiligabend um 18 Uhr Bescherung", "I do not understand"),
        ("erinnere mich nicht morgen um 9", "I do not understand"),
        ("um 5 Mama anrufen", "At 05:00, or at 17:00"),
        ("wenn ich zurück bin", "When shall I remind you"),
        ("guten Morgen sagen", "When shall I remind you"),
        ("heute", "has passed"),
    ],
)
def test_what_is_not_plain_is_asked(words: str, asked: str) -> None:
    with pytest.raises(BadInput, match=asked):
        GERMAN.read(words, NOW)


def test_when_alone_is_read_beside_what_is_said() -> None:
    found = GERMAN.read("Blumen gießen", NOW, when="jeden zweiten Dienstag um 8")
    assert say_rule(found.rule).startswith("every other Tuesday at 08:00") and found.text == "Blumen gießen"


def test_a_language_without_a_phrasebook_has_single_dates() -> None:
    french = TimeReader(PlainDateReader(("fr",)), "fr")
    assert say_rule(french.read("demain à 9h", NOW).rule).startswith("Monday 23 November 2026 at 09:00")
    for more in ({"when": "chaque mardi à 8h"}, {"when": ""}):
        with pytest.raises(BadInput, match="single dates only"):
            french.read("chaque mardi à 8h", NOW, **more)


def test_english_is_read_without_any_of_it() -> None:
    english = TimeReader(PlainDateReader(), "en")
    assert english.read("every Tuesday at 8", NOW).rule.rrule == "FREQ=WEEKLY;BYDAY=TU"
    with pytest.raises(BadInput):
        english.read("jeden Dienstag um 8", NOW)


@given(st.lists(st.sampled_from("jeden zweiten Dienstag um 8 Uhr am 31. 2. letzten Freitag im Monat und bis Ende alle 0 3 Wochen mal "
                                "zwischen vor jedem Zahnarzt heute morgen Abend halb , die Blumen".split()), max_size=9))  # fmt: skip
def test_any_words_become_a_rule_or_a_question(words: list[str]) -> None:
    book = PHRASEBOOKS["de"]
    _, rest = book.split(" ".join(words))
    assert all(word in " ".join(words) for word in rest.split()), "what is to be said was changed"
    try:
        GERMAN.read(" ".join(words), NOW, when=" ".join(words))
    except BadInput as question:
        assert question.what and question.do
