"""What of a piece of evidence could be told by itself: its sentences, each with what it needs to be understood.

A sentence that points back ("It closes at nine") goes with the one before it, one that is bounded ("But not on Sundays.") with what
bounds it, and the answer of a written question ("Q: … A: …") stands for that question. What follows and points back may take back
what was said ("Correction: it closes at eight"), so it is told as well. What is struck out, or a comment, is nobody's to be told.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

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
_MARKS = re.compile(r"^(?:[-*+•]\s+)+")
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
_SAYS_MORE = re.compile(
    r"^\s*\(|^\W*(?!(?:if|when|wenn|falls)\b)(?:[^\W\d_]+:\s*)?(?:[\w.:-]+\s+){0,3}?(?:it|its|it['’]s|they|them|er|sie|es)\b",
    re.IGNORECASE,
)
"""Behind a sentence, says more about it."""
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|%%.*?(?:%%|\Z)|~~.+?~~|<(del|s|strike)>.*?</\1>|!\[\[.*?\]\]|!\[[^\]\n]*\]\([^)\n]*\)|"
    r"\[\^[^\]\n]+\]",
    re.DOTALL | re.IGNORECASE,
)
"""Comments, what was struck out, pictures, and footnotes, which may say the opposite elsewhere."""
_WIKILINK = re.compile(r"(?<!!)\[\[([^\]|\n]*)(?:\|([^\]\n]*))?\]\]")
_OWN_LINK = re.compile(r"\[([^\]\n]+)\]\((?!https?://|mailto:|tel:)[^)\n]*\)", re.IGNORECASE)
_GAP = "\0"
"""Stands where something hidden was: what is left of such a sentence is not told."""
_HEADING = re.compile(r"#{1,6}(?:\s|$)")
_GOES_ON = re.compile(r"[a-zäöüß(&,;–-]")
_ENDED = re.compile(r"[.!?…:|][\s*_\"”“’')\]]*$")
_ITEM = re.compile(r"\s*(?:[-*+•>|#]|\d+[.)]\s|```)")
_RULE = re.compile(r"(?:=+|-{2,}|\*{3,}|_{3,})$")
_LEADS = re.compile(r"^(?![-*+•>|]\s).*:[*_]*$|^>\s*\[!|^(\*\*|__|\*|_)(?=\w)[^*_]+\1$")
"""A line to which those behind it belong."""
WRAPPED_FROM = 50
"""Characters of a line that may have been broken for its length, if no sentence ends there."""
_LABEL = re.compile(r"^\W*([^\W\d_][^:.!?\n]{0,48})(?<!\s):\**\s+(?=\S)")
_YES_NO = re.compile(r"^\W*(?:yes|no|nope|yep|not?\b|never|only|sure|ja|nein|nicht|nur)\b", re.IGNORECASE)


class _Line(NamedTuple):
    """A line, and how far it stands in."""

    indent: int
    text: str


class Statement(Struct, frozen=True):
    """What would be told: whole sentences of a piece as they stand. `about` is the question or the heading over them, with the
    lines below which they stand in a list: what they are about, told where it says more (`evidence.told`). `label` is what a
    line calls itself ("Opening hours: …") or the written question, if all of it is told. `after` is what follows it and says
    more of it: it is told, and answers nothing."""

    text: str
    about: str
    piece: Piece
    label: str = ""
    after: str = ""

    @property
    def whole(self) -> str:
        return f"{self.about} {self.text}".strip()

    @property
    def told(self) -> str:
        return f"{self.text}{'' if self.after.startswith(chr(10)) else ' '}{self.after}".strip()


def statements_of(piece: Piece) -> list[Statement]:
    """What of a piece could be told: single sentences with what they need, and the answers of written questions."""
    found: list[Statement] = []
    heading = asked = ""
    answer: list[str] = []
    paused = False
    block: list[_Line] = []

    def close() -> None:
        if asked and answer:
            found.extend(_answers(asked, heading, answer, piece))
        found.extend(_told(block, heading, piece))
        block.clear()

    for line in _INNER_ANSWER.sub("\n", shown(piece.text)).splitlines():
        bare = line.strip()
        if not bare:
            paused = True
            continue
        if (
            paused and not _continues(bare) and not (block and block[-1].text.endswith(":"))
        ):  # a paragraph may bound the one before it
            close()
            if answer:
                asked, answer = "", []
        alone, paused = paused, False
        if _RULE.match(bare):  # the line above it is a heading, or there is none
            below = block.pop().text if block and not alone else ""
            close()
            heading, asked, answer, paused = below or heading, "", [], True
            continue
        if question := _asks(bare):
            close()
            asked, answer = question[0], [question[1]] if question[1] else []
        elif _HEADING.match(bare):
            close()
            heading, asked, answer = bare.lstrip("# ").strip(), "", []
        elif asked:
            answer.append(_MARKS.sub("", _ANSWER.sub("", bare)))
        elif block and _is_wrapped(block[-1].text, line):
            block[-1] = _Line(block[-1].indent, f"{block[-1].text} {bare.lstrip('> ')}")
        else:
            block.append(_Line(len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()), bare))
    close()
    return [each for each in found if len(each.told) <= LONGEST and _GAP not in each.about + each.told]


def shown(text: str) -> str:
    """A note's text as it is read: without what its writer struck out or hid, with a gap where that stood within a line, and of a
    link to somewhere on this machine its words alone, as the name of a note is private."""
    text = _HIDDEN.sub(_GAP, _WIKILINK.sub(lambda found: found[2] or found[1], text))
    return re.sub(rf"^[ \t]*{_GAP}[ \t]*\n", "", _OWN_LINK.sub(r"\1", text), flags=re.MULTILINE)


def _continues(line: str) -> bool:
    bare = _MARKS.sub("", line)
    return bool(_BOUNDS.match(bare) or _POINTS_BACK.match(bare) or _SAYS_MORE.match(bare) or _ANSWER.match(bare))


def _is_wrapped(line: str, following: str) -> bool:
    """Whether a line goes on in the following one, so that it says only a part of what its writer does."""
    if _ITEM.match(following) and not (line.startswith(">") and following.lstrip().startswith(">")):
        return False
    bare = following.lstrip("> ")
    goes_on = (
        _GOES_ON.match(bare)
        or line.endswith((",", ";", "–", "-"))
        or (len(line) >= WRAPPED_FROM and not _LABEL.match(bare))
    )
    return bool(goes_on) and not _ENDED.search(line)


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
    yield from _told([_Line(0, line) for line in lines], about, piece)


def _told(lines: Sequence[_Line], about: str, piece: Piece) -> Iterable[Statement]:
    """The sentences of a block's lines, each with the one before that it points back to, with those behind that bound it, and those
    that say more of it, and with what stands below it in a list; of a line with a label, all of it as well."""
    every = [[part for part in sentences_of(_MARKS.sub("", line.text)) if not part.endswith("?")] for line in lines]
    above, heading = _above(lines), about
    for number, parts in enumerate(every):
        line, rest = _MARKS.sub("", lines[number].text), [part for others in every[number + 1 :] for part in others]
        about = "\n".join(filter(None, (heading, *above[number])))
        below = itertools.takewhile(lambda each: each.indent > lines[number].indent, lines[number + 1 :])  # noqa: B023
        details = "".join(f"\n{_MARKS.sub('', each.text)}" for each in below)
        if (label := _LABEL.match(line)) and len(line) <= LONGEST and "?" not in line:
            yield Statement(line, about, piece, label[1], details or _more(rest))
            if len(parts) == 1:
                continue
        for place, part in enumerate(parts):
            if _BOUNDS.match(part) and place:
                continue
            text, following = part, parts[place + 1 :]
            while following and _BOUNDS.match(following[0]):
                text = f"{text} {following.pop(0)}"
            if _POINTS_BACK.match(part):
                if not place:
                    continue
                text = f"{parts[place - 1]} {text}"
            yield Statement(
                text, about, piece, after=_more([*following, *rest]) if following or not details else details
            )


def _above(lines: Sequence[_Line]) -> list[tuple[str, ...]]:
    """For each line those that it belongs to: under which it stands in, or which end in a colon."""
    found, open_ = list[tuple[str, ...]](), list[_Line]()
    for line in lines:
        while open_ and not (
            open_[-1].indent < line.indent or (_LEADS.search(open_[-1].text) and open_[-1].indent == line.indent)
        ):
            open_.pop()
        found.append(tuple(_MARKS.sub("", each.text) for each in open_))
        open_.append(line)
    return found


def _more(following: Sequence[str]) -> str:
    """Of the sentences behind one those that say more of it."""
    found = itertools.takewhile(
        lambda part: _BOUNDS.match(part) or _POINTS_BACK.match(part) or _SAYS_MORE.match(part), following
    )
    return " ".join(found)
