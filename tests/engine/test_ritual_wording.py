"""A model words a ritual's lines only where the person set a cap for it; whatever it does, the facts are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.core.errors import ProviderDown
from sage.core.messages import Usage
from sage.core.rituals import ritual_lines
from sage.engine import ritual_wording
from sage.testing.scripted_model import ScriptedModel
from tests.engine.test_own_times import Day
from tests.homes import make_home

COMPUTED = ["Monday 23 November.", "Focus: Send the form  [k1]", "Or: Call the bank  [k2]"]
GOOD = "1. You could begin with Send the form today.\n2. Another choice is: call the bank."
WORDED = [
    "Monday 23 November.",
    "You could begin with Send the form today.  [k1]",
    "Another choice is: call the bank.  [k2]",
]


class Brains:
    """A chain of one model."""

    def __init__(self, model: ScriptedModel) -> None:
        self.model = model

    def chain(self, profile: object) -> list[ScriptedModel]:
        return [self.model]


class Worded(Day):
    """A home with two tasks for today and a model in its chain."""

    def __init__(self, folder: Path, cap: float, model: ScriptedModel) -> None:
        super().__init__(make_home(folder, settings=f"[brief]\nwording_usd_per_day = {cap}\n"))
        self.model, self.house.brains = model, Brains(model)
        for name, text in (("k1", "Send the form"), ("k2", "Call the bank")):
            self.house.notebook.add_task(name, text, due="2026-11-23", now=self.clock.now())

    async def brief(self) -> list[str]:
        return ritual_lines(await self.ask(wire.ShowRitual("brief")))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Callable[..., Worded]]:
    made: list[Worded] = []

    def make(*script: Any, cap: float = 1.0, **more: Any) -> Worded:
        made.append(Worded(tmp_path, cap, ScriptedModel([list(script)], **more)))
        return made[-1]

    yield make
    for one in made:
        one.close()


async def test_without_a_cap_no_model_is_asked(home: Callable[..., Worded]) -> None:
    one = home(GOOD, cap=0.0)
    assert await one.brief() == COMPUTED and one.model.requests == []


async def test_a_good_wording_is_shown_with_its_sources_kept_and_asked_for_once(home: Callable[..., Worded]) -> None:
    one = home(GOOD)
    assert await one.brief() == WORDED
    assert await one.brief() == WORDED and len(one.model.requests) == 1
    assert [line.said for line in one.house.rituals.compose("brief", one.clock.now()).lines][1:] == [
        line.partition("  [")[0] for line in WORDED[1:]
    ]
    asked = one.model.requests[0].messages[-1].text
    assert asked == "1. Focus: Send the form\n2. Or: Call the bank", "it is given the lines alone"


async def test_what_it_adds_is_cut_line_by_line(home: Callable[..., Worded]) -> None:
    one = home("1. You could begin with Send the form, Anna waits for it.\n2. Another choice is: call the bank.")
    assert await one.brief() == [*COMPUTED[:2], WORDED[2]]


async def test_a_task_that_changed_since_is_told_anew(home: Callable[..., Worded]) -> None:
    one = home(GOOD)
    await one.brief()
    one.house.notebook.complete_task("k1", now=one.clock.now())
    shown = await one.brief()
    assert shown == ["Monday 23 November.", "Focus: Call the bank  [k2]"]
    assert [request.messages[-1].text for request in one.model.requests][1:] == ["1. Focus: Call the bank"]


@pytest.mark.parametrize("step", [ProviderDown("Down."), 1.0, "Let us talk.\n3. Rest.\n\n1."])
async def test_a_model_that_fails_hangs_or_babbles_changes_nothing(
    home: Callable[..., Worded], step: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ritual_wording, "WORDED_WITHIN", 0.2)
    assert await home(step).brief() == COMPUTED


async def test_its_cost_is_booked_on_a_purpose_of_its_own_and_stays_below_the_cap(home: Callable[..., Worded]) -> None:
    one = home(GOOD, cap=0.05, usage=Usage(10, 5, 0, 0.04), worst=0.04)
    assert await one.brief() == WORDED
    assert one.house.database.rows("SELECT turn, spent FROM costs") == [("ritual/brief/2026-11-23", 0.04)]
    one.house.notebook.complete_task("k1", now=one.clock.now())
    assert (await one.brief())[1] == "Focus: Call the bank  [k2]" and len(one.model.requests) == 1
