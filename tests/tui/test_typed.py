"""Keys that wait: what they wait for may never come, since the app is left."""

from __future__ import annotations

import time

from textual import events
from textual.app import App

from sage.tui.typed import Typed, _Deed


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


async def test_keys_do_not_wait_for_work_that_another_took_the_place_of_before_it_began() -> None:
    async def looks() -> None: ...

    app: App[None] = App()
    async with app.run_test() as pilot:
        first = app.run_worker(looks, name="looks", exclusive=True)
        assert _Deed(first, "memory", time.monotonic()).holds("memory", writes=False)
        await app.run_worker(looks, name="looks", exclusive=True).wait()
        await pilot.pause()
        assert first.is_running  # which is not so
        assert not _Deed(first, "memory", time.monotonic()).holds("memory", writes=False)
