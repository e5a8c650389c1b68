"""What stands behind a box, read and changed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sage_plugins.markdown.fields import read_content, with_priority, with_value, with_words
from sage_plugins.markdown.returning import next_day


def test_fields_are_read_from_the_end_backwards() -> None:
    found = read_content("Pay #home ⏫ 🔁 every week 🛫 2026-11-20 ⏳ 2026-11-25 📅️ 2026-11-27 #money 🆔 ab-1 ^block")
    assert found.words == "Pay #home #money"
    assert {field.name: field.value for field in found.fields} == {
        "priority": "⏫",
        "repeat": "every week",
        "start": "2026-11-20",
        "scheduled": "2026-11-25",
        "due": "2026-11-27",
        "id": "ab-1",
    }
    assert found.priority == "high"


@pytest.mark.parametrize(
    "text", ["Pay [due:: 2026-11-27] [priority:: low]", "Pay (priority:: low) (due:: 2026-11-27),"]
)
def test_fields_in_words_are_read(text: str) -> None:
    found = read_content(text)
    assert (found.words, found.value("due"), found.priority) == ("Pay", "2026-11-27", "low")


def test_a_field_with_words_behind_it_is_words() -> None:
    found = read_content("Pay 📅 2026-11-27 the rent")
    assert (found.words, found.value("due")) == ("Pay 📅 2026-11-27 the rent", "")


def test_a_day_that_is_none_is_no_date() -> None:
    assert read_content("Pay 📅 2026-02-31").value("due") == ""


def test_a_reminders_time_hides_no_date() -> None:
    found = read_content("Call 📅 2026-11-27 ⏰ 09:00")
    assert (found.words, found.value("due")) == ("Call", "2026-11-27")


def test_a_change_leaves_all_else() -> None:
    text = "Pay  the rent 🔼  📅  2026-11-27 #home ^b"
    assert with_value(text, "due", "2026-12-01", False) == "Pay  the rent 🔼  📅  2026-12-01 #home ^b"
    assert with_value(text, "due", "", False) == "Pay  the rent 🔼 #home ^b"
    assert (
        with_value(text, "completion", "2026-11-26", True)
        == "Pay  the rent 🔼  📅  2026-11-27 #home [completion:: 2026-11-26] ^b"
    )
    assert with_priority(text, "medium", False) == text
    assert with_priority(text, "high", False) == text.replace("🔼", "⏫")
    assert with_priority("Pay 🔺", "high", False) == "Pay 🔺"
    assert with_words(text, "Pay #home") == "Pay #home 🔼 📅  2026-11-27 ^b"


@given(st.text(alphabet="ab #📅⏫🔁🆔^[]():-0123456789/ \ufe0f", max_size=40))
def test_any_text_is_read(text: str) -> None:
    content = read_content(text)
    assert 0 <= content.after <= len(text)


@pytest.mark.parametrize(
    ("rule", "since", "day"),
    [
        ("every day", "2026-11-27", "2026-11-28"),
        ("every 3 days when done", "2026-11-27", "2026-11-30"),
        ("every weekday", "2026-11-27", "2026-11-30"),
        ("every week", "2026-11-27", "2026-12-04"),
        ("every 2 weeks on Monday", "2026-11-27", "2026-12-07"),
        ("every week on Tuesday, Friday", "2026-11-27", "2026-12-01"),
        ("every Monday and Thursday", "2026-11-27", "2026-11-30"),
        ("every month", "2026-01-31", "2026-02-28"),
        ("every month on the 1st", "2026-11-27", "2026-12-01"),
        ("every month on the last", "2026-11-27", "2026-11-30"),
        ("every month on the 2nd last", "2026-11-27", "2026-11-29"),
        ("every month on the last Friday", "2026-11-27", "2026-12-25"),
        ("every month on the 2nd Wednesday", "2026-11-27", "2026-12-09"),
        ("every 6 months on the 1st, 15th", "2026-11-27", "2027-05-01"),
        ("every January on the 15th", "2026-11-27", "2027-01-15"),
        ("every April and December on the 1st and 24th", "2026-11-27", "2026-12-01"),
        ("every year", "2024-02-29", "2025-02-28"),
        ("every  WEEK ", "2026-11-27", "2026-12-04"),
        ("every blue moon", "2026-11-27", None),
        ("every month on the 2nd Wednesday, 3rd", "2026-11-27", None),
        ("every 0 days", "2026-11-27", None),
        ("every February on the 30th", "2026-11-27", None),
        ("week", "2026-11-27", None),
    ],
)
def test_a_rule_says_the_next_day(rule: str, since: str, day: str | None) -> None:
    found = next_day(rule, date.fromisoformat(since))
    assert (found.isoformat() if found else None) == day
