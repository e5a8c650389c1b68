"""iCalendar text as lines (RFC 5545, 3.1), of which single ones are read and changed: whatever else another program wrote
into an item stays as it is. Reading by hand is also some fifty times quicker than a whole parse, which a long list needs."""

from __future__ import annotations

import re
from typing import NamedTuple

_HEAD = re.compile(r'([\w-]+)((?:;[^:;"]*(?:"[^"]*"[^:;"]*)*)*):')
_PARAM = re.compile(r';([\w-]+)=("[^"]*"|[^:;"]*)')
_ESCAPED = re.compile(r"\\([\\;,nN])")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_WIDTH = 74
"""Bytes of a written line, without its end."""


class Broken(Exception):
    """It is no iCalendar text."""


class Prop(NamedTuple):
    """One property. `params` are as written, in capitals on their left; `at` is the number of its line."""

    name: str
    params: dict[str, str]
    value: str
    at: int = -1


class Part(NamedTuple):
    """A component: its lines from `begin` to `end`, both included, and its own properties by name."""

    begin: int
    end: int
    props: dict[str, list[Prop]]

    def one(self, name: str) -> Prop | None:
        """The first property of that name."""
        found = self.props.get(name)
        return found[0] if found else None

    def value(self, name: str) -> str:
        found = self.one(name)
        return found.value if found else ""


def unfolded(text: str) -> list[str]:
    """The lines, each whole."""
    text = text.lstrip("\ufeff \r\n").replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
    return [line for line in text.split("\n") if line]


def folded(lines: list[str]) -> str:
    """The text of lines."""
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def parts_of(lines: list[str], kind: str) -> list[Part]:
    """The components of a kind (in capitals), with their own properties, without those inside them. Raises Broken."""
    if not lines or lines[0].rstrip().upper() != "BEGIN:VCALENDAR" or lines[-1].rstrip().upper() != "END:VCALENDAR":
        raise Broken
    found: list[Part] = []
    part: Part | None = None
    inside: list[str] = []
    for number, line in enumerate(lines):
        start = line[:6].upper()
        if start == "BEGIN:":
            inside.append(line[6:].strip().upper())
            if inside[-1] == kind and part is None:
                part = Part(number, -1, {})
        elif line[:4].upper() == "END:":
            if not inside or inside.pop() != line[4:].strip().upper():
                raise Broken
            if part and kind not in inside:
                found.append(part._replace(end=number))
                part = None
        elif part and inside[-1] == kind and (prop := _prop(line, number)):
            part.props.setdefault(prop.name, []).append(prop)
    if inside:
        raise Broken
    return found


def _prop(line: str, number: int) -> Prop | None:
    """None for a line that is no property: it is left alone."""
    name, colon, value = line.partition(":")
    if ";" not in name and colon:
        return Prop(name.upper(), {}, value, number)
    head = _HEAD.match(line)
    if not head:
        return None
    params = {key.upper(): given.strip('"') for key, given in _PARAM.findall(head[2])}
    return Prop(head[1].upper(), params, line[head.end() :], number)


def line_of(name: str, value: str, **params: str) -> str:
    """The line of a property."""
    written = "".join(
        f';{key}="{given}"' if set(given) & set(";:,") else f";{key}={given}" for key, given in params.items()
    )
    return f"{name}{written}:{value}"


def text_from(value: str) -> str:
    """A text value, for the person, on one line."""
    return " ".join(_ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).split("\n")).strip()


def value_from(text: str) -> str:
    """The person's words as a text value. Line ends and control characters become spaces: some servers take them for the
    end of a line."""
    plain = _NO_TEXT.sub(" ", text).strip()
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _fold(line: str) -> str:
    if len(line) <= _WIDTH // 4 or len(data := line.encode()) <= _WIDTH:
        return line
    rows, start = [], 0
    while start < len(data):
        end = start + _WIDTH - bool(start)
        while end < len(data) and data[end] & 0xC0 == 0x80:  # inside a letter
            end -= 1
        rows.append(data[start:end].decode())
        start = end
    return "\r\n ".join(rows)
