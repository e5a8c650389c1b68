"""simcord, an independent model of Discord, behind a wire of its own: `discord_stand_in.py` runs in its Python."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.servers.environments import server_python
from tests.servers.running import free_port, kill, listens, running


class StandIn:
    """The stand-in; a token is a world."""

    def __init__(self, folder: Path) -> None:
        self.port, self._folder, self._run = free_port(), folder, contextlib.ExitStack()

    def start(self) -> None:
        script = Path(__file__).with_name("discord_stand_in.py")
        command = [server_python("discord"), "-W", "ignore", script, str(self.port), self._folder]
        self.server = self._run.enter_context(running(command, lambda: listens(self.port), self._folder))

    def stop(self) -> None:
        self._run.close()

    def kill(self) -> None:
        """Ends it at once."""
        kill(self.server)

    def ask(self, token: str, do: str, **told: Any) -> Any:
        """Something is done there by somebody else than the bot."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/control/{token}/{do}",
            json.dumps(told).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return json.load(answer)


@contextlib.contextmanager
def stand_in(folder: Path) -> Iterator[StandIn]:
    """The stand-in for as long as the block lasts."""
    server = StandIn(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
