"""When the person last said or did something about what: read from the journal and from the times of files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from sage.adapters.database import Database
from sage.core.rituals import PastRitual
from sage.core.touches import Touch, touch
from sage.locations import Home

MOST_TURNS = 200
"""Turns, and actions, that are looked at, from the newest back: more are not said within a few hours."""


class Touches:
    """What is on record of a home. It reads what was said, done in a conversation, focused on, and decided in a ritual."""

    def __init__(self, home: Home, database: Database) -> None:
        self._home, self._database = home, database

    def since(self, moment: datetime) -> list[Touch]:
        """What was said and done from a moment on; of a focus session its end counts."""
        return [one for one in self._all() if one.at >= moment]

    def written(self, path: str = "") -> str:
        """When a file of the home was last written, as ISO in UTC ("": there is none); the tasks' when none is named."""
        file = self._home.path / path if path else self._home.tasks
        try:
            return datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat()
        except OSError:
            return ""

    def _all(self) -> Iterator[Touch]:
        rows = self._database.rows
        for said, at in rows("SELECT said, said_at FROM turns ORDER BY seq DESC LIMIT ?", (MOST_TURNS,)):
            yield touch(datetime.fromisoformat(at), said)
        for arguments, at in rows("SELECT arguments, claimed_at FROM actions ORDER BY seq DESC LIMIT ?", (MOST_TURNS,)):
            yield touch(datetime.fromisoformat(at), *_texts(msgspec.json.decode(arguments or "null")))
        sessions = "SELECT about, coalesce(ended_at, until) FROM focus_sessions ORDER BY since DESC LIMIT 20"
        for about, at in rows(sessions):
            yield touch(datetime.fromisoformat(at), about)
        for body, at in rows("SELECT body, made_at FROM rituals WHERE body != '' ORDER BY seq DESC LIMIT 6"):
            answers = msgspec.json.decode(body, type=PastRitual).answers
            yield touch(datetime.fromisoformat(at), *(answer.id for answer in answers))


def _texts(value: Any) -> Iterator[str]:
    """The strings among a call's arguments."""
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)
