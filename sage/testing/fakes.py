"""Fakes of the ports, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sage.core.errors import OverBudget
from sage.core.events import Event, Events, Moments, moments_of
from sage.core.facts.beliefs import Decision
from sage.core.facts.facts import Statement
from sage.core.labels import Audience, Origin, Reader, audience_of, visible_to
from sage.core.ledger import Ending, Job
from sage.core.messages import Usage
from sage.core.passages import Hit
from sage.core.schedules.planning import occurrence_of, upcoming
from sage.core.schedules.recurrence import Due
from sage.core.schedules.schedule import Occurrence, Schedule
from sage.core.turns import Action, Answer, ApprovalNeeded, PastTurn
from sage.core.words import content_stems
from sage.plugin_api import PluginError, Tool, ToolResult, Unreachable


@dataclass
class FakeClock:
    """A clock that stands still until it is told to go on."""

    time: datetime = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))

    def now(self) -> datetime:
        return self.time

    def go_on(self, **by: float) -> None:
        """Passes real time, such as `hours=2`."""
        self.time = (self.time.astimezone(ZoneInfo("UTC")) + timedelta(**by)).astimezone(self.time.tzinfo)


@dataclass
class FakeCalendar:
    """Events in a list; `changes` counts what was done to them. Whoever looks at a torn one finds nothing."""

    kept: dict[str, Event] = field(default_factory=dict)
    changes: int = 0
    torn: bool = False

    def put(self, name: str, title: str, start: datetime, minutes: int = 60) -> None:
        """Adds an event, or puts it in the place of the one with that name."""
        begins, ends = (each.astimezone(UTC).isoformat() for each in (start, start + timedelta(minutes=minutes)))
        self.kept[name] = Event(f"{name}{begins}", title, begins, ends, "fake", lasting=name)
        self.changes += 1

    def take(self, name: str) -> None:
        """Cancels an event, if it is there."""
        self.kept.pop(name, None)
        self.changes += 1

    def events(self, since: datetime, until: datetime) -> Events:
        if self.torn:
            return Events((), ("The calendar cannot be read.",), whole=False)
        span = Moments(since, until)
        zone = str(since.tzinfo)
        found = [one for one in self.kept.values() if moments_of(one, zone).meets(span)]
        return Events(tuple(sorted(found, key=lambda one: (one.start, one.id))))

    def mark(self) -> str:
        return f"{self.changes}{self.torn}"


@dataclass
class FakeMemory:
    """Finds what shares words with the question."""

    hits: list[Hit] = field(default_factory=list)

    def recall(
        self, query: str, *, k: int = 10, recipients: Sequence[Reader] | None = None, now: datetime | None = None
    ) -> list[Hit]:
        asked = set(content_stems(query))
        seen = [hit for hit in self.hits if visible_to(hit.audience, recipients)]
        scored = [(len(asked & set(content_stems(f"{hit.heading} {hit.text}"))), hit) for hit in seen]
        return [hit for score, hit in sorted(scored, key=lambda pair: (-pair[0], pair[1].id)) if score][:k]

    def remember(
        self,
        text: str,
        *,
        source: str,
        when: datetime | str | None = None,
        thread: str | None = None,
        speaker: str | None = None,
        origin: Origin = "user",
        audience: str | Audience = "private",
    ) -> str:
        name = f"t_{len(self.hits)}"
        self.hits.append(
            Hit(name, source, "", 1, 0, len(text), text, str(when) if when else None, origin, audience_of(audience),
                thread=thread or "", speaker=speaker)
        )  # fmt: skip
        return name

    def unread(self) -> str:
        return ""

    def catch_up(self) -> None:
        """Nothing lags behind."""


@dataclass
class FakeLedger:
    """The journal's pages as lists."""

    past: dict[str, list[PastTurn]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    partial: dict[str, str] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    actions: dict[str, Action] = field(default_factory=dict)
    approvals: list[tuple[ApprovalNeeded, bool]] = field(default_factory=list)

    def begin_turn(self, turn: str, conversation: str, said: str, at: datetime) -> None:
        self.said[turn] = said

    def note_partial(self, turn: str, text: str) -> None:
        self.partial[turn] = text

    def finish_turn(self, answer: Answer, at: datetime) -> None:
        self.answers.append(answer)
        self.past.setdefault(answer.conversation, []).append(PastTurn(self.said[answer.turn], at.isoformat(), answer))

    def history(self, conversation: str) -> list[PastTurn]:
        return self.past.get(conversation, [])

    def claim_action(self, turn: str, action: Action, at: datetime) -> bool:
        return action.id not in self.actions and self.actions.setdefault(action.id, action) is action

    def settle_action(self, action: Action, at: datetime) -> None:
        self.actions[action.id] = action

    def settle_approval(self, turn: str, request: ApprovalNeeded, granted: bool, at: datetime) -> None:
        self.approvals.append((request, granted))


@dataclass
class FakeApprover:
    """Says the same to everything, and keeps what it was asked."""

    granted: bool = False
    asked: list[ApprovalNeeded] = field(default_factory=list)

    async def ask(self, request: ApprovalNeeded) -> bool:
        self.asked.append(request)
        return self.granted


@dataclass
class FakeBudget:
    """Counts what is reserved and settled; one call may cost at most `cap` US dollars."""

    cap: float | None = None
    reserved: list[str] = field(default_factory=list)
    settled: list[Usage] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)

    def reserve(self, model: str, worst: float | None, job: Job, at: datetime) -> str:
        if self.cap is not None and (worst or 0.0) > self.cap:
            raise OverBudget("The cap is reached.", safe="Nothing was spent.")
        self.reserved.append(model)
        self.jobs.append(job)
        return f"m{len(self.reserved)}"

    def settle(self, reserved: str, used: Usage, at: datetime, ending: Ending) -> None:
        self.settled.append(used)
        self.endings.append(ending)


@dataclass
class FakeFacts:
    """Statements in a list; whoever looks for some gets all."""

    kept: list[Statement] = field(default_factory=list)
    decided: dict[str, Decision] = field(default_factory=dict)

    def statements(self, words: str = "", *, subjects: Sequence[str] = ()) -> list[Statement]:
        return list(self.kept)

    def slots_of(self, statements: Iterable[Statement]) -> list[Statement]:
        return list(self.kept)

    def decisions(self) -> dict[str, Decision]:
        return dict(self.decided)


@dataclass
class FakeReminders:
    """Keeps schedules and never rings."""

    kept: list[Schedule] = field(default_factory=list)
    first: list[Occurrence] = field(default_factory=list)

    def add(self, schedule: Schedule, now: datetime) -> list[Due]:
        assert isinstance(now.tzinfo, ZoneInfo)
        following = upcoming(schedule.rule, now, now.tzinfo)
        self.kept.append(schedule)
        self.first.append(occurrence_of(schedule, following[0]))
        return following

    def waiting(self) -> list[tuple[Occurrence, Schedule]]:
        return list(zip(self.first, self.kept, strict=True))


@dataclass
class FakeAccounts:
    """Accounts that bring tools (implements the port `Accounts`): each answers with a text, or raises; `calls` is what came."""

    offered: dict[str, tuple[Tool, ...]] = field(default_factory=dict)
    answers: dict[str, str | PluginError] = field(default_factory=dict)
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    async def ask(self, account: str, do: str, *given: Any) -> Any:
        if account not in self.offered:
            raise Unreachable("It does not run.")
        if do == "tools":
            return self.offered[account]
        name, arguments, _ = given
        self.calls.append((account, name, arguments))
        answer = self.answers.get(name, "")
        if answer == "never":
            await asyncio.Event().wait()
        if isinstance(answer, PluginError):
            raise answer
        return ToolResult(answer)
