"""Finding the task that a person means."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from sage.core.errors import BadInput, NotFound
from sage.core.plans import Task
from sage.core.words import content_stems


def find_task(tasks: Sequence[Task], wanted: str) -> Task:
    """The task of an id, or the open one of some words. Raises NotFound with the nearest, or BadInput when several fit."""
    by_id = [task for task in tasks if task.id == wanted]
    if by_id:
        return by_id[0]
    still_open = [task for task in tasks if not task.done]
    exact = [task for task in still_open if task.text.casefold() == wanted.strip().casefold()]
    stems = set(content_stems(wanted))
    near = exact or [task for task in still_open if stems and stems <= set(content_stems(task.text))]
    if len(near) == 1:
        return near[0]
    if near:
        listed = "; ".join(f"{task.text} ({task.id})" for task in near[:5])
        raise BadInput(
            f"Several open tasks fit {wanted!r}: {listed}.", safe="None was changed.", do="Name one by its id."
        )
    raise nothing_fits("open task", wanted, [task.text for task in still_open])


def nothing_fits(kind: str, wanted: str, known: list[str]) -> NotFound:
    """Says so, with the nearest that there is."""
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.4)
    hint = f" The nearest is {near[0]!r}." if near else ("" if known else " There is none yet.")
    return NotFound(
        f"No {kind} fits {wanted!r}.{hint}",
        safe="Nothing was changed.",
        do=f"See them with: sage {kind.rsplit(' ', 1)[-1]} list",
    )
