"""Accounts of CalDAV servers for tests: a list each, and another client of it."""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sage.testing.plugins import GivenAccount
from sage.testing.plugins.calendar import wrapped
from tests.servers.dav import NAME, PASSWORD, DavServer
from tests.servers.environments import server_python

_NUMBERS = itertools.count(1)


class OtherProgram:
    """The caldav library in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def do(self, what: str, path: str, *given: Any, **more: Any) -> Any:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"do": what, "list": path, "given": given, "more": more}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "failed" not in answer, answer["failed"]
        return answer["answer"]


@contextlib.contextmanager
def other_program(server: DavServer, folder: Path) -> Iterator[OtherProgram]:
    """Runs while the block lasts; ends with its input."""
    script = Path(__file__).with_name("other_client.py")
    command = [str(server_python("dav_client")), str(script), server.url, NAME, PASSWORD]
    with (
        (folder / "other.log").open("ab") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        yield OtherProgram(process)
        assert process.stdin
        process.stdin.close()


@dataclass(frozen=True)
class OneList:
    """A fresh list on a server, as the other program has it (see the conformance kit for what it must be able to do)."""

    server: DavServer
    program: OtherProgram
    path: str
    name: str

    def given(self) -> GivenAccount:
        """The account that has this list alone."""
        config = {"url": self.server.url, "username": NAME, "lists": [self.name]}
        return GivenAccount(config, {"password": PASSWORD}, own=("demo@example.org",), other=self)

    def add(self, text: str, due: str = "", weekly: bool = False) -> None:
        self.program.do("add", self.path, text, due, weekly)

    def retitle(self, text: str, to: str) -> None:
        self.program.do("retitle", self.path, text, to)

    def remove(self, text: str) -> None:
        self.program.do("remove", self.path, text)

    def put(self, *entries: str) -> None:
        self.program.do("put", self.path, *(wrapped(entry).decode() for entry in entries))


def fresh_list(server: DavServer, program: OtherProgram, kind: str) -> OneList:
    name = f"list{next(_NUMBERS)}"
    return OneList(server, program, server.make(name, name, kind), name)
