"""What is learnt from drafts: cases, figures, and answers that the person keeps to be given again."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.deputy.learning import Case, Figure, Offer
from sage.core.labels import Audience
from sage.wire.base import Request


class CasesShown(Struct, frozen=True):
    cases: tuple[Case, ...]


class FiguresShown(Struct, frozen=True):
    """By contact and topic (`learning.ALL`: the contact's sum), and what Sage could answer by itself."""

    figures: tuple[Figure, ...]
    offers: tuple[Offer, ...] = ()


class AnswerKept(Struct, frozen=True):
    """An answer as a note of the person's own (`path`, below the home). `text` is exactly what is added to it, which `audience` may
    see: now that is `readers`. `digest` stands for all of it; `kept`: it is written."""

    path: str
    text: str
    audience: Audience
    readers: tuple[str, ...]
    digest: str
    kept: bool = False


class ListCases(Request[CasesShown], frozen=True, tag=True):
    """Drafts and answers that the person edited, denied, took back or corrected, newest first; without secrets."""

    limit: int = 200
    reply: ClassVar[Any] = CasesShown


class ShowFigures(Request[FiguresShown], frozen=True, tag=True):
    reply: ClassVar[Any] = FiguresShown


class KeepAnswer(Request[AnswerKept], frozen=True, tag=True):
    """What the person sent for a draft, or another `answer` of theirs, becomes a note that exactly `names` may see, below a
    `question` in the person's own words.
    Without `digest` it is only told what that would be; with it, it is written if it is still the same."""

    id: str
    names: tuple[str, ...]
    question: str = ""
    answer: str = ""
    digest: str = ""
    reply: ClassVar[Any] = AnswerKept


Requests = ListCases | ShowFigures | KeepAnswer
