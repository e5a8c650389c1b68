"""Where headings stand in a document, and what they say of the passages below them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class Mark(Struct, frozen=True, array_like=True):
    """A heading at `start`. It `stands` in the passage that begins there, or in none: then it is the document's own.

    `tags` and `when` count for all below it, `words` for its own section alone. A mark of level 0 is the file's.
    """

    start: int
    level: int
    title: str
    stands: bool = True
    tags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    when: str | None = None


class Place(Struct, frozen=True):
    """What is said around a passage: its heading and those above it, tags, and when it is about."""

    heading: str = ""
    path: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    when: str | None = None


class Outline:
    """The headings of a document, in their order."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._marks = tuple(marks)
        self.tags = any(mark.tags or mark.words for mark in self._marks)
        self.dates = any(mark.when for mark in self._marks)

    def around(self, start: int) -> Place:
        """What is said around a passage that begins at `start`."""
        above: list[Mark] = []
        for mark in self._marks:
            if mark.start > start:
                break
            while above and above[-1].level >= mark.level:
                above.pop()
            above.append(mark)
        named = [mark.title for mark in above if mark.level]
        tags = (tag for mark in above for tag in mark.tags)
        words = above[-1].words if above else ()
        return Place(
            heading=named[-1] if named else "",
            path=tuple(named[:-1]),
            tags=tuple(dict.fromkeys((*tags, *words))),
            when=next((mark.when for mark in reversed(above) if mark.when), None),
        )

    def seen(self, starts: Iterable[int], *, whole: bool) -> Outline:
        """The headings that stand in passages which begin at `starts`, and the document's own if it is seen as a `whole`."""
        said = set(starts)
        return Outline(mark for mark in self._marks if (mark.start in said if mark.stands else whole))
