"""What a label changes: told before it is put on something, and afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from sage.core.labels import PRIVATE, Audience, Label, LabelKind, gained, near_miss

ShareHow = Literal["add", "set", "clear"]
"""Let more people see it, exactly these, or take its label away: then what stands around it decides again."""

SHOWN = 5
"""First lines that are shown of what becomes visible."""
_OPENING = 100


class ShareTarget(Struct, frozen=True):
    """What a label is to be put on: `name` for people, `targets` as the journal keeps them (see `KeptLabel`)."""

    kind: LabelKind
    name: str
    targets: tuple[str, ...]


class Reach(Struct, frozen=True):
    """How much somebody sees or no longer sees."""

    name: str
    passages: int
    sources: int


class ShareChange(Struct, frozen=True):
    """What a label changes. `audience` is what it says (None: it is taken away), `was` what one said before (None: none),
    `opening` how some of what becomes
    visible begins; `others` counts passages inside it that labels of their own keep visible; it `widens` when somebody
    sees more now or later; `hints` are sentences."""

    kind: LabelKind
    name: str
    audience: Audience | None
    gains: tuple[Reach, ...] = ()
    losses: tuple[Reach, ...] = ()
    opening: tuple[str, ...] = ()
    others: int = 0
    widens: bool = False
    hints: tuple[str, ...] = ()
    was: Audience | None = None


class Moved(Struct, frozen=True):
    """A passage inside what a label is put on: where it is from, how it begins, who may see it before and after."""

    source: str
    text: str
    before: Audience
    after: Label


class PutLabel(Struct, frozen=True):
    """A label that was put on something. `passages` counts what it decides now; a `lost` one decides nothing any more,
    since what it was on has gone or was edited."""

    kind: LabelKind
    name: str
    audience: Audience
    made_at: str
    passages: int
    lost: bool = False


class Seen(Struct, frozen=True):
    """Passages of one source that somebody may see, and what decided it."""

    source: str
    passages: int
    label: Label


class Sight(Struct, frozen=True):
    """What all of `names` may see: the first of it, and how many passages of how many sources it is in all."""

    names: Audience
    seen: tuple[Seen, ...]
    passages: int
    sources: int
    hints: tuple[str, ...] = ()


def hints_at(names: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Sentences about names that may be meant for known ones."""
    used = list(known)
    return tuple(f"{name!r} is a new name. Did you mean {near!r}?" for name in names if (near := near_miss(name, used)))


def change_of(
    target: ShareTarget, audience: Audience | None, moved: Iterable[Moved], known: Iterable[str]
) -> ShareChange:
    """What a label with this audience changes about what is inside of its target. `known` are names in use."""
    gains, losses = Counter[str](), Counter[str]()
    sources: dict[tuple[str, bool], set[str]] = {}
    opening: list[str] = []
    others = 0
    for one in moved:
        more, less = gained(one.before, one.after.audience), gained(one.after.audience, one.before)
        gains.update(more)
        losses.update(less)
        for name in (*more, *less):
            sources.setdefault((name, name in more), set()).add(one.source)
        if more and len(opening) < SHOWN:
            opening.append(f"{one.source}: {_opening(one.text)}")
        inside = one.after.layer == target.kind and one.after.target in target.targets
        others += one.after.audience != PRIVATE and not inside
    return ShareChange(
        target.kind,
        target.name,
        audience,
        tuple(Reach(name, count, len(sources[name, True])) for name, count in sorted(gains.items())),
        tuple(Reach(name, count, len(sources[name, False])) for name, count in sorted(losses.items())),
        tuple(opening),
        others,
        hints=hints_at(audience or (), known),
    )


def told(label: Label) -> str:
    """What decided an audience, in words."""
    return {
        "passage": "by the label on this passage",
        "text": "by the label on this text",
        "note": "by the label on its note",
        "own": "by its own front matter, tag or first label",
        "conversation": "by the label on its conversation",
        "folder": f"by the label on the folder {label.target}",
        "none": "nobody was given it",
    }[label.layer]


def _opening(text: str) -> str:
    line = " ".join(text[: 2 * _OPENING].split())
    return line if len(line) <= _OPENING else f"{line[: _OPENING - 1]}…"
