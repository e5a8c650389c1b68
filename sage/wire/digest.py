"""The digest: what came in since the person looked last."""

from __future__ import annotations

from typing import Any, ClassVar

from sage.core.deputy.digest import Digest
from sage.wire.base import Request


class ShowDigest(Request[Digest], frozen=True, tag=True):
    """What came in since the last digest, or since a day in the person's words ("yesterday") or an ISO time; of one account or
    plugin (`channel`), or with one person (`person`: a contact's name, an address). Who asks for all of it has looked: the next
    one begins there."""

    channel: str = ""
    person: str = ""
    since: str = ""
    reply: ClassVar[Any] = Digest
