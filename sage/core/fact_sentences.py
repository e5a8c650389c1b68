"""A text cut into the sentences and clauses that facts are read from; offsets are those of the text itself.

What is not the person's own plain word is blanked first, letter by letter: code, quotations, tasks, headings, tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct


class Sentence(Struct, frozen=True):
    """A sentence: its offsets, and the starts of its clauses.

    `doubt` says that it asks, supposes or jokes: then nothing in it is stated.
    """

    start: int
    end: int
    clauses: tuple[int, ...]
    doubt: bool = False


_SAME_LENGTH = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u2009": " ", "\t": " ", "“": '"', "”": '"', "„": '"'})
_BLANKED = re.compile(
    r"^(?P<fence>```|~~~).*?(?:^(?P=fence)|\Z)"  # fenced code
    r"|`[^`\n]+`"
    r"|^[ ]{0,3}>.*$"  # what others said
    r"|^[ ]*(?:[-*+]|\d{1,3}[.)])[ ]+\[.\][ ].*$"  # a task is no fact
    r"|^[ ]{0,3}#{1,6}[ ].*$"
    r"|^[ ]*\|.*$"  # a table
    r"|^[ ]{4,}\S.*$(?<!^[ ]{4}[-*+] )"
    r"|<[^<>\n]{1,200}>|https?://\S+|%%.*?%%|\$\$.*?\$\$"
    r"|\]\([^()\n]*\)",
    re.MULTILINE | re.DOTALL,
)
_QUOTED = re.compile(r'"[^"\n]{1,400}"')
_MARKS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|\[\[(?:[^\[\]|\n]*\|)?|\]\]|\[(?=\w)|==|~~.*?~~|^[ ]*(?:[-*+]|\d{1,3}[.)])[ ]",
                    re.MULTILINE)  # fmt: skip
_ENDS = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\b[A-Z])(?<!\b(?:Dr|Mr|Ms|St|No|ca))(?<!\b(?:Mrs|etc|vgl))(?<!\bProf)"
    r"(?:[.!?…]+[\"')\]]*(?=\s|$)|[.!?]*\n\s*\n|\n(?=[ ]*(?:[-*+•]|\d{1,3}[.)])[ ])|\n(?=[ ]*[A-ZÄÖÜ]))"
)
_DAY_DOT = re.compile(
    r"\d{1,2}\.\s?(?:\d|jan|feb|mär|apr|ma[iy]|jun|jul|aug|sep|okt|nov|dez|geburtstag|märz)", re.IGNORECASE
)
_BREAKS = re.compile(
    r"\s*[,;:(]\s+|\s*[,;]\s*(?=\S)|\s+[-–—]+\s+|\s*—\s*|\.\.\.+\s*"
    r"|\s+(?=(?:and|but|so|because|since|as|though|although|while|plus|or|und|aber|denn|weil)\s+(?:I|we|my|our|ich|wir|mein\w*)\b)",
    re.IGNORECASE,
)
_SUPPOSING = re.compile(
    r"\b(?:if|unless|suppos(?:e|ing)|imagin(?:e|ing)|pretend\w*|hypothetical\w*|as though|wish(?:ed|es)?|would have|"
    r"could have|dream(?:t|ed) that|wenn|falls|angenommen|wäre|hätte|würde)\b",
    re.IGNORECASE,
)
_JOKING = re.compile(
    r"\b(?:just kidding|jk|kidding|joking|joke|lol|lmao|rofl|haha\w*|hehe|sarcas\w+|yeah right|as if|not really|/s)\b"
    r"|😂|🤣|😜|😉|;-?\)",
    re.IGNORECASE,
)
_ASKING = re.compile(r"\s*(?:do|did|does|are|is|was|were|have|has|can|could|would|will|should|am|may|shall)\s+(?:i|you|we|they|he|she|it)\b",
                     re.IGNORECASE)  # fmt: skip
_LEAD = re.compile(
    r"(?:(?:and|but|so|also|well|yes|yeah|yep|yup|no|oh|ok|okay|now|then|actually|honestly|lately|recently|personally|because|since"
    r"|as|though|although|while|plus|btw|by the way|these days|in fact|however|luckily|unfortunately|sadly|fortunately|thankfully"
    r"|finally|today|currently|for now|for me|sure|hey|hi|wow|aww|cool|thanks|mostly|anyway|of course|definitely|absolutely"
    r"|for example|speaking of which|on another note|to be honest|und|aber|also|ja|nein|denn|weil|leider)\s+)+",
    re.IGNORECASE,
)


def plain_text(text: str) -> str:
    """The text, of the same length, with blanks for what is not the person's own plain word."""
    plain = text.translate(_SAME_LENGTH)
    if any(mark in plain for mark in _MARKUP):
        plain = _BLANKED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), plain)
        plain = _MARKS.sub(lambda match: " " * len(match[0]), plain)
    if '"' in plain:
        plain = _QUOTED.sub(_without_speech, plain)
    return plain


_MARKUP = ("`", ">", "#", "|", "- ", "* ", "+ ", "[", "_", "*", "    ", "http", "==", "~~", ". ", ") ", "%%", "$$", "<")


def _without_speech(match: re.Match[str]) -> str:
    """A quoted title stays; quoted speech does not: whose words it is cannot be known."""
    inside = match[0][1:-1]
    if len(inside.split()) <= 5 and not re.search(r"\b(?:I|I'm|my|me|we|ich|mein\w*)\b", inside):
        return match[0]
    return '"' + " " * len(inside) + '"'


def sentences(plain: str) -> Iterator[Sentence]:
    """The sentences of a plain text, in order."""
    start = 0
    found: list[tuple[int, int, int]] = []
    for end in _ENDS.finditer(plain):
        if end[0][0] == "." and _DAY_DOT.match(plain, max(start, end.start() - 2) if plain[end.start() - 2 : end.start()].isdigit() else max(start, end.start() - 1)):  # noqa: E501
            continue
        found.append((start, end.start(), end.end()))
        start = end.end()
    found.append((start, len(plain), len(plain)))
    told = [(first, last, plain[last:stop]) for first, last, stop in found if plain[first:last].strip()]
    for place, (first, last, mark) in enumerate(told):
        words = plain[first:last]
        following = plain[told[place + 1][0] : told[place + 1][1]] if place + 1 < len(told) else ""
        doubt = (
            "?" in mark
            or bool(_SUPPOSING.search(words))
            or bool(_JOKING.search(words))
            or (len(following) < 40 and bool(_JOKING.search(following)))
            or bool(_ASKING.match(words))
        )
        yield Sentence(first, last, tuple(_clauses(plain, first, last)), doubt)


def _clauses(plain: str, start: int, end: int) -> Iterator[int]:
    """Where clauses begin, without the little words that lead them in."""
    starts = [start, *(found.end() for found in _BREAKS.finditer(plain, start, end))]
    for place in starts:
        while place < end and (plain[place].isspace() or plain[place] in "\"'([-*•"):
            place += 1
        lead = _LEAD.match(plain, place, end)
        if lead and lead.end() < end:
            yield lead.end()
        elif place < end:
            yield place
