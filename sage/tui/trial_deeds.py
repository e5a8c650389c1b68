"""Trials in Models: of a model, or of what answers without a part; who judges; votes, and both answers side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sage import wire
from sage.core.model_choice import ModelOption, ModelRole
from sage.core.providers import LIBRARIAN
from sage.core.sharing_words import counted
from sage.core.trials import TrialProgress, dollars
from sage.tui.model_rows import State, Tried, addressed, bar
from sage.tui.screens.agreement import Agreement
from sage.tui.screens.choice import Choice, Option

if TYPE_CHECKING:
    from sage.tui.screens.models import Models
    from sage.tui.screens.talk import Talk

_NOBODY = "nobody"
_PARTS = {
    "retrieval": "the passages of your notes, and the tools that look for more",
    "section": "a section of what every model is told first",
    "skill": "one of your skills",
    "plugin": "the tools of a plugin",
}


class Attempt(NamedTuple):
    """What is tried: a model, or a part that is left out."""

    id: str
    base_url: str = ""
    key_env: str = ""
    part: bool = False

    def asked(self, role: ModelRole, judge: ModelOption | None) -> dict[str, Any]:
        """As the engine is asked."""
        what: dict[str, Any] = {"without": self.id} if self.part else {
            "model": self.id, "base_url": self.base_url, "key_env": self.key_env}  # fmt: skip
        judged = {"judge": judge.id, "judge_base_url": judge.base_url} if judge else {}
        return what | judged | {"role": role}


def attempt_of(option: ModelOption) -> Attempt:
    """A trial of a model."""
    return Attempt(option.id, option.base_url, option.key_env)


class TrialDeeds:
    """Each one asks where it must, does, and has Models look again."""

    def __init__(self, models: Models, talk: Talk) -> None:
        self._models, self._talk = models, talk

    async def try_out(self, attempt: Attempt, role: ModelRole, judge: ModelOption | None) -> None:
        """Replays the person's cases with the candidate and with who answers now. What was asked before is not asked again."""
        what = attempt.asked(role, judge)
        price = await self._models.read(wire.PriceTrial(**what))
        costs = price.worst != 0 or judge is not None or attempt.part
        if costs and price.calls and not await self._agree_to(price, attempt, judge):
            self._models.tell("Nothing was tried, and nothing spent.")
            return
        self._models.do(f"{attempt.id}: {counted(price.cases, 'case')} · Esc stops")
        shown = await self._talk.call(wire.RunTrial(**what), lambda event: self._progress(attempt, event))
        await self._models.tried(shown)

    async def _agree_to(self, price: wire.TrialPrice, attempt: Attempt, judge: ModelOption | None) -> bool:
        most = "at an unknown price" if price.worst is None else f"for at most {dollars(price.worst)}"
        most = most if price.worst != 0 else "which costs nothing"
        lines = [f"{'Without ' if attempt.part else ''}{price.candidate}, beside {price.current}, "
                 f"on {counted(price.cases, 'case')}.",
                 f"That asks up to {counted(price.calls, 'time')}, {most}, within your caps."]  # fmt: skip
        if judge:
            lines += ["", f"Where checks cannot tell two answers apart, {judge.id} compares them, in both orders. "
                      "It counts once it has chosen as you did in 3 of 4 of at least ten cases: v votes."]  # fmt: skip
        return await self._models.app.push_screen_wait(Agreement("Try it?", lines, "tries it"))

    def _progress(self, attempt: Attempt, event: Any) -> None:
        if isinstance(event, TrialProgress) and event.total:
            done = f"{event.done} of {event.total} · {dollars(event.cost)}"
            self._models.do(f"{attempt.id} {bar(event.done, event.total)} {done} · Esc stops")

    async def choose_judge(self, state: State, others: list[ModelOption], candidate: str) -> None:
        """Lets the person choose who compares answers; a model that is tried may judge its own answers, and that is said."""
        known = {each.id: addressed(each, state) for each in (*state.models.options, *state.models.own, *others)}
        models = [each for each in known.values() if each.ready and each.id != LIBRARIAN]
        own = {candidate, *state.chain("talk")[:1]}
        options = [Option(_NOBODY, "Nobody", "Your votes alone count.")]
        options += [Option(each.id, each.label or each.id, _of_judge(each, own)) for each in models]
        about = "Where checks cannot tell two answers apart. The price is told before anything is asked."
        chosen = await self._models.app.push_screen_wait(Choice("Who shall judge?", options, about))
        if chosen:
            self._models.judge_with(known.get(chosen))

    async def choose_part(self) -> Attempt | None:
        """Lets the person choose what is left out."""
        parts = (await self._models.read(wire.ListParts())).parts
        if not parts:
            self._models.tell("There are no cases yet that have a part to leave out. n makes some of your last turns.")
            return None
        options = [Option(each.part, each.part, _of_part(each)) for each in parts]
        about = "Your cases are answered with it and without it; the verdict says whether it still earns its place."
        chosen = await self._models.app.push_screen_wait(Choice("Without which part?", options, about))
        return Attempt(chosen, part=True) if chosen else None

    async def vote(self, row: Tried) -> None:
        """Goes through the pairs of answers on which the person has not voted."""
        from sage.tui.screens.side_by_side import Ballots

        ballot = await self._models.read(wire.NextBallot(row.trial.id))
        if not ballot.case:
            self._models.tell("There is nothing to vote on: checks tell all answers apart, or you have voted.")
            return
        told = await self._models.app.push_screen_wait(Ballots(self._talk, ballot))
        await self._models.look_now(told)

    async def compare(self, row: Tried) -> None:
        """Both answers to each case."""
        from sage.tui.screens.side_by_side import Cases

        shown = await self._models.read(wire.ShowTrial(row.trial.id))
        if not shown.cases:
            self._models.tell("No case was answered by both yet.")
            return
        await self._models.app.push_screen_wait(Cases(shown))


def _of_judge(option: ModelOption, own: set[str]) -> str:
    place = "Both answers are sent to it." if option.kind == "hosted" else "Nothing leaves this machine."
    return f"It would judge its own answers. {place}" if option.id in own else place


def _of_part(each: wire.PartLine) -> str:
    return f"in {counted(each.cases, 'case')} · {_PARTS[each.part.partition(':')[0]]}"
