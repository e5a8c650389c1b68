"""Every screen of the app over an engine that is played, each opened with values that are made up of its types."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

import sage.tui
from sage import wire
from sage.core.forgetting.forgetting import Forgetting as ForgottenThing
from sage.core.messages import TextDelta
from sage.core.model_choice import ModelOption
from sage.core.passages import Hit
from sage.core.turns import Answer, ApprovalNeeded, TurnStarted
from sage.locations import Home
from sage.tui.app import SageApp
from sage.tui.screens.talk import Talk
from tests.played_door import Emit, PlayedDoor, Reply, says
from tests.tui.made_up import Words, made_up, plain_words

ANSWER = """Tomatoes want **six hours of sun** and water at the roots [1].

- Never on the leaves
- The bed by the south wall did best [2]

| bed | sun |
|---|---|
| south | 7 h |
| fence | 4 h |

```python
def hours(bed):
    return {"south": 7}.get(bed)  # of sun
```
"""


@dataclass(frozen=True)
class View:
    """A screen and how one comes there: `place` is gone to, or else `make` makes the screen that is shown over Talk; `keys`
    are pressed there, `says` is said in Talk before, `replies` are the engine's. `ready` tells when it is all there."""

    shows: str
    place: str = ""
    make: Callable[[Talk, Words], Screen[Any]] | None = None
    says: str = ""
    keys: tuple[str, ...] = ()
    replies: Callable[[Words], Mapping[type, Reply]] = lambda words: {}


def screens() -> set[str]:
    """The names of all screens of the app that can be shown: the bases of others are left out."""
    for module in pkgutil.walk_packages(sage.tui.__path__, "sage.tui."):
        importlib.import_module(module.name)
    own = {kind.__name__ for kind in _below(Screen) if kind.__module__.startswith("sage.tui.")}
    return {name for name in own if "[" not in name} - {"Over", "Panel", "Place", "Working", "SideBySide"}


def _below(kind: type) -> list[type]:
    return [each for one in kind.__subclasses__() for each in (one, *_below(one))]


def _load(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"sage.tui.screens.{module}"), name)


def _of(module: str, name: str, *kinds: Any, talk: bool = True) -> Callable[[Talk, Words], Screen[Any]]:
    """The screen of a module, made with Talk and with values of these types."""

    def make(shown: Talk, words: Words) -> Screen[Any]:
        values = [kind if isinstance(kind, str | int) else made_up(kind, words) for kind in kinds]
        screen: Screen[Any] = _load(module, name)(*([shown] if talk else []), *values)
        return screen

    return make


def _asked(words: Words, *, approval: bool = False) -> Mapping[type, Reply]:
    """An engine that answers with Markdown and sources, after an approval if that is asked for."""

    async def answer(request: Any, emit: Emit) -> Answer:
        await emit(TurnStarted("t1", "c1", words("model")))
        if approval:
            await emit(made_up(ApprovalNeeded, words))
            await asyncio.Event().wait()
        text = ANSWER if words is plain_words else words("text")
        await emit(TextDelta(text))
        sources = made_up(tuple[Hit, ...], words)
        return Answer(
            "t1", "c1", text, sources, model=words("model"), trouble="" if words is plain_words else words("trouble")
        )

    return {wire.Ask: answer}


def _first_run(words: Words) -> Mapping[type, Reply]:
    options = tuple(
        made_up(ModelOption, words, id=f"m{n}", kind=kind) for n, kind in enumerate(("embedded", "local", "none"))
    )
    return {wire.ShowSetup: says(wire.SetupShown(("model", "notes"), options, (), words("home")))}


VIEWS: dict[str, View] = {
    "talk": View("Talk"),
    "talk_answer": View("Talk", says="how much sun", replies=_asked),
    "talk_sources": View("Talk", says="how much sun", keys=("ctrl+o",), replies=_asked),
    "talk_approval": View("Talk", says="write to tom", replies=lambda words: _asked(words, approval=True)),
    "first_run": View("Choice", replies=_first_run),
    "earlier": View("SearchChoice", keys=("ctrl+r",)),
    "capture": View("Capture", keys=("f8",)),
    "palette": View("Palette", keys=("ctrl+p",)),
    "settings": View("Settings", make=_of("settings", "Settings")),
    "today": View("Today", make=lambda talk, words: _load("today", "Today")(talk, lambda: 1709629200.0)),
    "inbox": View("Inbox", "inbox"),
    "memory": View("Memory", "memory", replies=lambda words: {
        wire.ReadAround: says(made_up(wire.Passages, words, at=0))}),
    "models": View("Models", "models"),
    "sheets": View("Sheets", "sheets"),
    "notes_folder": View("NotesFolder", make=_of("first_run", "NotesFolder", "/home/demo/sage", talk=False)),
    "installing": View("Installing", make=lambda talk, words: _load("first_run", "Installing")(None, made_up(ModelOption, words))),
    "plugins": View("PluginsPanel", make=_of("plugins", "PluginsPanel")),
    "plugin_consent": View("Consent", make=_of("plugin_account", "Consent", wire.PluginDescribed, talk=False)),
    "plugin_account": View("AccountForm", make=_of("plugin_account", "AccountForm", wire.PluginDescribed)),
    "schedules": View("SchedulesPanel", make=_of("schedules", "SchedulesPanel")),
    "nudges": View("NudgesPanel", make=_of("nudges", "NudgesPanel")),
    "ritual": View("RitualPanel", make=_of("ritual", "RitualPanel", wire.ShowRitual.reply)),
    "sharing": View("Sharing", make=_of("sharing", "Sharing", Hit)),
    "forgetting": View("Forgetting", make=_of("forgetting", "Forgetting", Hit)),
    "forgotten": View("Forgotten", make=_of("forgetting", "Forgotten", tuple[ForgottenThing, ...])),
    "keeping": View("Keeping", make=_of("keeping", "Keeping", wire.ReplyShown)),
    "hint_sharing": View("HintSharing", make=_of("hint_sharing", "HintSharing", wire.ReplyShown, 0)),
    "bundles": View("Bundles", make=_of("bundles", "Bundles")),
    "cases": View("Cases", make=_of("side_by_side", "Cases", wire.TrialShown, talk=False)),
    "ballots": View("Ballots", make=_of("side_by_side", "Ballots", wire.BallotShown)),
    "sheet_price": View("SheetPrice", make=lambda talk, words: _load("sheet_price", "SheetPrice")(
        talk.call, made_up(wire.PlanSheet, words))),
    "ask_line": View("AskLine", make=lambda talk, words: _load("ask_line", "AskLine")(
        words("title"), about=words("about"), example=words("example"), value=words("value"))),
    "agreement": View("Agreement", make=lambda talk, words: _load("agreement", "Agreement")(
        words("title"), (words("text"), words("why")), "does it")),
    "told": View("Told", make=lambda talk, words: _load("told", "Told")(
        words("title"), _lines(words), {"w": ("why", _lines(words))})),
}  # fmt: skip


def _lines(words: Words) -> Callable[[], Any]:
    async def load() -> list[str]:
        return [words("text"), words("source")]

    return load


@asynccontextmanager
async def showing(
    view: View, home: Home, size: tuple[int, int] = (80, 24), theme: str = "dark", words: Words = plain_words
) -> AsyncIterator[Pilot[Any]]:
    """The app with a screen of it, when nothing more is asked of the engine."""
    status = made_up(wire.EngineStatus, words, theme=theme, paused="", away="")
    quiet: dict[type, Reply] = {
        wire.ShowSetup: says(wire.SetupShown((), (), (), words("home"))),
        wire.ShowStatus: says(status),
        wire.ShowMissed: says(wire.Missed()),
    }
    async with PlayedDoor(home, quiet | dict(view.replies(words)), words).open() as door:
        app = SageApp(Home(Path("/home/demo/sage")))
        app.home = home
        async with app.run_test(size=size) as pilot:
            await quiet_at(pilot, door, lambda: wire.ShowStatus in map(type, door.asked))
            await _come_to(view, pilot, door, words)
            yield pilot


async def _come_to(view: View, pilot: Pilot[Any], door: PlayedDoor, words: Words) -> None:
    app = pilot.app
    assert isinstance(app, SageApp)
    talk = app._talk
    assert talk
    if view.says:
        talk.say(view.says)
    if view.place:
        app.go_to(view.place)
    elif view.make:
        app.push_screen(view.make(talk, words))
    await quiet_at(pilot, door, lambda: view.keys or type(app.screen).__name__ == view.shows)
    if view.keys:
        await pilot.press(*view.keys)
        await quiet_at(pilot, door, lambda: type(app.screen).__name__ == view.shows)


async def quiet_at(pilot: Pilot[Any], door: PlayedDoor, holds: Callable[[], object], seconds: float = 20) -> None:
    """Waits until something holds and the engine has not been asked anything for a while."""
    still, asked = 0, -1
    for _ in range(int(seconds / 0.02)):
        await asyncio.sleep(0.02)
        still = still + 1 if holds() and len(door.asked) == asked else 0
        asked = len(door.asked)
        if still >= 8:
            await pilot.pause()
            return
    raise TimeoutError(f"{pilot.app.screen} is shown; asked last: {door.asked[-3:]}")


__all__ = ["VIEWS", "View", "screens", "showing"]
