"""A home with an account that keeps tasks in a JSON file: a plugin in a process of its own, run by a real engine."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from sage import wire
from sage.adapters.plugins.skeleton import write_skeleton
from sage.client import Client
from sage.core.plans import Task
from sage.locations import Home
from tests.homes import make_home

ACCOUNT = "demo/work"


def home_with_tasks(folder: Path, **tasks: str) -> Home:
    """A home whose engine runs; `tasks` are texts by their id there, due today."""
    home = make_home(folder, linger=20)
    write_skeleton("demo", "tasks", home.plugins)
    write_tasks(home, {name: {"text": text, "due": "2020-01-02", "done_on": ""} for name, text in tasks.items()})
    with Client(home) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
        shown = client.call(wire.ShowPlugin("demo", "work"))
        client.call(wire.EnablePlugin("demo", "work", shown.digest, {"file": str(_file(home))}))
        wait_for(client, lambda found: {task.text for task in found if task.source} >= set(tasks.values()))
    return home


def wait_for(client: Client, fits: Any) -> tuple[Task, ...]:
    """The tasks, once they are as they should be."""
    found: tuple[Task, ...] = ()
    for _ in range(300):
        found = client.call(wire.ListTasks(all=True)).tasks
        if fits(found):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def read_tasks(home: Home) -> dict[str, dict[str, str]]:
    """What the other client sees."""
    found: dict[str, dict[str, str]] = json.loads(_file(home).read_text())
    return found


def write_tasks(home: Home, tasks: dict[str, dict[str, str]]) -> None:
    """What the other client does."""
    _file(home).write_text(json.dumps(tasks))


def _file(home: Home) -> Path:
    return home.path.parent / "work.json"
