"""Files that a person gives with a question: pictures for models that can see them, and texts, which all can read."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from sage.core.errors import Unreadable
from sage.core.labels import NOBODY
from sage.core.messages import Image
from sage.core.passages import Hit
from sage.core.words import content_stems

MOST_PASSAGES = 12
"""Pieces of attached texts that are shown with a question."""
LARGEST_IMAGE = 5_000_000
"""Bytes of a picture; hosted models take no larger ones."""
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


class Attached(Struct, frozen=True):
    """What was given with a question: pieces of texts, pictures, and what the model is told of what is missing. `stays`: it is for
    models on this machine alone."""

    passages: tuple[Hit, ...] = ()
    images: tuple[Image, ...] = ()
    unread: str = ""
    stays: bool = False


def image_of(name: str, data: bytes) -> Image | None:
    """The picture that a file is, by how it begins; None for anything else. Raises Unreadable for one that is too large."""
    media = next((media for head, media in _IMAGES if data.startswith(head)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        media = "image/webp"
    if media and len(data) > LARGEST_IMAGE:
        raise Unreadable(
            f"{name} is a picture of {len(data) / 1e6:.1f} MB, and models take {LARGEST_IMAGE / 1e6:.0f} MB at most.",
            safe="Nothing was asked.",
            do="Make it smaller, or attach a part of it.",
        )
    return Image(media, data) if media else None


def chosen(said: str, attached: Attached) -> Attached:
    """As many pieces as are shown, those that have most of the question's words first chosen, in their order."""
    pieces = attached.passages
    if len(pieces) <= MOST_PASSAGES:
        return attached
    asked = set(content_stems(said))
    best = sorted(range(len(pieces)), key=lambda place: (-len(asked & set(content_stems(pieces[place].text))), place))
    kept = [pieces[place] for place in sorted(best[:MOST_PASSAGES])]
    left = f"Of what is attached, {MOST_PASSAGES} of {len(pieces)} pieces are shown: those nearest to the question."
    return replace(attached, passages=tuple(kept), unread=" ".join(filter(None, (attached.unread, left))))


def kept_here(attached: Attached) -> Attached:
    """The same, for models on this machine alone."""
    marked = tuple(replace(hit, audience=tuple(NOBODY)) for hit in attached.passages)
    return replace(attached, passages=marked, stays=True)


def joined(parts: Sequence[Attached]) -> Attached:
    """Several files as one."""
    return Attached(
        tuple(hit for part in parts for hit in part.passages),
        tuple(image for part in parts for image in part.images),
        " ".join(dict.fromkeys(part.unread for part in parts if part.unread)),
        any(part.stays for part in parts),
    )
