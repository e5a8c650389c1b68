"""A plugin that does what its settings say, for the tests of its host; and the frame that opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sage.adapters.plugins.frames import Open
from sage.plugin_api import API

SOURCE = r"""
import asyncio, os, sys, time
from datetime import datetime
from pydantic import BaseModel, ConfigDict
from sage.plugin_api import *
from sage import plugin_api as api

class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    how: str = ""
    count: int = 0

def message(n, text="hello"):
    return Inbound(f"m{n}", "room", Address("demo-aunt"), text, "2026-11-27T09:00:00+00:00")

class Odd(TaskSource, MessagingSurface):
    async def open(self):
        how = self.ctx.config.how
        if how == "raises at open": raise ValueError("a secret word")
        if how == "auth": raise AuthRefused("The password is refused.")
        if how == "unreachable": raise Unreachable("No route.", 7)
        if how == "never ready": await asyncio.sleep(1000)
        if how == "exits": os._exit(3)
        if how == "stubborn":
            import signal
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if how == "prints": print("to standard output"); print("a traceback of sorts", file=sys.stderr)
        if how == "family":
            import subprocess
            child = subprocess.Popen(["sleep", "1000"])
            (self.ctx.folder / "child").write_text(str(child.pid))
    async def close(self):
        if self.ctx.config.how == "stubborn":
            time.sleep(1000)
    async def health(self):
        return Health("ok", f"{self.ctx.secret('password').reveal()} {self.ctx.account} {self.ctx.zone} {sorted(os.environ)}")
    async def list(self):
        how = self.ctx.config.how
        if how == "raises": raise ValueError("a secret word")
        if how == "hangs": time.sleep(1000)
        if how == "waits": await asyncio.sleep(1000)
        if how == "segfault": os.kill(os.getpid(), 11)
        if how == "long line": self._raw(b"x" * 5_000_000)
        if how == "nonsense": self._raw(b'{"type": "nothing"}' + bytes([10]))
        if how == "unasked answers":
            for _ in range(500): self._raw(b'{"type":"answer","id":999,"body":0}' + bytes([10]))
        if how == "beats":
            for _ in range(500): self._raw(b'{"type":"beat","mb":1}' + bytes([10]))
        if how == "deep": self._raw(b'{"type":"answer","id":1,"body":' + b"[" * 50000 + b"]" * 50000 + b"}" + bytes([10]))
        if how == "stale of nothing": raise Stale(None)
        if how == "half a character": yield Task("t", "half \udc80 of it", "1")
        if how == "long task": yield Task("t", "\N{UMBRELLA WITH RAIN DROPS}" * 2_000_000, "1")
        if how == "sentence": raise Refused("\x1b]52;c;eA==\x07No" + "o" * 1_000_000)
        if how == "leaks":
            kept = []
            while True:
                kept.append(bytearray(20_000_000)); await asyncio.sleep(0.05)
        if how == "many changed":
            for _ in range(1000): self.ctx.changed()
        for n in range(self.ctx.config.count):
            yield Task(f"t{n}", f"Task {n} ☂", "1")
    def _raw(self, data):
        import gc
        for thing in gc.get_objects():
            if type(thing).__name__ == "_Child": thing._write(data)
    async def changes(self, cursor):
        return Changes(tuple([task async for task in self.list()]), ("gone",), cursor + "+", True)
    async def update(self, id, change, revision):
        raise Stale(Task(id, "theirs", "2"), "It changed.")
    async def complete(self, id, revision, at):
        assert at.tzinfo is not None
        return Completed(Task(id, "done", "2", done=True, done_on=at.isoformat()))
    async def events(self, cursor):
        how = self.ctx.config.how
        start = int(cursor or 0)
        if how == "flood":
            n = start
            while True:
                yield Batch(tuple(message(n + i, "x" * 100_000) for i in range(200)), str(n + 200)); n += 200
        if how == "big batch": yield Batch(tuple(message(i) for i in range(201)), "201")
        if how == "long text": yield Batch((message(0, "ü" * 300_000),), "1")
        if how == "half a message": yield Batch((message(0, "half \udc80 of it"),), "1")
        if how == "long subject":
            many = tuple(Attachment("a" * 100_000) for _ in range(60))
            aunt = Address("aunt", "n" * 5_000_000)
            yield Batch((Inbound("m", "room", aunt, "x", "", subject="s" * 5_000_000, attachments=many),), "1")
        if how == "empty batches":
            while True: yield Batch((), cursor)
        if how == "stops listening": return
        if how == "cuts": raise Unreachable("The connection was cut.")
        for n in range(start, self.ctx.config.count):
            yield Batch((message(n),), str(n + 1))
        await asyncio.sleep(1000)
"""


def written(folder: Path) -> Path:
    """Writes the plugin below a folder, and returns the folder in which plugins stand."""
    (folder / "odd").mkdir(parents=True, exist_ok=True)
    (folder / "odd" / "source.py").write_text(SOURCE, encoding="utf-8")
    return folder


def opening(plugins: Path, account_folder: Path, memory_mb: int = 300, **config: Any) -> Open:
    """What its process is told."""
    account_folder.mkdir(parents=True, exist_ok=True)
    return Open(
        API, "odd/one", str(plugins), "sage_plugins.odd.source:Odd", "sage_plugins.odd.source:Config", config,
        {"password": "pa55"}, str(account_folder), "Europe/Berlin", ("me@example.org",), memory_mb,
    )  # fmt: skip
