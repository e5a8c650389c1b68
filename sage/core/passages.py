"""What memory holds and gives back: texts, passages of them, and hits."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from sage.core.labels import PRIVATE, Audience, Origin


class Passage(Struct, frozen=True):
    """A piece of a document that is found as a whole.

    `start` and `end` are character offsets into the document's text (end exclusive), `line` counts from 1,
    `heading` is the nearest heading ("" above the first), `path` the headings above it, outermost first.
    """

    text: str
    start: int
    end: int
    line: int
    heading: str
    path: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """`tags` without their `#`; `links` the targets of wikilinks."""


class RememberedText(Struct, frozen=True):
    """A text that was given to memory for good; the journal holds it.

    `thread` ("" for none) is the session or document whose texts are neighbours in the order remembered. `copy`
    counts from 0 the texts before it that are the same in all that `text_id` is made of. Whoever keeps the text sets
    `copy` and `id`.
    """

    text: str
    source: str
    thread: str = ""
    copy: int = 0
    speaker: str | None = None
    when: str | None = None
    origin: Origin = "user"
    audience: Audience = PRIVATE
    id: str = ""


SAID, ANSWER = "said", "answer"
"""The parts of a turn: the person's words, and Sage's."""
UNNAMED = "a note"
"""What a note is called to those who see some of its passages alone."""
OWNER, SAGE = "you", "Sage"
"""Who speaks in a conversation with Sage."""


def conversation_thread(conversation: str) -> str:
    """The thread of a conversation's turns."""
    return f"conversation/{conversation}"


def turn_text(conversation: str, part: str, words: str, at: str) -> RememberedText:
    """One side of a turn as memory keeps it, without its id: the person's words are theirs, Sage's come from a tool."""
    thread = conversation_thread(conversation)
    said = part == SAID
    return RememberedText(words, thread, thread, 0, OWNER if said else SAGE, at, "user" if said else "tool", PRIVATE)


def text_id(text: RememberedText) -> str:
    """The id of a remembered text: `t_` and 20 hex digits of its words, source, thread, speaker and time; see `copy_id`.

    Nothing else, so that it never depends on texts that its readers may not see. (Texts of the first homes keep the ids
    that they were given then.)
    """
    name = digest_of(text.source, text.thread, text.speaker or "", text.when or "", text.text)
    return copy_id(f"t_{name}", text.copy)


def passage_id(source: str, copy: int, text: str) -> str:
    """The id of a file's passage: `p_` and 20 hex digits of its file and words; see `copy_id`.

    `copy` counts from 0 the passages before it in the same file that have the same text: so the id stays when text is
    written above.
    """
    return copy_id(f"p_{digest_of(source, text)}", copy)


def id_alone(text: str, speaker: str | None, when: str | None) -> str:
    """The id of a file's passage for those who do not see its file as a whole: of its words, so that it tells nothing of the
    file's name."""
    return passage_id("", 0, said_by(text, speaker, when))


def said_by(text: str, speaker: str | None, when: str | None) -> str:
    """What tells a passage from the others of its document: its words, and of a message who said them when."""
    return "\n".join((speaker, when or "", text)) if speaker else text


def copy_id(name: str, copy: int) -> str:
    """The id of a copy of something (from 0): further copies have a number, from 2. Whoever may not see the first one
    is told the second one's words under the first one's id."""
    return name if copy == 0 else f"{name}.{copy + 1}"


def first_id(name: str) -> str:
    """The id of what an id is a copy of: itself, if it is the first."""
    return name.partition(".")[0]


def passage_target(note: str, name: str) -> str:
    """Where a label on a passage is put: on these very words (by the passage's id) in a note (by the path where it was
    first seen). So it stays when the passage moves within its note, and an edit of the passage leaves it behind.
    """
    return f"{note}\n{first_id(name)}"


def digest_of(*parts: str) -> str:
    """20 hex digits of the SHA-256 over the parts, each with its length before it (so that no two lists meet)."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:20]


class Hit(Struct, frozen=True):
    """A passage that was recalled.

    `source` is relative to the folder it was imported from, or the name it was remembered under, and `root` that folder ("" for
    a passage of a note that its readers do not see as a whole); `thread` is the document or session it belongs to; `when` an ISO
    8601 date or time, or None; `score` is comparable within one answer only, `why` says what it is made of, `found_by` names the
    vector index. `confidence` is from 0 (not known, or no answer) to 1 and comparable between answers. `rests_on` names the
    passage (by id) that a part of `why` rests on: the one that it is `linked` with or `akin` to, or that tells of the event
    `when` it is counted from.
    """

    id: str
    source: str
    heading: str
    line: int
    start: int
    end: int
    text: str
    when: str | None = None
    origin: Origin = "user"
    audience: Audience = PRIVATE
    score: float = 0.0
    thread: str = ""
    speaker: str | None = None
    root: str = ""
    found_by: str = ""
    why: dict[str, float] = {}
    confidence: float = 0.0
    rests_on: dict[str, str] = {}

    @property
    def citation(self) -> str:
        """`note#heading:line`, the form in which every answer names its source; of a talk `talk#speaker time`."""
        if self.speaker and not self.heading:
            return f"{self.source or UNNAMED}#{self.speaker} {(self.when or '')[:16].replace('T', ' ')}".rstrip()
        return f"{self.source or UNNAMED}#{self.heading}:{self.line}"


class FileTrouble(Struct, frozen=True):
    """A file that could not be read, and why."""

    source: str
    what: str
    do: str = ""


class FormatRead(Struct, frozen=True):
    """What an import read of one format: `documents` (notes, threads, days of a chat, events) and their `passages`."""

    format: str
    documents: int
    passages: int


class ImportReport(Struct, frozen=True):
    """What an import did, in files, and the `passages` that it wrote; `others` hold no notes (images and the like).

    `formats` tells the same of what was read now, by format; `waiting` are sources to look at again soon, which were being
    written, or gone only just now.
    """

    root: str
    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unchanged: int = 0
    passages: int = 0
    others: int = 0
    troubles: tuple[FileTrouble, ...] = ()
    waiting: tuple[str, ...] = ()
    seconds: float = 0.0
    formats: tuple[FormatRead, ...] = ()

    @property
    def told(self) -> str:
        """What it did, such as "2 added, 171 unchanged; 40 passages"; empty where there was nothing to read."""
        counts = ((self.added, "added"), (self.changed, "changed"), (self.moved, "renamed or moved"),
                  (self.removed, "removed"), (self.unchanged, "unchanged"))  # fmt: skip
        done = ", ".join(f"{count:,} {word}" for count, word in counts if count)
        return f"{done}; {self.passages:,} passage{'' if self.passages == 1 else 's'}" if done else ""


class ImportProgress(Struct, frozen=True, tag=True):
    """How far an import is, in files, and in `documents` of a file that holds many."""

    done: int
    total: int
    source: str
    documents: int = 0


class MemoryCounts(Struct, frozen=True):
    """What memory holds: imported `notes` of `roots`, remembered `texts`, and the `passages` and `vectors` of both."""

    notes: int = 0
    texts: int = 0
    passages: int = 0
    vectors: int = 0
    roots: int = 0
