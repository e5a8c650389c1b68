"""What the deputy says to one message: decided step by step, from who wrote it to what may go out. It sends nothing.

Everything that a step knows is the message, and what all who would read the answer may see. Only `hints`, which are for the
person alone, come from all of memory; they are looked up last, and nothing else is decided by them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from sage.agent.composing import MOST_PARTS, Composed, Composer
from sage.core.deputy import asking, availability, frames, grants, guards, questions
from sage.core.deputy.grants import Grants
from sage.core.deputy.guards import Heard
from sage.core.deputy.replies import Reply
from sage.core.deputy.statements import shown
from sage.core.deputy.support import unsupported
from sage.core.disclosure import (
    CALENDAR,
    DOUBTFUL,
    Exchange,
    Piece,
    called_readers,
    card_pieces,
    may_see,
    pieces_of,
    readers_of,
)
from sage.core.events import Events, day_begins
from sage.core.extracts import SURE
from sage.core.labels import Audience, Reader, names_of, visible_to
from sage.core.passages import Hit
from sage.core.people import People
from sage.core.words import gist

LOOKED_AT, GIVEN = 24, 4
"""Passages that are recalled, and pieces that the answer to one question may be made of."""
READ = 2_000
"""Characters of a message, of its beginning and its end, for which evidence is looked up. No easy question is as long
(`questions.LONGEST`), and what compares words of it must not be kept busy by whoever writes much."""
LIKELY = 0.15
"""The confidence from which a passage is looked at. (Asked for what was shared, 92 of 100 questions found theirs at this
confidence, and 4 of 100 that nothing answers found something; whether it answers is the composer's to say.)"""


LATE = timedelta(days=1)
"""What was written so long before it is looked at has waited for the person already."""


class Rules(Struct, frozen=True):
    """What the person allows. `name` is theirs, `names` what they are called in groups; `busy_for` may see when they are busy.
    With `handoff`, one constant sentence tells that a person will answer; `per_day` are the most answers to one contact.
    Unless they are `away`, nothing is answered that they could answer themselves."""

    people: People
    grants: Grants
    name: str = ""
    names: tuple[str, ...] = ()
    busy_for: Audience = ()
    handoff: bool = False
    week_start: int = 0
    per_day: int = 10
    away: bool = False


@dataclass(frozen=True)
class Incoming:
    """A message, and what was said in its conversation before: `came` there, and was `sent` there by Sage. `elsewhere`: its
    writer wants answers somewhere else than there. `written`: when, None for now; `partly`: some of it was not read."""

    exchange: Exchange
    text: str
    came: Sequence[Heard] = ()
    sent: Sequence[Heard] = ()
    opted_out: bool = False
    taken_over: bool = False
    edits: bool = False
    elsewhere: bool = False
    written: datetime | None = None
    partly: bool = False
    answers_today: int = 0


Recall = Callable[[str, Sequence[Reader] | None], list[Hit]]
"""Passages for a question that all readers may see (None: the owner), best first."""


@dataclass(frozen=True)
class Replier:
    """Decides. `events` are the calendars' between two moments."""

    recall: Recall
    events: Callable[[datetime, datetime], Events]
    composer: Composer
    now: Callable[[], datetime]

    async def reply(self, incoming: Incoming, rules: Rules, job: str, *, hints: bool = False) -> Reply:
        """What is said to a message, and why. With `hints`, what only the person may see is named as well."""
        readers = readers_of(incoming.exchange, rules.people)
        audience = called_readers(readers)
        contact = rules.people.at(incoming.exchange.addresses[0])
        silence = self._refused(incoming, rules, readers)
        if silence or contact is None:
            return Reply("silence", silence or "stranger", audience=audience, contact=contact.name if contact else "")
        tongue = frames.tongue_for(incoming.text)
        sentence = frames.handed_off(rules.name, tongue) if rules.handoff and incoming.exchange.certain else ""
        found = await self._answered(incoming, rules, readers, tongue, job)
        found = replace(found, audience=audience, contact=contact.name)
        if found.decision == "answer":
            return replace(found, text=frames.signed(found.text, rules.name, tongue))
        if found.decision == "silence":
            return found
        told = await asyncio.to_thread(self._hints, incoming.text, readers) if hints else ()
        return replace(found, handoff=sentence, hints=told)

    def _refused(self, incoming: Incoming, rules: Rules, readers: Sequence[Reader]) -> str:
        """Why nothing at all is said, before anything is looked up; "" to go on."""
        if rules.people.at(incoming.exchange.addresses[0]) is None:
            return "stranger"
        if incoming.opted_out or guards.wants_no_answers(incoming.text):
            return "optout"
        if incoming.taken_over:
            return "taken over"
        if incoming.answers_today >= rules.per_day:
            return "often"
        if not incoming.text.strip():
            return "unreadable"
        if why := guards.check(incoming.text, self.now(), incoming.came, incoming.sent):
            return why
        if not questions.is_addressed(incoming.text, group=incoming.exchange.group, names=rules.names):
            return "others"
        if questions.read(incoming.text).kind == "none":
            return "none"
        if grants.granted_all(rules.grants, readers, [grants.ANY]) == "off" and not _named(rules.grants, readers):
            return "off"
        return ""

    async def _answered(
        self, incoming: Incoming, rules: Rules, readers: tuple[Reader, ...], tongue: str, job: str
    ) -> Reply:
        asked = questions.read(incoming.text)
        if asked.kind == "availability":
            return await asyncio.to_thread(self.when_free, incoming, rules, readers)
        question = questions.without_address(gist(incoming.text, READ), rules.names)
        pieces = await asyncio.to_thread(self._pieces, question, rules, readers)
        if not pieces:
            return Reply("handoff", asked.why or "nothing")
        composed = await self.composer.compose(question, pieces, job)
        if composed is None:
            return Reply("handoff", asked.why or "nothing")
        if unsupported(composed.text, [shown(piece.text) for piece in composed.used]):
            return Reply("handoff", "wording")
        return self._granted(incoming, rules, readers, composed, asked.why or composed.doubt)

    def _granted(
        self, incoming: Incoming, rules: Rules, readers: Sequence[Reader], composed: Composed, doubt: str
    ) -> Reply:
        """An answer where nothing speaks against it and the grant is given; else a draft."""
        topics = tuple(dict.fromkeys(piece.topic for piece in composed.used))
        how = grants.granted_all(rules.grants, readers, topics)
        if how == "off":
            return Reply("silence", "off", topics=topics)
        doubts = (
            ("namesakes", any(piece.kind == "card" and piece.confidence <= DOUBTFUL for piece in composed.used)),
            ("unverified", not incoming.exchange.certain),
            ("edited", incoming.edits),
            ("elsewhere", incoming.elsewhere),
            ("late", incoming.written is not None and self.now() - incoming.written >= LATE),
            ("part", incoming.partly),
            ("away", how == "auto" and not rules.away),
        )
        doubt = doubt or next((why for why, holds in doubts if holds), "")
        decided = Reply(
            "draft", doubt or "ask", composed.text, composed.used, topics=topics, how=how, model=composed.model
        )
        return replace(decided, decision="answer", reason="auto") if how == "auto" and not doubt else decided

    def _pieces(self, question: str, rules: Rules, readers: Sequence[Reader]) -> list[Piece]:
        """What its readers may be told about a question, best first; nothing that is not likely to answer it."""
        found = [
            piece
            for part in asking.parts_of(question)[:MOST_PARTS]
            for piece in [
                *card_pieces(rules.people, readers, part),
                *(each for each in pieces_of(self.recall(part, readers)) if each.confidence >= LIKELY),
            ][:GIVEN]
        ]
        return list({piece.id: piece for piece in found}.values())

    def when_free(self, incoming: Incoming, rules: Rules, readers: Sequence[Reader]) -> Reply:
        """What is said when they ask when the person is free."""
        if not may_see(rules.busy_for, readers):
            return Reply("handoff", "calendar")
        now = self.now()
        written = (incoming.written or now).astimezone(now.tzinfo)  # its "tomorrow" is the day after that
        span = availability.asked_days(incoming.text, written, week_start=rules.week_start)
        if span is None or span.first < now.date():
            return Reply("handoff", "when")
        zone = str(now.tzinfo)
        last = span.first + timedelta(days=span.days)
        since, until = (day_begins(day, zone).astimezone(now.tzinfo) for day in (span.first, last))
        found = self.events(since, until)
        if not found.whole or found.troubles:
            return Reply("handoff", "unread")
        text = availability.told(span, found.events, now, frames.tongue_for(incoming.text))
        piece = Piece("calendar", "your calendar, as busy times", text, CALENDAR, "calendar")
        return self._granted(incoming, rules, readers, Composed(text, (piece,)), "")

    def _hints(self, question: str, readers: Sequence[Reader]) -> tuple[str, ...]:
        """Where the person themself would look: passages of their own that answer it, and that not all readers may see."""
        own = (
            hit
            for hit in self.recall(question, None)
            if hit.confidence >= SURE and hit.origin == "user" and not visible_to(hit.audience, readers)
        )
        return tuple(dict.fromkeys(hit.citation for hit in own))[:3]


def _named(given: Grants, readers: Sequence[Reader]) -> bool:
    """Whether some topic is granted to them by name, though all others are off."""
    return all(
        any(how != "off" for name in names_of(reader) for how in given.get(name, {}).values()) for reader in readers
    )
