"""Which sentence of the evidence answers a question, as far as rules can tell: by what is asked for, and by what is covered.

A rule never says that a sentence answers; it says what speaks against it. "The bakery opens at 7" shares its words with "When
does the bakery close?", "Tom reviews Mia's code" with "Who reviews Tom's code?": neither answers. What nothing speaks against
answers with all words covered (`FULL`), or when a model says so as well.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache

from msgspec.structs import replace

from sage.core.deputy.asking import AskedFor, asked_for, content_of, tongue_of_question
from sage.core.deputy.kinds import ASKS_MONEY, DAY, DAYS, MONEY, TAGE, has_kind
from sage.core.deputy.likenesses import OPPOSITE, SAME, light_stems
from sage.core.deputy.statements import Statement
from sage.core.deputy.support import denials, names, particulars
from sage.core.stems import content_stems_in
from sage.core.tongues import tongue_of
from sage.core.words import STOP_WORDS, stem, words

FULL = 1.0
"""The share of a question's words that must be covered where nobody but rules judges."""
MOSTLY = 0.6
"""The share that a model's yes needs beside it: of half of them, another thing may be asked for."""
LEAST = 0.34
"""The share below which a sentence is about something else. (Of 64 pairs of statements and questions, half of them near misses,
this together with a small model's yes let 25 of 32 right ones and none of the wrong ones pass.)"""

_RANGE = re.compile(r"(\w+?)\s*(?:-|–|to|through|until|till|bis)\s*(\w+)", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|right now|at the moment|currently|this (?:week|month|year|morning|afternoon|evening)|"
    r"(?:last|next) (?:week|month|year|time)|heute|morgen(?!s)|gestern|gerade|derzeit|aktuell|"
    r"(?:diese|nächste|letzte)[nrsm]? (?:woche|monat|jahr|mal))\b",
    re.IGNORECASE,
)
_CUT_SHORT = re.compile(r"\b(what|where|who|when|how|which|it|that|there)['’]?s\b", re.IGNORECASE)
_ASKS_PAST = re.compile(r"\b(?:did|was|were|had|wurden?|war|waren|hatten?)\b", re.IGNORECASE)
_TELLS_PAST = re.compile(
    r"\b(?:did|was|were|had|has been|have been|\w{2,}ed|bought|paid|sent|told|wrote|made|came|went|got|took|"
    r"wurden?|war|waren|hatten?|ge\w+[nt])\b",
    re.IGNORECASE,
)
_BY_SOMEBODY = re.compile(r"(?<!^)\b(?:by|von)\b(?! (?:whom|wem|when|what|\d|the (?:end|time)))", re.IGNORECASE)


_OWNER = re.compile(
    r"\b(?:[Oo]f|[Vv]on) (?:(?:the|a|an|our|der|dem|den|einem|einer) )?((?:[A-ZÄÖÜ][\w-]+ ?)+)|"
    r"((?:[A-ZÄÖÜ][\w-]+ )*[A-ZÄÖÜ][\w-]+)['’]s?(?!\w)"
)
_ASKED_OF = re.compile(r"\b(?:of|von) ((?:[\w-]+ ?){1,4})|([\w-]+)['’]s?(?!\w)", re.IGNORECASE)
_CASE = re.compile(r"\W*we([rmn])\b(?! (?:ist|sind|war|waren|heißt|heisst)\b)", re.IGNORECASE)
_OPENING = re.compile(r"\W*((?:[A-ZÄÖÜ][\w-]*\s+)+)(?=[a-zäöüß])")


_ARTICLES = frozenset(
    "der die das dem den des ein eine einen einem einer unser unsere im am zum zur in an auf bei mit".split()
)
_FRAME = frozenset(
    "what whats which who when where how much many is are the a an of your you please "
    "wie was wer wann wo viel viele welche welcher welches lautet lauten ist sind der die das dein deine deinen euer eure".split()
)
"""Words of a question that only ask."""


def is_named(question: str, statement: Statement) -> bool:
    """Whether a question asks for exactly what a line calls itself, or is the written one: "What are your opening hours?" of
    "Opening hours: …"."""
    asked = _bare(question)
    if statement.label.endswith("?") and (
        asked_for(question) != asked_for(statement.label) or _has_passed(question, statement)
    ):
        return False
    return bool(asked) and asked == _bare(statement.label)


def _bare(text: str) -> frozenset[str]:
    return frozenset(_alike(stem(word)) for word in words(text) if word not in _FRAME)


def covered(question: str, statement: Statement) -> float:
    """The share of a question's words that a statement, with what it is about, has; from 0 to 1. No words: 0."""
    if is_named(question, statement):
        return FULL
    asked = stems_of(question, statement)
    if not asked:
        return 0.0
    said = _said(statement)
    return sum(word in said or _is_near(word, said) for word in asked) / len(asked)


def covered_alone(question: str, statement: Statement) -> float:
    """As `covered`, by a statement and the question that it answers, but not by a heading: below one stands more than that."""
    return covered(question, statement if statement.about.endswith("?") else replace(statement, about=""))


def stems_of(question: str, statement: Statement) -> tuple[str, ...]:
    """The words of a question that a statement must have, as stems, in order."""
    tongue = tongue_of(statement.whole)
    if tongue == "en" and not _is_english(statement.whole):
        tongue = tongue_of_question(question)
    found = dict.fromkeys(_alike(each) for each in _stems(tongue, DAY.sub(" ", content_of(question))))
    if MONEY.search(statement.text) and ASKS_MONEY.search(question):
        found.pop("cost", None)
    light = frozenset[str]() if asked_for(question) == "whether" else light_stems()
    return tuple(each for each in found if each not in light)


def is_plain(question: str, statement: Statement) -> bool:
    """Whether a question that a statement covers cannot easily mean something else: it is the written question; or it has two words
    or more, or its one word is what the statement begins with and who, when, where or how much is asked of it. A heading
    covers nothing here: below it there is more than one thing."""
    asked = stems_of(question, statement)
    written = statement.label.endswith("?")
    if written and asked_for(statement.label) != asked_for(question):
        return False
    if covered_alone(question, statement) < FULL:
        return False
    said = [_alike(each) for each in _stems(tongue_of(statement.whole), statement.text)]
    of_it = asked_for(question) not in ("thing", "whether") and asked[:1] == tuple(said[:1])
    return len(asked) > 1 or of_it or (written and set(asked) == set(stems_of(statement.label, statement)))


def _has_passed(question: str, statement: Statement) -> bool:
    """Whether a question asks for what was, and a statement, as far as it can be seen, says what is."""
    return bool(_ASKS_PAST.search(question)) and not _TELLS_PAST.search(statement.text)


def against(question: str, statement: Statement) -> str:
    """What speaks against a statement as the answer to a question, by a rule; "" if nothing does."""
    kind = asked_for(question)
    said = statement.whole
    if not particulars_without_days(question) <= particulars_without_days(said):
        return "figures"
    if not days_of(question) <= days_of(said):
        return "days"
    if tongue_of_question(question) == "en" and not _names_of(question) <= {
        part for each in words(said) for part in (each, re.sub(r"['’]s?$", "", each))
    }:
        return "names"
    if _RELATIVE.search(question) or _RELATIVE.search(said):  # a note's "tomorrow" has passed when somebody asks
        return "relative time"
    if _opposed(question, said):
        return "the opposite"
    if _denies_otherwise(question, kind, statement):
        return "denial"
    if _has_passed(question, statement):
        return "past"
    if not has_kind(kind, question, statement.text):
        return kind
    if kind in ("person", "whether") and _turned(question, statement):
        return "roles"
    if _names_turned(question, statement) or _of_another(question, statement) or _does_it(question, statement):
        return "roles"
    return ""


def particulars_without_days(text: str) -> frozenset[str]:
    return frozenset(
        each for each in particulars(text) if each not in DAYS and each not in TAGE and not _RELATIVE.fullmatch(each)
    )


def days_of(text: str) -> frozenset[int]:
    """The days of the week (Monday is 0) that a text names, those between two that it names as a range, or all of them."""
    found = {number for each in DAY.finditer(text) if (number := _day(each[0])) is not None}
    for first, last in _RANGE.findall(text):
        start, end = _day(first), _day(last)
        if start is not None and end is not None:
            found |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    folded = text.casefold()
    if re.search(r"\b(?:weekdays?|working days?|werktags?|werktagen|unter der woche)\b", folded):
        found |= set(range(5))
    if re.search(r"\b(?:weekends?|wochenenden?)\b", folded):
        found |= {5, 6}
    if re.search(r"\b(?:every ?day|each day|daily|all week|seven days|täglich|jeden tag)\b", folded):
        found |= set(range(7))
    return frozenset(found)


def _day(word: str) -> int | None:
    """The number of a day of the week by its name, or by the two or three letters that stand for it."""
    said = word.casefold()
    for names_of_days in (DAYS, TAGE):
        for number, name in enumerate(names_of_days):
            if said.startswith(name) or said in (name[:2], name[:3], name[:4], name[:5]):
                return number
    return None


def differ(question: str, statements: Sequence[Statement]) -> bool:
    """Whether statements that would all answer name other figures, dates or addresses than the first, or say each something that
    the other does not ("It is in Rome", "It is in Oslo"). One that only says more around it does not."""
    first = statements[0]
    others = [each for each in statements[1:] if first.text not in each.text and each.text not in first.text]
    if any(particulars(each.text) != particulars(first.text) for each in others):
        return True
    asked = {stem(word) for word in words(question)}
    said, *rest = (_own_words_of(each, asked) for each in (first, *others))
    return any(said - other and other - said for other in rest)


def _own_words_of(statement: Statement, asked: set[str]) -> set[str]:
    stems = {_alike(each) for each in _stems(tongue_of(statement.whole), statement.text)}
    return stems - {_alike(each) for each in asked} - light_stems()


def told(question: str, statement: Statement) -> str:
    """What is told of a statement: with its heading, where that says something that neither it nor the question does ("Until
    2024", "Guests"), and with what follows and says more."""
    heading = "" if statement.about.endswith("?") else statement.about
    known = {stem(word) for word in words(f"{question} {statement.text}")}
    adds = any(stem(word) not in known for word in words(heading) if word not in STOP_WORDS)
    if not adds:
        return statement.told
    plain = heading[0].isalnum() and heading[-1].isalnum() and "\n" not in heading
    return f"{heading}{':' if plain else ''}\n{statement.told}"


# -- words ----------------------------------------------------------------------------------------------------------


def _said(statement: Statement) -> frozenset[str]:
    return _said_of(statement.whole, tongue_of(statement.whole))


@lru_cache(256)
def _said_of(text: str, tongue: str) -> frozenset[str]:
    found = set(_stems(tongue, text))
    if not _is_english(text):
        found |= set(_stems("de", text))
    return frozenset(map(_alike, found))


def _stems(tongue: str, text: str) -> list[str]:
    joined = _CUT_SHORT.sub(r"\1 is", text)
    joined = re.sub(r"\b(wi|e)-(?=fi\b|mails?\b)", r"\1", joined, flags=re.IGNORECASE)
    return [each.removesuffix("'") for each in content_stems_in(tongue, joined)]


def _alike(word: str) -> str:
    return SAME.get(word, word)


def _is_near(word: str, vocabulary: Iterable[str]) -> bool:
    alike = [other for other in vocabulary if other and other[0] == word[0] and abs(len(other) - len(word)) <= 1]
    return len(word) >= 6 and word.isalpha() and bool(get_close_matches(word, alike, n=1, cutoff=0.88))


def _is_english(text: str) -> bool:
    """Whether a text has some plainly English word: of a short one the language cannot be told otherwise."""
    return any(
        word in STOP_WORDS
        for word in words(text)
        if word not in ("in", "an", "so", "was", "will", "am", "do", "her", "die", "man")
    )


def _names_of(text: str) -> frozenset[str]:
    days = {*DAYS, *(f"{day}s" for day in DAYS)}
    return frozenset(
        part
        for each in names(text)
        for part in words(each)
        if part not in days and part not in STOP_WORDS and len(part) > 1
    )


# -- rules ----------------------------------------------------------------------------------------------------------


def _denies_otherwise(question: str, kind: AskedFor, statement: Statement) -> bool:
    """Whether a question denies and a statement does not, or whether that says who, when, where or which is *not*, of which it is
    asked who, when, where or which is."""
    if denials(question):
        return not denials(statement.whole)
    asks_one = kind not in ("whether", "reason", "way", "thing") or re.match(
        r"\W*(?:which|welche)", question, re.IGNORECASE
    )
    return bool(asks_one) and denials(statement.text) > 0


def _opposed(question: str, said: str) -> bool:
    asked, there = set(_plain(question)), set(_plain(said))
    return any(
        (asked & here and not asked & other and there & other and not there & here)
        for pair in OPPOSITE
        for here, other in (pair, pair[::-1])
    )


def _plain(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.casefold())


def _turned(question: str, statement: Statement) -> bool:
    """Whether a question has a statement's words in another order, or asks who did it of what says by whom: "Who reviews
    Tom's code?" of "Tom reviews Mia's code"."""
    asks_of, says_by = _BY_SOMEBODY.search(question), _BY_SOMEBODY.search(statement.text)
    if asks_of and not says_by:
        return True
    text = statement.text[: says_by.start()] if says_by and not asks_of else statement.text
    tongue, asked = tongue_of(statement.whole), stems_of(question, statement)
    order = [_alike(each) for each in _stems(tongue, text)]
    if statement.about and set(asked) <= _said_of(statement.about, tongue_of(statement.about)):
        order = [_alike(each) for each in _stems(tongue, statement.about)]
    elif text != statement.text and not set(asked) & _said_of(statement.text, tongue) <= set(order):
        return True
    rest = iter(order)
    return not all(word in rest for word in asked if word in order)


def _names_turned(question: str, statement: Statement) -> bool:
    """Whether two names or more stand the other way round. (In German, things are written like names.)"""
    if tongue_of_question(question) == "de":
        return False
    asked = [each for each in words(question) if each in _names_of(question)]
    there = [re.sub(r"['’]s?$", "", each) for each in words(statement.text)]
    rest = iter(there)
    return len(set(asked)) > 1 and set(asked) <= set(there) and not all(each in rest for each in asked)


def _of_another(question: str, statement: Statement) -> bool:
    """Whether something of one is asked for and something of another told, though both are named: "the mother of Cora" of "The
    mother of Berta is Cora"."""
    there = names(f"x {statement.text}")  # the first word, too
    of = {part for found in _OWNER.findall(statement.text) for each in found for part in words(each)}
    asked = {
        part
        for found in _ASKED_OF.findall(question)
        for each in found
        for part in itertools.takewhile(lambda word: word not in STOP_WORDS, words(each))
    }
    return bool(of) and not asked & there <= of


def _does_it(question: str, statement: Statement) -> bool:
    """Whether a German sentence begins with one whom it is asked of ("Wer …?"), or with another than it is asked of ("Wem …?"):
    the order of its other words tells little of who does something."""
    asked, told = _CASE.match(question), _OPENING.match(statement.text)
    if not asked or not told or tongue_of_question(question) != "de":
        return False
    opening = set(words(told[1]))
    if opening & _ARTICLES:
        return False
    return (opening <= set(words(question))) == (asked[1].lower() == "r")
