"""Models over an engine that is played: who answers, a trial and its verdict, votes, a swap and its way back, one key each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from sage import wire
from sage.core.errors import NotFound
from sage.core.ledger import CapLine, LedgerLine
from sage.core.model_choice import ModelOption, RoleChain
from sage.core.trials import Compared, Replayed, Trial, TrialAnswer, TrialProgress
from sage.core.verdicts import Verdict
from sage.tui.app import SageApp
from sage.tui.screens import agreement, models
from sage.tui.screens.agreement import Agreement
from sage.tui.screens.models import BUSY, STOPPED, Models
from sage.tui.screens.side_by_side import Ballots, Cases
from sage.tui.widgets.reading import Pages

NEW = ModelOption(
    "openai/new", "new, by the server", "local", "Answers on this machine.", base_url="http://127.0.0.1:9/v1"
)
OLD = ModelOption("librarian", "No model", "none")
FAR = ModelOption("embedded:far", "Far, inside Sage", "embedded", ready=False)
SAID = "What do tomatoes want?"


def line(name: str, calls: int = 3, cost: float = 0.0) -> LedgerLine:
    return LedgerLine(name, calls, 0, 0, 10, 0, 5, 0, False, 0.1, 0.2, 0.3, cost, 0, 0.0, {})


def case(number: int = 1, said: str = SAID) -> wire.EvalCaseLine:
    return wire.EvalCaseLine(
        f"e{number}", f"t{number}", "c1", "question", said, "librarian", "wrong", 1, False, False, (), ""
    )


def swap(state: Any = "in force", **more: Any) -> wire.SwapLine:
    made = wire.SwapLine(
        "s1", "talk", "librarian", "openai/new", ("model.chain",), state, "", "", "2026-11-23T10:00:00"
    )
    return replace(made, **more)


def answers(number: int) -> Compared:
    def answer(side: Any) -> TrialAnswer:
        return TrialAnswer(f"e{number}", side, "key", Replayed(f"The {side} answer {number}."))

    return Compared(
        f"e{number}", "c1", f"{SAID} {number}", 1, answer("current"), answer("candidate"), True, number == 1
    )


class Engine:
    """Plays the engine, and writes down what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.chain = ("librarian",)
        self.swaps: list[wire.SwapLine] = []
        self.canary = wire.CanaryShown(None, "No model is on trial.")
        self.trials: list[Trial] = []
        self.cases: tuple[wire.EvalCaseLine, ...] = (case(),)
        self.cost = 0.0
        self.worst: float | None = 0.0
        self.ballots = 2
        self.go = asyncio.Event()
        """What is tried comes to its end."""
        self.go.set()
        self.cancelled = 0
        self.is_ready = True

    async def call(self, request: Any, on_event: Callable[[Any], None] = lambda event: None) -> Any:
        match request:
            case wire.ShowRoles():
                chains = [RoleChain("talk", tuple((name, True) for name in self.chain))]
                return wire.RolesShown((*chains, RoleChain("deep", (("far/one", False),), False)))
            case wire.ShowLedger():
                days = (line("2026-11-22", 4, self.cost), line("2026-11-23", 8, 0.5 * self.cost))
                lines = (line("turn", 9, self.cost), line("eval", 3))
                whole = line("", 12, 1.5 * self.cost)
                caps = (CapLine("caps.per_day_usd", 1.0, 0.25), CapLine("caps.per_month_usd", 10.0, 0.75))
                return wire.LedgerShown("2026-10-25", "2026-11-23", "purpose", lines, whole, days, caps)
            case wire.ListModels():
                own = ModelOption("far/one", "far/one", "hosted", base_url="http://127.0.0.1:8/v1", key_env="FAR_KEY")
                return wire.ModelsShown(self.chain, (FAR, NEW, OLD), (own,))
            case wire.ShowCanary():
                return self.canary
            case wire.ListTrials():
                return wire.TrialsShown(tuple(self.trials))
            case wire.ListSwaps():
                return wire.SwapsShown(tuple(self.swaps))
            case wire.ListEvalCases():
                return wire.EvalCasesShown(self.cases)
            case wire.ShowTrial(id=name):
                return self._trial(name)
            case wire.NextBallot(trial=name):
                return self._ballot(name)
        self.asked.append(request)
        return await self._done(request, on_event)

    def _trial(self, name: str) -> wire.TrialShown:
        trial = next(each for each in self.trials if each.id == name)
        return wire.TrialShown(
            trial, ("ADOPT: new may take the place of librarian.", "now: free"), (answers(2), answers(1))
        )

    def _ballot(self, name: str) -> wire.BallotShown:
        if not self.ballots:
            return wire.BallotShown(name)
        return wire.BallotShown(name, f"e{self.ballots}", SAID, "One answer.", "Another answer.", self.ballots)

    async def _done(self, request: Any, on_event: Callable[[Any], None]) -> Any:
        match request:
            case wire.PriceTrial(model=model):
                return wire.TrialPrice(model, "librarian", 2, 4, self.worst)
            case wire.RunTrial(model=model):
                on_event(TrialProgress(1, 2, 0.0))
                try:
                    await self.go.wait()
                except asyncio.CancelledError:
                    self.cancelled += 1
                    self.trials = [Trial("v1", "model", model, "librarian", "stopped", "2026-11-23T10:00:00")]
                    raise
                verdict = Verdict("ADOPT", "It is no worse.")
                self.trials = [Trial("v1", "model", model, "librarian", "done", "2026-11-23T10:00:00", verdict)]
                return self._trial("v1")
            case wire.UseModel(id=name, preview=preview):
                changes = ("model.chain: librarian → openai/new",)
                if not preview:
                    self.swaps, self.chain = [swap()], (name,)
                return wire.ModelUsed("" if preview else "s1", self.chain, changes)
            case wire.RollBack():
                if not self.swaps:
                    raise NotFound("No swap of a model is in force.", safe="Nothing was changed.")
                self.swaps, self.chain = [swap("back")], ("librarian",)
                told = "librarian answers again; your settings are byte for byte as they were."
                return wire.RolledBack(swap("back"), True, (), (), told)
            case wire.CastVote():
                self.ballots -= 1
                return wire.VoteTold("candidate", "current", self.ballots)
            case wire.StartCanary():
                self.canary = wire.CanaryShown(swap("canary"), "new is on trial.", 3, 1, 9, 2, 0.5, 20)
                return self.canary
            case wire.KeepCanary():
                self.canary, self.chain = wire.CanaryShown(None, "No model is on trial."), ("openai/new",)
                return wire.ModelUsed("s1", self.chain)
            case wire.CaptureTurns():
                self.cases = (case(), case(2))
                return wire.EvalCasesShown(self.cases)
        raise AssertionError(request)


class Host(App[None]):
    """Models alone, as the app shows it."""

    CSS_PATH = SageApp.CSS_PATH and f"{models.__file__.rpartition('/screens/')[0]}/{SageApp.CSS_PATH}"

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.models = Models(engine)  # type: ignore[arg-type]
        self.left = ""

    def on_mount(self) -> None:
        self.push_screen(self.models)

    def go_to(self, place: str) -> None:
        self.left = place


class Seen:
    """What it shows."""

    def __init__(self, pilot: Pilot[Any], host: Host) -> None:
        self.pilot, self.host, self.models = pilot, host, host.models

    def read(self) -> str:
        return "\n".join(entry.text for entry in self.models.query_one(Pages).entries)

    def line(self, name: str) -> str:
        return str(self.models.query_one(name, Static).render())

    def lines(self) -> str:
        """What a panel shows."""
        return str(self.host.screen.query_one(".lines", Static).render())

    def screen(self) -> str:
        strips = [strip for each in self.host.screen._compositor.render_strips() for strip in each]
        return "".join(segment.text for segment in strips)

    async def until(self, holds: Callable[[], object], seconds: float = 10) -> None:
        for _ in range(int(seconds / 0.02)):
            await asyncio.sleep(0.02)
            if holds():
                await self.pilot.pause()
                return
        raise TimeoutError(
            f"{self.host.screen} {[row.id for row in self.models.rows]} {self.line('#hints')} {self.read()}"
        )

    async def choose(self, id: str) -> None:  # noqa: A002
        place = next(place for place, row in enumerate(self.models.rows) if row.id == id)
        await self.pilot.press("home", *["down"] * place)
        await self.until(lambda: self.models.chosen and self.models.chosen.id == id)

    async def on_panel(self, kind: type) -> None:
        await self.until(lambda: isinstance(self.host.screen, kind))

    async def agree(self) -> str:
        """Reads what would change, and says yes; what was shown."""
        await self.on_panel(Agreement)
        shown = self.lines()
        await self.pilot.press("y")
        await self.until(lambda: not isinstance(self.host.screen, Agreement))
        return shown


@pytest.fixture(autouse=True)
def seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "GRACE", 0.0)


@asynccontextmanager
async def looking(engine: Engine, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Seen]:
    host = Host(engine)
    async with host.run_test(size=size) as pilot:
        seen = Seen(pilot, host)
        await seen.until(lambda: seen.models.rows)
        yield seen


async def test_who_answers_what_it_costs_and_what_is_left_of_the_caps_stands_first() -> None:
    engine = Engine()
    engine.cost = 0.02
    async with looking(engine) as seen:
        told = seen.read()
        assert "talk       librarian" in told and "deep       far/one (elsewhere) (none of its own)" in told
        assert "$0.2500 of $1.00" in told and "$0.7500 of $10.00" in told
        assert "Dollars a day" in told and "$0.0200" in told and "█" in told
        assert "The last 30 days: 12 calls, $0.0300" in told and "your questions" in told
        assert "1 case to try models on (1 wrong)." in told
        assert [row.id for row in seen.models.rows] == [
            "now", "model librarian", "model openai/new", "model embedded:far",
        ]  # fmt: skip


async def test_where_nothing_costs_anything_the_chart_counts_calls() -> None:
    async with looking(Engine()) as seen:
        assert "Calls a day" in seen.read() and "12 calls, free" in seen.read()


async def test_cases_are_made_of_the_last_turns_with_one_key() -> None:
    engine = Engine()
    engine.cases = ()
    async with looking(engine) as seen:
        assert "No cases yet" in seen.read() and "n make cases" in seen.line("#hints")
        await seen.pilot.press("n")
        await seen.until(lambda: "2 cases" in seen.line("#hints"))
        assert engine.asked == [wire.CaptureTurns(last=models.TURNS)] and "2 cases to try" in seen.read()


async def test_a_model_is_tried_and_the_verdict_is_a_sentence() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("t")
        await seen.until(lambda: "ADOPT: new may take the place of librarian." in seen.read())
        assert isinstance(seen.models.chosen, models.Tried) and seen.models.chosen.id == "v1"
        assert [type(each) for each in engine.asked] == [wire.PriceTrial, wire.RunTrial]
        assert (engine.asked[1].model, engine.asked[1].base_url) == (NEW.id, NEW.base_url)
        assert "r another role" in seen.line("#doing")


@pytest.mark.parametrize(("worst", "words"), [(None, "at an unknown price"), (0.02, "for at most $0.0200")])
async def test_what_may_cost_something_is_asked_first(worst: float | None, words: str) -> None:
    engine = Engine()
    engine.worst = worst
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("t")
        await seen.on_panel(Agreement)
        assert words in seen.lines()
        await seen.pilot.press("escape")
        await seen.until(lambda: "Nothing was tried" in seen.line("#hints"))
        assert [type(each) for each in engine.asked] == [wire.PriceTrial]
        await seen.pilot.press("t")
        await seen.agree()
        await seen.until(lambda: "ADOPT" in seen.read())


async def test_escape_stops_what_is_tried_and_it_goes_on_later() -> None:
    engine = Engine()
    engine.go.clear()
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("t")
        await seen.until(lambda: "1 of 2" in seen.line("#doing"))
        await seen.pilot.press("t")
        assert seen.line("#hints") == BUSY
        await seen.pilot.press("escape")
        await seen.until(lambda: seen.line("#hints") == STOPPED)
        assert engine.cancelled == 1 and not seen.host.left and "r another role" in seen.line("#doing")
        assert "not through; t goes on where it was" in seen.read()
        engine.go.set()
        await seen.pilot.press("t")
        await seen.until(lambda: "ADOPT" in seen.read())
        await seen.pilot.press("escape")
        assert seen.host.left == "talk"


async def test_a_model_that_is_not_here_is_not_tried_but_told_how_to_bring() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("model embedded:far")
        assert "sage models install far" in seen.read()
        await seen.pilot.press("t", "u", "c")
        assert "install" in seen.line("#hints") and not engine.asked


async def after_a_trial(engine: Engine, seen: Seen) -> None:
    await seen.choose("model openai/new")
    await seen.pilot.press("t")
    await seen.until(lambda: isinstance(seen.models.chosen, models.Tried))
    engine.asked.clear()


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_both_answers_to_a_case_stand_side_by_side_those_that_differ_first(size: tuple[int, int]) -> None:
    engine = Engine()
    async with looking(engine, size) as seen:
        await after_a_trial(engine, seen)
        await seen.pilot.press("s")
        await seen.on_panel(Cases)
        await seen.until(lambda: "The candidate answer 2." in seen.screen())
        assert "The current answer 2." in seen.screen() and f"{SAID} 2" in seen.screen()
        await seen.pilot.press("right")
        await seen.until(lambda: "The candidate answer 1." in seen.screen())
        assert "case 2 of 2" in seen.screen()
        await seen.pilot.press("escape")
        await seen.until(lambda: seen.host.screen is seen.models)


async def test_votes_are_blind_one_key_each_and_told_afterwards() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await after_a_trial(engine, seen)
        await seen.pilot.press("v")
        await seen.on_panel(Ballots)
        await seen.until(lambda: "Another answer." in seen.screen())
        assert "candidate" not in seen.screen() and NEW.id not in seen.screen()
        await seen.pilot.press("2")
        await seen.until(lambda: "1 was the candidate" in seen.screen())
        await seen.pilot.press("0")
        await seen.until(lambda: seen.host.screen is seen.models)
        assert [(each.case, each.choice) for each in engine.asked] == [("e2", "right"), ("e1", "tie")]
        assert "All is voted on." in seen.line("#hints")
        await seen.pilot.press("v")
        await seen.until(lambda: "nothing to vote on" in seen.line("#hints"))


async def test_a_swap_asks_once_with_what_changes_and_one_key_takes_it_back() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await after_a_trial(engine, seen)
        await seen.pilot.press("u")
        shown = await seen.agree()
        assert "talk: librarian → openai/new" in shown and "model.chain: librarian → openai/new" in shown
        await seen.until(lambda: "openai/new answers from now on. b takes it back." in seen.line("#hints"))
        assert [(each.preview, each.trial) for each in engine.asked] == [(True, "v1"), (False, "v1")]
        await seen.choose("s1")
        await seen.pilot.press("b")
        await seen.until(lambda: "byte for byte" in seen.line("#hints"))
        assert engine.asked[-1] == wire.RollBack("s1") and engine.chain == ("librarian",)


async def test_without_a_yes_nothing_is_swapped() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("u")
        await seen.on_panel(Agreement)
        await seen.pilot.press("u", "enter", "n")
        await seen.until(lambda: seen.host.screen is seen.models)
        assert all(each.preview for each in engine.asked) and not engine.swaps


async def test_a_key_of_a_moment_ago_agrees_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "GRACE", 600.0)
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("u")
        await seen.on_panel(Agreement)
        await seen.pilot.press("y")
        assert isinstance(seen.host.screen, Agreement) and not engine.swaps


async def test_the_newest_swap_goes_back_from_anywhere_and_where_there_is_none_that_is_told() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.pilot.press("b")
        await seen.until(lambda: "No swap of a model is in force." in seen.line("#hints"))
        engine.swaps = [swap()]
        await seen.pilot.press("b")
        await seen.until(lambda: "byte for byte" in seen.line("#hints"))
        assert engine.asked[-1] == wire.RollBack("")


async def test_a_model_on_trial_shows_its_counts_and_is_kept_with_a_yes() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("c")
        assert "half of your everyday questions" in await seen.agree()
        await seen.until(lambda: seen.models.rows[1].id == "canary")
        await seen.choose("canary")
        assert "openai/new: 3, of which 1 did not suffice" in seen.read()
        assert (
            "librarian, usually: 9, of which 2 did not suffice" in seen.read() and "At 20 it goes back" in seen.read()
        )
        await seen.pilot.press("a")
        await seen.agree()
        await seen.until(lambda: engine.chain == ("openai/new",))


async def test_another_role_is_looked_at_and_another_model_named() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.pilot.press("r", "r")
        assert seen.line("#doing").startswith("for deep")
        assert "model far/one" in [row.id for row in seen.models.rows]
        await seen.pilot.press("m", *"far/two", "enter")
        await seen.until(lambda: seen.models.chosen and seen.models.chosen.id == "model far/two")
        await seen.pilot.press("t")
        await seen.until(lambda: len(engine.asked) == 2)
        tried = engine.asked[1]
        assert (tried.model, tried.role) == ("far/two", "deep")
        assert (tried.base_url, tried.key_env) == ("http://127.0.0.1:8/v1", "FAR_KEY")  # as its siblings


async def test_keys_and_groups_and_the_whole() -> None:
    engine = Engine()
    engine.swaps = [swap()]
    async with looking(engine, (80, 24)) as seen:
        await seen.pilot.press("question_mark")
        assert "take" in seen.read() or "side by side" in seen.read()
        await seen.pilot.press("escape", "4")
        assert [row.id for row in seen.models.rows] == ["s1"]
        await seen.pilot.press("3")
        assert not seen.models.rows and "Nothing of that kind" in seen.read()
        await seen.pilot.press("1", "home", "enter")
        assert seen.models.has_class("-whole")
        await seen.pilot.press("escape")
        assert not seen.models.has_class("-whole") and not seen.host.left
