"""Labels: who may see a text (audience) and whom it came from (origin). Unlabelled means private.

Whoever is most specific decides: the label on a passage, else the one on its note, else what the note says of itself
(front matter, `#share/NAME`), else the one on the deepest folder around it. A text has a label of its own, else its
conversation's (for what people said in it), else the audience that it was remembered with.
"""

from __future__ import annotations

import difflib
import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

Origin = Literal["user", "contact", "web", "tool"]
Audience = tuple[str, ...]
"""Names that may see a text: contacts and circles, or `public`. `("private",)`: the owner alone."""
Reader = str | tuple[str, ...]
"""Somebody who may see a text if one of their names may: the name that they are called by comes first, then addresses and
circles. A plain text is a name alone."""
LabelKind = Literal["passage", "note", "folder", "text", "conversation"]
"""What a label can be put on."""
Layer = Literal["passage", "note", "folder", "text", "conversation", "own", "none"]
"""What decided an audience: a label, the text's own word (`own`), or nothing: then it is private."""

PRIVATE: Audience = ("private",)
PUBLIC: Audience = ("public",)
LOCAL_ONLY = "local-only"
"""Beside the names in an audience: no text so marked is given to a model that runs elsewhere. It lets nobody see anything."""
NOBODY = frozenset(("private", LOCAL_ONLY))
"""Words in an audience that are nobody's names."""
TRUST: tuple[Origin, ...] = ("user", "tool", "contact", "web")
"""Origins, the most trusted first."""


class Label(Struct, frozen=True):
    """Who may see something, and what decided it: `target` is where that label was put ("" if there is none)."""

    audience: Audience = PRIVATE
    layer: Layer = "none"
    target: str = ""


class KeptLabel(Struct, frozen=True):
    """A label as the journal keeps it. `made_at` is an ISO 8601 time.

    `target`: a folder's or note's absolute path (a note's as it was first seen), a note's path and a passage's digest
    (`passage_target`), a text's id, or a thread.
    """

    kind: LabelKind
    target: str
    audience: Audience
    made_at: str = ""


class Labels:
    """All labels that the person gave, to be looked up."""

    def __init__(self, kept: Iterable[KeptLabel] = ()) -> None:
        self._by_target = {(label.kind, label.target): label.audience for label in kept}
        self._notes = _notes_of(self._by_target)

    @property
    def mark(self) -> int:
        """A number that tells these labels from all others; 0 for none."""
        if not self._by_target:
            return 0
        told = sorted((kind, target, *audience) for (kind, target), audience in self._by_target.items())
        return int.from_bytes(hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).digest()[:7], "big")

    def having(self, kind: LabelKind, target: str, audience: Audience | None) -> Labels:
        """These labels with one put on a target, or taken away (None)."""
        found = Labels()
        found._by_target = {key: label for key, label in self._by_target.items() if key != (kind, target)}
        if audience is not None:
            found._by_target[kind, target] = audience
        found._notes = _notes_of(found._by_target)
        return found

    def put_on(self, kind: LabelKind, target: str) -> Audience | None:
        """The label on a target itself (None: it has none)."""
        return self._by_target.get((kind, target))

    def targets(self, kind: LabelKind) -> list[str]:
        """Where labels of a kind are."""
        return [target for each, target in self._by_target if each == kind]

    def of_note(self, path: str, first: str, own: Audience | None) -> Label:
        """The label of a note as a whole. `path` is where it is, `first` where it was first seen, `own` what it says itself."""
        if (found := self._given("note", first)) is not None:
            return found
        if own is not None:
            return Label(own, "own")
        folder = path.rpartition("/")[0]
        while folder:
            if (found := self._given("folder", folder)) is not None:
                return found
            folder = folder.rpartition("/")[0]
        return self._given("folder", "/") or Label()

    def has_passages(self, first: str) -> bool:
        """Whether passages of a note (by where it was first seen) have labels of their own."""
        return first in self._notes

    def of_passage(self, target: str, note: Label) -> Label:
        """The label of a passage (see `passage_target`) of a note that has the label `note`."""
        return self._given("passage", target) or note

    def of_text(self, name: str, thread: str, origin: Origin, own: Audience) -> Label:
        """The label of a remembered text that was kept with the audience `own`.

        What Sage said in a conversation rests on passages that have labels of their own: sharing the conversation does
        not share it.
        """
        if (found := self._given("text", name)) is not None:
            return found
        if thread and origin != "tool" and (found := self._given("conversation", thread)) is not None:
            return found
        return Label(own, "own") if own != PRIVATE else Label()

    def _given(self, kind: LabelKind, target: str) -> Label | None:
        audience = self._by_target.get((kind, target))
        return None if audience is None else Label(audience, kind, target)


def _notes_of(targets: Iterable[tuple[LabelKind, str]]) -> set[str]:
    return {target.rpartition("\n")[0] for kind, target in targets if kind == "passage"}


def folded_name(name: str) -> str:
    """A contact's or circle's name as it is compared: in one form of Unicode and case, words joined by `-`."""
    return "-".join(unicodedata.normalize("NFKC", name).casefold().split())


def audience_of(names: str | Iterable[str] | None) -> Audience:
    """The audience that was written down: one name, several, or none (private). Folded, sorted, without doubles."""
    given = (names,) if isinstance(names, str) else tuple(names or ())
    clean = sorted({folded_name(name) for name in given} - {"", "private"})
    return tuple(clean) or PRIVATE


def names_of(reader: Reader) -> tuple[str, ...]:
    """All names of somebody, folded, the one that they are called by first."""
    given = (reader,) if isinstance(reader, str) else reader
    return tuple(dict.fromkeys(folded_name(name) for name in given))


def visible_to(audience: Audience, recipients: Sequence[Reader] | None) -> bool:
    """Whether all of `recipients` may see a text. `None` is the owner, who sees all; `()` sees what is public."""
    if recipients is None or "public" in audience:
        return True
    return bool(recipients) and all(
        any(name in audience and name not in NOBODY for name in names_of(reader)) for reader in recipients
    )


def seen_audience(audience: Audience, recipients: Sequence[Reader]) -> Audience:
    """What the recipients of a text are told of its audience: themselves, or everybody; not who else may see it, nor by
    which of their circles they do. Whether it is for models on this machine alone stays with it."""
    seen = PUBLIC if "public" in audience else tuple(sorted({names_of(reader)[0] for reader in recipients}))
    return (*seen, LOCAL_ONLY) if LOCAL_ONLY in audience else seen


def widened(audience: Audience, names: Iterable[str]) -> Audience:
    """An audience with more names in it."""
    return audience_of((*audience, *names))


def gained(before: Audience, after: Audience) -> Audience:
    """Who may see something after a change and could not before; empty for nobody."""
    if "public" in before:
        return ()
    return tuple(name for name in after if name not in NOBODY and name not in before)


def derived(labels: Iterable[tuple[Origin, Audience]]) -> tuple[Origin, Audience]:
    """Origin and audience of a text that was made of others: the least trusted, and only who may see all of them. What one of
    them keeps from models elsewhere is kept from them.

    Made of nothing that is known, it comes from a tool and is private.
    """
    sources = list(labels)
    if not sources:
        return "tool", PRIVATE
    origin = max((origin for origin, _ in sources), key=TRUST.index)
    limits = [set(audience) for _, audience in sources if "public" not in audience]
    marks = {LOCAL_ONLY for _, audience in sources if LOCAL_ONLY in audience}
    names = set[str].intersection(*limits) if limits else set(PUBLIC)
    return origin, audience_of(names | marks)


def near_miss(name: str, known: Iterable[str]) -> str:
    """The known name that an unknown one may be meant for, or ""."""
    others = set(known) - NOBODY
    if name in others or name == "public":
        return ""
    return next(iter(difflib.get_close_matches(name, sorted(others | {"public"}), n=1, cutoff=0.75)), "")
