"""Whether a sentence has what a question asks for: a time for a "when", money for a "how much", somebody for a "who"."""

from __future__ import annotations

import re

from sage.core.deputy.asking import AskedFor
from sage.core.deputy.support import names, particulars
from sage.core.words import STOP_WORDS, stem, words

DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
TAGE = "montag dienstag mittwoch donnerstag freitag samstag sonntag".split()
DAY = re.compile(
    rf"\b(?i:({'|'.join(DAYS)})s?|({'|'.join(TAGE)})(?:s|abend|morgen|nachmittag)?)\b|\b(Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b"
)
_TIMES = re.compile(
    r"\b\d{1,2}[:.]\d\d\b|\b\d{1,2}\s?(?:h|uhr|am|pm|a\.m|p\.m|o['’]clock)\b|\b(?:noon|midnight|midday|mittags?|mitternacht)\b|"
    r"\b(?:at|from|until|till|by|before|after|um|ab|bis|gegen|von|to|-|–)\s?\d{1,2}\b(?![.,]?\d|\s*(?:euro|€|%|people|person))",
    re.IGNORECASE,
)
_DATES = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember)\b|"
    r"\b\d{1,2}\.\s?\d{1,2}\.|\b\d{4}-\d\d-\d\d\b|\b(?:19|20)\d\d\b|\b(?:daily|weekly|monthly|yearly|every|each|weekdays?|weekends?|"
    r"always|täglich|wöchentlich|monatlich|jährlich|jede[nrsm]?|immer|werktags?|wochenende[ns]?|morning|afternoon|evening|night|"
    r"morgens|abends|nachmittags?|vormittags?|spring|summer|autumn|winter|frühling|sommer|herbst|first|last|end|ende)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|once|twice|half|dozen|"
    r"free(?: of charge)?|nothing|none|eine?[nrms]?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|"
    r"einmal|zweimal|kostenlos|gratis|"
    r"daily|weekly|monthly|yearly|every|täglich|wöchentlich|monatlich|jährlich|jede[nrsm]?)\b",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"[€$£]|\b(?:euros?|cents?|dollars?|pounds?|francs?|chf|eur|usd|free|kostenlos|gratis)\b", re.IGNORECASE
)
ASKS_MONEY = re.compile(
    r"\b(?:price|cost|costs|fee|fees|charge|charged|kostet?|kosten|preis|teuer|pay)\b", re.IGNORECASE
)
_BECAUSE = re.compile(
    r"\b(?:because|since|due to|so that|in order to|parce|car|weil|da|denn|wegen|damit)\b", re.IGNORECASE
)
_PLACE = re.compile(
    r"\b(?:in|at|on|behind|under|below|above|beside|next to|near|opposite|between|inside|outside|upstairs|downstairs|"
    r"from|to|into|via|im|am|an|auf|hinter|unter|über|neben|bei|beim|gegenüber|zwischen|vor|oben|unten|zum|zur|nach|aus)\b\s*"
    r"(?:the|a|an|our|your|my|der|die|das|dem|den|einem|einer|unser\w*)?\s*([^\W_]+)?",
    re.IGNORECASE,
)
_PLACE_WORD = re.compile(
    r"https?://|\b[\w.+-]+@[\w-]+\.\w|\b(?:room|floor|street|raum|stock|\w+stra(?:ß|ss)e|address|adresse|online)\b",
    re.I,
)
_SOMEBODY = re.compile(
    r"\b(?:i|we|everybody|everyone|nobody|anyone|anybody|members?|visitors?|guests?|ich|wir|alle|jeder|niemand)\b", re.I
)
_WITH_ARTICLE = re.compile(
    r"\b(?:der|die|das|dem|den|des|eine?[nmrs]?|im|am|zum|zur|vom|beim|ins|ans|keine?[nmrs]?)\s+"
    r"(?:[a-zäöüß]+e[nrsm]?\s+)?[A-ZÄÖÜ]\w+",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"\b(?:how many|wie ?viele)\s+(\w+)", re.IGNORECASE)
_UNITS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"\b(?:{asks})\b", re.IGNORECASE), re.compile(answers, re.IGNORECASE))
    for asks, answers in (
        (
            r"how far|wie weit",
            r"\d\s*(?:m|km|mi|metres?|meters?|kilomet\w+|miles?|minutes?|steps|stops|meter|minuten)\b",
        ),
        (
            r"(?:for )?how long|wie lange?",
            r"\b(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|half an|ein\w*|zwei|drei|vier|fünf|sechs)[\s-]*"
            r"(?:min\w*|hours?|days?|nights?|weeks?|months?|years?|stunden?|tage?n?|nächte?n?|wochen?|monate?n?|jahre?n?|m|cm|metres?|meters?|meter)\b|"
            r"\d[:.]\d\d.{0,12}?\d[:.]\d\d|\b(?:until|till|bis)\b",
        ),
        (
            r"how often|wie oft",
            r"\b(?:every|each|daily|weekly|monthly|yearly|once|twice|\w+ times|always|jede\w*|"
            r"täglich|wöchentlich|monatlich|jährlich|(?:ein|zwei|drei|vier)mal)\b",
        ),
        (r"how old|wie alt", r"\d\s*(?:years?|months?|jahre?)|\b(?:19|20)\d\d\b"),
        (r"how (?:fast|quick)|wie schnell", r"\d\s*(?:km|mph|knots|m/s|mbit|gbit|minutes?|minuten)"),
    )
)
"""What is asked for, and the units in which it is told."""


def has_kind(kind: AskedFor, question: str, text: str) -> bool:
    """Whether a text has what is asked for: somebody, a time, a figure with its unit, a place, a reason."""
    if kind == "time":
        return bool(_TIMES.search(text) or _DATES.search(text) or DAY.search(text))
    if kind == "clock":
        return bool(_TIMES.search(text))
    if kind == "amount":
        return _has_amount(question, text)
    if kind == "reason":
        return bool(_BECAUSE.search(text))
    if kind == "place":
        return _has_place(question, text)
    return _has_person(question, text) if kind == "person" else True


def _has_place(question: str, text: str) -> bool:
    if _PLACE_WORD.search(text):
        return True
    asked = {stem(word) for word in words(question)}
    return any(
        (word := (found[1] or found[0]).casefold()) and not word.isdecimal() and not DAY.fullmatch(word)
        and not _DATES.fullmatch(word) and stem(word) not in asked and word not in ("request", "time", "most", "least")
        for found in _PLACE.finditer(text)
    )  # fmt: skip


def _has_person(question: str, text: str) -> bool:
    """Somebody who is not in the question: a name, or whoever speaks in the note."""
    if _SOMEBODY.search(text):
        return True
    asked = {stem(word) for word in words(question)}
    bare = _WITH_ARTICLE.sub(" ", text)  # "im Büro": in German, things are written like names
    named = {part for each in names(bare) for part in words(each)}
    first = words(bare)[:1]
    if first and bare.lstrip('*_"“„ ')[:1].isupper() and first[0] not in STOP_WORDS:
        named |= set(first)
    return any(stem(each) not in asked and not particulars(each) and not DAY.fullmatch(each) for each in named)


def _has_amount(question: str, text: str) -> bool:
    """A figure of what is asked for: an amount of money, a length, a duration, how often, or so many of the things named."""
    if ASKS_MONEY.search(question):
        return bool(MONEY.search(text))
    for asks, answers in _UNITS:
        if asks.search(question):
            return bool(answers.search(text))
    if counted := _HOW_MANY.search(question):
        of = re.escape(stem(counted[1].casefold()))
        return bool(re.search(rf"(?:{_FIGURE.pattern})\W+(?:\w+\W+)?{of}", text, re.IGNORECASE))
    return bool(_FIGURE.search(text))
