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
    def __init__(self, proposal: Proposal | None) -> None:
        super().__init__()
        self.asked: list[Any] = []
        self.notes: list[str] = []
        self.answers = NudgeAnswers(self, self._call, self._work)  # type: ignore[arg-type]
        self._proposal = proposal
        self._tasks: set[asyncio.Task[None]] = set()

    def compose(self) -> ComposeResult:
        yield Composer()

    def note(self, text: str) -> None:
        self.notes.append(text)

    async def _call(self, request: Any) -> Any:
        self.asked.append(request)
        if isinstance(request, wire.Why):
            return wire.Explanation("j1", "nudge", ("It was worth it.",), {})
        return wire.NudgeAnswered(Nudge("j1", "task", "k1", "Demo", "answered", ""), "Noted.", self._proposal)

    def _work(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)


@asynccontextmanager
async def talking(monkeypatch: pytest.MonkeyPatch, proposal: Proposal | None = None) -> AsyncIterator[Pilot[Any]]:
    monkeypatch.setattr(question, "GRACE", 0.0)
    app: App[None] = App()
    async with app.run_test() as pilot:
        await app.push_screen(FakeTalk(proposal))
        app.screen.query_one(Composer).focus()
        yield pilot


@pytest.mark.parametrize(
    ("key", "answer", "when"),
    [("d", "do", ""), ("s", "snooze", "1 hour"), ("t", "not today", ""), ("n", "never", "")],
)
async def test_one_key_answers(monkeypatch: pytest.MonkeyPatch, key: str, answer: Any, when: str) -> None:
    async with talking(monkeypatch) as pilot:
        talk: Any = pilot.app.screen
        talk.answers.offer(RING)
        await pilot.pause()
        await pilot.press("x", key)
        await pilot.pause()
        assert talk.asked == [wire.AnswerNudge("j1", answer, when)]
        assert talk.notes == ["Noted."]
        assert not talk.query(Question) and isinstance(talk.focused, Composer)


async def test_whoever_writes_goes_on_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking(monkeypatch) as pilot:
        talk: Any = pilot.app.screen
        await pilot.press("h")
        talk.answers.offer(RING)
        await pilot.pause()
        await pilot.press("d", "n")
        assert talk.query_one(Composer).text == "hdn" and talk.asked == []


async def test_why_is_told_and_the_question_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking(monkeypatch) as pilot:
        talk: Any = pilot.app.screen
        talk.answers.offer(RING)
        await pilot.pause()
        await pilot.press("w")
        await pilot.pause()
        assert talk.notes == ["- It was worth it."] and len(talk.query(Question)) == 1
        await pilot.press("escape")
        await pilot.pause()
        assert talk.asked == [wire.Why("j1")] and not talk.query(Question)


async def test_a_rule_counts_only_when_the_person_says_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, after in (("y", [wire.NeverNudge("task", "morning")]), ("n", [])):
        async with talking(monkeypatch, RULE) as pilot:
            talk: Any = pilot.app.screen
            talk.answers.offer(RING)
            await pilot.pause()
            await pilot.press("t")
            await pilot.pause()
            await pilot.press(key)
            await pilot.pause()
            assert talk.asked[1:] == after
