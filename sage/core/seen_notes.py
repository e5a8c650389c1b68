"""A note as those see it who may not see all of it: as if what is hidden had never been written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sage.core.passages import Passage
from sage.core.reading.outlines import Mark, Outline


def seen_passages(
    passages: Sequence[Passage], whens: Sequence[str | None], marks: Sequence[Mark], *, whole: bool
) -> Iterator[tuple[Passage, str | None]]:
    """The visible passages of a note, in its order, with their dates.

    What belongs to the note as a `whole` (its date, headings that stand in no passage) is there if that may be seen.
    Lines and offsets count visible text alone, a blank line between passages.
    """
    full = Outline(marks)
    outline = full.seen((passage.start for passage in passages), whole=whole)
    start, line = 0, 1
    for passage, when in zip(passages, whens, strict=True):
        end = start + len(passage.text)
        shown = replace(passage, start=start, end=end, line=line)
        if marks:
            place = outline.around(passage.start)
            shown = replace(
                shown, path=place.path, heading=place.heading, tags=place.tags if full.tags else passage.tags
            )
            when = place.when if full.dates else when if whole else None
        elif not whole:
            shown, when = replace(shown, path=(), heading=""), None
        yield shown, when
        start, line = end + 2, line + passage.text.count("\n") + 2
