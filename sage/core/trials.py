"""Trials: the same cases answered by who answers now and by a candidate, and what came of it in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Literal

from msgspec import Struct

from sage.core.cases import Wish
from sage.core.messages import Usage
from sage.core.verdicts import Pair, Verdict, headline

SideName = Literal["current", "candidate"]
SIDES: tuple[SideName, SideName] = ("current", "candidate")
TrialKind = Literal["model", "without", "with"]
TrialState = Literal["running", "stopped", "done"]
Choice = Literal["current", "candidate", "tie"]
PERSON = "you"
"""Who votes, beside judges, which are called by their model's name."""
TRUSTED_AFTER, TRUSTED_SHARE = 10, 0.75
"""A judge counts once it has chosen as the person did in this share of at least so many cases that both have judged."""


class Divergence(Struct, frozen=True):
    """A call that is not in the record, in which step (from 1), and how it differs from what is."""

    step: int
    call: Wish
    why: str


class Replayed(Struct, frozen=True):
    """What came of a replay: the text, its marks checked; every call that was wished for; the passages that the text rests on (by
    id); calls that diverged; what it used, and how long it took (seconds). `limited`: it never came to an answer. `trouble`: how
    its model failed. `rests_on` are the sources of examples that it was shown."""

    text: str
    calls: tuple[Wish, ...] = ()
    cited: tuple[str, ...] = ()
    divergences: tuple[Divergence, ...] = ()
    usage: Usage = Usage()
    seconds: float = 0.0
    limited: bool = False
    trouble: str = ""
    rests_on: tuple[str, ...] = ()


class Grade(Struct, frozen=True):
    """One check of an answer, in words. `why` it did not pass; `vetoes`: whoever answers so is not let through at all."""

    check: str
    passed: bool
    why: str = ""
    vetoes: bool = False


class TrialAnswer(Struct, frozen=True):
    """What one side answered to a case. `key` says by content what was asked of whom."""

    case: str
    side: SideName
    key: str
    replayed: Replayed
    grades: tuple[Grade, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether it is right in all that was checked."""
        return all(each.passed for each in self.grades)

    @property
    def vetoed(self) -> bool:
        """Whether it was not safe."""
        return any(each.vetoes and not each.passed for each in self.grades)

    @property
    def faults(self) -> tuple[Grade, ...]:
        """What it did not pass."""
        return tuple(each for each in self.grades if not each.passed)


class Vote(Struct, frozen=True):
    """Which answer was found better, by whom, and which side stood first."""

    case: str
    voter: str
    first: SideName
    choice: Choice


class Trial(Struct, frozen=True):
    """A trial. `candidate` and `current` are setups in words: a model, or a model without a part; `kind` "without" is about that
    part, "with" about examples. `left_out` says why cases were not asked. `drawn` are the conversations in the order in which
    they were drawn, and `planned` how many cases were to be asked when it began: who goes on with more cases is judged as if it
    were one trial. `early`: it ends once the verdict is clear.
    """

    id: str
    kind: TrialKind
    candidate: str
    current: str
    state: TrialState = "running"
    made_at: str = ""
    verdict: Verdict | None = None
    left_out: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()
    planned: int = 0
    early: bool = False


class TrialProgress(Struct, frozen=True, tag=True):
    """How far a trial is, in cases, and what it cost so far in dollars (None: unknown)."""

    done: int
    total: int
    cost: float | None = 0.0


class Compared(Struct, frozen=True):
    """A case with both answers, and how it counts for the verdict."""

    case: str
    conversation: str
    said: str
    value: float
    current: TrialAnswer
    candidate: TrialAnswer
    current_counts: bool
    candidate_counts: bool
    chosen: Choice | None = None
    """What was found better where checks could not tell, if somebody said."""


class Agreement(Struct, frozen=True):
    """How often a judge chose as the person did, in the cases that both have judged."""

    judge: str
    cases: int
    agreed: int

    @property
    def trusted(self) -> bool:
        """Whether the judge counts where the person has not voted."""
        return self.cases >= TRUSTED_AFTER and self.agreed >= TRUSTED_SHARE * self.cases


def judged(votes: Iterable[Vote]) -> dict[tuple[str, str], Choice]:
    """By case and voter, what was chosen. Who was asked in both orders and did not choose the same has no preference; who was to
    be asked in both and was asked in one only has not chosen."""
    found: dict[tuple[str, str], dict[SideName, Choice]] = {}
    for vote in votes:
        found.setdefault((vote.case, vote.voter), {})[vote.first] = vote.choice
    return {
        (case, voter): choices.popitem()[1] if len(set(choices.values())) == 1 else "tie"
        for (case, voter), choices in found.items()
        if voter == PERSON or len(choices) == len(SIDES)
    }


def agreements(choices: Mapping[tuple[str, str], Choice]) -> tuple[Agreement, ...]:
    """How far each judge agrees with the person."""
    own = {case: choice for (case, voter), choice in choices.items() if voter == PERSON}
    found = []
    for judge in sorted({voter for _, voter in choices} - {PERSON}):
        both = {case: choice for (case, voter), choice in choices.items() if voter == judge and case in own}
        found.append(Agreement(judge, len(both), sum(choice == own[case] for case, choice in both.items())))
    return tuple(found)


def preferred(case: str, choices: Mapping[tuple[str, str], Choice], trusted: Iterable[str]) -> Choice | None:
    """What counts as the better answer to a case: the person's choice, else that of a judge who is trusted."""
    voters = (PERSON, *trusted)
    return next((choices[case, voter] for voter in voters if (case, voter) in choices), None)


def compared(
    case: str, conversation: str, said: str, value: float, answers: Sequence[TrialAnswer], chosen: Choice | None
) -> Compared:
    """Both answers to a case. Where both pass all checks, the one that was found worse does not count as passed."""
    current, candidate = answers
    alike = current.passed and candidate.passed
    return Compared(
        case, conversation, said, value, current, candidate,
        current.passed and not (alike and chosen == "candidate"),
        candidate.passed and not (alike and chosen == "current"),
        chosen,
    )  # fmt: skip


def pairs_of(cases: Iterable[Compared], kind: TrialKind) -> list[Pair]:
    """What a verdict is made of. A candidate that is not safe is not let through; a part may be left out, and examples be shown,
    when the answer is as unsafe otherwise."""
    return [
        Pair(
            each.conversation, each.current_counts, each.candidate_counts, each.value,
            each.candidate.vetoed and not (kind != "model" and each.current.vetoed),
        )
        for each in cases
    ]  # fmt: skip


def verdict_words(trial: Trial, cases: Sequence[Compared]) -> list[str]:
    """The verdict as a person reads it: what to do, why, and what either cost and took."""
    if trial.verdict is None:
        if trial.state == "done" and not cases and trial.left_out:  # nobody could be asked anything
            return [*trial.left_out]
        if trial.state == "done" and not cases:
            return [
                f"{trial.id} has no case any more that both answered. To try it anew, make cases: sage eval capture"
            ]
        answered = f" after {len(cases)} cases that both answered" if cases else ""
        return [f"{trial.id} is not through{answered}. To go on, try the same again.", *trial.left_out]
    lines = [_headline(trial, trial.verdict)]
    unsafe = [each for each in cases if each.candidate.vetoed]
    if unsafe:
        fault = next(grade for grade in unsafe[0].candidate.faults if grade.vetoes)
        also = " So would what answers now." if all(each.current.vetoed for each in unsafe) else ""
        lines.append(f"Not safe in {unsafe[0].case}: {fault.why}.{also}")
    if cases:
        lines.append(_costs(cases))
    return lines + list(trial.left_out)


def dollars(cost: float | None) -> str:
    """`$0.0132`, `free`, or that it is not known."""
    from sage.core import ledger_sums  # not for a front end's start

    return "at an unknown price" if cost is None else ledger_sums.dollars(cost)


def total_cost(usages: Iterable[Usage]) -> float | None:
    """What calls cost together; None when the price of one is not known."""
    return sum(usages, Usage()).cost


def case_words(each: Compared) -> list[str]:
    """How the two answers to a case differ; nothing where both count the same."""
    if each.current_counts == each.candidate_counts:
        return []
    better = each.candidate_counts
    worse = each.current if better else each.candidate
    faults = [f"{grade.check}: {grade.why}" if grade.why else grade.check for grade in worse.faults]
    why = "; ".join(faults) or "you liked the other answer better"
    lines = [f"{'better' if better else 'worse '}  {each.case}  {_short(each.said)}", f"        {why}"]
    return lines + [f"        {diverged_words(one)}" for one in worse.replayed.divergences]


def diverged_words(one: Divergence) -> str:
    """A divergence in one line."""
    return f"step {one.step}: it {one.why}"


def agreement_words(one: Agreement) -> str:
    """How far a judge can be believed."""
    if not one.cases:
        return f"{one.judge} has judged, and is not counted: you have not voted on any of those cases (sage eval vote)."
    counted = "so it counts" if one.trusted else f"it counts from {TRUSTED_SHARE:.0%} of {TRUSTED_AFTER} on"
    return f"{one.judge} chose as you did in {one.agreed} of {one.cases} cases; {counted}."


def _headline(trial: Trial, verdict: Verdict) -> str:
    if trial.kind == "without":
        part = trial.candidate
        match verdict.word:
            case "ADOPT":
                return f"{part}: no longer needed. Without it: {verdict.why}"
            case "REJECT":
                return f"{part}: earns its place. Without it: {verdict.why}"
            case _:
                more = headline(verdict, dollars).lower().replace(" more", " more cases", 1)
                return f"{part}: {more} to tell. Without it: {verdict.why}"
    match verdict.word:
        case "ADOPT":
            told = f"{trial.candidate} may take the place of {trial.current}."
        case "REJECT":
            told = f"{trial.candidate} should not take the place of {trial.current}."
        case _:
            told = f"whether {trial.candidate} may take the place of {trial.current} cannot be told yet."
    return f"{headline(verdict, dollars)}: {told} {verdict.why}"


def _costs(cases: Sequence[Compared]) -> str:
    told = []
    for name, answers in (("now", [each.current for each in cases]), ("candidate", [each.candidate for each in cases])):
        cost = total_cost(answer.replayed.usage for answer in answers)
        took = median(answer.replayed.seconds for answer in answers)
        told.append(
            f"{name}: {sum(answer.passed for answer in answers)} of {len(answers)} right, {dollars(cost)}, {took:.1f} s a case"
        )
    return " · ".join(told)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
