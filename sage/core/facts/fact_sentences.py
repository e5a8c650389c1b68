"""A text cut into the sentences and clauses that facts are read from; offsets are those of the text itself.

What is not the person's own plain word is blanked first, letter by letter: code, quotations, tasks, headings, tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace


class Sentence(Struct, frozen=True):
    """A sentence of a plain text: its offsets, and what follows it.

    `clauses` are the starts of its clauses. `doubt` says that it asks, supposes or jokes: then nothing in it is
    stated. Both are known once it was `looked_at`, which costs more than finding the sentence.
    """

    start: int
    end: int
    mark: str = ""
    next_end: int = 0
    clauses: tuple[int, ...] = ()
    doubt: bool = False

    def looked_at(self, plain: str) -> Sentence:
        """The sentence with its clauses and its doubt."""
        joke_follows = self.next_end - self.end < 40 and bool(_JOKING.search(plain, self.end, self.next_end))
        doubt = (
            "?" in self.mark
            or joke_follows
            or bool(_SUPPOSING.search(plain, self.start, self.end))
            or bool(_JOKING.search(plain, self.start, self.end))
            or bool(_ASKING.match(plain, self.start, self.end))
        )
        clauses = () if doubt else tuple(_clauses(plain, self.start, self.end))
        return replace(self, clauses=clauses, doubt=doubt)


_SAME_LENGTH = str.maketrans(
    {"’": "'", "‘": "'", "\u00a0": " ", "\u2009": " ", "\t": " ", "“": '"', "”": '"', "„": '"'}
)
_FENCES = re.compile(r"^[ ]{0,3}(?P<fence>```|~~~).*?(?:^[ ]{0,3}(?P=fence)|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`[^`\n]+`|<[^<>\n]{1,200}>|https?://\S+|%%[^%]*%%|\$\$[^$]*\$\$|\]\([^()\n]*\)")
_NOT_SAID = re.compile(
    r"^[ ]*(?:>"  # what others said
    r"|(?:[-*+]|\d{1,3}[.)])[ ]+\[.\][ ]"  # a task is no fact
    r"|#{1,6}[ ]|\|).*$",
    re.MULTILINE,
)
_QUOTED = re.compile(r'"[^"\n]{1,400}"')
_MARKS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|\[\[(?:[^\[\]|\n]*\|)?|\]\]|\[(?=\w)|==|~~[^~]*~~"
    r"|^[ ]*(?:[-*+]|\d{1,3}[.)])[ ]",
                    re.MULTILINE)  # fmt: skip
_ENDS = re.compile(
    r"[.!?…]+[\"')\]]*(?=\s|$)(?:[ ]*\n\s*\n)?|\n(?:\s*\n|(?=[ ]*(?:[-*+•]|\d{1,3}[.)])[ ])|(?=[ ]*[A-ZÄÖÜ]))",
    re.MULTILINE,
)
_SHORTENED = re.compile(r"(?:\b(?:e\.g|i\.e|z\.B|[A-Z]|Dr|Mr|Ms|Mrs|St|No|ca|etc|vgl|bzw|Prof))$")
_DAY_DOT = re.compile(
    r"\d{1,2}\.\s?(?:\d|jan|feb|mär|apr|ma[iy]|jun|jul|aug|sep|okt|nov|dez|geburtstag|märz)", re.IGNORECASE
)
_BREAKS = re.compile(
    r"[,;:(]\s*|\s[-–—]+\s+|—\s*|\.\.\.+\s*"
    r"|\s(?=(?:and|but|so|because|since|as|though|although|while|plus|or|und|aber|denn|weil)\s+(?:I|we|my|our|ich|wir|mein\w*)\b)",
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
_ASKING = re.compile(r"\s*(?:do|did|does|are|is|was|were|have|has|can|could|would|will|should|am|may|shall)\s+(?:i|you|we|they"
    r"|he|she|it)\b",
                     re.IGNORECASE)  # fmt: skip
_LEAD = re.compile(
    r"(?:(?:and|but|so|also|well|yes|yeah|yep|yup|no|oh|ok|okay|now|then|actually|honestly|lately|recently|personally|because"
    r"|since"
    r"|as|though|although|while|plus|btw|by the way|these days|in fact|however|luckily|unfortunately|sadly|fortunately|thankfully"
    r"|finally|today|currently|for now|for me|sure|hey|hi|wow|aww|cool|thanks|mostly|anyway|of course|definitely|absolutely"
    r"|for example|speaking of which|on another note|to be honest|und|aber|also|ja|nein|denn|weil|leider)\s+)+",
    re.IGNORECASE,
)


def plain_text(text: str) -> str:
    """The text, of the same length, with blanks for what is not the person's own plain word."""
    plain = text.translate(_SAME_LENGTH)
    if "```" in plain or "~~~" in plain:
        plain = _FENCES.sub(_blank, plain)
    if any(mark in plain for mark in ("`", "<", "://", "%%", "$$", "](")):
        plain = _INLINE.sub(_blank, plain)
    if any(mark in plain for mark in (">", "] ", "#", "|")):
        plain = _NOT_SAID.sub(_blank, plain)
    if any(mark in plain for mark in ("*", "_", "[", "==", "~~", "- ", "+ ", ". ", ") ")):
        plain = _MARKS.sub(_blank, plain)
    if '"' in plain:
        plain = _QUOTED.sub(_without_speech, plain)
    return plain


def _blank(match: re.Match[str]) -> str:
    found = match[0]
    return " " * len(found) if "\n" not in found else "".join("\n" if letter == "\n" else " " for letter in found)


def _without_speech(match: re.Match[str]) -> str:
    """A quoted title stays; quoted speech does not: whose words it is cannot be known."""
    inside = match[0][1:-1]
    if len(inside.split()) <= 5 and not re.search(r"\b(?:I|I'm|my|me|we|ich|mein\w*)\b", inside):
        return match[0]
    return '"' + " " * len(inside) + '"'


def sentences(plain: str) -> Iterator[Sentence]:
    """The sentences of a plain text, in order."""
    start = 0
    cuts: list[tuple[int, int, int]] = []
    for found in _ENDS.finditer(plain):
        if found[0] == "." and (
            _DAY_DOT.match(plain, _number_before(plain, found.start()))
            or _SHORTENED.search(plain, max(start, found.start() - 5), found.start())
        ):
            continue
        if not plain[start : found.start()].isspace() and found.start() > start:
            cuts.append((start, found.start(), found.end()))
        start = found.end()
    if plain[start:].strip():
        cuts.append((start, len(plain), len(plain)))
    for place, (first, last, stop) in enumerate(cuts):
        following = cuts[place + 1][1] if place + 1 < len(cuts) else stop
        yield Sentence(first, last, plain[last:stop], following)


def _number_before(plain: str, dot: int) -> int:
    """Where the one or two digits before a dot begin; the dot itself when there are none."""
    start = dot
    while start > max(0, dot - 2) and plain[start - 1].isdigit():
        start -= 1
    return start


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
