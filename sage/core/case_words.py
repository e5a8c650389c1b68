"""A case as a person reads it: what was said, called and answered then, and what an answer must be to be right."""

from __future__ import annotations

from collections.abc import Sequence

from sage.core.cases import Case, check_words


def case_lines(case: Case, changed: Sequence[str], *, add: str) -> list[str]:
    """All of it. `changed` names what is not as it was when it was recorded; `add` says how a check is added."""
    body = case.body
    lines = [f"{case.id} · {case.task}{f' · {case.rating}' if case.rating else ''} · worth {case.value:g}"]
    lines[0] += " · kept apart for verdicts" if case.holdout else ""
    lines += ["", f"You: {body.said}"]
    for step in body.record:
        for call in step.calls:
            shown_arguments = ", ".join(f"{key}: {value}" for key, value in call.arguments.items())
            lines.append(f"  {call.name}({shown_arguments})")
        lines += [f"    {message.text}" for message in step.results]
    lines += [f"{body.model}: {body.answer}", "", "An answer is right if it"]
    lines += [f"  {number}. {check_words(check)}" for number, check in enumerate(body.checks, 1)]
    if not body.checks:
        lines.append(f"  (nothing is checked yet: {add})")
    if changed:
        lines += ["", f"Since it was recorded, these have changed: {', '.join(changed)}."]
    if body.local:
        lines.append("It holds words that stay on this machine: no model elsewhere is asked it.")
    return lines


def case_marks(task: str, rating: str, value: float, *, holdout: bool, local: bool) -> list[str]:
    """What a case is, in a few words each."""
    marks = [task, rating, f"worth {value:g}" if value != 1 else "", "kept apart" if holdout else ""]
    return [mark for mark in (*marks, "on this machine only" if local else "") if mark]
