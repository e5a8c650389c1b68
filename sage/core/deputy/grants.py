"""Standing grants: how far the deputy may go for a contact and a topic. Only the person gives one; nothing learns one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from sage.core.labels import Reader, names_of

How = Literal["off", "draft", "auto"]
ORDER: tuple[How, ...] = ("off", "draft", "auto")
"""From the least on."""
ANY = "any"
"""The topic that stands for all that are not named."""

Grants = Mapping[str, Mapping[str, How]]
"""By contact or circle, and by topic."""


def granted(grants: Grants, reader: Reader, topics: Iterable[str]) -> How:
    """How far the deputy may go for one reader and an answer that rests on these topics: as far as each of them allows.

    A contact's own grant decides before those of their circles; of several circles the least does. For a topic that is not
    named, `any` decides; without it, `draft`.
    """
    found = [_of_topic(grants, names_of(reader), topic) for topic in set(topics) or {ANY}]
    return min(found, key=ORDER.index)


def granted_all(grants: Grants, readers: Iterable[Reader], topics: Iterable[str]) -> How:
    """As `granted`, for an answer that several read: the least of theirs. Nobody is granted nothing."""
    topics = tuple(topics)
    return min((granted(grants, reader, topics) for reader in readers), key=ORDER.index, default="off")


def _of_topic(grants: Grants, names: tuple[str, ...], topic: str) -> How:
    for wanted in (topic, ANY):
        own = grants.get(names[0], {}).get(wanted) if names else None
        if own is not None:
            return own
    circles = [grants[name] for name in names[1:] if name in grants]
    for wanted in (topic, ANY):
        given = [circle[wanted] for circle in circles if wanted in circle]
        if given:
            return min(given, key=ORDER.index)
    return "draft"
