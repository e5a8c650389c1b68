"""Inbox: what waits for the person's yes, what came in, and what was answered for them; one key decides."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.timer import Timer
from textual.widget import Widget

from sage import wire
from sage.core.terminal_text import clean
from sage.tui.inbox_deeds import Deeds
from sage.tui.inbox_hints import KEYS, LOOK_FIRST, NOTHING, WRITING, key_hints
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
from sage.tui.screens.place import Place, group_keys
from sage.tui.widgets.approval import GRACE
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.reading import Pages
from sage.tui.widgets.results import Item, Results

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk


LOOK_EVERY = 10
"""Seconds between two looks at what became of messages that wait to be sent."""


class Inbox(Place[Row]):
    """A key that decides does so of what has been in sight for a moment, and of nothing else."""

    NAME, KEYS, GROUPS = "Inbox", KEYS, GROUPS
    BINDINGS: ClassVar[list[BindingType]] = [
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
        *group_keys(GROUPS),
    ]

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self._deeds, self._looks = Deeds(self, talk), Looks(self, talk)
        self._every: list[Row] = []
        self._looked = False
        """Whether the engine was asked yet."""
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
        self._ticking: Timer | None = None
        self._ticks = 0

    def parts(self) -> Iterable[Widget]:
        yield Results()
        with Vertical(id="writing", classes="pane"):
            yield Pages()
            yield Composer()

    def on_mount(self) -> None:
        self._ticking = self.set_interval(1.0, self._tick, pause=True)

    # what is shown

    def item(self, row: Row) -> Item:
        return row.item(datetime.now(UTC))

    def names_of(self, row: Row) -> Collection[str]:
        return row.names

    def arrive(self) -> None:
        """The person comes here from another place: what was settled before is where it belongs."""
        self._settled.clear()

    def state_changed(self) -> None:
        self.look_again()

    async def settled(self, row: Decided) -> None:
        """The person decided: the row says what became of it."""
        for each in self._every:
            if each.id in row.names:
                self._settled.setdefault(row.id, self._settled.get(each.id, each.group))
                self._written.pop(each.id, None)
        await self.look_now(
            f"{row.reply.contact}: {row.word}{f' ({row.why})' if row.why and row.stage not in OPEN else ''}."
        )

    def show_written(self, name: str, row: Decided) -> None:
        """What would be sent in the person's own words, in the place of the row of that id; a key approves it."""
        self._written[name] = row
        self._end_writing()
        self.list_again()
        self.tell("Read it once more: a sends exactly this.")

    def drop_written(self, row: Decided) -> None:
        """The person's own words for a message are not wanted any more."""
        for name in row.names:
            self._written.pop(name, None)
        self.list_again()
        self.tell("Nothing is sent.")

    async def find(self) -> None:
        rows = await list_rows(self.read, datetime.now(UTC))
        absence = await self.read(wire.ShowAbsence())
        self._every, self._looked = rows, True
        before = dict(self._written)
        still = await still_written(self.read, rows, before)
        self._written = {name: row for name, row in self._written.items() if name not in before} | still
        key = "b back" if absence.away else "A away"
        self.do(f"{absence.words} · {key}")
        self.list_again()

    def list_again(self, at: int | None = None) -> None:
        group = next((group for group in GROUPS if group == self._group), None)
        self._show_list([self._written.get(row.id, row) for row in in_order(self._every, group, self._settled)], at)
        self.show_groups(lambda name: len(in_order(self._every, next((g for g in GROUPS if g == name), None), {})))
        self.show_chosen()

    def _show_list(self, rows: list[Row], at: int | None) -> None:
        self.list_rows(rows, at)
        if self._ticking:
            (self._ticking.resume if self._in("leaves", "unsent") else self._ticking.pause)()

    def _in(self, *stages: Stage) -> list[Decided]:
        """What is in one of these stages, listed or not."""
        return [row for row in self._every if isinstance(row, Decided) and row.stage in stages]

    def _tick(self) -> None:
        """The seconds until an answer leaves go by; once it may have left, what became of it is asked for."""
        if self.app.screen is not self:
            return
        self._show_list(self.rows, None)
        now = datetime.now(UTC)
        self._ticks += 1
        left = any(datetime.fromisoformat(row.reply.leaves) + timedelta(seconds=1) < now for row in self._in("leaves"))
        if left or (self._in("unsent") and self._ticks % LOOK_EVERY == 0):
            self.look_again()

    def show_chosen(self) -> None:
        """What is in sight already stays as it is, and as long in sight as it was."""
        row, pages = self.chosen, self.pages
        if self._keys:
            return
        if row is None:
            self._shown = None
            pages.say("Nothing of that kind. 1 lists all." if self._every else NOTHING if self._looked else "")
        elif row != self._shown or not pages.entries:
            self._shown, self._shown_at = row, time.monotonic()
            pages.show(row.entries(datetime.now(UTC), whole=self._whole))
        self.show_hints()

    def key_hints(self) -> list[str]:
        return WRITING if self._writing else key_hints(self._shown, whole=self._whole)

    # keys

    def action_decide(self, name: str) -> None:
        """Does something to what is shown (see `Deeds`), if the person had the time to see it."""
        row, offered = self._shown, {"approve": "accept", "deny": "decline"}
        if isinstance(row, Offered):
            name = offered.get(name, "")
        if not name or not isinstance(row, Decided | Offered):
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
            self._left[self._writing.id] = self.query_one(Composer).whole_text
        self._end_writing()

    def _end_writing(self) -> None:
        self._writing, self._told_last = None, ""
        self.remove_class("-writing")
        self.set_focus(self.pages if self._whole else self.list_now)
        self.show_hints()

    def action_look(self, name: str) -> None:
        """Opens something to read, of what is shown or of all (see `Looks`)."""
        self.work(name, getattr(self._looks, name), self._shown)

    def action_come_back(self) -> None:
        self.work("absence", self._deeds.come_back)

    def action_go_away(self) -> None:
        self.work("absence", self._deeds.go_away)

    def see(self, *, whole: bool) -> None:
        self._shown = None
        super().see(whole=whole)
