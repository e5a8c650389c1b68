"""One key answers a nudge, unless the person is writing; two that were declined offer a rule."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from sage import wire
from sage.core.nudge_words import Nudge, Proposal
from sage.core.schedules.schedule import Occurrence, Ring, Rule, Schedule
from sage.tui.asking import Asking
from sage.tui.nudge_answers import NudgeAnswers
from sage.tui.widgets import question
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.question import Question

RULE = Proposal("task", "morning", "Shall there be none in the morning?")
RING = Ring(
    Schedule("j1", "Is now a moment for “Demo”?", Rule("2026-11-23T10:00", "UTC"), "nudge"),
    Occurrence("j1", "a", "b", "c"),
)


class FakeTalk(Screen[None]):
    def __init__(self, proposal: Proposal | None, offers: int) -> None:
        super().__init__()
        self._offers = offers
        self.asked: list[Any] = []
        self.notes: list[str] = []
        self.answers = NudgeAnswers(self, Asking(self), self._call, self._work)  # type: ignore[arg-type]
        self._proposal = proposal

    def compose(self) -> ComposeResult:
        yield Composer()

    def note(self, text: str) -> None:
        self.notes.append(text)

    async def _call(self, request: Any) -> Any:
        self.asked.append(request)
        if isinstance(request, wire.Why):
            return wire.Explanation("j1", "nudge", ("It was worth it.",), {})
        if isinstance(request, wire.AnswerReminder | wire.PutOffSchedule):
            return wire.OccurrenceAnswered("Noted.")
        if isinstance(request, wire.NeverNudge):
            return wire.NudgeConsent((), ("task morning",))
        offers = self._offers if request.answer == "do" and not request.focus else 0
        return wire.NudgeAnswered(
            Nudge("j1", "task", "k1", "Demo", "answered", ""), "Noted.", self._proposal, offers=offers
        )

    def _work(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self.run_worker(work, name=name)


@asynccontextmanager
async def talking(
    monkeypatch: pytest.MonkeyPatch, proposal: Proposal | None = None, offers: int = 0
) -> AsyncIterator[Pilot[Any]]:
    monkeypatch.setattr(question, "GRACE", 0.0)
    app: App[None] = App()
    async with app.run_test() as pilot:
        await app.push_screen(FakeTalk(proposal, offers))
        app.screen.query_one(Composer).focus()
        yield pilot


async def settled(pilot: Pilot[Any]) -> None:
    """Until what was begun beside the keys has come to its next question, or its end."""
    for _ in range(5):
        await pilot.pause()


@pytest.mark.parametrize(
    ("key", "answer", "when"),
    [("d", "do", ""), ("s", "snooze", "1 hour"), ("t", "not today", ""), ("n", "never", "")],
)
async def test_one_key_answers(monkeypatch: pytest.MonkeyPatch, key: str, answer: Any, when: str) -> None:
    async with talking(monkeypatch) as pilot:
        talk: Any = pilot.app.screen
        talk.answers.offer(RING)
        await settled(pilot)
        await pilot.press("x", key)
        await settled(pilot)
        assert talk.asked == [wire.AnswerNudge("j1", answer, when)]
        assert talk.notes == [f"{RING.schedule.text}\nNoted."]
        assert not talk.query(Question) and isinstance(talk.focused, Composer)


async def test_whoever_writes_goes_on_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking(monkeypatch) as pilot:
        talk: Any = pilot.app.screen
        await pilot.press("h")
        talk.answers.offer(RING)
        await settled(pilot)
        await pilot.press("d", "n")
        assert talk.query_one(Composer).text == "hdn" and talk.asked == []


async def test_why_is_told_and_the_question_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking(monkeypatch) as pilot:
        talk: Any = pilot.app.screen
        talk.answers.offer(RING)
        await settled(pilot)
        await pilot.press("w")
        await settled(pilot)
        assert talk.notes == ["- It was worth it."]
        assert len(talk.query(Question)) == 1
        await pilot.press("escape")
        await settled(pilot)
        assert talk.asked == [wire.Why("j1")] and not talk.query(Question)
        assert talk.notes[-1].endswith("/nudges answers it later.")


async def test_a_rule_counts_only_when_the_person_says_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, after in (("y", [wire.NeverNudge("task", "morning")]), ("escape", [])):
        async with talking(monkeypatch, RULE) as pilot:
            talk: Any = pilot.app.screen
            talk.answers.offer(RING)
            await settled(pilot)
            await pilot.press("t")
            await settled(pilot)
            await pilot.press(key)
            await settled(pilot)
            assert talk.asked[1:] == after


async def test_a_time_that_is_typed_is_passed_on_as_it_is_and_leaving_it_answers_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for keys, asked in ((("t", "o", "enter"), [wire.AnswerNudge("j1", "snooze", "to")]), (("t", "escape"), [])):
        async with talking(monkeypatch) as pilot:
            talk: Any = pilot.app.screen
            talk.answers.offer(RING)
            await settled(pilot)
            await pilot.press("u")
            await settled(pilot)
            await pilot.press(*keys)
            await settled(pilot)
            assert talk.asked == asked and pilot.app.screen is talk


@pytest.mark.parametrize(
    ("key", "after"),
    [
        ("f", [wire.AnswerNudge("j1", "do", focus=25)]),
        ("d", [wire.AnswerNudge("j1", "done")]),
        ("escape", []),
    ],
)
async def test_what_is_taken_up_may_begin_with_a_focus_session_or_be_done(
    monkeypatch: pytest.MonkeyPatch, key: str, after: list[Any]
) -> None:
    async with talking(monkeypatch, offers=25) as pilot:
        talk: Any = pilot.app.screen
        talk.answers.offer(RING)
        await settled(pilot)
        await pilot.press("d")
        await settled(pilot)
        await pilot.press(key)
        await settled(pilot)
        assert talk.asked == [wire.AnswerNudge("j1", "do"), *after]
        assert talk.notes == [f"{RING.schedule.text}\nNoted."] and isinstance(talk.focused, Composer)


@pytest.mark.parametrize(
    ("key", "asked"),
    [("d", [wire.AnswerReminder("r1", "a")]), ("s", [wire.PutOffSchedule("r1", "1 hour", "a")]), ("escape", [])],
)
async def test_a_reminder_that_insists_is_answered_and_asked_about_once(
    monkeypatch: pytest.MonkeyPatch, key: str, asked: list[Any]
) -> None:
    insists = Schedule("r1", "Take the pills", Rule("2026-11-23T10:00", "UTC"), insists=True)
    ring = Ring(insists, Occurrence("r1", "a", "b", "c"))
    async with talking(monkeypatch) as pilot:
        talk: Any = pilot.app.screen
        for _ in range(3):
            talk.answers.offer(ring)
            await settled(pilot)
        assert len(talk.query(Question)) == 1
        await pilot.press(key)
        await settled(pilot)
        assert talk.asked == asked and not talk.query(Question)


async def test_a_reminder_that_waits_for_nothing_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking(monkeypatch) as pilot:
        talk: Any = pilot.app.screen
        talk.answers.offer(
            Ring(Schedule("r1", "Stretch", Rule("2026-11-23T10:00", "UTC")), Occurrence("r1", "a", "b", "c"))
        )
        await settled(pilot)
        assert not talk.query(Question)


async def test_what_the_person_is_asked_stays_in_front_of_a_nudge_and_the_nudge_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with talking(monkeypatch) as pilot:
        talk: Any = pilot.app.screen
        asking = talk.answers._asking
        own = asyncio.create_task(asking.ask("Remind you so?", {"y": "yes"}, escape="no"))
        await settled(pilot)
        talk.answers.offer(RING)
        await settled(pilot)
        assert [one.display for one in talk.query(Question)] == [True, False]
        await pilot.press("y")
        await settled(pilot)
        assert own.result() == "y"
        await pilot.press("t")
        await settled(pilot)
        assert talk.asked == [wire.AnswerNudge("j1", "not today")] and not talk.query(Question)
