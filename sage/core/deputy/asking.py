"""What exactly a message asks: without greetings, thanks and the polite words around it, each question by itself.

"Hi Ana, could you tell me when the office opens, please? Thanks!" asks "when the office opens". Words that only ask politely
would otherwise count as words that an answer must have.
"""

from __future__ import annotations

import re
from typing import Literal

from sage.core.tongues import tongue_of

AskedFor = Literal["person", "time", "clock", "amount", "place", "reason", "whether", "way", "thing"]
"""What an answer must have in it. `clock`: a time of day; `amount`: a figure; `whether`: yes or no, as a sentence."""

_SENTENCE = re.compile(r"[^.!?…\n]*(?:[.!…](?!\s)[^.!?…\n]*)*(?:\?+|[.!…]+(?=\s|$)|\n|$)")
_LEADING = re.compile(
    r"^[\W_]*(?:"
    r"(?:hi|hello|hey|hallo|moin|servus|dear|liebe[rs]?|good (?:morning|afternoon|evening|day)|guten (?:morgen|tag|abend)|bonjour)"
    r"\b[^,.!?:\n]{0,30}[,.!:\n]+|"
    r"(?:hi|hello|hey|hallo|moin)(?: there| again| all| zusammen)?\b(?=\s)|"
    r"sorry (?:to|for) (?:bother|disturb)\w*(?: you)?(?: again)?|"
    r"(?:so|and|und|also|ok|okay|oh|um(?! wie)|well|sorry|please|bitte|excuse me|entschuldigung|thanks|danke|"
    r"btw|by the way|just)\b(?!['’-])|"
    r"(?:one|a|another|just a|eine|noch eine)? ?(?:quick|short|small|kurze|kleine) (?:question|one|frage)"
    r"(?: (?:about|on|regarding|zu[mr]?) [^,.:?\n]{0,40}(?=[:,]))?\b|"
    r"(?:for (?:our|my|the) (?:files|records)|remind me|nur kurz|sag(?:en sie)? mal|sagt mal)\b|"
    r"i (?:just |only |also |still )*(?:wanted to (?:ask|know)|was wondering|wonder(?:ed)?|need to know|want to know|"
    r"would like to (?:know|ask)|have (?:a|one) (?:quick |short )?question|(?:don['’]?t|do not) (?:know|remember)|forgot|"
    r"can['’]?t (?:find|remember))\b|"
    r"i['’]?d (?:like|love) to know\b|i['’]?m (?:just )?(?:wondering|asking|trying to find out)\b|"
    r"(?:can|could|would|will) (?:you|anyone|somebody|someone) (?:please |maybe |perhaps |kindly )*"
    r"(?:tell|remind|send|give|let)(?: me| us)?(?: know)?(?: again| once more)?\b|"
    r"(?:please )?(?:tell|remind|send|give|let) (?:me|us)(?: know)?(?: again| once more)?\b|"
    r"do you (?:happen to |by any chance |maybe |still )?(?:know|remember)\b|any (?:idea|chance you know)\b|"
    r"(?:do|would) you have (?=the\b|your\b)|"
    r"(?:we|i) (?:are|am|'m|’m|'re|’re)? ?(?:still )?(?:missing|need|looking for)\b(?! to\b)|"
    r"(?:kannst|könntest|können|könnten|würdest) (?:du|sie|ihr) (?:mir|uns) (?:bitte |vielleicht |kurz |noch |mal |nochmal )*"
    r"(?:sagen|verraten|schicken|mitteilen)\b|"
    r"(?:weißt|weisst|wisst|wissen) (?:du|ihr|sie)(?: zufällig| vielleicht| noch)?\b|weiß jemand\b|hast du eine ahnung\b|"
    r"(?:ich wollte (?:nur |kurz |mal )*(?:fragen|wissen)|ich (?:wüsste|wüßte) gern\w*|mich würde interessieren|ich frage mich|"
    r"sag mir(?: bitte)?)\b"
    r")[\s,:;–-]*",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"[\s,;–-]*\b(?:please|thanks?(?: (?:you|a lot|in advance|so much))?|cheers|again|by the way|btw|bitte|danke(?: dir| schön)?|"
    r"do you know|you know|nochmal|noch mal|eigentlich|for me|(?:do|would) you have(?: (?:it|that))?(?: for me)?)\b[\s?.!]*$",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:what|when|where|who|whom|whose|which|how|why|wer|wem|wen|wessen|was|wann|wo|woher|wohin|wie|warum|wieso|weshalb|"
    r"welche[rsnm]?|quand|combien|pourquoi)\b|^(?:if|whether|ob)\b",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^(?:thanks?|thank you|cheers|danke|vielen dank|merci|lg|vg|regards|best|yours)\b|^(?:i )?hope\b", re.IGNORECASE
)
_GERMAN = re.compile(
    r"\b(?:wer|wem|wen|wessen|wann|wo|wie|welche[rnms]?|kostet|gibt es|ist|sind|der|das|den)\b", re.IGNORECASE
)
_ENGLISH = re.compile(r"\b(?:the|is|are|do|does|who|when|where|how|what|which)\b", re.IGNORECASE)
_KINDS: dict[AskedFor, str] = {
    "reason": r"\b(?:why|how come|warum|wieso|weshalb|pourquoi)\b",
    "clock": r"\b(?:(?:what|which) (?:time|hour)|how (?:late|early)|(?:um )?wie ?viel uhr|wie spät|à quelle heure)\b",
    "time": r"\b(?:when|wann|quand|(?:what|which|welche[nmsr]?)(?: (?:exact|next))? (?:days?|dates?|weekdays?|months?|"
    r"years?|weeks?|tage?|tagen|datum|monat|jahr|woche|wochentage?n?))\b",
    "amount": r"\b(?:how (?:much|many|long|often|far|high|old|large|big|tall|fast|heavy|wide|deep)|wie ?(?:viele?|hoch|lange|oft|"
    r"weit|alt|groß|schnell|schwer|breit|teuer)|combien|what does .{0,60} cost|was kostet\w*|"
    r"what(?: is| are| was|['’]?s) (?:the |your )?(?:\w+ ){0,2}(?:price|cost|fee|rate|charge)s?)\b",
    "person": r"\b(?:who|whom|whose|wer|wem|wen|wessen|qui|(?:which|what) person)\b",
    "place": r"\b(?:where|wo|woher|wohin|(?:which|what|welche[rnmsr]*) (?:room|floor|place|street|building|raum|stock|ort|straße|"
    r"gebäude))\b",
    "way": r"^(?:how|wie)\b(?! (?:is|are|was|were|lautet|heißt|heisst)\b)",
    "whether": r"^(?:if|whether|ob|is|are|was|were|am|do|does|did|can|could|may|might|must|has|have|had|will|would|should|shall|"
    r"isn['’]t|aren['’]t|doesn['’]t|don['’]t|can['’]t|ist|sind|war|waren|hat|haben|habt|kann|können|könnt|darf|dürfen|muss|müssen|"
    r"gibt|wird|werden|soll|sollen|braucht|brauche)\b",
}
_QUESTION_WORDS = re.compile(
    r"\b(?:(?:since|by|from|until|till|at|on|in|for|to|with|ab|bis|seit|von|um|an|in|mit|zu) )?(?:"
    r"(?:what|which|welche[rnms]?) (?:exact |next )?(?:time|hour|day|date|weekday|month|year|week|tag|"
    r"datum|monat|jahr|woche|uhrzeit)s?|"
    r"how (?:much|many|long|often|far(?: away)?|high|late|early|old|large|"
    r"big)(?: (?:hours|days|times|time|metres|meters|minutes))?|"
    r"wie ?(?:viel uhr|viele?|hoch|lange|oft|weit|spät|alt|teuer)(?: (?:stunden|tage|mal|meter))?|when|where|wann|wo)\b",
    re.IGNORECASE,
)
_OWN_WORDS = re.compile(
    r"^(?:i|i['’]m|i['’]ve|we|we['’]re|we['’]ve|ich|wir)\b[^?]*?[,;:–-]+\s*(?=(?:so |and |und )?(?P<asks>\w+))",
    re.IGNORECASE,
)
_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _KINDS.items()}


def parts_of(text: str) -> tuple[str, ...]:
    """The questions of a message, each without what is polite around it; the whole text if none can be told."""
    sentences = [bare for each in _SENTENCE.findall(text) if (bare := core_of(each))]
    asked = [each for each in sentences if each.endswith("?") and _worth(each)]
    if not asked:
        asked = [each for each in sentences if _ASKING.search(each)] or [each for each in sentences if _worth(each)]
    return tuple(dict.fromkeys(asked)) or ((text.strip(),) if text.strip() else ())


def core_of(sentence: str) -> str:
    """A sentence without greeting and frame; "" if there is nothing else in it."""
    bare, asks = sentence.strip(), "?" in sentence
    while found := _LEADING.match(bare):
        if not found[0]:
            break
        bare = bare[found.end() :].lstrip()
    while found := _TRAILING.search(bare):
        bare = bare[: found.start()].rstrip(" ,;–-")
    bare = bare.rstrip("?!. ")
    while (own := _OWN_WORDS.match(bare)) and (_ASKING.search(own["asks"]) or _PATTERNS["whether"].match(own["asks"])):
        bare = bare[own.end() :]
    if not bare or _POLITE.match(bare) or not re.search(r"\w", bare):
        return ""
    return bare + "?" if asks else bare


def asked_for(question: str) -> AskedFor:
    """What kind of answer a question (see `parts_of`) wants."""
    found = {kind: place.start() for kind, pattern in _PATTERNS.items() if (place := pattern.search(question))}
    return min(found, key=lambda kind: found[kind], default="thing")


def content_of(question: str) -> str:
    """A question without the words that only say what kind of answer it wants ("at what time", "how much")."""
    return _QUESTION_WORDS.sub(" ", question)


def tongue_of_question(question: str) -> str:
    """The language of a question; a short one is told by its question word as well."""
    found = tongue_of(question)
    return "de" if found == "en" and _GERMAN.search(question) and not _ENGLISH.search(question) else found


def _worth(sentence: str) -> bool:
    return len(re.findall(r"\w+", sentence)) > 1 or sentence.endswith("?")
