"""Fifty calls at once through the engine, by models that keep their own account of what they charge: is a cap ever passed, and
is the ledger what they charged? Then the same with faults put in on purpose, each of which must be found.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sage import wire
from sage.adapters.journal.journal_budget import UNKNOWN_PRICE_BOUND, BudgetPages
from sage.agent.single_call import complete
from sage.core.errors import ModelTrouble, OverBudget, ProviderDown, SageError, StreamBroken
from sage.core.ledger import Caps, Ending, Job, LedgerCall
from sage.core.ledger_sums import line_words, summed
from sage.core.messages import Finished, Message, ModelEvent, ModelRequest, TextDelta, Usage
from sage.core.ports import Budget, ChatModel
from sage.engine.background import READING_FACTS, background_budget
from sage.engine.bootstrap import House, fresh_id
from sage.engine.handlers import Desk
from sage.engine.service import Line
from sage.profile import resolve
from tests.homes import make_home

AT_ONCE = 50
ROUNDS = 8
CENT = 0.01
REQUEST = ModelRequest("", (Message("user", "Read this."),), max_tokens=100)


@dataclass
class Provider:
    """What the providers know: what each call was charged, and what those that go on could still be charged."""

    dice: random.Random
    charged: list[tuple[str, str, float, Usage]] = field(default_factory=list)
    """Model, how it ended ("whole", "failed", "cut"), US dollars, and the usage that was told."""
    going: dict[int, float] = field(default_factory=dict)
    peak: float = 0.0
    """The most that was charged or could be charged at one moment, since the last round began."""
    peak_going: int = 0
    before: float = 0.0
    pause: float = 0.2
    """Seconds before the first token."""

    def total(self) -> float:
        return math.fsum(dollars for _, _, dollars, _ in self.charged)

    def looks(self) -> None:
        self.peak = max(self.peak, self.total() - self.before + math.fsum(self.going.values()))
        self.peak_going = max(self.peak_going, len(self.going))


class PricedModel:
    """Answers in a few pieces, fails at times, and is sometimes cut. `priced` says whether its price is known."""

    context_tokens = 100_000

    def __init__(self, name: str, provider: Provider, worst: float, *, priced: bool = True) -> None:
        self.name, self._provider, self._worst, self._priced = name, provider, worst, priced

    async def worst_cost(self, request: ModelRequest) -> float | None:
        await asyncio.sleep(self._provider.dice.random() * 0.002)
        return self._worst if self._priced else None

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        dice, call = self._provider.dice, object()
        share = dice.choice([dice.random(), 1.0])
        ended, dollars, usage = "cut", self._worst * share, Usage(cost=None)
        self._provider.going[id(call)] = self._worst
        self._provider.looks()
        try:
            await asyncio.sleep(self._provider.pause + dice.random() * 0.2)
            fate = dice.random()
            if fate < 0.08:
                ended, dollars = "failed", 0.0
                raise ProviderDown(f"{self.name} is away.")
            for piece in ("Yes, ", "that is ", "so."):
                yield TextDelta(piece)
                await asyncio.sleep(dice.random() * 0.005)
                if fate > 0.92:
                    raise StreamBroken(f"{self.name} broke.")
            usage = Usage(dice.randrange(1, 900), dice.randrange(1, 90), dice.randrange(9),
                          dollars if self._priced else None, reasoning_tokens=dice.randrange(9))  # fmt: skip
            ended = "whole"
            yield Finished(self.name, usage)
        finally:
            del self._provider.going[id(call)]
            self._provider.charged.append((self.name, ended, dollars, usage))
            self._provider.looks()

    async def close(self) -> None:
        pass


class Brains:
    """Every chain begins with another of the models, so that some fail over to one that is dearer."""

    def __init__(self, models: Sequence[ChatModel], dice: random.Random) -> None:
        self._models, self._dice = models, dice

    def chain(self, *_: object) -> list[ChatModel]:
        return list(self._dice.choices(self._models, [4, 4, 4, 1], k=2))

    async def close(self) -> None:
        pass

    def __getattr__(self, name: str) -> Any:  # whatever else a turn asks of who answers: its chain
        return self.chain


def measure(args: argparse.Namespace) -> dict[str, Any]:
    rounds = args.many or ROUNDS
    began = time.monotonic()
    clean = asyncio.run(_run(rounds, args.seed))
    found = {}
    for name, put_in in FAULTS.items():
        with put_in():
            found[name] = asyncio.run(_run(max(4, rounds // 2), args.seed))["troubles"][:1]
    return {
        **clean,
        "faults": {name: trouble[0] if trouble else "NOT FOUND" for name, trouble in found.items()},
        "faults_found": f"{sum(bool(trouble) for trouble in found.values())} of {len(found)}",
        "seconds": round(time.monotonic() - began, 1),
    }


async def _run(rounds: int, seed: int) -> dict[str, Any]:
    dice = random.Random(seed)
    provider = Provider(dice)
    models = [
        PricedModel("demo/large", provider, 0.07),
        PricedModel("demo/small", provider, 0.0137),
        PricedModel("demo/odd", provider, 0.05 / 3),
        PricedModel("demo/unpriced", provider, UNKNOWN_PRICE_BOUND, priced=False),
    ]
    troubles: list[str] = []
    counts = {"calls": 0, "refused": 0, "most_at_once": 0}
    nearest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        house = House.open(make_home(Path(folder)))
        try:
            house.brains = Brains(models, dice)  # type: ignore[assignment]
            for number in range(rounds):
                kind = ("day", "month", "background", "turn")[number % 4]
                roomy = number % 8 == 6  # now and then all fifty find room, and go on until the last has begun
                provider.pause = 5.0 if roomy else 0.2
                allowance = 20.0 if roomy else dice.uniform(0.8, 1.6)
                await _round(house, provider, kind, allowance, counts)
                nearest = max(nearest, provider.peak / allowance)
                if provider.peak > allowance + CENT:
                    troubles.append(f"{provider.peak:.4f} could be charged within a {kind}'s cap of {allowance:.4f}")
            counts["calls"], counts["most_at_once"] = len(provider.charged), provider.peak_going
            shown = await Desk(house).handle(wire.ShowLedger(2, "model"), _line(), _drop)
            calls = house.ledger.calls("2000-01-01", "2999-12-31")
            difference = _recount(provider, calls, troubles)
            _look_for_zero(calls, troubles)
            if shown.lines != summed(calls, "model"):
                troubles.append("what is shown is not what the calls add up to")
        finally:
            await house.close()
    return {
        "rounds": rounds, **counts, "cap_passed": sum("cap" in one for one in troubles),
        "fullest_cap": round(nearest, 4), "recount_differs_by": difference,
        "unknown_shown_as_0": sum("unknown" in one for one in troubles), "troubles": troubles[:10],
    }  # fmt: skip


async def _round(house: House, provider: Provider, kind: str, allowance: float, counts: dict[str, int]) -> None:
    """Fifty jobs at once; the cap of that kind leaves them so many dollars."""
    spent, dice = house.budget.spent_on(house.clock.now()), provider.dice
    most = spent + allowance
    caps = {"per_day_usd": 9999.0, "per_month_usd": 9999.0, "per_turn_usd": 9999.0}
    caps |= {"background_usd_per_day": 9999.0, "background_usd_per_month": 9999.0}
    match kind:
        case "day" | "month":
            caps[f"per_{kind}_usd"] = most
        case "turn":
            caps["per_turn_usd"] = allowance
        case "background":
            own = [cap.spent for cap in background_budget(house).standing(house.clock.now()) if "background" in cap.key]
            caps["background_usd_per_day"] = own[0] + allowance
    house.home.settings.write_text("[caps]\n" + "".join(f"{name} = {value!r}\n" for name, value in caps.items()))
    provider.before, provider.peak = provider.total(), 0.0
    if kind == "background":
        jobs = [_ask(house, background_budget(house), _reading(), counts) for _ in range(AT_ONCE)]
    elif kind == "turn":  # whatever one job asks at the same time is its own
        one = Job(fresh_id("t"), "turn")
        jobs = [_ask(house, house.budget, one, counts) for _ in range(AT_ONCE)]
    else:
        asks = [_ask(house, background_budget(house), _reading(), counts) for _ in range(AT_ONCE // 5)]
        jobs = [*asks, *(_turn(house, dice, counts) for _ in range(AT_ONCE - len(asks)))]
    await asyncio.gather(*jobs)


async def _turn(house: House, dice: random.Random, counts: dict[str, int]) -> None:
    turn, profile = fresh_id("t"), resolve("default", house.home)
    conversation = house.conversation(fresh_id("c"), profile, turn, attended=True)
    house.turns.start(turn, conversation, "What did I decide about the boat?", attended=True)
    if dice.random() < 0.15:
        await asyncio.sleep(dice.random() * 0.8)
        await house.turns.stop(turn)
    try:
        async with aclosing(house.turns.follow(turn)) as events:
            async for _ in events:
                pass
    except OverBudget:
        counts["refused"] += 1
    except SageError:
        pass


def _reading() -> Job:
    return Job(READING_FACTS + fresh_id("j"), "facts")


async def _ask(house: House, budget: Budget, job: Job, counts: dict[str, int]) -> None:
    try:
        await complete(house.brains.chain(resolve("default", house.home)), budget, house.clock, REQUEST, job)
    except OverBudget:
        counts["refused"] += 1
    except ModelTrouble:
        pass


def _recount(provider: Provider, calls: Sequence[LedgerCall], troubles: list[str]) -> float:
    """By how many US dollars the ledger differs from what the providers say, at most, in any model's sum or in all."""
    most = 0.0
    if len(calls) < len(provider.charged):
        troubles.append(f"{len(provider.charged) - len(calls)} calls are not in the ledger")
    for name in {call.model for call in calls}:
        told = [one for one in provider.charged if one[0] == name]
        here = [call for call in calls if call.model == name]
        known = math.fsum(usage.cost for *_, ended, _, usage in told if ended == "whole" and usage.cost is not None)
        unknown = [call.counted for call in here if call.cost is None]
        bounds = {"demo/large": 0.07, "demo/small": 0.0137, "demo/odd": 0.05 / 3, "demo/unpriced": UNKNOWN_PRICE_BOUND}
        cut = sum(ended == "cut" or (ended == "whole" and usage.cost is None) for _, ended, _, usage in told)
        most = max(
            most,
            abs(math.fsum(call.cost for call in here if call.cost is not None) - known),
            abs(math.fsum(unknown) - cut * bounds[name]),
        )
        tokens = [sum(getattr(usage, kind) for *_, usage in told) for kind in _TOKENS]
        if tokens != [sum(getattr(call, kind) for call in here) for kind in _TOKENS]:
            troubles.append(f"the tokens of {name} are not those that it told")
    if most > 1e-9:
        troubles.append(f"the recount differs by {most:.9f}")
    return most


_TOKENS = ("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens")


def _look_for_zero(calls: Sequence[LedgerCall], troubles: list[str]) -> None:
    hidden = [call for call in calls if call.model == "demo/unpriced" and call.ended != "failed"]
    if any(call.cost is not None or call.counted <= 0 for call in hidden):
        troubles.append("an unknown price stands as a known one in the ledger")
    line = next((line for line in summed(calls, "model") if line.name == "demo/unpriced"), None)
    if hidden and (line is None or "unknown (counted as $" not in line_words(line)[0]):
        troubles.append("an unknown price is shown as a known one")


def _line() -> Line:
    return Line.__new__(Line)


async def _drop(event: Any) -> None:
    pass


@contextmanager
def _instead(name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Puts another method in the place of one of BudgetPages'."""
    kept = getattr(BudgetPages, name)
    setattr(BudgetPages, name, make(kept))
    try:
        yield
    finally:
        setattr(BudgetPages, name, kept)


def _settled(change: Callable[[Usage, Ending], Usage]) -> Callable[[], Any]:
    def make(kept: Any) -> Any:
        def settle(self: BudgetPages, reserved: str, used: Usage, at: datetime, ending: Ending) -> None:
            kept(self, reserved, change(used, ending), at, ending)

        return settle

    return lambda: _instead("settle", make)


def _unlocked(kept: Any) -> Any:
    """Looks first and writes later, with nothing between that keeps others out."""

    def reserve(self: BudgetPages, model: str, worst: float | None, job: Job, at: datetime) -> str:
        bound = UNKNOWN_PRICE_BOUND if worst is None else worst
        limits = list(self._limits(self._caps(), job, f"{at:%Y-%m-%d}"))
        time.sleep(0.003)
        caps, own = self._caps, self._own
        if any(spent + bound > cap for _, cap, spent in limits):
            return str(kept(self, model, worst, job, at))
        free = BudgetPages(self._database, lambda: Caps(9e9, 9e9, 9e9))
        assert caps is not None or own is None
        return str(kept(free, model, worst, job, at))

    return reserve


def _halved(kept: Any) -> Any:
    return lambda self, model, worst, job, at: kept(self, model, worst and worst / 2, job, at)


def _blind(to: str) -> Callable[[], Any]:
    def make(kept: Any) -> Any:
        return lambda self, *given: (limit for limit in kept(self, *given) if to not in limit[0])

    return lambda: _instead("_limits", make)


def _lost(kept: Any) -> Any:
    seen = iter(range(10**9))

    def settle(self: BudgetPages, *given: Any) -> None:
        if next(seen) % 10:
            kept(self, *given)

    return settle


FAULTS: dict[str, Callable[[], Any]] = {
    "looks and writes apart": lambda: _instead("reserve", _unlocked),
    "half of the worst": lambda: _instead("reserve", _halved),
    "blind to the day": _blind("per_day_usd"),
    "blind to the month": _blind("per_month_usd"),
    "blind to the background's own": _blind("background_usd_per_day"),
    "blind to the turn": _blind("per_turn_usd"),
    "a settling is lost": lambda: _instead("settle", _lost),
    "rounded to cents": _settled(lambda used, _: replace(used, cost=used.cost and round(used.cost, 2))),
    "unknown as 0": _settled(lambda used, end: replace(used, cost=used.cost or 0.0) if end.ended == "whole" else used),
    "a cut call given back": _settled(lambda used, end: Usage() if end.ended == "cut" else used),
    "cached tokens left out": _settled(lambda used, _: replace(used, cached_tokens=0)),
}
