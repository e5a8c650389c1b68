"""What the person made of drafts and answers, counted: how much is covered, how often Sage was right, and what it may offer.

Nothing here gives a grant. That a topic could be answered by itself is a sentence for the person, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from sage.core.deputy.grants import Grants, granted
from sage.core.deputy.replies import Decision, Reply, ReplyState
from sage.core.disclosure import Piece
from sage.core.people import People

OFFERED_AFTER = 20
"""Drafts in a row that were approved without a change, before Sage says that it could answer by itself."""
ALL = "all"
"""The topic of a line that counts all that somebody asked."""

Made = Literal["edited", "denied", "taken back", "corrected", "written"]
"""What the person made of a draft or an answer that was not right; `written`: there was none, and they answered themselves."""


class Judged(Struct, frozen=True):
    """A decision, and what became of it; `corrected`: the person sent another answer after it."""

    reply: Reply
    state: ReplyState
    corrected: bool = False


class Case(Struct, frozen=True):
    """An evaluation case: what was asked, the pieces that there were, what was drafted, and what the person made of it."""

    id: str
    at: str
    contact: str
    asked: str
    pieces: tuple[Piece, ...]
    drafted: str
    made: Made
    final: str = ""
    topics: tuple[str, ...] = ()


class Figure(Struct, frozen=True):
    """What somebody asked on a topic: how many `questions`; of these `answered` by Sage alone (`wrong`: taken back or corrected),
    drafts that the person approved `unchanged`, `edited` or `denied`, and those that `wait`. For the rest there was no text.
    `in_a_row`: drafts approved unchanged since the last other one."""

    contact: str
    topic: str
    questions: int
    answered: int = 0
    wrong: int = 0
    unchanged: int = 0
    edited: int = 0
    denied: int = 0
    waiting: int = 0
    in_a_row: int = 0

    @property
    def coverage(self) -> float:
        """The share of questions for which there was a text, 0 to 1."""
        texts = self.answered + self.unchanged + self.edited + self.denied + self.waiting
        return texts / self.questions if self.questions else 0.0

    @property
    def precision(self) -> float | None:
        """The share of texts that were right as they were, of those whose fate says so; None: there are none."""
        right = self.answered - self.wrong + self.unchanged
        of = self.answered + self.unchanged + self.edited + self.denied
        return right / of if of else None

    @property
    def words(self) -> str:
        """A line of it, that of a topic set in below its contact's."""
        told = [f"{self.questions} asked, {self.coverage:.0%} answered or drafted"]
        if self.precision is not None:
            told.append(f"{self.precision:.0%} of them right")
        counts = (
            (self.answered, "answered by Sage"),
            (self.wrong, "of these wrong"),
            (self.unchanged, "approved unchanged"),
            (self.edited, "edited"),
            (self.denied, "denied"),
            (self.waiting, "waiting"),
        )
        name = f"{self.contact}:" if self.topic == ALL else f"  {self.topic or 'nothing found'}:"
        return f"{name} {'; '.join([*told, *(f'{count} {words}' for count, words in counts if count)])}"


class Offer(Struct, frozen=True):
    """A topic that Sage could answer somebody by itself, if the person wants it: so often it was right without a change."""

    contact: str
    topic: str
    in_a_row: int

    @property
    def words(self) -> str:
        given = f"sage grant {self.contact} {self.topic}"
        return (
            f"You approved {self.in_a_row} drafts in a row for {self.contact} on {self.topic} as they were. "
            f"To let Sage answer them by itself while you are away: {given} auto. To go on as now: {given} draft"
        )


def figures(judged: Sequence[Judged]) -> list[Figure]:
    """By contact and topic, each contact's sum first. `judged` are all decisions, oldest first."""
    found: dict[tuple[str, str], list[Judged]] = {}
    for each in judged:
        if each.reply.decision in _ASKED and each.reply.contact:
            for topic in (ALL, *(each.reply.topics or ("",))):
                found.setdefault((each.reply.contact, topic), []).append(each)
    order = sorted(found, key=lambda key: (key[0], key[1] != ALL, key[1]))
    return [_figure(*key, found[key]) for key in order]


_ASKED: tuple[Decision, ...] = ("answer", "draft", "handoff")


def _figure(contact: str, topic: str, judged: Sequence[Judged]) -> Figure:
    outcomes = [outcome for each in judged if (outcome := _outcome(each))]
    own = [outcome for outcome in outcomes if outcome not in ("answered", "waiting")]
    row = next((place for place, outcome in enumerate(reversed(own)) if outcome != "unchanged"), len(own))
    return Figure(
        contact,
        topic,
        len(judged),
        outcomes.count("answered") + outcomes.count("wrong"),
        outcomes.count("wrong"),
        outcomes.count("unchanged"),
        outcomes.count("edited"),
        outcomes.count("denied"),
        outcomes.count("waiting"),
        row,
    )


_OUTCOMES: dict[ReplyState, str] = {
    "approved": "unchanged",
    "edited": "edited",
    "denied": "denied",
    "open": "waiting",
    "taken back": "wrong",
}
"""Of drafts; an answer that was taken back is one again."""


def _outcome(judged: Judged) -> str:
    """What a text turned out to be; "" where there was none."""
    if not judged.reply.text:
        return ""
    if judged.reply.decision == "answer":
        return "answered" if judged.state == "going" and not judged.corrected else "wrong"
    if judged.corrected:
        return "edited"
    return _OUTCOMES.get(judged.state, "")


def offers(found: Iterable[Figure], people: People, grants: Grants) -> list[Offer]:
    """What Sage could answer by itself: where enough drafts in a row were right, and the person said nothing of that topic."""
    return [
        Offer(figure.contact, figure.topic, figure.in_a_row)
        for figure in found
        if figure.in_a_row >= OFFERED_AFTER and figure.topic not in ("", ALL)
        and (contact := people.named(figure.contact)) is not None
        and figure.topic not in grants.get(contact.name, {})
        and granted(grants, contact.reader, [figure.topic]) == "draft"
    ]  # fmt: skip


def made_of(judged: Judged) -> Made | None:
    """What makes a decision a case to learn from; None where nothing was wrong, or nobody knows yet."""
    if not judged.reply.text:
        return "written" if judged.state == "edited" else None
    if judged.corrected:
        return "corrected"
    if judged.state == "edited" or judged.state == "denied":
        return judged.state
    return "taken back" if judged.state == "taken back" else None


def without_secrets(case: Case, hide: Callable[[str], str]) -> Case:
    """A case as it may be written elsewhere: `hide` takes keys out of a text, and what looks like one."""
    pieces = tuple(replace(each, citation=hide(each.citation), text=hide(each.text)) for each in case.pieces)
    return replace(case, asked=hide(case.asked), pieces=pieces, drafted=hide(case.drafted), final=hide(case.final))
