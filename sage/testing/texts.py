"""Remembered texts and roots in memory, a fake of the journal's pages for memory (`sage.adapters.memory.memory_sources.Texts`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from sage.core.labels import Audience, KeptLabel, LabelKind
from sage.core.passages import RememberedText, copy_id, first_id, text_id


class FakeTexts:
    """Keeps nothing longer than itself lives."""

    def __init__(self) -> None:
        self.kept: list[RememberedText] = []
        self._roots: list[str] = []
        self._renames: dict[tuple[str, str], str] = {}
        self._labels: dict[tuple[LabelKind, str], KeptLabel] = {}

    def add_texts(self, rows: Sequence[RememberedText]) -> list[str]:
        ids = []
        for row in rows:
            name = text_id(replace(row, copy=0))
            copy = sum(first_id(kept.id) == name for kept in self.kept)
            row = replace(row, copy=copy, id=copy_id(name, copy))
            self.kept.append(row)
            ids.append(row.id)
        return ids

    def texts_after(self, seq: int, limit: int) -> list[tuple[int, RememberedText]]:
        return list(enumerate(self.kept, 1))[seq : seq + limit]

    def labels(self) -> list[KeptLabel]:
        return list(self._labels.values())

    def keep_label(self, kind: LabelKind, target: str, audience: Audience | None, at: datetime) -> None:
        self._labels.pop((kind, target), None)
        if audience is not None:
            self._labels[kind, target] = KeptLabel(kind, target, audience, at.isoformat())

    def drop_labels(self, kind: LabelKind, targets: Iterable[str]) -> None:
        for target in targets:
            self._labels.pop((kind, target), None)

    def tell_facts(self, audiences: Mapping[str, Audience]) -> None:
        pass

    def roots(self) -> list[str]:
        return list(self._roots)

    def add_root(self, path: str) -> None:
        if path not in self._roots:
            self._roots.append(path)

    def remove_root(self, path: str) -> None:
        if path in self._roots:
            self._roots.remove(path)

    def renames(self) -> dict[tuple[str, str], str]:
        return dict(self._renames)

    def rename(self, changes: Mapping[tuple[str, str], str | None]) -> None:
        for place, first in changes.items():
            self._renames.pop(place, None)
            if first is not None:
                self._renames[place] = first

    def forgettings(self) -> int:
        return 0

    def text_threads(self, until: int) -> dict[str, str]:
        return {text.id: text.thread for text in self.kept[:until]}

    def texts_in(self, threads: Sequence[str], names: Sequence[str]) -> list[tuple[int, RememberedText]]:
        return [(seq, text) for seq, text in enumerate(self.kept, 1) if text.thread in threads or text.id in names]

    def last_before(self, seq: int) -> int:
        return min(seq, len(self.kept))
