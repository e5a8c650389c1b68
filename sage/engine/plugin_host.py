"""Keeps the accounts of plugins running, each in a process of its own, and lets the engine call them.

One that raises, hangs, leaks, floods or crashes is started again with growing delays, then parked with a sentence that
says what to do; no other account and nothing of Sage notices. Nothing runs that is not enabled in the settings.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from sage.adapters.plugins.frames import Open
from sage.adapters.plugins.process import COMMAND, Fault, Heard, PluginProcess
from sage.core.errors import SageError
from sage.core.plugins.supervision import Ending, Park, StartAgain, decide, recent
from sage.plugin_api import (
    API,
    AuthRefused,
    BadConfig,
    Batch,
    Capability,
    Kind,
    PluginError,
    Unreachable,
    Unsupported,
)

log = logging.getLogger(__name__)

State = Literal["starting", "on", "waits", "parked"]
COUNTS_AS_WELL = 3.0
"""Seconds of listening after which a service that was away counts as back."""
WAIT_FOR_START = 20.0
"""Seconds that a call waits for an account that is about to run."""


@dataclass(frozen=True)
class Launch:
    """An account that is to run, with all that its process gets. Another one of the same name replaces it."""

    account: str
    plugins: Path
    """The folder in which the plugin's own stands."""
    runtime: str
    config_class: str
    kinds: tuple[Kind, ...]
    capabilities: tuple[Capability, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    own: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path = Path()
    zone: str = "UTC"
    memory_mb: int = 384
    digest: str = ""
    """Of the plugin's files: other code is another launch."""


class Wanted(NamedTuple):
    """The accounts that are to run, and by account what hinders the others. `keep`: that is not known now, and all stays.
    `kinds` of those that are hindered, as far as their plugin is there."""

    launches: tuple[Launch, ...] = ()
    hindered: Mapping[str, str] = MappingProxyType({})
    keep: bool = False
    kinds: Mapping[str, tuple[Kind, ...]] = MappingProxyType({})


class AccountState(Struct, frozen=True):
    """How an account is. `words`: a sentence for the person, "" when all is well. `since`: seconds since the epoch."""

    account: str
    state: State
    words: str
    since: float
    memory_mb: float = 0.0
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True)
class Listeners:
    """Who is told what accounts say by themselves."""

    batch: Callable[[str, Batch], Awaitable[None]]
    """Returns when it is on disk."""
    cursor: Callable[[str], str]
    changed: Callable[[str], None]
    state: Callable[[AccountState], None]
    parked: Callable[[Launch, str], None] = lambda launch, words: None
    """An account is left alone from now on, because of what the sentence says."""


class PluginHost:
    """All accounts that are enabled (`ports.Accounts`). `wanted` names them at each look, in a thread."""

    def __init__(
        self,
        wanted: Callable[[], Wanted],
        listeners: Listeners,
        *,
        command: Sequence[str] = COMMAND,
        delay: Callable[[StartAgain], float] = lambda again: again.after,
    ) -> None:
        self._wanted, self._listeners = wanted, listeners
        self._command, self._delay = command, delay
        self._keepers: dict[str, _Keeper] = {}
        self._hindered: dict[str, AccountState] = {}
        self._names: frozenset[str] | None = None
        """Those that are to run; None before the first look."""
        self._looking = asyncio.Lock()

    async def look_again(self) -> None:
        """Starts what is enabled now, ends what no longer is, and starts anew what is set otherwise, or was parked and got
        other settings, secrets or code."""
        async with self._looking:
            found = await asyncio.to_thread(self._wanted)
            if found.keep:
                return
            self._hinder(found)
            wanted = {launch.account: launch for launch in found.launches}
            self._names = frozenset(wanted)
            ended = [name for name, keeper in self._keepers.items() if wanted.get(name) != keeper.launch]
            await asyncio.gather(*(self._keepers.pop(name).close() for name in ended))
            for name, launch in wanted.items():
                if name not in self._keepers:
                    self._keepers[name] = _Keeper(launch, self._wanted, self._listeners, self._command, self._delay)

    def _hinder(self, found: Wanted) -> None:
        before, now = self._hindered, time.time()
        self._hindered = {
            account: before[account]
            if account in before and before[account].words == words
            else AccountState(account, "parked", words, now, kinds=found.kinds.get(account, ()))
            for account, words in found.hindered.items()
        }
        for account, state in self._hindered.items():
            if state is not before.get(account):
                self._listeners.state(state)

    async def start_again(self, account: str) -> None:
        """Starts an account anew, parked or not."""
        if keeper := self._keepers.pop(account, None):
            await keeper.close()
        await self.look_again()

    def states(self) -> tuple[AccountState, ...]:
        """How each account is."""
        return (*(keeper.shown() for keeper in self._keepers.values()), *self._hindered.values())

    def starts(self, account: str) -> bool:
        """Whether an account is about to run, or nobody has looked yet whether it is."""
        keeper = self._keepers.get(account)
        return keeper.shown().state == "starting" if keeper else self._names is None

    def launches(self) -> tuple[Launch, ...]:
        """The accounts that are kept running, whatever their state."""
        return tuple(keeper.launch for keeper in self._keepers.values())

    def last_words(self, account: str) -> str:
        """The end of what its process wrote to standard error, also that of the one before until it writes something: to be
        shown to the person, and never kept."""
        keeper = self._keepers.get(account)
        return keeper.last_words() if keeper else ""

    async def ask(self, account: str, do: str, *given: Any) -> Any:
        """See `ports.Accounts.ask`."""
        keeper = self._keepers.get(account)
        if keeper is None and (hindered := self._hindered.get(account)):
            raise Unreachable(hindered.words)
        if keeper is None and (self._names is None or account in self._names):
            raise Unreachable("It is not running yet.")
        if keeper is None:
            raise Unsupported(f"{account} is not enabled.")
        return await keeper.ask(do, *given)

    async def close(self) -> None:
        """Ends every process."""
        async with self._looking:
            keepers, self._keepers = list(self._keepers.values()), {}
            await asyncio.gather(*(keeper.close() for keeper in keepers))


class _Keeper:
    """Keeps one account running."""

    def __init__(
        self,
        launch: Launch,
        wanted: Callable[[], Wanted],
        listeners: Listeners,
        command: Sequence[str],
        delay: Callable[[StartAgain], float],
    ) -> None:
        self.launch, self._wanted, self._listeners = launch, wanted, listeners
        self._command, self._delay = command, delay
        self._process: PluginProcess | None = None
        self._state: State = "starting"
        self._words, self._since = "", time.time()
        self._settled = asyncio.Event()
        self._endings: list[Ending] = []
        self._last_words = ""
        self._work = asyncio.create_task(self._keep(), name=f"plugin {launch.account}")

    def shown(self) -> AccountState:
        memory = self._process.memory if self._process else 0.0
        return AccountState(self.launch.account, self._state, self._words, self._since, memory, self.launch.kinds)

    async def ask(self, do: str, *given: Any) -> Any:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WAIT_FOR_START):
                await self._settled.wait()
        if self._process is None:
            raise Unreachable(self._words or "It is not running yet.")
        return await self._process.ask(do, *given)

    def last_words(self) -> str:
        return (self._process.last_words if self._process else "") or self._last_words

    async def close(self) -> None:
        self._work.cancel()
        await asyncio.wait([self._work])

    async def _keep(self) -> None:
        while True:
            began = time.monotonic()
            ending = await self._one_run(began)
            self._endings = [*recent(self._endings)[-20:], ending]
            match decide(self._endings, random.uniform(-1, 1)):
                case Park(words=words):
                    self._listeners.parked(self.launch, words)
                    self._set("parked", words)
                    log.warning("plugin %s is parked (%s)", self.launch.account, ending.why)
                    return
                case StartAgain() as again:
                    self._set("waits", ending.words)
                    log.info("plugin %s starts again in %.0f s (%s)", self.launch.account, again.after, ending.why)
                    await asyncio.sleep(self._delay(again))
                    if not await self._still_wanted():
                        return
                    self._settled.clear()
                    self._set("starting", ending.words)

    async def _still_wanted(self) -> bool:
        """Whether it is to run as it was when it was looked at: its code may be another by now. If not, the host's next look
        says what follows."""
        with contextlib.suppress(SageError, OSError):
            found = await asyncio.to_thread(self._wanted)
            return found.keep or self.launch in found.launches
        return True

    async def _one_run(self, began: float) -> Ending:
        """From start to end of one process, and how it ended."""
        process: PluginProcess | None = None
        try:
            process = await PluginProcess.start(
                self._told(), Heard(self._batch, self._changed), self.launch.environment, command=self._command
            )
            self._process = process
            self._set("on", "")
            await self._while_it_runs(process)
            raise AssertionError("it cannot end without a reason")
        except (PluginError, Fault, OSError) as error:
            return _ending_of(error, began)
        finally:
            self._process = None
            if process is not None:
                self._last_words = process.last_words or self._last_words
                await asyncio.shield(process.stop())

    async def _while_it_runs(self, process: PluginProcess) -> None:
        """Raises when the process ends."""
        over = asyncio.ensure_future(process.over())
        listening = asyncio.ensure_future(self._listen(process))
        try:
            done, _ = await asyncio.wait({over, listening}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
        finally:
            for task in (over, listening):
                task.cancel()
            await asyncio.gather(over, listening, return_exceptions=True)

    async def _listen(self, process: PluginProcess) -> None:
        """Hears what comes in, again and again while the service comes and goes; only a fault, or what needs the person,
        ends it."""
        if "RECEIVE" not in self.launch.capabilities:
            await process.over()
        failures: list[Ending] = []
        while True:
            began = time.monotonic()
            cursor = await asyncio.to_thread(self._listeners.cursor, self.launch.account)
            well = asyncio.get_running_loop().call_later(COUNTS_AS_WELL, self._set, "on", "")
            try:
                await process.listen(cursor)
            except Unreachable as error:
                failures = [*recent(failures)[-20:], _ending_of(error, began)]
                again = decide(failures, random.uniform(-1, 1))
                assert isinstance(again, StartAgain)
                well.cancel()
                self._set("waits", failures[-1].words)
                await asyncio.sleep(self._delay(again))
            finally:
                well.cancel()

    def _told(self) -> Open:
        launch = self.launch
        launch.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Open(
            API, launch.account, str(launch.plugins), launch.runtime, launch.config_class, dict(launch.config),
            dict(launch.secrets), str(launch.folder), launch.zone, launch.own, launch.memory_mb,
        )  # fmt: skip

    async def _batch(self, batch: Batch) -> None:
        await self._listeners.batch(self.launch.account, batch)

    def _changed(self) -> None:
        self._listeners.changed(self.launch.account)

    def _set(self, state: State, words: str) -> None:
        told = (state, words) != (self._state, self._words)
        self._state, self._words = state, words
        if state != "starting":
            self._settled.set()
        if told:
            self._since = time.time()
            self._listeners.state(self.shown())


def _ending_of(error: PluginError | Fault | OSError, began: float) -> Ending:
    now = time.monotonic()
    lasted = now - began
    match error:
        case AuthRefused():
            return Ending(now, "stopped", error.what or "The service refuses the credentials.", lasted)
        case BadConfig():
            return Ending(now, "stopped", error.what or "A setting does not fit.", lasted)
        case Unreachable():
            return Ending(now, "unreachable", error.what or "The service cannot be reached.", lasted, error.retry_after)
        case PluginError():
            return Ending(now, "stopped", error.what or "It cannot start.", lasted)
        case Fault():
            return Ending(now, "fault", f"The plugin {error.reason}.", lasted)
    return Ending(now, "fault", f"Its process could not be started ({error.strerror}).", lasted)
