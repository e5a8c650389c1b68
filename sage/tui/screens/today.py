"""Today: one focus with its whys, the day by the clock, goals, what waits; each deed a key."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.widgets import Static

from sage import wire
from sage.core.focus import ended_words, focus_line
from sage.core.plans import Task
from sage.core.terminal_text import clean_line
from sage.core.today import Today as Day
from sage.tui.places import TALK
from sage.tui.screens.told import Told
from sage.tui.today_deeds import TodayDeeds
from sage.tui.today_keys import KEYS, hints_of
from sage.tui.today_rows import Row, aside_rows, day_rows, task_rows, waiting_line
from sage.tui.widgets.day_list import DayList
from sage.tui.widgets.status_line import StatusLine
from sage.tui.working import Working

if TYPE_CHECKING:
    from sage.tui.app import SageApp
    from sage.tui.screens.talk import Talk

TICK = 15.0
"""Seconds after which the line of now and the time that is left are drawn anew."""
LOOKS_EVERY = timedelta(minutes=5)
"""After so long the day is read anew, since calendars change by themselves."""


class Today(Working):
    """A day, in one column or (from 100 cells on) two. `seconds` tells the time of the system, in seconds."""

    AUTO_FOCUS = "#day"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    LOOKS = ("finding",)
    DEFAULT_CSS = """
    Today #waits { height: 1; padding: 0 2; text-wrap: nowrap; text-overflow: ellipsis; }
    Today #aside { display: none; }
    Today #found { padding-top: 1; }
    Today.-wide #day { width: 3fr; }
    Today.-wide #aside { display: block; width: 2fr; border-left: solid $foreground 15%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("f", "do('focus')", "Focus session"),
        Binding("d", "do('done')", "Done"),
        Binding("u", "do('undo')", "Take back"),
        Binding("p", "do('put_off')", "Put off"),
        Binding("c", "do('choose')", "Choose as the focus"),
        Binding("t", "do('add_task')", "Task"),
        Binding("g", "do('add_goal')", "Goal"),
        Binding("b", "do('brief')", "Morning"),
        Binding("e", "do('shutdown')", "Evening"),
        Binding("w", "do('review')", "Week"),
        Binding("n", "do('nudges')", "Nudges"),
        Binding("i", "app.go_to('inbox')", "Inbox"),
        Binding("a", "all", "All tasks"),
        Binding("question_mark", "keys", "Keys"),
        Binding("left", "aside(-1)", "Left", show=False),
        Binding("right,tab", "aside(1)", "Right", show=False),
    ]
    app: SageApp

    def __init__(self, talk: Talk, seconds: Callable[[], float] = time.time) -> None:
        super().__init__(talk)
        self.add_class("place")
        self._seconds = seconds
        self._deeds = TodayDeeds(self, talk)
        self._day: Day | None = None
        self._read_at = 0.0
        self._tasks: tuple[Task, ...] | None = None
        """All that is open, while that is listed in the place of the day."""
        self._rows: dict[str, Row] = {}

    def compose(self) -> ComposeResult:
        with Horizontal(id="searching"):
            yield Static("Today", id="place", markup=False)
            yield Static("", id="doing", markup=False)
        with Container(id="found"):
            yield DayList(id="day")
            yield DayList(id="aside")
        yield Static("", id="waits", markup=False)
        yield Static("", id="hints", markup=False)
        yield StatusLine(self._status)

    def on_mount(self) -> None:
        self.set_interval(TICK, self.tick)

    def on_screen_resume(self) -> None:
        self.work("finding", self.find)

    def state_changed(self) -> None:
        """The engine's state has changed."""
        self.work("finding", self._find, False)

    # what is shown

    @property
    def day(self) -> Day | None:
        """The day as it was read last."""
        return self._day

    @property
    def now(self) -> datetime:
        """The time, as the engine's clock goes on."""
        assert self._day
        return datetime.fromisoformat(self._day.at) + timedelta(seconds=self._seconds() - self._read_at)

    @property
    def chosen(self) -> Row | None:
        """What is chosen, in the list that has the cursor."""
        focused = self.focused
        return self._rows.get(focused.chosen) if isinstance(focused, DayList) else None

    async def find(self) -> None:
        await self._find(True)

    async def _find(self, looks: bool) -> None:
        """Reads the day; `looks`: the person asked for it."""
        asked = self._seconds()
        self._day = await self.read(wire.ShowToday(looks))
        self._read_at = asked
        if self._tasks is not None:
            self._tasks = (await self.read(wire.ListTasks())).tasks
        self._show()

    def tick(self) -> None:
        """Time has passed: another day, the end of a session, or only another minute."""
        if not self._day:
            return
        session, stale = self._day.session, self._seconds() - self._read_at >= LOOKS_EVERY.total_seconds()
        over = session is not None and not session.runs(self.now)
        if over:
            self.work("finding", self.look_now, ended_words(session))
        elif stale or self._seconds() < self._read_at or f"{self.now:%Y-%m-%d}" != self._day.day.day:
            self.state_changed()
        elif self.app.screen is self:
            self._show()

    def _show(self) -> None:
        if not self._day:
            return
        day, now, wide = self._day, self.now, self.has_class("-wide")
        main = list(task_rows(self._tasks) if self._tasks is not None else day_rows(day, now))
        room = max(20, self.query_one("#aside" if wide else "#day").content_size.width - 4)
        aside = list(aside_rows(day, room, above=not wide))
        self._rows = {row.name: row for row in (*main, *aside)}
        lists = self.query_one("#day", DayList), self.query_one("#aside", DayList)
        narrow = [] if wide else aside if self._tasks is None else []
        for shown, rows in zip(lists, ([*main, *narrow], aside if wide else []), strict=True):
            shown.show([(row.name, row.text, bool(row.kind)) for row in rows])
        if not wide and lists[1].has_focus:
            lists[0].focus()
        left = (
            focus_line(day.session, day.session.minutes(now))
            if day.session
            else f"{now:%A} {now.day} {now:%B}, {now:%H:%M}"
        )
        self.query_one("#doing", Static).update(clean_line(left))
        waits = self.query_one("#waits", Static)
        waits.update("" if wide else waiting_line(day))
        waits.display = not wide and bool(waiting_line(day))
        self.show_hints()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def show_hints(self) -> None:
        runs = bool(self._day and self._day.session)
        hints = hints_of(self.chosen, runs, self._deeds.undoes)
        if self._tasks is not None:
            hints = f"{hints} · a back to the day"
        told = f"{self._told_last} · u takes it back" if self._told_last and self._deeds.undoes else self._told_last
        self.query_one("#hints", Static).update(clean_line(self._awaited or told or hints))

    @on(DayList.OptionHighlighted)
    def _moved(self) -> None:
        self.show_hints()

    @on(DayList.Beyond)
    def _beyond(self, event: DayList.Beyond) -> None:
        """From the end of one list to the other."""
        if self.has_class("-wide") and (event.list.id == "day") == (event.by > 0):
            self.action_aside(event.by)

    def on_key(self) -> None:
        """The person goes on: what was told is over."""
        self._told_last = ""
        self.show_hints()

    # what is done

    async def look_now(self, told: str) -> None:
        """Something was done: how the day is now, and what is told of it."""
        await self.find()
        self.tell(told)

    def action_do(self, deed: str) -> None:
        if self._day:
            self.work("deed", getattr(self._deeds, deed), self.chosen)

    @on(DayList.OptionSelected)
    def _open(self) -> None:
        if self.chosen:
            self.work("deed", self._deeds.open, self.chosen)

    async def _list_all(self) -> None:
        self._tasks = (await self.read(wire.ListTasks())).tasks
        self._show()

    def action_all(self) -> None:
        if self._tasks is None:
            self.work("finding", self._list_all)
        else:
            self._tasks = None
            self._show()

    def action_aside(self, by: int) -> None:
        if self.has_class("-wide"):
            other = self.query_one("#aside" if by > 0 else "#day", DayList)
            other.focus()
            self.show_hints()

    def action_keys(self) -> None:
        async def keys() -> tuple[str, ...]:
            return KEYS

        self.app.push_screen(Told("Today", keys))

    def action_back(self) -> None:
        if self._tasks is not None:
            self.action_all()
        else:
            self.app.go_to(TALK.id)
