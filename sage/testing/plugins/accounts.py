"""What all suites of the kit share: the account that a test is given, a plugin driven by it, and what is left out."""

from __future__ import annotations

import functools
import importlib
import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import pytest

from sage.adapters.calendar_entries import read_calendar
from sage.adapters.plugins import frames
from sage.adapters.plugins.loading import PACKAGE, found_at
from sage.adapters.plugins.process import Heard, PluginProcess, environment_for
from sage.core.plugins.manifest import Manifest, read_manifest
from sage.plugin_api import API, Batch, CalendarPage, Capability, Context, Secret, Source

Test = TypeVar("Test", bound=Callable[..., Any])


@dataclass(frozen=True)
class GivenAccount:
    """A fresh and empty account on the other side.

    `config`: the account's settings, as they stand in settings.toml. `secrets`: by the manifest's names. `own`: the
    person's addresses. `other`: another client of the same account (each suite says what it must be able to do); without
    one, what needs it is skipped.
    """

    config: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    other: Any = None


class Driver(Protocol):
    """Runs one account's plugin. `ask` is as in `ports.Accounts`: what is an async iterator comes as a tuple."""

    async def open(self, zone: str) -> None: ...
    async def ask(self, do: str, *given: Any) -> Any: ...
    async def close(self) -> None: ...


class BareDriver:
    """The plugin's object itself, in the test's own process."""

    def __init__(self, manifest: Manifest, given: GivenAccount, folder: Path) -> None:
        self._manifest, self._given, self._folder = manifest, given, folder
        self.source: Source | None = None

    async def open(self, zone: str) -> None:
        self.source = made(self._manifest, self._given, self._folder, zone)
        await self.source.open()

    async def ask(self, do: str, *given: Any) -> Any:
        answer = getattr(self.source, do)(*given)
        if hasattr(answer, "__aiter__"):
            return tuple([each async for each in answer])
        return await answer

    async def close(self) -> None:
        if self.source:
            await self.source.close()


class ProcessDriver:
    """The plugin in a process of its own, as it runs in Sage."""

    def __init__(self, manifest: Manifest, given: GivenAccount, folder: Path, heard: Heard | None = None) -> None:
        self._manifest, self._given, self._folder = manifest, given, folder
        self._heard = heard or Heard(_nobody_listens, lambda: None)
        self.process: PluginProcess | None = None

    async def open(self, zone: str) -> None:
        manifest, given = self._manifest, self._given
        told = frames.Open(
            API,
            f"{manifest.name}/test",
            str(folder_of(manifest.name).parent),
            manifest.runtime,
            manifest.config,
            dict(given.config),
            dict(given.secrets),
            str(self._folder),
            zone,
            given.own,
            manifest.memory_mb,
        )
        environment = environment_for(manifest.environment, os.environ)
        self.process = await PluginProcess.start(told, self._heard, environment)

    async def ask(self, do: str, *given: Any) -> Any:
        assert self.process, "the account is not open"
        return await self.process.ask(do, *given)

    async def close(self) -> None:
        if self.process:
            await self.process.stop()


async def _nobody_listens(batch: Batch) -> None:
    raise NotImplementedError("This suite listens to no messages.")


def made(manifest: Manifest, given: GivenAccount, folder: Path, zone: str = "UTC") -> Source:
    """The plugin's object for an account, not yet opened. `folder` is its private one."""
    config = found_at(manifest.config).model_validate(dict(given.config))
    secrets = {name: Secret(value) for name, value in given.secrets.items()}
    calendar = functools.partial(_read_calendar, zone, given.own)
    context = Context(f"{manifest.name}/test", config, folder, zone, given.own, secrets, read_calendar=calendar)
    source: Source = found_at(manifest.runtime)(context)
    return source


def _read_calendar(zone: str, own: tuple[str, ...], data: bytes, since: datetime, until: datetime) -> CalendarPage:
    return read_calendar(data, since, until, zone, own)


def manifest_of(plugin: str) -> Manifest:
    """The manifest of a plugin whose folder is within reach (see `sage.adapters.plugins.loading.reach`)."""
    return read_manifest((folder_of(plugin) / "plugin.toml").read_text(encoding="utf-8"), plugin)


def folder_of(plugin: str) -> Path:
    """The folder of a plugin within reach."""
    (folder,) = importlib.import_module(f"{PACKAGE}.{plugin}").__path__
    return Path(folder)


async def settled(answer: Any) -> Any:
    """What another client answers, whether it is written as `def` or `async def`."""
    return await answer if inspect.isawaitable(answer) else answer


def needs(*capabilities: Capability, other: bool = False) -> Callable[[Test], Test]:
    """Marks a test of the kit: it is skipped unless the plugin claims these capabilities and (`other`) the account comes
    with another client."""

    def marked(test: Test) -> Test:
        vars(test)["_needs"] = (capabilities, other)
        awaited: Test = pytest.mark.asyncio(test)
        return awaited

    return marked


def _because(manifest: Manifest, capability: Capability) -> str:
    return f": {manifest.exempt[capability]}" if capability in manifest.exempt else ""


class Conformance:
    """What every suite derives from."""

    plugin: ClassVar[str]
    """The plugin's name."""
    in_its_own_process: ClassVar[bool] = False
    """Whether it runs as in Sage, which takes some tenths of a second at each opening, or in the test's process."""

    @pytest.fixture
    def manifest(self) -> Manifest:
        return manifest_of(self.plugin)

    @pytest.fixture
    def account(self) -> GivenAccount:
        """To be overridden: a fresh and empty account."""
        raise NotImplementedError("Write a fixture `account` that returns a GivenAccount.")

    @pytest.fixture
    def driver(self, manifest: Manifest, account: GivenAccount, tmp_path: Path) -> Driver:
        """What runs the plugin; it is opened, and opened again, by the suite."""
        folder = tmp_path / "private folder of the account"
        folder.mkdir()
        return (ProcessDriver if self.in_its_own_process else BareDriver)(manifest, account, folder)

    @pytest.fixture(autouse=True)
    def _left_out(self, request: pytest.FixtureRequest) -> None:
        """Skips, with the reason, what this plugin does not claim or is exempt from."""
        if not hasattr(request.function, "_needs"):
            return  # the author's own test
        capabilities, other = request.function._needs
        manifest: Manifest = request.getfixturevalue("manifest")
        name = request.function.__name__.removeprefix("test_")
        if name in manifest.exempt:
            pytest.skip(f"{self.plugin} is exempt: {manifest.exempt[name]}")
        for each in capabilities:
            if each not in manifest.capabilities:
                pytest.skip(f"{self.plugin} does not claim {each}{_because(manifest, each)}")
        if other and request.getfixturevalue("account").other is None:
            pytest.skip(f"the account of {self.plugin} comes without another client")
