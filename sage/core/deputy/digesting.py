"""What counts of the messages that came in, by rule: what is asked, wanted and promised, by whom, and what was answered.

Nothing is worded: a line is a sentence as it was written. Of a message that was edited its last version alone is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sage.core.deputy import questions
from sage.core.deputy.digest import NEEDS, Digest, DigestLine, DigestTalk, Kind, named, quoted
from sage.core.deputy.frames import without_frames
from sage.core.deputy.replies import Decision, ReplyState
from sage.core.deputy.support import sentences_of
from sage.core.people import People
from sage.core.plugins.admission import contact_name
from sage.core.words import fold

MOST_LINES = 12
"""Of all conversations, each with a line for its head if it has several."""
MOST_OF_A_TALK = 3
MOST_READ = 10
"""Messages of one conversation whose sentences are read, the newest."""
MOST_TALKS = 40
"""Conversations that are read at all, the newest; the others are counted."""
MOST_SENTENCES, LONGEST_SENTENCE = 15, 400
"""Of a message those that are read; and characters of one, of which a longer one is a table or a dump."""
LONGEST_READ = 4000
"""Characters of a message that are read."""

By = Literal["sage", "handoff", "you"]
_DECIDED: frozenset[ReplyState] = frozenset(("going", "approved", "edited", "denied"))
_LEFT: frozenset[ReplyState] = frozenset(("open", "taken back"))
_ORDER: tuple[Kind, ...] = (
    "question", "request", "left", "answering", "answered", "promised", "promise", "day", "about",
)  # fmt: skip
_LINK = re.compile(r"\b(?:[a-z]{2,12}://|www\.)\S+", re.IGNORECASE)
_OURSELVES = re.compile(r"\b(?:i|we|ich|wir)\b")
_CITED = re.compile(r"^\s*(?:>|\|)")
_END = re.compile(r"^(?:-- ?|_{5,}|(?:On|Am) .{4,160}(?:wrote|schrieb\b.{0,80}):)\s*$")
_REQUEST = re.compile(
    r"\b(?:please|pls|bitte|let (?:me|us) know|(?:don't|do not) forget|remember to|make sure|be sure to|rsvp|(?:call|ring) me"
    r"|(?:i|we) need (?:you|your)|(?:i'd|i would|we'd|we would) like you to|(?:send|bring|show|tell|give|remind) (?:me|us)"
    r"|get back to (?:me|us)|denk(?:e|t)? (?:bitte )?(?:an|dran|daran)|vergiss (?:bitte )?nicht|melde? dich"
    r"|ruf(?:e|t)? (?:mich|uns)|sag(?:e|t)? (?:mir|uns)|gib (?:mir|uns)|schick(?:e|t)? (?:mir|uns)|bring(?:e|t)? (?:mir|uns|bitte)"
    r"|(?:ich|wir) brauche?n? (?:dich|dein|von dir))\b"
)


class Came(Struct, frozen=True):
    """A message that came in, as a digest needs it. `edits` is the service's id (`event`) of the one that it takes the place of;
    `vouched`: the service is sure who wrote it; `settled`: the person needs to see it no more."""

    id: str
    account: str
    conversation: str
    event: str
    sender: str
    at: str
    text: str = ""
    name: str = ""
    edits: str = ""
    group: bool = False
    vouched: bool = False
    settled: bool = False
    without: str = ""
    """What there is when there is no text: names of files, or why it cannot be read."""


class Decided(Struct, frozen=True):
    """What the deputy decided of a message, and what became of it."""

    decision: Decision
    state: ReplyState
    drafted: bool = False


class Went(Struct, frozen=True):
    """A message that went out, or is about to (`going`). `answers` is the message (by id) that it answers, "" for none."""

    id: str
    account: str
    conversation: str
    at: str
    text: str
    by: By
    answers: str = ""
    to: tuple[str, ...] = ()
    going: bool = False


class News(Struct, frozen=True):
    """All that a digest is made of. `came` are messages, the oldest first, `count` how many there are in all; `decided` is by the
    message (its id); `own` says when (ISO 8601) the person wrote last by themself, by account and conversation."""

    since: str
    until: str
    came: tuple[Came, ...] = ()
    count: int = 0
    decided: Mapping[str, Decided] = {}
    went: tuple[Went, ...] = ()
    own: Mapping[tuple[str, str], str] = {}
    held: dict[str, int] = {}
    waiting: int = 0


class Said(NamedTuple):
    """A sentence, and what kind it is."""

    kind: Kind
    text: str


class _Talk(NamedTuple):
    here: tuple[str, str]
    came: list[Came]
    went: list[Went]

    @property
    def last(self) -> float:
        return max(_stamp(at) for at in (*(one.at for one in self.came), *(out.at for out in self.went)))


def digest_of_news(news: News, people: People, *, most: int = MOST_LINES) -> Digest:
    """The digest: what needs the person first, then what is newest; what finds no room is counted."""
    talks = sorted(_talks(news), key=lambda talk: -talk.last)
    read = [_read_talk(talk, news, people) for talk in talks[:MOST_TALKS]]
    read.sort(key=lambda talk: not talk.needs)  # stable: the newest first among each
    shown, others, room = [], [], most
    for talk in read:
        fitting = talk if _rows(talk) <= room else _shortened(talk)
        if fitting.lines and _rows(fitting) <= room:
            shown.append(fitting)
            room -= _rows(fitting)
        else:
            others.append(talk)
    known = sum(talk.count for talk in shown)
    count = news.count - len(news.came) + sum(len(talk.came) for talk in talks)  # an edit is no message of its own
    return Digest(
        news.since, news.until, count, tuple(shown), len(others) + len(talks[MOST_TALKS:]), count - known,
        sum(talk.needs for talk in others), dict(news.held), news.waiting,
    )  # fmt: skip


def last_versions(came: Iterable[Came]) -> list[Came]:
    """Messages without those that another takes the place of, which stands where they stood. Nobody edits what somebody else
    wrote."""
    found: dict[tuple[str, str, str], Came] = {}
    first: dict[tuple[str, str, str], tuple[str, str, str]] = {}
    for one in came:
        key = (one.account, one.conversation, one.event)
        before = (one.account, one.conversation, one.edits)
        of = first.get(before, before)
        if one.edits and of in found and found[of].sender == one.sender:
            first[key] = of
            found[of] = one
        else:
            first[key] = key
            found[key] = one
    return list(found.values())


def sayings(text: str, at: str) -> list[Said]:
    """What a message asks, wants, promises and when, sentence by sentence; how it begins, if it is nothing of these."""
    found = [Said(kind, sentence) for sentence in _own(text) if (kind := _kind(sentence, at))]
    if found:
        return found
    return [Said("about", sentence) for sentence in _own(text)[:1]]


def promises(text: str, at: str) -> list[str]:
    """The sentences in which whoever wrote a text promises something."""
    return [sentence for sentence in _own(text) if _promises(sentence, at)]


# -- one conversation -------------------------------------------------------------------------------------------------


def _talks(news: News) -> list[_Talk]:
    found: dict[tuple[str, str], _Talk] = {}
    for one in last_versions(news.came):
        here = (one.account, one.conversation)
        found.setdefault(here, _Talk(here, [], [])).came.append(one)
    for out in news.went:
        here = (out.account, out.conversation)
        found.setdefault(here, _Talk(here, [], [])).went.append(out)
    return list(found.values())


def _read_talk(talk: _Talk, news: News, people: People) -> DigestTalk:
    lines = [line for one in talk.came[-MOST_READ:] for line in _lines_of(one, talk, news)]
    lines += [line for out in talk.went[-MOST_READ:] for line in _lines_out(out)]
    told = [line for line in lines if line.kind != "about"]
    lines = list(dict.fromkeys(told or lines[-1:]))  # what was said last tells what it is about
    lines.sort(key=lambda line: _ORDER.index(line.kind))
    group = any(one.group for one in talk.came)
    return DigestTalk(
        *talk.here, _who(talk, people), len(talk.came), tuple(lines[:MOST_OF_A_TALK]), len(lines[MOST_OF_A_TALK:]),
        sum(line.kind in NEEDS for line in lines), group,
    )  # fmt: skip


def _lines_of(one: Came, talk: _Talk, news: News) -> Iterator[DigestLine]:
    decided = news.decided.get(one.id)
    open_now = decided is not None and decided.state in _LEFT
    needed = open_now or not _is_done(one, talk, news, decided)
    said = [each for each in sayings(one.text, one.at) if needed or each.kind not in NEEDS]
    said = said or [Said("about", sentence) for sentence in _own(one.text)[:1] or [one.without] if sentence]
    if open_now and not any(each.kind in NEEDS for each in said):
        said = [Said("left", said[0].text if said else "")]
    for each in said:
        drafted = open_now and each.kind in NEEDS and decided is not None and decided.drafted
        yield DigestLine(each.kind, quoted(each.text), one.id, drafted)


def _is_done(one: Came, talk: _Talk, news: News, decided: Decided | None) -> bool:
    """Whether nothing is left to do about a message: it was answered, refused or settled, or the person wrote there since."""
    if one.settled or (decided is not None and decided.state in _DECIDED):
        return True
    came, own = _stamp(one.at), news.own.get(talk.here, "")
    return bool(own and _stamp(own) >= came) or any(
        out.by != "handoff" and (out.answers == one.id or (out.by == "you" and _stamp(out.at) >= came))
        for out in talk.went
    )


def _lines_out(out: Went) -> Iterator[DigestLine]:
    text = without_frames(out.text)
    if out.by == "sage" and text:
        yield DigestLine("answering" if out.going else "answered", quoted(text), out.answers or out.id)
    elif out.by == "you":
        for sentence in promises(text, out.at):
            yield DigestLine("promised", quoted(sentence), out.answers or out.id)


def _who(talk: _Talk, people: People) -> str:
    """Who wrote, the last first. Of contacts the name that the person gave them, if the service vouches for it."""
    plugin = talk.here[0].partition("/")[0]
    names: dict[str, str] = {}
    for one in reversed(talk.came):
        contact = people.at(contact_name(plugin, one.sender)) if one.vouched else None
        names.setdefault(one.sender, contact.called or contact.name if contact else named(one.name, one.sender))
    for out in () if names else talk.went:
        for address in out.to:
            contact = people.at(contact_name(plugin, address))
            names[address] = contact.called or contact.name if contact else named("", address)
    first, rest = list(names.values())[:2], len(names) - 2
    others = f" and {rest} more" if rest > 0 else ""
    return (", " if others else " and ").join(first) + others


def _rows(talk: DigestTalk) -> int:
    return 1 if len(talk.lines) == 1 else 1 + len(talk.lines) + bool(talk.more)


def _shortened(talk: DigestTalk) -> DigestTalk:
    return replace(talk, lines=talk.lines[:1], more=talk.more + len(talk.lines) - 1)


# -- one message ------------------------------------------------------------------------------------------------------


def _own(text: str) -> list[str]:
    """The sentences that whoever wrote a message says themself: not those that they cite, nor what stands below their name."""
    lines = []
    for line in text[:LONGEST_READ].splitlines():
        if _END.match(line):
            break
        if not _CITED.match(line):
            lines.append(line)
    return [sentence[:LONGEST_SENTENCE] for sentence in sentences_of("\n".join(lines))[:MOST_SENTENCES]]


def _kind(sentence: str, at: str) -> Kind | None:
    bare = _LINK.sub(" ", sentence)
    if questions.read(bare).kind != "none":
        return "question"
    if _REQUEST.search(_folded(bare)):
        return "request"
    if _promises(bare, at):
        return "promise"
    return "day" if _names_a_day_ahead(bare, at) else None


def _promises(sentence: str, at: str) -> bool:
    if not _OURSELVES.search(_folded(sentence)):
        return False
    from sage.core.facts.fact_extraction import extract

    return any(draft.kind == "commitment" and draft.polarity for draft in extract(sentence, when=at))


def _folded(sentence: str) -> str:
    return fold(sentence).replace("’", "'")


def _names_a_day_ahead(sentence: str, at: str) -> bool:
    from sage.core.facts.date_spans import find_date_spans

    written = datetime.fromisoformat(at).date()
    return any(_is_ahead(span.last or span.first, written) for span in find_date_spans(sentence, written, "future"))


def _is_ahead(day: str, written: date) -> bool:
    return day >= written.isoformat()


def _stamp(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
