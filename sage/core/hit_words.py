"""A hit in plain words: what it is, whose words it is, who may see it, and why it was found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from sage.core.labels import Audience
from sage.core.passages import OWNER, SAGE, Hit, conversation_thread
from sage.core.ranking import begun_word, query_terms
from sage.core.search_words import Kind
from sage.core.stems import every_stem, stems_in, tagged
from sage.core.tongues import ENGLISH, tongue_of
from sage.core.words import content_stems, fold, stem

_ORIGINS = {"user": "your words", "contact": "written by someone else", "web": "from the web", "tool": "from a tool"}
_PARTS = {
    "words": "your words stand in it or right around it, the rarer the more",
    "covered": "so much of what you asked stands in it",
    "document": "your words stand in the note or conversation that it belongs to",
    "phrase": "what you put in quotation marks stands in it word for word",
    "meaning": "its meaning is near to that of your words",
    "around": "the meaning of what is around it is near",
    "speaker": "it was said by somebody whom you named",
    "when": "it is of the time that you named",
    "tells": "it tells something rather than asks",
    "answers": "it follows a question",
    "says": "it says more than a few words",
    "pairs": "words of yours stand there side by side",
    "linked": "a note that was found is linked with it",
    "akin": "it is like the best of what was said about it",
}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_HEADING = re.compile(r"^#{1,6}\s.*$", re.MULTILINE)
_LINK = re.compile(r"!?\[\[(?:[^\]|\n]*\|)?([^\]\n]*)\]\]|!?\[([^\]\n]*)\]\([^)\n]*\)")
_MARKUP = re.compile(
    r"^(?:\s*(?:>|[*+-](?=\s)|\d+[.)](?=\s)))+|^[|\s:-]+$|\*\*|`+|(?<!\S)[*_](?=\w)|(?<=\w)[*_](?!\w)|\|", re.MULTILINE
)
_BY_WORDS = frozenset(("words", "covered", "document", "phrase"))
"""Parts of a score that words of the query stand for."""


def kind_of(hit: Hit) -> Kind:
    """Whether it is of a note, or of what was said."""
    return "notes" if hit.root else "talks"


def is_turn(hit: Hit) -> bool:
    """Whether it was said in a conversation with Sage."""
    return hit.thread.startswith(conversation_thread(""))


def title_of(hit: Hit) -> str:
    """Its place in a few words: the note and the heading, or who said it."""
    if hit.root:
        name = hit.source.rpartition("/")[2].rpartition(".")[0] or hit.source
        return name if hit.heading in ("", name) else f"{name} › {hit.heading}"
    if is_turn(hit):
        return "Sage" if hit.speaker == SAGE else "You"
    return hit.speaker or hit.source


def audience_words(audience: Audience) -> str:
    """Who may see it."""
    if "public" in audience:
        return "everyone may see it"
    names = [name for name in audience if name != "private"]
    return f"shared with {joined(names)}" if names else "only you"


def is_own(hit: Hit) -> bool:
    """Whether the person wrote or said it. Who else says something in a text that was remembered, its speaker tells."""
    return hit.origin == "user" and (bool(hit.root) or hit.speaker in {None, "", OWNER})


def origin_words(hit: Hit) -> str:
    """Whose words they are."""
    if hit.speaker == SAGE and is_turn(hit):
        return "Sage's words"
    return _ORIGINS[hit.origin] if is_own(hit) or hit.origin != "user" else f"said by {hit.speaker}"


def joined(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *rest, last = names
    return f"{', '.join(rest)} and {last}" if rest else last


def is_near_only(hit: Hit) -> bool:
    """Whether it was found by its meaning alone: none of the words stand in it."""
    return bool(hit.why) and _BY_WORDS.isdisjoint(hit.why)


def why_lines(hit: Hit) -> list[str]:
    """Why it was found: each part of the score with its share of it, the greatest first."""
    if not hit.why:
        return ["It was not searched for: the newest stands first."]
    whole = sum(hit.why.values()) or 1.0
    parts = sorted(hit.why.items(), key=lambda part: -part[1])
    lines = [f"{100 * value / whole:3.0f} %  {_PARTS.get(name, name)}" for name, value in parts]
    by = f"; the nearest by meaning came from {hit.found_by}" if "meaning" in hit.why and hit.found_by else ""
    return [f"Its score is {hit.score:.3f}{by}. Of that:", *lines]


def search_stems(words: str) -> frozenset[str]:
    """What `matches` looks for: stems, and with a star behind it what a word begins with that is only begun."""
    begun = begun_word(words)
    beginnings = (f"{fold(begun)}*",) if begun else ()
    return frozenset((*content_stems(words), *chain.from_iterable(every_stem(query_terms(words))), *beginnings))


def matches(text: str, stems: frozenset[str]) -> list[tuple[int, int]]:
    """Where the searched words stand in a text, in any form: (start, end), sorted and apart."""
    return list(_matches(text, stems)) if stems else []


def _matches(text: str, stems: frozenset[str]) -> Iterator[tuple[int, int]]:
    beginnings = tuple(each[:-1] for each in stems if each[-1] == "*")
    unspaced = [each for each in stems if len(each) > 1 and each[0] >= "\u2e80" and each[-1] != "*"]
    tongue = tongue_of(text)
    for found in _WORD.finditer(text):
        word, cut = _folded(found[0])
        if (
            cut in stems
            or word.startswith(beginnings)
            or (tongue != ENGLISH and not stems.isdisjoint(_stems_in(tongue, found[0])))
        ):
            yield found.span()
        elif unspaced and not word.isascii():
            yield from _within(found[0], found.start(), unspaced)


@lru_cache(maxsize=8192)
def _folded(word: str) -> tuple[str, str]:
    """A word without case and accents, and its stem: the same few thousand words stand in most of what is found."""
    folded = fold(word)
    return folded, stem(folded)


def _stems_in(tongue: str, word: str) -> Iterator[str]:
    """The stems of a word in its language, as `search_stems` has them; of both parts of one with an apostrophe (l'ami)."""
    return (tagged(tongue, each) for each in stems_in(tongue, query_terms(word)))


def _within(word: str, offset: int, parts: list[str]) -> list[tuple[int, int]]:
    """Where parts stand in a run of a script without spaces."""
    spans: list[tuple[int, int]] = []
    for found in re.finditer("|".join(map(re.escape, sorted(parts, key=len, reverse=True))), word):
        spans.append((offset + found.start(), offset + found.end()))
    return spans


def plain(text: str) -> str:
    """A passage on one line, without headings (its title names them) and the marks of Markdown."""
    body = _HEADING.sub("", text)
    return " ".join(_MARKUP.sub("", _LINK.sub(lambda link: link[1] or link[2] or "", body)).split()) or " ".join(
        text.split()
    )


def excerpt(text: str, stems: frozenset[str], length: int) -> str:
    """About `length` characters of a text on one line, from a little before the first searched word on."""
    flat = plain(text)
    if len(flat) <= length:
        return flat
    start = next(_matches(flat, stems), (0, 0))[0] if stems else 0
    if start < length * 2 // 3:
        return flat[: length + 1]
    begin = start - length // 4
    space = flat.find(" ", begin, start)
    begin = space + 1 if space >= 0 else begin
    return "…" + flat[begin : begin + length]
