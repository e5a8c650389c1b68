"""The demo: an invented life in a folder of its own, which goes at the end; the person's own home is never touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from sage import wire
from sage.cli.demo import demo_home, write_life
from sage.client import Client, running_engine
from sage.core.errors import BadInput
from sage.locations import Home
from tests.homes import make_home


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The person's own home, and a folder for temporary files of the test's own (with a short name, as sockets need)."""
    home = make_home(tmp_path)
    monkeypatch.setenv("SAGE_HOME", str(home.path))
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", None)
        yield home


def snapshot(home: Home) -> dict[str, tuple[int, bytes]]:
    found = (path for path in sorted(home.path.rglob("*")))
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in found}


def left() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob("sage-demo-*"))


def test_a_life_is_made_and_removed_and_ones_own_home_is_not_touched(own_home: Home) -> None:
    before = snapshot(own_home)
    with demo_home() as home:
        assert home.path != own_home.path
        with Client(home, profile="demo") as client:
            status = client.call(wire.ShowStatus())
            assert status.notes > 35 and status.answering == "librarian" and status.spent_today_usd == 0
            answer = client.call(wire.Ask("how much sun do tomatoes want"))
            assert answer.sources[0].citation.startswith("Garden/Tomatoes.md#Sun and water")
            drafts: tuple[wire.ReplyShown, ...] = ()
            for _ in range(200):
                drafts = client.call(wire.ListReplies(("open",))).items
                if len(drafts) == 3:
                    break
                time.sleep(0.05)
            assert {(one.contact, one.decision) for one in drafts} == {
                ("kim", "draft"),
                ("lee", "draft"),
                ("kim", "handoff"),
            }
            assert all("percent" not in one.text for one in drafts)  # of the salary talk nobody learns
            learnable = client.call(wire.ShowContact("kim")).sight.seen
            assert {one.source for one in learnable} == {"Work/Office.md", "Work/Report.md", "Work/Team.md"}
            waiting = client.call(wire.ListNudges()).nudges
            assert waiting and all("quiet hours" in one.because for one in waiting)
            assert client.call(wire.ShowProfile()).name == "demo"
            assert {goal.title for goal in client.call(wire.ListGoals()).goals} > {"A shorter report"}
    assert not left() and not running_engine(home)
    assert snapshot(own_home) == before


def test_a_home_that_is_named_is_refused(own_home: Home) -> None:
    with pytest.raises(BadInput, match="a data folder of its own"), demo_home(str(own_home.path)):
        pass
    assert not left()


def test_every_mark_is_filled_and_days_are_counted_from_today(tmp_path: Path) -> None:
    home = Home(tmp_path / "sage-demo-test")
    write_life(home, datetime(2031, 5, 30, 9, 15).astimezone())
    texts = [path.name + path.read_text() for path in home.path.rglob("*") if path.is_file() and path.suffix != ".py"]
    assert not [text for text in texts if "{today" in text or "{ics" in text or "{hour" in text or "{stamp" in text]
    assert "📅 2031-06-01" in home.tasks.read_text() and "DTSTART:20310530T0930" in "".join(texts)
    assert sum(len(text) for text in texts) < 200_000


def test_the_demo_of_a_terminal_that_is_closed_is_removed(own_home: Home) -> None:
    command = [sys.executable, "-m", "sage", "--profile", "demo", "serve"]
    demo = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _until(lambda: left() and (left()[0] / "journal.db").exists())
    os.kill(demo.pid, signal.SIGHUP)
    demo.wait(30)
    assert not left()


def test_the_next_demo_removes_one_that_was_killed(own_home: Home) -> None:
    killed = Path(tempfile.gettempdir()) / "sage-demo-killed"
    killed.mkdir()
    ended = subprocess.Popen(["true"])
    ended.wait()
    (killed / "demo.pid").write_text(str(ended.pid))
    other = Path(tempfile.gettempdir()) / "sage-demo-mine"
    other.mkdir()  # nothing says that a demo made it
    with demo_home():
        assert not killed.exists()
    assert left() == [other]


def _until(holds: object) -> None:
    assert callable(holds)
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise TimeoutError
