"""Faults to put into the deputy, so that the bench of pairs shows that it would find them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from sage.agent import replier
from sage.core import disclosure
from sage.core.deputy import availability


@contextmanager
def _owners_view() -> Iterator[None]:
    """All of memory is searched."""
    pieces = replier.Replier._pieces

    def of_all(self: Any, question: str, rules: Any, readers: Any) -> Any:
        from msgspec.structs import replace

        found = [replace(piece, confidence=0.9) for piece in disclosure.pieces_of(self.recall(question, None))[:2]]
        return found or pieces(self, question, rules, readers)

    with patch.object(replier.Replier, "_pieces", of_all):
        yield


@contextmanager
def _hints_decide() -> Iterator[None]:
    """What only the person may see makes a draft of what else would be an answer."""
    answered = replier.Replier._granted

    def granted(self: Any, incoming: Any, rules: Any, readers: Any, composed: Any, doubt: str) -> Any:
        known = self._hints(incoming.text, readers)
        return answered(self, incoming, rules, readers, composed, doubt or ("unsure" if known else ""))

    with patch.object(replier.Replier, "_granted", granted):
        yield


@contextmanager
def _calendar_words() -> Iterator[None]:
    """The answer about times says what for."""
    told = availability.told

    def with_titles(span: Any, events: Any, now: Any, tongue: str) -> str:
        return told(span, events, now, tongue) + "".join(f" {event.title}" for event in events)

    with patch.object(availability, "told", with_titles):
        yield


@contextmanager
def _calendar_pieces() -> Iterator[None]:
    """Times are told event by event, and so how many there are."""
    busy = availability.busy_times

    def apart(events: Any, day: Any, zone: str) -> Any:
        return tuple(time for event in events for time in busy([event], day, zone))

    with patch.object(availability, "busy_times", apart):
        yield


@contextmanager
def _calendar_for_all() -> Iterator[None]:
    """Whoever asks is told times."""
    with patch.object(replier, "may_see", lambda audience, readers: True):
        yield


@contextmanager
def _cards_for_all() -> Iterator[None]:
    """Cards are told to whoever asks."""
    with patch.object(disclosure, "visible_to", lambda audience, readers: True):
        yield


@contextmanager
def _writer_alone() -> Iterator[None]:
    """In a group what its writer may see is told."""
    readers = disclosure.readers_of

    with patch.object(replier, "readers_of", lambda exchange, people: readers(exchange, people)[:1]):
        yield


DEPUTY_LEAKS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "the owner's view": _owners_view,
    "hints decide": _hints_decide,
    "calendar words": _calendar_words,
    "calendar pieces": _calendar_pieces,
    "calendar for all": _calendar_for_all,
    "cards for all": _cards_for_all,
    "writer alone": _writer_alone,
}
