"""Bytes of a mail as text, whatever they claim to be."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterable

_WIDER = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",  # what calls itself Latin-1 or GB2312 is as a rule the wider one
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}
"""Python decodes them too, punycode in more than linear time."""
_DIRECTION = re.compile(r"^(iso-8859-[68])-[ei]$", re.I)
"""Arabic and Hebrew whose names say in which order their letters stand (RFC 1556): as they are read, as a rule."""
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_ENCODED = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{1,40})?\?([bBqQ])\?([^?]*)\?=")
"""An encoded word (RFC 2047 section 2, RFC 2231 section 5); blanks within it are a fault of many programs."""


def decoded(data: bytes, charset: str = "") -> str:
    """The text of these bytes. Never raises: what fits no charset becomes U+FFFD."""
    declared = _codec(charset)
    for name in dict.fromkeys((declared or "utf-8", "utf-8")):
        try:
            return plain(data.decode(name))
        except UnicodeError:
            continue
    return plain(data.decode(declared if declared not in ("", "utf-8") else "cp1252", "replace"))


def plain(text: str) -> str:
    """The text with one kind of line break, and without what no text can have: zeros and halves of surrogate pairs."""
    return _NO_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"))


def raw_bytes(value: str) -> bytes:
    """The bytes of a header as the standard library holds it."""
    return value.encode("utf-8", "surrogateescape")


def header_text(value: str, limit: int = 2_000) -> str:
    """A header's words in one line, encoded ones decoded, at most `limit` characters."""
    value = decoded(raw_bytes(value[: 4 * limit]))
    pieces: list[tuple[str, bytes | str]] = []
    end = 0
    for word in _ENCODED.finditer(value):
        between = value[end : word.start()]
        if between.strip() or not pieces or isinstance(pieces[-1][1], str):
            pieces.append(("", between))  # blanks between two encoded words are not shown
        pieces.append((word[1].lower(), _word_bytes(word[2], word[3])))
        end = word.end()
    pieces.append(("", value[end:]))
    return " ".join("".join(_joined(pieces)).split())[:limit]


def _joined(pieces: Iterable[tuple[str, bytes | str]]) -> Iterable[str]:
    """Neighbours of one charset are decoded together: programs cut words in the middle of a character."""
    held, held_charset = b"", ""
    for charset, piece in pieces:
        if isinstance(piece, bytes) and charset == held_charset:
            held += piece
            continue
        if held:
            yield decoded(held, held_charset)
        held, held_charset = (piece, charset) if isinstance(piece, bytes) else (b"", "")
        if isinstance(piece, str):
            yield piece
    if held:
        yield decoded(held, held_charset)


def _word_bytes(encoding: str, text: str) -> bytes:
    data = raw_bytes(text)
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    return binascii.a2b_base64(data[: len(data) - (len(data) % 4 == 1)] + b"===")


def _codec(charset: str) -> str:
    """The codec for a charset's name; "" for one that is not known."""
    try:
        name = codecs.lookup(_DIRECTION.sub(r"\1", charset.strip().strip("\"'")[:40])).name
        b"a".decode(name)  # some codecs are not of text
    except UnicodeError:
        pass  # one letter is no text in it
    except (LookupError, ValueError):
        return ""
    return "" if name in _NO_CHARSETS else _WIDER.get(name, name)
