"""A text while facts are read from it: who speaks, who is meant by "she", which days its sentences name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from msgspec.structs import replace

from sage.core.facts.date_spans import DateSpan, Lean, find_date_spans
from sage.core.facts.fact_names import Names
from sage.core.facts.fact_rules import SUBJECT
from sage.core.facts.fact_sentences import Sentence
from sage.core.facts.fact_words import NAME, RELATIONS, RELATIONS_DE
from sage.core.facts.facts import ME

_KIN = re.compile(rf"(?i:{RELATIONS}|{RELATIONS_DE})(?:[ ]+{NAME})?")
_ABOUT_ME = re.compile(
    r"(?:about\s+)?(?:me|myself|mich|über mich)|health|medical|gesundheit|daily|journal|diary|tagebuch|\d{4}-\d\d-\d\d.*",
    re.IGNORECASE,
)
_IN_PASSING = re.compile(rf"(?<=[a-z,;] ){NAME}")
_NO_PERSON = re.compile(
    r"\b(?:notes?|lists?|meetings?|projects?|ideas?|plans?|log|recipes?|todos?|tasks?|home|index|reading|books?|inbox|archive|goals?|review|"
    r"weekly|monthly|shopping|travel|trips?|work|team|family|friends|people|contacts|guests|birthdays?|addresses|house|garden|car|finance|"
    r"budget|learning|course|study|guide|readme|overview|summary|introduction|questions?|thoughts?|quotes?|notizen|liste|projekt|rezepte)\b",
    re.IGNORECASE,
)


@dataclass
class Reading:
    """A text, and what is known of it while it is read. `speaker` says "I"; `about` is whom the text is about."""

    text: str
    plain: str
    speaker: str
    when: date | None
    stated: str
    about: str
    names: Names
    person: str = ""
    """Whom "he" and "she" mean: the one person that was named, "?" when there are several."""
    spans: dict[tuple[int, Lean], list[DateSpan]] = field(default_factory=dict)

    def spans_of(self, sentence: Sentence, lean: Lean) -> list[DateSpan]:
        """The days that a sentence names."""
        key = (sentence.start, lean)
        if key not in self.spans:
            found = find_date_spans(self.plain[sentence.start : sentence.end], self.when, lean)
            self.spans[key] = [moved(one, sentence.start) for one in found]
        return self.spans[key]

    def name(self, person: str) -> None:
        """Notes that a person was named."""
        self.person = person if self.person in {"", person} else "?"

    def is_person(self, name: str) -> bool:
        """Whether a capitalized word is somebody's name: one who was named, or whom the text is about, is."""
        return name == self.person or name in self.about.split() or self.names.has(name)

    def meant(self, place: int) -> str:
        """Whom "she" at a place means: the one person who was named, else whom the text is about, if nobody came between."""
        if self.person:
            return "" if self.person == "?" else self.person
        others = (name[0] for name in _IN_PASSING.finditer(self.plain, 0, place))
        if self.about == self.speaker or any(name not in self.about for name in others):
            return ""
        return self.about


def who_is(reading: Reading, subject: re.Match[str]) -> str:
    """The subject of a clause; "" when it is not known."""
    if subject["me"]:
        return reading.speaker
    if subject["pron"]:
        return reading.meant(subject.start())
    if not subject["rel"]:
        return subject["name"] if reading.is_person(subject["name"]) else ""
    words = subject["rel"].split(None, 1)[1]
    name = re.search(rf"{NAME}$", words)
    who = name[0] if name and not re.fullmatch(RELATIONS, words, re.IGNORECASE) else f"my {words}"
    reading.name(who)
    return who


def whose_is(reading: Reading, whose: str, place: int) -> str:
    """Whom "my", "her" or "Anna's" means; "" when it is not known."""
    word = whose.lower()
    if word in {"my", "our", "i", "ich", "wir", "mein", "meine", "unser", "unsere"}:
        return reading.speaker
    if word in {"his", "her", "he", "she", "ihr", "ihre", "sein", "seine", "sie", "er"}:
        return reading.meant(place)
    if german := re.fullmatch(rf"(?:meine?|unsere?)\s+((?:{RELATIONS_DE}).*)", whose, re.IGNORECASE):
        return f"my {german[1]}"
    subject = SUBJECT.match(re.sub(r"'s?$", "", whose) + " ")
    return who_is(reading, subject) if subject else ""


def person_in(about: str, names: Names) -> str:
    """Whom the title of a text with these names tells: a person, the person themself ("About me", a day's journal), or nobody."""
    bare = about.strip()
    if _ABOUT_ME.fullmatch(bare):
        return ME
    if _NO_PERSON.search(bare):
        return ""
    if _KIN.fullmatch(bare):
        return bare
    return bare if re.fullmatch(NAME, bare) and names.has(bare) else ""


def moved(span: DateSpan, by: int) -> DateSpan:
    """A span of a part, as one of the whole."""
    return replace(span, start=span.start + by, end=span.end + by)


def day_of(when: str) -> date | None:
    """The day of an ISO date or time; None for "" and for what is none."""
    try:
        return date.fromisoformat(when[:10]) if when else None
    except ValueError:
        return None
