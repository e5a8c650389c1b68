"""How alike texts of a sheet are, by the home's own embedder: nothing of them is sent anywhere for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sage.core.sheets.sheet import SheetRow
from sage.engine.bootstrap import House
from sage.profile import Resolved

LONGEST = 2000
"""Characters of a text that are compared."""
AT_ONCE = 2000
"""Rows that are compared with all others at most."""


def likeness(house: House, profile: Resolved, prompt: str, rows: Sequence[SheetRow]) -> dict[int, float]:
    """How like each row is to a prompt, -1 to 1; nothing with an embedder that runs elsewhere."""
    vectors = _vectors(house, profile, [prompt, *(row.text[:LONGEST] for row in rows)])
    if vectors is None:
        return {}
    found = vectors[1:] @ vectors[0]
    return {row.row: float(like) for row, like in zip(rows, found, strict=True)}


def pairs_alike(house: House, profile: Resolved, rows: Sequence[SheetRow]) -> dict[tuple[int, int], float]:
    """How alike each two rows are; all pairs count the same with an embedder that runs elsewhere."""
    rows = rows[:AT_ONCE]
    vectors = _vectors(house, profile, [row.text[:LONGEST] for row in rows])
    if vectors is None:
        return {(one.row, other.row): 1.0 for place, one in enumerate(rows) for other in rows[place + 1 :]}
    found = vectors @ vectors.T
    return {
        (one.row, other.row): float(found[place, further])
        for place, one in enumerate(rows)
        for further, other in enumerate(rows[place + 1 :], place + 1)
    }


def _vectors(house: House, profile: Resolved, texts: Sequence[str]) -> Any:
    """One row a text, each of length 1; None where asking for them would leave this machine or cost something."""
    settings = profile.settings.memory
    return None if "/" in settings.embedder else house.embedders.chosen(settings).embed(texts)
