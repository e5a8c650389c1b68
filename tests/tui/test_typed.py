"""Keys that wait: what they wait for may never come, since the app is left."""

from __future__ import annotations

from textual import events
from textual.app import App

from sage.tui.typed import Typed


async def test_keys_that_wait_while_the_app_is_left_go_nowhere() -> None:
    came: list[events.Event] = []
    shut = True

    async def deliver(event: events.Event) -> None:
        came.append(event)

    app: App[None] = App()
    typed = Typed(app, deliver, lambda: shut)
    await typed.take(events.Key("a", "a"))
    shut = False
    assert not app.screen_stack
    await typed._look()
    assert came == []
