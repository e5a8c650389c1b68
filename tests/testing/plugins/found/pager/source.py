"""Writes what is told into a file of JSON, by key."""

from __future__ import annotations

import json
from pathlib import Path

from sage.plugin_api import Notifier


class Pager(Notifier):
    """One file."""

    async def tell(self, title: str, more: str, key: str, quiet: bool) -> bool:
        file, fault = Path(self.ctx.config.file), self.ctx.config.fault
        shown = json.loads(file.read_text()) if file.exists() else {}
        if fault == "tells twice":
            key = f"{key} {len(shown)}"
        if fault == "markup":
            title = title.replace("&", "&amp;")
        if fault == "forgets the rest":
            more = ""
        if fault != "shows nothing":
            shown[key] = (title, more)
        file.write_text(json.dumps(shown))
        return True
