"""Answers about nudges."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sage import wire
from sage.adapters.home.settings_file import write_settings
from sage.core.errors import BadInput, NotFound
from sage.core.focus import USUAL_MINUTES, focus_words
from sage.core.nudge_learner import learned
from sage.core.nudge_words import KINDS, PARTS_OF_DAY, PLURAL, Nudge, proposed
from sage.core.nudges import Answer
from sage.core.plans import account_name, change_words
from sage.core.schedules.wall_time import plainly
from sage.engine.bootstrap import House, fresh_id
from sage.engine.desk import Desk, handles
from sage.engine.explanations import because
from sage.engine.nudging import without
from sage.engine.reminder_handlers import moment_in
from sage.engine.service import Emit, Line
from sage.profile import resolve
from sage.settings import NudgeSettings

_ANSWERS: dict[wire.NudgeReply, Answer] = {
    "do": "taken",
    "done": "taken",
    "snooze": "snoozed",
    "not today": "not today",
    "never": "never",
}


@handles(wire.ListNudges)
async def _list(desk: Desk, request: wire.ListNudges, line: Line, emit: Emit) -> wire.NudgesShown:
    return await asyncio.to_thread(_listed, desk.house, request.all)


def _listed(house: House, everything: bool) -> wire.NudgesShown:
    shown = [one for one in house.nudges.all() if everything or one.state in ("waiting", "sent")]
    settings = _settings(house)
    return wire.NudgesShown(
        tuple(wire.NudgeShown(one, because(house, one)) for one in shown), tuple(settings.allow), tuple(settings.never)
    )


@handles(wire.AnswerNudge)
async def _answer(desk: Desk, request: wire.AnswerNudge, line: Line, emit: Emit) -> wire.NudgeAnswered:
    return await asyncio.to_thread(_answered, desk.house, request)


def _answered(house: House, request: wire.AnswerNudge) -> wire.NudgeAnswered:
    if request.focus and request.answer != "do":
        raise BadInput("A focus session begins with “do”.", safe="Nothing was changed.", do="Leave the minutes out.")
    now = house.clock.now()
    nudge = _sent(house, request.nudge)
    words, session = "", None
    match request.answer:
        case "do":
            if request.focus:
                session = house.planner.begin_focus(fresh_id("u"), nudge.text, request.focus, now)
            words = focus_words(session, 0) if session else "Good. It is marked as taken up."
        case "done":
            words = _finished(house, nudge, now)
        case "snooze":
            words = _snoozed(house, nudge, request.when, now)
        case "not today":
            words = "Not today, then. The next nudge comes later than it would have."
        case "never":
            write_settings(house.home, without(_settings(house), nudge.kind, ""))
            words = f"No more nudges about {PLURAL[nudge.kind]}. To have them again: sage nudge allow {nudge.kind}"
    house.nudges.answer(nudge.id, _ANSWERS[request.answer], now)
    if request.answer != "snooze":
        _tell_no_more(house, nudge, now)
    after = house.nudges.find(nudge.id) or nudge
    proposal = proposed(house.nudges.sent(), now) if request.answer == "not today" else None
    return wire.NudgeAnswered(after, words, proposal, session, _offered(house, nudge, request, now))


def _finished(house: House, nudge: Nudge, now: datetime) -> str:
    """Ticks the task, or keeps the promise; of a goal it was a step. Says how that is taken back."""
    match nudge.kind:
        case "task":
            task = next((one for one in house.notebook.tasks() if one.id == nudge.about), None)
            if task is None:
                return "It does not stand in your tasks any more; nothing was changed there."
            if task.done:
                return f"It was ticked already: {task.text}"
            ticked = house.notebook.complete_task(task.id, now=now)
            place = account_name(task.source) or house.home.tasks.name
            told = f"Ticked: {task.text}. To take that back, clear its box in {place}."
            return f"{told} {change_words(ticked)}".strip()
        case "promise":
            if house.facts.statement(nudge.about) is None:
                return "What you promised does not stand in your notes any more; nothing was changed."
            house.facts.decide(nudge.about, "done", now)
            return f"Noted as kept: {nudge.text}. To take that back: sage facts resolve {nudge.about}"
        case "goal":
            return f"A step for “{nudge.text}”. That counts."


def _tell_no_more(house: House, nudge: Nudge, now: datetime) -> None:
    """What was put off, or could not be told so far, is not told after the answer."""
    last = house.schedule_pages.last(nudge.id)
    if last:
        house.schedules.acknowledge(last, now)


def _offered(house: House, nudge: Nudge, request: wire.AnswerNudge, now: datetime) -> int:
    """Minutes of the focus session that is offered to somebody who takes up a task or a promise; 0 while one runs."""
    begins = request.answer == "do" and nudge.kind != "goal"
    return USUAL_MINUTES if begins and house.planner.focus(now) is None else 0


def _sent(house: House, name: str) -> Nudge:
    """The nudge of an id that was sent, or the one sent last."""
    sent = house.nudges.sent()
    found = [one for one in sent if one.id == name] if name else sent[-1:]
    if not found:
        raise NotFound(
            "There is no such nudge to answer.", safe="Nothing was changed.", do="See: sage nudge list --all"
        )
    return found[0]


def _snoozed(house: House, nudge: Nudge, words: str, now: datetime) -> str:
    """Puts it off to exactly the time that the person named: from then on it is theirs, and the gate has no say in it."""
    until = moment_in(house, words, now)
    last = house.schedule_pages.last(nudge.id)
    if last is None:
        raise NotFound("It has not been told yet.", safe="Nothing was changed.", do="See: sage nudge list")
    house.schedules.put_off(last, until, now)
    return f"You will be told again {plainly(until, now)}."


@handles(wire.AllowNudges)
async def _allow(desk: Desk, request: wire.AllowNudges, line: Line, emit: Emit) -> wire.NudgeConsent:
    def allow() -> wire.NudgeConsent:
        settings = _settings(desk.house)
        wanted = {*settings.allow, *request.kinds}
        never = [one for one in settings.never if one.split()[0] not in request.kinds]
        write_settings(
            desk.house.home, {"nudges.allow": [kind for kind in KINDS if kind in wanted], "nudges.never": never}
        )
        return _consent(desk.house)

    return await asyncio.to_thread(allow)


@handles(wire.NeverNudge)
async def _never(desk: Desk, request: wire.NeverNudge, line: Line, emit: Emit) -> wire.NudgeConsent:
    if request.part and request.part not in PARTS_OF_DAY:
        raise BadInput(
            f"{request.part!r} is no part of the day.",
            safe="Nothing was changed.",
            do=f"One of: {', '.join(PARTS_OF_DAY)}.",
        )

    def never() -> wire.NudgeConsent:
        write_settings(desk.house.home, without(_settings(desk.house), request.kind, request.part))
        return _consent(desk.house)

    return await asyncio.to_thread(never)


@handles(wire.ShowLearner)
async def _learner(desk: Desk, request: wire.ShowLearner, line: Line, emit: Emit) -> wire.LearnerState:
    def show() -> wire.LearnerState:
        if request.forget:
            desk.house.nudges.forget_moments()
        return wire.LearnerState(_settings(desk.house).learn, learned(desk.house.nudges.moments()))

    return await asyncio.to_thread(show)


def _consent(house: House) -> wire.NudgeConsent:
    settings = _settings(house)
    return wire.NudgeConsent(tuple(settings.allow), tuple(settings.never))


def _settings(house: House) -> NudgeSettings:
    return resolve("default", house.home).settings.nudges
