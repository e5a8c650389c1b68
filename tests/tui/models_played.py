"""An engine that is played, and Models over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from sage import wire
from sage.core import trials
from sage.core.cases import Case, CaseBody, Hashes, Recorded, Says
from sage.core.errors import NotFound
from sage.core.ledger import CapLine, LedgerCall, LedgerLine
from sage.core.messages import Message, ModelRequest, ToolSpec
from sage.core.model_catalogue import InstallProgress
from sage.core.model_choice import ModelOption, RoleChain
from sage.core.trials import Compared, Replayed, Trial, TrialAnswer, TrialProgress
from sage.core.verdicts import Verdict
from sage.locations import Home
from sage.tui.app import SageApp
from sage.tui.screens import models
from sage.tui.screens.agreement import Agreement
from sage.tui.screens.models import Models
from sage.tui.widgets.reading import Pages

NEW = ModelOption(
    "openai/new", "new, by the server", "local", "Answers on this machine.", base_url="http://127.0.0.1:9/v1"
)
OLD = ModelOption("librarian", "No model", "none")
FAR = ModelOption("embedded:qwen2.5-0.5b", "Far, inside Sage", "embedded", ready=False)
TOOL = ToolSpec("task_add", "Adds a task.", {}, "local")
SAID = "What do tomatoes want?"


def line(name: str, calls: int = 3, cost: float = 0.0) -> LedgerLine:
    return LedgerLine(name, calls, 0, 0, 10, 0, 5, 0, False, 0.1, 0.2, 0.3, cost, 0, 0.0, {})


def case(number: int = 1, said: str = SAID) -> wire.EvalCaseLine:
    return wire.EvalCaseLine(
        f"e{number}", f"t{number}", "c1", "question", said, "librarian", "wrong", 1, False, False, (), ""
    )


def call(name: str) -> LedgerCall:
    return LedgerCall(name, "2026-11-23T10:00:00", "2026-11-23", "=model", "t1", "turn", "talk", "question", "whole",
                      1, 0, 1, 0, False, 0.0, 0.0, None, None)  # fmt: skip


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
        body = CaseBody(ModelRequest("", (Message("user", SAID),), (), (TOOL,)), (Recorded("Six hours."),), Hashes("", "", ""),
                        (Says("six"),), "librarian")  # fmt: skip
        self.case = Case("e1", "t1", "c1", "question", body, "wrong")
        self.looked: tuple[str, int] = ("", 0)
        """What the ledger was last summed by, and of how many days."""
        self.cost = 0.0
        self.worst: float | None = 0.0
        self.ballots = 2
        self.go = asyncio.Event()
        """What is tried comes to its end."""
        self.go.set()
        self.cancelled = 0
        self.judges: list[str] = []
        self.here = False
        """Whether FAR is on this machine."""
        self.is_ready = True
        self.shows = False
        """Whether quick is shown examples."""

    async def call(self, request: Any, on_event: Callable[[Any], None] = lambda event: None) -> Any:
        match request:
            case wire.ListLedgerCalls(after=after):
                return wire.LedgerCalls((call("p1"),), True) if not after else wire.LedgerCalls((call("p2"),), False)
            case wire.ShowRoles():
                chains = [RoleChain("talk", tuple((name, True) for name in self.chain))]
                return wire.RolesShown((*chains, RoleChain("deep", (("far/one", False),), False)))
            case wire.ShowLedger(by=by, days=span):
                return self._ledger(by, span)
            case wire.ListModels():
                own = ModelOption("far/one", "far/one", "hosted", base_url="http://127.0.0.1:8/v1", key_env="FAR_KEY")
                return wire.ModelsShown(self.chain, (replace(FAR, ready=self.here), NEW, OLD), (own,))
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
        if isinstance(request, wire.ShowEvalCase | wire.ListParts | wire.ListExamples):
            return self._of_cases(request)
        self.asked.append(request)
        return await self._done(request, on_event)

    def _ledger(self, by: Any, span: int) -> wire.LedgerShown:
        self.looked = by, span
        days = (line("2026-11-22", 4, self.cost), line("2026-11-23", 8, 0.5 * self.cost))
        lines = (line("turn", 9, self.cost), line("eval", 3))
        if by != "purpose":
            lines = (line(f"some {by}", 12, self.cost),)
        whole = line("", 12, 1.5 * self.cost)
        caps = (CapLine("caps.per_day_usd", 1.0, 0.25), CapLine("caps.per_month_usd", 10.0, 0.75))
        return wire.LedgerShown(str(date(2026, 11, 24) - timedelta(span)), "2026-11-23", by, lines, whole, days, caps)

    def _trial(self, name: str) -> wire.TrialShown:
        trial = next(each for each in self.trials if each.id == name)
        agreed = tuple(trials.Agreement(judge, 12, 10) for judge in self.judges)
        return wire.TrialShown(
            trial, ("ADOPT: new may take the place of librarian.", "now: free"), (answers(2), answers(1)), agreed
        )

    def _ballot(self, name: str) -> wire.BallotShown:
        if not self.ballots:
            return wire.BallotShown(name)
        return wire.BallotShown(name, f"e{self.ballots}", SAID, "One answer.", "Another answer.", self.ballots)

    async def _wait(self) -> None:
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    async def _run(self, request: wire.RunTrial, on_event: Callable[[Any], None]) -> wire.TrialShown:
        model, kind = request.model or request.without, "without" if request.without else "model"
        on_event(TrialProgress(1, 2, 0.0))
        try:
            await self._wait()
        except asyncio.CancelledError:
            self.trials = [Trial("v1", kind, model, "librarian", "stopped", "2026-11-23T10:00:00")]
            raise
        verdict = Verdict("ADOPT", "It is no worse.")
        self.judges += [request.judge] if request.judge else []
        self.trials = [Trial("v1", kind, model, "librarian", "done", "2026-11-23T10:00:00", verdict)]
        return self._trial("v1")

    async def _install(self, name: str, on_event: Callable[[Any], None]) -> wire.Nothing:
        on_event(InstallProgress(name, "download", 100_000_000, 491_000_000))
        await self._wait()
        self.here = True
        return wire.Nothing()

    async def _done(self, request: Any, on_event: Callable[[Any], None]) -> Any:
        match request:
            case wire.PriceTrial(model=model, without=part):
                now = f"librarian with {part}" if part else "librarian"
                return wire.TrialPrice(part or model, now, 2, 4, self.worst)
            case wire.RunTrial():
                return await self._run(request, on_event)
            case wire.InstallModel(name=name):
                return await self._install(name, on_event)
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
        return self._of_cases(request)

    def _of_cases(self, request: Any) -> Any:
        match request:
            case wire.ShowEvalCase(id=name):
                return wire.EvalCaseShown(replace(self.case, id=name), ("tools",))
            case wire.ListParts():
                return wire.PartsShown((wire.PartLine("retrieval", 3), wire.PartLine("section:tools", 1)))
            case wire.EditEvalCase():
                checks = [each for number, each in enumerate(self.case.body.checks, 1) if number not in request.remove]
                body = replace(self.case.body, checks=(*checks, *request.add))
                self.case = replace(self.case, body=body, holdout=bool(request.holdout))
                return wire.EvalCaseShown(self.case)
            case wire.DropEvalCase():
                self.cases = ()
                return wire.Nothing()
            case wire.ListExamples():
                return wire.ExamplesShown(self.shows, (), (), ("3 examples.",))
            case wire.SetExamples(on=on):
                self.shows = on
                return wire.ExamplesSet("s1", on, (), (f"quick is shown {'' if on else 'no '}examples.",))
        raise AssertionError(request)


class Host(App[None]):
    """Models alone, as the app shows it."""

    CSS_PATH = SageApp.CSS_PATH and f"{models.__file__.rpartition('/screens/')[0]}/{SageApp.CSS_PATH}"

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.home = Home(Path("/home/demo/sage"))
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


@asynccontextmanager
async def looking(engine: Engine, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Seen]:
    host = Host(engine)
    async with host.run_test(size=size) as pilot:
        seen = Seen(pilot, host)
        await seen.until(lambda: seen.models.rows)
        yield seen
