"""Conversations."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.mentions import Named
from sage.core.model_choice import Wish
from sage.core.plans import Summary
from sage.core.turns import Answer, Branch, ConversationLine, PastTurn
from sage.wire.base import Nothing, Request


class Conversations(Struct, frozen=True):
    conversations: tuple[ConversationLine, ...]


class ConversationShown(Struct, frozen=True):
    """`branch` tells where it goes on from ("" if it began by itself); its first `shared` turns are those of another one."""

    id: str
    turns: tuple[PastTurn, ...]
    running: str
    branch: str = ""
    shared: int = 0


class Ask(Request[Answer], frozen=True, tag=True):
    """One turn of a conversation: "" begins a new one, "last" goes on with the newest. `begins`: a new one of that very name,
    unless it has begun.

    `branch`: a new one that goes on from a turn of another, which stays as it is (`conversation` is "" then).
    `wish`: the role that the person asks for; `attach`: absolute paths of files that belong to the words. Closing the line does
    not end the turn; `StopTurn` does.
    """

    text: str
    conversation: str = ""
    attended: bool = True
    begins: bool = False
    wish: Wish = ""
    attach: tuple[str, ...] = ()
    branch: Branch | None = None
    reply: ClassVar[Any] = Answer


class FileSeen(Struct, frozen=True):
    """A file that could go with a question: a `picture`, or so many `pieces` of text. `told`: what is missing of it, or who answers
    in the place of a model that cannot see."""

    name: str
    picture: bool
    pieces: int
    told: str = ""


class LookAtFile(Request[FileSeen], frozen=True, tag=True):
    """Reads a file (an absolute path) as `Ask` would, and asks nobody. Raises Unreadable."""

    path: str
    reply: ClassVar[Any] = FileSeen


class NamesFound(Struct, frozen=True):
    """What an @ may name, the nearest first."""

    found: tuple[Named, ...]


class FindNames(Request[NamesFound], frozen=True, tag=True):
    """Notes, goals, tasks and people whose names have these letters in their order; files, if a path begins so."""

    letters: str
    limit: int = 8
    reply: ClassVar[Any] = NamesFound


class SaidBefore(Struct, frozen=True):
    said: tuple[str, ...]


class FindSaid(Request[SaidBefore], frozen=True, tag=True):
    """What the person said that has these letters in their order: the nearest first, without letters the newest."""

    letters: str = ""
    limit: int = 50
    reply: ClassVar[Any] = SaidBefore


class Follow(Request[Answer], frozen=True, tag=True):
    """The events of a turn from `after` on, then its answer: how a front end that lost its line goes on."""

    turn: str
    after: int = 0
    reply: ClassVar[Any] = Answer


class StopTurn(Request[Nothing], frozen=True, tag=True):
    turn: str


class Decide(Request[Nothing], frozen=True, tag=True):
    """The person's answer to an `ApprovalNeeded`; `digest` must be the one that was shown."""

    approval: str
    digest: str
    granted: bool


class Warm(Request[Nothing], frozen=True, tag=True):
    """Somebody is about to talk: a model on this machine may be loaded and read what every prompt begins with."""


class ListConversations(Request[Conversations], frozen=True, tag=True):
    """The newest ones; with `words`, those in which each of these was said or answered."""

    limit: int = 50
    words: str = ""
    reply: ClassVar[Any] = Conversations


class ShowConversation(Request[ConversationShown], frozen=True, tag=True):
    """`id` may be "last"."""

    id: str
    reply: ClassVar[Any] = ConversationShown


class Summarize(Request[Summary], frozen=True, tag=True):
    """Makes a conversation (by id, or "last") into a note that cites its turns."""

    conversation: str
    reply: ClassVar[Any] = Summary


Requests = (
    Ask
    | LookAtFile
    | FindNames
    | FindSaid
    | Follow
    | StopTurn
    | Decide
    | Warm
    | ListConversations
    | ShowConversation
    | Summarize
)
