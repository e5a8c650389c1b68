"""What of a piece of evidence could be told by itself: its sentences, each with what it needs to be understood.

A sentence that points back ("It closes at nine") goes with the one before it, one that is bounded ("But not on Sundays.") with what
bounds it, and the answer of a written question ("Q: … A: …") stands for that question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from sage.core.deputy.support import sentences_of
from sage.core.disclosure import Piece

LONGEST = 300
"""Characters that are told at most."""

_QUESTION = re.compile(
    r"^\W*(?:\*\*|__)?(?:(?:q|f|question|frage)\s*[:.)]\s*)?((?:[^.!?]|\.(?=\S))+\?)(?:\*\*|__)?\s*(.*)$", re.IGNORECASE
)
_ANSWER = re.compile(r"^\W*(?:\*\*|__)?(?:a|answer|antwort)\s*[:.)](?:\*\*|__)?\s*", re.IGNORECASE)
_INNER_ANSWER = re.compile(r"(?<=\?)\s+(?=(?:a|answer|antwort)\s*[:.)])", re.IGNORECASE)
_MARKS = re.compile(r"^(?:[-*+•>]\s+)+")
_POINTS_BACK = re.compile(
    r"^\W*(?:it|its|it['’]s|they|their|them|he|his|she|her|this|that|these|those|then|both|so|otherwise|"
    r"er|sie|es|dies\w*|das (?:ist|sind|war|wird|gilt|geht|kostet|gibt|hat|kann|muss)|dort|da|dann|beide|sonst|außerdem)\b",
    re.IGNORECASE,
)
_BOUNDS = re.compile(
    r"^\W*(?:but|however|except|only|unless|not|though|though|exception|please note|"
    r"aber|jedoch|allerdings|nur|außer|nicht|ausnahme)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\W*([^\W\d_][^:.!?\n]{0,48})(?<!\s):\**\s+(?=\S)")
_YES_NO = re.compile(r"^\W*(?:yes|no|nope|yep|not?\b|never|only|sure|ja|nein|nicht|nur)\b", re.IGNORECASE)


class Statement(Struct, frozen=True):
    """What would be told: whole sentences of a piece as they stand. `about` is the question or the heading over them, which
    tells what they are about and is not told. `label` is what a line calls itself ("Opening hours: …") or the written question,
    if all of it is told."""

    text: str
    about: str
    piece: Piece
    label: str = ""

    @property
    def whole(self) -> str:
        return f"{self.about} {self.text}".strip()


def statements_of(piece: Piece) -> list[Statement]:
    """What of a piece could be told: single sentences with what they need, and the answers of written questions."""
    found: list[Statement] = []
    heading = asked = ""
    answer: list[str] = []

    def close() -> None:
        if asked and answer:
            found.extend(_answers(asked, heading, answer, piece))

    for line in _INNER_ANSWER.sub("\n", piece.text).splitlines():
        bare = line.strip()
        if not bare:
            if answer:
                close()
                asked, answer = "", []
        elif question := _asks(bare):
            close()
            asked, answer = question[0], [question[1]] if question[1] else []
        elif bare.startswith("#"):
            close()
            heading, asked, answer = bare.lstrip("# ").strip(), "", []
        elif asked:
            answer.append(_MARKS.sub("", _ANSWER.sub("", bare)))
        else:
            found.extend(_told(bare, heading, piece))
    close()
    return [each for each in found if len(each.text) <= LONGEST]


def _asks(line: str) -> tuple[str, str] | None:
    """A written question, and what stands behind it in its line."""
    found = _QUESTION.match(line)
    if not found or "?" not in line:
        return None
    question = found[1].strip().lstrip("#").strip()
    return (question, _ANSWER.sub("", found[2]).strip(" *_")) if len(question) <= LONGEST else None


def _answers(asked: str, heading: str, lines: Sequence[str], piece: Piece) -> Iterable[Statement]:
    text = "\n".join(lines).strip()
    about = f"{heading} {asked}".strip()
    if len(text) <= LONGEST:
        # A bare yes or no is told with its question: with another one it could say the opposite.
        told = f"{asked}\n{text}" if _YES_NO.match(text) else text
        yield Statement(told, about, piece, asked)
        return
    for line in lines:
        yield from _told(line, about, piece)


def _told(line: str, about: str, piece: Piece) -> Iterable[Statement]:
    """The sentences of a line, each with the one before that it points back to, and with those behind that bound it; of a line
    with a label, all of it as well."""
    line = _MARKS.sub("", line)
    parts = [part for part in sentences_of(line) if not part.endswith("?")]
    if (label := _LABEL.match(line)) and len(line) <= LONGEST and "?" not in line:
        yield Statement(line, about, piece, label[1])
        if len(parts) == 1:
            return
    for place, part in enumerate(parts):
        if _BOUNDS.match(part) and place:
            continue
        text = part
        for following in parts[place + 1 :]:
            if not _BOUNDS.match(following):
                break
            text = f"{text} {following}"
        if _POINTS_BACK.match(part):
            if not place:
                continue
            text = f"{parts[place - 1]} {text}"
        yield Statement(text, about, piece)
