"""Long texts that were pasted, each folded into a few words that stand for it where one writes."""

from __future__ import annotations

LONGEST, MOST_LINES = 4000, 10
"""Characters and lines of a pasted text that stands there as it is."""


class Folds:
    """By the words that stand for them, the texts that were folded."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """What stands for a text that was pasted: itself, if it is short."""
        lines = text.count("\n") + (not text.endswith("\n"))
        if lines <= MOST_LINES and len(text) <= LONGEST:
            return text
        size = f"{lines:,} lines" if lines > MOST_LINES else f"{len(text):,} characters"
        words, number = f"[pasted {size}]", 1
        while self._texts.get(words, text) != text:
            number += 1
            words = f"[pasted {size}, {number}]"
        self._texts[words] = text
        return words

    def whole(self, text: str) -> str:
        """A text with all that was folded in it."""
        for words, folded in self._texts.items():
            text = text.replace(words, folded)
        return text

    def at(self, line: str, column: int) -> tuple[int, int] | None:
        """Where the fold begins and ends, in a line, in which a column is or before which it stands; None if there is none."""
        for words in self._texts:
            start = line.find(words)
            while start >= 0:
                if start <= column <= start + len(words):
                    return start, start + len(words)
                start = line.find(words, start + 1)
        return None

    def clear(self) -> None:
        """Nothing is folded any more."""
        self._texts.clear()
