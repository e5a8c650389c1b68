"""All reminders with their next times: one key leaves one out, puts one off, or takes the whole back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sage import wire
from sage.core.errors import SageError
from sage.core.terminal_text import clean
from sage.tui.screens import STYLES
from sage.tui.screens.over import Over
from sage.tui.widgets.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sage.tui.stage import Stage

KEYS = {"s": "skip the next", "o": "put the next off", "x": "take it back", "Esc": "close"}
SURE = {"y": "yes, for good", "n": "no"}
NONE = "No reminders yet. In Talk: /remind tomorrow at 9 call the bank"


class SchedulesPanel(Over[None]):
    """The next times of the one that is marked stand below the list. Nothing is taken back without a second key."""

    CSS_PATH = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("s", "skip", "Skip the next"),
        Binding("o", "put_off", "Put the next off"),
        Binding("x", "take_back", "Take it back"),
        Binding("y", "agree", "Yes"),
        Binding("n", "decline", "No"),
    ]

    def __init__(self, talk: Stage) -> None:
        super().__init__()
        self._talk = talk
        self._shown: tuple[wire.ScheduleShown, ...] = ()
        self._told = ""
        """What was done last, or a trouble."""
        self._sure: wire.ScheduleShown | None = None
        """What would be taken back."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="panel"):
            yield Static("Reminders", classes="title", markup=False)
            yield OptionList()
            yield Static("", classes="about", markup=False)
            yield Keys()

    def on_mount(self) -> None:
        self._work(self._read(""))

    async def _read(self, told: str) -> None:
        """Shows what is in force now, and what was done."""
        self._shown = (await self._talk.call(wire.ListSchedules())).schedules
        listing = self.query_one(OptionList)
        place = listing.highlighted or 0
        listing.clear_options()
        listing.add_options([Option(_prompt(one)) for one in self._shown])
        listing.highlighted = min(place, len(self._shown) - 1) if self._shown else None
        listing.display = bool(self._shown)
        self._told = told
        self._show_marked()

    @property
    def _marked(self) -> wire.ScheduleShown | None:
        place = self.query_one(OptionList).highlighted
        return self._shown[place] if place is not None and place < len(self._shown) else None

    @on(OptionList.OptionHighlighted)
    def _show_marked(self) -> None:
        one = self._marked
        lines = [*(time.said for time in one.next), *one.notes] if one else [NONE]
        if self._sure:
            lines = [f"Shall I never remind you of it again? {self._sure.schedule.text}"]
        elif self._told:
            lines += ["", self._told]
        self.query_one(".about", Static).update(clean("\n".join(lines)))
        self.query_one(Keys).show(SURE if self._sure else KEYS if one else {"Esc": "close"})

    def _work(self, work: Coroutine[None, None, None]) -> None:
        self.run_worker(self._carry_out(work), exclusive=True, exit_on_error=False)

    async def _carry_out(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except SageError as error:
            self._told = str(error)
            self._show_marked()

    def action_skip(self) -> None:
        if self._marked:
            self._work(self._skip(self._marked))

    async def _skip(self, one: wire.ScheduleShown) -> None:
        done = await self._talk.call(wire.SkipSchedule(one.schedule.id))
        left_out = next((note for note in done.notes if note.startswith("Left out")), "It is left out.")
        await self._read(left_out)

    def action_put_off(self) -> None:
        if self._marked:
            self._work(self._put_off(self._marked))

    async def _put_off(self, one: wire.ScheduleShown) -> None:
        from sage.tui.screens.ask_line import AskLine

        when = await self.app.push_screen_wait(
            AskLine("Until when?", about=one.schedule.text, example="2h, or tomorrow at 9")
        )
        if when:
            done = await self._talk.call(wire.PutOffSchedule(one.schedule.id, when))
            await self._read(done.words)

    def action_take_back(self) -> None:
        self._sure = self._marked
        self._show_marked()

    def action_agree(self) -> None:
        if self._sure:
            self._work(self._take_back(self._sure))

    async def _take_back(self, one: wire.ScheduleShown) -> None:
        self._sure = None
        await self._talk.call(wire.RemoveSchedule(one.schedule.id))
        await self._read(f"Taken back: {one.schedule.text}")

    def action_decline(self) -> None:
        self._sure = None
        self._show_marked()

    def action_leave(self) -> None:
        if self._sure:
            self.action_decline()
        else:
            self.dismiss()


def _prompt(one: wire.ScheduleShown) -> Text:
    text = Text(clean(one.schedule.text), style="bold")
    return text.append(clean(f"\n{one.said}"), style="not bold dim")
