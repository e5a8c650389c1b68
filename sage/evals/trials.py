"""Trials: all cases asked of who answers now and of a candidate, side by side, and a verdict made of what came back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from sage.core.cases import Case, CaseBody, replay_key, short_hash
from sage.core.errors import ModelTrouble, ProviderDown, StreamBroken
from sage.core.messages import ModelRequest
from sage.core.trials import (
    SIDES,
    Compared,
    Replayed,
    SideName,
    Trial,
    TrialAnswer,
    TrialProgress,
    Vote,
    agreements,
    compared,
    judged,
    pairs_of,
    preferred,
    total_cost,
)
from sage.core.verdicts import EVERY, judge
from sage.evals.graders import grade
from sage.evals.replay import Asker, replay

TELL_EVERY = 1.0
"""Seconds after which it is told how far a trial is."""
AT_ONCE = 4
"""Calls of models elsewhere that run beside each other; on this machine it is one, so that none waits for another's turn."""


@dataclass(frozen=True)
class Side:
    """Who is asked. `setup` names by content all that makes its answers what they are; `ask` gives who asks, by what the cost is
    booked on; `opening` is how a case begins for this side. `elsewhere`: it runs on another machine."""

    name: SideName
    setup: str
    ask: Callable[[str], Asker]
    opening: Callable[[CaseBody], ModelRequest] = lambda body: body.opening
    elsewhere: bool = False


class TrialBook(Protocol):
    """Where trials are written down. Every method returns when it is on disk."""

    def answer(self, key: str) -> Replayed | None:
        """What was answered before to just this, by just this setup, in any trial."""
        ...

    def keep(self, trial: str, answer: TrialAnswer) -> None:
        """Keeps an answer of a trial."""
        ...

    def answers(self, trial: str) -> list[TrialAnswer]:
        """All answers of a trial."""
        ...

    def votes(self, trial: str) -> list[Vote]:
        """All votes on its answers."""
        ...

    def settle(self, trial: Trial) -> None:
        """Writes a trial's state and verdict."""
        ...


class Trials:
    """Runs trials, and can be stopped at any place: what was answered is never asked again."""

    def __init__(self, book: TrialBook) -> None:
        self._book = book

    async def run(
        self, trial: Trial, cases: Sequence[Case], sides: Sequence[Side], *, early: bool = False
    ) -> AsyncGenerator[TrialProgress | Trial, None]:
        """How far it is, now and then, then the trial with its verdict. With `early` it ends once that is clear.

        Raises the trouble of a model that cannot be asked at all; a case in which it was only out of reach is left out, and asked
        the next time. Closing the iterator stops it.
        """
        asked = [case for case in cases if not stays(case, sides)]
        order = drawn(trial.drawn, asked)
        asked = in_order(order, asked)
        trial = msgspec.structs.replace(
            trial,
            state="running",
            left_out=_left_out(len(cases) - len(asked)),
            drawn=order,
            planned=trial.planned or len(asked),
            early=trial.early if trial.planned else early,
        )
        done: list[TrialAnswer] = []
        for start in range(0, len(asked), EVERY):
            batch = asked[start : start + EVERY]
            heard: list[TrialAnswer] = []
            answering = asyncio.create_task(self._answered(trial, batch, sides, heard))
            try:
                while not (await asyncio.wait({answering}, timeout=TELL_EVERY))[0]:
                    yield _progress([*done, *heard], len(asked))
            finally:
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)
            done += answering.result()
            yield _progress(done, len(asked))
            through = start + EVERY >= len(asked)
            if trial.early or through:
                trial = await asyncio.to_thread(self.judged, trial, asked, done, foresee=through)
            if trial.early and trial.verdict and trial.verdict.word != "NEED":
                break
        missing = len({each.case for each in done if each.replayed.trouble == OUT_OF_REACH})
        trial = msgspec.structs.replace(trial, state="stopped" if missing else "done")
        await asyncio.to_thread(self._book.settle, trial)
        yield trial

    def judged(
        self, trial: Trial, cases: Sequence[Case], answers: Iterable[TrialAnswer], *, foresee: bool = True
    ) -> Trial:
        """The trial with the verdict on what was answered so far, written down. Without `foresee` it does not say how many cases
        would bring one."""
        rows = self.compared(trial, cases, answers)
        costs = total_cost(each.candidate.replayed.usage for each in rows)
        each_costs = None if costs is None or not rows else costs / len(rows)
        verdict = (
            judge(
                pairs_of(rows, trial.kind),
                planned=trial.planned,
                early=trial.early,
                case_costs=each_costs,
                foresee=foresee,
            )
            if rows
            else None
        )
        trial = msgspec.structs.replace(trial, verdict=verdict)
        self._book.settle(trial)
        return trial

    def compared(self, trial: Trial, cases: Sequence[Case], answers: Iterable[TrialAnswer]) -> list[Compared]:
        """The cases that both sides answered, in the order in which they were drawn; graded anew by what is checked now."""
        votes = judged(self._book.votes(trial.id))
        trusted = [each.judge for each in agreements(votes) if each.trusted]
        found: Mapping[tuple[str, str], TrialAnswer] = {(each.case, each.side): each for each in answers}
        rows = []
        for case in in_order(trial.drawn, cases):
            both = [found.get((case.id, side)) for side in SIDES]
            graded = [
                msgspec.structs.replace(each, grades=grade(case.body, each.replayed))
                for each in both
                if each is not None and each.replayed.trouble != OUT_OF_REACH
            ]
            if len(graded) == len(SIDES):
                chosen = preferred(case.id, votes, trusted)
                rows.append(compared(case.id, case.conversation, case.body.said, case.value, graded, chosen))
        return rows

    async def _answered(
        self, trial: Trial, batch: Sequence[Case], sides: Sequence[Side], heard: list[TrialAnswer]
    ) -> list[TrialAnswer]:
        """All answers; `heard` gets each as it comes."""
        rooms = {True: asyncio.Semaphore(AT_ONCE), False: asyncio.Semaphore(1)}

        async def one(case: Case, side: Side) -> TrialAnswer:
            async with rooms[side.elsewhere]:
                heard.append(await self._answer(trial, case, side))
                return heard[-1]

        jobs = [asyncio.create_task(one(case, side)) for case in batch for side in sides]
        try:
            answers = await asyncio.gather(*jobs)
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
        for side, name in zip(SIDES, (trial.current, trial.candidate), strict=True):
            own = [each for each in answers if each.side == side]
            if not own or any(each.replayed.trouble != OUT_OF_REACH for each in own):
                continue
            raise ProviderDown(
                f"{name} cannot be reached.",
                safe="What was answered so far is kept, and is not asked again.",
                do="Go on later with the same command.",
            )
        return answers

    async def _answer(self, trial: Trial, case: Case, side: Side) -> TrialAnswer:
        opening = side.opening(case.body)
        key = replay_key(case.body, opening, side.setup)
        replayed = await asyncio.to_thread(self._book.answer, key)
        if replayed is None:
            replayed = await _replayed(case.body, side.ask(f"{trial.id}.{case.id}"), opening)
            shown = dict.fromkeys(name for each in opening.examples for name in each.rests_on)
            replayed = msgspec.structs.replace(replayed, rests_on=tuple(shown))
        answer = TrialAnswer(case.id, side.name, key, replayed, grade(case.body, replayed))
        if replayed.trouble != OUT_OF_REACH:
            await asyncio.to_thread(self._book.keep, trial.id, answer)
        return answer


OUT_OF_REACH = "out of reach"


async def _replayed(body: CaseBody, ask: Asker, opening: ModelRequest) -> Replayed:
    """What came of it. Who breaks off twice has not answered; who is out of reach was not asked."""
    for last in (False, True):
        try:
            return await replay(body, ask, opening)
        except StreamBroken as error:
            if last:
                return Replayed("", trouble=error.what)
        except ProviderDown:
            if last:
                return Replayed("", trouble=OUT_OF_REACH)
        except ModelTrouble:
            raise
    raise AssertionError("the last one returns")


def drawn(before: Sequence[str], cases: Iterable[Case]) -> tuple[str, ...]:
    """Conversations in the order in which they are drawn: those from before, then the others in one that is chance, and the
    same each time."""
    fresh = {case.conversation for case in cases} - set(before)
    return (*before, *sorted(fresh, key=lambda name: (short_hash("drawn", name), name)))


def in_order(order: Sequence[str], cases: Iterable[Case]) -> list[Case]:
    """Cases by their conversations, in the order in which these were drawn."""
    places = {name: place for place, name in enumerate(order)}
    return sorted(cases, key=lambda case: (places.get(case.conversation, len(places)), case.id))


def stays(case: Case, sides: Iterable[Side]) -> bool:
    """Whether a case may not be asked, since its words stay on this machine."""
    return case.body.local and any(side.elsewhere for side in sides)


def _left_out(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    many = "1 case holds" if count == 1 else f"{count} cases hold"
    return (f"{many} words that stay on this machine, and nobody elsewhere was asked.",)


def _progress(answers: Sequence[TrialAnswer], total: int) -> TrialProgress:
    """How many cases both sides have answered."""
    sides = Counter(each.case for each in answers)
    through = sum(count == len(SIDES) for count in sides.values())
    return TrialProgress(through, total, total_cost(each.replayed.usage for each in answers))
