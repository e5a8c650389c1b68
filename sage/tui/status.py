"""What the line at the bottom of each place tells, and what of it goes where there is no room for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sage.core.terminal_text import clean_line
from sage.tui.widgets.wrapping import fit, width_of

if TYPE_CHECKING:
    from sage import wire

_BETWEEN = " · "
_NEXT = 40
"""Cells of the next reminder's words."""
_USUAL = "default"
"""The profile that is not worth telling."""


class Part(NamedTuple):
    """`rank` 0 stays longest where it is narrow."""

    text: str
    rank: int


def fitting(parts: Sequence[Part], width: int) -> str:
    """As much as has room in `width` cells, what matters least left out first; the last one left is cut."""
    left = [part._replace(text=clean_line(part.text)) for part in parts if part.text]
    while len(left) > 1 and width_of(_line(left)) > width:
        del left[max(range(len(left)), key=lambda place: (left[place].rank, place))]
    return fit(_line(left), width)


def _line(parts: Sequence[Part]) -> str:
    return _BETWEEN.join(part.text for part in parts)


def status_parts(status: wire.EngineStatus, now: datetime) -> tuple[Part, ...]:
    """The engine at a glance: what is unusual first, then who answers, what it costs and what comes next."""
    cap = f" of ${status.cap_today_usd:.2f}" if status.cap_today_usd else ""
    return (
        Part(f"paused {status.paused}" if status.paused else "", 1),
        Part(status.away, 2),
        Part(f"{status.waiting} waiting: F4" if status.waiting else "", 3),
        Part(status.answering, 0),
        Part(f"${status.spent_today_usd:.2f}{cap} today", 4),
        Part(_next_words(status, now), 5),
        Part(_notes_words(status.notes), 7),
        Part(status.profile if status.profile != _USUAL else "", 8),
        Part("Ctrl+P all", 6),
    )


def _next_words(status: wire.EngineStatus, now: datetime) -> str:
    """Words that stay true as days go by: no today, no tomorrow."""
    if not status.next_at:
        return ""
    at = datetime.fromisoformat(status.next_at)
    days = (at.date() - now.astimezone(at.tzinfo).date()).days
    day = "" if days == 0 else f"{at:%a} " if 0 < days < 7 else f"{at.day} {at:%b} "
    return f"{day}{at:%H:%M} {fit(clean_line(status.next_text), _NEXT)}"


def _notes_words(notes: int) -> str:
    return "no notes yet: /import FOLDER" if not notes else f"{notes} note{'' if notes == 1 else 's'}"
