"""What the Inbox lists: what waits for the person, messages that came in, and what was answered or settled."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

from sage import wire
from sage.core.deputy.learning import Offer
from sage.tui.inbox_pages import came_entries, decided_entries, moment_in_words, offered_entries
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.results import Item

Group = Literal["waiting", "came", "done", "away"]
GROUPS: dict[Group, str] = {"waiting": "Waits", "came": "Came in", "done": "Answered", "away": "While away"}
"""What was answered while the person was away is in one of the others as well."""

Stage = Literal[
    "draft", "question", "taken back", "leaves", "unsent", "answered", "sent", "uncertain", "failed", "dropped", "left", "denied"
]  # fmt: skip
"""`question`: there is no draft; `leaves`: it goes out by itself and can be taken back; `unsent`: it has to wait; `answered`: Sage
sent it by itself; `left`: as a draft in a program of the person's."""
WORDS: dict[Stage, str] = {
    "draft": "draft",
    "question": "is for you",
    "taken back": "taken back",
    "leaves": "leaves by itself",
    "unsent": "not sent yet",
    "answered": "answered for you",
    "sent": "sent",
    "uncertain": "may have been sent",
    "failed": "could not be sent",
    "dropped": "not sent",
    "left": "left as a draft",
    "denied": "denied",
}
_SENT: dict[str, Stage] = {"uncertain": "uncertain", "failed": "failed", "dropped": "dropped", "drafted": "left"}
OPEN: Collection[Stage] = ("draft", "question", "taken back")
"""What the person may approve, edit or deny."""
CORRECTABLE: Collection[Stage] = ("answered", "sent", "uncertain")
"""What a correction can be sent after."""
DOUBTFUL: Collection[Stage] = ("uncertain", "failed")
"""What the person has to say something of, after it was to be sent."""
LATE = timedelta(seconds=5)
"""After this an answer that should have left waits for something: a pause, a network."""
MOST_OFFERS = 3
"""Offers that are listed at a time."""
_ASKED_AT = 24
"""Characters of a question before its answer."""
_SHORT = 1000
"""Characters of a text that a row is made of."""


class Read(Protocol):
    """Asks the engine what may be asked twice."""

    async def __call__(self, request: wire.Request[wire.R]) -> wire.R: ...


@dataclass(frozen=True)
class Decided:
    """A decision of the deputy's. `written`: its text is the person's own, and not approved; `sent` is then what was sent before,
    which it corrects ("": nothing was). `late`: the moment has passed at which it was to go out by itself. `away`: Sage answered
    it by itself, or was about to, since the person went away last."""

    reply: wire.ReplyShown
    written: bool = False
    sent: str = ""
    late: bool = False
    away: bool = False

    @property
    def id(self) -> str:
        return self.reply.id

    @property
    def names(self) -> tuple[str, ...]:
        """Under which it may be known: a message that is answered gets a decision's id."""
        return (self.reply.id, self.reply.arrival)

    @property
    def at(self) -> str:
        return self.reply.made_at

    @property
    def stage(self) -> Stage:
        reply = self.reply
        state = reply.fate.partition(": ")[0]
        match reply.state:
            case "open" | "silent":
                return "draft" if reply.text else "question"
            case "taken back" | "denied":
                return reply.state
            case _ if state in _SENT:
                return _SENT[state]
            case _ if state == "sent":
                return "answered" if reply.state == "going" else "sent"
        return "leaves" if reply.state == "going" and reply.leaves and not self.late else "unsent"

    @property
    def why(self) -> str:
        """Why it was not sent, or may not have been."""
        return self.reply.fate.partition(": ")[2]

    @property
    def group(self) -> Group:
        return "waiting" if self.stage in (*OPEN, *DOUBTFUL, "leaves", "unsent") else "done"

    @property
    def word(self) -> str:
        """Where it stands, in a word."""
        if self.written:
            return "written, not sent"
        corrections = self.reply.corrections
        return f"correction {corrections[0].state}" if corrections else WORDS[self.stage]

    def item(self, now: datetime) -> Item:
        """A row of the list."""
        reply, word = self.reply, self.word
        reason = reply.reason if self.stage in OPEN and not self.written else self.why
        who = f"{reply.contact} in a group" if reply.group else reply.contact
        text = reply.asked[:_SHORT]
        if self.group == "done" and reply.text and self.stage != "denied":
            text = f"{_cut(reply.asked)} → {reply.text[:_SHORT]}"
        return Item(" · ".join(filter(None, (who, word, reason))), self._side(now), text)

    def _side(self, now: datetime) -> str:
        if self.stage != "leaves":
            return moment_in_words(self.at, now)
        return f"in {max(0, round((datetime.fromisoformat(self.reply.leaves) - now).total_seconds()))} s"

    def entries(self, now: datetime, *, whole: bool) -> list[Entry]:
        """What is read of it."""
        return decided_entries(self, now, whole=whole)


@dataclass(frozen=True)
class Came:
    """A message that came in, and of which nothing else is to be told."""

    message: wire.InboxItem

    @property
    def id(self) -> str:
        return self.message.id

    @property
    def names(self) -> tuple[str, ...]:
        return (self.message.id,)

    @property
    def at(self) -> str:
        return self.message.at

    @property
    def group(self) -> Group:
        return "came"

    @property
    def can_be_answered(self) -> bool:
        """Whether it has words of somebody's; whether they can be reached is the engine's to say."""
        return not self.message.because

    def item(self, now: datetime) -> Item:
        """A row of the list."""
        message = self.message
        title = " · ".join(filter(None, (name_of(message), "held" if message.because else "message")))
        return Item(
            title, moment_in_words(self.at, now), (message.text or message.because or message.unreadable)[:_SHORT]
        )

    def entries(self, now: datetime, *, whole: bool) -> list[Entry]:
        """What is read of it."""
        return came_entries(self, now, whole=whole)


@dataclass(frozen=True)
class Offered:
    """A topic that Sage could answer somebody by itself, and what that would change; it is the person's to say."""

    offer: Offer
    change: wire.GrantChange
    at: str = "0001-01-01T00:00:00+00:00"
    """It can wait longer than anybody who asks."""

    @property
    def id(self) -> str:
        return f"offer/{self.offer.contact}/{self.offer.topic}"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.id,)

    @property
    def group(self) -> Group:
        return "waiting"

    def item(self, now: datetime) -> Item:
        """A row of the list."""
        offer = self.offer
        return Item(
            f"{offer.contact} · offer · {offer.in_a_row} drafts in a row were right", "", f"On {offer.topic}: {_ASKED}"
        )

    def entries(self, now: datetime, *, whole: bool) -> list[Entry]:
        """What is read of it."""
        return offered_entries(self.offer, self.change, now)


_ASKED = "shall Sage answer by itself while you are away?"

Row = Decided | Came | Offered


async def list_rows(read: Read, now: datetime) -> list[Row]:
    """Everything, newest first."""
    waiting, going, done, answered, figures, came = await asyncio.gather(
        read(wire.ListReplies(("open", "taken back"), 100)),
        read(wire.ListReplies(("going",), 50)),
        read(wire.ListReplies(("approved", "edited", "denied"), 50)),
        read(wire.ListAnswered()),
        read(wire.ShowFigures()),
        read(wire.ListInbox(limit=50)),
    )
    away = {reply.id for reply in answered.items}
    listed = [*waiting.items, *going.items, *done.items]
    replies = [*listed, *(reply for reply in answered.items if reply.id not in {each.id for each in listed})]
    decided = {reply.arrival for reply in replies}
    rows: list[Row] = [
        Decided(
            reply, late=bool(reply.leaves) and datetime.fromisoformat(reply.leaves) + LATE < now, away=reply.id in away
        )
        for reply in replies
    ]
    rows += [Came(item) for item in came.items if item.id not in decided]
    for offer in figures.offers[:MOST_OFFERS]:
        change = await read(wire.GiveGrant(offer.contact, offer.topic, "auto", preview=True))
        rows.append(Offered(offer, change))
    return sorted(rows, key=lambda row: datetime.fromisoformat(row.at), reverse=True)


async def still_written(read: Read, rows: Sequence[Row], written: Mapping[str, Decided]) -> dict[str, Decided]:
    """The person's own words that are not sent, by the ids of the rows that they are for, as they would go out now; without those
    for what was decided elsewhere."""
    now = {name: row for row in rows for name in row.names}
    found = {}
    for name, own in written.items():
        row = now.get(name)
        if isinstance(row, Came) or (isinstance(row, Decided) and row.stage in (CORRECTABLE if own.sent else OPEN)):
            same = isinstance(row, Decided) and (row.id, row.reply.to) == (name, own.reply.to)
            shown = own.reply if same else await read(wire.ShowReply(row.id, own.reply.text))
            found[row.id] = replace(own, reply=shown)
    return found


def in_order(rows: Sequence[Row], group: Group | None, stay: Mapping[str, Group]) -> list[Row]:
    """The rows of a group (None: of all, what waits first). Those named in `stay` are in the group that it says."""

    def shown(row: Row) -> Group:
        return stay.get(row.id, row.group)

    places = list(GROUPS)
    found = (row for row in rows if group in (None, shown(row)) or (group == "away" and is_away(row)))
    return sorted(found, key=lambda row: places.index(shown(row)))


def is_away(row: Row) -> bool:
    """Whether Sage answered it, or was about to, while the person was away."""
    return isinstance(row, Decided) and row.away


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _ASKED_AT else f"{line[: _ASKED_AT - 1].rstrip()}…"


def name_of(message: wire.InboxItem) -> str:
    """Who wrote, by the address: what they call themselves is only told beside it."""
    return message.sender
