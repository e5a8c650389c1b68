"""Crabline, an independent stand-in for messengers, from npm. What it has in memory is gone when it is killed."""

from __future__ import annotations

import contextlib
import json
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.servers.environments import crabline_command
from tests.servers.running import free_port, kill, listens, running

TOKEN = "424242:AAF-of_the_tests_alone_0123456789abcde"
"""The bot's token, of the form that Telegram's have."""
_ADMIN = "only-for-tests"


class Crabline:
    """The stand-in for one service, such as "telegram"."""

    def __init__(self, service: str, folder: Path) -> None:
        self.port, self._service, self._folder = free_port(), service, folder
        self._records: list[Path] = []
        self._run = contextlib.ExitStack()
        self._command = [*crabline_command(), "--json", "serve", service]
        self._command += ["--port", str(self.port), "--recorder"]

    def start(self) -> None:
        anew = Path(tempfile.mkdtemp(dir=self._folder.resolve()))  # one that was killed leaves its lock
        self._records.append(anew / "record.jsonl")
        variables = {
            "CRABLINE_ADMIN_TOKEN": _ADMIN,
            "CRABLINE_BOT_TOKEN": TOKEN,
            "CRABLINE_RECORDER_LOCK_DIR": str(anew),
        }
        here = running([*self._command, self._records[-1]], lambda: listens(self.port), self._folder, env=variables)
        self.server = self._run.enter_context(here)

    def stop(self) -> None:
        self._run.close()

    def kill(self) -> None:
        """Ends it at once."""
        kill(self.server)

    def put(self, **told: Any) -> dict[str, Any]:
        """Something is written to the bot; what the bot will get."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/crabline/{self._service}/inbound",
            json.dumps(told).encode(),
            {"Content-Type": "application/json", "X-Crabline-Admin-Token": _ADMIN},
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    @property
    def written(self) -> int:
        """How much was asked of it until now."""
        return len(self._lines())

    def asked(self, since: int) -> list[dict[str, Any]]:
        """What was asked of it, and accepted, since `written` was that much."""
        return [found for line in self._lines()[since:] if (found := json.loads(line)).get("accepted")]

    def _lines(self) -> list[bytes]:
        wholes = [record.read_bytes().split(b"\n")[:-1] for record in self._records if record.exists()]
        return [line for lines in wholes for line in lines]


@contextlib.contextmanager
def crabline(service: str, folder: Path) -> Iterator[Crabline]:
    """The stand-in for as long as the block lasts."""
    server = Crabline(service, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
