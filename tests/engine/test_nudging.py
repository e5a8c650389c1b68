"""Nudges from task to answer, in a home with a clock that is passed in; nothing is told but by the alarms."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.adapters.forgetting.forgetting_journal import pieces
from sage.core.errors import BadInput, NotFound, ProviderDown
from sage.core.nudge_words import Proposal, template
from sage.core.wording import lint
from sage.engine.alarms import Alarms
from sage.engine.bootstrap import House, fresh_id
from sage.engine.explanations import explain
from sage.engine.handlers import Desk
from sage.engine.nudging import Nudging, nudging_of
from sage.locations import Home
from sage.profile import resolve
from sage.testing.fakes import FakeClock
from sage.testing.scripted_model import ScriptedModel, Step
from tests.homes import make_home
from tests.telling import FakeSurface

ALLOWED = '[nudges]\nallow = ["task", "goal", "promise"]\n'


class Day:
    """A home in which time passes as the test says. `tell` is one look of the alarms."""

    def __init__(self, home: Home) -> None:
        self.home, self.clock, self.surface = home, FakeClock(), FakeSurface()
        self.open()

    def open(self) -> None:
        self.house: Any = House.open(self.home)
        self.house.clock = self.clock
        ids = iter(range(1000))
        self.nudging: Nudging = nudging_of(self.house, lambda kind: fresh_id(kind) + str(next(ids)), lambda: True)

    async def tell(self) -> list[str]:
        async def note(text: str) -> None: ...

        house = self.house
        await Alarms(house.schedule_pages, self.clock, [self.surface], house.pausing, lambda: 0.0, note).look()
        return self.surface.texts

    async def come(self) -> list[str]:
        """The person opens the app; what was told in all."""
        self.nudging.came_in()
        await self.nudging.look()
        return await self.tell()

    async def ask(self, request: Any) -> Any:
        return await Desk(self.house).handle(request, None, None)  # type: ignore[arg-type]

    def task(self, text: str = "Send the form", due: str = "2026-11-24") -> None:
        self.house.notebook.add_task(f"k{len(self.house.notebook.tasks())}", text, due=due, now=self.clock.now())
        self.untouched(self.home.tasks)

    def untouched(self, file: Path) -> None:
        """Nobody wrote that file lately, whatever day it really is."""
        long_ago = (self.clock.now() - timedelta(days=30)).timestamp()
        os.utime(file, (long_ago, long_ago))


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Callable[..., Day]]:
    days: list[Day] = []

    def make(settings: str = ALLOWED) -> Day:
        days.append(Day(make_home(tmp_path, settings=settings)))
        return days[-1]

    yield make
    for one in days:
        one.house.memory.close()
        one.house.database.close()
        one.house.lock.release()


async def test_without_consent_nothing_is_proposed_nor_looked_for(day: Callable[..., Day]) -> None:
    home = day("")
    home.task()
    assert await home.come() == []
    assert home.house.nudges.all() == []


async def test_a_task_is_proposed_once_when_the_person_comes_and_can_be_taken_up(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    await home.nudging.look()
    assert await home.tell() == [], "nothing had ended"
    assert await home.come() == ["Is now a moment for “Send the form”? It is for tomorrow."]
    assert len(await home.come()) == 1
    answered = await home.ask(wire.AnswerNudge("", "do"))
    assert (answered.nudge.state, answered.nudge.answer) == ("answered", "taken")
    home.clock.go_on(hours=20)
    assert len(await home.come()) == 1, "it was taken up"


async def test_nothing_is_proposed_while_the_person_types_in_the_app(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    desk = Desk(home.house)
    home.nudging = nudging_of(home.house, lambda kind: "j1", lambda: True, lambda: desk.apps.typing)
    await desk.handle(wire.Typing(), None, None)  # type: ignore[arg-type]
    home.clock.go_on(seconds=10)
    assert await home.come() == []
    assert home.nudging.context(home.clock.now()).busy == "typing"
    listed = await home.ask(wire.ListNudges())
    assert listed.nudges[0].because.startswith("You are busy")
    home.clock.go_on(minutes=5)
    assert len(await home.come()) == 1


async def test_do_offers_a_focus_session_and_begins_one_when_asked(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    await home.come()
    assert (await home.ask(wire.AnswerNudge("", "do"))).offers == 25
    with pytest.raises(BadInput):
        await home.ask(wire.AnswerNudge("", "not today", focus=25))
    with pytest.raises(BadInput):
        await home.ask(wire.AnswerNudge("", "do", focus=-5))
    begun = await home.ask(wire.AnswerNudge("", "do", focus=40))
    assert (begun.session.about, begun.offers) == ("Send the form", 0)
    assert begun.words.startswith("Focus on Send the form: 40 minutes to go.")
    running = home.house.planner.focus(home.clock.now())
    assert running == begun.session
    assert (await home.ask(wire.AnswerNudge("", "do"))).offers == 0, "one runs"


async def test_done_ticks_the_task_and_the_words_say_how_to_take_it_back(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    home.task("Call the bank", "2027-01-01")
    await home.come()
    answered = await home.ask(wire.AnswerNudge("", "done"))
    assert answered.words == "Ticked: Send the form. To take that back, clear its box in tasks.md."
    assert (answered.nudge.answer, answered.offers) == ("taken", 0)
    assert [task.done for task in home.house.notebook.tasks()] == [True, False]
    assert (await home.ask(wire.AnswerNudge("", "done"))).words == "It was ticked already: Send the form"
    path = home.home.tasks
    path.write_text(path.read_text().replace("[x]", "[ ]"))
    assert [task.done for task in home.house.notebook.tasks()] == [False, False]
    home.house.notebook.drop_task("k0", now=home.clock.now())
    assert "nothing was changed" in (await home.ask(wire.AnswerNudge("", "done"))).words


async def test_done_keeps_a_promise_and_can_be_taken_back(day: Callable[..., Day]) -> None:
    home = day()
    home.home.notes.joinpath("talk.md").write_text("I promised Demo Aunt to send the slides by 2026-11-25.\n")
    home.clock.go_on(days=-1)  # facts are learned by the real clock: never lately, as this one goes
    home.house.memory.import_path(home.home.notes)
    await home.come()
    nudge = home.house.nudges.sent()[0]
    assert nudge.kind == "promise"
    answered = await home.ask(wire.AnswerNudge("", "done"))
    assert answered.words.endswith(f"To take that back: sage facts resolve {nudge.about}")
    assert home.house.facts.decisions() == {nudge.about: "done"}
    assert home.nudging._nudger.things(home.clock.now()) == []
    await home.ask(wire.DecideFact(nudge.about, "right"))
    assert [one.kind for one in home.nudging._nudger.things(home.clock.now())] == ["promise"]


async def test_what_was_put_off_and_then_answered_is_not_told_again(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    await home.come()
    await home.ask(wire.AnswerNudge("", "snooze", "1h"))
    await home.ask(wire.AnswerNudge("", "done"))
    home.clock.go_on(hours=1)
    assert len(await home.tell()) == 1


async def test_each_bound_holds_it_back_and_says_why(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    nudge_of = lambda: home.house.nudges.waiting()[0]  # noqa: E731

    async def reason() -> str:
        assert await home.come() == []
        return str(home.house.nudges.decisions(nudge_of().id)[-1].reason)

    home.house.pausing.pause(home.clock.now(), home.clock.now() + timedelta(hours=1))
    assert await reason() == "pause"
    home.house.pausing.resume(home.clock.now())
    home.house.planner.begin_focus("u1", "taxes", 25, home.clock.now())
    assert await reason() == "busy"
    home.house.planner.end_focus(home.clock.now())
    home.clock.go_on(hours=13)
    assert await reason() == "quiet hours"
    assert explain(home.house, nudge_of().id).lines[-1].endswith("tomorrow at 08:00.")
    home.clock.go_on(hours=9, minutes=30)
    assert len(await home.come()) == 1, "what was held was lost"


async def test_what_was_just_talked_of_waits_and_its_score_says_so(day: Callable[..., Day]) -> None:
    home = day()
    home.task("Send the form")
    home.house.journal.begin_turn("t1", "c1", "I am about to send that form", home.clock.now())
    assert await home.come() == []
    waiting = home.house.nudges.waiting()[0]
    lines = explain(home.house, waiting.id).lines
    assert any("did not seem worth" in line for line in lines)
    assert "recency -1.50" in lines[-1]
    home.clock.go_on(hours=2)
    assert await home.come() == ["Is now a moment for “Send the form”? It is for tomorrow."]


async def test_a_task_that_was_just_written_waits_and_one_beside_it_does_not(day: Callable[..., Day]) -> None:
    home = day()
    tasks, now = home.home.tasks, home.clock.now()

    def write(*lines: str) -> None:
        tasks.write_text("".join(f"- [ ] {line}\n" for line in lines))
        os.utime(tasks, (home.clock.now().timestamp(),) * 2)

    write("Send the form 📅 2026-11-24 ^k1")
    await home.nudging.look()
    home.clock.go_on(hours=3)
    write("Send the form 📅 2026-11-24 ^k1", "Call the bank 📅 2026-11-23 ^k2")
    assert await home.come() == ["Is now a moment for “Send the form”? It is for tomorrow."]
    touched = {one.about: one.candidate(now).touched for one in home.house.nudges.all()}
    assert touched == {"k1": now, "k2": now + timedelta(hours=3)}


async def test_what_was_held_stands_in_the_brief_once_and_not_after_consent_was_taken_back(
    day: Callable[..., Day],
) -> None:
    home = day()
    home.task("Send the form", "2026-11-23")
    home.task("Call the bank", "2026-11-27")
    await home.nudging.look()

    def held() -> list[str]:
        lines = home.house.rituals.compose("brief", home.clock.now()).lines
        return [line.text for line in lines if line.part == "held"]

    assert held() == ["Held for you: Call the bank"], "the other one is the focus of the day"
    await home.ask(wire.NeverNudge("task"))
    assert held() == []


async def test_a_meeting_in_a_calendar_is_no_moment(day: Callable[..., Day], tmp_path: Path) -> None:
    calendar = tmp_path / "mine.ics"
    calendar.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//demo//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n"
        "DTSTART:20261123T083000Z\r\nDTEND:20261123T093000Z\r\nSUMMARY:Talk\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    home = day(f'{ALLOWED}[calendar]\nfiles = ["{calendar}"]\n')
    home.task()
    assert await home.come() == []
    waiting = home.house.nudges.waiting()[0]
    assert home.house.nudges.decisions(waiting.id)[-1].until == "2026-11-23T09:30:00+00:00"
    home.clock.go_on(minutes=31)
    assert len(await home.come()) == 1


async def test_two_declined_nudges_offer_a_rule_that_counts_only_once_accepted(day: Callable[..., Day]) -> None:
    home = day()
    for text in ("Send the form", "Call the bank"):
        home.task(text, "2026-11-27")
    proposals = []
    for _ in range(2):
        told = await home.come()
        proposals.append((await home.ask(wire.AnswerNudge("", "not today"))).proposal)
        home.clock.go_on(days=3)
    assert len(told) == 2
    rule: Proposal = proposals[1]
    assert proposals[0] is None
    assert (rule.kind, rule.part) == ("task", "morning")
    assert resolve("", home.home).settings.nudges.never == []
    await home.ask(wire.NeverNudge(rule.kind, rule.part))
    assert resolve("", home.home).settings.nudges.never == ["task morning"]
    home.task("Buy a gift", "2026-12-01")
    await home.come()
    newest = home.house.nudges.waiting()[-1]
    assert home.house.nudges.decisions(newest.id)[-1].reason == "consent"
    consent = await home.ask(wire.AllowNudges(("task",)))
    assert (consent.allowed, consent.never) == (("task", "goal", "promise"), ())


async def test_a_snoozed_nudge_comes_exactly_when_the_person_said(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    await home.come()
    words = (await home.ask(wire.AnswerNudge("", "snooze", "13h"))).words
    assert words == "You will be told again today at 23:00."
    home.clock.go_on(hours=12, minutes=59)
    assert len(await home.tell()) == 1
    home.clock.go_on(minutes=1)
    assert len(await home.tell()) == 2, "the person's own time counts, also in quiet hours"


async def test_beside_a_snoozed_nudge_there_is_no_other_one(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    await home.come()
    await home.ask(wire.AnswerNudge("", "snooze", "2h"))
    home.task("Fix the bike")
    for minutes, told in ((90, 1), (30, 2), (50, 2), (20, 3)):
        home.clock.go_on(minutes=minutes)
        assert len(await home.come()) == told, minutes


async def test_never_ends_a_kind(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    await home.come()
    await home.ask(wire.AnswerNudge("", "never"))
    assert resolve("", home.home).settings.nudges.allow == ["goal", "promise"]
    with pytest.raises(NotFound):
        await home.ask(wire.AnswerNudge("j-none", "do"))


async def test_one_that_nobody_could_be_told_of_waits_again(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    home.surface.reachable = False
    assert await home.come() == []
    assert home.house.nudges.sent()
    home.clock.go_on(minutes=30)
    await home.tell()
    home.surface.reachable = True
    assert len(await home.come()) == 1
    assert [one.state for one in home.house.nudges.all()] == ["sent"]


async def test_what_was_done_meanwhile_is_not_proposed(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    await home.nudging.look()
    home.house.notebook.complete_task("k0", now=home.clock.now())
    assert await home.come() == []
    assert [one.state for one in home.house.nudges.all()] == ["gone"]


async def test_silent_looks_write_one_decision_and_call_no_model(day: Callable[..., Day]) -> None:
    home = day()
    home.house.brains = None  # whoever asks for a model fails
    home.task()
    for _ in range(60):
        await home.nudging.look()
        home.clock.go_on(seconds=60)
    waiting = home.house.nudges.waiting()[0]
    assert len(home.house.nudges.decisions(waiting.id)) == 1
    assert home.house.nudges.held() == [waiting]


async def test_the_learner_can_be_read_and_reset_and_logs_its_propensity(day: Callable[..., Day]) -> None:
    home = day(f"{ALLOWED}learn = true\n")
    home.task()
    for _ in range(40):
        if await home.come():
            break
    sent = home.house.nudges.sent()[0]
    said = home.house.nudges.decisions(sent.id)
    assert 0 < said[-1].propensity < 1
    await home.ask(wire.AnswerNudge("", "do"))
    state = await home.ask(wire.ShowLearner())
    assert state.on and [(tried.yes, tried.no) for tried in state.moments.values()] == [(1, 0)]
    assert (await home.ask(wire.ShowLearner(forget=True))).moments == {}


async def test_forgetting_reaches_the_words_of_nudges(day: Callable[..., Day]) -> None:
    home = day()
    home.task("Send the form")
    await home.come()
    with home.house.database.transaction() as connection:
        found = [piece for piece in pieces(connection) if piece.kind == "nudge"]
    assert ["Send the form" in piece.text for piece in found] == [True]


async def test_every_template_passes_the_lint_of_wording(day: Callable[..., Day]) -> None:
    home = day()
    home.task()
    home.house.notebook.add_goal("g1", "Swim a lake", now=home.clock.now())
    await home.nudging.look()
    now = datetime(2026, 11, 23, 10, tzinfo=home.clock.now().tzinfo)
    said = [template(one, now) for one in home.house.nudges.all()]
    assert len(said) == 2
    assert [lint(text) for text in said] == [(), ()]


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ([["“Send the form” is for tomorrow. Is now a moment?"]], "“Send the form” is for tomorrow. Is now a moment?"),
        ([["Hurry, “Send the form” must be done!"]] * 2, "Is now a moment for “Send the form”? It is for tomorrow."),
        ([[ProviderDown("Down.")]], "Is now a moment for “Send the form”? It is for tomorrow."),
    ],
)
async def test_a_model_words_what_the_gate_lets_out_and_the_lint_has_the_last_word(
    day: Callable[..., Day], script: list[list[Step]], told: str
) -> None:
    home = day()
    home.task()
    home.house.brains = Brains(script)
    assert await home.come() == [told]
    assert len(home.house.brains.model.requests) == len(script)


@pytest.mark.parametrize(
    ("caps", "worst", "asked"),
    [("", 0.01, 0), ("", None, 0), ("", 0.0, 1), ("[caps]\nbackground_usd_per_day = 0.05\n", 0.01, 1),
     ("[caps]\nbackground_usd_per_day = 0.005\n", 0.01, 0)],
)  # fmt: skip
async def test_a_model_that_costs_words_nudges_only_within_the_cap_of_the_background(
    day: Callable[..., Day], caps: str, worst: float | None, asked: int
) -> None:
    home = day(ALLOWED + caps)
    home.task()
    worded = "“Send the form” is for tomorrow. Is now a moment?"
    home.house.brains = Brains([[worded]], worst=worst)
    told = await home.come()
    assert (told == [worded]) is bool(asked)
    assert len(told) == 1
    assert len(home.house.brains.model.requests) == asked
    booked = [turn for (turn,) in home.house.database.rows("SELECT turn FROM costs")]
    assert booked == [f"background/nudges/{home.house.nudges.sent()[0].id}"] * asked


class Brains:
    """A chain of one model that says what the test says."""

    def __init__(self, script: list[list[Step]], worst: float | None = 0.0) -> None:
        self.model = ScriptedModel(script, worst=worst)

    def chain(self, profile: object) -> list[ScriptedModel]:
        return [self.model]
