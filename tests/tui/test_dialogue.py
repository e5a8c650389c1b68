"""What the dialogue tells the engine while the person types: that they do, now and then, and nothing of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sage.tui.dialogue import Dialogue
from tests.homes import make_home


class FakeTalk:
    def __init__(self) -> None:
        self.works: list[str] = []
        self.app = self

    def answered(self, request: Any, result: Any) -> None: ...

    def run_worker(self, work: Any, name: str, exit_on_error: bool) -> None:
        self.works.append(name)
        work.close()


async def test_typing_is_said_once_in_a_while_and_only_to_an_engine_that_is_there(tmp_path: Path) -> None:
    talk = FakeTalk()
    dialogue = Dialogue(talk, make_home(tmp_path), "", None)  # type: ignore[arg-type]
    dialogue.typing()
    assert talk.works == []
    dialogue._ready.set()
    for _ in range(50):
        dialogue.typing()
    assert talk.works == ["typing"]
