"""Messages as lines of two files: put your service in their place, and keep what the tests ask for.

Import the service's library inside of the methods that use it: this module is imported before it is installed.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sage.plugin_api import (
    Address,
    Batch,
    Context,
    Inbound,
    MessagingSurface,
    Outbound,
    Receipt,
    Refused,
    Unreachable,
)

LOOKS_EVERY = 0.1
"""Seconds. A service that says by itself that something came needs no such thing."""
MOST = 200


class Skeleton(MessagingSurface):
    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._folder: Path = ctx.config.folder.expanduser()

    async def open(self) -> None:
        self._lines("in.jsonl")

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        seen = int(cursor) if cursor else len(self._lines("in.jsonl"))
        yield Batch((), str(seen))  # from now on, also if nothing comes before Sage ends
        while True:
            new = self._lines("in.jsonl")[seen : seen + MOST]
            if new:
                messages = tuple(_inbound(seen + number, line) for number, line in enumerate(new))
                seen += len(new)
                yield Batch(messages, str(seen))  # going on after this means that they are on disk
            else:
                await asyncio.sleep(LOOKS_EVERY)

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        if out.to != (out.conversation,):
            raise Refused("Others are in this conversation.")
        if not any(line["key"] == idempotency_key for line in self._lines("out.jsonl")):
            line = {"key": idempotency_key, "to": out.conversation, "text": out.text, "auto": out.auto}
            with (self._folder / "out.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        return Receipt(idempotency_key)

    def _lines(self, name: str) -> list[dict[str, Any]]:
        """The whole lines of a file; the last one may still be being written."""
        if not self._folder.is_dir():
            raise Unreachable(f"There is no folder {self._folder}.")
        try:
            text = (self._folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].split("\n") if line]


def _inbound(number: int, line: dict[str, Any]) -> Inbound:
    sender = Address(line["from"], line.get("name", ""))
    conversation = line.get("to") or line["from"]
    own, auto = line["from"] == "me", bool(line.get("auto"))
    return Inbound(f"line {number}", conversation, sender, line["text"], line["at"], own=own, auto=auto)
