"""Dates in the person's words: English by rule, other languages with a library (implements the port `DateReader`)."""

from __future__ import annotations

import re
from datetime import datetime

from sage.core.plain_dates import find_date

_NO_DATE = re.compile(r"\W*(?:[^\W\d]{1,3}\W+)?\d*\W*(?:uhr\W*)?|.?|\W*\d{4}-\d{1,2}-\d{1,2}\b.*", re.IGNORECASE)
"""A number alone ("5", "um 5", "-5"), in which the library sees a month or a day; and what has the form of an ISO date, but is
none, of which it makes another."""


class PlainDateReader:
    """`languages`: what the library tries, such as ("de", "fr"); empty means all it knows."""

    def __init__(self, languages: tuple[str, ...] = ()) -> None:
        self._languages = list(languages) or None

    def read(self, text: str, now: datetime) -> str | None:
        found = find_date(text, now)
        if found:
            return found.iso()
        if len(text) > 200 or _NO_DATE.fullmatch(text):
            return None
        import dateparser

        moment = dateparser.parse(
            text,
            languages=self._languages,
            settings={
                "PREFER_DATES_FROM": "future",
                "RELATIVE_BASE": now.replace(tzinfo=None),
                "RETURN_AS_TIMEZONE_AWARE": False,
            },
        )
        if moment is None:
            return None
        named_clock = bool(re.search(r"\d\s*[:.h]\s*\d|\d\s*(?:h|uhr|am|pm|heures?|horas?)\b", text, re.IGNORECASE))
        return f"{moment:%Y-%m-%dT%H:%M}" if named_clock else f"{moment:%Y-%m-%d}"
