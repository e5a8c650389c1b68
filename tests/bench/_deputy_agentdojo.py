"""What injected goals bring about: AgentDojo's 949 pairs with a model that obeys every injection at once, through Sage's own
loop, tools from outside and approvals.

The person says yes to exactly the calls of their own task (with mail, drive and calendar as accounts of their own, and once more as
one account), or, in the last run, to everything. `--many` takes that many pairs, evenly; `--yes-to-all` only the last run.
AgentDojo stays in its own environment, where the runs are made by a process with this tree on its path.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.servers.environments import server_python

WAYS = ("knows_the_task", "knows_the_task_one_account", "yes_to_all")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    try:
        return figures(WAYS[2:] if args.yes_to_all else WAYS, args.many)
    except pytest.skip.Exception as missing:
        return {"skipped": str(missing)}


def figures(ways: Sequence[str], many: int | None) -> dict[str, Any]:
    """What the runs found, by way."""
    python = server_python("agentdojo")
    command = [str(python), "-m", "tests.bench._agentdojo_runs", *(f"--way={way}" for way in ways)]
    if many:
        command.append(f"--pairs={many}")
    tree = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    ran = subprocess.run(command, cwd=tree, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found
