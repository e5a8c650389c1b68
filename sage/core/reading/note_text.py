"""Notes and goals as text: front matter read and written line by line, so that a person's own lines stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from sage.core.terminal_text import clean_line

_FRONT = re.compile(r"\A---[ \t]*\r?\n(?P<fields>.*?)(?:^|\n)---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(?P<key>[A-Za-z_][\w-]*):[ \t]*(?P<value>.*?)[ \t]*\r?$", re.MULTILINE)


def compose(fields: Mapping[str, str], body: str) -> str:
    """A note with front matter; empty fields are left out."""
    lines = [f"{key}: {_quoted(value)}" for key, value in fields.items() if value]
    return "---\n" + "\n".join(lines) + "\n---\n\n" + body.strip() + "\n"


def fields_of(text: str) -> dict[str, str]:
    """The plain `key: value` lines of the front matter; lists and nested values are not read here."""
    front = _FRONT.match(text)
    return {match["key"]: _plain(match["value"]) for match in _FIELD.finditer(front["fields"])} if front else {}


def body_of(text: str) -> str:
    """The text below the front matter."""
    front = _FRONT.match(text)
    return text[front.end() :].strip() if front else text.strip()


def set_field(text: str, key: str, value: str) -> str:
    """The text with one field of its front matter changed or added; all else byte for byte."""
    front = _FRONT.match(text)
    if not front:
        return f"---\n{key}: {_quoted(value)}\n---\n\n{text}"
    for match in _FIELD.finditer(front["fields"]):
        if match["key"] == key:
            start = front.start("fields") + match.start("value")
            return text[:start] + _quoted(value) + text[front.start("fields") + match.end("value") :]
    at = front.end("fields")
    gap = "" if not front["fields"] or front["fields"].endswith("\n") else "\n"
    return f"{text[:at]}{gap}{key}: {_quoted(value)}" + ("" if text[at:].startswith(("\n", "\r")) else "\n") + text[at:]


def file_name(title: str, longest: int = 60) -> str:
    """A title as a file's name on any system, without its ending; "note" if nothing is left."""
    clean = re.sub(r"[<>:\"/\\|?*#^\[\]]+", " ", clean_line(title))
    return " ".join(clean.split()).strip(". ")[:longest].strip(". ") or "note"


def title_of(text: str, longest: int = 60) -> str:
    """A title for a text without one: its first heading or words."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    first = re.sub(r"^#+\s*", "", first)
    if len(first) <= longest:
        return first
    return first[:longest].rsplit(" ", 1)[0].rstrip(" ,;:.-") + "…"


def _quoted(value: str) -> str:
    plain = re.fullmatch(r"[A-Za-z0-9](?:[\w .+-]*[\w.+-])?", value) and not re.fullmatch(
        r"(?i)true|false|null|yes|no|on|off|[\d.]+", value
    )
    return value if plain else json.dumps(value, ensure_ascii=False)


def _plain(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        try:
            return str(json.loads(value))
        except ValueError:
            return value[1:-1]
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value
