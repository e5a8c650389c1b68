"""The host of plugins: one that fails is started again, then parked, and no other notices."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sage.engine import plugin_host
from sage.engine.plugin_host import AccountState, Launch, Listeners, PluginHost, Wanted
from sage.plugin_api import Batch, Unreachable, Unsupported, Unsure
from tests.adapters.plugins.odd import written


class House:
    """Accounts that a test sets, and what the host told."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.plugins = folder, written(folder / "plugins")
        self.launches: list[Launch] = []
        self.hindered: dict[str, str] = {}
        self.states: list[tuple[str, str, str]] = []
        self.taken: list[tuple[str, Batch]] = []
        self.cursors: dict[str, str] = {}
        self.host = PluginHost(
            lambda: Wanted(tuple(self.launches), dict(self.hindered)),
            Listeners(self.batch, lambda account: self.cursors.get(account, ""), lambda account: None, self.state),
            delay=lambda again: again.after / 1000,
        )

    def add(self, name: str, **config: Any) -> Launch:
        receives = ("RECEIVE",) if config.pop("receives", False) else ()
        launch = Launch(
            f"odd/{name}", self.plugins, "sage_plugins.odd.source:Odd", "sage_plugins.odd.source:Config",
            ("tasks", "messaging"), receives, config, {"password": "pa55"}, folder=self.folder / name,
            environment={"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", str(Path.cwd()))},
        )  # fmt: skip
        self.launches.append(launch)
        return launch

    async def batch(self, account: str, batch: Batch) -> None:
        self.taken.append((account, batch))
        self.cursors[account] = batch.cursor

    def state(self, state: AccountState) -> None:
        self.states.append((state.account, state.state, state.words))

    def of(self, name: str) -> AccountState:
        return next(state for state in self.host.states() if state.account == f"odd/{name}")

    async def becomes(self, name: str, state: str) -> str:
        await until(lambda: self.of(name).state == state)
        return self.of(name).words


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    yield made
    await made.host.close()


async def until(true: Callable[[], bool], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_before_the_first_look_an_account_is_not_unknown_but_not_running_yet(house: House) -> None:
    with pytest.raises(Unreachable, match="not running yet"):
        await house.host.ask("odd/one", "list")


async def test_a_call_waits_for_the_start_and_an_account_that_is_off_says_so(house: House) -> None:
    house.add("one", count=3)
    await house.host.look_again()
    assert len(await house.host.ask("odd/one", "list")) == 3
    with pytest.raises(Unsupported, match="not enabled"):
        await house.host.ask("odd/two", "list")


async def test_one_that_crashes_comes_back_then_is_parked_and_the_other_goes_on(house: House) -> None:
    house.add("bad", how="segfault")
    house.add("good", count=1)
    await house.host.look_again()
    while house.of("bad").state != "parked":
        with pytest.raises((Unsure, Unreachable)):
            await house.host.ask("odd/bad", "list")
        assert len(await house.host.ask("odd/good", "list")) == 1
    words = await house.becomes("bad", "parked")
    assert words == "The plugin was ended by SIGSEGV. That was the fifth time within 30 minutes."
    with pytest.raises(Unreachable, match="SIGSEGV"):
        await house.host.ask("odd/bad", "list")
    assert {state for account, state, _ in house.states if account == "odd/good"} == {"on"}


async def test_what_it_wrote_last_is_there_while_it_runs_and_after_it_crashed(house: House) -> None:
    launch = house.add("one", how="prints")
    await house.host.look_again()
    await house.becomes("one", "on")
    await until(lambda: "a traceback of sorts" in house.host.last_words("odd/one"))
    process = house.host._keepers[launch.account]._process
    assert process
    house.launches.clear()  # so that it is not started again
    os.kill(process._child.pid, signal.SIGKILL)
    await house.becomes("one", "waits")
    assert "a traceback of sorts" in house.host.last_words("odd/one") and house.host.last_words("odd/two") == ""


async def test_one_that_crashes_after_its_code_was_changed_does_not_come_back_with_it(house: House) -> None:
    launch = house.add("one", count=1)
    await house.host.look_again()
    await house.becomes("one", "on")
    process = house.host._keepers[launch.account]._process
    assert process
    house.launches.clear()
    house.hindered[launch.account] = "Its files are not those that you agreed to."
    os.kill(process._child.pid, signal.SIGKILL)
    await house.becomes("one", "waits")
    await asyncio.wait([house.host._keepers[launch.account]._work])
    assert [state for _, state, _ in house.states] == ["on", "waits"]
    await house.host.look_again()
    assert await house.becomes("one", "parked") == house.hindered[launch.account]


async def test_credentials_that_are_refused_park_it_at_once(house: House) -> None:
    house.add("one", how="auth")
    await house.host.look_again()
    assert await house.becomes("one", "parked") == "The password is refused."
    assert [state for _, state, _ in house.states] == ["parked"]


async def test_a_service_that_is_away_is_tried_again(house: House) -> None:
    house.add("one", how="unreachable")
    await house.host.look_again()
    await until(lambda: sum(state == "starting" for _, state, _ in house.states) >= 6)
    assert all(words in ("", "No route.") for _, _, words in house.states)


async def test_other_settings_start_it_anew_and_the_others_stay(house: House) -> None:
    first = house.add("one", how="auth")
    house.add("two")
    await house.host.look_again()
    await house.becomes("one", "parked")
    await house.becomes("two", "on")
    kept = house.host._keepers["odd/two"]
    house.launches[0] = replace(first, config={"count": 2})
    await house.host.look_again()
    assert len(await house.host.ask("odd/one", "list")) == 2
    assert house.host._keepers["odd/two"] is kept
    house.launches.pop()
    await house.host.look_again()
    assert [state.account for state in house.host.states()] == ["odd/one"]


async def test_a_parked_one_can_be_started_again(house: House, tmp_path: Path) -> None:
    house.add("one", how="auth")
    await house.host.look_again()
    await house.becomes("one", "parked")
    source = tmp_path / "plugins" / "odd" / "source.py"
    source.write_text(source.read_text().replace('raise AuthRefused("The password is refused.")', "pass"))
    await house.host.start_again("odd/one")
    assert await house.becomes("one", "on") == ""


async def test_messages_come_once_each_over_an_end_of_the_process(house: House) -> None:
    house.add("one", count=400, receives=True)
    await house.host.look_again()
    await until(lambda: len(house.taken) > 5)
    os.kill(house.host._keepers["odd/one"]._process._child.pid, signal.SIGKILL)  # type: ignore[union-attr]
    await until(lambda: house.cursors.get("odd/one") == "400")
    ids = [event.id for _, batch in house.taken for event in batch.events]
    assert sorted(set(ids), key=lambda one: int(one[1:])) == [f"m{n}" for n in range(400)]
    assert len(ids) <= 401  # the one that was under way may come twice: whoever keeps it knows its id


async def test_a_connection_that_is_cut_is_listened_to_again_in_the_same_process(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_host, "COUNTS_AS_WELL", 60.0)
    house.add("one", how="cuts", receives=True)
    await house.host.look_again()
    assert await house.becomes("one", "waits") == "The connection was cut."
    pid = house.host._keepers["odd/one"]._process._child.pid  # type: ignore[union-attr]
    assert (await house.host.ask("odd/one", "health")).state == "ok"
    await asyncio.sleep(0.3)
    assert house.host._keepers["odd/one"]._process._child.pid == pid  # type: ignore[union-attr]
    assert [state for _, state, _ in house.states] == ["on", "waits"]  # told once


async def test_what_hinders_an_account_is_told_once_and_asked_accounts_say_it(house: House) -> None:
    house.hindered["odd/one"] = "The library oddlib is missing."
    for _ in range(2):
        await house.host.look_again()
    assert house.states == [("odd/one", "parked", "The library oddlib is missing.")]
    with pytest.raises(Unreachable, match="oddlib"):
        await house.host.ask("odd/one", "list")
    house.hindered.clear()
    house.add("one", count=1)
    await house.host.look_again()
    assert len(await house.host.ask("odd/one", "list")) == 1


async def test_closing_ends_every_process(house: House) -> None:
    for name in ("one", "two"):
        house.add(name)
    house.add("three", how="never ready")
    await house.host.look_again()
    await house.becomes("two", "on")
    began = time.monotonic()
    await house.host.close()
    assert time.monotonic() - began < 20 and house.host.states() == ()
