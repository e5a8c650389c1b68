"""Accounts while the engine runs: kept to the settings, parked ones remembered over an end of the engine."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sage.adapters.database import Database
from sage.adapters.home.secret_store import SecretStore
from sage.adapters.journal.journal import open_journal
from sage.engine.running_accounts import RunningAccounts
from sage.locations import Home
from tests.adapters.plugins.odd import written

MANIFEST = """
name = "odd"
title = "Odd"
about = "Does what its settings say"
api = 1
kinds = ["tasks", "messaging"]
runtime = "sage_plugins.odd.source:Odd"
config = "sage_plugins.odd.source:Config"
secrets = ["password"]
"""


class Run:
    """A home with the plugin, and an engine's part that runs its accounts."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.home.prepare()
        written(self.home.plugins)
        (self.home.plugins / "odd" / "plugin.toml").write_text(MANIFEST)
        self.database: Database = open_journal(self.home.journal)
        self.running: RunningAccounts | None = None
        self.work: asyncio.Task[None] | None = None

    def settings(self, text: str) -> None:
        self.home.settings.write_text(text)
        past = time.time() - 100
        os.utime(self.home.settings, (past, past))

    async def start(self) -> RunningAccounts:
        await self.stop()
        store = SecretStore(self.home, {"SAGE_ODD": "pa55", "PATH": os.environ["PATH"]})
        self.running = RunningAccounts(self.home, self.database, store, lambda: datetime.now(UTC))
        self.work = asyncio.create_task(self.running.run())
        return self.running

    async def stop(self) -> None:
        if self.work and self.running:
            self.work.cancel()
            await asyncio.wait([self.work])
            await self.running.close()

    def words(self, name: str) -> str:
        assert self.running
        return next((state.words for state in self.running.host.states() if state.account == f"odd/{name}"), "?")

    def agree(self, name: str) -> None:
        from sage.adapters.plugins.found import find_plugins

        assert self.running
        digest = find_plugins(self.home).plugin("odd").digest
        self.running.pages.agree(f"odd/{name}", digest, 1, datetime.now(UTC))


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Run]:
    made = Run(tmp_path)
    yield made
    await made.stop()
    made.database.close()


async def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


ONE = '[plugins.odd.one]\nenabled = true\npassword_key = "SAGE_ODD"\n'


async def test_code_from_outside_runs_only_after_a_yes_and_a_change_asks_again(run: Run) -> None:
    run.settings(ONE)
    running = await run.start()
    await until(lambda: run.words("one") != "?")
    assert "not those that you agreed to" in run.words("one") and "sage plugin enable odd one" in run.words("one")
    run.agree("one")
    await running.start_again("odd/one")
    assert (await running.ask("odd/one", "health")).words.startswith("pa55 odd/one UTC")
    source = run.home.plugins / "odd" / "source.py"
    source.write_text(source.read_text() + "\n# changed\n")
    await running.host.look_again()
    assert "not those that you agreed to" in run.words("one")


async def test_what_runs_imports_late_what_was_agreed_to_whatever_became_of_its_folder(run: Run) -> None:
    folder = run.home.plugins / "odd"
    source = folder / "source.py"
    late = "    async def health(self):\n        from .late import WORDS\n        return Health('ok', WORDS)\n"
    source.write_text(
        source.read_text().replace("    async def health(self):\n", late + "    async def other(self):\n")
    )
    (folder / "late.py").write_text("WORDS = 'as agreed'")
    run.settings(ONE)
    running = await run.start()
    run.agree("one")
    await running.start_again("odd/one")
    await until(lambda: running.is_on("odd/one"))
    (folder / "late.py").write_text("WORDS = 'changed meanwhile'")
    assert (await running.ask("odd/one", "health")).words == "as agreed"
    await running.host.look_again()
    assert "not those that you agreed to" in run.words("one")
    await running.host.look_again()
    assert not list(run.home.plugin_copies.iterdir())


async def test_an_edit_of_the_settings_starts_and_ends_accounts(run: Run) -> None:
    running = await run.start()
    run.agree("one")
    run.settings(ONE + "count = 2\n")
    await until(lambda: running.accounts("tasks") == ("odd/one",))
    assert len(await running.ask("odd/one", "list")) == 2
    run.settings("[plugins.odd.one\n")  # half an edit: what runs goes on
    await asyncio.sleep(2.5)
    assert len(await running.ask("odd/one", "list")) == 2
    run.settings(ONE.replace("true", "false"))
    await until(lambda: running.accounts("tasks") == ())


async def test_a_parked_account_stays_so_over_an_end_of_the_engine_until_something_was_done(run: Run) -> None:
    run.settings(ONE + 'how = "auth"\n')
    running = await run.start()
    run.agree("one")
    await running.start_again("odd/one")
    await until(lambda: run.words("one") == "The password is refused.")
    for _ in range(2):  # looked at again, and after another start of the engine
        await running.host.look_again()
        assert run.words("one") == "The password is refused. When that is mended: sage plugin start odd/one"
        running = await run.start()
        await until(lambda: run.words("one") not in ("?", ""))
    run.settings(ONE)
    os.utime(run.home.settings)
    await until(lambda: bool(running.accounts("tasks")))
    assert (await running.ask("odd/one", "health")).state == "ok"


async def test_a_missing_secret_says_how_it_is_given(run: Run) -> None:
    run.settings(ONE.replace("SAGE_ODD", "SAGE_OTHER") + "\n[plugins.odd.two]\nenabled = true\n")
    await run.start()
    run.agree("one")
    run.agree("two")
    await until(lambda: run.words("two") != "?")
    assert run.running
    await run.running.host.look_again()
    assert "There is no secret SAGE_OTHER." in run.words("one") and "SAGE_OTHER" in run.words("one").split(".", 1)[1]
    assert "`password_key` is missing" in run.words("two") and "settings.toml line" in run.words("two")
