"""Mails as words: what the writer of a mail wrote, without what they only quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LONGEST = 200_000
"""Characters of one mail's text that are read."""
LEFT_OUT = "[…]"
"""Stands where something quoted was, with words after it."""
_MOST_IDS = 50

_ID = re.compile(r"<([^<>\s]{1,300})>")
_ANSWER = re.compile(r"(?i)^(?:\s*(?:re|aw|antw|sv|vs|odp|res|rif|fwd?|wg|tr|rv|enc)(?:\[\d+\])?\s*:)+\s*")
_QUOTE = re.compile(r"^[ \t]{0,3}>")
WROTE = re.compile(
    r"(?i)^(?:on|am|le|el|il|em|op|den|w dniu)\b.{4,200}?\b"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev|napisał(?:\(a\))?)(?!\w).{0,80}:\s*$"
)
"""The line above what somebody quotes."""
_REPLY_BELOW = re.compile(
    r"(?i)^\s*(?:-{2,}\s*(?:original message|ursprüngliche nachricht|original-nachricht|message d'origine|mensaje original"
    r"|messaggio originale|mensagem original|oorspronkelijk bericht)\s*-{2,}|_{20,})\s*$"
)
_HEAD_OF_QUOTE = re.compile(r"(?i)^\*?(?:from|von|de|da|van|från|od)\s?:\*?\s.*")
_SENT_IN_QUOTE = re.compile(
    r"(?i)^\*?(?:sent|date|gesendet|datum|envoyé|enviado|inviato|verzonden|skickat|wysłano)\s?:\*?\s.*"
)
_FORWARDED = re.compile(
    r"(?i)^\s*(?:-{2,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado"
    r"|messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht)\s*-{2,}|begin forwarded message:)\s*$"
)


def thread_subject(subject: str) -> str:
    """A subject without "Re:" and the like, in one line."""
    return " ".join(_ANSWER.sub("", " ".join(subject.split())).split())


def message_ids(*headers: str) -> list[str]:
    """The ids in `References`, `In-Reply-To` or `Message-ID`, the oldest first; of very many, the first and the last."""
    found = list(dict.fromkeys(name for header in headers for name in _ID.findall(header[:100_000])))
    return found if len(found) <= _MOST_IDS else [*found[:10], *found[10 - _MOST_IDS :]]


def group_threads(mails: Iterable[tuple[str, Sequence[str]]]) -> dict[str, list[int]]:
    """Mails as threads: the places of a thread's mails in order, by the id that began it.

    Each mail is its own id ("" for none) and those it refers to. A mail belongs to the thread of the first mail that it
    or an earlier one named. As more mails are added at the end, threads grow and keep their names.
    """
    threads: dict[str, list[int]] = {}
    thread_of: dict[str, str] = {}
    for place, (own, named) in enumerate(mails):
        ids = [*named, own] if own else list(named)
        thread = next((thread_of[name] for name in ids if name in thread_of), "")
        thread = thread or (ids[0] if ids else f"mail {place + 1}")
        threads.setdefault(thread, []).append(place)
        for name in ids:
            thread_of.setdefault(name, thread)
    return threads


def own_words(text: str) -> tuple[str, str]:
    """What a mail's writer wrote, and what they forwarded; without quoted lines, an answered mail below, and signature."""
    lines = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    own: list[str] = []
    forwarded = ""
    for place, line in enumerate(lines):
        if _FORWARDED.match(line[:200]):
            forwarded = "\n".join(lines[place + 1 :]).strip()
            break
        if line == "-- " or _ends_here(lines, place):
            break
        if _QUOTE.match(line):
            _leave_out(own)
        else:
            own.append(line)
    while own and (own[-1] == LEFT_OUT or not own[-1].strip()):
        own.pop()
    return "\n".join(own).strip("\n"), forwarded


def _ends_here(lines: Sequence[str], place: int) -> bool:
    """Whether a mail that is only answered to begins in this line, without marks before its lines."""
    line = lines[place][:400]
    following = [each for each in lines[place + 1 : place + 4] if each.strip()]
    if _REPLY_BELOW.match(line):
        return not line.strip().startswith("_") or bool(following and _HEAD_OF_QUOTE.match(following[0][:400]))
    return bool(_HEAD_OF_QUOTE.match(line) and following and _SENT_IN_QUOTE.match(following[0][:400]))


def _leave_out(own: list[str]) -> None:
    """Marks that something was quoted here, and takes away "On Monday Demo Aunt wrote:" (in one line or two) before it."""
    while own and not own[-1].strip():
        own.pop()
    for count in (1, 2):
        if len(own) >= count and WROTE.match(" ".join(line.strip() for line in own[-count:])[:500]):
            del own[-count:]
            break
    if own and own[-1] != LEFT_OUT:
        own.append(LEFT_OUT)
