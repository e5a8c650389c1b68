"""What models that run elsewhere are given of memory: all but the texts that are marked `local-only`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sage.core.facts.beliefs import Decision
from sage.core.facts.facts import Statement
from sage.core.labels import LOCAL_ONLY, Audience, Origin, Reader
from sage.core.passages import Hit
from sage.core.ports import Facts, Memory


@dataclass(frozen=True)
class ForElsewhere:
    """Memory without what is for models on this machine alone (`ports.Memory`)."""

    memory: Memory

    def recall(
        self, query: str, *, k: int = 10, recipients: Sequence[Reader] | None = None, now: datetime | None = None
    ) -> list[Hit]:
        """As many as there are among twice as many that may leave this machine."""
        found = self.memory.recall(query, k=2 * k, recipients=recipients, now=now)
        return [hit for hit in found if LOCAL_ONLY not in hit.audience][:k]

    def remember(
        self,
        text: str,
        *,
        source: str,
        when: datetime | str | None = None,
        thread: str | None = None,
        speaker: str | None = None,
        origin: Origin = "user",
        audience: str | Audience = "private",
    ) -> str:
        return self.memory.remember(
            text, source=source, when=when, thread=thread, speaker=speaker, origin=origin, audience=audience
        )

    def unread(self) -> str:
        return self.memory.unread()

    def catch_up(self) -> None:
        self.memory.catch_up()


@dataclass(frozen=True)
class FactsForElsewhere:
    """Statements without those of texts that are for models on this machine alone (`ports.Facts`)."""

    facts: Facts

    def statements(self, words: str = "", *, subjects: Sequence[str] = ()) -> list[Statement]:
        return _leaving(self.facts.statements(words, subjects=subjects))

    def slots_of(self, statements: Iterable[Statement]) -> list[Statement]:
        return _leaving(self.facts.slots_of(statements))

    def decisions(self) -> dict[str, Decision]:
        return self.facts.decisions()


def _leaving(found: Iterable[Statement]) -> list[Statement]:
    return [one for one in found if LOCAL_ONLY not in one.audience]
