"""The parts of a mail (RFC 2045 to 2049): which of them are its text, and what came with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from sage.plugin_api import Attachment

from .charsets import decoded, header_text, plain
from .html_text import html_text

MOST_ATTACHMENTS = 100
_MOST_TEXTS = 20


@dataclass
class Part:
    """One part. `content`: what was fetched of it, its transfer encoding undone; `whole`: its size in bytes."""

    media_type: str
    charset: str = ""
    encoding: str = ""
    name: str = ""
    whole: int = 0
    attached: bool = False
    section: str = ""
    children: list[Part] = field(default_factory=list)
    content: bytes = b""

    @property
    def is_text(self) -> bool:
        return self.media_type in ("text/plain", "text/html") and not self.attached


def part_of(message: Message[str, str]) -> Part:
    """The parts of a mail that is here as a whole."""
    media_type = message.get_content_type()
    if media_type.startswith("multipart/") and message.is_multipart():
        return Part(media_type, children=[part_of(child) for child in message.get_payload()])  # type: ignore[arg-type]
    content = b"" if message.is_multipart() else message.get_payload(decode=True)
    assert isinstance(content, bytes)  # what is no multipart has bytes
    name = header_text(message.get_filename() or "", 200)
    attached = bool(name) or message.get_content_disposition() == "attachment"
    return Part(media_type, _charset(message), name=name, whole=len(content), attached=attached, content=content)


def texts(part: Part) -> list[Part]:
    """The parts that can be shown as text, in their order: those that are to be fetched."""
    return [leaf for leaf in leaves(part) if leaf.is_text][:_MOST_TEXTS]


def text_of(part: Part) -> str:
    """The text of a mail: of alternatives the plain one, if there is anything in it."""
    return "\n\n".join(piece for piece in _pieces(part) if piece)


def attachments(part: Part) -> tuple[Attachment, ...]:
    """What came with it, but for what is its text."""
    found = [leaf for leaf in leaves(part) if not leaf.is_text and not leaf.media_type.startswith("multipart/")]
    return tuple(Attachment(leaf.name, leaf.media_type, leaf.whole) for leaf in found[:MOST_ATTACHMENTS])


def is_encrypted(part: Part) -> bool:
    """Whether its text cannot be read here (RFC 3156, RFC 8551)."""
    return part.media_type in ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")


def leaves(part: Part) -> Iterator[Part]:
    """The parts without children, in their order."""
    waiting = [part]
    while waiting:
        part = waiting.pop()
        if part.children:
            waiting.extend(reversed(part.children))
        else:
            yield part


def _pieces(part: Part) -> list[str]:
    if part.media_type == "multipart/alternative":
        for wanted in ("text/plain", "text/html"):
            for child in part.children:
                if child.media_type == wanted and (text := _shown(child)):
                    return [text]
        for child in reversed(part.children):
            if found := [piece for piece in _pieces(child) if piece]:
                return found
        return []
    if part.children:
        return [piece for child in part.children for piece in _pieces(child)]
    return [_shown(part)] if part.is_text else []


def _shown(part: Part) -> str:
    text = decoded(part.content, part.charset)
    return (plain(html_text(text)) if part.media_type == "text/html" else text).strip()


def _charset(message: Message[str, str]) -> str:
    return str(message.get_content_charset("") or "")
