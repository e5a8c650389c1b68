"""How English says facts: a table of patterns, each tried where a clause begins.

A pattern of PREDICATES follows its subject ("I", "Anna", "my sister"); one of CLAUSES is the whole clause. `value` may be a group;
without one the value is what follows, up to where it ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sage.core.fact_words import ADVERBS, BELONGINGS, IDENTITY, MARITAL, NAME, OCCUPATION, RELATIONS
from sage.core.facts import Kind

Check = Literal["specific", "loose", "group"]


@dataclass(frozen=True)
class Rule:
    """One way to say a fact.

    `attribute` may name groups of the pattern (`is {verb}`). `check` says what a value must be: `specific` (names
    something outside its conversation), `loose` (has some word), or `group` (the pattern has seen to it). `who` is
    of whom it can be said. `future` reads dates ahead; `due` keeps them as the day by which; `dated` wants one.
    """

    name: str
    kind: Kind
    attribute: str
    pattern: re.Pattern[str]
    polarity: bool = True
    check: Check = "specific"
    who: Literal["any", "me", "other"] = "any"
    confidence: float = 0.85
    future: bool = False
    due: bool = False
    dated: bool = False
    ended: bool = False
    begins: bool = False
    split: bool = False


def _compiled(pattern: str) -> re.Pattern[str]:
    filled = (
        pattern.replace("{ADV}", ADVERBS)
        .replace("{NOT}", r"(?P<neg>(?:(?:do|does)(?:n't|nt|\s+not)|never|no\s+longer|hardly|barely)\s+)?")
        .replace("{BE}", r"(?:'m|'re|'s|\s+am|\s+is|\s+are)(?P<neg>\s+not|n't|\s+no\s+longer)?\s+")
        .replace("{HAVE}", r"(?:'ve|'s|\s+have|\s+has)\s+")
        .replace("{PLACE}", _PLACE)
        .replace("{ORG}", _ORG)
        .replace("{JOB}", OCCUPATION)
        .replace("{IDENTITY}", IDENTITY)
        .replace("{MARITAL}", MARITAL)
        .replace("{HOLD}", BELONGINGS)
        .replace("{NAME}", f"(?-i:{NAME})")
        .replace("{REL}", RELATIONS)
        .replace("{PAST}", PAST)
        .replace("{WHOSE}", WHOSE)
    )
    return re.compile(filled, re.IGNORECASE)


_PLACE = (
    r"(?P<value>(?-i:(?:the[ ]+)?[A-ZÄÖÜ][\w'.-]*(?:,?[ ]+(?:(?:de|la|am|of|the|upon|an|der)[ ]+)?[A-ZÄÖÜ][\w'-]*){0,3})"
    r"|(?:an?|the)\s+(?:[\w-]+\s+){0,2}?(?:flat|apartment|house|cottage|village|town|city|suburbs?|countryside|farm|dorm|studio|houseboat)"
    r"(?:\s+(?:in|near)\s+(?-i:[A-ZÄÖÜ][\w'-]*))?)"
)
_ORG = (
    r"(?P<value>(?-i:(?:the[ ]+)?[A-ZÄÖÜ0-9][\w'&.-]*(?:[ ]+(?:(?:and|of|the|for|&|de)[ ]+)?[A-ZÄÖÜ][\w'&-]*){0,4})"
    r"|(?:an?|the|our|my)\s+(?:[\w-]+\s+){0,4}?(?:hospital|school|university|college|bank|library|museum|company|start-?up|agency|office|firm|shop|store|"
    r"restaurant|caf[eé]|bakery|hotel|clinic|factory|studio|garage|gym|ngo|charity|government|council|newspaper|lab|nursery|kindergarten|"
    r"pharmacy|practice|foundation|bookshop|bookstore|farm|nursing\s+home))"
)
PAST = (
    r"(?:went|made|met|saw|won|got|took|had|found|bought|sold|began|started|finished|left|came|gave|told|wrote|read|ran|rode|drove|flew|"
    r"swam|sang|spoke|taught|caught|built|broke|lost|cut|hit|hurt|fell|chose|ate|drank|slept|woke|held|kept|led|paid|put|quit|sent|set|"
    r"spent|stood|threw|wore|hung|did|was\s+(?:at|in|on)|were\s+(?:at|in|on)|[a-z]{2,}ed)"
)
"""A past tense; what merely sounds like one is left out below."""
WHOSE = rf"(?P<whose>my|our|his|her|(?:my|our)\s+(?:{RELATIONS})(?:\s+(?-i:{NAME}))?'s|(?-i:{NAME})'s?)"
"""Of whom something is: "my", "Anna's", "my sister's"."""

SUBJECT = re.compile(
    rf"(?P<me>(?i:i|we))(?=['\s])|(?P<rel>(?i:my|our)[ ]+(?i:{RELATIONS})(?:[ ]+{NAME})?)(?=['\s,])"
    rf"|(?P<pron>(?i:he|she))(?=['\s])|(?P<name>{NAME})(?=['\s])"
)

_FAN = (
    r"(?:an?\s+(?:\w+\s+)?fan\s+of|into|fond\s+of|keen\s+on|passionate\s+about|obsessed\s+with|crazy\s+about|interested\s+in|big\s+on|"
    r"hooked\s+on|loving|enjoying|getting\s+into|getting\s+really\s+into|addicted\s+to)\s+"
)

PREDICATES: tuple[Rule, ...] = tuple(
    Rule(name, kind, attribute, _compiled(pattern), **options)  # type: ignore[arg-type]
    for name, kind, attribute, pattern, options in (
        # preferences
        ("likes", "preference", "likes", r"\s+{ADV}{NOT}{ADV}(?:likes?|loves?|enjoys?|adores?)\s+(?!to\s+(?:think|see|hear|know|say)\b)", {}),
        ("prefers", "preference", "prefers", r"\s+{ADV}{NOT}{ADV}prefers?\s+", {}),
        ("hates", "preference", "likes", r"\s+{ADV}(?:hates?|dislikes?|detests?|loathes?|can(?:'t|not)\s+stand)\s+", {"polarity": False}),
        ("is fond of", "preference", "likes", r"{BE}{ADV}" + _FAN, {}),
        ("has been loving", "preference", "likes", r"{HAVE}{ADV}been\s+{ADV}(?:loving|enjoying|(?:getting\s+|really\s+)*into)\s+", {}),
        ("used to like", "preference", "likes", r"\s+used\s+to\s+{ADV}(?:like|love|enjoy)\s+", {"ended": True}),
        # where and what
        ("lives in", "state", "lives in", r"\s+{ADV}{NOT}{ADV}(?:lives?|resides?)\s+(?:in|at|near)\s+{PLACE}", {"check": "group"}),
        ("is based in", "state", "lives in", r"{BE}{ADV}(?:based|living)\s+in\s+{PLACE}", {"check": "group"}),
        ("has lived in", "state", "lives in", r"{HAVE}{ADV}(?:been\s+)?liv(?:ed|ing)\s+in\s+{PLACE}", {"check": "group"}),
        ("used to live in", "state", "lives in", r"\s+(?:used\s+to\s+live|no\s+longer\s+live)s?\s+in\s+{PLACE}", {"check": "group", "ended": True}),
        ("moved to", "state", "lives in", r"(?:'ve|'s|\s+have|\s+has)?\s+{ADV}moved\s+(?:(?:back|out|house|home|over)\s+)?(?:here\s+)?(?:from\s+[\w ]{2,30}?\s+)?(?:in)?to\s+{PLACE}",
         {"check": "group", "begins": True}),
        ("works at", "state", "works at", r"\s+{ADV}{NOT}{ADV}works?\s+(?:at|for)\s+{ORG}", {"check": "group"}),
        ("is working at", "state", "works at", r"{BE}{ADV}working\s+(?:at|for)\s+{ORG}", {"check": "group"}),
        ("has worked at", "state", "works at", r"{HAVE}{ADV}(?:been\s+)?work(?:ed|ing)\s+(?:at|for)\s+{ORG}(?=.{0,12}\b(?:since|for)\b)", {"check": "group"}),
        ("used to work at", "state", "works at", r"\s+(?:used\s+to\s+work|quit\s+(?:my|his|her)\s+job|resigned)\s+(?:at|for|from)\s+{ORG}",
         {"check": "group", "ended": True}),
        ("started at", "state", "works at", r"(?:'ve|\s+have|\s+has)?\s+{ADV}(?:started|began|got|have|has)\s+(?:(?:a|my|his|her|the)\s+(?:new\s+)?job|work|working)\s+(?:at|for|with)\s+{ORG}",
         {"check": "group", "begins": True}),
        ("works as", "state", "works as", r"\s+{ADV}{NOT}{ADV}works?\s+as\s+(?P<value>an?\s+{JOB})\b", {"check": "group"}),
        ("is a", "state", "works as", r"{BE}{ADV}(?P<value>an?\s+{JOB})\b(?!\s+(?:at\s+heart|of\s+(?:life|words)))(?=\s*(?:[.,;!]|$|\n|and\b|at\b|in\b|for\b|by\b|from\b|with\b|who\b|but\b))",
         {"check": "group", "confidence": 0.8}),
        ("is", "state", "is", r"{BE}{ADV}(?P<value>(?:an?\s+)?(?:{IDENTITY}))\b(?!\s+(?:to|that|by|about))", {"check": "group"}),
        ("is married", "state", "marital status", r"{BE}{ADV}(?P<value>{MARITAL})\b(?=\s*(?:[.,;!]|$|\n|to\s+(?-i:[A-Z])|and\b|with\b|now\b|again\b|since\b|for\b))", {"check": "group"}),
        ("is allergic to", "state", "is allergic to", r"{BE}{ADV}allergic\s+to\s+", {"check": "loose", "split": True, "confidence": 0.95}),
        ("has an allergy", "state", "is allergic to", r"\s+(?:have|has|'ve\s+got)\s+an?\s+(?:severe\s+|bad\s+|mild\s+|strong\s+)?(?P<value>[\w -]{3,30}?)\s+allergy\b", {"check": "group"}),
        ("has an allergy to", "state", "is allergic to", r"\s+(?:have|has|'ve\s+got)\s+an?\s+(?:severe\s+|bad\s+|mild\s+|strong\s+)?(?:allergy|intolerance)\s+to\s+", {"check": "loose", "split": True}),
        ("does not eat", "state", "{verb}s", r"\s+(?:really\s+)?(?P<neg>(?:do|does)(?:n't|\s+not)\s+|can(?:'t|not)\s+|never\s+|no\s+longer\s+|stopped\s+|quit\s+|gave\s+up\s+)(?P<verb>eat|drink|smok)(?:ing|e|s)?\b\s*(?!that|this|it|anymore|any\s+more|much|enough|there|here|with|at|out)",
         {"check": "loose"}),
        ("has", "state", "has", r"(?:\s+{ADV}(?P<neg>(?:do|does)(?:n't|\s+not)\s+)?(?:have|has|owns?)|'ve\s+got)\s+(?P<no>no\s+)?(?P<value>(?:(?:an?|one|two|three|four|five|six|seven|\d{1,2}|any|some)\s+)?(?:(?!lot\b|few\b|bit\b|couple\b)[\w-]+\s+){0,3}?(?:{HOLD})(?:\s+(?:named|called)\s+{NAME}(?:\s+and\s+{NAME})?)?)(?=\s*(?:[.,;!]|$|\n|and\b|who\b|which\b|at\b|in\b|with\b|from\b|but\b|so\b|since\b|too\b|named\b|called\b))",
         {"check": "group", "confidence": 0.8}),
        ("adopted", "state", "has", r"(?:'ve|\s+have|\s+has)?\s+{ADV}(?:adopted|got)\s+(?P<value>(?:an?|two|another|three)\s+(?:[\w-]+\s+){0,2}?(?:dogs?|cats?|pupp(?:y|ies)|pups?|kittens?|rabbits?|hamsters?|parrots?|turtles?))\b(?!\s+(?:food|toy|bed|show))",
         {"check": "group", "begins": True, "who": "me"}),
        ("born", "state", "born in", r"\s+(?:was|were)\s+born\s+(?:and\s+raised\s+)?in\s+(?P<value>(?-i:[A-ZÄÖÜ][\w'-]*(?:,?[ ]+[A-ZÄÖÜ][\w'-]*){0,2}))(?!\s+\d)", {"check": "group"}),
        ("age", "state", "age", r"(?:(?:'m|'s|\s+am|\s+is)\s+{ADV}(?P<value>\d{1,3})\s+years?\s+old|\s+(?:just\s+)?turned\s+(?P<value2>\d{1,3})\b(?!\s*(?:%|percent|pages|degrees)))",
         {"check": "group", "begins": True}),
        ("speaks", "state", "speaks", r"\s+{ADV}{NOT}{ADV}speaks?\s+(?:fluent\s+|some\s+|a\s+little\s+)?(?P<value>(?-i:[A-Z]\w+(?:ish|ese|an|ic|ch|ek|ch|di|lu|ew|ai|in|i|il))\b(?:(?:,|\s+and)\s+(?-i:[A-Z]\w+))*)", {"check": "group", "split": True}),
        ("plays", "state", "plays", r"\s+{ADV}{NOT}{ADV}plays?\s+(?P<value>(?:the\s+)?(?:piano|guitar|violin|cello|flute|drums|clarinet|trumpet|saxophone|bass|ukulele|harp|organ|chess|tennis|football|soccer|basketball|volleyball|badminton|golf|hockey))\b",
         {"check": "group"}),
        ("is learning", "state", "is {verb}", r"(?:(?:'m|'re|'s|\s+am|\s+is|\s+are)\s+|(?:'ve|\s+have|'s|\s+has)\s+been\s+){ADV}(?P<verb>learning|studying|training\s+for|preparing\s+for|looking\s+for|looking\s+into|teaching|mentoring|coaching|volunteering\s+at|working\s+on|writing|supporting)\s+",
         {"confidence": 0.75}),
        ("mentors", "state", "{verb}", r"\s+(?P<verb>mentors?|teach(?:es)?|coach(?:es)?|volunteers?\s+at)\s+", {"confidence": 0.75}),
        ("usually", "state", "usually", r"\s+(?P<adv>usually|often|typically|normally|regularly)\s+(?!(?:am|is|are|was|were|be|have|had|has|get|feel|think|find|say|just|don't)\b|\w+ed\b)", {"check": "loose", "confidence": 0.75}),
        ("never", "state", "usually", r"\s+(?P<neg>never|rarely|seldom)\s+(?=(?:eat|drink|smoke|drive|fly|cook|watch|work|answer|check|sleep|travel|wear|take|buy|go)s?\b)", {"check": "loose", "confidence": 0.75}),
        # what is meant to happen
        ("promised", "commitment", "promised", r"(?:'ve|'s|\s+have|\s+has)?\s+(?:promis(?:ed|e)|swore|swear|agreed|committed|pledged?)\s+(?P<whom>(?!to\b|that\b|I\b|we\b)[\w']+(?:\s+(?-i:[A-Z]\w+))?\s+)?(?:(?:that\s+)?(?:I|we|he|she)(?:'ll|'d|\s+will|\s+would)|to)\s+", {"future": True, "due": True, "confidence": 0.9}),
        ("told them", "commitment", "promised", r"\s+told\s+(?P<whom>(?!you\b|myself\b)[\w']+(?:\s+(?-i:[A-Z]\w+))?)\s+(?:that\s+)?(?:I|we)(?:'d|'ll|\s+would|\s+will)\s+", {"who": "me", "future": True, "due": True}),
        ("will", "commitment", "promised", r"(?:'ll|\s+will)\s+(?:(?:definitely|certainly|also|just|then|make\s+sure\s+to|try\s+to|be\s+sure\s+to)\s+)*(?!(?:be|never|always|not|have|miss|need|remember|probably|see|know|feel|think|admit|say|love|like|enjoy|want|find|let|bet|keep|get|pass|survive|take\s+(?:it|that|a)|forever|soon|still|regret|die|lose|win|cherish|treasure|wait|leave\s+(?:it|you)|stop\s+here|come\s+back)\b)(?=[a-z])",
         {"who": "me", "future": True, "due": True, "confidence": 0.8}),
        ("they will", "commitment", "promised", r"(?:'ll|\s+will)\s+(?!(?:be|never|always|not|have|miss|need|probably|see|know|feel|think|love|like|turn|become)\b)(?=[a-z])", {"who": "other", "future": True, "due": True, "dated": True, "confidence": 0.75}),
        ("decided", "commitment", "decided", r"(?:'ve|'s|\s+have|\s+has)?\s+(?:finally\s+|just\s+)?(?:decided|resolved|chosen|made\s+up\s+my\s+mind)\s+(?P<neg>not\s+)?(?:to|on|against(?P<no>))\s+", {"future": True, "due": True}),
        ("plans", "commitment", "plans", r"(?:(?:'m|'re|\s+am|\s+are|\s+is)\s+(?:(?:definitely|also|just|now|still|all|really)\s+)*(?:planning|hoping|intending|determined)\s+(?:to|on)|\s+{ADV}(?:plan|intend|hope)s?\s+(?:to|on))\s+(?!(?:see|hear|be)\b)", {"future": True, "due": True}),
        ("is going to", "commitment", "plans", r"(?:'m|'re|\s+am|\s+are|\s+is)?\s+(?:(?:definitely|also|just|now|still)\s+)*(?:(?<=[mer]\s)going\s+to|gonna)\s+(?:(?:definitely|also|just)\s+)*(?!(?:be|have|miss|need|love|die|cry|say|see|feel|try\s+(?:it|that)|go\s+(?:back|now)|the|a|my|check|give)\b)(?=[a-z])",
         {"future": True, "due": True, "confidence": 0.75}),
        ("is doing then", "commitment", "plans", r"(?:'m|'re|\s+am|\s+are)\s+(?:also\s+)?(?P<value>(?:going|flying|travelling|traveling|driving|visiting|meeting|having|hosting|throwing|starting|moving|taking|seeing|giving|attending|running|leaving|playing|performing|getting|presenting|picking)\s+[^,;!?\n]*)",
         {"future": True, "due": True, "dated": True, "who": "me"}),
        ("wants to", "commitment", "wants", r"(?:\s+{ADV}(?P<neg>(?:do|does)(?:n't|\s+not)\s+)?wants?\s+to|'d\s+(?:really\s+)?(?:like|love)\s+to|\s+would\s+(?:really\s+)?(?:like|love)\s+to|(?:'ve|\s+have)?\s+always\s+(?:wanted|dreamed|dreamt)\s+(?:to|of)|\s+dream\s+of)\s+(?!(?:know|hear|see\s+(?:it|that|you)|say|thank|be\s+there|go\s+there|share|check|try\s+(?:it|that)|join|try\s+making\s+it|support)\b)",
         {"future": True, "due": True, "who": "me", "confidence": 0.8}),
        ("must by then", "commitment", "has to", r"\s+(?:have|has|need|needs|must|ought)(?:\s+to)?\s+(?=[a-z])(?!(?:a|an|the|some|no|two|been|any|my)\b)", {"future": True, "due": True, "dated": True, "who": "me", "confidence": 0.8}),
        # belief
        ("thinks", "belief", "thinks", r"\s+(?:(?:really|still|now|firmly|strongly|honestly|also|personally)\s+)*(?P<neg>(?:do|does)(?:n't|\s+not)\s+|no\s+longer\s+)?(?:think|believe|reckon)s?\s+(?:that\s+)?(?!(?:i|i'm|i'll|i'd|you|you're|it|it's|this|that's|that|we|we're|so|he|she|they|there|there's|about|of|in|back|not|the\s+same|he's|she's|they're|his|her|their|your)\b)(?=\w+\s+\w+\s+\w+)",
         {"check": "loose", "confidence": 0.7, "who": "me"}),
        ("is convinced", "belief", "thinks", r"(?:'m|\s+am)\s+(?P<neg>not\s+)?(?:{ADV})(?:convinced|of\s+the\s+opinion|certain)\s+(?:that\s+)?(?!(?:i|you|it|this|that|he|she|they)\b)(?=\w+\s+\w+\s+\w+)", {"check": "loose", "confidence": 0.75, "who": "me"}),
        # what happened when
        ("did", "date", "did", r"(?:'ve)?\s+(?:(?:just|finally|recently|also|even|actually)\s+)*(?P<value>(?!(?:need|used|wanted|liked|loved|hated|needed|felt|seemed|looked|supposed|realized|realised|wondered|thought|wished|excited|tried\s+it|enjoyed\s+it|talked|chatted|missed\s+(?:you|it)|mentioned|told|heard|had\s+to|bed|feed|speed|shed|red|hundred|indeed|embed)\b){PAST}\s+[^,;!?\n]*)",
         {"dated": True, "who": "any", "confidence": 0.85}),
    )
)  # fmt: skip

_IS = r"(?:'s|\s+is|\s+are|\s+has\s+to\s+be|\s+will\s+always\s+be)\s+"
_PHONE = r"(?P<value>\+?\(?\d[\d\s()/.-]{5,22}\d)"
_MAIL = r"(?P<value>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"

CLAUSES: tuple[Rule, ...] = tuple(
    Rule(name, kind, attribute, _compiled(pattern), **options)  # type: ignore[arg-type]
    for name, kind, attribute, pattern, options in (
        ("favourite", "preference", "favourite {what}", r"{WHOSE}\s+(?:new\s+|all[- ]time\s+|absolute\s+)*favou?rite\s+(?P<what>(?!part\b|thing\b|moment\b|memory\b|bit\b|ones?\b)[\w-]+(?:\s+(?!is\b|are\b|has\b|called\b)[\w-]+){0,2})(?:" + _IS + r"|\s+called\s+)(?:this\s+|these\s+)?(?:amazing\s+|awesome\s+|the\s+)?", {"check": "loose"}),
        ("is my favourite", "preference", "favourite {what}", r"(?P<value>(?!(?:it|this|that|which|these|those|they|he|she|here|there|what|one)\b)[\w'-]+(?:\s+(?!is\b|are\b|was\b)[\w'-]+){0,4})(?:'s|\s+is|\s+are)\s+(?P<whose>my)\s+(?:absolute\s+|all[- ]time\s+)?favou?rites?\s+(?P<what>(?!part\b|thing\b|moment\b|memory\b|bit\b|ones?\b)[\w-]+)", {"check": "specific_group"}),
        ("one of my favourites", "preference", "likes", r"(?P<value>(?!(?:it|this|that|which|these|those|they|he|she|here|there|what|one)\b)[\w'-]+(?:\s+(?!is\b|are\b|was\b)[\w'-]+){0,4})(?:'s|\s+is|\s+are)\s+(?:one\s+of|among)\s+(?P<whose>my)\s+(?:absolute\s+|all[- ]time\s+)?favou?rites?\b", {"check": "specific_group"}),
        ("birthday", "date", "birthday", r"{WHOSE}\s+(?:birthday|b-?day)(?:'s|\s+is|\s+falls)\s+(?:on\s+)?(?P<day>)", {"check": "day"}),
        ("anniversary", "date", "anniversary", r"{WHOSE}\s+(?:wedding\s+)?anniversary(?:'s|\s+is|\s+falls)\s+(?:on\s+)?(?P<day>)", {"check": "day"}),
        ("was born on", "date", "birthday", r"(?P<born>(?i:I|he|she)|(?i:my|our)\s+(?:{REL})(?:\s+{NAME})?|{NAME})\s+(?:was|were)\s+born\s+(?:on|in)\s+(?P<day>)", {"check": "day"}),
        ("phone", "person", "phone", r"{WHOSE}\s+(?:new\s+|work\s+|home\s+|mobile\s+|cell\s+)*(?:phone|mobile|cell|telephone|number)(?:\s+number)?(?:'s|\s+is|:)\s+" + _PHONE, {"check": "group", "confidence": 0.95}),
        ("e-mail", "person", "e-mail", r"{WHOSE}\s+(?:new\s+|work\s+|home\s+|private\s+)*(?:e-?mail)(?:\s+address)?(?:'s|\s+is|:)\s+" + _MAIL, {"check": "group", "confidence": 0.95}),
        ("address", "person", "address", r"{WHOSE}\s+(?:new\s+|home\s+)?address\s+is\s+(?P<value>[^;!?\n]{5,80}?\d[^;!?\n]{0,40})", {"check": "group"}),
        ("my name", "state", "is called", r"{WHOSE}\s+(?:full\s+|real\s+|first\s+)?name(?:'s|\s+is)\s+(?P<value>{NAME})", {"check": "group"}),
        ("relation", "person", "{rel}", r"(?:my|our)\s+(?:new\s+|older\s+|elder\s+|younger\s+|little\s+|big\s+|oldest\s+|youngest\s+)?(?P<rel>{REL})(?:'s\s+name)?(?:'s|\s+is)\s+(?:called\s+|named\s+)?(?P<value>{NAME})(?=\s*(?:[.,;!]|$|\n|and\b|but\b))", {"check": "group"}),
        ("is my relation", "person", "{rel}", r"(?P<value>{NAME})\s+is\s+my\s+(?:new\s+|older\s+|elder\s+|younger\s+|little\s+|big\s+|oldest\s+|youngest\s+)?(?P<rel>{REL})\b(?!')", {"check": "group"}),
        ("dream", "commitment", "wants", r"(?P<whose>my)\s+(?:\w+\s+)?(?:dream|goal|aim|wish|resolution|plan)\s+(?:is|for\s+\w+(?:\s+\w+)?\s+is)\s+(?:to|that)\s+", {"future": True, "due": True}),
        ("appointment", "date", "is on", r"(?:(?P<whose>my|our|the|your)\s+)?(?P<topic>(?:(?!(?:i|we|my|a|an|it|the)\b)[\w'-]+\s+){0,2}(?:appointment|meeting|interview|exam|test|flight|wedding|party|conference|call|visit|surgery|operation|workshop|concert|lesson|class|trip|deadline|dinner|lunch|review|presentation|launch|release|move|check-?up|course|train)(?:\s+(?:with|at|for|to|of|about)\s+(?!be\b|move)(?:(?!is\b|has\b|was\b|got\b|moved\b|will\b|starts\b|at\b|on\b)[\w'.-]+\s*){1,4}?)?)\s*(?:'s|\s+is|\s+has\s+been|\s+was|\s+got|\s+will\s+be|\s+starts|\s+takes\s+place|\s+is\s+now|)\s*(?:now\s+)?(?:moved|rescheduled|postponed|scheduled|set|pushed|brought\s+forward|planned|due|booked|confirmed)?\s+(?:to|for|until|on|in|at)?\s*(?P<day>)(?=\b)", {"check": "day", "future": True}),
        ("have an appointment", "date", "is on", r"(?:I|we)\s*(?:'ve\s+got|have|'m\s+having|got)\s+(?:an?|my|our|the|another)\s+(?P<topic>(?:[\w'-]+\s+){0,2}(?:appointment|meeting|interview|exam|test|flight|wedding|party|conference|call|surgery|operation|workshop|concert|lesson|dinner|lunch|review|presentation|deadline|check-?up|show|reservation)(?:\s+(?:with|at|for|to)\s+(?:(?!on\b|at\b|next\b|this\b|tomorrow\b)[\w'.-]+\s*){1,4}?)?)\s*(?:on|at|in|for)?\s*(?P<day>)(?=\b)", {"check": "day", "future": True}),
    )
)  # fmt: skip

LINES: tuple[Rule, ...] = tuple(
    Rule(name, kind, attribute, _compiled(pattern), **options)  # type: ignore[arg-type]
    for name, kind, attribute, pattern, options in (
        ("phone line", "person", "phone", r"(?P<label>(?:phone|tel(?:ephone)?|mobile|cell|handy|telefon|mobil)\.?|{NAME})(?:\s*\([\w ]+\))?\s*:\s*" + _PHONE + r"\s*$", {"check": "group", "confidence": 0.9}),
        ("e-mail line", "person", "e-mail", r"(?P<label>e-?mail|mail|{NAME})\s*:\s*" + _MAIL + r"\s*$", {"check": "group", "confidence": 0.9}),
        ("birthday line", "date", "birthday", r"(?P<label>birthday|born|date\s+of\s+birth|geburtstag|geboren|dob)\s*:\s*(?:on\s+)?(?P<day>)", {"check": "day", "confidence": 0.9}),
        ("allergy line", "state", "is allergic to", r"(?:(?P<label>allerg(?:y|ies|ic|isch|ien?))\s*:\s*|(?P<label2>allergic\s+to|allergisch\s+gegen)\s+)", {"check": "loose", "split": True, "confidence": 0.9}),
        ("home line", "state", "lives in", r"(?P<label>lives\s+in|home|lives|wohnt\s+in|wohnort)\s*:?\s+{PLACE}\s*$", {"check": "group"}),
        ("work line", "state", "works at", r"(?P<label>works\s+(?:at|for)|employer|company|arbeitet\s+bei)\s*:?\s+{ORG}\s*$", {"check": "group"}),
    )
)  # fmt: skip
"""What stands alone in a line, below somebody's name."""

NAMED_RELATION = re.compile(rf"\b(?i:my|our|meine?[nrm]?)\s+(?:(?i:older|elder|younger|little|big|new|best|dear|ältere|jüngere|kleine|große)\s+)?(?P<rel>(?i:{RELATIONS}))(?:\s*,)?\s+(?P<value>{NAME})(?=\s*(?:[.,;!:)]|$|\s))")
"""Somebody named on the way: "my sister Anna"."""
NAMED_ONE = re.compile(rf"\b(?P<rel>dog|cat|puppy|pup|kitten|rabbit|hamster|parrot|horse|son|daughter|sister|brother)\s*,?\s+(?:named|called)\s+(?P<value>{NAME})")
"""Somebody named with what they are: "a dog named Rex"."""
NAMED_PET = re.compile(rf"\b(?i:I|we)\s+(?:'ve\s+)?(?:named|called)\s+(?:him|her|it|them)\s+(?P<value>{NAME})")
PETS = re.compile(r"\b(?:pups?|puppy|puppies|dogs?|doggo|cats?|kittens?|pets?|rabbit|hamster|parrot|turtle|horse|shelter)\b", re.IGNORECASE)
