import json
from pathlib import Path
from typing import Any

import pytest

from sage.testing.plugins import GivenAccount, MessagingConformance, MessagingScene, Received


class Spool(MessagingScene):
    """The other person, and the service itself. It shares no code with the plugin."""

    other = "aunt"
    longest = 100_000

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        self.account = GivenAccount(config={"folder": str(folder)})

    async def write(self, text: str, *, group: bool = False) -> None:
        self._put(text)

    async def write_as_self(self, text: str) -> None:
        self._put(text, **{"from": "me", "to": "aunt"})

    async def write_auto(self, text: str) -> None:
        self._put(text, auto=True)

    async def write_under_name(self, text: str, name: str) -> None:
        self._put(text, name=name)

    async def forge(self, text: str, sender: str) -> None:
        self._put(text, **{"from": sender})  # nobody vouches for a file: all that comes is `verified="unknown"`

    async def received(self) -> list[Received]:
        file = self._folder / "out.jsonl"
        lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return [Received(line["text"], auto=line["auto"]) for line in lines]

    async def stop(self) -> None:
        self._folder.rename(self._folder.with_name("away"))

    async def start(self) -> None:
        self._folder.with_name("away").rename(self._folder)

    async def kill_server(self) -> None:
        await self.stop()

    async def start_server(self) -> None:
        await self.start()

    def _put(self, text: str, **more: Any) -> None:
        line = {"from": self.other, "text": text, "at": "2026-11-23T10:00:00+01:00", **more}
        with (self._folder / "in.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")


class TestSkeleton(MessagingConformance):
    plugin = "skeleton"

    @pytest.fixture
    def scene(self, tmp_path: Path) -> Spool:
        return Spool(tmp_path / "spool")
