"""The person's own evaluation suite: cases made of turns, and trials of models with them."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.cases import Case, Check, Rating
from sage.wire.base import Nothing, Request


class EvalCaseLine(Struct, frozen=True):
    """A case in a list. `checks` are in words, `answers` tells who answered then; `local`: asked of no model elsewhere."""

    id: str
    turn: str
    conversation: str
    task: str
    said: str
    model: str
    rating: Rating
    value: float
    holdout: bool
    local: bool
    checks: tuple[str, ...]
    made_at: str


class EvalCasesShown(Struct, frozen=True):
    """Cases, oldest first; `left_out` says of turns why no case could be made of them."""

    cases: tuple[EvalCaseLine, ...]
    left_out: tuple[str, ...] = ()


class CaptureTurns(Request[EvalCasesShown], frozen=True, tag=True):
    """Makes cases of a turn ("last" for the newest), or of the `last` so many; a turn that has one gets it made anew."""

    turn: str = ""
    last: int = 0
    rating: Rating = ""
    value: float = 1.0
    holdout: bool = False
    reply: ClassVar[Any] = EvalCasesShown


class ListEvalCases(Request[EvalCasesShown], frozen=True, tag=True):
    reply: ClassVar[Any] = EvalCasesShown


class EvalCaseShown(Struct, frozen=True):
    """A case with all its words. `changed` names what is not as it was when the case was recorded: tools, prompt, skills."""

    case: Case
    changed: tuple[str, ...] = ()


class ShowEvalCase(Request[EvalCaseShown], frozen=True, tag=True):
    """By the case's id, or its turn's. NotFound."""

    id: str
    reply: ClassVar[Any] = EvalCaseShown


class EditEvalCase(Request[EvalCaseShown], frozen=True, tag=True):
    """Takes checks away by their numbers (from 1), then adds some; None leaves a thing as it is. Raises NotFound, BadInput."""

    id: str
    remove: tuple[int, ...] = ()
    add: tuple[Check, ...] = ()
    value: float | None = None
    holdout: bool | None = None
    task: str | None = None
    reply: ClassVar[Any] = EvalCaseShown


class DropEvalCase(Request[Nothing], frozen=True, tag=True):
    """Takes a case away, with all that was answered to it. NotFound."""

    id: str


Requests = CaptureTurns | ListEvalCases | ShowEvalCase | EditEvalCase | DropEvalCase
