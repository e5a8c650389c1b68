"""How English says facts after their subject: "I …", "Anna …", "my sister …"."""

from __future__ import annotations

from sage.core.facts.fact_rules import Rule, rule
from sage.core.facts.fact_words import (
    BELONGING_WORDS,
    BELONGINGS,
    DEEDS,
    IDENTITY,
    IDENTITY_WORDS,
    MARITAL,
    OCCUPATION,
    OCCUPATION_WORDS,
)
from sage.core.plain_dates import WEEKDAYS

_FAN = (
    r"(?:an?\s+(?:\w+\s+)?fan\s+of|into|fond\s+of|keen\s+on|passionate\s+about|obsessed\s+with|crazy\s+about|interested\s+in"
    r"|big\s+on|hooked\s+on|loving|enjoying|getting\s+(?:really\s+)?into|addicted\s+to)\s+"
)
_CLAUSE_GOES_ON = (
    r"(?=\s*(?:[.,;!]|$|\n|(?:and|at|in|for|by|from|with|who|but|since|too|so|now|again|which|named|called)\b))"
)
_HAVE_DONE = r"(?:'ve|'s|\s+have|\s+has)?\s+"
_A_NEW_JOB = r"(?:(?:a|my|his|her|the)\s+(?:new\s+)?job|work|working)"

_PREFERENCES = (
    rule("likes", "preference", "likes", "like likes love loves enjoy enjoys adore adores",
         r"\s+{ADV}{NOT}{ADV}{S:like|love|enjoy|adore}\s+(?!to\s+(?:think|see|hear|know|say)\b)"),
    rule("prefers", "preference", "prefers", "prefer prefers", r"\s+{ADV}{NOT}{ADV}{S:prefer}\s+"),
    rule("hates", "preference", "likes", "hate hates dislike dislikes detest detests loathe loathes stand",
         r"\s+{ADV}(?:{S:hate|dislike|detest|loathe}|can(?:'t|not)\s+stand)\s+", polarity=False),
    rule("is fond of", "preference", "likes", "fan into fond keen passionate obsessed crazy interested big hooked loving enjoying "
         "getting addicted", r"{BE}{ADV}" + _FAN),
    rule("has been loving", "preference", "likes", "loving enjoying into",
         r"{HAVE}{ADV}been\s+{ADV}(?:loving|enjoying|(?:getting\s+|really\s+)*into)\s+"),
    rule("used to like", "preference", "likes", "used", r"\s+used\s+to\s+{ADV}(?:like|love|enjoy)\s+", ended=True),
)  # fmt: skip

_STATES = (
    rule("lives in", "state", "lives in", "live lives reside resides",
         r"\s+{ADV}{NOT}{ADV}{S:live|reside}\s+(?:in|at|near)\s+{PLACE}", check="group"),
    rule("is based in", "state", "lives in", "based living", r"{BE}{ADV}(?:based|living)\s+in\s+{PLACE}", check="group"),
    rule("has lived in", "state", "lives in", "lived living", r"{HAVE}{ADV}(?:been\s+)?liv(?:ed|ing)\s+in\s+{PLACE}",
         check="group"),
    rule("used to live in", "state", "lives in", "used", r"\s+used\s+to\s+live\s+in\s+{PLACE}", check="group", ended=True),
    rule("moved to", "state", "lives in", "moved",
         rf"{_HAVE_DONE}" r"{ADV}moved\s+(?:(?:back|out|house|home"
         r"|over)\s+)?(?:here\s+)?(?:from\s+[\w ]{2,30}?\s+)?(?:in)?to\s+{PLACE}",
         check="group", begins=True),
    rule("works at", "state", "works at", "work works", r"\s+{ADV}{NOT}{ADV}{S:work}\s+(?:at|for)\s+{ORG}", check="group"),
    rule("is working at", "state", "works at", "working", r"{BE}{ADV}working\s+(?:at|for)\s+{ORG}", check="group"),
    rule("has worked at", "state", "works at", "worked working",
         r"{HAVE}{ADV}(?:been\s+)?work(?:ed|ing)\s+(?:at|for)\s+{ORG}(?=.{0,12}\b(?:since|for)\b)", check="group"),
    rule("used to work at", "state", "works at", "used quit resigned",
         r"\s+(?:used\s+to\s+work|quit\s+(?:my|his|her)\s+job|resigned)\s+(?:at|for|from)\s+{ORG}", check="group", ended=True),
    rule("started at", "state", "works at", "started began got have has",
         _HAVE_DONE + r"{ADV}(?:started|began|got|have|has)\s+" + _A_NEW_JOB + r"\s+(?:at|for|with)\s+{ORG}", check="group",
         begins=True),
    rule("works as", "state", "works as", "work works", r"\s+{ADV}{NOT}{ADV}{S:work}\s+as\s+" rf"(?P<value>an?\s+{OCCUPATION})\b",
         check="group"),
    rule("is a", "state", "works as", OCCUPATION_WORDS, r"{BE}{ADV}" rf"(?P<value>an?\s+{OCCUPATION})\b{_CLAUSE_GOES_ON}",
         check="group", confidence=0.8),
    rule("works in", "state", "works {prep}", "work works",
         r"\s+{ADV}{NOT}{ADV}{S:work}\s+(?P<prep>in|on|with)\s+(?!(?:a\s+few|order|progress|my\s+own)\b)", confidence=0.75,
         who="kin"),
    rule("is", "state", "is", IDENTITY_WORDS, r"{BE}{ADV}"
         rf"(?P<value>(?:an?\s+)?(?:{IDENTITY}))\b(?!\s+(?:to|that|by|about))", check="group"),
    rule("is married", "state", "marital status", "married single divorced engaged widowed separated",
         r"{BE}{ADV}" rf"(?P<value>{MARITAL})\b(?=\s+to\s+(?-i:[A-Z])|{_CLAUSE_GOES_ON[3:]}", check="group"),
    rule("is allergic to", "state", "is allergic to", "allergic", r"{BE}{ADV}allergic\s+to\s+", check="loose", split=True,
         confidence=0.95),
    rule("has an allergy", "state", "is allergic to", "allergy",
         r"(?:\s+{S:have}|'ve\s+got)\s+an?\s+(?:severe\s+|bad\s+|mild\s+|strong\s+)?(?P<value>[\w -]{3,30}?)\s+allergy\b",
         check="group"),
    rule("has an allergy to", "state", "is allergic to", "allergy intolerance",
         r"(?:\s+{S:have}|'ve\s+got)\s+an?\s+(?:severe\s+|bad\s+|mild\s+|strong\s+)?(?:allergy|intolerance)\s+to\s+",
         check="loose", split=True),
    rule("does not smoke", "state", "smokes", "smoke smokes smoking",
         r"\s+(?P<neg>(?:do|does)(?:n't|\s+not)\s+|never\s+|no\s+longer\s+|stopped\s+|quit\s+|gave\s+up\s+)smok(?:ing"
         r"|es?)\b(?!\s+(?:in|that|here)\b(?!\s+(?-i:[A-Z]|[12])))",
         check="any", begins=True),
    rule("has been", "state", "is", IDENTITY_WORDS,
         r"(?:{HAVE}{ADV}been|\s+{ADV}became|{HAVE}become)\s+" rf"(?P<value>(?:an?\s+)?(?:{IDENTITY}))\b", check="group",
         begins=True),
    rule("owes", "state", "owes", "owe owes", r"\s+{ADV}{NOT}{S:owe}\s+(?=.*\d)", check="loose"),
    rule("drives", "state", "drives", "drive drives", r"\s+{ADV}{NOT}{S:drive}\s+(?P<value>an?\s+(?:\w+\s+)?(?-i:[A-Z])[\w-]+)",
         check="group"),
    rule("every", "state", "usually", "every",
         r"\s+(?P<value>(?:go|run|swim|play|meet|call|visit|cook|read|take|walk|cycle|train|practi[cs]e|water|write"
         r"|have\s+(?:lunch|dinner|coffee))\b"
         r"[^,.;!?\n]*\severy\s+(?:\w+\s+)?(?:day|morning|evening|night|week|weekend|month|year"
         rf"|(?:{'|'.join(WEEKDAYS)})s?))\b",
         check="group", who="kin", confidence=0.8),
    rule("does not eat", "state", "{verb}s", "eat eats eating drink drinks drinking",
         r"\s+(?:really\s+)?(?P<neg>(?:do|does)(?:n't|\s+not)\s+|can(?:'t|not)\s+|never\s+|no\s+longer\s+|stopped\s+|quit\s+"
         r"|gave\s+up\s+)"
         r"(?P<verb>eat|drink)(?:ing|s)?\b\s*(?!that|this|it|anymore|any\s+more|much|enough|there|here|with|at|out)",
         check="loose"),
    rule("has", "state", "has", BELONGING_WORDS,
         r"(?:\s+{ADV}(?P<neg>(?:do|does)(?:n't|\s+not)\s+)?{S:have|own}|'ve\s+got)\s+(?P<no>no\s+)?(?P<value>(?:(?:an?|one|two"
         r"|three|four"
         r"|five|six|seven|\d{1,2}|any|some)\s+)?(?:(?!lot\b|few\b|bit\b|couple\b)[\w-]+\s+){0,3}?"
         rf"(?:{BELONGINGS}))\b{_CLAUSE_GOES_ON}",
         check="group", confidence=0.8),
    rule("adopted", "state", "has", "adopted got",
         _HAVE_DONE + r"{ADV}(?:adopted|got)\s+(?P<value>(?:an?|two|another|three)\s+(?:[\w-]+\s+){0,2}?(?:dogs?|cats?|pupp(?:y"
         r"|ies)|pups?"
         r"|kittens?|rabbits?|hamsters?|parrots?|turtles?))\b(?!\s+(?:food|toy|bed|show))", check="group", begins=True, who="me"),
    rule("born", "state", "born in", "born",
         r"\s+(?:was|were)\s+born\s+(?:and\s+raised\s+)?in\s+(?P<value>(?-i:[A-ZÄÖÜ][\w'-]*(?:,?[ ]+[A-ZÄÖÜ][\w'-]*){0,2}))(?!"
         r"\s+\d)"
         , check="group"),
    rule("age", "state", "age", "old turned",
         r"(?:(?:'m|'s|\s+am|\s+is)\s+{ADV}(?P<value>\d{1,3})(?=\s+years?\s+old)|\s+(?:just\s+)?turned\s+(?P<value2>\d{1,3})\b"
         r"(?!\s*(?:%|percent|pages|degrees)))", check="group", begins=True),
    rule("speaks", "state", "speaks", "speak speaks",
         r"\s+{ADV}{NOT}{ADV}{S:speak}\s+(?:fluent\s+|some\s+|a\s+little\s+)?(?P<value>(?-i:[A-Z]\w+(?:ish|ese|an|ic|ch|ek|di|lu"
         r"|ew|ai|il))\b"
         r"(?:(?:,|\s+and)\s+(?-i:[A-Z]\w+))*)", check="group", split=True),
    rule("plays", "state", "plays", "play plays",
         r"\s+{ADV}{NOT}{ADV}{S:play}\s+(?P<value>(?:the\s+)?(?:piano|guitar|violin|cello|flute|drums|clarinet|trumpet|saxophone"
         r"|bass"
         r"|ukulele|harp|organ|chess|tennis|football|soccer|basketball|volleyball|badminton|golf|hockey))\b", check="group"),
    rule("has been to", "state", "has been to", "been visited travelled traveled",
         r"{HAVE}{ADV}(?:been\s+to|visited|travell?ed\s+to)\s+{PLACE}", check="group"),
    rule("is learning", "state", "is {verb}", "learning studying training preparing looking teaching mentoring coaching "
         "volunteering "
         "working teaming writing supporting dating",
         r"(?:{BE}|{HAVE}been\s+){ADV}(?P<verb>learning|studying|training\s+for|preparing\s+for|looking\s+for|looking\s+into"
         r"|teaching"
         r"|mentoring|coaching|volunteering\s+at|working\s+on|working\s+with|teaming\s+up\s+with|writing|supporting|dating)\s+",
         confidence=0.75),
    rule("mentors", "state", "{verb}", "mentor mentors teach teaches coach coaches volunteer volunteers",
         r"\s+(?P<verb>{S:mentor|teach|coach}|volunteers?\s+at)\s+", confidence=0.75),
    rule("usually", "state", "usually", "usually often typically normally regularly",
         r"\s+(?:usually|often|typically|normally|regularly)\s+(?!(?:am|is|are|was|were|be|have|had|has|get|feel|think|find|say"
         r"|just"
         r"|don't)\b|\w+ed\b)", check="loose", confidence=0.75, who="kin"),
    rule("never", "state", "usually", "never rarely seldom",
         r"\s+(?P<neg>never|rarely|seldom)\s+(?=(?:cook|watch|work|answer|drive|fly|sleep|travel|wear|take|buy|go)s?\b)",
         check="loose", confidence=0.75, who="kin"),
)  # fmt: skip

_NO_DEED = (
    r"(?!(?:be|never|always|not|have|miss|need|remember|probably|see|know|feel|think|admit|say|love|like|enjoy|want|find|let|bet"
    r"|keep|get"
    r"|pass|survive|check|give\s+(?:it|that)|try|go\s+for\s+it|take\s+(?:it|that|a)|forever|soon|still|regret|die|lose|win|cherish"
    r"|treasure|wait|leave\s+(?:it|you)|come\s+back|catch|start\s+thinking|stop)\b)(?=[a-z])"
)
_MEANING_TO = (
    r"(?:(?:definitely|certainly|also|just|then|make\s+sure\s+to|be\s+sure\s+to|try\s+to|make\s+sure\s+I)\s+)*+"
)

_COMMITMENTS = (
    rule("promised", "commitment", "promised", "promise promised swore swear agreed committed pledge pledged",
         _HAVE_DONE + r"(?:promised|{S:promise|swear|pledge}|swore|agreed|committed|pledged)\s+(?P<whom>(?!to\b|that\b|I\b"
         r"|we\b)[\w']+"
         r"(?:\s+(?-i:[A-Z]\w+))?\s+)?(?:(?:that\s+)?(?:I|we|he|she)(?:'ll|'d|\s+will|\s+would)|to)\s+"
         r"(?!(?:all|the|you|my|our|an?|this|that|these|those|everyone|everybody|them|him|her)\b)",
         future=True, due=True, confidence=0.9),
    rule("told them", "commitment", "promised", "told",
         r"\s+told\s+(?P<whom>(?!you\b|myself\b)[\w']+(?:\s+(?-i:[A-Z]\w+))?)\s+(?:that\s+)?(?:I|we)(?:'d|'ll|\s+would"
         r"|\s+will)\s+",
         who="me", future=True, due=True),
    rule("will do", "commitment", "promised", "will i'll we'll", r"(?:'ll|\s+will)\s+" + _MEANING_TO + rf"(?={DEEDS})",
         who="me", future=True, due=True, confidence=0.8),
    rule("will by then", "commitment", "plans", "will i'll we'll", r"(?:'ll|\s+will)\s+" + _MEANING_TO + _NO_DEED,
         who="me", future=True, due=True, dated=True, confidence=0.8),
    rule("they will", "commitment", "promised", "will he'll she'll",
         r"(?:'ll|\s+will)\s+" + _NO_DEED + rf"(?={DEEDS})", who="other", future=True, due=True, dated=True, confidence=0.75),
    rule("decided", "commitment", "decided", "decided resolved chosen",
         _HAVE_DONE + r"(?:finally\s+|just\s+)?(?:decided|resolved|chosen)\s+(?P<neg>not\s+)?to\s+", future=True, due=True),
    rule("decided on", "commitment", "decided on", "decided settled",
         _HAVE_DONE + r"(?:finally\s+|just\s+)?(?:decided|settled)\s+(?:on|(?P<no>against))\s+", future=True, due=True),
    rule("plans", "commitment", "plans", "planning hoping intending determined plan plans intend intends hope hopes",
         r"(?:(?:'m|'re|\s+am|\s+are|\s+is)\s+(?:(?:definitely|also|just|now|still|all|really)\s+)*+(?:planning|hoping|intending"
         r"|determined)\s+(?:to|on)|\s+{ADV}{S:plan|intend|hope}\s+(?:to|on))\s+(?!(?:see|hear|be|join)\b)", future=True,
         due=True),
    rule("is going to", "commitment", "plans", "going gonna",
         r"(?:'m|'re|\s+am|\s+are|\s+is)?\s+(?:(?:definitely|also|just|now|still)\s+)*+(?:(?<=[mer]\s)going\s+to|gonna)\s+"
         r"(?:(?:definitely|also|just)\s+)*+(?!(?:be|have|miss|need|love|die|cry|say|see|feel|try|go\s+(?:back|now)|the|a|my"
         r"|check|give"
         r"|get|win|talk)\b)(?=[a-z])", future=True, due=True, confidence=0.75),
    rule("is doing then", "commitment", "plans", "going flying travelling traveling driving visiting meeting having hosting "
         "throwing "
         "starting moving taking seeing giving attending running leaving playing performing getting presenting picking",
         r"(?:'m|'re|\s+am|\s+are)\s+(?:also\s+)?(?P<value>(?:going|flying|travell?ing|driving|visiting|meeting|having|hosting"
         r"|throwing"
         r"|starting|moving|taking|seeing|giving|attending|running|leaving|playing|performing|getting|presenting"
         r"|picking)\s+[^,;!?\n]*)",
         future=True, due=True, dated=True, who="me", to_end=True),
    rule("wants to", "commitment", "wants", "want wants i'd would wanted dreamed dreamt dream",
         r"(?:\s+{ADV}(?P<neg>(?:do|does)(?:n't|\s+not)\s+)?{S:want}\s+to|'d\s+(?:really\s+)?(?:like|love)\s+to"
         r"|\s+would\s+(?:really\s+)?(?:like|love)\s+to|(?:'ve|\s+have)?\s+always\s+(?:wanted|dreamed|dreamt)\s+(?:to|of)"
         r"|\s+dream\s+of)"
         r"\s+(?!(?:know|hear|see\s+(?:it|that|you|a\s+p)|say|thank|be\s+there|go\s+there|share|check|try|join|support|talk)\b)",
         future=True, due=True, who="me", confidence=0.8),
    rule("must by then", "commitment", "has to", "have need must ought",
         r"\s+(?:have|need|must|ought)(?:\s+to)?\s+(?=[a-z])(?!(?:a|an|the|some|no|two|been|any|my)\b)",
         future=True, due=True, dated=True, who="me", confidence=0.8),
)  # fmt: skip

_NO_SUBJECT = (
    r"(?!(?:i|i'm|i'll|i'd|i've|you|you're|you'll|it|it's|its|this|that's|that|we|we're|so|he|she|they|there|there's|about|of|in"
    r"|back|not|the"
    r"\s+same|he's|she's|they're|his|her|their|your|was|is|are|were|would|will|can|right|now|any\s+of|given|when|while|once"
    r"|after)\b)(?=[\w'-]+\s+[\w'-]+\s+[\w'-]+)"
)

_BELIEFS = (
    rule("thinks", "belief", "thinks", "think believe reckon",
         r"\s+(?:(?:really|still|now|firmly|strongly|honestly|also|personally)\s+)*+(?P<neg>(?:do|does)(?:n't|\s+not)\s+"
         r"|no\s+longer\s+)?"
         r"(?:think|believe|reckon)\s+(?:that\s+)?+" + _NO_SUBJECT, check="loose", confidence=0.7, who="me"),
    rule("is convinced", "belief", "thinks", "convinced opinion certain",
         r"(?:'m|\s+am)\s+(?P<neg>not\s+)?{ADV}(?:convinced|of\s+the\s+opinion|certain)\s+(?:that\s+)?+" + _NO_SUBJECT,
         check="loose", confidence=0.75, who="me"),
)  # fmt: skip

_NOTHING_DONE = (
    r"(?!(?:need|used|wanted|liked|loved|hated|needed|felt|seemed|looked|supposed|reali[sz]ed|wondered|wished|excited|tried\s+it"
    r"|enjoyed\s+it|talked|chatted|missed\s+(?:you|it)|mentioned|promised|told|decided|planned|agreed|meant|hoped|had\s+(?:to"
    r"|not|been|originally)|bed|feed|speed|shed|red"
    r"|hundred|indeed)\b)"
)

EVENT = rule(
    "did", "date", "did", "",
    r"(?:'ve)?\s+(?:(?:just|finally|recently|also|even|actually)\s+)*+(?P<value>" + _NOTHING_DONE + r"{PAST}\s+[^,;!?\n]*)",
    dated=True, who="kin", to_end=True,
)  # fmt: skip
"""What was done on a day that is named."""

PREDICATES: tuple[Rule, ...] = (*_PREFERENCES, *_STATES, *_COMMITMENTS, *_BELIEFS)
