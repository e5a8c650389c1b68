"""The deputy: what it decided, what the person makes of it, and when they are away."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from msgspec import Struct

from sage.core.deputy.replies import Decision, ReplyState
from sage.core.disclosure import Piece
from sage.core.labels import Audience
from sage.core.sharing import ShareChange
from sage.wire.base import Request
from sage.wire.inbox import OutboxItem


class ReplyTried(Struct, frozen=True):
    """What would be said to a message. `sources` are the pieces that it rests on, `audience` who would read it."""

    decision: Decision
    text: str
    sources: tuple[Piece, ...]
    reason: str
    audience: Audience


class ReplyShown(Struct, frozen=True):
    """A decision of the deputy's. `asked` is the message (`arrival` by id) and `sender` who wrote it; `text` is exactly what
    would be sent to `to`, and `digest` stands for both; `drafted` is what Sage wrote. `hints` name what only the person may see.
    `fate` is what became of it ("STATE" or "STATE: why", of the message `outgoing`), `leaves` when it goes out if nobody takes it
    back (ISO 8601). `told`: they were told that the person will answer; `yours`: the person answers there by themself.
    `corrections` are what the person sent after it."""

    id: str
    arrival: str
    account: str
    conversation: str
    contact: str
    sender: str
    asked: str
    decision: Decision
    reason: str
    text: str
    to: tuple[str, ...]
    digest: str
    state: ReplyState
    sources: tuple[Piece, ...] = ()
    audience: Audience = ()
    topics: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    model: str = ""
    group: bool = False
    made_at: str = ""
    fate: str = ""
    outgoing: str = ""
    leaves: str = ""
    told: bool = False
    yours: bool = False
    drafted: str = ""
    corrections: tuple[OutboxItem, ...] = ()


class RepliesShown(Struct, frozen=True):
    items: tuple[ReplyShown, ...]


class AbsenceShown(Struct, frozen=True):
    """Whether the person is away, in words; `since` and `until` are ISO 8601 ("": not away; no end). `but`: why nothing at all is
    answered although they are, and what changes that ("": something may be)."""

    away: bool
    words: str
    since: str = ""
    until: str = ""
    but: str = ""


class AnsweredShown(Struct, frozen=True):
    """What was answered since the person went away last (`since`, ISO 8601), newest first; `open` counts what waits for them."""

    absence: AbsenceShown
    since: str
    items: tuple[ReplyShown, ...]
    open: int = 0


class HintShared(Struct, frozen=True):
    """What sharing a passage changes that a hint names. `digest` stands for it; `shared`: it is done, and `reply` is the draft as
    it was composed anew."""

    change: ShareChange
    digest: str
    reply: ReplyShown
    shared: bool = False


class TryReply(Request[ReplyTried], frozen=True, tag=True):
    """What would be said to somebody who writes `text` by an account or plugin (`channel`). Nothing is kept or sent."""

    contact: str
    channel: str
    text: str
    reply: ClassVar[Any] = ReplyTried


class ListReplies(Request[RepliesShown], frozen=True, tag=True):
    """Decisions in some states, newest first."""

    states: tuple[ReplyState, ...] = ("open",)
    limit: int = 50
    reply: ClassVar[Any] = RepliesShown


class ShowReply(Request[ReplyShown], frozen=True, tag=True):
    """One decision, by its id or its message's; also of a message for which Sage drafted nothing, or at which it did not look
    (then with the message's own id): the person may answer it all the same. With `text` it is shown as it would be with that
    text in its place."""

    id: str
    text: str = ""
    reply: ClassVar[Any] = ReplyShown


class ApproveReply(Request[ReplyShown], frozen=True, tag=True):
    """The person has seen exactly this text and these recipients (`digest`), and wants it sent. Another digest by now: nothing is
    sent. `text` is "" for the draft as it is."""

    id: str
    digest: str
    text: str = ""
    reply: ClassVar[Any] = ReplyShown


class SettleReply(Request[ReplyShown], frozen=True, tag=True):
    """`deny`: nothing is sent; `take back`: an automatic answer that has not left yet is not sent."""

    id: str
    how: Literal["deny", "take back"]
    reply: ClassVar[Any] = ReplyShown


class GoAway(Request[AbsenceShown], frozen=True, tag=True):
    """The person is away from now on, for as long as `words` say ("": until they are back)."""

    words: str = ""
    reply: ClassVar[Any] = AbsenceShown


class ComeBack(Request[AbsenceShown], frozen=True, tag=True):
    """The person is back: nothing goes out by itself any more."""

    reply: ClassVar[Any] = AbsenceShown


class ShowAbsence(Request[AbsenceShown], frozen=True, tag=True):
    reply: ClassVar[Any] = AbsenceShown


class ListAnswered(Request[AnsweredShown], frozen=True, tag=True):
    """What was answered while the person was away."""

    reply: ClassVar[Any] = AnsweredShown


class CorrectReply(Request[ReplyShown], frozen=True, tag=True):
    """After a wrong answer: the person has seen exactly this text and these recipients (`ShowReply` with the text), and wants it
    sent as an answer to the same message. The same text is sent once."""

    id: str
    digest: str
    text: str
    reply: ClassVar[Any] = ReplyShown


class ShareHint(Request[HintShared], frozen=True, tag=True):
    """Lets people see the passage (with `note`, its whole note) that a draft's hint names (the `hint`th, from 1; 0: the only one),
    and composes the draft anew. Without `digest` it is only told what that would change; with it, it is done if that is still
    the same."""

    id: str
    names: tuple[str, ...]
    hint: int = 0
    note: bool = False
    digest: str = ""
    reply: ClassVar[Any] = HintShared


class TakeOver(Request[AbsenceShown], frozen=True, tag=True):
    """The person answers in a conversation by themself from now on (`on`), or no more."""

    account: str
    conversation: str
    on: bool = True
    reply: ClassVar[Any] = AbsenceShown


Requests = (
    TryReply
    | ListReplies
    | ShowReply
    | ApproveReply
    | SettleReply
    | GoAway
    | ComeBack
    | ShowAbsence
    | TakeOver
    | ListAnswered
    | CorrectReply
    | ShareHint
)
