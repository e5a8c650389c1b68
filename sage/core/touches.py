"""What the person did or said a short while ago, and whether it was about a task, a goal or a promise."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from sage.core.words import content_stems

NAMES = 0.6
"""The share of a title's words that a text must have to be about it; of a title with one or two words it is all of them."""


class Touch(Struct, frozen=True):
    """Something said or done at a moment: ids that it named, and the stems of its words."""

    at: datetime
    ids: frozenset[str]
    stems: frozenset[str]


def touch(at: datetime, *texts: str) -> Touch:
    """What was done with, or said in, some texts, any of which may be an id."""
    return Touch(at, frozenset(texts), frozenset(stem for text in texts for stem in content_stems(text)))


def last_touch(about: str, title: str, touches: Iterable[Touch]) -> datetime | None:
    """When what has an id and a title was touched last; None when it was not."""
    wanted = set(content_stems(title))
    needed = max(min(len(wanted), 2), math.ceil(NAMES * len(wanted)))
    found = (one.at for one in touches if about in one.ids or (wanted and len(wanted & one.stems) >= needed))
    return max(found, default=None)
