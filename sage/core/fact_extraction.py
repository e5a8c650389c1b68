"""Facts read from the person's own words, by rule: rather none than a wrong one.

What is asked, supposed, joked, quoted, reported or written as code or as a task states nothing. A fact keeps the words
that say it, and the days that they name are worked out from the day they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from msgspec.structs import replace

from sage.core.date_spans import DateSpan, Lean, find_date_spans
from sage.core.fact_rules import CLAUSES, LINES, NAMED_ONE, NAMED_PET, NAMED_RELATION, PETS, PREDICATES, SUBJECT, Rule
from sage.core.fact_sentences import Sentence, plain_text, sentences
from sage.core.fact_words import NAME, RELATIONS, VALUE_END, names_something, trim
from sage.core.facts import ME, Draft, attribute_key

_HEDGE = re.compile(r"\b(?:maybe|perhaps|might|possibly|probably|someday|vielleicht|not\s+sure|used\s+to\s+think)\b", re.IGNORECASE)
_REPORTED = re.compile(
    r"\b(?:said|says|saying|told|tells|thinks|thought|believes|claims?|claimed|mentioned|wrote|writes|asked|according\s+to|apparently|"
    r"supposedly|allegedly|lyrics?|sagte|sagt|meinte|erzählte|behauptet)\b", re.IGNORECASE,
)  # fmt: skip
_FOR_YEARS = re.compile(r"\b(?:for|seit)\s+(?:the\s+(?:last|past)\s+)?(?P<n>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\s+(?P<unit>years?|months?|jahren?|monaten?)\b", re.IGNORECASE)
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PERSON = re.compile(rf"(?:(?i:{RELATIONS})(?:[ ]+{NAME})?|{NAME})")
_ABOUT_ME = re.compile(r"(?:about\s+)?(?:me|myself|mich|über mich)|health|medical|gesundheit|daily|journal|diary|\d{4}-\d\d-\d\d.*", re.IGNORECASE)
_TOPIC_NOISE = re.compile(r"^(?:and|but|so|our|my|the|your)\s+", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+(?:also\s+)?(?=(?:hates?|loves?|likes?|enjoys?|prefers?|lives?|works?|plays?|speaks?|have|has|am|is|don't|can't|plan|want)\b)", re.IGNORECASE)


@dataclass
class _Reading:
    """A text while it is read."""

    text: str
    plain: str
    speaker: str
    when: date | None
    stated: str
    about: str
    person: str = ""
    """Whom "he" and "she" mean here: the one person that was named, "" when there are several."""
    spans: dict[tuple[int, Lean], list[DateSpan]] = field(default_factory=dict)

    def spans_of(self, sentence: Sentence, lean: Lean) -> list[DateSpan]:
        """The days that a sentence names."""
        key = (sentence.start, lean)
        if key not in self.spans:
            found = find_date_spans(self.plain[sentence.start : sentence.end], self.when, lean)
            self.spans[key] = [
                replace(one, start=one.start + sentence.start, end=one.end + sentence.start) for one in found
            ]
        return self.spans[key]

    def name(self, person: str) -> None:
        """Notes that a person was named."""
        self.person = person if self.person in {"", person} else "?"


def extract(text: str, *, speaker: str = "", when: str = "", about: str = "") -> tuple[Draft, ...]:
    """The facts that a text states, in the order of its words, none twice.

    `speaker` is who says "I" ("" for the person themself), `when` the ISO date or time of the words, `about` what
    the text is about (a note's title or a heading): a person's name there is whom "she" or a bare line means.
    """
    if not _MAY_STATE.search(text):
        return ()
    plain = plain_text(text)
    reading = _Reading(text, plain, speaker or ME, _day(when), when, _person_in(about))
    found: dict[tuple[object, ...], Draft] = {}
    for draft in _read(reading):
        key = (draft.subject, draft.attribute, draft.value.casefold(), draft.polarity)
        found.setdefault(key, draft)
    return tuple(sorted(found.values(), key=lambda draft: (draft.start, draft.end)))


_MAY_STATE = re.compile(
    r"\b(?:i|i'm|i’m|my|we|our|ich|mein\w*|wir|his|her)\b|'s\s|’s\s|:\s*\+?\(?\d|@|\b(?:lives|works|likes|loves|hates|prefers|allerg\w+|born|"
    r"birthday|geburtstag|moved|promised|meeting|appointment|is|will)\b",
    re.IGNORECASE,
)


def _read(reading: _Reading) -> Iterator[Draft]:
    yield from _lines(reading)
    for sentence in sentences(reading.plain):
        if sentence.doubt:
            continue
        yield from _named(reading, sentence)
        reached = sentence.start
        for clause in sentence.clauses:
            if clause < reached:
                continue
            for draft in _clause(reading, sentence, clause):
                if not _reported(reading, sentence, clause) and not _HEDGE.search(reading.plain, clause, draft.end):
                    yield draft
                    reached = max(reached, min(draft.end, sentence.end))


def _clause(reading: _Reading, sentence: Sentence, clause: int) -> Iterator[Draft]:
    for rule in CLAUSES:
        match = rule.pattern.match(reading.plain, clause, sentence.end)
        if match and (draft := _clause_fact(reading, sentence, rule, match)):
            yield draft
            return
    led = next((one.end for one in reading.spans_of(sentence, "past") if one.start == clause), clause)
    subject = SUBJECT.match(reading.plain, _after_blank(reading.plain, led), sentence.end)
    if subject is None:
        return
    who = _who(reading, subject)
    place = subject.end()
    while who:
        drafts = _predicate(reading, sentence, clause, place, who)
        yield from drafts
        more = _AND.match(reading.plain, drafts[-1].end, sentence.end) if drafts else None
        if more is None:
            return
        place = more.end() - 1


def _after_blank(plain: str, place: int) -> int:
    while place < len(plain) and plain[place] in " ,":
        place += 1
    return place


def _predicate(reading: _Reading, sentence: Sentence, clause: int, place: int, who: str) -> list[Draft]:
    mine = who == reading.speaker
    for rule in PREDICATES:
        if rule.who != "any" and (rule.who == "me") != mine:
            continue
        match = rule.pattern.match(reading.plain, place, sentence.end)
        if match and (drafts := _predicate_facts(reading, sentence, clause, rule, match, who)):
            return drafts
    return []


def _predicate_facts(
    reading: _Reading, sentence: Sentence, clause: int, rule: Rule, match: re.Match[str], who: str
) -> list[Draft]:
    span = _value_span(match, reading.plain, sentence.end, whole=rule.kind == "belief")
    lean: Lean = "future" if rule.future else "past"
    dates = [one for one in reading.spans_of(sentence, lean)]
    inside = [one for one in dates if rule.dated or (one.start < span[1] + 40 and one.end > clause - 30)]
    if rule.dated and (not inside or not _is_right_way(inside[0], reading, rule)):
        return []
    start, end = span
    value = _without(reading.plain, start, end, dates)
    if rule.check == "specific" and not names_something(value):
        return []
    if rule.check == "loose" and not value and rule.name != "does not eat":
        return []
    if rule.dated and not names_something(_after_verb(value), deictic=True):
        return []
    groups = match.groupdict()
    polarity = rule.polarity != bool(groups.get("neg") or groups.get("no"))
    attribute = attribute_key(rule.attribute.format(**{name: (text or "").lower() for name, text in groups.items()}))
    draft = Draft(
        kind=rule.kind,
        subject=who,
        attribute=" ".join(attribute.split()),
        value=value,
        start=min([clause, *(one.start for one in inside if rule.dated)]),
        end=max([_trimmed_end(reading.plain, start, end), *(one.end for one in inside if rule.dated or one.start <= end + 1)]),
        polarity=polarity,
        confidence=rule.confidence,
        rule=rule.name,
        whom=_whom(groups.get("whom") or ""),
    )
    draft = _dated(reading, sentence, rule, draft, inside)
    if rule.split:
        parts = [part for part in re.split(r"\s*(?:,|\band\b|\bor\b|\bund\b|&|/)\s*", value) if part]
        return [replace(draft, value=part) for part in parts]
    return [draft]


def _clause_fact(reading: _Reading, sentence: Sentence, rule: Rule, match: re.Match[str]) -> Draft | None:
    groups = match.groupdict()
    topic = _TOPIC_NOISE.sub("", " ".join((groups.get("topic") or "").split())).strip()
    who = topic or _whose(reading, groups.get("whose") or groups.get("born") or "my")
    if not who:
        return None
    attribute = attribute_key(rule.attribute.format(**{name: (text or "").lower() for name, text in groups.items()}))
    start, end = match.start(), match.end()
    value = match["value"] if "value" in groups else ""
    if rule.check == "day":
        found = _day_after(reading, sentence, match.start("day"), "future" if rule.future else "past", attribute)
        if found is None:
            return None
        value, end = found
    elif "value" not in groups:
        first, last = _value_span(match, reading.plain, sentence.end)
        value = _without(reading.plain, first, last, reading.spans_of(sentence, "past"))
        end = _trimmed_end(reading.plain, first, last)
        if not names_something(value, deictic=True):
            return None
    elif rule.check != "group" and not names_something(value):
        return None
    draft = Draft(rule.kind, who, " ".join(attribute.split()), trim(value) if rule.check != "day" else value, start, end,
                  confidence=rule.confidence, rule=rule.name)  # fmt: skip
    if rule.kind == "person" and "rel" in groups:
        reading.name(match["value"])
    near = [one for one in reading.spans_of(sentence, "future" if rule.future else "past") if one.start >= start]
    return draft if rule.check == "day" else _dated(reading, sentence, rule, draft, near)


def _dated(reading: _Reading, sentence: Sentence, rule: Rule, draft: Draft, dates: list[DateSpan]) -> Draft:
    """The draft with the days that its words name."""
    if rule.ended:
        return replace(draft, valid_to=reading.stated[:19] or "")
    if rule.dated and not rule.due:
        return replace(draft, valid_from=dates[0].first, valid_to=_next_day(dates[0].last or dates[0].first))
    if rule.due:
        ahead = [one for one in dates if reading.when is None or one.last >= str(reading.when) or not one.last]
        return replace(draft, due=ahead[0].last or ahead[0].first) if ahead else draft
    since = next((one.first for one in dates if one.spread == "since"), "")
    if since or (rule.begins and dates):
        return replace(draft, valid_from=since or dates[0].first)
    lasting = _FOR_YEARS.search(reading.plain, draft.start, min(sentence.end, draft.end + 40))
    if lasting and reading.when:
        word = lasting["n"].lower()
        count = int(word) if word.isdigit() else _NUMBERS.index(word)
        days = count * (365.25 if lasting["unit"].lower().startswith(("y", "j")) else 30.44)
        return replace(draft, valid_from=str(reading.when - timedelta(days=round(days))))
    return draft


def _is_right_way(span: DateSpan, reading: _Reading, rule: Rule) -> bool:
    """Whether a day lies where the tense says: what was done, before; what is meant, ahead."""
    if reading.when is None:
        return True
    today = str(reading.when)
    return (span.last or "9") >= today if rule.future else span.first <= today


def _day_after(reading: _Reading, sentence: Sentence, place: int, lean: Lean, attribute: str) -> tuple[str, int] | None:
    """The day that is named at a place, as a value, and where its words end; "--MM-DD" for one of every year."""
    for one in reading.spans_of(sentence, lean):
        words = reading.plain[one.start : one.end]
        if one.start <= place + 4 and one.end > place and one.spread == "point" or reading.plain[place:one.start].strip() == "":
            if one.end <= place:
                continue
            if attribute in {"birthday", "anniversary"}:
                if one.first != one.last:
                    return None
                return (one.first if re.search(r"[12]\d{3}", words) else f"-{one.first[4:]}"), one.end
            return one.first, one.end
    if attribute in {"birthday", "anniversary"} and reading.when is None:
        # a day of every year needs no year to be read from
        found = find_date_spans(reading.plain[sentence.start : sentence.end], date(2000, 1, 1))
        for one in found:
            start, end = one.start + sentence.start, one.end + sentence.start
            if end > place and (start <= place + 4) and one.first == one.last and re.search(r"\d", reading.plain[start:end]):
                return f"-{one.first[4:]}", end
    return None


def _lines(reading: _Reading) -> Iterator[Draft]:
    """What stands alone in a line below somebody's name: "Allergic to penicillin", "Mum: 0171 …"."""
    for line in re.finditer(r"^[ ]*(?:[-*+•][ ]+)?(?P<words>\S[^\n]{4,120})$", reading.plain, re.MULTILINE):
        whole = Sentence(line.start("words"), line.end(), (line.start("words"),))
        for rule in LINES:
            match = rule.pattern.match(reading.plain, whole.start, whole.end)
            if not match:
                continue
            groups = match.groupdict()
            label = groups.get("label") or groups.get("label2") or ""
            named = rule.kind == "person" and bool(re.fullmatch(NAME, label)) and not _LABEL.fullmatch(label)
            who = label if named else reading.about
            if not who:
                continue
            if rule.check == "day":
                found = _day_after(reading, whole, match.start("day"), "past", "birthday")
                if found is None:
                    continue
                value, end = found
            elif "value" in groups:
                value, end = trim(match["value"]), match.end("value")
            else:
                value, end = trim(reading.plain[match.end() : whole.end]), whole.end
            parts = re.split(r"\s*(?:,|\band\b|\bor\b|\bund\b|&|/)\s*", value) if rule.split else [value]
            for part in parts:
                if part and (rule.check != "loose" or len(part) < 40):
                    yield Draft(rule.kind, who, rule.attribute, part, whole.start, end, confidence=rule.confidence, rule=rule.name)
            break


_LABEL = re.compile(r"(?:phone|tel(?:ephone)?|mobile|cell|handy|telefon|mobil|e-?mail|mail|fax|date|id|isbn|tracking|order|version|total|price|zip|iban)\.?", re.IGNORECASE)


def _named(reading: _Reading, sentence: Sentence) -> Iterator[Draft]:
    """People that are named on the way."""
    words = reading.plain
    for match in NAMED_RELATION.finditer(words, sentence.start, sentence.end):
        if _reported(reading, sentence, match.start()):
            continue
        reading.name(match["value"])
        yield Draft("person", reading.speaker, match["rel"].lower(), match["value"], match.start(), match.end(), confidence=0.85,
                    rule="named relation")  # fmt: skip
    for match in NAMED_ONE.finditer(words, sentence.start, sentence.end):
        if re.search(r"\b(?:i|we|my|our)\b", words[sentence.start : match.start()], re.IGNORECASE):
            yield Draft("person", reading.speaker, match["rel"].lower(), match["value"], match.start(), match.end(), rule="named one")
    for match in NAMED_PET.finditer(words, sentence.start, sentence.end):
        if PETS.search(words):
            yield Draft("person", reading.speaker, "pet", match["value"], match.start(), match.end(), rule="named pet")


def _who(reading: _Reading, subject: re.Match[str]) -> str:
    """The subject of a clause; "" when it is not known."""
    if subject["me"]:
        return reading.speaker
    if subject["pron"]:
        return _meant(reading)
    if subject["rel"]:
        words = subject["rel"].split(None, 1)[1]
        name = re.search(NAME, words)
        who = name[0] if name and name.end() == len(words) and not re.fullmatch(RELATIONS, words, re.IGNORECASE) else f"my {words}"
        reading.name(who)
        return who
    return subject["name"]


def _whose(reading: _Reading, whose: str) -> str:
    word = whose.lower()
    if word in {"my", "our", "i", "mein", "meine"}:
        return reading.speaker
    if word in {"his", "her", "he", "she", "ihr", "sein"}:
        return _meant(reading)
    bare = re.sub(r"'s?$", "", whose)
    subject = SUBJECT.match(f"{bare} ")
    return _who(reading, subject) if subject else ""


def _meant(reading: _Reading) -> str:
    """Whom "she" means: the one person who was named, else whom the text is about."""
    if reading.person == "?":
        return ""
    return reading.person or ("" if reading.about == reading.speaker else reading.about)


def _person_in(about: str) -> str:
    """Whom a title names: a person, the person themself ("About me", a day's journal), or nobody."""
    bare = about.strip()
    if _ABOUT_ME.fullmatch(bare):
        return ME
    return bare if _PERSON.fullmatch(bare) else ""


def _whom(word: str) -> str:
    bare = word.strip()
    return "" if bare.lower() in {"me", "myself", "you", ""} else bare


def _value_span(match: re.Match[str], plain: str, stop: int, *, whole: bool = False) -> tuple[int, int]:
    for name in ("value", "value2"):
        if match.groupdict().get(name):
            start, end = match.span(name)
            if end < stop or plain[end - 1 : end] not in ".!?":
                cut = VALUE_END.search(plain, start + 1, end) if end - start > 60 or name == "value" and _is_open(match) else None
                return start, cut.start() if cut else end
            return start, end
    end = (_CLAUSE_END if whole else VALUE_END).search(plain, match.end(), stop)
    return match.end(), end.start() if end else stop


_CLAUSE_END = re.compile(r"[;:()!?\n\"]|\s[-–—]+\s|,\s+(?:but|and|so|though|although)\b|\s(?:but|because)\b", re.IGNORECASE)


def _is_open(match: re.Match[str]) -> bool:
    """Whether a pattern's value runs to the end of the clause, and is still to be cut."""
    return match.re.pattern.endswith("[^,;!?\\n]*)")


def _trimmed_end(plain: str, start: int, end: int) -> int:
    while end > start and plain[end - 1] in " \n\t,;:.!":
        end -= 1
    return end


def _without(plain: str, start: int, end: int, dates: list[DateSpan]) -> str:
    """A value without the words that name its day."""
    value = plain[start:end]
    for one in reversed(dates):
        if one.start < end and one.end > start:
            value = value[: max(one.start - start, 0)] + " " + value[max(one.end - start, 0) :]
    return trim(value)


def _after_verb(value: str) -> str:
    return value.split(" ", 1)[1] if " " in value else ""


def _reported(reading: _Reading, sentence: Sentence, place: int) -> bool:
    """Whether somebody else's words lead into a clause ("she said, I …")."""
    found = None
    for found in _REPORTED.finditer(reading.plain, sentence.start, place):  # noqa: B007 - the last one counts
        pass
    return bool(found) and not re.search(r"\b(?:i|ich)\s+(?:\w+\s+)?$", reading.plain[sentence.start : found.start()], re.IGNORECASE)  # type: ignore[union-attr]


def _day(when: str) -> date | None:
    try:
        return date.fromisoformat(when[:10]) if when else None
    except ValueError:
        return None


def _next_day(day: str) -> str:
    return str(date.fromisoformat(day) + timedelta(days=1))
