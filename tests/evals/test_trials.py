"""Trials: both sides answer the same cases, nothing is asked twice, and the verdict is a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from sage.adapters.database import Database
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_cases import CasePages
from sage.adapters.journal.journal_trials import TrialPages
from sage.core.cases import Case
from sage.core.errors import NoKey, ProviderDown, StreamBroken
from sage.core.ledger import Job
from sage.core.messages import ModelRequest, Usage
from sage.core.trials import Choice, SideName, Trial, TrialProgress, Vote, agreements, case_words, judged, verdict_words
from sage.evals import trials
from sage.evals.asking import asker
from sage.evals.replay import Asker, Said
from sage.evals.trials import Side, Trials
from sage.testing.fakes import FakeBudget, FakeClock
from sage.testing.scripted_model import ScriptedModel, Step
from tests.evals.turns import question

GOOD, BAD = "They want 6 hours of sun [1].", "They want 9 hours of rain."
NOW = datetime.fromisoformat("2026-11-23T10:00:00+01:00")


class Bench:
    """A trial of two scripted models over a real journal."""

    def __init__(self, database: Database, *, cases: int = 12) -> None:
        self.pages, self.budget = TrialPages(database, lambda: NOW), FakeBudget()
        self.cases = [question(f"t{number}", f"c{number}") for number in range(cases)]
        for case in self.cases:
            CasePages(database).add(case)
        self.models: dict[str, ScriptedModel] = {}

    def side(self, name: SideName, script: Sequence[Sequence[Step]], *, elsewhere: bool = False) -> Side:
        model = self.models[name] = ScriptedModel(script, name, usage=Usage(1, 1, 0, 0.01))

        def ask(job: str) -> Asker:
            return asker(model, self.budget, FakeClock(), Job(job, "eval"))

        return Side(name, name, ask, elsewhere=elsewhere)

    async def run(self, *sides: Side, early: bool = False) -> Trial:
        trial = self.pages.begin(Trial("v1", "model", "new", "old"))
        async with aclosing(Trials(self.pages).run(trial, self.cases, sides, early=early)) as steps:
            found = [step async for step in steps]
        assert isinstance(found[-1], Trial)
        return found[-1]

    def words(self, trial: Trial) -> list[str]:
        rows = Trials(self.pages).compared(trial, self.cases, self.pages.answers(trial.id))
        return verdict_words(trial, rows) + [text for row in rows for text in case_words(row)]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_journal(tmp_path / "journal.db")
    yield opened
    opened.close()


async def test_a_model_that_is_worse_is_not_taken_and_it_says_why(database: Database) -> None:
    bench = Bench(database)
    trial = await bench.run(bench.side("current", [[GOOD]]), bench.side("candidate", [[BAD]]))
    assert trial.state == "done" and trial.verdict and trial.verdict.word == "REJECT"
    words = bench.words(trial)
    assert words[0].startswith(
        "REJECT: new should not take the place of old. Of 12 cases it did better in 0 and worse in 12"
    )
    assert words[1].startswith("now: 12 of 12 right, $0.1200, 0.0 s a case · candidate: 0 of 12 right")
    assert words[2].startswith("worse   e") and 'says "6": it does not' in words[3]


async def test_few_cases_need_more(database: Database) -> None:
    bench = Bench(database, cases=3)
    trial = await bench.run(bench.side("current", [[GOOD]]), bench.side("candidate", [[GOOD]]))
    assert trial.verdict and trial.verdict.word == "NEED" and trial.verdict.more > 0
    assert "MORE (about $" in bench.words(trial)[0]


async def test_what_was_answered_is_not_asked_again_and_more_cases_go_on(database: Database) -> None:
    bench = Bench(database)
    sides = bench.side("current", [[GOOD]]), bench.side("candidate", [[GOOD]])
    first = await bench.run(*sides)
    bench.cases.append(question("t99", "c99"))
    second = await bench.run(*sides)
    assert [len(model.requests) for model in bench.models.values()] == [13, 13]
    assert second.id == first.id and second.drawn == (*first.drawn, "c99") and second.planned == 12


async def test_a_trial_that_was_cut_off_goes_on(database: Database) -> None:
    bench = Bench(database, cases=25)
    broken = bench.side("candidate", [[GOOD]] * 14 + [[NoKey("The key was refused.")]])
    with pytest.raises(NoKey):
        await bench.run(bench.side("current", [[GOOD]]), broken)
    kept = [one for one in bench.pages.answers("v1") if one.side == "candidate"]
    trial = await bench.run(bench.side("current", [[GOOD]]), bench.side("candidate", [[GOOD]]))
    assert trial.state == "done" and len(kept) >= 10 and len(bench.models["candidate"].requests) == 25 - len(kept)


async def test_who_is_out_of_reach_for_a_case_is_asked_the_next_time(database: Database) -> None:
    bench = Bench(database)
    current, candidate = bench.side("current", [[GOOD]]), bench.side("candidate", [[GOOD]])

    def unsteady(job: str) -> Asker:
        ask = candidate.ask(job)

        async def asked(request: ModelRequest) -> Said:
            if job.endswith("et5"):
                raise ProviderDown("It is down.")
            return await ask(request)

        return asked

    first = await bench.run(current, replace(candidate, ask=unsteady))
    assert first.state == "stopped" and first.verdict and first.verdict.cases == 11
    assert (await bench.run(current, candidate)).state == "done"
    assert [len(model.requests) for model in bench.models.values()] == [12, 12]


async def test_nobody_in_reach_ends_it(database: Database) -> None:
    bench, down = Bench(database), [[ProviderDown("It is down.")]]
    with pytest.raises(ProviderDown, match="new cannot"):
        await bench.run(bench.side("current", [[GOOD]]), bench.side("candidate", down))
    with pytest.raises(ProviderDown, match="old cannot"):
        await bench.run(bench.side("current", down), bench.side("candidate", [[GOOD]]))


async def test_who_breaks_off_twice_has_not_answered(database: Database) -> None:
    bench = Bench(database, cases=1)
    trial = await bench.run(
        bench.side("current", [[GOOD]]), bench.side("candidate", [["They", StreamBroken("It broke off.")]])
    )
    assert "answers: It broke off." in bench.words(trial)[-1]


async def test_it_ends_early_when_it_is_clear(database: Database) -> None:
    bench = Bench(database, cases=60)
    trial = await bench.run(bench.side("current", [[GOOD]]), bench.side("candidate", [[BAD]]), early=True)
    assert trial.verdict and trial.verdict.word == "REJECT" and len(bench.models["candidate"].requests) < 60


async def test_words_that_stay_here_are_asked_of_nobody_elsewhere(database: Database) -> None:
    bench = Bench(database, cases=2)
    bench.cases[0] = _local(bench.cases[0])
    trial = await bench.run(bench.side("current", [[GOOD]]), bench.side("candidate", [[GOOD]], elsewhere=True))
    assert [len(model.requests) for model in bench.models.values()] == [1, 1]
    assert trial.left_out == ("1 case holds words that stay on this machine, and nobody elsewhere was asked.",)


def _local(case: Case) -> Case:
    return msgspec.structs.replace(case, body=msgspec.structs.replace(case.body, local=True))


async def test_an_edited_check_counts_for_answers_that_were_given(database: Database) -> None:
    bench = Bench(database)
    trial = await bench.run(bench.side("current", [[GOOD]]), bench.side("candidate", [[BAD]]))
    bench.cases = [
        msgspec.structs.replace(case, body=msgspec.structs.replace(case.body, checks=())) for case in bench.cases
    ]
    trials, answers = Trials(bench.pages), bench.pages.answers(trial.id)
    again = trials.judged(trial, bench.cases, answers)
    assert again.verdict and again.verdict.worse == 0


async def test_an_unsafe_answer_vetoes(database: Database) -> None:
    bench = Bench(database, cases=30)
    leaks = f"{GOOD} sk-demo0123456789abcdefghij"
    trial = await bench.run(bench.side("current", [[GOOD]]), bench.side("candidate", [[GOOD]] * 29 + [[leaks]]))
    assert trial.verdict and trial.verdict.word == "REJECT"
    assert bench.words(trial)[1].endswith(": a key stands in it.")


async def test_whoever_stops_it_goes_on_from_there(tmp_path: Path) -> None:
    first = open_journal(tmp_path / "journal.db")
    bench = Bench(first, cases=25)
    trial = bench.pages.begin(Trial("v1", "model", "new", "old"))
    sides = bench.side("current", [[GOOD]]), bench.side("candidate", [[GOOD]])
    async with aclosing(Trials(bench.pages).run(trial, bench.cases, sides)) as steps:
        await anext(steps)
    first.close()
    again = open_journal(tmp_path / "journal.db")
    bench.pages = TrialPages(again, lambda: NOW)
    assert (await bench.run(*sides)).state == "done"
    again.close()
    assert [len(model.requests) for model in bench.models.values()] == [25, 25]


async def test_how_far_it_is_is_told_before_a_slow_case_is_through(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "TELL_EVERY", 0.01)
    bench, gate, calls = Bench(database, cases=3), asyncio.Event(), 0

    def slow(job: str) -> Asker:
        async def asked(request: ModelRequest) -> Said:
            nonlocal calls
            calls += 1
            if calls == 3:
                await gate.wait()
            return Said(GOOD, (), Usage(), 0.1)

        return asked

    trial = bench.pages.begin(Trial("v1", "model", "new", "old"))
    sides = bench.side("current", [[GOOD]]), Side("candidate", "slow", slow)
    told: list[TrialProgress | Trial] = []
    async with aclosing(Trials(bench.pages).run(trial, bench.cases, sides)) as steps:
        async for step in steps:
            told.append(step)
            if isinstance(step, TrialProgress) and step.done == 2:
                gate.set()
    assert gate.is_set() and isinstance(told[-1], Trial) and told[-1].state == "done"


def vote(case: int, voter: str, first: SideName, choice: Choice) -> Vote:
    return Vote(f"e{case}", voter, first, choice)


def test_a_judge_that_changes_its_mind_with_the_order_has_none() -> None:
    votes = [
        vote(1, "judge", "current", "current"), vote(1, "judge", "candidate", "candidate"),
        vote(2, "judge", "current", "candidate"), vote(2, "judge", "candidate", "candidate"),
        vote(3, "judge", "current", "candidate"), vote(2, "you", "candidate", "candidate"),
    ]  # fmt: skip
    choices = judged(votes)
    assert choices == {("e1", "judge"): "tie", ("e2", "judge"): "candidate", ("e2", "you"): "candidate"}
    (agreement,) = agreements(choices)
    assert (agreement.cases, agreement.agreed, agreement.trusted) == (1, 1, False)


async def test_the_persons_vote_decides_what_checks_cannot_and_a_judge_only_when_it_agreed(database: Database) -> None:
    bench = Bench(database, cases=14)
    kinder = "They want 6 hours of sun, gladly [1]."
    trial = await bench.run(bench.side("current", [[GOOD]]), bench.side("candidate", [[kinder]]))
    names = [case.id for case in bench.cases]
    for name in names:
        for first in ("current", "candidate"):
            bench.pages.vote(trial.id, Vote(name, "judge", first, "current"))  # type: ignore[arg-type]
    for name in names[:10]:
        bench.pages.vote(trial.id, Vote(name, "you", "current", "candidate"))
    answers = bench.pages.answers(trial.id)
    rows = {row.case: row for row in Trials(bench.pages).compared(trial, bench.cases, answers)}
    assert [rows[name].chosen for name in names] == ["candidate"] * 10 + [None] * 4
    assert not rows[names[0]].current_counts and rows[names[0]].candidate_counts
    for name in names[:10]:
        bench.pages.vote(trial.id, Vote(name, "you", "current", "current"))
    rows = {row.case: row for row in Trials(bench.pages).compared(trial, bench.cases, answers)}
    assert rows[names[-1]].chosen == "current" and not rows[names[-1]].candidate_counts
