"""Plugins and their accounts: how each is, on, off, and a new one."""

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
from sage.core.plugins.plugin_words import STATES, told_state
from sage.core.terminal_text import clean
from sage.tui.screens import STYLES
from sage.tui.screens.over import Over
from sage.tui.widgets.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sage.tui.stage import Stage

ACCOUNT_KEYS = {"Enter": "change it", "s": "start it again", "o": "off", "Esc": "close"}
PLUGIN_KEYS = {"Enter": "a new account", "Esc": "close"}


class PluginsPanel(Over[None]):
    """Accounts stand first, then what there is. What the marked one is, or wants, stands below the list."""

    CSS_PATH = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("s", "start", "Start again"),
        Binding("o", "off", "Off"),
    ]

    def __init__(self, talk: Stage) -> None:
        super().__init__()
        self._talk = talk
        self._rows: list[wire.PluginAccount | wire.PluginShown] = []
        self._broken: tuple[wire.PluginBroken, ...] = ()
        self._told = ""
        """What was done last, or a trouble."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="panel"):
            yield Static("Plugins and accounts", classes="title", markup=False)
            yield OptionList()
            yield Static("", classes="about", markup=False)
            yield Keys()

    def on_mount(self) -> None:
        self._work(self._read(""))

    async def _read(self, told: str, account: str = "") -> None:
        """Shows how all is now, and what was done; marks that account."""
        shown = await self._talk.call(wire.ListPlugins())
        accounts = [account for plugin in shown.plugins for account in plugin.accounts]
        self._rows = [*accounts, *shown.strays, *shown.plugins]
        self._broken = shown.broken
        listing = self.query_one(OptionList)
        ids = [row.id for row in self._rows if isinstance(row, wire.PluginAccount)]
        place = ids.index(account) if account in ids else listing.highlighted or 0
        listing.clear_options()
        listing.add_options([Option(_prompt(row)) for row in self._rows])
        listing.highlighted = min(place, len(self._rows) - 1) if self._rows else None
        self._told = told
        self._show_marked()

    @property
    def _marked(self) -> wire.PluginAccount | wire.PluginShown | None:
        place = self.query_one(OptionList).highlighted
        return self._rows[place] if place is not None and place < len(self._rows) else None

    @property
    def _account(self) -> wire.PluginAccount | None:
        return self._marked if isinstance(self._marked, wire.PluginAccount) else None

    @on(OptionList.OptionHighlighted)
    def _show_marked(self) -> None:
        marked = self._marked
        lines: list[str] = []
        if isinstance(marked, wire.PluginAccount):
            lines = [marked.words or f"{marked.id} is {STATES[marked.state]}."]
        elif marked:
            lines = [f"{marked.about}. Brings {', '.join(marked.kinds)}."]
            lines += [f"{marked.missing} {marked.remedy}"] * bool(marked.missing)
        else:
            lines = ["There are no plugins."]
        lines += [f"{one.what} {one.do}" for one in self._broken]
        lines += ["", self._told] if self._told and self._told not in lines else []
        self.query_one(".about", Static).update(clean("\n".join(lines)))
        keys = ACCOUNT_KEYS if self._account else PLUGIN_KEYS if marked else {"Esc": "close"}
        self.query_one(Keys).show(keys)

    def _work(self, work: Coroutine[None, None, None]) -> None:
        self.run_worker(self._carry_out(work), exclusive=True, exit_on_error=False)

    async def _carry_out(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except SageError as error:
            self._told = str(error)
            self._show_marked()

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        if marked := self._marked:
            self._work(self._configure(marked))

    async def _configure(self, marked: wire.PluginAccount | wire.PluginShown) -> None:
        from sage.tui.screens.plugin_account import configure

        plugin, name = (marked.plugin, marked.name) if isinstance(marked, wire.PluginAccount) else (marked.name, "")
        account, told = await configure(self._talk, self.app, plugin, name)
        await self._read(told, account)

    def action_start(self) -> None:
        if account := self._account:
            self._work(self._start(account.id))

    async def _start(self, account: str) -> None:
        await self._talk.call(wire.StartPlugin(account))
        now = await self._talk.call(wire.TryPlugin(account))
        await self._read(told_state(now.id, now.state, now.words))

    def action_off(self) -> None:
        if account := self._account:
            self._work(self._off(account.id))

    async def _off(self, account: str) -> None:
        await self._talk.call(wire.DisablePlugin(account))
        await self._read(f"{account} is off. Its settings stay.")

    def action_leave(self) -> None:
        self.dismiss()


def _prompt(row: wire.PluginAccount | wire.PluginShown) -> Text:
    if isinstance(row, wire.PluginAccount):
        return Text(clean(row.id), style="bold").append(f" · {STATES[row.state]}", style="not bold dim")
    return Text(clean(row.title)).append(clean(f" · {row.about}"), style="dim")
