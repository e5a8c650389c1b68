"""Whether an answer says only what its evidence says, decided by comparing words rather than by trust.

A sentence that stands in the evidence as it is needs no more. Any other must be one sentence of the evidence in hardly other
words: the same figures, dates, addresses and links, the same denials, conditions and limits, nobody named or spoken of who is
not there, no word of meaning that is not there, and all in the same order. So a turned fact ("Ana owes Tom" for "Tom owes
Ana"), a dropped "not" or a dropped "only on Mondays" is not supported. Nor is much that would be true: then the evidence itself
is quoted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from sage.core.words import stem

_SENTENCE = re.compile(
    r"(?<=\w\w[.!?…])[\"”’')]*\s+(?!(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b)|\n+"
)
_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.[\w.-]+|\b(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?\b", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+(?:[.,:'’ \u00a0\u202f/-]?\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_DENIALS = frozenset(
    "no not never none nobody nothing neither nor without cannot hardly except unless nowhere "
    "nicht kein keine keiner keinen keinem keines nie niemals niemand nichts weder ohne außer kaum nirgends "
    "ne pas jamais rien aucun sans sin nunca nada ningún non mai niente senza geen niet nooit".split()
)
_FIGURES = {
    word: str(number)
    for words in (
        "zero one two three four five six seven eight nine ten eleven twelve",
        "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    )
    for number, word in enumerate(words.split())
}
_LIMITS = frozenset(
    "only if unless except until till after before from since between above below over under more less most least than all "
    "every each some any maybe perhaps probably usually sometimes often almost about either or but although because was were "
    "will would could should may might must says said thinks believes hopes plans wants "
    "nur wenn falls bis nach vor von seit zwischen über unter mehr weniger als alle jeder manche vielleicht wohl meist manchmal "
    "oft fast etwa oder aber obwohl weil war waren wird würde könnte sollte darf muss sagt sagte denkt glaubt hofft will".split()
)
"""Words that turn or bound what a sentence says: neither may one be added, nor one be left out."""
_EMPTY = frozenset(
    "the a an of it that this is are and so yes sure well der die das ein eine einen es ist sind und ja also".split()
)
_LABEL = re.compile(r"^\W*(?:q|a|f|question|answer|frage|antwort)\s*[:)]\W*", re.IGNORECASE)
"""What stands before a written question and its answer."""
_MONTHS = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday thursday "
    "friday saturday sunday januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag "
    "samstag sonntag today tomorrow yesterday tonight heute morgen gestern noon midnight mittag mitternacht".split()
)


def sentences_of(text: str) -> list[str]:
    """A text's sentences and lines, without those that say nothing."""
    return [part.strip() for part in _SENTENCE.split(text) if part and _WORD.search(part)]


def unsupported(answer: str, evidence: Sequence[str]) -> list[str]:
    """The sentences of an answer that no piece of its evidence supports; empty when all stand."""
    return [sentence for sentence in sentences_of(answer) if not any(supports(piece, sentence) for piece in evidence)]


@lru_cache(4096)
def _of(sentence: str) -> tuple[frozenset[str], int, tuple[str, ...], frozenset[str]]:
    """What is compared of a sentence: its particulars, how often it denies, its words in order, and its limits."""
    return particulars(sentence), denials(sentence), tuple(_bound(sentence)), _limits(sentence)


def supports(piece: str, sentence: str) -> bool:
    """Whether one piece of evidence says what a sentence says."""
    if _plain(sentence) and _is_whole(_plain(sentence), piece):
        return True
    return any(_says(told, sentence) for told in sentences_of(piece))


def particulars(text: str) -> frozenset[str]:
    """The figures, dates, addresses and links of a text, each in one form."""
    links = {found[0].casefold().rstrip(".,;:!?)") for found in _LINK.finditer(text)}
    bare = _LINK.sub(" ", text)
    figures = {re.sub(r"[ \u00a0\u202f'’]", "", found[0]).lstrip("0") or "0" for found in _NUMBER.finditer(bare)}
    said = [word.casefold() for word in _WORD.findall(bare)]
    return frozenset(
        {
            *links,
            *figures,
            *(_FIGURES[word] for word in said if word in _FIGURES and word != "one"),
            *_MONTHS.intersection(said),
        }
    )


def names(text: str) -> frozenset[str]:
    """The words of a text that are written like names: with a capital within a sentence, or all in capitals."""
    found = set()
    for sentence in sentences_of(text):
        for place, word in enumerate(_WORD.finditer(sentence)):
            if (place and word[0][0].isupper() and word[0] != "I") or (len(word[0]) > 1 and word[0].isupper()):
                found.add(_folded(word[0]))
    return frozenset(found)


def denials(text: str) -> int:
    """How often a text denies."""
    said = [word.casefold() for word in _WORD.findall(text)]
    return sum(word in _DENIALS or word.endswith(("n't", "n’t")) for word in said)


def _says(told: str, sentence: str) -> bool:
    figures, denied, said, limits = _of(sentence)
    there = _of(told)
    if not said or (figures, denied, limits) != (there[0], there[1], there[3]):
        return False
    rest = iter(there[2])
    return all(word in rest for word in said)  # in the same order


def _bound(text: str) -> list[str]:
    """The words of a text that must stand in the evidence, as they follow each other: all but those that say nothing."""
    return [stem(_folded(word)) for word in _WORD.findall(text) if _folded(word) not in _EMPTY]


def _limits(text: str) -> frozenset[str]:
    return _LIMITS.intersection(_folded(word) for word in _WORD.findall(text))


def _is_whole(sentence: str, piece: str) -> bool:
    """Whether it stands in the piece as whole sentences: a part of one can say the opposite."""
    parts = [_plain(part) for part in sentences_of(piece)]
    runs = (
        " ".join(parts[first:last])
        for first in range(len(parts))
        for last in range(first + 1, min(len(parts), first + 6) + 1)
    )
    return any(run == sentence for run in runs)


def _plain(text: str) -> str:
    """A sentence without marks around it."""
    told = _LABEL.sub("", unicodedata.normalize("NFKC", text))
    bare = re.sub(r"^[\s>#*_\-–•\"“„»]+|[\s*_\"”“«.!…]+$", "", told)
    return " ".join(re.sub(r"[*_`]+", "", bare).casefold().split())


def _folded(word: str) -> str:
    bare = word.casefold()
    return re.sub(r"['’]s?$", "", bare)
