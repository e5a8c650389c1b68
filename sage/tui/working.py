"""A place that works beside the keys: it reads from an engine that may go away, and tells what did not work."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.screen import Screen
from textual.worker import Worker, WorkerState

from sage import wire
from sage.core.errors import EngineGone, SageError

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk


class Working(Screen[None]):
    """`LOOKS` are the groups of work of which a newer one ends the one before."""

    LOOKS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, talk: Talk) -> None:
        super().__init__()
        self._talk = talk
        self._told_last = ""

    def tell(self, text: str) -> None:
        """A line at the bottom, until the person goes on."""
        raise NotImplementedError

    async def find(self) -> None:
        """Looks how it all is now."""
        raise NotImplementedError

    def work(self, group: str, work: Callable[..., Coroutine[None, None, Any]], *given: Any) -> Worker[Any]:
        """Does something beside the keys and tells its trouble."""
        begin: Callable[[], Coroutine[None, None, Any]] = partial(self._told, work, *given)
        return self.run_worker(begin, group=group, name=group, exclusive=group in self.LOOKS, exit_on_error=False)

    async def _told(self, work: Callable[..., Coroutine[None, None, Any]], *given: Any) -> None:
        try:
            await work(*given)
        except SageError as error:
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
            self.tell("Waiting for the engine …")
        try:
            answer = await self._talk.call(request)
        except EngineGone:
            self.tell("The engine has ended; it is started again …")
            answer = await self._talk.call(request)
        if self._told_last.endswith(" …"):
            self.tell("")
        return answer
