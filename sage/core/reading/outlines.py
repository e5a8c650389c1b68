"""Where headings stand in a document, and what they say of the passages below them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import count

from msgspec import Struct
from msgspec.structs import replace


class Mark(Struct, frozen=True, array_like=True):
    """A heading at `start`. It `stands` in the passage that begins there, or in none: then it is the document's own.

    `tags` and `when` count for all below it, `words` for its own section alone. A mark of level 0 is the file's. A `page`
    goes to the next mark, stands if there is any text on it, and is called by its number.
    """

    start: int
    level: int
    title: str
    stands: bool = True
    tags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    when: str | None = None
    page: bool = False


def page_title(number: int) -> str:
    """What a page is called."""
    return f"Page {number}"


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
        """The headings that stand in passages which begin at `starts`, and the document's own if it is seen as a `whole`.

        Pages are numbered anew, without those of which nothing is seen.
        """
        said, pages, kept = sorted(starts), count(1), []
        for place, mark in enumerate(self._marks):
            if mark.page:
                end = self._marks[place + 1].start if place + 1 < len(self._marks) else None
                if whole and (not mark.stands or _any_between(said, mark.start, end)):
                    kept.append(replace(mark, title=page_title(next(pages))))
            elif _any_between(said, mark.start, mark.start + 1) if mark.stands else whole:
                kept.append(mark)
        return Outline(kept)


def _any_between(starts: Sequence[int], first: int, end: int | None) -> bool:
    """Whether one of these places, which are in order, is `first` or later, and before `end`."""
    place = bisect_left(starts, first)
    return place < len(starts) and (end is None or starts[place] < end)
