"""How high each part of a long column is, and which part is at a given row."""

from __future__ import annotations

from collections.abc import Iterable


class Heights:
    """Heights in rows, with sums and look-ups in O(log n): a Fenwick tree that can grow and shrink at its end."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._heights: list[int] = list(heights)
        self._sums: list[int] = [0, *self._heights]
        sums, count = self._sums, len(self._heights)
        for place in range(1, count + 1):
            above = place + (place & -place)
            if above <= count:
                sums[above] += sums[place]
        self.total = sum(self._heights)

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    def append(self, height: int) -> None:
        """Add a part at the end."""
        self._heights.append(height)
        place = len(self._heights)
        held, below, lowest = height, place - 1, place - (place & -place)
        while below > lowest:
            held += self._sums[below]
            below -= below & -below
        self._sums.append(held)
        self.total += height

    def truncate(self, count: int) -> None:
        """Keep the first `count` parts."""
        self.total = self.top(count)
        del self._heights[count:]
        del self._sums[count + 1 :]

    def __setitem__(self, index: int, height: int) -> None:
        change = height - self._heights[index]
        if not change:
            return
        self._heights[index] = height
        self.total += change
        place, count = index + 1, len(self._heights)
        while place <= count:
            self._sums[place] += change
            place += place & -place

    def top(self, index: int) -> int:
        """The row at which a part begins: the sum of all heights before it."""
        rows = 0
        while index:
            rows += self._sums[index]
            index -= index & -index
        return rows

    def at(self, row: int) -> tuple[int, int]:
        """The part that covers a row, and the row within it. Rows past the end belong to the last part's end."""
        place, step, count = 0, 1 << len(self._heights).bit_length(), len(self._heights)
        while step:
            beyond = place + step
            if beyond <= count and self._sums[beyond] <= row:
                place = beyond
                row -= self._sums[beyond]
            step >>= 1
        if place < count:
            return place, row
        return count - 1, row + self._heights[-1]
