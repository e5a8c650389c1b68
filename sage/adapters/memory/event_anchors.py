"""When an event was that a question counts from, by what a store tells of it."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from sage.adapters.memory.memory_rows import PassageRow
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.memory.memory_view import View, best_of
from sage.core.event_times import EventTime, agreed, event_time, told_time
from sage.core.ranking import query_terms
from sage.core.time_spans import TimeSpan
from sage.core.words import content_stems

READ = 12
"""Passages that are read for when an event was."""
COVERED = 0.6
"""The share of an event's words, by rarity, that a passage has which tells of it."""


class Anchored(Struct, frozen=True):
    """The times that a question means by an event, and the passage (by id) that tells best when the event was."""

    spans: tuple[TimeSpan, ...] = ()
    told_by: str = ""


def anchored(store: MemoryStore | View, question: str) -> Anchored:
    """What a question that counts from an event means, by what is in a store; nothing, if it does not or nobody tells."""
    event = event_time(question)
    if event is None:
        return Anchored()
    told = [
        (name, span)
        for name, row in _about(store, event)
        if (span := told_time(row.passage.text, event, date.fromisoformat(row.when[:10]) if row.when else None))
    ]
    try:
        spans = event.around(agreed(span for _, span in told))
    except OverflowError:
        return Anchored()
    return Anchored(tuple(spans), told[0][0]) if spans else Anchored()


def _about(store: MemoryStore | View, event: EventTime) -> list[tuple[str, PassageRow]]:
    """The best passages about an event, by id: they have its names and nearly all of its words."""
    matches = store.match(list(store.cut(query_terms(event.event))))
    scores = (matches.words * (matches.covered >= COVERED)).round(9)
    keys = {key.number: key for key in store.keys("number", best_of(store, scores, READ))}
    found = [(keys[row.number].id, row) for row in store.passages(list(keys)) if event.names <= _stems(row)]
    return sorted(found, key=lambda one: (-scores[one[1].number], one[0], one[1].part))


def _stems(row: PassageRow) -> set[str]:
    return set(content_stems(" ".join((row.passage.text, row.passage.heading, row.title, row.speaker or ""))))
