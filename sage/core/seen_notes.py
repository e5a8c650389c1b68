"""A note as those see it who may not see all of it: as if what is hidden had never been written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sage.core.passages import Passage


def seen_passages(
    passages: Sequence[Passage], whens: Sequence[str | None], *, whole: bool
) -> Iterator[tuple[Passage, str | None]]:
    """The visible passages of a note, in its order, with their dates.

    What is said around a passage (headings, tags, a date) stays where it is said in a visible one, or belongs to the
    note as a `whole` and that may be seen. Lines and offsets count visible text alone, a blank line between passages.
    """
    said = {passage.start for passage in passages}

    def stands(place: int) -> bool:
        return whole if place < 0 else place in said

    start, line = 0, 1
    for passage, when in zip(passages, whens, strict=True):
        names = (*passage.path, passage.heading, *passage.tags)
        places = passage.at or (*(-1 for _ in passage.path), -1, *(passage.start for _ in passage.tags), -1)
        kept = [name if stands(place) else "" for name, place in zip(names, places[:-1], strict=True)]
        depth, end = len(passage.path), start + len(passage.text)
        yield (
            replace(
                passage,
                start=start,
                end=end,
                line=line,
                path=tuple(filter(None, kept[:depth])),
                heading=kept[depth],
                tags=tuple(filter(None, kept[depth + 1 :])),
            ),
            when if stands(places[-1]) else None,
        )
        start, line = end + 2, line + passage.text.count("\n") + 2
