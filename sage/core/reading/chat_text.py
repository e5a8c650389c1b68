"""Chats as lines of text: WhatsApp's export in the date formats of many countries, and two text exports of Signal.

A line that begins like a message begins one; every other line goes on with the one before. Whether day or month comes first
is told by all dates of the file together: a number above 12, else the order in which the messages do not jump back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise

from msgspec import Struct

from sage.core.reading.documents import Message, Person

ME = frozenset({"you", "me"})
"""What Signal's exporters call the person."""
_MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Marks of direction that stand invisibly in exports."""
_HALF = r"(?:(?P<before>上午|下午|午前|午後|오전|오후)[ ]?)"
_LINE = re.compile(
    rf"(?P<open>\[)?(?P<a>\d{{1,4}})[./-](?P<b>\d{{1,2}})[./-](?P<c>\d{{1,4}})\.?(?:[,،]|[ ]\S{{1,4}}(?=[ ]))?[ ]{_HALF}?"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
    r"(?:[ ]?(?P<after>[AaPp]\.?[ ]?[Mm]\.?|[صم]))?(?(open)\]|[ ][-–])[ ](?P<rest>.*)",
    re.DOTALL,
)
_NO_BREAK = str.maketrans({"\u202f": " ", "\xa0": " ", "\u2009": " "})
_BREAK = re.compile(r"\r\n|\r|\n")
_VISIBLE = re.compile(r"^.*\S.*$", re.MULTILINE)
_OMITTED = re.compile(
    r"(?i)<[^<>]{0,40}(?:omitted|ausgeschlossen|omis|omiss?[aoei]s?|omitid[ao]s?|omess[oi]|weggelaten|utelämnad|pominięt\w*"
    r"|не включен[ыо]?|省略|제외)[^<>]{0,20}>"
)
_ATTACHED = re.compile(r"<[^<>:]{2,20}: ?([^<>]{1,200})>|\A(\S.{0,150}\.\w{2,5}) \([^()]{3,40}\)$", re.MULTILINE)
_EDITED = re.compile(r"<[^<>]{3,60}>$")
_TITLE = re.compile(r"(?i)^(?:.*\bwhatsapp\b.*?\s(?:with|mit|com|con|avec|met|med|z|с|ile|-|–)\s+)(.+)$")
_ENVELOPE = re.compile(r"(From|Type|Sent|Received|Attachment|Reaction|Edited): (.*)")


class ChatLog(Struct, frozen=True):
    """A chat that was exported as text: `kind` names the format, `title` the chat as far as it is known."""

    kind: str
    title: str
    messages: tuple[Message, ...]


def read_chat(text: str, name: str, person: Person) -> ChatLog | None:
    """The chat in a text file called `name` (with the folder around it where the name says nothing); None for other text."""
    title = chat_title(name)
    if text.startswith("Conversation: "):
        messages = list(_signal(text, person))
        return ChatLog("Signal", text[14:].partition("\n")[0].strip(), tuple(messages)) if messages else None
    first = next(iter(_VISIBLE.findall(text[:2000])), "")
    if not _begins(first):
        return None
    lines = [(number, _begins(line), line) for number, line in enumerate(_BREAK.split(text), 1)]
    if not _is_chat(lines, name):
        return None
    is_whatsapp = any(found and _is_whatsapp(found) for _, found, _ in lines[:50])
    messages = list(_messages(lines))
    own = ME if not is_whatsapp else frozenset({"you"})
    names = {message.speaker for message in messages}
    if len(names) == 2 and title in names:
        own = own | {next(iter(names - {title})).casefold()}  # the export of a talk of two is named after the other one
    return ChatLog(
        "WhatsApp" if is_whatsapp else "Signal",
        title,
        tuple(_owned(message, own, person) for message in messages),
    )


def chat_title(name: str) -> str:
    """The name of a chat, from that of its file ("WhatsApp Chat with Demo Aunt.txt", "Demo Aunt/chat.md")."""
    parts = [part for part in name.split("/") if part]
    stems = [part.rpartition(".")[0] if "." in part[-5:] else part for part in parts]
    last = next((stem for stem in reversed(stems) if stem.lower() not in ("_chat", "chat", "index")), "chat")
    found = _TITLE.match(last)
    return (found[1] if found else last).strip()


def _owned(message: Message, own: frozenset[str], person: Person) -> Message:
    is_own = message.speaker.casefold() in own or person.is_named(message.speaker)
    return Message(message.text, message.speaker, message.when, message.line, is_own)


def _is_chat(lines: Sequence[tuple[int, re.Match[str] | None, str]], name: str) -> bool:
    """Whether a text that begins like a chat is one: by its name, or by two people who talk."""
    last = name.rpartition("/")[2].lower()
    if last in ("_chat.txt", "chat.md") or "whatsapp" in name.lower():
        return True
    if last.endswith(".md"):
        return False
    speakers = {
        found["rest"].partition(": ")[0] for _, found, _ in lines[:200] if found and ": " in found["rest"][:100]
    }
    return len(speakers) >= 2 and sum(bool(found) for _, found, _ in lines[:200]) >= 3


def _is_whatsapp(found: re.Match[str]) -> bool:
    return len(found["a"]) < 4 or not found["open"] or bool(found["after"] or found["before"])


def _begins(line: str) -> re.Match[str] | None:
    """How a line begins a message, or None."""
    bare = line.lstrip(_MARKS)
    if not (bare[:1] == "[" or bare[:1].isdigit()):
        return None
    return _LINE.match(bare[:80].translate(_NO_BREAK) + bare[80:])


def _messages(lines: Sequence[tuple[int, re.Match[str] | None, str]]) -> Iterator[Message]:
    order = _order([found for _, found, _ in lines if found])
    begun: tuple[int, str, str] | None = None
    body: list[str] = []
    for number, found, line in lines:
        when = _moment(found, order) if found else ""
        if not (found and when):
            body.append(line)
            continue
        if begun and (text := _clean("\n".join(body))):
            yield Message(text, begun[2], begun[1], begun[0])
        speaker, colon, rest = found["rest"].partition(": ")
        if not colon and found["rest"].endswith(":"):
            speaker, colon, rest = found["rest"][:-1], ":", ""
        # Without a speaker it is the service that speaks: somebody came, left, or changed a picture.
        speaker = speaker.strip(_MARKS + "~ \u202f\xa0")
        begun = (number, when, speaker) if colon and len(speaker) <= 100 else None
        body = [rest]
    if begun and (text := _clean("\n".join(body))):
        yield Message(text, begun[2], begun[1], begun[0])


def _clean(text: str) -> str:
    """A message's text without marks and media that were left out; an attachment is named."""
    marked = text.startswith("\u200e")
    bare = "".join(letter for letter in text if letter not in _MARKS).strip()
    bare = _OMITTED.sub("", bare).strip()
    if attached := _ATTACHED.search(bare):
        name = attached[1] or attached[2]
        return "\n".join(filter(None, (_ATTACHED.sub("", bare).strip(), f"Attached: {name}")))
    # What begins with a mark and names no file was put there by the service: "image omitted", "message deleted".
    return "" if marked else _EDITED.sub("", bare).strip() if "\u200e<" in text else bare


def _order(found: Sequence[re.Match[str]]) -> str:
    """Where year, month and day stand: "ymd", "dmy" or "mdy"."""
    if not found or len(found[0]["a"]) == 4:
        return "ymd"
    if any(int(one["a"]) > 12 for one in found):
        return "dmy"
    if any(int(one["b"]) > 12 for one in found):
        return "mdy"
    jumps = {}
    for order in ("dmy", "mdy"):
        moments = [moment for one in found if (moment := _moment(one, order))]
        jumps[order] = sum(later < earlier for earlier, later in pairwise(moments))
    if jumps["dmy"] != jumps["mdy"]:
        return min(jumps, key=lambda order: jumps[order])
    return "mdy" if found[0]["after"] and "/" in found[0][0][:6] else "dmy"


def _moment(found: re.Match[str], order: str) -> str:
    """An ISO 8601 time, or "" for a date that is none."""
    parts = dict(zip(order, (int(found["a"]), int(found["b"]), int(found["c"])), strict=True))
    year = parts["y"] + (2000 if parts["y"] < 100 else 0)
    hour = int(found["hour"])
    half = (found["after"] or found["before"] or "").lower()
    if half:
        late = half[0] == "p" or half in ("下午", "午後", "오후", "م")
        hour = hour % 12 + (12 if late else 0)
    try:
        moment = datetime(year, parts["m"], parts["d"], hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        return ""
    return moment.isoformat()


def _signal(text: str, person: Person) -> Iterator[Message]:
    """The messages of an export that gives each the head of a letter: From, Type, Sent."""
    lines = text.replace("\r\n", "\n").split("\n")
    starts = [
        place
        for place, line in enumerate(lines)
        if line.startswith(("From: ", "Type: "))
        and (place < 1 or not lines[place - 1].strip())
        and any(each.startswith("Type: ") for each in lines[place : place + 2])
    ]
    for start, end in pairwise([*starts, len(lines)]):
        head: dict[str, str] = {}
        attached: list[str] = []
        place = start
        while place < end and (found := _ENVELOPE.match(lines[place])):
            head.setdefault(found[1], found[2])
            attached += [found[2].partition(" (")[0]] if found[1] == "Attachment" else []
            place += 1
        own = head.get("Type") == "outgoing" or head.get("From", "").casefold() in ME
        body = "\n".join(line for line in lines[place:end] if not line.startswith((">", "|"))).strip()
        told = "\n".join(filter(None, (body, *(f"Attached: {name}" for name in attached))))
        speaker = head.get("From", "").rpartition(" (")[0] or head.get("From", "")
        if told:
            yield Message(told, speaker, _sent(head.get("Sent", "")), start + 1, own or person.is_named(speaker))


def _sent(text: str) -> str:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
