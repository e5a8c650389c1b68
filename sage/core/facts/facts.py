"""What a fact is: something that the person said of themself or of somebody, with the words that say it."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from sage.core.labels import PRIVATE, Audience, Origin
from sage.core.passages import digest_of
from sage.core.words import fold, stem, words

Kind = Literal["person", "date", "preference", "commitment", "state", "belief"]
"""`person`: who somebody is to the person; `date`: what happened or happens when; `state`: lives in, works at, has."""

Scope = Literal["all", "open", "promised"]
"""Which facts are asked for: all, what contradicts itself or is still to keep, what was promised."""
ME = "me"
"""The subject of what the person says of themself."""

SINGLE_VALUED = frozenset(
    {
        "lives in", "works at", "works as", "is called", "age", "birthday", "anniversary", "year of birth", "e-mail",
        "address", "marital status", "is on", "wife", "husband", "partner", "fiancé", "fiancée", "mother", "father",
    }
)  # fmt: skip
"""Attributes of which there is one value at a time: another one contradicts. "favourite …" is one of them, too."""


class Draft(Struct, frozen=True):
    """A fact as it was read in a text; `text[start:end]` are the words that say it.

    `value` is in the person's words, or an ISO date ("--05-03" for a day of any year) where the attribute is a day.
    `polarity` is False for what is denied ("does not like"). `valid_from` and `valid_to` are ISO dates that the
    words name ("since 2019"; "used to"), `valid_to` exclusive; `due` is by when, `whom` to whom a promise was made.
    """

    kind: Kind
    subject: str
    attribute: str
    value: str
    start: int
    end: int
    polarity: bool = True
    valid_from: str = ""
    valid_to: str = ""
    due: str = ""
    whom: str = ""
    confidence: float = 0.8
    rule: str = ""


class Statement(Struct, frozen=True):
    """A fact as it was stated once, and kept for good: never changed, only ended by what is stated later.

    `quote` are the words; `source`, `line` and `passage` (its id, or that of the remembered text) say where they stand
    now, and `start` and `end` are offsets into that passage. `document` is what they were first found in. `stated_at`
    is the ISO date or time of the words ("" when they have none), `recorded_at` when Sage read them. `ended_at` is when
    the words went from where they stood ("" while they stand somewhere).
    """

    id: str
    kind: Kind
    subject: str
    attribute: str
    value: str
    quote: str
    polarity: bool = True
    whom: str = ""
    due: str = ""
    stated_at: str = ""
    valid_from: str = ""
    valid_to: str = ""
    confidence: float = 0.8
    rule: str = ""
    document: str = ""
    source: str = ""
    passage: str = ""
    line: int = 1
    start: int = 0
    end: int = 0
    origin: Origin = "user"
    audience: Audience = PRIVATE
    recorded_at: str = ""
    ended_at: str = ""

    @property
    def citation(self) -> str:
        """`source:line`, where the words stand."""
        return f"{self.source}:{self.line}"


_LITTLE = frozenset("a an the my our some any his her their its of in at on to is am are was be been".split())
_ARTICLES = re.compile(r"^(?:(?:a|an|the|my|our|some|any|der|die|das|ein|eine|einen|einem)\s+)+", re.IGNORECASE)


def value_key(value: str) -> str:
    """What makes two values the same: the stems of their words, without little ones, in order."""
    kept = [word for word in words(value) if word not in _LITTLE]
    return " ".join(stem(word) for word in kept) or fold(value).strip()


def subject_key(subject: str) -> str:
    """What makes two subjects the same: folded, without "my" or "the"."""
    return _ARTICLES.sub("", fold(subject).strip()) or ME


def attribute_key(attribute: str) -> str:
    """What makes two attributes the same: "favorite" is "favourite"."""
    return fold(attribute).replace("favorite", "favourite").replace("color", "colour")


def is_single_valued(attribute: str) -> bool:
    """Whether there is one value at a time."""
    return attribute in SINGLE_VALUED or attribute.startswith("favourite ")


def statement_id(document: str, draft: Draft, quote: str) -> str:
    """`f_` and 20 hex digits, from where it stands and what it says: read again, it is the same fact.

    Two passages of one document that say it in the same words are one statement.
    """
    said = (draft.kind, subject_key(draft.subject), attribute_key(draft.attribute), value_key(draft.value))
    return "f_" + digest_of(document, " ".join(quote.split()), *said, "+" if draft.polarity else "-")
