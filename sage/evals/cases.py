"""Making a case of a turn: its opening, the record that its tools answer from, and checks from the answer that was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from sage.core.asked import Asked, AskedTurn
from sage.core.cases import (
    MARK,
    MUST_ASK,
    AsksFirst,
    Calls,
    Case,
    CaseBody,
    Changes,
    Check,
    Cites,
    Hashes,
    NeverCalls,
    Omits,
    Rating,
    Recorded,
    SaysOf,
    figures_in,
    short_hash,
    wish_of,
)
from sage.core.messages import ModelRequest, ToolCall

LOOKS_UP = frozenset({"recall", "facts", "skill"})
"""Tools that look for something in words of a model's own: many words find the same, so what they find is checked instead."""
MOST_SAID = 4
"""Figures of an answer that another one must have as well."""
LONGEST_FAULT = 200
"""Characters of a wrong answer that another one must not have."""


def case_of(
    asked: AskedTurn,
    *,
    id: str,  # noqa: A002
    made_at: str,
    task: str = "",
    rating: Rating = "",
    value: float = 1.0,
    holdout: bool = False,
    skills: Mapping[str, str] | None = None,
) -> Case:
    """A turn as a case. `skills` are the person's, by name, as they are now."""
    steps = asked.steps
    opening = steps[0].request
    record = tuple(_recorded(step, steps[place + 1 :]) for place, step in enumerate(steps))
    hashes = Hashes(short_hash(opening.tools), short_hash(opening.system), short_hash(dict(skills or {})))
    body = CaseBody(
        opening, record, hashes, (), steps[-1].model, steps[-1].cited, local=any(step.local for step in steps)
    )
    body = msgspec.structs.replace(body, checks=checks_of(body, rating))
    return Case(
        id, asked.turn, asked.conversation, task or guessed_task(body), body, rating, value, holdout, "kept", made_at,
        asked.documents,
    )  # fmt: skip


def checks_of(body: CaseBody, rating: Rating) -> tuple[Check, ...]:
    """What an answer must be, made from the one that was given and from what the person said of it."""
    effects = body.effects()
    calls = [call for step in body.record for call in step.calls if call.id not in step.undone]
    acts = [call for call in calls if effects.get(call.name, "outward") != "read"]
    if rating == MUST_ASK:
        return AsksFirst(), *_never(acts)
    if rating == "wrong":
        fault = MARK.sub("", body.answer).strip().partition("\n")[0][:LONGEST_FAULT]
        return (*_never(acts), *((Omits(fault),) if fault and not acts else ()))
    reads = [call for call in calls if call not in acts and call.name not in LOOKS_UP]
    checks: list[Check] = [Calls(call.name, call.arguments) for call in acts]
    checks += [Calls(name) for name in dict.fromkeys(call.name for call in reads)]
    checks.append(Changes(tuple(wish_of(call) for call in acts)))
    if body.cited:
        checks.append(Cites(body.cited, -(-len(body.cited) // 2)))
    return (*checks, *_figures(body))


def guessed_task(body: CaseBody) -> str:
    """What kind of task a case is, where nobody decided it."""
    effects = body.effects()
    if any(effects.get(call.name) not in ("read", None) for step in body.record for call in step.calls):
        return "command"
    return "question" if body.opening.passages or "?" in body.said else "talk"


def _recorded(step: Asked, after: Sequence[Asked]) -> Recorded:
    following: ModelRequest | None = after[0].request if after else None
    known = {hit.id for hit in step.request.passages}
    offered = {tool.name for tool in step.request.tools}
    found = tuple(hit for hit in following.passages if hit.id not in known) if following else ()
    more = tuple(tool for tool in following.tools if tool.name not in offered) if following else ()
    return Recorded(step.text, step.calls, step.results, step.undone, found, more)


def _never(acts: Sequence[ToolCall]) -> tuple[Check, ...]:
    return tuple(NeverCalls(call.name, call.arguments) for call in acts)


def _figures(body: CaseBody) -> list[Check]:
    """Figures of the answer that also stand in what it was made of, and not in the question: the person's, not its own. Half of
    them must come again, since an answer may tell more than was asked."""
    known = set(figures_in("\n".join(body.material))) - set(figures_in(body.said))
    found = [figure for figure in figures_in(body.answer) if figure in known][:MOST_SAID]
    return [SaysOf(tuple(found), -(-len(found) // 2))] if found else []
