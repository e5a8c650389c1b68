"""Labels: who may see a text (audience) and whom it came from (origin). Unlabelled means private."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

Origin = Literal["user", "contact", "web", "tool"]
Audience = tuple[str, ...]
"""Names that may see a text: contacts and circles, or `public`. `("private",)`: the owner alone."""

PRIVATE: Audience = ("private",)


def audience_of(names: str | Iterable[str] | None) -> Audience:
    """The audience that was written down: one name, several, or none (private). Sorted, without doubles."""
    given = (names,) if isinstance(names, str) else tuple(names or ())
    clean = sorted({name.strip() for name in given if name.strip()} - {"private"})
    return tuple(clean) or PRIVATE


def visible_to(audience: Audience, recipients: Sequence[str] | None) -> bool:
    """Whether all of `recipients` may see a text. `None` is the owner, who sees all; `()` sees what is public."""
    if recipients is None or "public" in audience:
        return True
    return bool(recipients) and all(name in audience and name != "private" for name in recipients)
