"""What is asked of the person: whether it is for them, whether it is a question, and whether it is an easy one.

An easy question asks for something that is known already. Whatever asks for a decision, a promise, an opinion, a favour or
money, or sounds like trouble, is for the person alone. Who doubts says no: then there is a draft instead.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from sage.core.words import fold, words

LONGEST = 400
"""Characters of an easy question."""

Kind = Literal["fact", "availability", "none", "hard"]
"""`none`: nothing is asked."""


class Asked(NamedTuple):
    """What kind of message it is; `why` is a key of WHY for those that are not easy."""

    kind: Kind
    why: str = ""


WHY = {
    "none": "it asks nothing",
    "long": "it is long",
    "several": "it asks several things",
    "decision": "it asks for a decision, a promise, an opinion or a favour",
    "trouble": "it sounds serious",
    "money": "it is about paying",
    "others": "it is not addressed to you",
}


def _pattern(phrases: str) -> re.Pattern[str]:
    """Phrases that stand one on a line, as a pattern that finds any of them."""
    return re.compile("|".join(rf"\b(?:{line.strip()})" for line in phrases.strip().splitlines()), re.MULTILINE)


_GREETING = r"(?:(?:hi|hello|hey|hallo|moin|servus|dear|liebe[rs]?)\b[^,.!\n]{0,40}[,.!\n]\W*)?"
_OPENING = r"(?:(?:so|and|und|also|sorry|please|bitte|excuse me)\W+)*"
_ASKS = re.compile(
    rf"\?|^\W*{_GREETING}{_OPENING}(?:"
    r"what|when|where|who|whom|whose|which|how|is there|are there|do you (?:know|have)|does|tell me|remind me|"
    r"(?:can|could|would) you (?:please )?(?:tell|remind|send) me|(?:i|we) (?:am |are |'m |'re )?(?:still |only |just )*"
    r"(?:need|miss(?:ing)?) (?:the|your)|i (?:wonder|need to know|would like to know|wanted to ask)|"
    r"wer|wem|wen|wessen|was|wann|wo|woher|wohin|wie|welche[rsnm]?|gibt es|weisst du|weiss jemand|"
    r"(?:kannst|konntest) du mir (?:bitte )?sagen|sag mir|ich wollte fragen)\b",
    re.MULTILINE,
)
_AVAILABLE = _pattern(r"""
    (?:are you|r u|(?:will|would) you be|you are|you're) (?:still |also |possibly )?(?:free|available|busy|around)\b
    (?:do you|would you|will you|you) have (?:any |some |a (?:free |little |bit of )?)?(?:time|slot|moment|minute|gap|window)\b
    have you (?:got )?(?:any |some )?time\b
    any time (?:for me )?(?:on|today|tomorrow|this|next)\b
    when (?:are|would|will) you (?:be )?(?:free|available|around)\b
    is (?:your |the )?(?:calendar|afternoon|morning|evening|week|tomorrow|\w*day)\b.{0,25}? (?:free|open(?! \w+ing))\b(?! of)
    how does .{0,40} look (?:for you|in your calendar)\b
    how is your (?:calendar|day|week|\w+day)\b
    (?:what|which) (?:times?|days?) (?:work|suit|are good)\b
    free slots?\b
    (?:hast|hattest) du (?:(?:am|um|heute|morgen|noch|da|diese[nrsm]?|nachste[nrsm]?|kommende[nm]?|etwas|kurz|mal)\b.{0,30}?)?zeit\b
    (?:haben|hatten) sie .{0,30}?\bzeit\b
    wie sieht (?:dein|ihr|es bei dir|es)\b.{0,30} aus\b
    wann (?:hast|hattest) du zeit\b
    bist du (?:.{0,30}?)(?:frei|verfugbar|beschaftigt)\b
    wann bist du (?:frei|verfugbar)\b
""")
_WHAT_FOR = re.compile(r"\b(?:why|who|whom|where|warum|wieso|weshalb|wer|wem|wo)\b")
"""Asks more of the person's time than whether it is free."""
_TELL_ME = r"(?:please )?(?:tell|remind|send) me (?:again )?(?:what|when|where|who|which|how|the|if|whether|your)\b"
_DECISION = _pattern(rf"""
    (?:can|could|would|will|won't) you (?!{_TELL_ME})
    (?:should|shall) (?:i|we)\b
    can i (?:borrow|have|get|come|take|stay|keep|join)\b
    (?:can|could) we (?:meet|move|postpone|reschedule|talk|do|have|change|cancel)\b
    do you (?:want|think|agree|mind|like|love|feel|believe|promise|prefer|need|accept)\b
    (?:did|have) you (?:decide|decided|think|thought|agree)\b
    would (?:it|that) be (?:ok|okay|fine|possible)\b
    is it (?:ok|okay|fine|alright)\b
    what (?:do|did) you (?:think|want|feel|make of|prefer|say)\b
    how (?:do|did) you (?:feel|think)\b
    how (?:are|is) (?:you|it going|everything)\b
    (?:why|warum|wieso|weshalb)\b
    your (?:opinion|view|decision|thoughts)\b
    (?:kannst|konntest|wurdest|wirst|willst|mochtest|magst) du\b(?! mir (?:bitte )?sagen| (?:bitte )?sagen)
    (?:soll|sollen|sollte[nt]?|darf|durfen) (?:ich|wir)\b
    (?:konnen|konnten) wir\b
    (?:was|wie) (?:denkst|meinst|haltst|findest|sagst|willst|fuhlst) du\b
    wie geht(?:'?s| es)\b
    findest du\b
    hast du lust\b
    passt (?:es )?(?:dir|ihnen)\b
    ist es (?:ok|okay|in ordnung)\b
    let'?s\b
    (?:agree|approve|confirm|promise|versprich|zusagen)\b
""")
_TROUBLE = _pattern(r"""
    (?:urgent(?:ly)?|emergency|asap|hospital|ambulance|police|lawyer|attorney|court|sue|accident)\b
    (?:died|dying|dead|death|suicid\w*|depress\w*|divorc\w*|pregnan\w*|diagnos\w*|cancer)\b
    (?:fired|resign\w*|salary|affair|secret|confidential|passwort|password)\b
    (?:dringend|notfall|krankenhaus|polizei|anwalt|gericht|unfall|gestorben|tod|tot|scheidung|schwanger|krebs)\b
    (?:gekundigt|kundigung|gehalt|geheim|vertraulich)\b
""")
_MONEY = _pattern(r"""
    (?:send|transfer|lend|pay|wire|owe|uberweis\w*|leih\w*|bezahl\w*|zahl(?:st|en|e))\b.{0,40}\b(?:me|us|money|\d|mir|uns|geld)
    (?:iban|invoice due|gift card)\b
""")


def likeness(text: str) -> str:
    """A text as it is compared with others: its words alone."""
    return " ".join(words(text))


def read(text: str) -> Asked:
    """What kind of message it is."""
    told = fold(text).replace("’", "'")
    if not _ASKS.search(told):
        return Asked("none", "none")
    if _TROUBLE.search(told):
        return Asked("hard", "trouble")
    if _MONEY.search(told):
        return Asked("hard", "money")
    if len(text) > LONGEST:
        return Asked("hard", "long")
    if _AVAILABLE.search(told):
        if _WHAT_FOR.search(told) or _DECISION.search(_AVAILABLE.sub(" ", told)):
            return Asked("hard", "decision")
        asked = re.findall(r"[^?.!\n]+\?", told)
        others = any(not _AVAILABLE.search(each) and len(words(each)) > 2 for each in asked)
        return Asked("hard", "several") if others else Asked("availability")
    if _DECISION.search(told):
        return Asked("hard", "decision")
    if told.count("?") > 2:
        return Asked("hard", "several")
    return Asked("fact")


def is_addressed(text: str, *, group: bool, names: tuple[str, ...]) -> bool:
    """Whether a message is for the person: all are that only they and the writer read; in a group those that name them.

    `names` is what they are called there.
    """
    if not group:
        return True
    told = f" {likeness(text)} "
    return any(f" {likeness(name)} " in told for name in names if likeness(name))


def without_address(text: str, names: tuple[str, ...]) -> str:
    """A message without the name by which it turns to the person, at its beginning or its end: that is none of its question."""
    called = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name.strip())
    if not called:
        return text
    bare = re.sub(rf"^\W*(?:{called})\b[\s,:;.!–-]+|[\s,]+@?(?:{called})(?=\W*$)", "", text, flags=re.IGNORECASE)
    return bare if bare.strip() else text
