"""Forgetting: what the person names, what rests on it, and where its words stand again. All decisions, no hands.

Every place that holds words gives them as pieces. A forgetting names some of them; whatever rests on those (an answer
that cites them) goes too, and so does each verbatim repeat of a distinctive stretch of their words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from sage.core.forgetting.cutting import Span

Why = Literal["named", "derived", "repeated"]
Fate = Literal["goes", "replaced", "cut", "your edit"]
"""What happens to a piece: it goes; a sentence of when it was forgotten takes its place; some of its words are cut out; or
it stands in a file that is the person's own to edit."""
State = Literal["taking", "trash", "returning", "undone", "purging", "purged"]

OPENING = 90
"""Characters of a piece that are shown."""
_FRONT = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)


class Target(Struct, frozen=True):
    """What the person wants forgotten: names (paths of notes, ids), a person, a span of ISO dates, or words."""

    names: tuple[str, ...] = ()
    person: str = ""
    since: str = ""
    until: str = ""
    words: str = ""
    only: bool = False
    """Leave repeats of the words in other places as they are."""


class Part(Struct, frozen=True):
    """A stretch of a piece that is known by an id of its own (a passage); offsets, end exclusive."""

    start: int
    end: int
    id: str


class Piece(Struct, frozen=True):
    """Some words in one place.

    `key` is unique over all places; `names` are what a person may call it by, `ids` what its words are known by elsewhere
    (hashes of them among these), `rests_on` the keys and ids that it was made from. `group` is the conversation or note
    that it belongs to. Of a piece that `splits`, stretches can go and the rest stay.
    """

    holder: str
    key: str
    kind: str
    citation: str
    text: str
    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    group: str = ""
    when: str = ""
    speaker: str = ""
    title: str = ""
    file: str = ""
    """The name of the file, without what says its kind, if it is one."""
    parts: tuple[Part, ...] = ()
    evidence: str = ""
    """Words of other things that are kept with it: an answer's passages. They go with it, but are not its own."""
    splits: bool = False
    fate: Fate = "goes"
    begins: str = ""
    """How it begins, when that is not how its text does."""
    leans: tuple[Part, ...] = ()
    """Stretches of it that rest on something by themselves: the lines of a summary, each on its turns."""
    quote: str = ""
    """The very words that it rests on, where it names them: what else goes of their passage does not concern it."""
    asked_by: str = ""
    """The key of the question that it answers."""
    again: bool = False
    """Its words are in the trash (and stand here, to be looked for elsewhere). It goes along when it is named again, or rests
    on what goes, so that no undo brings half of it back; its words are no reason to take it."""


class Choice(Struct, frozen=True):
    """A piece that is to go, and why; `spans` are the stretches of it that go (none: all of it)."""

    piece: Piece
    why: Why
    spans: tuple[Span, ...] = ()

    @property
    def words(self) -> str:
        """The words that go."""
        if not self.spans:
            return self.piece.text
        return "\n".join(self.piece.text[start:end] for start, end in self.spans)

    @property
    def ids(self) -> tuple[str, ...]:
        """What the words that go were known by; a part that loses some of its words has another id from then on."""
        gone = [part for part in self.piece.parts if not self.spans or _meets(part, self.spans)]
        names = [part.id for part in gone]
        return (f"cut {self.piece.key}", *names) if self.spans else (self.piece.key, *self.piece.ids, *names)


def _meets(part: Part, spans: Sequence[Span]) -> bool:
    return any(start < part.end and part.start < end for start, end in spans)


class Shown(Struct, frozen=True):
    """A piece as it is shown before it goes."""

    holder: str
    kind: str
    why: Why
    fate: Fate
    citation: str
    opening: str


class Edit(Struct, frozen=True):
    """An edit of a file that is the person's own: done only when they say yes to exactly this difference."""

    path: str
    difference: str


class Preview(Struct, frozen=True):
    """All that a forgetting would take, and the edits of the person's own files that it asks for. `digest` binds a yes
    to exactly this."""

    items: tuple[Shown, ...]
    edits: tuple[Edit, ...] = ()
    digest: str = ""


class Forgetting(Struct, frozen=True):
    """One forgetting in the list. `counts` is by kind of piece; `waiting` are the person's files that still hold words."""

    id: str
    state: State
    made_at: str
    counts: dict[str, int] = {}
    purged_at: str = ""
    waiting: tuple[str, ...] = ()


class Standing(Struct, frozen=True):
    """A place where forgotten words still stand, and why."""

    place: str
    why: str


class Proof(Struct, frozen=True):
    """What a scan looked through after a purge, and what it found: in how many `places` words or vectors stand where
    nothing should, and where they stand for a reason. `shared` of its words and turns of phrase stand in other things of
    the person's as well, and were not looked for."""

    files: int = 0
    bytes: int = 0
    stretches: int = 0
    vectors: int = 0
    shared: int = 0
    leaks: tuple[Standing, ...] = ()
    standing: tuple[Standing, ...] = ()
    unread: tuple[str, ...] = ()


class Purged(Struct, frozen=True):
    """What a purge did: which forgettings, how many copies were written anew, and the proof."""

    ids: tuple[str, ...]
    copies: int
    proof: Proof


class PurgeStep(Struct, frozen=True, tag=True):
    """Where a purge is, in a few words."""

    step: str


def shown(choice: Choice) -> Shown:
    """A choice as the person sees it."""
    piece = choice.piece
    fate: Fate = "cut" if choice.spans and piece.fate == "goes" else piece.fate
    return Shown(piece.holder, piece.kind, choice.why, fate, piece.citation, opening(piece.begins or choice.words))


def opening(text: str) -> str:
    """How a text begins, in one line."""
    line = " ".join(_FRONT.sub("", text).split())
    return line if len(line) <= OPENING else line[: OPENING - 1] + "…"


def yes_to(choices: Iterable[Choice], edits: Iterable[Edit]) -> str:
    """What binds a yes to what was shown; made when it is needed, and kept nowhere."""
    parts = sorted([choice.piece.key, choice.piece.text, list(choice.spans)] for choice in choices)
    data = msgspec.json.encode([parts, sorted((edit.path, edit.difference) for edit in edits)])
    return hashlib.sha256(data).hexdigest()


def front_end(text: str) -> int:
    """Where a note's front matter ends; 0 for none."""
    match = _FRONT.match(text)
    return match.end() if match else 0
