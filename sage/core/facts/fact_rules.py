"""What a rule for facts is, and the pieces its pattern is made of.

A pattern is tried where a clause begins. `{NAME}` and the like stand for the pieces below, `{S:like|love}` for the verbs in
the form that fits the subject. The value is the group `value`, else what follows the pattern up to where it ends.
Patterns are compiled when they are first tried: all of them at once would take 0.4 s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sage.core.facts.fact_words import ADVERBS, NAME, RELATIONS
from sage.core.facts.facts import Kind

Check = Literal["specific", "named", "loose", "any", "group", "day"]


@dataclass(frozen=True)
class Rule:
    """One way to say a fact.

    `words` are those of which a sentence must have one for the rule to be tried. `attribute` may name groups of the
    pattern (`favourite {what}`).
    """

    name: str
    kind: Kind
    attribute: str
    words: frozenset[str]
    pattern: str
    check: Check = "specific"
    """What the value must be: `specific` (names something outside its conversation), `named` (so, but may begin with
    "this"), `loose` (some words), `any` (even none), `group` (the pattern has seen to it), `day` (a date at the group `day`)."""
    who: Literal["any", "me", "kin", "other"] = "any"
    """Of whom it can be said; `kin`: of the person, or of somebody called "my …"."""
    polarity: bool = True
    confidence: float = 0.85
    future: bool = False
    """Dates are read ahead."""
    due: bool = False
    """A date is the day by which."""
    dated: bool = False
    """Nothing is stated without a date."""
    ended: bool = False
    """It was so, and is so no more ("used to")."""
    begins: bool = False
    """A date says since when."""
    split: bool = False
    """A list is several facts."""
    to_end: bool = False
    """The group `value` runs on, and ends where a clause does; after a day nothing but a time may follow."""

    def match(self, plain: str, start: int, end: int, *, third: bool = False) -> re.Match[str] | None:
        """The pattern at a place, for "I" or for a third person."""
        return compiled(self.pattern, third=third).match(plain, start, end)

    @property
    def words_of_others(self) -> frozenset[str]:
        """Those of its words that it can have when a third person is its subject."""
        if self.who in {"me", "kin"}:
            return frozenset()
        return frozenset(word for word in self.words if _third(word) not in self.words)


def rule(name: str, kind: Kind, attribute: str, words: str, pattern: str, **options: Any) -> Rule:
    """A rule; `words` parted by spaces."""
    return Rule(name, kind, attribute, frozenset(words.split()), pattern, **options)


_DENIED = r"(?:(?P<neg>\s+not|n't|\s+no\s+longer)|(?!\s+not|n't|\s+no\s+longer))"
"""Said or not, and never given back: Python before 3.11.4 loses what a group caught that is optional and possessive."""


@cache
def compiled(pattern: str, *, third: bool = False) -> re.Pattern[str]:
    """A pattern whose pieces are filled in, for the person's "I" or for a third person."""
    be = r"(?:'s|\s+is)" if third else r"(?:'m|'re|\s+am|\s+are)"
    pieces = {
        **_PIECES,
        "{BE}": be + _DENIED + r"\s+",
        "{HAVE}": r"(?:'s|\s+has)\s+" if third else r"(?:'ve|\s+have)\s+",
    }
    filled = re.sub(r"\{S:([^}]*)\}", lambda match: _verbs(match[1], third), pattern)
    for name, piece in pieces.items():
        filled = filled.replace(name, piece)
    return re.compile(filled, re.IGNORECASE)


def _verbs(words: str, third: bool) -> str:
    return "(?:" + "|".join(_third(word) if third else word for word in words.split("|")) + ")"


def _third(verb: str) -> str:
    if verb == "have":
        return "has"
    return verb + ("es" if verb.endswith(("ch", "sh", "s")) else "s")


_CAPITAL = r"[A-ZÄÖÜ][\w'.-]*"
WHOSE = (
    rf"(?P<whose>my|our|his|her|(?:my|our)\s+(?:{RELATIONS})(?:\s+(?-i:{NAME}))?'s|(?-i:{NAME})'s?"
    r"|meine?|unsere?|ihre?|seine?)"
)
"""Of whom something is: "my", "Anna's", "my sister's"."""
POINTER = r"(?!(?:it|this|that|which|these|those|they|he|she|here|there|what|one)\b)"
"""What follows names something by itself."""

_PIECES = {
    "{ADV}": ADVERBS,
    "{NOT}": r"(?P<neg>(?:(?:do|does)(?:n't|nt|\s+not)|never|no\s+longer|hardly|barely)\s+)?",
    "{NAME}": f"(?-i:{NAME})",
    "{REL}": RELATIONS,
    "{WHOSE}": WHOSE,
    "{NOT_IT}": POINTER,
    "{PLACE}": (
        rf"(?P<value>(?-i:(?:the[ ]+)?{_CAPITAL}(?:,?[ ]+(?:(?:de|la|am|of|the|upon|an|der)[ ]+)?{_CAPITAL}){{0,3}})"
        r"|(?:an?|the)\s+(?:[\w-]+\s+){0,2}?(?:flat|apartment|house|cottage|village|town|city|suburbs?|countryside|farm|dorm"
        r"|studio"
        rf"|houseboat)(?:\s+(?:in|near)\s+(?-i:{_CAPITAL}))?)"
    ),
    "{ORG}": (
        rf"(?P<value>(?-i:(?:the[ ]+)?[A-ZÄÖÜ0-9][\w'&.-]*(?:[ ]+(?:(?:and|of|the|for|&|de)[ ]+)?{_CAPITAL}){{0,4}})"
        r"|(?:an?|the|our|my)\s+(?:[\w-]+\s+){0,4}?(?:hospital|school|university|college|bank|library|museum|company|start-?up"
        r"|agency|office|firm|shop|store|restaurant|caf[eé]|bakery|hotel|clinic|factory|studio|garage|gym|ngo|charity|government"
        r"|council|newspaper|lab|nursery|kindergarten|pharmacy|practice|foundation|bookshop|bookstore|farm|nursing\s+home))"
    ),
    "{PAST}": (
        r"(?:went|made|met|saw|won|got|took|had|found|bought|sold|began|started|finished|left|came|gave|wrote|read|ran|rode"
        r"|drove|flew|swam|sang|spoke|taught|caught|built|broke|lost|cut|hit|hurt|fell|chose|ate|drank|slept|woke|held|kept|led"
        r"|paid"
        r"|put|quit|sent|set|spent|stood|threw|wore|hung|did|w(?:as|ere)\s+(?:at|in|on)|[a-z]{2,}ed)"
    ),
}

SUBJECT = re.compile(
    rf"(?P<me>(?i:i|we))(?=['\s])|(?P<rel>(?i:my|our)[ ]+(?i:{RELATIONS})(?:[ ]+{NAME})?)(?=['\s,])"
    rf"|(?P<pron>(?i:he|she))(?=['\s])|(?P<name>{NAME})(?=['\s])"
)
"""Who a clause speaks of."""
