"""Who words an answer for others: of the pieces that its readers may see, and of nothing else.

What is told are whole sentences of those pieces as they stand. Rules say which of them speak against a question; a model, where
there is one, is asked of the few that are left whether they say the answer. It is shown the sentence and the question alone: no
path, no heading of a note, nobody's name, so whoever composes cannot tell more either, whatever the question made it want.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from msgspec import Struct

from sage.agent.single_call import Completion, complete
from sage.core.deputy import evidence
from sage.core.deputy.asking import parts_of
from sage.core.deputy.statements import Statement, statements_of
from sage.core.disclosure import Piece
from sage.core.errors import ModelTrouble, OverBudget
from sage.core.messages import Message, ModelRequest
from sage.core.ports import Budget, ChatModel, Clock

MOST_PARTS, MOST_JUDGED = 3, 3
"""Questions of one message that are answered, and sentences that a model is asked about: each takes a 1.5B model on one core
about 0.7 s."""
SAYS_YES, SAYS_MAYBE = 0.7, 0.4
"""The odds of a model's yes from which a sentence is the answer, or worth a draft."""
SYSTEM = "Does the statement say the answer to the question? Reply yes or no."
_EXAMPLES = (
    ("Lena has the tickets.", "Who has the tickets?", "yes"),
    ("Lena has the tickets.", "What do the tickets cost?", "no"),
    ("Tom gave Eva the map.", "Did Eva give Tom the map?", "no"),
    ("The meeting is on Monday at 10.", "Um wie viel Uhr ist das Treffen?", "yes"),
)


class Composed(Struct, frozen=True):
    """What an answer says, the pieces that it rests on, and who chose it ("": rules alone). `doubt` is why it is not sure enough
    to go out by itself, a reason of `replies.WORDS`; "" if it is."""

    text: str
    used: tuple[Piece, ...]
    model: str = ""
    doubt: str = ""


class Composer(Protocol):
    async def compose(self, question: str, pieces: Sequence[Piece], job: str) -> Composed | None:
        """An answer to a message of nothing but these pieces (best first); None when they do not say. Never raises for a
        model's trouble. `job` is what its cost is booked on."""
        ...


class Quoting:
    """Without a model: what has all words of the question and against which no rule speaks. What has most of them is a draft."""

    async def compose(self, question: str, pieces: Sequence[Piece], job: str) -> Composed | None:
        parts = parts_of(question)[:MOST_PARTS]
        return _joined([_quoted(part, _candidates(part, pieces)) for part in parts])


@dataclass(frozen=True)
class Judging:
    """A model says of each sentence whether it is the answer, and those are quoted: it need not be trusted to word them."""

    models: Sequence[ChatModel]
    budget: Budget
    clock: Clock

    async def compose(self, question: str, pieces: Sequence[Piece], job: str) -> Composed | None:
        parts = parts_of(question)[:MOST_PARTS]
        most = max(1, MOST_JUDGED // max(1, len(parts)))
        try:
            return _joined([await self._part(part, _candidates(part, pieces)[:most], job) for part in parts])
        except (ModelTrouble, OverBudget):
            return await Quoting().compose(question, pieces, job)

    async def _part(self, question: str, found: Sequence[_Candidate], job: str) -> Composed | None:
        judged: list[tuple[float, _Candidate, str]] = []
        for each in found:
            if each.against or any(
                odds >= SAYS_YES and one.statement.text in each.statement.text for odds, one, _ in judged
            ):
                continue
            answer = await complete(self.models, self.budget, self.clock, asking(question, each.statement), job)
            judged.append((odds_of_yes(answer), each, answer.model))
        sure = [(each, model) for odds, each, model in judged if odds >= SAYS_YES]
        if sure:
            return _told([each.statement for each, _ in sure], sure[0][1])
        maybe = [each for odds, each, _ in judged if odds >= SAYS_MAYBE] or [
            each for each in found if each.covered >= evidence.FULL
        ]
        return _doubted(maybe[0]) if maybe else None


class _Candidate(Struct, frozen=True):
    """A statement with the share of the question's words that it has, the rule that speaks against it, and whether the question
    asks for it by its name."""

    statement: Statement
    covered: float
    against: str
    named: bool


def asking(question: str, statement: Statement) -> ModelRequest:
    """What a model is asked about one statement."""
    messages = [
        part
        for said, asked, answer in _EXAMPLES
        for part in (Message("user", _pair(said, asked)), Message("assistant", answer))
    ]
    messages.append(Message("user", _pair(statement.whole, question)))
    return ModelRequest(system=SYSTEM, messages=tuple(messages), max_tokens=1, odds=True)


def odds_of_yes(answer: Completion) -> float:
    """How likely a yes was, from 0 to 1; of a model that does not tell, by its word."""
    said = [(token.strip().casefold(), likely) for token, likely in answer.odds]
    yes, no = (sum(likely for token, likely in said if token == word) for word in ("yes", "no"))
    return yes / (yes + no) if yes + no else float(answer.text.strip().casefold().startswith("yes"))


def _pair(statement: str, question: str) -> str:
    return f"Statement: {statement}\nQuestion: {question}"


def _candidates(question: str, pieces: Sequence[Piece]) -> list[_Candidate]:
    """What might answer, best first: what no rule speaks against before what one does, then what is asked for by name, then by
    words covered."""
    found = [
        _Candidate(statement, share, evidence.against(question, statement), evidence.is_named(question, statement))
        for piece in pieces
        for statement in statements_of(piece)
        if (share := evidence.covered(question, statement)) >= evidence.LEAST
    ]
    return sorted(found, key=lambda each: (bool(each.against), not each.named, -each.covered, len(each.statement.text)))


def _quoted(question: str, found: Sequence[_Candidate]) -> Composed | None:
    if not found:
        return None
    full = [each for each in found if not each.against and each.covered >= evidence.FULL]
    if full and (full[0].named or evidence.is_plain(question, full[0].statement)):
        return _told([each.statement for each in full if each.named or not full[0].named], "")
    return _doubted(found[0])


def _told(statements: Sequence[Statement], model: str) -> Composed:
    """The best of statements that answer; two that name different figures leave a doubt."""
    best = statements[0]
    doubt = "differs" if evidence.figures_differ(statements) else ""
    return Composed(best.text, (best.piece,), model, doubt)


def _doubted(found: _Candidate) -> Composed:
    return Composed(found.statement.text, (found.statement.piece,), "", "unsure")


def _joined(answers: Sequence[Composed | None]) -> Composed | None:
    """One answer to all parts of a message; what is not answered in full is a draft."""
    found = [each for each in answers if each is not None]
    if not found:
        return None
    doubts = [each.doubt for each in found if each.doubt] or (["unsure"] if len(found) < len(answers) else [])
    return Composed(
        "\n".join(dict.fromkeys(each.text for each in found)),
        tuple(dict.fromkeys(piece for each in found for piece in each.used)),
        next((each.model for each in found if each.model), ""),
        doubts[0] if doubts else "",
    )
