"""The program `task`, asked without a terminal."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from pathlib import Path
from typing import Any

from sage.plugin_api import BadConfig, Refused, Unreachable

PATIENCE = 30.0
"""Seconds that one call may take: hooks of the person's run in it."""
_QUIET = ("rc.verbose=nothing", "rc.confirmation=no", "rc.recurrence.confirmation=no", "rc.bulk=0", "rc.json.array=on")
_READING = ("rc.gc=off", "rc.recurrence=off", "rc.hooks=off")
"""So that reading writes nothing: `export` would make the instances of tasks that return."""

Raw = dict[str, Any]
"""A task as it is exported."""


class Program:
    """`task` for one configuration; `rc` and `data` as the settings have them."""

    def __init__(self, rc: Path | None, data: Path | None) -> None:
        self._given = {key: path.expanduser() for key, path in (("taskrc", rc), ("data", data)) if path}
        options = {"taskrc": "rc:", "data": "rc.data.location="}
        self._which = [f"{options[key]}{path}" for key, path in self._given.items()]

    async def check(self) -> Path:
        """The folder of the tasks. Raises BadConfig when the program is not there, not set up, or not of version 2."""
        try:
            version = (await _run("--version")).strip()
        except Refused as error:
            raise BadConfig(error.what) from error
        if not version.startswith("2."):
            raise BadConfig(f"This is Taskwarrior {version[:20]}; only version 2 was tried.")
        for key, path in self._given.items():
            if not path.exists():
                raise BadConfig(f"There is no {path}.", key)
        try:
            folder = Path((await self._ask("_get", "rc.data.location")).strip()).expanduser()
        except Refused as error:
            raise BadConfig("Taskwarrior is not set up here: run `task` once, or set `taskrc`.", "taskrc") from error
        if not folder.is_dir():
            raise BadConfig(f"There is no folder {folder}.", "data")
        return folder

    async def export(self, *wanted: str) -> list[Raw]:
        """The tasks that a filter means; a task that cannot be read as text has U+FFFD in it. Raises Unreachable."""
        printed = await self._ask(*_READING, *wanted, "export")
        try:
            # It prints control characters as they are.
            found = json.loads(printed or "[]", strict=False)
        except ValueError as error:
            raise Unreachable("What Taskwarrior printed cannot be read.") from error
        if not isinstance(found, list):
            raise Unreachable("What Taskwarrior printed cannot be read.")
        return found

    async def take(self, task: Raw) -> None:
        """Writes a task whole. Raises Refused when Taskwarrior does not take it."""
        # Escapes such as \ud83e would be kept as invalid UTF-8.
        await self._ask("import", "-", given=json.dumps([task], ensure_ascii=False).encode())

    async def done(self, uuid: str, end: str) -> None:
        """Marks a task as done at a moment. Raises Refused when it is not open."""
        await self._ask(uuid, "done", f"end:{end}")

    async def _ask(self, *words: str, given: bytes = b"") -> str:
        return await _run(*self._which, *_QUIET, *words, given=given)


async def _run(*words: str, given: bytes = b"") -> str:
    """What `task` prints. Raises Refused when it ends with an error, Unreachable when it does not end."""
    try:
        process = await asyncio.create_subprocess_exec(
            "task", *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise BadConfig(f"The program `task` cannot be started ({error.strerror}).") from error
    try:
        async with asyncio.timeout(PATIENCE):
            printed, _ = await process.communicate(given)
    except TimeoutError as error:
        raise Unreachable(f"Taskwarrior did not answer within {PATIENCE:.0f} s.") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            await process.communicate()  # only then is its end noticed
    if process.returncode:
        raise Refused(f"Taskwarrior ended with {process.returncode}.")
    return printed.decode("utf-8", "replace")
