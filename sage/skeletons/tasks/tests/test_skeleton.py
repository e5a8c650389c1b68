import asyncio
import json
from pathlib import Path

import pytest
from sage_plugins.skeleton import source
from sage_plugins.skeleton.config import Config

from sage.plugin_api import Context
from sage.testing.plugins import GivenAccount, TaskSourceConformance


class Editor:
    """Another program of the person's, which writes the same file. It shares no code with the plugin."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, text: str, due: str = "", weekly: bool = False) -> None:
        self._write({**self._tasks(), f"e{len(self._tasks())}": {"text": text, "due": due, "done_on": ""}})

    def retitle(self, text: str, to: str) -> None:
        self._write(
            {key: {**task, "text": to} if task["text"] == text else task for key, task in self._tasks().items()}
        )

    def remove(self, text: str) -> None:
        self._write({key: task for key, task in self._tasks().items() if task["text"] != text})

    def _tasks(self) -> dict[str, dict[str, str]]:
        return dict(json.loads(self._file.read_text())) if self._file.exists() else {}

    def _write(self, tasks: dict[str, dict[str, str]]) -> None:
        self._file.write_text(json.dumps(tasks))


class TestSkeleton(TaskSourceConformance):
    plugin = "skeleton"

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        file = tmp_path / "tasks.json"
        return GivenAccount(config={"file": str(file)}, other=Editor(file))


@pytest.mark.asyncio
async def test_what_another_program_writes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test of your own, for what the suite does not ask for."""
    monkeypatch.setattr(source, "LOOKS_EVERY", 0.01)
    told, file = asyncio.Event(), tmp_path / "tasks.json"
    tasks = source.Skeleton(Context("skeleton/mine", Config(file=file), tmp_path, changed=told.set))
    await tasks.open()
    Editor(file).add("Water the plants")
    async with asyncio.timeout(30):
        await told.wait()
    await tasks.close()
