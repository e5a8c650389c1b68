"""Letters of invented people: each is a line of a file, from the first one on. Nothing leaves the folder."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from sage.plugin_api import Address, Batch, Inbound, MessagingSurface, Outbound, Receipt

LOOKS_EVERY = 0.1
"""Seconds."""


class Letters(MessagingSurface):
    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        seen = int(cursor or 0)
        while True:
            new = self._lines("in.jsonl")[seen:]
            if new:
                letters = tuple(_inbound(seen + number, line) for number, line in enumerate(new))
                seen += len(new)
                yield Batch(letters, str(seen))
            else:
                await asyncio.sleep(LOOKS_EVERY)

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        if not any(line["key"] == idempotency_key for line in self._lines("out.jsonl")):
            line = {"key": idempotency_key, "to": out.conversation, "text": out.text}
            with (self.ctx.config.folder / "out.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        return Receipt(idempotency_key)

    def _lines(self, name: str) -> list[dict[str, Any]]:
        path = self.ctx.config.folder / name
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def _inbound(number: int, line: dict[str, Any]) -> Inbound:
    sender = Address(line["from"], line["name"])
    return Inbound(f"line {number}", line["from"], sender, line["text"], line["at"], verified="yes")
