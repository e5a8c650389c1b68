"""The answers of an IMAP server to FETCH (RFC 3501 section 7.4.2), and the parts of a mail as it describes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .charsets import decoded, header_text
from .parts import Part

_TOKEN = re.compile(rb'\s+|([()])|"((?:[^"\\]|\\.)*)"|((?:[^\s()"\[\]]|\[[^\]]*\])+)|[\[\]"]', re.S)
_LITERAL = re.compile(rb"\{\d+\}$")
_DEEPEST = 100


def fetched(answer: Iterable[Any]) -> Iterator[dict[bytes, Any]]:
    """What was fetched of each message by its names, such as b"UID"; values are bytes, lists of them, or None.

    `answer` is what `imaplib` gives: pieces of the line, and pairs of a piece and the literal that follows it.
    """
    top: list[Any] = []
    open_lists = [top]
    for piece in _pieces(answer):
        if piece == "(":
            if len(open_lists) > _DEEPEST:
                raise ValueError("nested too deeply")
            inner: list[Any] = []
            open_lists[-1].append(inner)
            open_lists.append(inner)
        elif piece == ")":
            if len(open_lists) > 1:
                open_lists.pop()
            if len(open_lists) == 1:
                for values in top:
                    if isinstance(values, list):
                        yield dict(zip((_name(key) for key in values[::2]), values[1::2], strict=False))
                top.clear()
        else:
            open_lists[-1].append(piece)


def part_of(body: list[Any], section: str = "") -> Part:
    """The parts that a BODYSTRUCTURE describes."""
    if body and isinstance(body[0], list):
        children = [child for child in body if isinstance(child, list)]
        kind = next((item for item in body if isinstance(item, bytes)), b"mixed")
        count = next((at for at, item in enumerate(body) if not isinstance(item, list)), len(body))
        prefix = f"{section}." if section else ""
        return Part(
            f"multipart/{_lower(kind)}",
            children=[part_of(child, f"{prefix}{at}") for at, child in enumerate(children[:count], 1)],
        )
    fields = [*body, *[None] * 12]
    media_type = f"{_lower(fields[0])}/{_lower(fields[1])}"
    parameters = _pairs(fields[2])
    after = {"text": 8, "message": 10 if media_type == "message/rfc822" else 7}.get(media_type.split("/")[0], 7)
    found = fields[after + 1] if isinstance(fields[after + 1], list) else []
    disposition = _lower(found[0]) if found else ""
    named = _pairs(found[1]) if len(found) > 1 else {}
    name = header_text(named.get("filename", "") or parameters.get("name", ""), 200)
    return Part(
        media_type,
        parameters.get("charset", ""),
        encoding=_lower(fields[5]),
        name=name,
        whole=int(fields[6]) if isinstance(fields[6], bytes) and fields[6].isdigit() else 0,
        attached=bool(name) or disposition == "attachment",
        section=section or "1",
    )


def _pieces(answer: Iterable[Any]) -> Iterator[Any]:
    for piece in answer:
        line, literal = piece if isinstance(piece, tuple) else (piece, None)
        for token in _TOKEN.finditer(_LITERAL.sub(b"", line or b"")):
            if token[1]:
                yield token[1].decode()
            elif token[2] is not None:
                yield re.sub(rb"\\(.)", rb"\1", token[2], flags=re.S)
            elif token[3] is not None:
                yield None if token[3].upper() == b"NIL" else token[3]
        if literal is not None:
            yield literal


def _name(key: Any) -> bytes:
    return re.sub(rb"<\d+>$", b"", key).upper() if isinstance(key, bytes) else b""


def _lower(value: Any) -> str:
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else ""


def _pairs(value: Any) -> dict[str, str]:
    """Parameters by name; RFC 2231's continuations joined and its percent signs undone."""
    if not isinstance(value, list):
        return {}
    found: dict[str, str] = {}
    for name, data in zip(value[::2], value[1::2], strict=False):
        bare, *more = _lower(name).split("*")
        if not isinstance(data, bytes):
            continue
        found[bare] = found.get(bare, "") + (_extended(data) if more and more[-1] == "" else decoded(data))
    return found


def _extended(data: bytes) -> str:
    from urllib.parse import unquote_to_bytes

    charset, quote, rest = data.partition(b"'")
    if not quote:
        return decoded(unquote_to_bytes(data))
    return decoded(unquote_to_bytes(rest.partition(b"'")[2]), charset.decode("ascii", "replace"))
