"""What is sent, to whom and when: one row and one message for a key, never without a permit, never too late.

waiting ── sending ── sent
   │          ├────── drafted
   │          ├────── uncertain    nobody knows whether it was sent: the person decides
   │          └────── waiting      it certainly was not, or sending again makes no second one
   ├── failed                      the service will not have it, or it is too late
   └── dropped                     the person took it back
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec import Struct

from sage.core.terminal_text import clean_line
from sage.plugin_api import DraftRef, Outbound, PluginError, Receipt, Unreachable, Unsure

Kind = Literal["direct", "reply", "reminder", "draft"]
"""`direct`: the person's own words, sent by themselves; `draft`: it is only left in their own program."""
State = Literal["waiting", "repeating", "sending", "sent", "drafted", "uncertain", "failed", "dropped"]

SEND_WITHIN = timedelta(hours=1)
"""After this nobody expects a message any more, and services forget the keys by which they know one again (Synapse keeps
them for 30 minutes in memory)."""
DELAYS = (5.0, 30.0, 120.0, 300.0, 600.0)
"""Seconds before another try."""
AN_HOUR = timedelta(hours=1)
APPROVED = "approved "
"""The permit of a draft that the person approved: before the digest of exactly what they saw."""
LONGEST = 1_000
"""Characters of a service's id of a message, and of where a draft stands."""
PER_CONVERSATION, PER_ACCOUNT = 20, 100
"""Messages in an hour: a person is rarely quicker, and a loop of two programs always is."""


class Message(Struct, frozen=True):
    """A message as the outbox has it. `permit` names what allows it, and `digest` is of all that was allowed (`digest_of`).

    `answers` is the arrival that it answers, `turn` the turn that wrote it. All times are ISO 8601: not before `hold_until`
    and `next_at`, and never after `send_by`. `receipt`: the service's id of it.
    """

    id: str
    key: str
    account: str
    conversation: str
    recipients: tuple[str, ...]
    text: str
    kind: Kind
    permit: str
    digest: str
    subject: str = ""
    thread: str = ""
    reply_to: str = ""
    auto: bool = True
    answers: str = ""
    turn: str = ""
    state: State = "waiting"
    reason: str = ""
    receipt: str = ""
    tries: int = 0
    hold_until: str = ""
    next_at: str = ""
    send_by: str = ""
    made_at: str = ""
    changed_at: str = ""

    @property
    def out(self) -> Outbound:
        """As it is given to the plugin."""
        return Outbound(
            self.conversation, self.recipients, self.text, self.subject, self.thread, self.reply_to, self.auto
        )


@dataclass(frozen=True)
class Send:
    """It is sent now."""


@dataclass(frozen=True)
class Wait:
    """It is looked at again at `until`; "" when something else has changed."""

    until: str
    why: str


@dataclass(frozen=True)
class Fail:
    """It never is."""

    why: str


@dataclass(frozen=True)
class Drop:
    """It is not sent by itself any more; whoever had it sent makes something else of it."""

    why: str


Decision = Send | Wait | Fail | Drop


@dataclass(frozen=True)
class Recent:
    """When something was sent within the last hour, in its conversation and by its account."""

    conversation: Sequence[datetime] = ()
    account: Sequence[datetime] = ()


class Outcome(Struct, frozen=True):
    """What became of a try."""

    state: State
    reason: str = ""
    receipt: str = ""
    next_at: str = ""


def digest_of(account: str, kind: Kind, out: Outbound) -> str:
    """Binds a permit to exactly this message: account, way, recipients and every word."""
    body = msgspec.json.encode((account, kind, out))
    return hashlib.sha256(body).hexdigest()


def heads(waiting: Iterable[Message]) -> list[Message]:
    """The first of each conversation: later ones wait for it, so that order is kept. The person's own words are a row of their
    own: they do not wait for what Sage would say, which its hold, quiet hours or a pause can keep for long."""
    found: dict[tuple[str, str, bool], Message] = {}
    for message in waiting:
        found.setdefault((message.account, message.conversation, message.auto), message)
    return list(found.values())


def decide(message: Message, now: datetime, *, recent: Recent, paused: bool) -> Decision:
    """Whether a waiting message is sent now."""
    exactly = digest_of(message.account, message.kind, message.out)
    if not message.permit or message.digest != exactly:
        return Fail("nothing allows exactly this message")
    if message.permit.startswith(APPROVED) and message.permit != f"{APPROVED}{exactly}":
        return Fail("it is not what you approved")
    if not message.recipients or not message.text.strip():
        return Fail("it has no recipient, or no words")
    if _moment(message.send_by) <= now:
        return Fail("it could not be sent in time" + (f" ({message.reason})" if message.reason else ""))
    later = [at for at in (message.hold_until, message.next_at) if at]
    if later and _moment(until := max(later, key=_moment)) > now:
        return Wait(until, message.reason)
    if paused and message.auto:
        return Wait("", "Sage is paused")
    for sent, most in ((recent.conversation, PER_CONVERSATION), (recent.account, PER_ACCOUNT)):
        if len(sent) >= most:
            return Wait((sorted(sent)[-most] + AN_HOUR).isoformat(), f"{most} were sent within an hour")
    return Send()


def outcome_of(message: Message, came: Receipt | DraftRef | Exception, now: datetime, *, repeatable: bool) -> Outcome:
    """What becomes of a message after a try; its state is that of before. `repeatable`: whether trying again with its key
    makes no second one."""
    doubtful, in_time = message.state == "repeating", _moment(message.send_by) > now
    match came:
        case Receipt(id=name):
            return Outcome("sent", receipt=name[:LONGEST])
        case DraftRef(id=name, where=where):
            return Outcome("drafted", clean_line(where)[:LONGEST], name[:LONGEST])
        case Unreachable(what=what, retry_after=wanted):
            return Outcome(message.state, what, next_at=_again(message, now, wanted))
        case Unsure(what=what) if repeatable and in_time:
            return Outcome("repeating", what, next_at=_again(message, now))
        case PluginError(what=what) if not doubtful and not isinstance(came, Unsure):
            return Outcome("failed", what or "the service refuses it")
    what = came.what if isinstance(came, PluginError) else ""
    return Outcome("uncertain", what or "the connection ended before the service answered")


def given_up(message: Message, why: str) -> Outcome:
    """What becomes of a message that is not tried any more."""
    return Outcome("uncertain" if message.state == "repeating" else "failed", why)


def found_sending(message: Message, now: datetime, *, repeatable: bool) -> Outcome:
    """What becomes of a message that was being sent when the engine ended."""
    again = repeatable and _moment(message.send_by) > now
    return Outcome("repeating" if again else "uncertain", "Sage ended while it was being sent")


def _again(message: Message, now: datetime, wanted: float = 0.0) -> str:
    delay = DELAYS[min(message.tries, len(DELAYS) - 1)]
    return (now + timedelta(seconds=max(delay, min(wanted, SEND_WITHIN.total_seconds())))).isoformat()


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at)
