"""`sage --profile demo`: an invented life in a folder of its own, which is removed at the end. Your own home is never touched."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sage import wire
from sage.client import Client, stop_engine
from sage.core.errors import BadInput
from sage.core.model_catalogue import CATALOGUE
from sage.locations import Home, bundled, find_home

DEMO = "demo"
ACCOUNT = "letters", "me"
_PREFIX = "sage-demo-"
_OWNER = "demo.pid"
"""In the demo's folder: the process that removes it."""
_MARK = re.compile(r"\{(today|ics|hour|stamp|home)([+-]\d+)?\}")


@contextlib.contextmanager
def demo_home(given: str | None = None) -> Iterator[Home]:
    """A home with the demo's life, ready to be used; its engine ends and its folder goes at the end, however that comes.

    Raises BadInput when a home was named: the demo writes in none but its own.
    """
    if given is not None:
        raise BadInput(
            "The demo has a data folder of its own.",
            safe=f"{given} was not touched.",
            do="Leave --home out: sage --profile demo",
        )
    _remove_left_behind()
    home = Home(Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve())
    before = [(number, signal.signal(number, _leave)) for number in (signal.SIGTERM, signal.SIGHUP)]
    try:
        (home.path / _OWNER).write_text(str(os.getpid()))
        _tell(f"Making the life of somebody who does not exist, in {home.path} …")
        write_life(home, datetime.now().astimezone())
        _begin_life(home)
        yield home
    finally:
        for number, handler in before:
            signal.signal(number, handler)
        remove_demo(home)
        _tell(f"The demo is over: {home.path} is removed. Nothing else was touched.")


def write_life(home: Home, now: datetime) -> None:
    """Writes the demo's files into a new home, with their days counted from `now`."""
    home.prepare()
    life = bundled("profiles") / DEMO
    for source in sorted(path for path in life.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        target = home.path / _dated(str(source.relative_to(life)), home, now)
        if source.name == "demo.toml":
            target = home.profiles / source.name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = source.read_text(encoding="utf-8")
        target.write_text(text if source.suffix == ".py" else _dated(text, home, now), encoding="utf-8")
    home.settings.chmod(0o600)
    own = find_home().models
    for model in CATALOGUE:  # one that is installed already can be tried here, too: it is only read
        if (own / model.file).is_file():
            (home.models / model.file).symlink_to(own / model.file)


def _dated(text: str, home: Home, now: datetime) -> str:
    """The text with its marks filled: `{today+3}`, `{ics-1}` (days), `{hour+2}`, `{stamp-40}` (minutes), `{home}`."""

    def filled(found: re.Match[str]) -> str:
        by = int(found[2] or 0)
        match found[1]:
            case "today":
                return f"{now + timedelta(days=by):%Y-%m-%d}"
            case "ics":
                return f"{now + timedelta(days=by):%Y%m%d}"
            case "hour":
                return f"{now + timedelta(hours=by):%H}:00"
            case "stamp":
                return (now + timedelta(minutes=by)).isoformat(timespec="seconds")
        return str(home.path)

    return _MARK.sub(filled, text)


def _begin_life(home: Home) -> None:
    """What a person would have done by hand: goals, and an account where others write."""
    goals = tomllib.loads((home.path / "goals.toml").read_text(encoding="utf-8"))["goals"]
    letters = home.path / "letters"
    letters.mkdir()
    (home.path / "letters.jsonl").rename(letters / "in.jsonl")
    with Client(home, profile=DEMO) as client:
        for step in client.call(wire.ShowSetup()).open_steps:
            client.call(wire.CloseSetup(step))
        for goal in goals:
            client.call(wire.AddGoal(goal["title"], goal["why"]))
        shown = client.call(wire.ShowPlugin(*ACCOUNT))
        values = {"folder": str(letters), "allow": "kim@demo.example, lee@demo.example", "deputy": "true"}
        client.call(wire.EnablePlugin(*ACCOUNT, shown.digest, values))


def remove_demo(home: Home) -> None:
    """Ends the demo's engine and removes its folder. Only a folder that the demo made is ever removed."""
    if (home.path / _OWNER).is_file() and home.path.name.startswith(_PREFIX):
        stop_engine(home)
        shutil.rmtree(home.path, ignore_errors=True)


def _remove_left_behind() -> None:
    """Demos that were killed leave a folder; the next one removes it."""
    for folder in Path(tempfile.gettempdir()).resolve().glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError, ValueError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            try:
                os.kill(int((folder / _OWNER).read_text()), 0)
            except ProcessLookupError:
                remove_demo(Home(folder))


def _leave(number: int, _: object) -> None:
    raise SystemExit(128 + number)


def _tell(text: str) -> None:
    """On standard error: what a command prints stays its own."""
    sys.stderr.write(f"{text}\n")
