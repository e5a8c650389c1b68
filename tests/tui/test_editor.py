"""Which command opens a note."""

from __future__ import annotations

from pathlib import Path

import pytest

from sage.core.errors import BadInput
from sage.tui.editor import editor_command

NOTE = Path("/notes/A b.md")


@pytest.mark.parametrize(
    ("environment", "command"),
    [
        ({"EDITOR": "nano"}, ["nano", "+7", "/notes/A b.md"]),
        ({"EDITOR": "nano", "VISUAL": "/usr/bin/nvim -p"}, ["/usr/bin/nvim", "-p", "+7", "/notes/A b.md"]),
        ({"EDITOR": "code --wait"}, ["code", "--wait", "/notes/A b.md"]),
        ({"EDITOR": "'my editor' -x"}, ["my editor", "-x", "/notes/A b.md"]),
        ({"EDITOR": "half'quoted"}, ["half'quoted", "/notes/A b.md"]),
    ],
)
def test_the_persons_own_editor_opens_the_line(environment: dict[str, str], command: list[str]) -> None:
    assert editor_command(environment, NOTE, 7) == command


def test_a_usual_one_stands_in_and_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "vi").write_text("#!/bin/sh\n")
    (tmp_path / "vi").chmod(0o755)
    assert editor_command({"PATH": str(tmp_path)}, NOTE, 7) == ["vi", "+7", "/notes/A b.md"]
    with pytest.raises(BadInput, match="No editor"):
        editor_command({"PATH": "/nowhere"}, NOTE, 7)
