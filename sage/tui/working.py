"""A place that works beside the keys: it reads from an engine that may go away, and tells what did not work."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.screen import Screen
from textual.worker import Worker, WorkerState

from sage import wire
from sage.core.errors import EngineGone, SageError
from sage.tui.screens import STYLES
from sage.tui.status import Part
from sage.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from sage.tui.stage import Stage


STARTING = "Waiting for the engine …"


class Working(Screen[None]):
    """`LOOKS` are the groups of work of which a newer one ends the one before."""

    CSS_PATH = STYLES
    LOOKS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, talk: Stage) -> None:
        super().__init__()
        self._talk = talk
        self._told_last = ""
        """What is told until the person goes on."""
        self._awaited = ""
        """What is waited for; told before all else."""
        self._status: Sequence[Part] = ()

    def tell(self, text: str) -> None:
        """A line at the bottom, in the place of the keys until the person goes on."""
        self._told_last = text
        self.show_hints()

    def show_hints(self) -> None:
        """The line at the bottom anew: what is waited for, else what was told, else the keys."""
        raise NotImplementedError

    async def find(self) -> None:
        """Looks how it all is now."""
        raise NotImplementedError

    def arrive(self) -> None:
        """The person comes here from another place."""

    def show_status(self, parts: Sequence[Part]) -> None:
        """The line at the bottom."""
        self._status = parts
        for line in self.query(StatusLine):
            line.show(parts)

    def state_changed(self) -> None:
        """The engine's state has changed while this is in sight."""

    def work(self, group: str, work: Callable[..., Coroutine[None, None, Any]], *given: Any) -> Worker[Any]:
        """Does something beside the keys and tells its trouble."""
        begin: Callable[[], Coroutine[None, None, Any]] = partial(self._told, work, *given)
        return self.run_worker(begin, group=group, name=group, exclusive=group in self.LOOKS, exit_on_error=False)

    async def _told(self, work: Callable[..., Coroutine[None, None, Any]], *given: Any) -> None:
        if not self._talk.is_ready:
            self._wait(STARTING)
        try:
            await work(*given)
            self._wait("")
        except SageError as error:
            self._wait("")
            if work != self.find:
                await self._told(self.find)
            self.tell(str(error))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is told, and the app goes on."""
        if event.state is WorkerState.ERROR:
            self.log.error(event.worker.error)
            self.tell(f"That did not work ({type(event.worker.error).__name__}). Look again before you repeat it.")

    async def read(self, request: wire.Request[wire.R]) -> wire.R:
        """Asks what may be asked twice: an engine that went away is waited for."""
        if not self._talk.is_ready:
            self._wait(STARTING)
        try:
            return await self._talk.call(request)
        except EngineGone:
            self._wait("The engine has ended; it is started again …")
            return await self._talk.call(request)
        finally:
            self._wait("")

    def _wait(self, words: str) -> None:
        if words != self._awaited:
            self._awaited = words
            self.show_hints()
