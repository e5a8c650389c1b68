"""What is said of a sheet: before it is filled, and afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol

from sage.core.sheets.sheet import Cell, Kind, Sheet, SheetRow

KINDS: dict[Kind, str] = {
    "map": "ask the same of each note, passage, task or message; every answer names the words that it rests on",
    "filter": "keep what fits a condition: a quick model's glance first, a strong one where that is not enough",
    "reduce": "bring all rows together into a few statements, each with the rows that it rests on",
    "resolve": "find which rows are about the same thing",
}
"""What each kind of column does."""
STATES = {
    "unsupported": "{} (no words of the text were found for it)",
    "nothing": "– (the text does not say)",
    "failed": "– (the model's answer could not be read)",
    "withheld": "– (for models on this machine alone, and none is set)",
}
"""What is said of a cell that is not simply there."""


class _Plan(Protocol):
    """What was planned (`wire.SheetPlan`)."""

    @property
    def kind(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def rows(self) -> int: ...
    @property
    def known(self) -> int: ...
    @property
    def withheld(self) -> int: ...
    @property
    def calls(self) -> int: ...
    @property
    def worst(self) -> float | None: ...
    @property
    def likely(self) -> float | None: ...
    @property
    def seconds(self) -> float | None: ...
    @property
    def cap(self) -> float: ...
    @property
    def note(self) -> str: ...


class _Line(Protocol):
    """A sheet in a list (`wire.SheetLine`)."""

    @property
    def rows(self) -> int: ...
    @property
    def cells(self) -> int: ...
    @property
    def failed(self) -> int: ...
    @property
    def cost(self) -> float: ...
    @property
    def bound(self) -> float: ...
    @property
    def sheet(self) -> Sheet: ...


class _Filled(Protocol):
    """What was filled (`wire.SheetFilled`)."""

    @property
    def plan(self) -> _Plan: ...
    @property
    def states(self) -> dict[str, int]: ...
    @property
    def spent(self) -> float | None: ...
    @property
    def told(self) -> tuple[str, ...]: ...


def standing(line: _Line) -> str:
    """How far a sheet is, and what it has cost."""
    parts = [counted(line.cells, "cell"), f"{line.failed} not readable" if line.failed else "",
             "" if line.sheet.state == "done" else "not finished"]  # fmt: skip
    if line.cost or line.bound:
        parts.append(" and ".join(filter(None, (f"${line.cost:.4f}" if line.cost else "",
                                                f"at most ${line.bound:.2f} not known" if line.bound else ""))))  # fmt: skip
    return " · ".join(filter(None, parts))


def said(cell: Cell) -> str:
    """What a cell says, in a line."""
    if cell.corrected is not None:
        return f"{cell.corrected} (your word)"
    return STATES.get(cell.state, "{}").format(" ".join(cell.value.split()))


def plan_lines(plan: _Plan, cap: str = "--cap") -> list[str]:
    """What is about to be asked, of how many rows, at what price, and how long it takes; `cap` is what changes the cap."""
    lines = [f"{counted(plan.rows, 'row')}; {counted(plan.calls, 'call')} of {plan.model} at most: {_price(plan)}."]
    if plan.known:
        lines.append(f"{plan.known} of them were asked before and cost nothing.")
    if plan.withheld:
        lines.append(
            f"{counted(plan.withheld, 'row')} are for models on this machine alone, and none is set: they stay empty."
        )
    if plan.seconds and plan.calls:
        lines.append(f"It takes about {duration(plan.seconds)} on this machine.")
    if plan.worst is None or plan.worst > plan.cap:
        lines.append(f"It stops before it has cost more than ${plan.cap:.2f} ({cap}).")
    return [*lines, plan.note] if plan.note else lines


def sampled(rows: Sequence[SheetRow], many: int, chance: Random) -> tuple[SheetRow, ...]:
    """So many rows by chance, in their order."""
    return tuple(sorted(chance.sample(rows, min(many, len(rows))), key=lambda row: row.row))


def result_lines(filled: _Filled) -> list[str]:
    """What became of it."""
    words = {
        "done": "with the words that they rest on",
        "unsupported": "for which no words were found",
        "nothing": "of which the text says nothing",
        "failed": "not readable",
        "withheld": "left out",
    }
    if filled.plan.kind == "filter":  # most of its cells are a no, which rests on nothing
        del words["done"]
    states = [f"{filled.states[state]} {words[state]}" for state in words if filled.states.get(state)]
    return [*([f"{', '.join(states)}."] if states else []), f"It cost {money(filled.spent)}.", *filled.told]


def _price(plan: _Plan) -> str:
    if plan.worst is None or plan.likely is None:
        return "its price is not known, each call counts as $0.50"
    return f"at most {money(plan.worst)}, likely {money(plan.likely)}" if plan.worst else "free"


def money(dollars: float | None) -> str:
    """An amount in words."""
    if dollars is None:
        return "an amount that is not known"
    return f"${dollars:.4f}" if dollars else "nothing"


def counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def duration(seconds: float) -> str:
    """About how long, in words."""
    if seconds < 90:
        return counted(max(1, round(seconds)), "second")
    if seconds < 5400:
        return counted(round(seconds / 60), "minute")
    return f"{seconds / 3600:.1f} hours"
