"""What a checkbox says behind its box, as Obsidian Tasks reads it: words, then fields, from the end of the line backwards.

    Water the plants #garden ⏫ 🔁 every week 🛫 2026-11-20 📅 2026-11-27 ^block
    Water the plants #garden [priority:: high] [repeat:: every week] [due:: 2026-11-27]

A field with words behind it is part of the words; tags may stand among the fields.
"""

from __future__ import annotations

import re
from datetime import date

from msgspec import Struct

from sage.plugin_api import Priority

_DATE = r"(?P<value>\d{4}-\d\d-\d\d)"
_BLOCK = re.compile(r"\s+\^[a-zA-Z0-9-]+\s*$")
_TAG = re.compile(r"(?:^|\s)(?P<tag>#[^\s!@#$%^&*(),.?\":{}|<>]+)$")
_PRIORITY_SIGNS = {"🔺": "highest", "⏫": "high", "🔼": "medium", "🔽": "low", "⏬": "lowest"}
SIGNS = {
    "due": "📅",
    "scheduled": "⏳",
    "start": "🛫",
    "created": "➕",
    "completion": "✅",
    "cancelled": "❌",
    "repeat": "🔁",
    "id": "🆔",
    "dependsOn": "⛔",
    "onCompletion": "🏁",
}
DATES = ("due", "scheduled", "start", "created", "completion", "cancelled")
_OTHER_SIGNS = {"due": "📅📆🗓", "scheduled": "⏳⌛"}
_VALUES = {
    **dict.fromkeys(DATES, _DATE),
    "repeat": r"(?P<value>[a-zA-Z0-9, !]+?)",
    "id": r"(?P<value>[a-zA-Z0-9_-]+)",
    "dependsOn": r"(?P<value>[a-zA-Z0-9_-]+(?: *, *[a-zA-Z0-9_-]+)*)",
    "onCompletion": r"(?P<value>[a-zA-Z]+)",
}
_EMOJI = {
    name: re.compile(rf"[{_OTHER_SIGNS.get(name, SIGNS[name])}]\ufe0f? *{value}$") for name, value in _VALUES.items()
}
_EMOJI["priority"] = re.compile(rf"(?P<value>[{''.join(_PRIORITY_SIGNS)}])\ufe0f?$")
_EMOJI["reminder"] = re.compile(r"⏰\ufe0f? *(?P<value>(?:\d{4}-\d\d-\d\d )?\d\d?:\d\d)$")
_DATAVIEW = {name: re.compile(rf"[\[(] *{name}:: *{value} *[\])],?$") for name, value in _VALUES.items()}
_DATAVIEW["priority"] = re.compile(r"[\[(] *priority:: *(?P<value>[a-z]+) *[\])],?$")

LEVELS: dict[str, Priority] = {"highest": "high", "high": "high", "medium": "medium", "low": "low", "lowest": "low"}


class Field(Struct, frozen=True):
    """A field and where it stands; `at` and `to` are its value's."""

    name: str
    value: str
    start: int
    end: int
    at: int
    to: int


class Content(Struct, frozen=True):
    """What stands behind a box: `text` as it is, its `words` (the tags among the fields behind them), its fields in their
    order, and where they end, before a block's name."""

    text: str
    words: str
    fields: tuple[Field, ...]
    after: int

    def value(self, name: str) -> str:
        """A field's value, "" if it is not there or no day of the calendar."""
        found = next((field.value for field in self.fields if field.name == name), "")
        return found if name not in DATES or is_date(found) else ""

    @property
    def priority(self) -> Priority:
        found = self.value("priority")
        return LEVELS.get(_PRIORITY_SIGNS.get(found, found), "")


def read_content(text: str) -> Content:
    """What stands behind a box."""
    block = _BLOCK.search(text)
    after = len(text[: block.start()].rstrip()) if block else len(text.rstrip())
    end, fields = after, list[Field]()
    while end := len(text[:end].rstrip()):
        if field := _field_before(text, end):
            fields.insert(0, field)
            end = field.start
        elif tag := _TAG.search(text, 0, end):
            end = tag.start("tag")
        else:
            break
    if not fields:
        return Content(text, text[:after].strip(), (), after)
    before = text[: fields[0].start].strip()  # with the tags in front of the first field, which are words as they stand
    tags = _TAGS.findall(_between(text, fields, after))
    return Content(text, " ".join(filter(None, [before, *tags])), tuple(fields), after)


_TAGS = re.compile(r"#\S+")


def _between(text: str, fields: list[Field], after: int) -> str:
    ends = [*[field.start for field in fields[1:]], after]
    return " ".join(text[field.end : end] for field, end in zip(fields, ends, strict=True))


def _field_before(text: str, end: int) -> Field | None:
    """The field that ends there."""
    if text[end - 1] in "]),":
        patterns, start = _DATAVIEW, max(text.rfind("[", 0, end), text.rfind("(", 0, end))
    else:
        patterns, start = _EMOJI, 0
    for name, pattern in patterns.items():
        if start >= 0 and (found := pattern.search(text, start, end)):
            return Field(name, found["value"], found.start(), end, found.start("value"), found.end("value"))
    return None


def with_value(text: str, name: str, value: str, dataview: bool) -> str:
    """Another value of a field; "" takes it away, and one that is not there comes behind all others."""
    content = read_content(text)
    field = next((each for each in content.fields if each.name == name), None)
    if field and value:
        return text[: field.at] + value + text[field.to :]
    if field:
        return text[: field.start].rstrip() + text[field.end :]
    if not value:
        return text
    return f"{text[: content.after]} {_written(name, value, dataview)}{text[content.after :]}"


def with_priority(text: str, level: Priority, dataview: bool) -> str:
    """Another priority. One that is as high already stays as it is written."""
    content = read_content(text)
    if content.priority == level:
        return text
    field = next((each for each in content.fields if each.name == "priority"), None)
    in_words = text[field.start] in "[(" if field else dataview
    value = level if in_words else next((sign for sign, name in _PRIORITY_SIGNS.items() if name == level), "")
    return with_value(text, "priority", value, dataview)


def with_words(text: str, words: str) -> str:
    """Other words; what fields there are come behind them, and a block's name stays."""
    content = read_content(text)
    fields = [text[field.start : field.end] for field in content.fields]
    return " ".join([words, *fields]) + text[content.after :]


def _written(name: str, value: str, dataview: bool) -> str:
    if dataview:
        return f"[{name}:: {value}]"
    return value if name == "priority" else f"{SIGNS[name]} {value}"


def is_date(text: str) -> bool:
    """Whether this is a day of the calendar."""
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
