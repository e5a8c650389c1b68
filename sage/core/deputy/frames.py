"""The constant words around an answer, in the writer's language where Sage knows it: that it is Sage's, and for whom."""

from __future__ import annotations

import re
import unicodedata

from sage.core.tongues import ENGLISH, common_words, tongue_of

_SIGNED = {
    "en": "— Sage, on behalf of {name}, from their notes. Reply STOP to get no more of these.",
    "de": "— Sage, für {name}, aus den Notizen. STOPP als Antwort beendet das.",
    "fr": "— Sage, au nom de {name}, d'après ses notes. Répondre STOP pour ne plus en recevoir.",
    "es": "— Sage, en nombre de {name}, según sus notas. Responder STOP para no recibir más.",
    "nl": "— Sage, namens {name}, uit diens notities. Antwoord STOP om er geen meer te krijgen.",
}
SIGN = "— Sage, "
"""How every signature begins."""
_HANDOFF = {
    "en": "This is Sage, on behalf of {name}, who will answer this personally.",
    "de": "Hier ist Sage, für {name}: Die Antwort kommt persönlich.",
    "fr": "Ici Sage, au nom de {name}, qui répondra personnellement.",
    "es": "Aquí Sage, en nombre de {name}, que responderá personalmente.",
    "nl": "Dit is Sage, namens {name}, die hier zelf op antwoordt.",
}
_THEM = {
    "en": "the person you wrote to",
    "de": "die Person, der du geschrieben hast",
    "fr": "la personne contactée",
    "es": "la persona contactada",
    "nl": "de persoon aan wie je schreef",
}
TONGUES = tuple(_SIGNED)
"""The languages in which there are words."""
_ASKING = {
    "de": "wer wem wen wie wann wohin woher warum wieso welche welcher welches wieviel viel kostet heißt heisst hallo danke bitte",
    "fr": "quand combien comment pourquoi quel quelle quels quelles coûte appelle bonjour merci pouvez peux peut",
    "es": "cuándo cuanto cuánto cuánta cuántos cuántas cómo dónde quién cuál qué cuesta llama hola gracias puedes puede",
    "nl": "wanneer hoeveel waarom welk welke wie hoe heet kost hallo dank bedankt alsjeblieft kun kunt",
}
"""Words of short questions; a question has too few words to tell its language by the common ones alone."""
_WORD = re.compile(r"[^\W\d_]+")


_FRAME = re.compile(
    "|".join(
        re.escape(words).replace(r"\{name\}", r"[^\n]{0,200}?") for words in (*_SIGNED.values(), *_HANDOFF.values())
    )
)


def tongue_for(text: str) -> str:
    """The language in which somebody is answered: their own if Sage has words in it, else English."""
    found = tongue_of(text)
    if found != ENGLISH:
        return found if found in _SIGNED else ENGLISH
    words = set(_WORD.findall(unicodedata.normalize("NFC", text).lower()))
    scores = {tongue: len(words & (common_words(tongue) | asking)) for tongue, asking in _asking().items()}
    best = max(scores, key=scores.__getitem__)
    clear = list(scores.values()).count(scores[best]) == 1 and scores[best] > len(words & common_words(ENGLISH))
    return best if clear and words & _asking()[best] else ENGLISH


def _asking() -> dict[str, frozenset[str]]:
    return {tongue: frozenset(words.split()) for tongue, words in _ASKING.items()}


def signed(text: str, name: str, tongue: str) -> str:
    """An automatic answer as it goes out."""
    return f"{text}\n\n{_SIGNED[tongue].format(name=name or _THEM[tongue])}"


def unsigned(text: str) -> str:
    """An automatic answer as the person would send it themself."""
    said, _, end = text.rpartition("\n\n")
    return said if end.startswith(SIGN) else text


def handed_off(name: str, tongue: str) -> str:
    """The one sentence that tells that a person will answer. It is the same whatever was asked, and whatever Sage knows; and it
    names no thing, so that it cannot be taken for an answer."""
    return _HANDOFF[tongue].format(name=name or _THEM[tongue])


def without_frames(text: str) -> str:
    """What a message says besides the constant words, which are the same in many and nobody's own."""
    return _FRAME.sub("", text).strip()
