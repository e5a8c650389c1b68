"""Where requests arrive: the desk, and the list of who answers what. Each `*_handlers.py` beside this file adds its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from sage import wire
from sage.core.deputy.replies import left_words
from sage.core.labels import Reader
from sage.engine.bootstrap import House, fresh_id
from sage.engine.deputy import Deputy
from sage.engine.deputy_rules import people_of
from sage.engine.messaging import Messaging
from sage.engine.service import Emit, Line, Service
from sage.engine.surfaces import OpenApps
from sage.profile import Resolved, resolve

Body = TypeVar("Body", bound=wire.Request[Any])
_HANDLERS: dict[type[Any], Callable[[Desk, Any, Line, Emit], Awaitable[Any]]] = {}


class Desk:
    """Where requests arrive: the house, and the service whose front ends ask."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.service: Service | None = None
        self.apps = OpenApps(house, lambda: self.service)
        self.messaging = Messaging(house, self.apps.say, self.apps.mention)
        self.deputy = Deputy(house, self.messaging, fresh_id)
        self.messaging.sending.allows, self.messaging.sending.ended = self.deputy.allows, self.deputy.ended
        self.deputy.decided = self._tell_what_waits
        self.settings_before: tuple[bytes | None, bytes] | None = None
        """settings.toml before and after the last setting that was changed; None: none was."""

    async def handle(self, request: Any, line: Line, emit: Emit) -> Any:
        """Answers one request (a `service.Handler`)."""
        return await _HANDLERS[type(request)](self, request, line, emit)

    async def _tell_what_waits(self, left: int) -> None:
        """Apps that are open say how many messages were just left to the person, and nobody's words."""
        if left:
            await self.apps.mention(left_words(left))
        await self.apps.refresh()

    def profile(self, line: Line) -> Resolved:
        """The settings in force for a front end; files are read anew, so that an edit counts at once."""
        return resolve(line.profile or "default", self.house.home)

    def readers(self, names: Sequence[str] | None) -> tuple[Reader, ...] | None:
        """Those whom the person names as readers of something; None: the person."""
        if names is None:
            return None
        return people_of(resolve("default", self.house.home).settings).called(names)


def handles(
    kind: type[Body],
) -> Callable[[Callable[[Desk, Body, Line, Emit], Awaitable[Any]]], Callable[[Desk, Body, Line, Emit], Awaitable[Any]]]:
    def keep(
        function: Callable[[Desk, Body, Line, Emit], Awaitable[Any]],
    ) -> Callable[[Desk, Body, Line, Emit], Awaitable[Any]]:
        _HANDLERS[kind] = function
        return function

    return keep
