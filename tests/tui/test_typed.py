"""Keys that wait: what they wait for may never come, since the app is left."""

from __future__ import annotations

import time

from textual import events
from textual.app import App
from textual.worker import Worker

from sage.tui.typed import HOLDS, Typed, _Deed


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


def test_keys_do_not_wait_for_ever_for_what_a_key_began() -> None:
    async def looks() -> None: ...

    work: Worker[None] = Worker(App(), looks, name="looks for something")
    now = time.monotonic()
    assert _Deed(work, "memory", now).holds("memory", writes=False)
    assert not _Deed(work, "memory", now - HOLDS).holds("memory", writes=False)
