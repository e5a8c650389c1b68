import json
from pathlib import Path

import pytest

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
