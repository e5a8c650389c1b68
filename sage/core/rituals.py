"""Rituals: looking at the day and the week together with the person, and what they decide there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from sage.core.errors import BadInput

RitualKind = Literal["brief", "shutdown", "review"]
Part = Literal["day", "focus", "option", "event", "collision", "held", "messages", "done", "trouble"]
Deed = Literal["carry", "drop", "park", "done", "keep", "shrink", "rewrite"]
"""carry: tomorrow; park: on no day; keep: as it is; shrink: a smaller one in its place; rewrite: the goal, or its why, anew."""


class RitualLine(Struct, frozen=True):
    """A computed fact in words, and the ids of what it rests on (none: it only says what day it is, or that nothing is).

    `worded` is the same fact in a model's words ("" for none).
    """

    part: Part
    text: str
    sources: tuple[str, ...] = ()
    worded: str = ""

    @property
    def said(self) -> str:
        """What is shown."""
        return self.worded or self.text


class RitualChoice(Struct, frozen=True):
    """One key that answers; `asks` is a question to which the person writes a few words ("" for none)."""

    key: str
    deed: Deed
    label: str
    asks: str = ""


class RitualQuestion(Struct, frozen=True):
    """What the person decides about the task or goal of that id; whoever does not answer leaves it as it is."""

    id: str
    of: Literal["task", "goal"]
    text: str
    note: str
    choices: tuple[RitualChoice, ...]


class Ritual(Struct, frozen=True):
    """A ritual of a date. `fresh` after an absence: it looks at nothing that lies before."""

    kind: RitualKind
    day: str
    lines: tuple[RitualLine, ...]
    questions: tuple[RitualQuestion, ...] = ()
    goodbye: str = ""
    fresh: bool = False


class RitualAnswer(Struct, frozen=True):
    """What the person decided about one question."""

    id: str
    deed: Deed
    words: str = ""


class PastRitual(Struct, frozen=True):
    """A ritual as it was shown, and what was answered."""

    ritual: Ritual
    answers: tuple[RitualAnswer, ...] = ()


TASK_CHOICES = (
    RitualChoice("c", "carry", "carry to tomorrow"),
    RitualChoice("p", "park", "park, for no day"),
    RitualChoice("x", "drop", "drop"),
    RitualChoice("d", "done", "done"),
)
GOAL_CHOICES = (
    RitualChoice("k", "keep", "keep"),
    RitualChoice("s", "shrink", "shrink", "What would be a smaller one?"),
    RitualChoice("x", "drop", "drop"),
    RitualChoice("r", "rewrite", "rewrite", "What is it now? (or: because …, for its why alone)"),
)
_WHY = re.compile(r"(?:^|[\s,;:]+)(?:because|so that)\s+", re.IGNORECASE)


def checked_answers(ritual: Ritual, answers: Sequence[RitualAnswer]) -> None:
    """Raises BadInput for an answer to nothing that was asked, or one that lacks its words."""
    asked = {question.id: question for question in ritual.questions}
    for answer in answers:
        if answer.id not in asked:
            raise BadInput(f"Nothing was asked about {answer.id!r}.", safe="Nothing was changed.",
                           do=f"See what is asked: sage {ritual.kind} --json")  # fmt: skip
        choice = next((one for one in asked[answer.id].choices if one.deed == answer.deed), None)
        if choice is None:
            deeds = ", ".join(one.deed for one in asked[answer.id].choices)
            raise BadInput(
                f"{answer.deed!r} is no answer here.", safe="Nothing was changed.", do=f"Say one of: {deeds}."
            )
        if choice.asks and not answer.words.strip():
            raise BadInput(f"{choice.label.capitalize()} needs a few words.", safe="Nothing was changed.",
                           do=f"Write them like {answer.id}={answer.deed}:YOUR WORDS")  # fmt: skip


def new_goal_words(answer: RitualAnswer) -> tuple[str, str]:
    """The title and the why that an answer gives a goal; "" for one that stays."""
    words = " ".join(answer.words.split()).rstrip(".")
    if answer.deed == "rewrite" and (found := _WHY.search(words)):
        return words[: found.start()].strip(), words[found.end() :].strip()
    return words, ""


def ritual_lines(ritual: Ritual) -> list[str]:
    """The lines as they are shown, each with the ids of its sources."""
    return [line.said + (f"  [{' '.join(line.sources)}]" if line.sources else "") for line in ritual.lines]
