"""What readers make of files: documents with their pieces, whatever the format was.

A file is one document (a note), or holds many (a mailbox its threads, a chat its days, an archive its files). Each of
the many is a `Part` with a mark: what has the mark it had is not read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import Struct

from sage.core.labels import Audience, Origin
from sage.core.passages import Passage, digest_of
from sage.core.reading.chunking import LARGE, split_plain
from sage.core.reading.outlines import Mark

MOST_SPOKEN = 64
"""Messages that count as one document: a whole endless conversation says little about one of its turns."""


class Person(Struct, frozen=True):
    """Whose memory it is: by this, a message is their own or somebody else's."""

    name: str = ""
    emails: tuple[str, ...] = ()

    def is_named(self, speaker: str | None) -> bool:
        """Whether a chat calls the person so."""
        return bool(self.name) and _plain(speaker or "") == _plain(self.name)

    def has_address(self, address: str) -> bool:
        """Whether an e-mail address is the person's."""
        return address.strip().casefold() in {own.strip().casefold() for own in self.emails}


NOBODY = Person()
"""A person who has not said who they are."""


class Piece(Struct, frozen=True):
    """A passage as a reader found it: who said it and when, and `member`, its file inside an archive."""

    passage: Passage
    when: str | None = None
    speaker: str | None = None
    origin: Origin = "user"
    member: str = ""


class Document(Struct, frozen=True):
    """One document of a file. `words` are its tags, aliases and properties; the pieces of a `spoken` one are messages,
    each with those around it as its context. `audience` is what the person's own words in it say of who may see it
    (None: nothing); what others wrote says nothing. `marks` are its headings, `names` other names that it is linked by."""

    title: str
    pieces: tuple[Piece, ...]
    words: str = ""
    spoken: bool = False
    audience: Audience | None = None
    marks: tuple[Mark, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A document in a file that holds many, by `name` and `slice` (a long one is several). `load` reads it.

    The file's own document has the name "". `mark` is equal while the document is.
    """

    name: str
    mark: str
    load: Callable[[], Document]
    slice: int = 0


class Message(Struct, frozen=True):
    """One message of a chat. `when` is an ISO 8601 time, `line` where it stands in its file (from 1)."""

    text: str
    speaker: str
    when: str
    line: int
    own: bool = False


def whole(document: Document) -> Iterator[Part]:
    """A file that is one document."""
    yield Part("", "", lambda: document)


def pieces_of(message: Message, heading: str = "", member: str = "") -> list[Piece]:
    """A message as pieces: one, or several when it is long."""
    text = message.text
    found = split_plain(text) if len(text) > LARGE else (Passage(text, 0, len(text), 1, ""),)
    origin: Origin = "user" if message.own else "contact"
    return [
        Piece(
            Passage(each.text, each.start, each.end, message.line + each.line - 1, heading),
            message.when or None,
            message.speaker or None,
            origin,
            member=member,
        )
        for each in found
    ]


def chat_parts(chat: str, messages: Iterable[Message], name: str = "", member: str = "") -> Iterator[Part]:
    """A chat as its days: a day stays one document, with the same name, when a later export begins or ends elsewhere."""
    days: dict[str, list[Message]] = {}
    for message in messages:
        days.setdefault(message.when[:10], []).append(message)
    for day, said in days.items():
        title = f"{chat}, {day}" if day else chat
        yield from spoken_parts("/".join(filter(None, (name, day or "undated"))), title, said, member)


def spoken_parts(name: str, title: str, messages: Sequence[Message], member: str = "") -> Iterator[Part]:
    """Messages that belong together, as one document or as several slices of one."""
    for place, start in enumerate(range(0, len(messages), MOST_SPOKEN)):
        some = messages[start : start + MOST_SPOKEN]

        def load(some: Sequence[Message] = some) -> Document:
            pieces = (piece for message in some for piece in pieces_of(message, title, member))
            return Document(title, tuple(pieces), spoken=True)

        yield Part(name, digest_of(title, *(_mark(message) for message in some)), load, place)


def _mark(message: Message) -> str:
    return digest_of(message.text, message.speaker, message.when, str(message.line), str(message.own))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
