"""Forgetting in words: what would go, what has gone, what a purge proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sage.core.forgetting.forgetting import Forgetting, Preview, Purged, Shown
from sage.core.sharing_words import counted

_WHY = {"named": "what you named", "derived": "what rests on it", "repeated": "its words in other places"}
_FATE = {
    "goes": "",
    "replaced": "",
    "cut": " (these words are cut out)",
    "your edit": " (your file: see the edit below)",
}
_STATES = {
    "taking": "being taken out",
    "trash": "in the trash",
    "returning": "coming back",
    "purging": "being purged",
    "purged": "purged",
}


def preview_lines(preview: Preview, yours: str) -> Iterator[str]:
    """All that would go, by why, then the edits of files that are the person's own; `yours` says when they are made."""
    for why, title in _WHY.items():
        items = [item for item in preview.items if item.why == why]
        if items:
            yield f"{title[0].upper()}{title[1:]}: {_counted(items)}"
            yield from (f"  {item.citation}{_FATE[item.fate]}: {item.opening}" for item in items)
    for change in preview.edits:
        yield ""
        if not change.difference:
            yield f"{change.path} is yours, and of a kind that Sage cannot edit: take the words out yourself."
            continue
        yield f"{change.path} is yours; {yours}:"
        yield from (f"  {line}" for line in change.difference.splitlines())


def purged_lines(purged: Purged) -> Iterator[str]:
    """What a purge did, and what its scan found."""
    proof = purged.proof
    copies = (
        "1 copy (a backup or the like) was"
        if purged.copies == 1
        else f"{purged.copies} copies (backups and the like) were"
    )
    yield f"Purged. {copies} written anew without it."
    yield (
        f"Looked through {counted(proof.files, 'file')} ({proof.bytes / 1e6:.1f} MB) for "
        f"{counted(proof.stretches, 'piece')} of its words and "
        f"{counted(proof.vectors, 'vector')}: {len(proof.leaks)} found."
    )
    if proof.shared:
        yield f"{proof.shared} of its words and phrases stand in other things of yours as well, and were not looked for."
    yield from (f"  {leak.place} still holds {leak.why}." for leak in proof.leaks)
    if proof.standing:
        yield "Its words still stand, for a reason, in:"
        yield from (f"  {place.place}: {place.why}" for place in proof.standing)
    yield from (f"  {name} could not be read." for name in proof.unread)


def _counted(items: Sequence[Shown]) -> str:
    counts: dict[str, int] = {}
    for item in items:
        counts[item.kind] = counts.get(item.kind, 0) + 1
    return ", ".join(f"{count} × {kind}" for kind, count in counts.items())


def line_of(one: Forgetting) -> str:
    """A forgetting in a list."""
    what = ", ".join(f"{count} × {kind}" for kind, count in one.counts.items())
    return f"{one.made_at[:16].replace('T', ' ')}  {_STATES[one.state]}: {what}"
