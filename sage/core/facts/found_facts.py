"""Facts that a model found in the person's words: taken only as far as the words themselves bear them out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from sage.core.facts.facts import ME, SINGLE_VALUED, Draft, Kind, attribute_key, subject_key
from sage.core.words import content_stems, fold

SYSTEM = (
    "You read one passage that a person wrote, and list the facts that it states about the person or about people they know: "
    "who they are, dates, preferences, promises, where they live and work. Answer with a JSON array and nothing else. Each "
    "entry is "
    '{"subject": "me" or a name from the passage, "attribute": one or two words such as "likes", "lives in", "birthday", '
    '"promised", "value": words from the passage, "denied": true or false, "quote": the words of the passage that state '
    "it, copied "
    "exactly}. Leave out what is asked, supposed, quoted from others, or not said. When there is nothing, answer []."
)
CONFIDENCE = 0.5
"""What a model found is surer than nothing and less sure than a rule."""
_KINDS: dict[str, Kind] = {
    "likes": "preference", "prefers": "preference", "dislikes": "preference", "promised": "commitment", "plans": "commitment",
    "wants": "commitment", "decided": "commitment", "birthday": "date", "anniversary": "date", "thinks": "belief",
    "believes": "belief", "phone": "person", "e-mail": "person", "address": "person",
}  # fmt: skip


class _Found(Struct):
    subject: str
    attribute: str
    value: str
    quote: str
    denied: bool = False


def read_found(answer: str, text: str, model: str) -> tuple[Draft, ...]:
    """The drafts of a model's answer about `text`: each quote stands in it word for word, and bears its value and subject."""
    return tuple(_read(answer, text, model))


def _read(answer: str, text: str, model: str) -> Iterator[Draft]:
    array = re.search(r"\[.*\]", answer, re.DOTALL)
    try:
        entries = msgspec.json.decode(array[0] if array else "[]", type=list[_Found])
    except msgspec.DecodeError:
        return
    for one in entries:
        start = text.find(one.quote.strip()) if one.quote.strip() else -1
        attribute = " ".join(attribute_key(one.attribute).split())
        subject = ME if subject_key(one.subject) in {ME, "i", "user", "person", "the person"} else one.subject.strip()
        if start < 0 or not attribute or len(attribute) > 40 or not _is_borne_out(one, subject, text):
            continue
        denied, attribute = one.denied != (attribute == "dislikes"), {"dislikes": "likes"}.get(attribute, attribute)
        yield Draft(
            _KINDS.get(attribute, "person" if attribute in SINGLE_VALUED - {"lives in", "works at", "works as"} else "state"),
            subject, attribute, one.value.strip(), start, start + len(one.quote.strip()), polarity=not denied,
            confidence=CONFIDENCE, rule=f"model {model}",
        )  # fmt: skip


def _is_borne_out(one: _Found, subject: str, text: str) -> bool:
    """Whether value and subject stand in the passage, the value in what was quoted."""
    value, quote = set(content_stems(one.value)), set(content_stems(one.quote))
    return bool(value) and value <= quote and (subject == ME or fold(subject) in fold(text))
