"""Exact nearest neighbours with NumPy: 100,000 vectors of 256 dimensions are 100 MB and about 10 ms a search."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np


class ExactIndex:
    """Implements the port `VectorIndex` in memory; safe in threads."""

    name = "exact"

    def __init__(self, dimensions: int) -> None:
        self._turn = threading.RLock()
        self._matrix = np.zeros((0, dimensions), np.float32)
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}

    def add(self, ids: Sequence[str], vectors: Any) -> None:
        with self._turn:
            new = [name for name in dict.fromkeys(ids) if name not in self._rows]
            self._grow(len(self._ids) + len(new))
            for name in new:
                self._rows[name] = len(self._ids)
                self._ids.append(name)
            if len(ids):
                self._matrix[[self._rows[name] for name in ids]] = vectors

    def remove(self, ids: Sequence[str]) -> None:
        with self._turn:
            for name in ids:
                row = self._rows.pop(name, None)
                if row is None:
                    continue
                # The last row fills the gap, so that the matrix stays dense.
                last = self._ids.pop()
                if last != name:
                    self._ids[row] = last
                    self._rows[last] = row
                    self._matrix[row] = self._matrix[len(self._ids)]
                self._matrix[len(self._ids)] = 0

    def search(self, vector: Any, k: int) -> list[tuple[str, float]]:
        with self._turn:
            count = len(self._ids)
            if k <= 0 or not count:
                return []
            # Rounded, since equal vectors may differ in the last bit by the row they stand in.
            scores = np.round(self._matrix[:count] @ np.asarray(vector, np.float32), 6)
            least = np.partition(scores, count - k)[count - k] if k < count else -np.inf
            found = [(self._ids[row], float(scores[row])) for row in np.flatnonzero(scores >= least)]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def __len__(self) -> int:
        return len(self._ids)

    def _grow(self, rows: int) -> None:
        if rows > len(self._matrix):
            # By half, or to the exact size at the first load: a matrix twice as large as needed would be 100 MB of air.
            wider = np.zeros((max(rows, len(self._matrix) * 3 // 2), self._matrix.shape[1]), np.float32)
            wider[: len(self._ids)] = self._matrix[: len(self._ids)]
            self._matrix = wider
