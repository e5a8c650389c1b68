"""Statements at hand, to be looked up like those of the journal (implements the port `Facts`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sage.core.facts.beliefs import Decision
from sage.core.facts.facts import Statement, subject_key
from sage.core.words import content_stems, fold


class StatedFacts:
    """Some statements, and what the person decided."""

    def __init__(self, statements: Iterable[Statement], decisions: Mapping[str, Decision]) -> None:
        self._statements, self._decisions = tuple(statements), dict(decisions)

    def statements(self, words: str = "", *, subjects: Sequence[str] = ()) -> list[Statement]:
        """Those about some of the subjects, and with some of the words; all of them without either."""
        keys, stems = {subject_key(one) for one in subjects}, content_stems(words)
        if not keys and not stems:
            return list(self._statements)
        return [
            one
            for one in self._statements
            if subject_key(one.subject) in keys or any(stem in _told(one) for stem in stems)
        ]

    def slots_of(self, statements: Iterable[Statement]) -> list[Statement]:
        """All that could confirm, end or contradict some statements."""
        slots = {(subject_key(one.subject), one.attribute) for one in statements}
        return [one for one in self._statements if (subject_key(one.subject), one.attribute) in slots]

    def decisions(self) -> dict[str, Decision]:
        """What the person decided of statements, by id."""
        return self._decisions


def _told(one: Statement) -> str:
    return fold("\n".join((one.subject, one.attribute, one.value, one.quote)))
