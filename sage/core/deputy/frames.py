"""The constant words around an answer, in the writer's language where Sage knows it: that it is Sage's, and for whom."""

from __future__ import annotations

import re

from sage.core.tongues import tongue_of

_SIGNED = {
    "en": "— Sage, answering for {name} from their notes. STOP ends this.",
    "de": "— Sage, antwortet für {name} aus den Notizen. STOPP beendet das.",
}
SIGN = "— Sage, "
"""How every signature begins."""
_HANDOFF = {
    "en": "This is Sage, answering for {name}. {name} will answer this personally.",
    "de": "Hier antwortet Sage für {name}. {name} antwortet darauf persönlich.",
}
_THEM = {"en": "the person you wrote to", "de": "die Person, der du geschrieben hast"}


_FRAME = re.compile(
    "|".join(
        re.escape(words).replace(r"\{name\}", r"[^\n]{0,200}?") for words in (*_SIGNED.values(), *_HANDOFF.values())
    )
)


def tongue_for(text: str) -> str:
    """The language in which somebody is answered: their own if Sage has words in it, else English."""
    found = tongue_of(text)
    return found if found in _SIGNED else "en"


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
