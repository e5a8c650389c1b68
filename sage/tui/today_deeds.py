"""What is done in Today: each deed asks the engine what a command asks, and the last one can be taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from sage import wire
from sage.core.agenda_words import line_said
from sage.core.capturing import CaptureKind
from sage.core.focus import USUAL_MINUTES, focus_line
from sage.core.plans import Task, change_words, task_said
from sage.core.rituals import RitualKind
from sage.core.today import TodayCard, chain_words
from sage.tui.places import INBOX, TALK
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.choice import Choice, Option
from sage.tui.screens.told import Told
from sage.tui.today_rows import Row

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk
    from sage.tui.screens.today import Today

LENGTHS = (25, 15, 50, 90)
_OTHER = "other"
_PUT_OFF = (
    Option("tomorrow", "Tomorrow"),
    Option("in 2 days", "The day after"),
    Option("next week", "Next week"),
    Option("", "No day"),
    Option(_OTHER, "Another day or time …"),
)
_NO_DAY = "no day"


class Undo(NamedTuple):
    """How the last deed is taken back, and what that is called."""

    words: str
    how: Callable[[], Awaitable[str]]


class TodayDeeds:
    """Works for the screen `today`; `talk` has the line to the engine."""

    def __init__(self, today: Today, talk: Talk) -> None:
        self._today, self._talk = today, talk
        self._undo: Undo | None = None
        self._minutes = USUAL_MINUTES

    @property
    def undoes(self) -> str:
        """What `u` would take back; "" for nothing."""
        return self._undo.words if self._undo else ""

    async def open(self, row: Row) -> None:
        """The whole of what is chosen, or the place where it is answered."""
        match row.kind:
            case "inbox":
                self._today.app.go_to(INBOX.id)
            case "nudges":
                await self.nudges(row)
            case "task" | "goal" | "event" | "reminder":
                await self._today.app.push_screen_wait(Told(row.words, lambda: self._about(row)))

    async def _about(self, row: Row) -> list[str]:
        match row.kind:
            case "goal":
                shown = await self._talk.call(wire.ShowGoal(row.id))
                whys = [f"serves  {goal.title}" + (f": {goal.why}" if goal.why else "") for goal in shown.whys]
                return [*([f"why     {shown.goal.why}"] if shown.goal.why else ["It has no why yet: w asks for it."]), *whys,
                        "", shown.text.strip()]  # fmt: skip
            case "reminder":
                found = await self._talk.call(wire.ShowSchedule(row.id))
                return [found.said, *(f"  {one.said}" for one in found.next), *found.notes]
            case "task":
                return await self._about_task(row)
        day = self._today.day
        lines = [line for line in day.day.lines if line.id == row.id] if day else []
        return [*(line_said(line) for line in lines[:1]), *(line.source for line in lines[:1] if line.source)]

    async def _about_task(self, row: Row) -> list[str]:
        tasks = (await self._talk.call(wire.ListTasks())).tasks
        task = next((each for each in tasks if each.id == row.id), None)
        if task is None:
            return ["It does not stand in your tasks any more."]
        lines = [task_said(task), *filter(None, [change_words(task)])]
        day = self._today.day
        if day and day.focus and day.focus.id == task.id:
            return [*lines, "", *(f"{part:<5}{words}" for part, words in chain_words(day.focus, day.whys))]
        card = next((each for each in day.cards if each.id == task.id), None) if day else None
        return [*lines, *_goal_of(card)]

    # deeds

    async def focus(self, row: Row | None) -> None:
        """Begins a session for what is chosen, or ends the one that runs."""
        day = self._today.day
        if day and day.session:
            ended = await self._talk.call(wire.EndFocus())
            await self._today.look_now(focus_line(ended.session, ended.minutes))
            return
        about = row.words if row and row.kind in ("task", "goal", "event") else ""
        lengths = sorted(LENGTHS, key=lambda minutes: minutes != self._minutes)
        options = [Option(str(minutes), f"{minutes} minutes") for minutes in lengths]
        chosen = await self._today.app.push_screen_wait(
            Choice("How long?", options, about or "A session for nothing in particular")
        )
        if chosen:
            self._minutes = int(chosen)
            await self._talk.call(wire.BeginFocus(about, self._minutes))
            await self._today.look_now("Begun. Nothing is proposed meanwhile; f ends it.")

    async def done(self, row: Row | None) -> None:
        if not row or row.kind != "task" or row.fixed:
            self._today.tell("d is for a task of yours: choose one.")
            return
        task = await self._task(row)
        ticked = await self._talk.call(wire.CompleteTask(row.id, task))

        async def reopen() -> str:
            opened = await self._talk.call(wire.ReopenTask(row.id))
            return f"Open again: {opened.text}."

        self._undo = None if ticked.source else Undo("take “done” back", reopen)
        await self._today.look_now(" ".join(filter(None, (f"Done: {ticked.text}.", change_words(ticked)))))

    async def put_off(self, row: Row | None) -> None:
        if not row or row.kind not in ("task", "reminder") or row.fixed:
            self._today.tell("p is for a task or a reminder: choose one.")
            return
        options = [each for each in _PUT_OFF if each.id or row.kind == "task"]
        named = [Option(each.id or _NO_DAY, each.label) for each in options]
        until = await self._today.app.push_screen_wait(Choice("Put off until when?", named, row.words))
        if until == _OTHER:
            until = await self._today.app.push_screen_wait(
                AskLine("Until when?", about=row.words, example="friday, or tomorrow at 9")
            )
        if not until:
            return
        if row.kind == "reminder":
            answered = await self._talk.call(wire.PutOffSchedule(row.id, until))
            self._undo = None
            await self._today.look_now(answered.words)
            return
        task = await self._task(row)
        changed = await self._talk.call(wire.PutOffTask(row.id, "" if until == _NO_DAY else until))

        async def back() -> str:
            return f"As before: {task_said(await self._talk.call(wire.PutOffTask(row.id, task.due if task else '')))}."

        self._undo = Undo("take that back", back)
        await self._today.look_now(" ".join(filter(None, (f"Put off: {task_said(changed)}.", change_words(changed)))))

    async def choose(self, row: Row | None) -> None:
        """What is chosen becomes the focus."""
        if not row or row.kind not in ("task", "goal"):
            self._today.tell("c is for a task or a goal: choose one.")
            return
        await self._talk.call(wire.ChooseFocus(row.id))
        await self._today.look_now(f"The focus of today: {row.words}.")

    async def add_task(self, row: Row | None) -> None:
        await self._add("task", "What is to be done?", "call the bank tomorrow at 9")

    async def add_goal(self, row: Row | None) -> None:
        await self._add("goal", "What do you want, and why?", "learn the cello, because I like its sound")

    async def _add(self, kind: CaptureKind, title: str, example: str) -> None:
        words = await self._today.app.push_screen_wait(AskLine(title, example=example))
        if not words:
            return
        kept = await self._talk.call(wire.Capture(words, kind))

        async def back() -> str:
            return (await self._talk.call(wire.TakeBackCapture(kept.id))).words

        self._undo = Undo("take that back", back)
        await self._today.look_now(kept.words)

    async def undo(self, row: Row | None) -> None:
        if self._undo is None:
            self._today.tell("There is nothing to take back.")
            return
        undo, self._undo = self._undo, None
        await self._today.look_now(await undo.how())

    async def _task(self, row: Row) -> Task | None:
        """The task as it is listed now."""
        tasks = (await self._talk.call(wire.ListTasks())).tasks
        return next((task for task in tasks if task.id == row.id), None)

    # looking together

    async def brief(self, row: Row | None) -> None:
        await self._together("brief")

    async def shutdown(self, row: Row | None) -> None:
        await self._together("shutdown")

    async def review(self, row: Row | None) -> None:
        await self._together("review")

    async def _together(self, kind: RitualKind) -> None:
        from sage.tui.screens.ritual import RitualPanel

        ritual = await self._talk.call(wire.ShowRitual(kind))
        told = await self._today.app.push_screen_wait(RitualPanel(self._talk, ritual))
        if told:
            self._undo = None
        await self._today.look_now(" ".join([*told[-1:], ritual.goodbye]).strip())

    async def nudges(self, row: Row | None) -> None:
        from sage.tui.screens.nudges import NudgesPanel

        asked = await self._today.app.push_screen_wait(NudgesPanel(self._talk))
        await self._today.find()
        if asked:  # it is answered where Sage asks, in Talk
            self._today.app.go_to(TALK.id)
            self._talk.offer_nudge(asked.id, asked.text)


def _goal_of(card: TodayCard | None) -> list[str]:
    if card is None:
        return []
    return [f"why now: {card.why_now}", *([f"for: {card.goal}"] if card.goal else [])]
