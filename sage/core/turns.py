"""What happens in a turn of the conversation, as the front ends see it and the journal keeps it."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from sage.core.messages import TextDelta, Usage
from sage.core.model_choice import ModelRole
from sage.core.passages import Hit

ActionState = Literal["claimed", "done", "failed", "denied", "uncertain"]
TurnState = Literal["running", "done", "stopped", "limited", "failed", "interrupted"]
"""`limited`: the step limit or a cap ended it; `interrupted`: the engine died in the middle."""


class Action(Struct, frozen=True):
    """One entry of the action ledger: a tool that ran, or did not. `result` is what it said."""

    id: str
    tool: str
    arguments: dict[str, Any]
    state: ActionState
    result: str = ""


class TurnStarted(Struct, frozen=True, tag=True):
    """The person's words are on disk and somebody begins to answer."""

    turn: str
    conversation: str
    model: str


class ActionTaken(Struct, frozen=True, tag=True):
    """A tool ran, failed, or was not allowed to."""

    action: Action


class ApprovalNeeded(Struct, frozen=True, tag=True):
    """The turn waits for the person. `digest` binds the answer to exactly this tool and these arguments."""

    approval: str
    tool: str
    arguments: dict[str, Any]
    text: str
    why: str
    digest: str


class ApprovalSettled(Struct, frozen=True, tag=True):
    """The person (or the end of the turn) has decided."""

    approval: str
    granted: bool


class StartedOver(Struct, frozen=True, tag=True):
    """What was streamed so far in this step is void: its model failed, or was not sure, and `model` answers instead."""

    model: str
    why: str


class Correction(Struct, frozen=True, tag=True):
    """Replaces the text streamed so far, where a claim in it did not hold against the action ledger."""

    text: str


class Chosen(Struct, frozen=True, tag=True):
    """Somebody else than was named at the start is asked from here on: the role, its first model, and why, in words."""

    role: ModelRole
    model: str
    why: str


TurnEvent = TurnStarted | Chosen | TextDelta | ActionTaken | ApprovalNeeded | ApprovalSettled | StartedOver | Correction


class Answer(Struct, frozen=True):
    """A finished turn. `sources[n - 1]` is what [n] in the text cites; `cost` is in US dollars (None: price unknown)."""

    turn: str
    conversation: str
    answer: str
    sources: tuple[Hit, ...] = ()
    actions: tuple[Action, ...] = ()
    model: str = ""
    usage: Usage = Usage()
    cost: float | None = 0.0
    state: TurnState = "done"
    trouble: str = ""
    aside: str = ""
    """Why it was not answered as usual, in a few words: another role, or another model in the place of one that failed."""


class PastTurn(Struct, frozen=True):
    """A turn as the journal keeps it: what the person said, and the answer."""

    said: str
    said_at: str
    answer: Answer
    forgotten: str = ""
    """When words of it were forgotten, as an ISO time: then it is told to no model any more."""
    role: ModelRole | Literal[""] = ""
    """The role that answered it last; "" if that is not known."""
    stays: bool = False
    """Whether words that are for this machine alone were given to whoever answered."""


class Branch(Struct, frozen=True):
    """Where a conversation goes on from: after a turn of another one, or with other words `instead` of that turn's."""

    turn: str
    instead: bool = False

    def told(self, said: str) -> str:
        """That, in words; `said` is what was said in that turn."""
        words = " ".join(said.split())
        words = f"“{words[:60]}{'…' * (len(words) > 60)}”" if words else "words that were forgotten"
        return f"{'asks anew in place of' if self.instead else 'goes on after'} {words}"


class ConversationLine(Struct, frozen=True):
    """A conversation in a list. Times are ISO 8601. `branch`: where it goes on from, in words; "" if it began by itself."""

    id: str
    title: str
    started_at: str
    last_at: str
    turns: int
    branch: str = ""


def goes_on(shown: str, text: str) -> str | None:
    """What a text adds to what was shown of it already, where nothing can be taken back; None: that is void."""
    shown = shown.strip()
    return text[len(shown) :] if text.startswith(shown) else None
