"""Settings: every key with what it does, what it is and where that comes from; changed in place, and taken back with one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.widgets import Static

from sage import wire
from sage.core.errors import BadInput, BadSetting
from sage.core.setting_words import changed_words, group_of, shown_value
from sage.core.terminal_text import clean_line
from sage.tui.screens.ask_line import AskLine
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.reading import Pages
from sage.tui.widgets.results import Item, Results
from sage.tui.working import Working

if TYPE_CHECKING:
    from sage.tui.app import SageApp
    from sage.tui.stage import Stage

KEYS = "Enter changes · d default · u takes the last change back · Tab group · o opens the file · Esc"
TABLES = "This is a table of its own: o opens settings.toml in your editor."


class Settings(Working):
    """A list by group, and the chosen one in full. What the file says goes through the engine, which checks it first."""

    AUTO_FOCUS = "Results"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    LOOKS = ("finding",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("tab", "group(1)", "Next group", priority=True),
        Binding("shift+tab", "group(-1)", "Group before", priority=True),
        Binding("e", "change", "Change"),
        Binding("d", "reset", "Default"),
        Binding("u", "undo", "Take back"),
        Binding("o", "open", "Editor"),
    ]
    app: SageApp

    def __init__(self, talk: Stage) -> None:
        super().__init__(talk)
        self.add_class("place")
        self._profile = ""
        self._every: tuple[wire.Setting, ...] = ()
        self._rows: list[wire.Setting] = []
        self._group = ""

    def compose(self) -> ComposeResult:
        with Horizontal(id="searching"):
            yield Static("Settings", id="place", markup=False)
            yield Static("", id="doing", markup=False)
        yield Static("", id="groups", markup=False)
        with Container(id="found"):
            yield Results()
            yield Pages(classes="pane")
        yield Static("", id="hints", markup=False)

    def on_mount(self) -> None:
        self.show_hints()
        self.work("finding", self.find)

    # what is shown

    async def find(self) -> None:
        """Every setting as it is now."""
        shown = await self.read(wire.ShowProfile())
        self._profile, self._every = shown.name, shown.settings
        self._list(self.query_one(Results).chosen)

    @property
    def chosen(self) -> wire.Setting | None:
        """The setting that is chosen."""
        place = self.query_one(Results).chosen
        return self._rows[place] if place < len(self._rows) else None

    @property
    def groups(self) -> list[str]:
        """The groups in their order; "" is all of them."""
        return ["", *dict.fromkeys(group_of(one.key) for one in self._every)]

    def _list(self, at: int = 0) -> None:
        self._rows = [one for one in self._every if self._group in ("", group_of(one.key))]
        where = self.app.home.settings
        self.query_one("#doing", Static).update(clean_line(f"profile {self._profile} · kept in {where}"))
        named = " · ".join(f"[{group or 'all'}]" if group == self._group else group or "all" for group in self.groups)
        self.query_one("#groups", Static).update(clean_line(named))
        self.query_one(Results).show(len(self._rows), self._item, at=at)
        self._show()

    def _item(self, place: int) -> Item:
        one = self._rows[place]
        return Item(f"{one.key} = {shown_value(one.value)}", one.origin, one.text)

    @on(Results.Chosen)
    def _chose(self) -> None:
        self.tell("")
        self._show()

    def _show(self) -> None:
        one = self.chosen
        lines = []
        if one:
            lines = [one.text, f"`{one.key} = {shown_value(one.value)}`", f"It comes from: {one.origin}."]
            lines += [f"It may be {one.kind}. The default is `{shown_value(one.default)}`."] * bool(one.kind)
            lines += [TABLES] * (not _is_one(one))
        self.query_one(Pages).show([Entry("assistant", "\n\n".join(lines))] if lines else [])

    def show_hints(self) -> None:
        """What is waited for, else what was told, else the keys."""
        self.query_one("#hints", Static).update(clean_line(self._awaited or self._told_last or KEYS))

    # what is done

    @on(Results.Opened)
    def action_change(self) -> None:
        if one := self.chosen:
            if _is_one(one):
                self.work("doing", self._change, one, shown_value(one.value), "")
            else:
                self.tell(TABLES)

    async def _change(self, one: wire.Setting, typed: str, trouble: str) -> None:
        """Asks until it fits, or is left; what was typed stays."""
        about = f"{one.text}\n\nIt may be {one.kind}."
        about += f"\n\n{trouble}" if trouble else ""
        typed = await self.app.push_screen_wait(AskLine(one.key, about=about, value=typed))
        if not typed:
            return
        try:
            changed = await self._talk.call(wire.SetSetting(one.key, typed))
        except (BadSetting, BadInput) as error:
            await self._change(one, typed, f"{error.what} {error.safe}")
            return
        await self.find()
        self.tell(f"{changed_words(one.key, changed.setting.value, changed.over)} u takes it back.")

    def action_reset(self) -> None:
        if (one := self.chosen) and _is_one(one):
            self.work("doing", self._reset, one)

    async def _reset(self, one: wire.Setting) -> None:
        changed = await self._talk.call(wire.SetSetting(one.key, reset=True))
        await self.find()
        self.tell(f"{changed_words(one.key, changed.setting.value, changed.over)} u takes that back.")

    def action_undo(self) -> None:
        self.work("doing", self._undo)

    async def _undo(self) -> None:
        await self._talk.call(wire.UndoSetting())
        await self.find()
        self.tell("settings.toml is as it was before the last change.")

    def action_open(self) -> None:
        self.work("doing", self._open)

    async def _open(self) -> None:
        from sage.tui.editor import edit

        changed = edit(self.app, self.app.home.settings, 1)
        await self.find()
        self.tell("Read anew: it counts from now on." if changed else "Nothing was changed.")

    def action_group(self, by: int) -> None:
        groups = self.groups
        self._group = groups[(groups.index(self._group) + by) % len(groups)]
        self._list()

    def action_leave(self) -> None:
        self.dismiss()


def _is_one(one: wire.Setting) -> bool:
    """Whether it is one value that can be typed, and neither a table nor a plugin's."""
    return bool(one.kind) and not one.kind.startswith("a table")
