"""Facts read from the person's own words, by rule: rather none than a wrong one.

What is asked, supposed, joked, quoted, reported or written as code or as a task states nothing. A fact keeps the words
that say it, and the days that they name are worked out from the day they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from msgspec.structs import replace

from sage.core.facts.date_spans import DateSpan, find_date_spans, may_name_days
from sage.core.facts.fact_clauses import (
    CLAUSES,
    FAVOURITE,
    LABEL,
    LINE_NUMBER,
    LINE_WORDS,
    LINES,
    OCCASIONS,
    ON_THE_WAY,
    ON_THE_WAY_WORDS,
    PETS,
)
from sage.core.facts.fact_german import GERMAN
from sage.core.facts.fact_names import Names
from sage.core.facts.fact_predicates import EVENT, PREDICATES
from sage.core.facts.fact_reading import Reading, day_of, moved, person_in, who_is, whose_is
from sage.core.facts.fact_rules import SUBJECT, Rule
from sage.core.facts.fact_sentences import Sentence, plain_text, sentences
from sage.core.facts.fact_words import NAME, RELATIONS_IN_ENGLISH, VALUE_END, is_errand, names_something, trim
from sage.core.facts.facts import ME, Draft, attribute_key

_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|might|possibly|probably|someday|not\s+sure|used\s+to\s+think|vielleicht|wahrscheinlich|eventuell)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:said|says|saying|told|tells|thinks|thought|believes|claims?|claimed|mentioned|wrote|writes|asked|according\s+to"
    r"|apparently|"
    r"supposedly|allegedly|lyrics?|sagte|sagt|meinte|meint|erzählte|behauptet)\b", re.IGNORECASE,
)  # fmt: skip
_MINE = re.compile(r"\b(?:i|ich)\s+(?:\w+\s+)?$", re.IGNORECASE)
_FOR_YEARS = re.compile(
    r"\b(?:for|seit)\s+(?:the\s+(?:last|past)\s+)?(?P<n>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\s+"
    r"(?P<unit>years?|months?|jahren?|monaten?)\b", re.IGNORECASE,
)  # fmt: skip
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_TOPIC_NOISE = re.compile(r"^(?:and|but|so|our|my|the|your)\s+", re.IGNORECASE)
_AND = re.compile(
    r"\s+and\s+(?:also\s+)?(?=(?:hates?|loves?|likes?|enjoys?|prefers?|lives?|works?|plays?|speaks?|have|has|am|is|don't|can't"
    r"|plan|want)\b)",
    re.IGNORECASE,
)
_LIST = re.compile(r"\s*(?:,|\band\b|\bor\b|\bund\b|\boder\b|&|/)\s*")
_END_OF_CLAUSE = re.compile(
    r"[;:()!?\n\"]|\s[-–—]+\s|,\s+(?:but|and|so|though|although)\b|\s(?:but|because)\b", re.IGNORECASE
)
_END_OF_LIST = re.compile(
    r"[.;:()!?\n\"]|\s(?:but|so|because|which|when|aber|weil)\b|,?\s+and\s+(?:i|we|he|she|it|also)\b", re.IGNORECASE
)
_ANOTHER_DEED = re.compile(r"\s(?:after|before|when|while|because|until|than|to\s+send)\b", re.IGNORECASE)
_NO_MORE = re.compile(r"\s+(?:no\s+more|no\s+longer|not\s+any\s?more|nicht\s+mehr)\b", re.IGNORECASE)
_ENDS = re.compile(
    r"(?:\s*,?\s*(?:at|around|from|um)?\s*\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm|h|uhr|o'clock)?)?\s*$", re.IGNORECASE
)
_SINGULAR = re.compile(r"\b(?:I|i|[Mm]y|[Mm]e|[Ii]ch|[Mm]eine?[nrms]?)\b")
_WORDS = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_LONGEST = 2000
"""Characters of a sentence; what is longer is a table or a dump, and no sentence."""
_MOST_OF_A_NOTE = 600
"""A longer text that says "we" and never "I" speaks for a company or a book."""


def _by_word(rules: Iterable[Rule]) -> dict[str, list[tuple[int, Rule]]]:
    found: dict[str, list[tuple[int, Rule]]] = {}
    for place, one in enumerate(rules):
        for word in one.words:
            found.setdefault(word, []).append((place, one))
    return found


_OF_CLAUSES, _OF_PREDICATES = _by_word((*CLAUSES, *GERMAN)), _by_word(PREDICATES)
_KNOWN_WORDS = frozenset(_OF_CLAUSES) | frozenset(_OF_PREDICATES) | ON_THE_WAY_WORDS
_PEOPLE = frozenset("i i'm i've i'll i'd we we're we've we'll we'd my our he she his her ich wir mein meine".split())
_WORDS_OF_OTHERS = frozenset(word for one in (*PREDICATES, *CLAUSES, *GERMAN) for word in one.words_of_others)
_SAID = _PEOPLE | _WORDS_OF_OTHERS
_APOSTROPHES = {0x2019: "'"}


def extract(text: str, *, speaker: str = "", when: str = "", about: str = "") -> tuple[Draft, ...]:
    """The facts that a text states, in the order of its words, none twice.

    `speaker` is who says "I" ("" for the person themself), `when` the ISO date or time of the words, `about` what
    the text is about (a note's title or a heading): a person's name there is whom "she" or a bare line means.
    """
    said = set(_WORDS.findall(text.translate(_APOSTROPHES).lower()))
    lines = not said.isdisjoint(LINE_WORDS) or "@" in text or bool(LINE_NUMBER.search(text))
    if said.isdisjoint(_SAID) and not lines:
        return ()
    plain = plain_text(text)
    names = Names(plain)
    reading = Reading(text, plain, speaker or ME, day_of(when), when, person_in(about, names), names)
    found: dict[tuple[object, ...], Draft] = {}
    for draft in (*(_lines(reading) if lines else ()), *_read(reading)):
        key = (draft.subject, draft.attribute, draft.value.casefold(), draft.polarity)
        found.setdefault(key, draft)
    return tuple(sorted(found.values(), key=lambda draft: (draft.start, draft.end)))


def _read(reading: Reading) -> Iterator[Draft]:
    plain = reading.plain
    for sentence in sentences(plain):
        if sentence.end - sentence.start > _LONGEST:
            continue
        said = set(_WORDS.findall(plain[sentence.start : sentence.end].lower()))
        known = said & (_KNOWN_WORDS if not said.isdisjoint(_PEOPLE) else _WORDS_OF_OTHERS)
        if known <= OCCASIONS:  # without a verb that states, only a day does
            personal = bool(known) or not said.isdisjoint(_PEOPLE)
            if not personal or not may_name_days(plain, sentence.start, sentence.end):
                continue
        sentence = sentence.looked_at(plain)
        if sentence.doubt:
            continue
        if known & ON_THE_WAY_WORDS:
            yield from _on_the_way(reading, sentence)
        yield from _sentence(reading, sentence, known)


def _sentence(reading: Reading, sentence: Sentence, known: set[str]) -> Iterator[Draft]:
    whole, predicates = _rules(_OF_CLAUSES, known), _rules(_OF_PREDICATES, known)
    reached = sentence.start
    for clause in sentence.clauses:
        if clause < reached:
            continue
        for draft in _clause(reading, sentence, clause, whole, predicates):
            if (
                not _of_company(reading, draft)
                and not is_reported(reading.plain, sentence, clause)
                and not _HEDGE.search(reading.plain, clause, draft.end)
            ):
                yield draft
                reached = max(reached, min(draft.end, sentence.end))


def _of_company(reading: Reading, draft: Draft) -> bool:
    plain = reading.plain
    if len(plain) <= _MOST_OF_A_NOTE or not re.search(r"\b(?:we|our)\b", plain[draft.start : draft.end], re.IGNORECASE):
        return False
    return not _SINGULAR.search(plain)


def _rules(index: dict[str, list[tuple[int, Rule]]], known: set[str]) -> list[Rule]:
    found = {place: rule for word in known for place, rule in index.get(word, ())}
    return [found[place] for place in sorted(found)]


def _clause(
    reading: Reading, sentence: Sentence, clause: int, whole: list[Rule], predicates: list[Rule]
) -> Iterator[Draft]:
    for rule in whole:
        match = rule.match(reading.plain, clause, sentence.end)
        if match and (drafts := _facts(reading, sentence, clause, rule, match, "")):
            yield from drafts
            return
    led = next((one.end for one in reading.spans_of(sentence, "past") if one.start == clause), clause)
    while led < sentence.end and reading.plain[led] in " ,":
        led += 1
    subject = SUBJECT.match(reading.plain, led, sentence.end)
    who = who_is(reading, subject) if subject else ""
    place = subject.end() if subject else 0
    while who:
        drafts = _predicate(reading, sentence, clause, place, who, predicates)
        yield from drafts
        more = _AND.match(reading.plain, drafts[-1].end, sentence.end) if drafts else None
        if more is None:
            return
        place = more.end() - 1


def _predicate(
    reading: Reading, sentence: Sentence, clause: int, place: int, who: str, predicates: list[Rule]
) -> list[Draft]:
    mine = who == reading.speaker
    found: list[Draft] = []
    for rule in (*predicates, EVENT):
        if not _can_be_said(rule, who, mine) or (found and rule is not EVENT):
            continue
        match = rule.match(reading.plain, place, sentence.end, third=not mine)
        if match:
            found += _facts(reading, sentence, clause, rule, match, who)
    return found


def _can_be_said(rule: Rule, who: str, mine: bool) -> bool:
    if rule.who == "any":
        return True
    return not mine if rule.who == "other" else mine or (rule.who == "kin" and who.startswith("my "))


def _facts(
    reading: Reading, sentence: Sentence, clause: int, rule: Rule, match: re.Match[str], who: str
) -> list[Draft]:
    """What a rule's match states: nothing, a fact, or (of a list) several."""
    groups = {name: text or "" for name, text in match.groupdict().items()}
    topic = _TOPIC_NOISE.sub("", " ".join(groups.get("topic", "").split()))
    subject = topic or who or whose_is(reading, groups.get("whose") or groups.get("born") or "my", match.start())
    if rule.kind == "person" and "rel" in groups and not reading.is_person(groups["value"]):
        return []
    attribute = " ".join(
        attribute_key(rule.attribute.format(**{name: text.lower() for name, text in groups.items()})).split()
    )
    dates = reading.spans_of(sentence, "future" if rule.future else "past")
    start = clause
    if rule.check == "day":
        found = _day_at(
            reading, sentence, max(match.start("day"), match.end() if groups.get("day2") == "" else 0), dates, attribute
        )
        if not subject or found is None:
            return []
        value, end = found
        if rule.to_end and not _ENDS.match(reading.plain, end, sentence.end):
            return []
        return [_draft(rule, subject, attribute, value, start, end, groups)]
    first, last = _value_span(rule, match, reading.plain, sentence.end)
    near = _near(reading.plain, clause, last, dates)
    value = _without(reading.plain, first, last, dates)
    if not subject or (rule.dated and not (near and _is_right_way(near[0], reading, rule))) or not _holds(rule, value):
        return []
    if rule.dated:
        start = min(clause, near[0].start)
    whole = match.end() if groups.get("value") and not rule.to_end else last
    end = max([_trimmed_end(reading.plain, first, max(last, whole)), *(one.end for one in near)])
    if rule.kind in {"state", "preference"} and (over := _NO_MORE.match(reading.plain, end, sentence.end)):
        groups["neg"], end = over[0], over.end()
    draft = _dated(reading, sentence, rule, _draft(rule, subject, attribute, value, start, end, groups), near)
    if rule.kind == "person" and "rel" in groups:
        reading.name(value)
    return [replace(draft, value=part) for part in _LIST.split(value) if part] if rule.split else [draft]


def _near(plain: str, clause: int, last: int, dates: list[DateSpan]) -> list[DateSpan]:
    """The days that belong to a clause: those in it or right behind it, then one that leads it in."""
    inside = [one for one in dates if clause <= one.start <= last + 1]
    leading = [one for one in dates if one.end <= clause and not plain[one.end : clause].strip(" ,:-–—")]
    return [*inside, *leading]


def _draft(rule: Rule, subject: str, attribute: str, value: str, start: int, end: int, groups: dict[str, str]) -> Draft:
    whom = groups.get("whom", "").strip()
    return Draft(
        rule.kind,
        subject,
        RELATIONS_IN_ENGLISH.get(attribute, attribute),
        value,
        start,
        end,
        polarity=rule.polarity != bool(groups.get("neg") or groups.get("no")),
        whom="" if whom.lower() in {"me", "myself", "you"} else whom,
        confidence=rule.confidence,
        rule=rule.name,
    )


def _holds(rule: Rule, value: str) -> bool:
    """Whether a value says enough for its rule."""
    if rule.kind == "commitment":
        return is_errand(value) and names_something(value, deictic=rule.attribute != "wants")
    if rule is EVENT:
        return names_something(value.partition(" ")[2], deictic=True)
    if rule.check == "specific":
        return names_something(value)
    if rule.check == "named":
        return names_something(value, deictic=True)
    return bool(value) or rule.check == "any"


def _dated(reading: Reading, sentence: Sentence, rule: Rule, draft: Draft, dates: list[DateSpan]) -> Draft:
    """The draft with the days that its words name."""
    if rule.ended:
        return replace(draft, valid_to=reading.stated)
    if rule.due:
        ahead = [one for one in dates if reading.when is None or not one.last or one.last >= str(reading.when)]
        return replace(draft, due=ahead[0].last or ahead[0].first) if ahead else draft
    if rule.dated:
        return replace(draft, valid_from=dates[0].first, valid_to=_next_day(dates[0].last or dates[0].first))
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


def _is_right_way(span: DateSpan, reading: Reading, rule: Rule) -> bool:
    """Whether a day lies where the tense says: what was done, before; what is meant, ahead."""
    if rule is EVENT and span.spread == "since":
        return False
    if reading.when is None:
        return True
    today = str(reading.when)
    return (span.last or "9") >= today if rule.future else span.first <= today


def _day_at(
    reading: Reading, sentence: Sentence, place: int, dates: list[DateSpan], attribute: str
) -> tuple[str, int] | None:
    """The day that is named at a place, as a value, and where its words end; "--MM-DD" for one of every year."""
    yearly = attribute in {"birthday", "anniversary"}
    if yearly and reading.when is None:  # a day of every year can be read without knowing today
        words = reading.plain[sentence.start : sentence.end]
        dates = [moved(one, sentence.start) for one in find_date_spans(words, date(2000, 1, 1))]
    for one in dates:
        if (
            one.end <= place
            or one.spread != "point"
            or one.first != one.last
            or reading.plain[place : one.start].strip()
        ):
            continue
        words = reading.plain[one.start : one.end]
        if not yearly:
            return one.first, one.end
        if not re.search(r"\d", words):
            return None  # "her birthday is tomorrow" is known only from today
        return (one.first if re.search(r"[12]\d{3}", words) else f"-{one.first[4:]}"), one.end
    return None


def _lines(reading: Reading) -> Iterator[Draft]:
    """What stands alone in a line below somebody's name: "Allergic to penicillin", "Mum: 0171 …"."""
    for line in re.finditer(r"^[ ]*(?:[-*+•][ ]+)?(?P<words>\S[^\n]{4,120})$", reading.plain, re.MULTILINE):
        whole = Sentence(line.start("words"), line.end())
        for rule in LINES:
            match = rule.match(reading.plain, whole.start, whole.end)
            if match:
                yield from _line(reading, whole, rule, match)
                break


def _line(reading: Reading, whole: Sentence, rule: Rule, match: re.Match[str]) -> Iterator[Draft]:
    groups = {name: text or "" for name, text in match.groupdict().items()}
    label = groups.get("label", "")
    named = rule.kind == "person" and bool(re.fullmatch(NAME, label)) and not LABEL.fullmatch(label)
    who = label if named else reading.about
    if not who:
        return
    if rule.check == "day":
        found = _day_at(reading, whole, match.start("day"), reading.spans_of(whole, "past"), rule.attribute)
        if found is None:
            return
        value, end = found
    else:
        start, end = match.span("value") if groups.get("value") else (match.end(), whole.end)
        value = trim(reading.plain[start:end])
    for part in _LIST.split(value) if rule.split else [value]:
        if part and (rule.check != "loose" or len(part) < 40):
            yield _draft(
                rule, who, rule.attribute, part, whole.start, _trimmed_end(reading.plain, whole.start, end), {}
            )


def _on_the_way(reading: Reading, sentence: Sentence) -> Iterator[Draft]:
    """People that are named on the way, and what is called a favourite."""
    words = reading.plain
    for name, pattern in ON_THE_WAY:
        for match in pattern.finditer(words, sentence.start, sentence.end):
            if is_reported(reading.plain, sentence, match.start()) or (name == "named pet" and not PETS.search(words)):
                continue
            if name == "named one" and not _SINGULAR.search(words, sentence.start, match.start()):
                continue
            reading.name(match["value"])
            yield Draft(
                "person",
                reading.speaker,
                RELATIONS_IN_ENGLISH.get(match["rel"].lower(), match["rel"].lower()) or "pet",
                match["value"],
                match.start(),
                match.end(),
                rule=name,
            )
    for match in FAVOURITE.finditer(words, sentence.start, sentence.end):
        found = VALUE_END.search(words, match.end(), sentence.end)
        end = found.start() if found else sentence.end
        value = trim(words[match.end() : end])
        if names_something(value):
            attribute = attribute_key(f"favourite {match['what'].lower()}")
            yield Draft("preference", reading.speaker, attribute, value, match.start(), end, rule="favourite called")


def _value_span(rule: Rule, match: re.Match[str], plain: str, stop: int) -> tuple[int, int]:
    named = next((name for name in ("value", "value2") if match.groupdict().get(name)), "")
    if named and not rule.to_end:
        return match.span(named)
    start = match.start(named) if named else match.end()
    end = _END_OF_CLAUSE if rule.kind == "belief" else _END_OF_LIST if rule.split else VALUE_END
    ends = [end, *([_ANOTHER_DEED] if rule.to_end else [])]
    found = [one.start() for pattern in ends if (one := pattern.search(plain, start + bool(named), stop))]
    return start, min([stop, *found])


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


def is_reported(plain: str, sentence: Sentence, place: int) -> bool:
    """Whether somebody else's words lead into a clause ("she said, I …") that begins at a place."""
    found = [match.start() for match in _REPORTED.finditer(plain, sentence.start, place)]
    return bool(found) and not _MINE.search(plain[sentence.start : found[-1]])


def _next_day(day: str) -> str:
    return str(date.fromisoformat(day) + timedelta(days=1))
