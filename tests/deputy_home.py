"""A home whose person has people, grants, notes and an account that is a folder: others write there, and what is sent is read."""

from __future__ import annotations

import json
import time
from pathlib import Path

from sage import wire
from sage.adapters.plugins.skeleton import write_skeleton
from sage.client import Client, stop_engine
from sage.locations import Home
from tests.homes import make_home

SETTINGS = """
[person]
name = "Demo Ana"
timezone = "Europe/Berlin"
[people.tom]
called = "Demo Tom"
addresses = ["letters:tom@letters.test"]
circles = ["work"]
[people.eve]
called = "Demo Eve"
addresses = ["letters:eve@letters.test"]
circles = ["work"]
[grants.tom]
office = "auto"
[deputy]
hold_seconds = {hold}
"""
OFFICE = """---
audience: [work]
---
# Office

The code of the garden gate is 4711.

The projector of the big room stands in cupboard 3.
"""
DIARY = "# Diary\n\nThe code of the safe is 9999.\n"
ACCOUNT = "letters/me"


class DeputyHome:
    """`write` is somebody writing; `sent` are the texts that went out, oldest first."""

    def __init__(self, folder: Path, *, hold: int = 60) -> None:
        self.home: Home = make_home(folder, linger=20, settings=SETTINGS.format(hold=hold))
        self._spool, self._notes = folder / "spool", folder / "notes"
        self._spool.mkdir()
        self._notes.mkdir()
        (self._notes / "office.md").write_text(OFFICE)
        (self._notes / "diary.md").write_text(DIARY)
        plugin = write_skeleton("letters", "messaging", self.home.plugins) and self.home.plugins / "letters"
        source = plugin / "source.py"
        source.write_text(source.read_text().replace("auto=auto)", 'auto=auto, verified="yes")'))
        with Client(self.home) as client:
            for step in ("model", "notes"):
                client.call(wire.CloseSetup(step))
            client.call(wire.ImportNotes(str(self._notes)))
            shown = client.call(wire.ShowPlugin("letters", "me"))
            values = {"folder": str(self._spool), "allow": "tom@letters.test, eve@letters.test, kim@letters.test"}
            client.call(wire.EnablePlugin("letters", "me", shown.digest, values))
        text = self.home.settings.read_text().replace("[plugins.letters.me]", "[plugins.letters.me]\ndeputy = true")
        self.home.settings.write_text(text)
        self._until_it_listens()

    def write(self, sender: str, text: str, name: str = "") -> None:
        line = {"from": sender, "name": name, "text": text, "at": "2026-11-23T10:00:00+01:00"}
        with (self._spool / "in.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")

    def sent(self) -> list[str]:
        file = self._spool / "out.jsonl"
        return [json.loads(line)["text"] for line in file.read_text().splitlines()] if file.exists() else []

    def away(self, words: str = "2h") -> None:
        with Client(self.home) as client:
            client.call(wire.GoAway(words))

    def replies(self, *states: str) -> tuple[wire.ReplyShown, ...]:
        with Client(self.home) as client:
            return client.call(wire.ListReplies(states or ("open",))).items  # type: ignore[arg-type]

    def close(self) -> None:
        stop_engine(self.home)

    def _until_it_listens(self) -> None:
        """Until the account has been told where it is: what is written from now on comes in."""
        with Client(self.home) as client:
            for _ in range(400):
                self.write("kim@letters.test", "hello")
                if client.call(wire.ListInbox()).items:
                    return
                time.sleep(0.05)
        raise AssertionError("it does not listen")
