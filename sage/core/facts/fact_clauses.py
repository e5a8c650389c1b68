"""How English says facts in a whole clause ("my birthday is …"), in a bare line, or on the way."""

from __future__ import annotations

import re

from sage.core.facts.fact_rules import Rule, rule
from sage.core.facts.fact_words import NAME, RELATIONS, RELATIONS_DE

_IS = r"(?:'s|\s+is|\s+are|\s+has\s+to\s+be|\s+will\s+always\s+be)\s+"
_NO_WHAT = r"(?!(?:part|thing|moment|memory|bit|ones?)\b)"
_SOMETHING = r"(?P<value>{NOT_IT}[\w'-]+(?:\s+(?!is\b|are\b|was\b)[\w'-]+){0,4})(?:'s|\s+is|\s+are)\s+"
_MY_FAVOURITE = r"(?P<whose>my)\s+(?:absolute\s+|all[- ]time\s+)?favou?rites?\b"
_AGES = r"(?:new\s+|older\s+|elder\s+|younger\s+|little\s+|big\s+|oldest\s+|youngest\s+)?"
_PHONE = r"(?P<value>(?:[+(0]\d?|\d{2,5}[\s/.-])[\d\s()/.-]{4,20}\d)(?!\w)"
_MAIL = r"(?P<value>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"

_OCCASION = (
    r"(?:appointment|meeting|interview|exam|test|flight|wedding|party|conference|call|surgery|operation|workshop|concert|lesson"
    r"|class"
    r"|deadline|dinner|lunch|review|presentation|launch|release|check-?up|course)"
)
_WITH = (
    r"(?:\s+(?:with|at|for|of|about)\s+(?:(?!(?:is|has|was|got|moved|will|starts|at|on|next|this|tomorrow|in"
    r"|by)\b)[\w'.-]+\s*){1,4}?)?"
)
_NOW = r"(?:'s|\s+is|\s+has\s+been|\s+was|\s+got|\s+will\s+be|\s+starts|\s+takes\s+place)"
_MOVED = r"(?:moved|rescheduled|postponed|scheduled|set|pushed|brought\s+forward|planned|due|booked|confirmed)"
_OCCASION_WORDS = (
    "appointment meeting interview exam test flight wedding party conference call surgery operation workshop concert lesson "
    "class deadline "
    "dinner lunch review presentation launch release check-up checkup course"
)
OCCASIONS = frozenset(_OCCASION_WORDS.split())
_RELATION_WORDS = re.sub(r"[^a-zé-]+", " ", RELATIONS)

CLAUSES: tuple[Rule, ...] = (
    rule("favourite", "preference", "favourite {what}", "favourite favorite",
         r"{WHOSE}\s+(?:new\s+|all[- ]time\s+|absolute\s+)*+favou?rite\s+(?P<what>" + _NO_WHAT + r"[\w-]+(?:\s+(?!is\b|are\b"
         r"|has\b|called\b)"
         r"[\w-]+){0,2})(?:" + _IS + r"|\s+called\s+)(?:this\s+|these\s+)?(?:amazing\s+|awesome\s+)?", check="named"),
    rule("is my favourite", "preference", "favourite {what}", "favourite favorite",
         _SOMETHING + _MY_FAVOURITE + r"\s+(?P<what>" + _NO_WHAT + r"(?!(?:for|because|since|so|to|when|and|of|by|in)\b)[\w-]+)"),
    rule("one of my favourites", "preference", "likes", "favourite favorite favourites favorites",
         _SOMETHING + r"(?:one\s+of|among)\s+" + _MY_FAVOURITE),
    rule("is a passion", "preference", "likes", "passionate passion",
         _SOMETHING + r"(?:what\s+I'm\s+passionate\s+about|(?P<whose>my)\s+passion)\b"),
    rule("birthday", "date", "birthday", "birthday bday b-day", r"{WHOSE}\s+(?:birthday|b-?day)(?:'s|\s+is"
         r"|\s+falls|:)\s+(?:on\s+)?(?P<day>)", check="day"),
    rule("anniversary", "date", "anniversary", "anniversary",
         r"{WHOSE}\s+(?:wedding\s+)?anniversary(?:'s|\s+is|\s+falls)\s+(?:on\s+)?(?P<day>)", check="day"),
    rule("was born on", "date", "birthday", "born",
         r"(?P<born>(?i:I|he|she)|(?i:my|our)\s+(?:{REL})(?:\s+{NAME})?|{NAME})\s+(?:was|were)\s+born\s+(?:on|in)\s+(?P<day>)",
         check="day"),
    rule("phone", "person", "phone", "phone mobile cell telephone number",
         r"{WHOSE}\s+(?:new\s+|work\s+|home\s+|mobile\s+|cell\s+)*+(?:phone|mobile|cell|telephone|number)(?:\s+number)?(?:'s"
         r"|\s+is|:)\s+" + _PHONE,
         check="group", confidence=0.95),
    rule("e-mail", "person", "e-mail", "email e-mail",
         r"{WHOSE}\s+(?:new\s+|work\s+|home\s+|private\s+)*+e-?mail(?:\s+address)?(?:'s|\s+is|:)\s+" + _MAIL, check="group",
         confidence=0.95),
    rule("address", "person", "address", "address",
         r"{WHOSE}\s+(?:new\s+|home\s+)?address\s+is\s+(?P<value>[^;!?\n]{5,80}?\d[^;!?\n]{0,40})", check="group"),
    rule("name", "state", "is called", "name name's", r"{WHOSE}\s+(?:full\s+|real\s+|first\s+)?name(?:'s"
         r"|\s+is)\s+(?P<value>{NAME})", check="group"),
    rule("relation", "person", "{rel}", _RELATION_WORDS,
         r"{WHOSE}\s+" + rf"{_AGES}(?P<rel>{RELATIONS})(?:'s\s+name)?(?:'s|\s+is)\s+(?:called\s+|named\s+)?"
         r"(?P<value>{NAME})(?=\s*(?:[.,;!]|$|\n|and\b|but\b))", check="group"),
    rule("is my relation", "person", "{rel}", _RELATION_WORDS,
         r"(?P<value>{NAME})\s+is\s+my\s+" + rf"{_AGES}(?P<rel>{RELATIONS})\b(?!')", check="group"),
    rule("dream", "commitment", "wants", "dream goal aim wish resolution plan",
         r"(?P<whose>my)\s+(?:\w+\s+)?(?:dream|goal|aim|wish|resolution|plan)\s+(?:is|for\s+\w+(?:\s+\w+)?\s+is)\s+to\s+",
         future=True, due=True),
    rule("appointment", "date", "is on", _OCCASION_WORDS,
         r"(?:(?:my|our|the|your)\s+)?(?P<topic>(?:(?!(?:i|we|my|a|an|it|the)\b)[\w'-]+\s+){0,2}" + _OCCASION + _WITH
         + rf")\s*(?:{_NOW}|(?=\s+{_MOVED}))"
         rf"\s*(?:now\s+)?{_MOVED}?\s+(?:to|for|until|on|in|at)?\s*(?P<day>)(?=\b)", check="day", future=True),
    rule("appointment line", "date", "is on", _OCCASION_WORDS,
         r"(?P<topic>(?:(?!(?:i|we|my|a|an|it|the|at|after|before|since|until)\b)[\w'-]+\s+){0,2}" + _OCCASION + _WITH
         + r")\s*(?:,|:)?\s*(?:on|at)?\s*(?P<day>)(?=\b)",
         check="day", future=True, to_end=True),
    rule("opinion", "belief", "thinks", "opinion imo imho",
         r"(?:in\s+my\s+(?:humble\s+)?opinion|imh?o),?\s+(?!(?:it|it's|this|that|you|he|she|they|these"
         r"|those)\b)(?=[\w'-]+\s+[\w'-]+\s+[\w'-]+)",
         check="loose", confidence=0.75),
    rule("have an appointment", "date", "is on", _OCCASION_WORDS,
         r"(?:I|we)\s*(?:'ve\s+got|have|'m\s+having|got)\s+(?:an?|my|our|the|another)\s+(?P<topic>(?:[\w'-]+\s+){0,2}"
         + _OCCASION + _WITH + r")\s*(?:on|at|in|for)?\s*(?P<day>)(?=\b)", check="day", future=True),
)  # fmt: skip

LINES: tuple[Rule, ...] = (
    rule("phone line", "person", "phone", "",
         r"(?P<label>(?:phone|tel(?:ephone)?|mobile|cell|handy|telefon|mobil)\.?|{NAME})(?:\s*\([\w ]+\))?\s*:\s*" + _PHONE
         + r"\s*$",
         check="group", confidence=0.9),
    rule("e-mail line", "person", "e-mail", "", r"(?P<label>e-?mail|mail|{NAME})\s*:\s*" + _MAIL + r"\s*$", check="group",
         confidence=0.9),
    rule("birthday line", "date", "birthday", "",
         r"(?P<label>birthday|born|date\s+of\s+birth|geburtstag|geboren|dob)\s*:\s*(?:on\s+)?(?P<day>)", check="day",
         confidence=0.9),
    rule("allergy line", "state", "is allergic to", "",
         r"(?:(?P<label>allerg(?:y|ies|ic|isch|ien?))\s*:\s*|(?P<label2>allergic\s+to|allergisch\s+gegen)\s+)",
         check="loose", split=True, confidence=0.9),
    rule("home line", "state", "lives in", "", r"(?P<label>lives\s+in|lives|wohnt\s+in|wohnort)\s*:?\s+{PLACE}\s*$",
         check="group"),
    rule("work line", "state", "works at", "", r"(?P<label>works\s+(?:at|for)|employer|arbeitet\s+bei)\s*:?\s+{ORG}\s*$",
         check="group"),
)  # fmt: skip
"""What stands alone in a line, below somebody's name."""
LABEL = re.compile(
    r"(?:phone|tel(?:ephone)?|mobile|cell|handy|telefon|mobil|e-?mail|mail)\.?|(?-i:.*[A-Z]{2}.*)", re.IGNORECASE
)
LINE_WORDS = frozenset(
    "allergic allergy allergies allergisch allergie allergien birthday born birth dob geburtstag geboren lives works employer "
    "wohnt wohnort "
    "arbeitet".split()
)
"""One of these stands in such a line, or a number behind a colon, or an e-mail address."""
LINE_NUMBER = re.compile(r":[ ]*[+(\d]")

_MY = r"\b(?i:my|our|meine?[nrm]?)\s+(?:(?i:older|elder|younger|little|big|new|best|dear|ältere|jüngere|kleine|große)\s+)?"
ON_THE_WAY: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("named relation", re.compile(
        rf"{_MY}(?P<rel>(?i:{RELATIONS}|{RELATIONS_DE}))(?:\s*,)?\s+(?P<value>{NAME})(?=\s*(?:[.,;!:)]|$|\s))")),
    ("named one", re.compile(
        r"\b(?P<rel>dog|cat|puppy|pup|kitten|rabbit|hamster|parrot|horse|son|daughter|sister|brother)\s*,?\s+(?:named|called)\s+"
        rf"(?P<value>{NAME})")),
    ("named pet", re.compile(rf"\b(?i:I|we)\s+(?:'ve\s+)?(?:named|called)\s+(?:him|her|it|them)\s+(?P<value>{NAME})(?P<rel>)")),
)  # fmt: skip
"""Somebody who is named on the way: "my sister Anna", "a dog named Rex", "I named it Rex"."""
ON_THE_WAY_WORDS = frozenset(f"my our named called meine mein meiner meinem meinen {_RELATION_WORDS}".split()) - {
    "s",
    "old",
    "good",
    "best",
}
FAVOURITE = re.compile(r"\bmy\s+(?:\w+\s+)?favou?rite\s+(?P<what>[\w-]+(?:\s+[\w-]+)?)\s+called\s+", re.IGNORECASE)
PETS = re.compile(
    r"\b(?:pups?|puppy|puppies|dogs?|doggo|cats?|kittens?|pets?|rabbit|hamster|parrot|turtle|horse|shelter)\b",
    re.IGNORECASE,
)
