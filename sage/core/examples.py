"""Answers of a stronger model that the person kept, shown to the quick one with the same kind of task."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from msgspec import Struct

from sage.core import authority
from sage.core.asked import AskedTurn
from sage.core.chat_prompt import estimate_tokens
from sage.core.ledger import Outcome
from sage.core.messages import Example
from sage.core.plugins.outside_tools import is_outside
from sage.core.routing import LADDER, Step
from sage.core.turns import PastTurn

MOST, MOST_TOKENS = 3, 450
"""How many are shown at most, and how many tokens they may have together: on a processor each costs time."""
KEPT_WELL = frozenset(("kept", "right"))
LOOKS = frozenset(("recall", "skill"))
"""Tools after which an answer is still words of the person's notes. What another did, words alone do not teach."""
ExampleState = Literal["on", "dropped"]
"""`dropped`: the person said no, and nothing of its words is kept."""


class ExampleBody(Struct, frozen=True):
    """A question and its answer, secrets taken out; `model` answered. `local`: for models on this machine alone."""

    said: str = ""
    answer: str = ""
    model: str = ""
    local: bool = False


class KeptExample(Struct, frozen=True):
    """An example as the journal keeps it; `documents` are the sources of its words."""

    id: str
    turn: str
    conversation: str
    task: str
    body: ExampleBody
    documents: tuple[str, ...]
    state: ExampleState
    made_at: str

    @property
    def tokens(self) -> int:
        """About how many tokens it takes in a prompt."""
        return tokens_of(self.body)

    def shown(self) -> Example:
        """As a model is shown it."""
        return Example(self.id, self.body.said, self.body.answer, self.documents, self.body.local)


class Told(Struct, frozen=True):
    """What is known of a turn of which an example may be made. `past` are the turns of its conversation up to it, itself the last;
    `apart`: its case is kept apart for verdicts."""

    asked: AskedTurn
    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]
    past: Sequence[PastTurn]
    apart: bool = False


def pick(kept: Iterable[KeptExample], *, leaves: bool, apart: Collection[str] = ()) -> tuple[Example, ...]:
    """What is shown of examples for one kind of task (the newest come first, and go last into the prompt). `leaves`: it may leave
    this machine; `apart` are conversations of which nothing is shown."""
    found: list[KeptExample] = []
    for each in kept:
        hidden = each.conversation in apart or (leaves and each.body.local)
        if not hidden and len(found) < MOST and sum(one.tokens for one in (*found, each)) <= MOST_TOKENS:
            found.append(each)
    return tuple(each.shown() for each in reversed(found))


def tokens_of(body: ExampleBody) -> int:
    """About how many tokens a question and its answer have."""
    return estimate_tokens(f"Asked: {body.said}\nAnswered: {body.answer}")


def body_of(asked: AskedTurn) -> ExampleBody:
    """What an example of a turn says."""
    first = asked.steps[0].request
    said = next((each.text for each in reversed(first.messages) if each.role == "user"), "")
    answer = "\n\n".join(step.text.strip() for step in asked.steps if step.text.strip())
    return ExampleBody(said, answer, asked.steps[-1].model, any(step.local for step in asked.steps))


def refusal(told: Told) -> str:
    """Why no example is made of a turn, as the end of a sentence; "" where one may be."""
    body = body_of(told.asked)
    became = {each.what for each in told.outcomes}
    reasons = (
        (not is_stronger(told.steps), "no stronger model than quick answered it"),
        (not became, "it is not known yet whether you kept its answer"),
        (bool(became - KEPT_WELL), "its answer did not do as it was"),
        (told.apart, "its case is kept apart for verdicts"),
        (_is_partial(told), "it has no whole answer, or words of it were forgotten"),
        (_acts(told.asked), "it used a tool, which words alone do not teach"),
        (_is_strange(told), "words of others stand in what it was made of"),
        (tokens_of(body) > MOST_TOKENS, f"it is longer than the {MOST_TOKENS} tokens that examples may have"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def is_stronger(steps: Sequence[Step]) -> bool:
    """Whether the model that answered at last is above the one that `quick` is: deep's, or the one that quick's gave way to."""
    if not steps or steps[-1].model == "librarian" or steps[-1].role not in LADDER[1:]:
        return False
    quick = {step.model for step in steps if step.role == "quick"}
    return steps[-1].model not in quick and (steps[-1].role == "deep" or bool(quick))


def _is_partial(told: Told) -> bool:
    last = told.past[-1] if told.past else None
    whole = last is not None and last.answer.state == "done" and not last.forgotten
    return not (whole and body_of(told.asked).answer)


def _acts(asked: AskedTurn) -> bool:
    return any(call.name not in LOOKS for step in asked.steps for call in step.calls)


def _is_strange(told: Told) -> bool:
    """Whether somebody else's words may stand in the answer, or in what was said before it."""
    hits = [hit for step in told.asked.steps for hit in step.request.passages]
    hits += [hit for past in told.past for hit in past.answer.sources]
    used = {action.tool for past in told.past for action in past.answer.actions}
    others = any(tool in authority.SHOWS_OTHERS or is_outside(tool) for tool in used)
    return others or any(hit.origin != "user" for hit in hits)
