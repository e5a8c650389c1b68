"""Inbox: what waits for the person's yes, what came in, and what was answered for them; one key decides."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from sage import wire
from sage.core.terminal_text import clean, clean_line
from sage.tui.inbox_deeds import Deeds
from sage.tui.inbox_hints import IN_KEYS, KEYS, LOOK_FIRST, NOTHING, WRITING, key_hints
from sage.tui.inbox_items import (
    CORRECTABLE,
    GROUPS,
    OPEN,
    Came,
    Decided,
    Group,
    Offered,
    Row,
    Stage,
    in_order,
    list_rows,
    still_written,
)
from sage.tui.inbox_looks import Looks
from sage.tui.places import TALK
from sage.tui.widgets.approval import GRACE
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.reading import Pages
from sage.tui.widgets.results import Results
from sage.tui.working import Working

if TYPE_CHECKING:
    from sage.tui.app import SageApp
    from sage.tui.screens.talk import Talk


LOOK_EVERY = 10
"""Seconds between two looks at what became of messages that wait to be sent."""


class Inbox(Working):
    """A list, and one of it in full. A key that decides does so of what has been in sight for a moment, and of nothing else."""

    AUTO_FOCUS = "Results"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("a", "decide('approve')", "Approve"),
        Binding("e", "write", "Write it yourself"),
        Binding("c", "correct", "Correct it"),
        Binding("d", "decide('deny')", "Deny"),
        Binding("t", "decide('take_back')", "Take back"),
        Binding("s", "decide('share')", "Share"),
        Binding("o", "decide('take_over')", "Take over"),
        Binding("u", "decide('settle')", "What became of it"),
        Binding("r", "look('remember')", "Remember"),
        Binding("w", "look('learnable')", "What could they learn"),
        Binding("n", "look('news')", "News"),
        Binding("f", "look('figures')", "Figures"),
        Binding("b", "come_back", "I am back"),
        Binding("A", "go_away", "Away"),
        Binding("question_mark", "keys", "Keys"),
        Binding("1", "group('')", "All", show=False),
        *(
            Binding(f"{number}", f"group('{group}')", label, show=False)
            for number, (group, label) in enumerate(GROUPS.items(), 2)
        ),
        Binding("pagedown", "page(1)", "On", show=False),
        Binding("pageup", "page(-1)", "Back", show=False),
    ]
    LOOKS = ("finding",)
    app: SageApp

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self._deeds, self._looks = Deeds(self, talk), Looks(self, talk)
        self._every: list[Row] = []
        self._looked = False
        """Whether the engine was asked yet."""
        self._rows: list[Row] = []
        self._group: Group | None = None
        self._written: dict[str, Decided] = {}
        """Drafts with the person's own words in the place of Sage's, which were not approved."""
        self._settled: dict[str, Group] = {}
        """What was decided since the person came here stays in the group where it was, for them to see what became of it."""
        self._shown: Row | None = None
        """What the reading pane shows."""
        self._shown_at = 0.0
        self._writing: Came | Decided | None = None
        self._left: dict[str, str] = {}
        """What the person began to write, and left."""
        self._keys = self._whole = False
        self._ticking: Timer | None = None
        self._ticks = 0

    def compose(self) -> ComposeResult:
        with Horizontal(id="searching"):
            yield Static("Inbox", id="place", markup=False)
            yield Static("", id="absence", markup=False)
        yield Static("", id="groups")
        with Container(id="found"):
            yield Results()
            with Vertical(id="pane"):
                yield Pages()
                yield Composer()
        yield Static(id="hints", markup=False)

    def on_mount(self) -> None:
        self._ticking = self.set_interval(1.0, self._tick, pause=True)

    # what is shown

    @property
    def rows(self) -> list[Row]:
        """What is listed."""
        return self._rows

    @property
    def chosen(self) -> Row | None:
        """The row that is chosen."""
        place = self.query_one(Results).chosen
        return self._rows[place] if place < len(self._rows) else None

    def arrive(self) -> None:
        """The person comes here from another place: what was settled before is where it belongs."""
        self._settled.clear()

    def on_screen_resume(self) -> None:
        self.look_again()

    def look_again(self) -> None:
        """Something may have changed."""
        self.work("finding", self.find)

    async def find_again(self, told: str = "") -> None:
        """Something was done: how it all is now, and what is told of it."""
        await self.find()
        self.tell(told)

    async def settled(self, row: Decided) -> None:
        """The person decided: the row says what became of it."""
        for each in self._every:
            if each.id in row.names:
                self._settled.setdefault(row.id, self._settled.get(each.id, each.group))
                self._written.pop(each.id, None)
        await self.find_again(
            f"{row.reply.contact}: {row.word}{f' ({row.why})' if row.why and row.stage not in OPEN else ''}."
        )

    def show_written(self, name: str, row: Decided) -> None:
        """What would be sent in the person's own words, in the place of the row of that id; a key approves it."""
        self._written[name] = row
        self._end_writing()
        self._list()
        self.tell("Read it once more: a sends exactly this.")

    def drop_written(self, row: Decided) -> None:
        """The person's own words for a message are not wanted any more."""
        for name in row.names:
            self._written.pop(name, None)
        self._list()
        self.tell("Nothing is sent.")

    async def find(self) -> None:
        rows = await list_rows(self.read, datetime.now(UTC))
        absence = await self.read(wire.ShowAbsence())
        self._every, self._looked = rows, True
        before = dict(self._written)
        still = await still_written(self.read, rows, before)
        self._written = {name: row for name, row in self._written.items() if name not in before} | still
        key = "b back" if absence.away else "A away"
        self.query_one("#absence", Static).update(clean_line(f"{absence.words} · {key}"))
        self._list()

    def _list(self) -> None:
        """Lists again, with the same row chosen wherever it is now."""
        before, place = self.chosen, self.query_one(Results).chosen
        self._rows = [self._written.get(row.id, row) for row in in_order(self._every, self._group, self._settled)]
        same = (number for number, row in enumerate(self._rows) if before and {*row.names} & {*before.names})
        at = next(same, place)
        self._show_list(at)
        self._show_groups()
        self._show_chosen()

    def _show_list(self, at: int) -> None:
        rows, now = self._rows, datetime.now(UTC)
        self.query_one(Results).show(len(rows), lambda place: rows[place].item(now), at=at)
        if self._ticking:
            (self._ticking.resume if self._in("leaves", "unsent") else self._ticking.pause)()

    def _in(self, *stages: Stage) -> list[Decided]:
        """What is in one of these stages, listed or not."""
        return [row for row in self._every if isinstance(row, Decided) and row.stage in stages]

    def _tick(self) -> None:
        """The seconds until an answer leaves go by; once it may have left, what became of it is asked for."""
        if self.app.screen is not self:
            return
        self._show_list(self.query_one(Results).chosen)
        now = datetime.now(UTC)
        self._ticks += 1
        left = any(datetime.fromisoformat(row.reply.leaves) + timedelta(seconds=1) < now for row in self._in("leaves"))
        if left or (self._in("unsent") and self._ticks % LOOK_EVERY == 0):
            self.look_again()

    def _show_groups(self) -> None:
        """How many there are of each, and which are listed."""
        text = Text(no_wrap=True, overflow="ellipsis")
        for group, label in ((None, "All"), *GROUPS.items()):
            count = len(in_order(self._every, group, {}))
            style = Style(reverse=group == self._group) + Style.from_meta({"@click": f"screen.group('{group or ''}')"})
            text.append(f" {label} {count} ", style)
        self.query_one("#groups", Static).update(text)

    @on(Results.Chosen)
    def _choose(self) -> None:
        self._told_last = ""
        self._show_chosen()

    def _show_chosen(self) -> None:
        """The chosen row in full. What is in sight already stays as it is, and as long in sight as it was."""
        row, pages = self.chosen, self.query_one(Pages)
        if self._keys:
            return
        if row is None:
            self._shown = None
            pages.say("Nothing of that kind. 1 lists all." if self._every else NOTHING if self._looked else "")
        elif row != self._shown or not pages.entries:
            self._shown, self._shown_at = row, time.monotonic()
            pages.show(row.entries(datetime.now(UTC), whole=self._whole))
        self.show_hints()

    def show_hints(self) -> None:
        hints = self._awaited or self._told_last
        if not hints:
            hints = WRITING if self._writing else IN_KEYS if self._keys else key_hints(self._shown, whole=self._whole)
        self.query_one("#hints", Static).update(clean_line(hints))

    # keys

    def action_decide(self, name: str) -> None:
        """Does something to what is shown (see `Deeds`), if the person had the time to see it."""
        row, offered = self._shown, {"approve": "accept", "deny": "decline"}
        if isinstance(row, Offered):
            name = offered.get(name, "")
        if not name or not isinstance(row, Decided | Offered) or self._keys:
            return
        if row != self.chosen or time.monotonic() - self._shown_at < GRACE:
            self.tell(LOOK_FIRST)
            return
        self.work(name, getattr(self._deeds, name), row)

    def action_write(self) -> None:
        """The draft's words, for the person to change."""
        row = self._shown
        if isinstance(row, Decided) and row.stage in OPEN:
            self._begin_writing(row, row.reply.text)
        elif isinstance(row, Came) and row.can_be_answered:
            self._begin_writing(row, "")

    def action_correct(self) -> None:
        """Other words, to be sent after those that were."""
        row = self._shown
        if isinstance(row, Decided) and row.stage in CORRECTABLE:
            self._begin_writing(row, row.reply.text if row.written else "")

    def _begin_writing(self, row: Came | Decided, text: str) -> None:
        if self._keys:
            return
        self._writing, self._told_last = row, ""
        self.add_class("-writing")
        composer = self.query_one(Composer)
        composer.load_text(self._left.pop(row.id, clean(text)))
        composer.move_cursor(composer.document.end)
        self.set_focus(composer)
        self.show_hints()

    @on(Composer.Sent)
    def _write(self, event: Composer.Sent) -> None:
        if self._writing:
            self.work("writing", self._deeds.write, self._writing, event.text)

    @on(Composer.Stop)
    def _leave_writing(self) -> None:
        if self._writing:
            self._left[self._writing.id] = self.query_one(Composer).text
        self._end_writing()

    def _end_writing(self) -> None:
        self._writing, self._told_last = None, ""
        self.remove_class("-writing")
        self.set_focus(self.query_one(Pages if self._whole else Results))
        self.show_hints()

    def action_look(self, name: str) -> None:
        """Opens something to read, of what is shown or of all (see `Looks`)."""
        self.work(name, getattr(self._looks, name), self._shown)

    def action_come_back(self) -> None:
        self.work("absence", self._deeds.come_back)

    def action_go_away(self) -> None:
        self.work("absence", self._deeds.go_away)

    def action_group(self, name: Group | str) -> None:
        """Lists only these."""
        self._group, self._told_last = next((group for group in GROUPS if group == name), None), ""
        self._list()

    def action_page(self, by: int) -> None:
        """Reads on in what is shown, while the list keeps the keys."""
        pages = self.query_one(Pages)
        (pages.scroll_page_down if by > 0 else pages.scroll_page_up)()

    @on(Results.Opened)
    def _read_whole(self) -> None:
        if self._shown:
            self._see(whole=True)

    def action_keys(self) -> None:
        self._keys, self._told_last = True, ""
        self.show_hints()
        self.query_one(Pages).show([Entry("assistant", KEYS)])

    def action_back(self) -> None:
        """Away from the keys, out of the whole to the list, from there to Talk."""
        if self._keys:
            self._see(whole=self._whole)
        elif self._whole:
            self._see(whole=False)
        else:
            self.app.go_to(TALK.id)

    def _see(self, *, whole: bool) -> None:
        """What is chosen, in the place of the list or beside it."""
        self._keys, self._whole, self._shown, self._told_last = False, whole, None, ""
        self.set_class(whole, "-whole")
        self.set_focus(self.query_one(Pages if whole else Results))
        self._show_chosen()
