"""Swaps: who answered before, who does now, and how that is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from sage.core.model_choice import ModelRole

SwapState = Literal["begun", "in force", "dropped", "going back", "back", "canary", "offered", "sent back", "kept"]
"""`begun`: written down, the settings not yet surely written; `dropped`: they never were. `going back` and `back` are the same of
a rollback. `canary`: a model is tried with some turns, and settings are as they were; one that ends is `back`, or `kept`.
`offered`: it is still tried, and the person was told that it does no worse.
`sent back`: it went back by itself, and the person has not been told yet."""

STATE_WORDS: dict[SwapState, str] = {
    "begun": "begun",
    "in force": "in force",
    "dropped": "never took effect",
    "going back": "going back",
    "back": "rolled back",
    "canary": "on trial",
    "offered": "on trial",
    "sent back": "went back",
    "kept": "kept",
}


class Change(Struct, frozen=True):
    """A setting by the parts of its key, before and after; None where it is not set in the home."""

    key: tuple[str, ...]
    before: Any = None
    after: Any = None


class Changes(Struct, frozen=True):
    """All settings that a swap sets. `was_there`: whether there was a file of settings at all. `was` and `now` are the models that
    are first asked in the role."""

    keys: tuple[Change, ...]
    was_there: bool = True
    was: str = ""
    now: str = ""


class Swap(Struct, frozen=True):
    """`before` and `after` are the bytes of settings.toml; `trial` is the one that it rests on, if any."""

    id: str
    role: ModelRole
    changes: Changes
    before: bytes
    after: bytes
    trial: str
    state: SwapState
    reason: str
    made_at: str
    ended_at: str = ""

    @property
    def was(self) -> bytes | None:
        """The file before, None if there was none."""
        return self.before if self.changes.was_there else None


class Return(Struct, frozen=True):
    """How a swap is taken back: `whole` is the file byte for byte; else `values` are set in it, and `left`, which became others,
    stay."""

    whole: bool
    values: Mapping[tuple[str, ...], Any] = {}
    left: tuple[str, ...] = ()


def at(values: Mapping[str, Any], key: Sequence[str]) -> Any:
    """What is set there in tables; None if nothing is."""
    found: Any = values
    for part in key:
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def changed(before: Mapping[str, Any], values: Mapping[tuple[str, ...], Any]) -> tuple[Change, ...]:
    """What setting these values changes in a file that says `before`."""
    keys = [Change(key, at(before, key), value) for key, value in values.items()]
    return tuple(each for each in keys if each.before != each.after)


def change_words(change: Change) -> str:
    """A setting that becomes another, in a line."""
    return f"{'.'.join(change.key)}: {_value_words(change.before)} → {_value_words(change.after)}"


def way_back(swap: Swap, now: bytes | None, values: Mapping[str, Any]) -> Return:
    """How a swap is taken back from the file as it is now (`values` are what it says)."""
    if now == swap.after:
        return Return(whole=True)
    ours = {each.key: each.before for each in swap.changes.keys if at(values, each.key) == each.after}
    left = tuple(".".join(each.key) for each in swap.changes.keys if each.key not in ours)
    return Return(False, ours, left)


def settled(swap: Swap, now: bytes | None, values: Mapping[str, Any]) -> SwapState:
    """What a swap is, after the engine ended in its middle: the file says whether it was written."""
    done: SwapState
    undone: SwapState
    done, undone = ("in force", "dropped") if swap.state == "begun" else ("back", "in force")
    after, before = (swap.after, swap.was) if swap.state == "begun" else (swap.was, swap.after)
    if now == after:
        return done
    if now == before:
        return undone
    want = {each.key: each.after if swap.state == "begun" else each.before for each in swap.changes.keys}
    return done if all(at(values, key) == value for key, value in want.items()) else undone


def returned_words(swap: Swap, way: Return) -> str:
    """What a rollback did, in a sentence or two."""
    if way.whole:
        again = "" if swap.changes.was == swap.changes.now else f"{swap.changes.was} answers again; "
        return f"{again or 'Taken back: '}your settings are byte for byte as they were."
    told = "Your settings were changed in between"
    if way.values:
        keys = ", ".join(".".join(key) for key in way.values)
        told += f", so only {keys} {'is' if len(way.values) == 1 else 'are'} as before"
    if way.left:
        were = "is another by now and was" if len(way.left) == 1 else "are others by now and were"
        told += f"; {', '.join(way.left)} {were} left alone"
    return told + "."


def _value_words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", then ".join(map(str, value)) or "nobody"
    return "not set" if value is None else str(value) or "none"


def ended_words(trial: Swap, now: str) -> str:
    """What the person is told when they ended a trial; `now` is who answers."""
    return f"{trial.changes.now} is not on trial any more; {now} answers alone again."
