"""What came in since the person looked last, as they are shown it: short, by conversation, and in the words that were written.

What others wrote stands between quotes, is cut short, and is never worded anew: so no line of theirs passes for one of Sage's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from sage.core.terminal_text import clean_line

Kind = Literal["question", "request", "left", "answered", "answering", "promised", "promise", "day", "about"]
"""`left`: the deputy left it to the person; `answered`, `answering`: Sage did, or is about to; `promised`: by the person;
`promise`: by whoever wrote; `day`: a date is named; `about`: nothing of these, but how it begins."""

WORDS: dict[Kind, str] = {
    "question": "asks",
    "request": "asks you to",
    "left": "waits for you",
    "answered": "Sage answered",
    "answering": "Sage is about to answer",
    "promised": "you promised",
    "promise": "promises",
    "day": "names a day",
    "about": "says",
}
NEEDS: frozenset[Kind] = frozenset(("question", "request", "left"))
"""Kinds that need the person."""
LONGEST = 120
"""Characters of what is quoted."""
_LONGEST_NAME = 40
_QUOTES = str.maketrans(dict.fromkeys("“”„«»", "'"))
_BRACKETS = re.compile(r"[<>\[\]()\"“”„]")


class DigestLine(Struct, frozen=True):
    """One thing, in the words that were written (`text`), and the message that says it (by id). `drafted`: a draft waits."""

    kind: Kind
    text: str
    message: str
    drafted: bool = False


class DigestTalk(Struct, frozen=True):
    """A conversation: who wrote in it, how many messages came in, what counts of them (the first is the most needed), and how
    many things more there are. `needs`: how many of all need the person."""

    account: str
    conversation: str
    who: str
    count: int
    lines: tuple[DigestLine, ...]
    more: int = 0
    needs: int = 0
    group: bool = False


class Digest(Struct, frozen=True):
    """What came in from `since` to `until` (ISO 8601): `messages` in all, the conversations that found room, how many others
    there are (`more_talks`, with `more_messages`; `more_needs` of them need the person), how many messages of strangers were
    held, by account, and how many drafts wait in all."""

    since: str
    until: str
    messages: int = 0
    talks: tuple[DigestTalk, ...] = ()
    more_talks: int = 0
    more_messages: int = 0
    more_needs: int = 0
    held: dict[str, int] = {}
    waiting: int = 0

    @property
    def needs(self) -> int:
        """How many things need the person."""
        return sum(talk.needs for talk in self.talks) + self.more_needs


def quoted(text: str) -> str:
    """What somebody wrote, for one line: without what steers a terminal or would end the quote, and cut short."""
    line = " ".join(clean_line(text).translate(_QUOTES).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def named(name: str, address: str) -> str:
    """Somebody who is no contact: a chosen name never stands alone."""
    called = " ".join(_BRACKETS.sub(" ", clean_line(name)).split())[:_LONGEST_NAME].strip()
    place = " ".join(clean_line(address).translate(_QUOTES).split())[: 2 * _LONGEST_NAME]
    return f"{called} <{place}>" if called else place


def digest_lines(digest: Digest) -> list[str]:
    """The digest as it is printed: one line a conversation, or one and what counts of it below."""
    when = f"since {moment(digest.since)}"
    if not (digest.messages or digest.talks):
        lines = [f"Nothing came in {when}. Earlier: sage digest --since DAY"]
    else:
        talks = len(digest.talks) + digest.more_talks
        lines = [f"{_count(digest.messages, 'message')} in {_count(talks, 'conversation')} {when}{_needed(digest)}."]
        lines += [line for talk in digest.talks for line in _talk_lines(talk)]
    if digest.more_talks:
        more = _count(digest.more_talks, "conversation")
        needed = f", {digest.more_needs} for you" if digest.more_needs else ""
        lines.append(f"And {more} more ({_count(digest.more_messages, 'message')}{needed}): sage inbox list")
    lines += [
        f"{account}: {_count(count, 'message')} of strangers, of which nothing was kept: sage inbox list"
        for account, count in sorted(digest.held.items())
    ]
    if digest.waiting:
        lines.append(f"{_count(digest.waiting, 'draft or question waits', 'drafts and questions wait')} in the Inbox.")
    if any(talk.lines for talk in digest.talks):
        lines.append("The whole of one: sage inbox show ID")
    return lines


def brief_line(digest: Digest, earlier: int = 0) -> tuple[str, tuple[str, ...]]:
    """One line for a brief, in nobody's words, and the messages that it rests on; "" when nothing came in. `earlier` counts those
    that a brief told of before, and that nobody has looked at."""
    before = f"{earlier} earlier not looked at" if earlier else ""
    if not digest.messages:
        return (f"Messages: none came in since {moment(digest.since)}; {before} (sage digest)" if before else ""), ()
    waiting = [talk for talk in digest.talks if talk.needs]
    lines = [line for talk in waiting or digest.talks for line in talk.lines if line.kind in NEEDS or not waiting]
    told = f"Messages: {_count(digest.messages, 'came', 'came')} in since {moment(digest.since)}"
    if digest.needs:
        told += f", for you: {', '.join(talk.who for talk in waiting[:3]) or 'some'}"
    return f"{'; '.join(filter(None, (told, before)))} (sage digest)", tuple(
        dict.fromkeys(line.message for line in lines)
    )


def moment(at: str) -> str:
    """An ISO time, in words."""
    return f"{datetime.fromisoformat(at):%A %d %B, %H:%M}"


def _needed(digest: Digest) -> str:
    return f"; {_count(digest.needs, 'thing is', 'things are')} for you" if digest.needs else ""


def _talk_lines(talk: DigestTalk) -> Iterator[str]:
    head = f"{talk.who} ({talk.account}{', a group' if talk.group else ''}"
    head += f", {_count(talk.count, 'message')})" if talk.count != 1 else ")"
    if len(talk.lines) == 1:
        yield f"{head} {_told(talk.lines[0])}"
        return
    yield head
    for line in talk.lines:
        yield f"  {_told(line)}"
    if talk.more:
        yield f"  and {talk.more} more"


def _told(line: DigestLine) -> str:
    draft = ", and a draft waits" if line.drafted else ""
    return f"{WORDS[line.kind]}: “{line.text}”{draft}  [{line.message}]"


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or f'{one}s'}"
