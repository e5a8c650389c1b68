"""Who words an answer for others: of the pieces that its readers may see, and of nothing else.

What is told are whole sentences of those pieces as they stand. Rules say which of them speak against a question; a model, where
there is one, is asked of the few that are left whether they say the answer. It is shown the sentence and the question alone: no
path, no title, nobody's name, so whoever composes cannot tell more either, whatever the question made it want.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from sage.agent.single_call import Completion, complete
from sage.core.deputy import evidence
from sage.core.deputy.asking import parts_of
from sage.core.deputy.statements import Statement, statements_of
from sage.core.disclosure import Piece
from sage.core.errors import ModelTrouble, OverBudget
from sage.core.ledger import Job
from sage.core.messages import Message, ModelRequest
from sage.core.ports import Budget, ChatModel, Clock

MOST_PARTS, MOST_JUDGED = 3, 3
"""Questions of one message that are answered, and sentences that a model is asked about: each takes a 1.5B model on one core
about 0.7 s."""
SAYS_YES, SAYS_RATHER, SAYS_MAYBE = 0.7, 0.5, 0.4
"""The odds of a model's yes from which a sentence is the answer, from which it is one of which rules are sure, and from which it is
worth a draft. (Of 47 sentences and questions of which one half of `tests.bench deputy --part easy` asks a 1.5B model, 38 of 39
right ones are above 0.7 and all above 0.5; no wrong one is.)"""
ANSWER_TOKENS = 16
"""Room for a yes or a no; some hosted models say nothing with less."""
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
    """A model says of each sentence whether it is the answer, and those are quoted: it need not be trusted to word them. `inside`
    are those of the models that run on this machine: only they are shown what is for them alone."""

    models: Sequence[ChatModel]
    budget: Budget
    clock: Clock
    inside: Sequence[ChatModel] = ()

    async def compose(self, question: str, pieces: Sequence[Piece], job: str) -> Composed | None:
        parts = parts_of(question)[:MOST_PARTS]
        most = max(1, MOST_JUDGED // max(1, len(parts)))
        try:
            return _joined([await self._part(part, _candidates(part, pieces)[:most], job) for part in parts])
        except (ModelTrouble, OverBudget):
            return await Quoting().compose(question, pieces, job)

    async def _part(self, question: str, found: Sequence[_Candidate], job: str) -> Composed | None:
        sure, likely, maybe, model = list[_Candidate](), list[_Candidate](), list[_Candidate](), ""
        for each in found:
            if each.against or any(one.statement.text in each.statement.text for one in sure):
                continue
            if each.alone < evidence.MOSTLY:
                if each.covered >= evidence.FULL:
                    maybe.append(each)
                continue
            judges = self.inside if each.statement.piece.local else self.models
            if not judges:  # what is for models on this machine alone is quoted without one
                (sure if each.sure else maybe).append(each)
                continue
            answer = await complete(
                judges, self.budget, self.clock, asking(question, each.statement), Job(job, "reply")
            )
            odds = odds_of_yes(answer)
            if odds >= (SAYS_RATHER if each.sure else SAYS_YES):
                sure.append(each)
                model = model or answer.model
            elif odds >= SAYS_MAYBE or each.covered >= evidence.FULL:
                maybe.append(each)
                likely += [each] if odds >= SAYS_MAYBE else []
        if sure:
            others = likely if not sure[0].named else []
            return _told(question, [each.statement for each in (*sure, *others)], model)
        return _doubted(question, maybe[0]) if maybe else None


class _Candidate(Struct, frozen=True):
    """A statement with the share of the question's words that it has, that of them which it has without its heading, the rule that
    speaks against it, whether the question asks for it by its name, and whether rules alone are sure of it."""

    statement: Statement
    covered: float
    alone: float
    against: str
    named: bool
    sure: bool


def asking(question: str, statement: Statement) -> ModelRequest:
    """What a model is asked about one statement."""
    return replace(OPENING, messages=(*OPENING.messages[:-1], Message("user", _pair(_shown(statement), question))))


def _opening() -> ModelRequest:
    """What every such request begins with, and a last message that is empty."""
    messages = [
        part
        for said, asked, answer in _EXAMPLES
        for part in (Message("user", _pair(said, asked)), Message("assistant", answer))
    ]
    return ModelRequest(system=SYSTEM, messages=(*messages, Message("user", "")), max_tokens=ANSWER_TOKENS, odds=True)


def odds_of_yes(answer: Completion) -> float:
    """How likely a yes was, from 0 to 1; of a model that does not tell, by its word."""
    said = [(token.strip().casefold(), likely) for token, likely in answer.odds]
    yes, no = (sum(likely for token, likely in said if token == word) for word in ("yes", "no"))
    return yes / (yes + no) if yes + no else float(answer.text.strip().casefold().startswith("yes"))


def _shown(statement: Statement) -> str:
    """A statement with the written question that it answers, and without its heading: of "Kitchen. The coffee machine is cleaned by
    Tom" a small model says that it tells who cleans the kitchen."""
    return statement.whole if statement.about.endswith("?") else statement.text


def _pair(statement: str, question: str) -> str:
    return f"Statement: {statement}\nQuestion: {question}"


OPENING = _opening()
"""For a model to read ahead, so that it has only the last message to read when somebody asks."""


def _candidates(question: str, pieces: Sequence[Piece]) -> list[_Candidate]:
    """What might answer, best first: what no rule speaks against before what one does, then what is asked for by name, then by
    words covered."""
    found = [
        _candidate(question, statement, share)
        for piece in pieces
        for statement in statements_of(piece)
        if (share := evidence.covered(question, statement)) >= evidence.LEAST
    ]
    return sorted(
        found,
        key=lambda each: (bool(each.against), not each.named, not each.sure, -each.covered, len(each.statement.text)),
    )


def _candidate(question: str, statement: Statement, share: float) -> _Candidate:
    against, named = evidence.against(question, statement), evidence.is_named(question, statement)
    sure = not against and share >= evidence.FULL and (named or evidence.is_plain(question, statement))
    return _Candidate(statement, share, evidence.covered_alone(question, statement), against, named, sure)


def _quoted(question: str, found: Sequence[_Candidate]) -> Composed | None:
    if not found:
        return None
    if sure := [each for each in found if each.sure]:
        told = [each for each in sure if each.named or not sure[0].named]
        others = [
            each for each in found if not (each.against or each.sure or sure[0].named) and each.alone >= evidence.FULL
        ]
        return _told(question, [each.statement for each in (*told, *others)], "")
    return _doubted(question, found[0])


def _told(question: str, statements: Sequence[Statement], model: str) -> Composed:
    """The best of statements that answer; another that answers or may do so, and says something else, leaves a doubt: one may be an
    old one."""
    best = statements[0]
    doubt = "differs" if evidence.differ(question, statements) else ""
    return Composed(evidence.told(question, best), (best.piece,), model, doubt)


def _doubted(question: str, found: _Candidate) -> Composed:
    return Composed(evidence.told(question, found.statement), (found.statement.piece,), "", "unsure")


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
