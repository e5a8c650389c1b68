"""Sharing in words: what a label changes, before and after."""

from __future__ import annotations

from collections.abc import Iterable

from sage.core.deputy.grants import How
from sage.core.labels import PRIVATE, Audience
from sage.core.sharing import Reach, ShareChange, Sight, told


def about_change(change: ShareChange) -> str:
    """What it is about."""
    return f"The {change.kind} {change.name}:"


def change_done(change: ShareChange) -> str:
    """What was done."""
    if change.audience is None:
        return f"The {change.kind} {change.name} has no label of its own any more."
    return f"The {change.kind} {change.name} is {sharing(change.audience)}."


def effects(change: ShareChange, sees: str = "sees", sees_not: str = "no longer sees") -> list[str]:
    """Who sees what of it, or (with other verbs) would."""
    lines = [f"  {_reach(reach, sees)} that {_who(reach)} did not." for reach in change.gains]
    lines += [f"    {line}" for line in change.opening]
    lines += [f"  {_reach(reach, sees_not)}." for reach in change.losses]
    if change.widens and change.kind in ("folder", "conversation"):
        lines.append(f"  What is added to this {change.kind} later is visible as well.")
    if change.kind == "conversation" and change.widens:
        lines.append("  What Sage said in it stays private: it rests on your notes. Share one answer by its id.")
    if change.others:
        lines.append(f"  {counted(change.others, 'passage')} in it stay visible by labels of their own.")
    return lines


def sharing(audience: Audience) -> str:
    """An audience after "is"."""
    return "private" if audience == PRIVATE else f"shared with {', '.join(audience)}"


def nothing_shared(names: Audience) -> str:
    """What to tell when somebody may see nothing at all."""
    who = " and ".join(names)
    return f"Nothing is shared with {who or 'everybody'} yet. Share with: sage share TARGET --with {who or 'public'}"


def sight_lines(sight: Sight) -> list[str]:
    """What somebody may see, as the list."""
    names = " and ".join(sight.names) or "everybody"
    if not sight.seen:
        return [*sight.hints, nothing_shared(sight.names)]
    lines = [f"{names} may see {counted(sight.passages, 'passage')} of {counted(sight.sources, 'source')}:"]
    lines += [f"  {one.source}  ({counted(one.passages, 'passage')}, {told(one.label)})" for one in sight.seen]
    if (left := sight.sources - len({one.source for one in sight.seen})) > 0:
        lines.append(f"  and {left} more")
    return lines


def learnable_lines(sight: Sight, topics: Iterable[tuple[str, How]], *, busy: bool, cards: Iterable[str]) -> list[str]:
    """What a contact could learn, as the list, and how far Sage goes for it by itself."""
    lines = sight_lines(sight)
    lines += ["  when you are busy (times, never what for)"] if busy else []
    lines += [f"  {line}" for line in cards]
    return [*lines, *(f"  On {topic}: {_HOW[how]}" for topic, how in topics)]


_HOW: dict[How, str] = {
    "auto": "answered by Sage while you are away",
    "draft": "you see each answer first",
    "off": "not answered",
}


def _who(reach: Reach) -> str:
    return "everybody" if reach.name == "public" else reach.name


def _reach(reach: Reach, verb: str) -> str:
    many = counted(reach.passages, "passage")
    return f"{_who(reach)} {verb} {many}" + (f" of {reach.sources} sources" if reach.sources > 1 else "")


def counted(number: int, word: str) -> str:
    """`1 passage`, `2,000 passages`."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")
