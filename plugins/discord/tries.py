"""Which keys were tried. Discord knows a key for a few minutes alone; afterwards what was sent is looked for by its number
or, when that is not known, among what the bot wrote since."""

from __future__ import annotations

import json
import time
from pathlib import Path

_MOST = 1000


class Tries:
    """Numbers and moments by key, kept in a file; no words."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "tries.json"
        self._known: dict[str, list[int]] = {}
        if self._file.exists():
            self._known = json.loads(self._file.read_text(encoding="utf-8"))

    def before(self, key: str) -> tuple[int, int]:
        """When it was first tried, in seconds since 1970, and the message that it became; 0: never, or not known."""
        at, message = self._known.get(key, (0, 0))
        return at, message

    def note(self, key: str, message: int = 0) -> None:
        """It is tried now, or it became a message. On disk when this returns."""
        self._known[key] = [self.before(key)[0] or int(time.time()), message]
        for old in list(self._known)[:-_MOST]:
            del self._known[old]
        anew = self._file.with_suffix(".new")
        anew.write_text(json.dumps(self._known), encoding="utf-8")
        anew.replace(self._file)

    def has(self, message: int) -> bool:
        """Whether some key became this message."""
        return any(found == message for _, found in self._known.values())
