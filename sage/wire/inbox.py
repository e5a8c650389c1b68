"""Messages of accounts: what came in, what goes out, and what the person sends by themselves."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from msgspec import Struct

from sage.wire.base import Request

OutState = Literal["waiting", "repeating", "sending", "sent", "drafted", "uncertain", "failed", "dropped"]
"""`repeating`: it may have been sent, and is sent again where that makes no second one; `uncertain`: the person decides."""


class InboxItem(Struct, frozen=True):
    """A message that came in. One that is `held` or `ignored` has no words of its sender's, and `because` says why.

    `conversation` is where an answer would go. `at` is ISO 8601. `left_out`: bytes of the text that were cut. `files` are
    names; their content stays with the service. `unreadable`: why there is no text. `answer_to`: where its sender wants
    answers, if that is elsewhere.
    """

    id: str
    account: str
    conversation: str
    sender: str
    state: Literal["kept", "held", "ignored"]
    at: str
    because: str = ""
    name: str = ""
    text: str = ""
    group: bool = False
    members: tuple[str, ...] = ()
    verified: str = "unknown"
    left_out: int = 0
    files: tuple[str, ...] = ()
    unreadable: str = ""
    edits: bool = False
    answer_to: str = ""


class InboxShown(Struct, frozen=True):
    items: tuple[InboxItem, ...]


class OutboxItem(Struct, frozen=True):
    """A message that goes out. `reason`: why it is in that state; `next_at`: when it is tried again (ISO 8601, "": soon)."""

    id: str
    account: str
    conversation: str
    to: tuple[str, ...]
    text: str
    kind: str
    state: OutState
    reason: str = ""
    next_at: str = ""
    at: str = ""


class OutboxShown(Struct, frozen=True):
    items: tuple[OutboxItem, ...]


class MessagePrepared(Struct, frozen=True):
    """Exactly what would be sent, and to exactly whom. `digest` stands for all of it."""

    account: str
    conversation: str
    to: tuple[str, ...]
    text: str
    digest: str
    group: bool = False


class ListInbox(Request[InboxShown], frozen=True, tag=True):
    """The latest messages, newest first; with `all` also those that were ignored."""

    all: bool = False
    limit: int = 50
    reply: ClassVar[Any] = InboxShown


class ShowArrival(Request[InboxItem], frozen=True, tag=True):
    id: str
    reply: ClassVar[Any] = InboxItem


class ListOutbox(Request[OutboxShown], frozen=True, tag=True):
    """The latest messages that go out, newest first; with `uncertain` those of which nobody knows whether they were sent."""

    uncertain: bool = False
    limit: int = 50
    reply: ClassVar[Any] = OutboxShown


class PrepareMessage(Request[MessagePrepared], frozen=True, tag=True):
    """Works out who would get a message. Nothing is sent."""

    account: str
    conversation: str
    text: str
    reply: ClassVar[Any] = MessagePrepared


class SendPrepared(Request[OutboxItem], frozen=True, tag=True):
    """The person has seen what was prepared and said yes to it: sent if it would still go to exactly those. `key` names
    this one sending, so that asking twice sends it once. Answers when it was sent, or has to wait."""

    prepared: MessagePrepared
    key: str
    reply: ClassVar[Any] = OutboxItem


class SettleMessage(Request[OutboxItem], frozen=True, tag=True):
    """What the person says of a message: it arrived (`sent`), send it once more (`again`), or not at all (`drop`)."""

    id: str
    how: Literal["sent", "again", "drop"]
    reply: ClassVar[Any] = OutboxItem


Requests = ListInbox | ShowArrival | ListOutbox | PrepareMessage | SendPrepared | SettleMessage
