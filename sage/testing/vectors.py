"""Fakes for vectors: an embedder that knows letters only, and an index that looks at everything."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any


class FakeEmbedder:
    """Counts words into a few dimensions: equal words are near each other, and nothing is loaded. Implements `Embedder`."""

    def __init__(self, name: str = "fake-16", dimensions: int = 16) -> None:
        self._name, self._dimensions = name, dimensions
        self.embedded: list[str] = []
        """Every text that was asked for, in order."""

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return self._dimensions

    @property
    def of_words(self) -> bool:
        return True

    def embed(self, texts: Sequence[str]) -> Any:
        import numpy as np

        self.embedded += texts
        vectors = np.zeros((len(texts), self._dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, zlib.crc32(word.encode("utf-8", "replace")) % self._dimensions] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths > 0, lengths, 1)


class FakeVectorIndex:
    """A dictionary of vectors. Implements `VectorIndex`."""

    name = "fake"

    def __init__(self) -> None:
        self._vectors: dict[str, list[float]] = {}

    def add(self, ids: Sequence[str], vectors: Any) -> None:
        self._vectors.update((name, [float(x) for x in vector]) for name, vector in zip(ids, vectors, strict=True))

    def remove(self, ids: Sequence[str]) -> None:
        for name in ids:
            self._vectors.pop(name, None)

    def search(self, vector: Any, k: int) -> list[tuple[str, float]]:
        scores = (
            (name, round(sum(float(a) * b for a, b in zip(vector, other, strict=True)), 6))
            for name, other in self._vectors.items()
        )
        return sorted(scores, key=lambda pair: (-pair[1], pair[0]))[: max(k, 0)]

    def __len__(self) -> int:
        return len(self._vectors)
