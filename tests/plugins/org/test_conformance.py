"""Org files hold what the kit asks of a source that is only read; and what is particular to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sage_plugins.org.config import Config
from sage_plugins.org.source import OrgNotes

from sage.plugin_api import Context, Task
from sage.testing.plugins import GivenAccount, TaskSourceConformance


class Editor:
    """The person's editor."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, text: str, due: str = "", weekly: bool = False) -> None:
        stamp = f"DEADLINE: <{due} Fri{' +1w' if weekly else ''}>\n" if due else ""
        self._file.write_text(f"* TODO {text}\n{stamp}" + self._file.read_text())

    def retitle(self, text: str, to: str) -> None:
        self._file.write_text(self._file.read_text().replace(text, to))

    def remove(self, text: str) -> None:
        kept = re.sub(rf"^\* TODO {re.escape(text)}\n(DEADLINE.*\n)?", "", self._file.read_text(), flags=re.MULTILINE)
        self._file.write_text(kept)


class TestOrg(TaskSourceConformance):
    plugin = "org"

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        file = tmp_path / "home.org"
        file.write_text("#+TITLE: Home\n")
        return GivenAccount({"path": str(file)}, other=Editor(file))


NOTE = """#+TODO: TODO NEXT | DONE
Some words.
* Garden
** TODO [#A] Water the plants :green:
   DEADLINE: <2026-11-27 Fri 09:00 +1w -2d> SCHEDULED: <2026-11-25 Wed>
   :PROPERTIES:
   :ID: plants
   :END:
*** NEXT [#C] Fill the can
** DONE Mow
   CLOSED: [2026-11-20 Fri 10:11]
* TODO A date that is none
  DEADLINE: <2026-02-31 Tue>
* TODO Grüße \u2028 an alle
"""


async def tasks_of(folder: Path, **config: object) -> dict[str, Task]:
    source = OrgNotes(Context("org/test", Config(path=folder, **config), folder / "private"))  # type: ignore[arg-type]
    (folder / "private").mkdir(exist_ok=True)
    await source.open()
    found = {task.text: task async for task in source.list()}
    await source.close()
    return found


async def test_what_a_heading_says_is_read(tmp_path: Path) -> None:
    (tmp_path / "home.org").write_text(NOTE)
    found = await tasks_of(tmp_path)
    water = found["Water the plants"]
    assert (water.id, water.due, water.recurs, water.priority, water.where) == (
        "plants",
        "2026-11-27T09:00",
        "+1w",
        "high",
        "home.org",
    )
    assert water.read_only and not water.parent
    assert (found["Fill the can"].parent, found["Fill the can"].priority) == ("plants", "low")
    assert (found["Mow"].done, found["Mow"].done_on) == (True, "2026-11-20T10:11")
    assert found["A date that is none"].due == ""
    assert found["Grüße \u2028 an alle"].where == "home.org"
    assert len(found) == 5


async def test_states_are_the_settings_unless_the_file_names_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.org").write_text("* HOLD one\n* TODO two\n* OVER three\n")
    found = await tasks_of(tmp_path, open_states=("HOLD",), done_states=("OVER",))
    assert {text: task.done for text, task in found.items()} == {"one": False, "three": True}


async def test_hidden_folders_and_locks_are_no_notes(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in (".git/a.org", ".#b.org", "#c.org", "d.txt", "e.org"):
        (tmp_path / name).write_text(f"* TODO {name}\n")
    assert list(await tasks_of(tmp_path)) == ["e.org"]
