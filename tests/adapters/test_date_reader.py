"""Dates in words: what names none is none, whatever the library would make of it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sage.adapters.date_reader import PlainDateReader

NOW = datetime(2026, 11, 25, 10, 20, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("languages", [(), ("en",), ("de",)])
@pytest.mark.parametrize(
    "words",
    ["5", "20", "-5", "+3", "- 5", "5.", "in 5", "um 5", "um 17 Uhr", "2027", "a", "", "2026-13-01", "2026-02-30"],
)
def test_a_number_alone_and_an_iso_date_that_does_not_exist_name_no_date(
    words: str, languages: tuple[str, ...]
) -> None:
    assert PlainDateReader(languages).read(words, NOW) is None


def test_other_languages_are_read_by_the_library() -> None:
    german = PlainDateReader(("de",))
    assert german.read("24.12.", NOW) == "2026-12-24T00:00"
    assert german.read("heute", NOW) == "2026-11-25"
    assert PlainDateReader(("fr",)).read("demain à 9h", NOW) == "2026-11-26T09:00"
