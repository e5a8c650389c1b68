"""How German says facts: the plainest ways only, each in a whole clause."""

from __future__ import annotations

from sage.core.facts.fact_rules import Rule, rule
from sage.core.facts.fact_words import NAME, RELATIONS_DE

_WHO = rf"(?P<born>ich|wir|(?-i:{NAME})|(?:meine?|unsere?)\s+(?:{RELATIONS_DE})(?:\s+(?-i:{NAME}))?|sie|er)"
_NOT = r"(?P<neg>(?:nicht|keine?[nrms]?|kein|nie|niemals)\s+)?"
_ADV = r"(?:(?:sehr|auch|wirklich|jetzt|immer|noch|total|echt|mittlerweile|inzwischen|seit\s+\w+(?:\s+\w+)?|seit\s+\d+)\s+)*?"
_TO_US = r"(?:(?:dir|euch|ihm|ihr|ihnen|Ihnen|(?-i:[A-Z]\w+))\s+)?"
_DEED = (
    r"(?:schicke|sende|bringe|rufe|schreibe|kaufe|besorge|bezahle|überweise|erledige|kümmere|melde|gebe|hole|mache|buche"
    r"|bestelle|antworte"
    r"|besuche|prüfe|reiche|liefere|werde|treffe|fahre|fliege|gehe)"
)

GERMAN: tuple[Rule, ...] = (
    rule("wohnt in", "state", "lives in", "wohne wohnt lebe lebt wohnen leben",
         _WHO + r"\s+" + _ADV + r"(?:wohn|leb)(?:e|t|en)\s+" + _ADV + r"(?P<no>nicht\s+mehr\s+)?in\s+{PLACE}", check="group"),
    rule("wohne ich", "state", "lives in", "wohne lebe",
         r"(?:seit\s+\w+\s+)?(?:wohne|lebe)\s+(?P<born>ich)\s+" + _ADV + r"in\s+{PLACE}", check="group"),
    rule("zog nach", "state", "lives in", "gezogen", r"(?P<born>ich|wir)\s+(?:bin"
         r"|sind)\s+[^,.;!?\n]{0,40}?nach\s+{PLACE}\s+gezogen", check="group",
         begins=True),
    rule("arbeitet bei", "state", "works at", "arbeite arbeitet arbeiten",
         _WHO + r"\s+arbeite(?:t|n)?\s+" + _ADV + r"(?P<no>nicht\s+mehr\s+)?(?:bei|für)\s+(?:der\s+|dem\s+)?{ORG}", check="group"),
    rule("arbeitet als", "state", "works as", "arbeite arbeitet arbeiten",
         _WHO + r"\s+arbeite(?:t|n)?\s+" + _ADV + r"als\s+(?P<value>(?-i:[A-ZÄÖÜ]\w+))", check="group"),
    rule("ist allergisch", "state", "is allergic to", "allergisch",
         _WHO + r"\s+(?:bin|ist|sind)\s+" + _ADV + _NOT + r"allergisch\s+(?:gegen|auf)\s+", check="loose", split=True,
         confidence=0.95),
    rule("ist", "state", "is", "bin ist",
         _WHO + r"\s+(?:bin|ist)\s+" + _ADV + _NOT + r"(?P<value>vegetarier(?:in)?|veganer(?:in)?|vegan|vegetarisch"
         r"|laktoseintolerant|"
         r"diabetiker(?:in)?|linkshänder(?:in)?|schwanger|rentner(?:in)?)\b", check="group"),
    rule("ist verheiratet", "state", "marital status", "verheiratet geschieden ledig verlobt verwitwet",
         _WHO + r"\s+(?:bin|ist|sind)\s+" + _ADV + r"(?P<value>verheiratet|geschieden|ledig|verlobt|verwitwet)\b", check="group"),
    rule("mag", "preference", "likes", "mag liebe liebt mögen hasse hasst hassen",
         _WHO + r"\s+(?-i:mag|lieb(?:e|t|en)|mögen|(?P<no>hass(?:e|t|en)))\s+" + _ADV + _NOT + r"(?!es|das|dich|sie|ihn|dein|ihr"
         r"|wenn|wie|dass|mich\b)",
         check="specific"),
    rule("trinkt gern", "preference", "likes", "gern gerne",
         r"(?P<born>ich|wir)\s+(?:esse|trinke|lese|höre|spiele|koche|mache|schaue|essen"
         r"|trinken)\s+(?P<neg>nicht\s+)?(?:sehr\s+)?gerne?\s+",
         check="specific"),
    rule("isst kein", "state", "eats", "esse isst", _WHO + r"\s+(?:esse|isst)\s+(?P<neg>keine?[nrms]?|kein)\s+", check="loose"),
    rule("heißt", "person", "{rel}", "heißt heisst",
         rf"(?P<whose>meine?|unsere?)\s+(?:\w+\s+)?(?P<rel>{RELATIONS_DE})\s+hei(?:ß|ss)t\s+(?P<value>(?-i:{NAME}))",
         check="group"),
    rule("ich heiße", "state", "is called", "heiße heisse", rf"(?P<born>ich)\s+hei(?:ß|ss)e\s+(?P<value>(?-i:{NAME}))",
         check="group"),
    rule("Geburtstag", "date", "birthday", "geburtstag",
         r"{WHOSE}\s+geburtstag\s+ist\s+(?:am\s+)?(?P<day>)|(?P<born>ich|sie|er|(?-i:" + NAME + r"))\s+(?:habe"
         r"|hat)\s+(?:am\s+)?(?P<day2>)(?=\d)",
         check="day"),
    rule("wurde geboren", "date", "birthday", "geboren",
         _WHO + r"\s+(?:bin|ist|wurde)\s+(?:am\s+)?(?P<day>)(?=\d[^,;\n]*geboren)", check="day"),
    rule("hat beschlossen", "commitment", "decided", "entschieden beschlossen entschlossen",
         r"(?P<born>ich)\s+habe?\s+(?:mich\s+)?(?:beschlossen|entschieden|entschlossen)\s*,?\s+(?:dass\s+ich\s+)?", future=True,
         due=True),
    rule("will", "commitment", "wants", "will möchte", r"(?P<born>ich)\s+(?:will|möchte)\s+(?:unbedingt\s+"
         r"|gerne?\s+)?(?P<neg>nicht\s+)?"
         r"(?!nur|dich|dir|wissen|sagen|hören|das\b)", future=True, due=True, check="loose", confidence=0.75),
    rule("verspricht", "commitment", "promised", "verspreche versprochen",
         r"(?P<born>ich)\s+(?:verspreche|habe)\s+(?P<whom>[\w-]+\s+)?(?:versprochen\s*)?,?\s+", future=True, due=True),
    rule("tut bis", "commitment", "promised", "bis", r"(?P<born>ich)\s+" + _DEED + r"\s+" + _TO_US, future=True, due=True,
         dated=True,
         check="loose", confidence=0.8),
)  # fmt: skip
