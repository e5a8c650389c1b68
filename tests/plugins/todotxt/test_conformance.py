"""todo.txt holds what the kit asks of a task source, in the test's process and in one of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from sage.testing.plugins import GivenAccount, TaskSourceConformance


class Editor:
    """The person's editor."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, text: str, due: str = "", weekly: bool = False) -> None:
        line = text + (f" due:{due}" if due else "") + (" rec:+1w" if weekly else "")
        self._file.write_text(f"{line}\n" + self._file.read_text())

    def retitle(self, text: str, to: str) -> None:
        self._file.write_text(self._file.read_text().replace(text, to))

    def remove(self, text: str) -> None:
        lines = self._file.read_text().splitlines(keepends=True)
        self._file.write_text("".join(line for line in lines if text not in line))


class TestTodoTxt(TaskSourceConformance):
    plugin = "todotxt"

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        file = tmp_path / "todo.txt"
        file.touch()
        return GivenAccount({"file": str(file)}, other=Editor(file))


@pytest.mark.slow
class TestTodoTxtInItsOwnProcess(TestTodoTxt):
    in_its_own_process = True
