"""A model on trial through a real home: which turns it answers, when it goes back, and that it never stays by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sage import wire
from sage.core.canaries import Side
from sage.core.errors import BadInput, NotFound, ProviderDown
from sage.core.routing import Step
from sage.core.turns import Answer
from sage.engine.bootstrap import House
from sage.engine.canaries import Canaries
from sage.engine.explanations import explain
from sage.engine.handlers import Desk
from sage.engine.surfaces import OpenApps
from sage.engine.swap_handlers import say_returns
from sage.profile import ModelPlace, Resolved
from sage.testing.scripted_model import ScriptedModel
from tests.homes import make_home

USUAL, NEW = "ollama_chat/usual", "ollama_chat/new"
SETTINGS = f'[model]\nchain = ["{USUAL}"]  # the one\n'
DOWN = ProviderDown("It could not be reached.")


class Brains:
    """Models by their ids, for whatever profile."""

    def __init__(self) -> None:
        self.models = {
            name: ScriptedModel([["Well."]], name=name) for name in (USUAL, NEW, "anthropic/far", "librarian")
        }
        self.told = set[str]()

    def chain(self, profile: Resolved, role: Any = "talk") -> list[ScriptedModel]:
        return [self.models[place.id] for place in profile.places(role)]

    async def check(self, place: ModelPlace, *, look: bool = True) -> None:
        """All of them can answer."""

    async def close(self) -> None:
        """Holds nothing."""


class Apps:
    """A service with one app that is open; `takes` is how many take what is told."""

    def __init__(self) -> None:
        self.listeners, self.news, self.takes = [1], list[Any](), 1

    async def tell_all(self, news: Any) -> int:
        self.news.append(news)
        return self.takes


class Office:
    def __init__(self, folder: Path) -> None:
        self.house = House.open(make_home(folder, settings=SETTINGS))
        self.house.accounts.looked.set()  # there are none: no turn waits for their tools
        self.desk = Desk(self.house)
        self.brains = Brains()
        self.house.brains = self.brains  # type: ignore[assignment]

    @property
    def settings(self) -> bytes:
        return self.house.home.settings.read_bytes()

    async def do(self, request: Any) -> Any:
        async def emit(event: Any) -> None:
            """Nobody listens."""

        return await self.desk.handle(request, SimpleNamespace(profile=""), emit)  # type: ignore[arg-type]

    async def ask(self, words: str = "Tell me something nice", **more: Any) -> Answer:
        answer = await self.do(wire.Ask(words, attended=False, **more))
        assert isinstance(answer, Answer)
        return answer

    def had(self, many: int, ill: int | None, side: Side, model: str = "") -> None:
        """So many turns of the trial, of which so many did not suffice (None: nobody knows); `model` answered at last."""
        house, now = self.house, self.house.clock.now()
        trial = house.canaries.running()
        assert trial
        for number in range(many):
            turn = f"{side}-{number}"
            answered = model or (NEW if side == "candidate" else USUAL)
            house.journal.begin_turn(turn, f"c{turn}", "Tell me", now)
            house.routes.keep_route(turn, "talk", [Step("talk", "usual", answered)], now)
            house.swapping.pages.put_turn(trial.id, turn, side, now)
            if ill is not None:
                house.ledger.tell(turn, "wrong" if number < ill else "right", now)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    opened = Office(tmp_path)
    yield opened
    await opened.house.close()


async def test_a_bad_model_goes_back_by_itself_and_settings_were_never_touched(office: Office) -> None:
    before = office.settings
    shown = await office.do(wire.StartCanary(NEW))
    assert shown.swap.state == "canary" and (shown.swap.was, shown.swap.now) == (USUAL, NEW)
    office.had(40, 4, "current")
    office.had(12, 8, "candidate")
    await office.ask()
    (swap,) = (await office.do(wire.ListSwaps())).swaps
    assert swap.state == "sent back" and office.settings == before
    told = f"{NEW} went back: 8 of its 12 turns did not suffice, where with {USUAL} 4 of 40 turns do not."
    assert swap.reason == f"{told} {USUAL} answers alone again."
    assert office.desk.apps.unsaid == [swap.reason]


async def test_that_it_went_back_is_said_by_the_next_engine_where_this_one_ended_before(office: Office) -> None:
    await office.do(wire.StartCanary(NEW))
    office.had(40, 4, "current")
    office.had(12, 8, "candidate")
    await office.ask()
    await office.ask()
    assert len(office.desk.apps.unsaid) == 1
    again = Desk(office.house)  # as after a start: nothing is known but what was kept
    await say_returns(again)
    (text,) = again.apps.unsaid
    assert text.startswith(f"{NEW} went back: ")
    heard = Apps()
    again.service = heard  # type: ignore[assignment]
    heard.takes = 0
    await again.apps.greet(SimpleNamespace(client="tui"))  # type: ignore[arg-type]
    assert again.apps.unsaid == [text]  # whoever was to hear it was gone
    heard.takes = 1
    await again.apps.greet(SimpleNamespace(client="tui"))  # type: ignore[arg-type]
    assert [news.text for news in heard.news] == [text, text] and not again.apps.unsaid
    (swap,) = (await office.do(wire.ListSwaps())).swaps
    assert swap.state == "back"
    later = Desk(office.house)
    await say_returns(later)
    assert not later.apps.unsaid


async def test_that_it_went_back_is_not_said_again_once_it_was_owned_up(office: Office) -> None:
    await office.do(wire.StartCanary(NEW))
    office.had(40, 4, "current")
    office.had(12, 8, "candidate")
    await office.ask()
    missed = await office.do(wire.ShowMissed())
    await office.do(wire.OwnUp(missed.keys))
    assert (await office.do(wire.ListSwaps())).swaps[0].state == "back" and not office.desk.apps.unsaid


async def test_a_trial_is_over_where_the_engine_ended_while_its_model_was_let_in_for_good(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.do(wire.StartCanary(NEW))
    pages = office.house.swapping.pages
    move = pages.move

    def dies(swap: str, state: Any, *more: Any) -> None:
        if state == "kept":
            raise RuntimeError
        move(swap, state, *more)

    monkeypatch.setattr(pages, "move", dies)
    with pytest.raises(RuntimeError):
        await office.do(wire.KeepCanary())
    monkeypatch.undo()
    house = office.house
    after = Canaries(house.swapping, pages, house.ledger, house.clock.now)
    assert after.running() is None
    assert {swap.state for swap in pages.last(9)} == {"kept", "in force"}


async def test_a_good_model_is_offered_once_and_stays_only_when_the_person_says_so(office: Office) -> None:
    before = office.settings
    await office.do(wire.StartCanary(NEW))
    office.had(90, 15, "current")
    office.had(60, 2, "candidate")
    for _ in range(2):
        shown = await office.do(wire.ShowCanary())
    assert shown.told.startswith(f"{NEW} does no worse: 2 of its 60 turns ") and office.desk.apps.unsaid == [shown.told]
    assert office.settings == before and shown.swap.state == "canary"
    office.desk.apps = OpenApps(office.house, lambda: None)  # the engine ended before anybody heard of it
    for _ in range(2):
        again = await office.do(wire.ShowCanary())
        assert again.told == shown.told and office.desk.apps.unsaid == [shown.told]
    await office.desk.apps.was_said([shown.told])
    office.desk.apps = OpenApps(office.house, lambda: None)
    shown = await office.do(wire.ShowCanary())
    assert shown.swap.state == "canary" and not office.desk.apps.unsaid
    used = await office.do(wire.KeepCanary())
    assert used.chain == (NEW,) and office.settings != before
    back = await office.do(wire.RollBack())
    assert back.identical and office.settings == before
    with pytest.raises(NotFound):
        await office.do(wire.KeepCanary())


async def test_what_the_person_says_of_an_answer_counts_at_once(office: Office) -> None:
    await office.do(wire.StartCanary(NEW))
    office.had(40, 4, "current")
    office.had(8, 4, "candidate")
    await office.do(wire.ShowCanary())
    assert office.house.canaries.running()
    for number in range(4, 8):
        await office.do(wire.TellOutcome(f"candidate-{number}", "should have asked"))
    assert office.house.canaries.running() is None


async def test_only_everyday_turns_are_tried_and_why_says_so(office: Office) -> None:
    await office.do(wire.StartCanary(NEW))
    for words in ("Add a task to water the plants", "Plan my week", "Write a letter to Demo Aunt"):
        await office.ask(words)
    await office.ask(wish="deep")
    assert not office.brains.models[NEW].requests
    while (answer := await office.ask()).model != NEW:
        assert len(office.brains.models[USUAL].requests) < 40
    assert "on trial" in "\n".join(explain(office.house, answer.turn).lines)


async def test_a_model_that_others_must_stand_in_for_goes_back(office: Office) -> None:
    office.brains.models[NEW].script = [[DOWN]]
    await office.do(wire.StartCanary(NEW))
    while not office.brains.models[NEW].requests:
        assert (await office.ask()).model == USUAL
    office.had(40, 4, "current")
    office.had(12, None, "candidate", model=USUAL)
    await office.do(wire.ShowCanary())
    assert office.house.canaries.running() is None


async def test_one_key_ends_a_trial_and_one_runs_at_a_time(office: Office) -> None:
    before = office.settings
    await office.do(wire.StartCanary(NEW))
    with pytest.raises(BadInput):
        await office.do(wire.StartCanary("anthropic/far"))
    back = await office.do(wire.RollBack())
    assert back.identical and back.told == f"{NEW} is not on trial any more; {USUAL} answers alone again."
    assert office.settings == before and office.house.canaries.running() is None
    with pytest.raises(BadInput):
        await office.do(wire.StartCanary(USUAL))


async def test_words_that_stay_here_are_never_told_to_a_model_on_trial_elsewhere(
    office: Office, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "gate.md").write_text("---\naudience: [local-only]\n---\nThe code of my garden gate is 4711.\n")
    office.house.memory.import_path(notes)
    await office.do(wire.StartCanary("anthropic/far"))
    office.brains.models[USUAL].script = [["The code is 4711 [1]."]]
    far = office.brains.models["anthropic/far"]
    for _ in range(7):
        told = await office.ask("What is the code of my garden gate?")
        await office.ask(conversation=told.conversation)
        await office.ask()
    assert far.requests and "4711" not in repr(far.requests)
    assert "4711" in repr(office.brains.models[USUAL].requests)
