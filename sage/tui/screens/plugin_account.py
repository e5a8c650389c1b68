"""An account is set up: what it would get, a field for each of its settings, and whether it then works."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from sage import wire
from sage.core.errors import BadInput
from sage.core.plugins.plugin_words import told_state
from sage.core.terminal_text import clean_line
from sage.tui.screens.panel import Panel

if TYPE_CHECKING:
    from sage.tui.stage import Stage

TRUST = "Enabled code is trusted with the account it is given, and runs as you on this machine."
KEYS = "Enter: the next one · Ctrl+S: keep it and try it · Esc"
KEPT = "(kept; type to replace it)"


async def configure(talk: Stage, app: App[Any], plugin: str, name: str) -> tuple[str, str]:
    """Sets an account up, a new one if it has no name yet; its id, and what came of it in a sentence ("": it was left)."""
    from sage.tui.screens.ask_line import AskLine

    if not name:
        about = "A name of your choice: an account at work may be called work."
        name = await app.push_screen_wait(AskLine("What shall the account be called?", about=about, example="work"))
        if not name:
            return "", ""
    shown = await talk.call(wire.ShowPlugin(plugin, name))
    if not await app.push_screen_wait(Consent(shown)):
        return "", ""
    shown = await talk.call(wire.ShowPlugin(plugin, name, agreed=shown.digest))
    return f"{plugin}/{name}", await app.push_screen_wait(AccountForm(talk, shown))


class Consent(Panel[bool]):
    """Shows what an account gets; returns whether the person agreed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("escape,n", "answer(False)", "No"),
    ]

    def __init__(self, shown: wire.PluginDescribed) -> None:
        super().__init__(f"{shown.plugin.title}: may it run for {shown.account}?")
        self._shown = shown

    def on_mount(self) -> None:
        shown = self._shown
        lines = [TRUST, "", "It gets:", *(f"  {line}" for line in shown.gets), ""]
        lines += [f"{shown.plugin.about}. Tier {shown.plugin.tier}: {shown.tier}."]
        lines += [f"It can do this: {'; '.join(shown.abilities)}."] if shown.abilities else []
        missing = shown.plugin.missing
        lines += ["", f"{missing} {shown.plugin.remedy}"] if missing else []
        self.show(lines)
        self.hint("Esc goes back" if missing else "y agrees · n does not")

    def action_answer(self, agreed: bool) -> None:
        if not (agreed and self._shown.plugin.missing):
            self.dismiss(agreed)


class AccountForm(Panel[str]):
    """A field for each setting and secret. Returns what came of it in a sentence, "" if it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("ctrl+s", "keep", "Keep and try", priority=True),
    ]

    def __init__(self, talk: Stage, shown: wire.PluginDescribed) -> None:
        super().__init__(f"{shown.plugin.title}: {shown.account}")
        self._talk, self._shown = talk, shown
        self._keys = (*shown.keys, *shown.shared)
        self._of_keys: dict[str, Input] = {}
        self._of_secrets: dict[str, Input] = {}
        self._kept = False
        """Whether it was enabled from here, and waits for other settings."""

    def fields(self) -> Iterable[Widget]:
        needed = [key for key in self._keys if key.required]
        with VerticalScroll(id="fields"):
            for key in needed:
                typed = self._of_keys[key.key] = Input(_typed(key.value), name=key.key)
                yield from _field(key.key, key.text, typed, needed=True)
            for secret in self._shown.secrets:
                hidden = Input(placeholder=KEPT if secret.there else "", password=True, name=secret.name)
                self._of_secrets[secret.name] = hidden
                yield from _field(secret.name, "a secret, kept apart", hidden, needed=not secret.optional)
            for key in self._keys:
                if not key.required:
                    typed = Input(_typed(key.value), placeholder=_typed(key.default), name=key.key)
                    self._of_keys[key.key] = typed
                    yield from _field(key.key, key.text, typed, needed=False)

    def on_mount(self) -> None:
        self.show([self._shown.untold] if self._shown.untold else [])
        self.hint(KEYS)
        fields = self.query(Input)
        if fields:
            self.set_focus(fields.first())

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """As always, but a field is not seen without what it is for."""
        super().set_focus(widget, False, from_app_focus)
        around = list(self.query_one("#fields").children)
        if widget in around:
            for part in (widget, around[around.index(widget) - 1]):
                self.call_after_refresh(part.scroll_visible, animate=False)

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        fields = list(self.query(Input))
        if event.input is fields[-1]:
            self.action_keep()
        else:
            self.set_focus(fields[fields.index(event.input) + 1])

    def action_keep(self) -> None:
        self.hint("It is tried …")
        self.work(self._keep_or_say)

    async def _keep_or_say(self) -> None:
        try:
            await self._keep()
        except BadInput as error:
            self.hint(f"{error.what} Change it and press Ctrl+S, or Esc goes back.")
            wrong = [field for field in self.query(Input) if f"`{field.name}`" in error.what]
            self.set_focus(wrong[0] if wrong else self.focused)

    async def _keep(self) -> None:
        """Keeps what was typed, lets the account run, and tells whether it works; if not, it stays to be changed."""
        shown = self._shown
        for secret in shown.secrets:
            field = self._of_secrets[secret.name]
            if field.value.strip():
                await self._talk.call(wire.StoreKey(secret.kept_as, field.value.strip()))
                field.value, field.placeholder = "", KEPT
        await self._talk.call(wire.EnablePlugin(shown.plugin.name, shown.account, shown.digest, self._changed()))
        self._kept = True
        now = await self._talk.call(wire.TryPlugin(f"{shown.plugin.name}/{shown.account}"))
        if now.state == "on":
            self.dismiss(told_state(now.id, now.state, now.words))
        else:
            self.hint(
                f"{told_state(now.id, now.state, now.words)} Change what is wrong and press Ctrl+S, or Esc leaves it so."
            )

    def _changed(self) -> dict[str, str]:
        """What differs from what stood there."""
        typed = {key.key: self._of_keys[key.key].value.strip() for key in self._keys}
        return {key.key: typed[key.key] for key in self._keys if self._kept or typed[key.key] != _typed(key.value)}

    def action_leave(self) -> None:
        self.dismiss(f"{self._shown.plugin.name}/{self._shown.account} was left as it is." if self._kept else "")


def _field(name: str, text: str, typed: Input, *, needed: bool) -> Iterable[Widget]:
    """A field below what it is for."""
    typed.compact = True
    yield Static(Text.assemble((clean_line(name), "bold"), " *" if needed else "", f": {clean_line(text)}"))
    yield typed


def _typed(value: str) -> str:
    """A value as a person types it: texts without their quotes, and without what only a terminal reads."""
    quoted = len(value) > 1 and value[0] == value[-1] == '"' and "\\" not in value
    return clean_line(value[1:-1] if quoted else value)
