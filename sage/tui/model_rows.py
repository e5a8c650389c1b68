"""What Models lists: how it all is now, the model on trial, models that could answer, what was tried and what was swapped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from msgspec.structs import replace

from sage import wire
from sage.core.ledger_sums import By, money_words
from sage.core.model_choice import ModelOption, ModelRole
from sage.core.providers import provider_prefix
from sage.core.sharing_words import counted
from sage.core.swaps import STATE_WORDS
from sage.core.trials import Trial, verdict_words
from sage.tui.widgets.results import Item

Group = Literal["model", "trial", "swap", "case"]
GROUPS: dict[Group, str] = {"model": "Could answer", "trial": "Tried", "swap": "Swapped", "case": "Cases"}
ROLES: tuple[ModelRole, ...] = ("talk", "quick", "deep", "local-only")
_NEWEST = 10
"""Trials and swaps that are listed."""


@dataclass(frozen=True)
class State:
    """All that the engine says of models."""

    roles: wire.RolesShown
    ledger: wire.LedgerShown
    models: wire.ModelsShown
    canary: wire.CanaryShown
    trials: tuple[Trial, ...]
    swaps: tuple[wire.SwapLine, ...]
    cases: tuple[wire.EvalCaseLine, ...]
    examples: wire.ExamplesShown

    def chain(self, role: ModelRole) -> tuple[str, ...]:
        """Who answers in a role."""
        return next((tuple(name for name, _ in each.models) for each in self.roles.roles if each.role == role), ())


@dataclass(frozen=True)
class Now:
    """Who answers, and what it costs."""

    state: State
    id = "now"
    group: Group | None = None

    def item(self) -> Item:
        ledger = self.state.ledger
        calls = (
            f"{counted(ledger.whole.calls, 'call')}, {money_words(ledger.whole)}"
            if ledger.whole.calls
            else "nothing yet"
        )
        return Item(
            "Who answers, and what it costs",
            "",
            f"{', '.join(self.state.chain('talk'))} · {counted(days_of(ledger), 'day')}: {calls}",
        )


@dataclass(frozen=True)
class OnTrial:
    """A model that answers half of the everyday turns."""

    canary: wire.CanaryShown
    swap: wire.SwapLine
    id = "canary"
    group: Group = "swap"

    def item(self) -> Item:
        return Item(f"{self.swap.now} is on trial", "half of the turns", self.canary.told)


@dataclass(frozen=True)
class Model:
    """A model that could answer; `role` is the one for which it is looked at."""

    option: ModelOption
    answers: bool
    trial: Trial | None
    group: Group = "model"

    @property
    def id(self) -> str:
        return f"model {self.option.id}"

    def item(self) -> Item:
        side = "answers" if self.answers else "" if self.option.ready else "not installed"
        return Item(self.option.label or self.option.id, side, self.option.can or self.option.id)


@dataclass(frozen=True)
class Tried:
    """A trial."""

    trial: Trial
    group: Group = "trial"

    @property
    def id(self) -> str:
        return self.trial.id

    def item(self) -> Item:
        trial = self.trial
        word = trial.verdict.word if trial.verdict else "not through"
        return Item(f"{word} · {trial.candidate}", trial.made_at[:10], trial_words(trial)[0])


@dataclass(frozen=True)
class Swapped:
    """A swap of who answers."""

    swap: wire.SwapLine
    group: Group = "swap"

    @property
    def id(self) -> str:
        return self.swap.id

    def item(self) -> Item:
        swap = self.swap
        what = f"{swap.was} → {swap.now}" if swap.was != swap.now else f"{swap.now}: {', '.join(swap.keys)}"
        return Item(f"{swap.role} · {STATE_WORDS[swap.state]}", swap.made_at[:10], what)


@dataclass(frozen=True)
class OwnCase:
    """A turn of the person's with which models are tried."""

    case: wire.EvalCaseLine
    group: Group = "case"

    @property
    def id(self) -> str:
        return self.case.id

    def item(self) -> Item:
        from sage.core.case_words import case_marks

        case = self.case
        marks = case_marks(case.task, case.rating, case.value, holdout=case.holdout, local=case.local)
        return Item(
            case.said, case.made_at[:10], " · ".join([*marks, "; ".join(case.checks) or "nothing is checked yet"])
        )


_BAR = 12
"""Characters of what shows how far something is."""

Row = Now | OnTrial | Model | Tried | Swapped | OwnCase


async def look(read: Callable[[wire.Request[Any]], Awaitable[Any]], by: By, days: int) -> State:
    """Asks the engine for all of it at once."""
    roles, ledger, models, canary, trials, swaps, cases, examples = await asyncio.gather(
        read(wire.ShowRoles()),
        read(wire.ShowLedger(days, by)),
        read(wire.ListModels()),
        read(wire.ShowCanary()),
        read(wire.ListTrials()),
        read(wire.ListSwaps(_NEWEST)),
        read(wire.ListEvalCases()),
        read(wire.ListExamples()),
    )
    return State(roles, ledger, models, canary, trials.trials[:_NEWEST], swaps.swaps, cases.cases, examples)


def rows_of(state: State, role: ModelRole, named: Iterable[ModelOption] = ()) -> list[Row]:
    """All rows for one role; `named` are models that the person named."""
    canary, chain = state.canary, state.chain(role)
    found: list[Row] = [Now(state)]
    found += [OnTrial(canary, canary.swap)] if canary.swap else []
    options = {each.id: each for each in (*state.models.options, *named)}
    options |= {each.id: each for each in state.models.own if each.id in chain and each.id not in options}
    first = sorted(options.values(), key=lambda each: (each.id not in chain, not each.ready))
    found += [Model(each, each.id in chain, _newest(state.trials, each.id)) for each in first]
    found += map(Tried, state.trials)
    found += [Swapped(each) for each in state.swaps if each.state != "canary"]
    return found + [OwnCase(each) for each in reversed(state.cases)]


def trial_words(trial: Trial) -> list[str]:
    """Its verdict, before its cases are known."""
    if trial.verdict is None:
        return [f"{trial.candidate} beside {trial.current}: not through; t goes on where it was.", *trial.left_out]
    return verdict_words(trial, ())


def option_of(row: Row | None, state: State, named: Sequence[ModelOption] = ()) -> ModelOption | None:
    """The model that a row is about, for who wants to try it or to let it answer."""
    if isinstance(row, Model):
        return addressed(row.option, state)
    if isinstance(row, Tried) and row.trial.kind == "model":
        known = {each.id: each for each in (*state.models.options, *named)}
        name = row.trial.candidate
        return addressed(known.get(name) or ModelOption(name, name, "hosted"), state)
    return None


def addressed(option: ModelOption, state: State) -> ModelOption:
    """Where it would be tried is where it would answer: at the server of those that settings name with the same prefix."""
    if option.base_url or option.key_env:
        return option
    prefix = provider_prefix(option.id)
    own = next((each for each in state.models.own if prefix and provider_prefix(each.id) == prefix), option)
    return replace(option, base_url=own.base_url, key_env=own.key_env)


def bar(done: int, total: int) -> str:
    """How far something is."""
    full = _BAR * done // total
    return "█" * full + "·" * (_BAR - full)


def days_of(ledger: wire.LedgerShown) -> int:
    """How many days it is of."""
    return (date.fromisoformat(ledger.last) - date.fromisoformat(ledger.first)).days + 1


def _newest(trials: Iterable[Trial], model: str) -> Trial | None:
    return next((each for each in trials if each.kind == "model" and each.candidate == model), None)
