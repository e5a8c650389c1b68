"""The app's places, one key apart."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """Where the person can be: `id` is the app's mode, `key` goes there from anywhere; its screen is the class `label` of
    the module `id`, imported when it is first opened. `about` says what it is for."""

    id: str
    label: str
    key: str
    about: str = ""


TODAY = Place("today", "Today", "f2", "one focus, the agenda, goals, what waits")
TALK = Place("talk", "Talk", "f3", "the conversation")
INBOX = Place("inbox", "Inbox", "f4", "drafts that wait for your yes, messages, what was answered")
MEMORY = Place("memory", "Memory", "f5", "search, read, label, forget")
MODELS = Place("models", "Models", "f6", "who answers, what it costs, try another one and swap, take that back")
SHEETS = Place("sheets", "Sheets", "", "the same asked of many notes, tasks or messages")
"""Within Models: it has no key of its own from anywhere."""
PLACES = (TODAY, TALK, INBOX, MEMORY, MODELS)
"""In the order in which `NEXT_PLACE` goes through them."""
NEXT_PLACE = "ctrl+t"
CAPTURE = "f8"
"""Opens a line that keeps something, from anywhere. No text field and no terminal has another use for it."""


def place_after(id: str) -> Place:  # noqa: A002
    """The place that follows, the first one after the last."""
    ids = [place.id for place in PLACES]
    return PLACES[(ids.index(MODELS.id if id == SHEETS.id else id) + 1) % len(PLACES)]
