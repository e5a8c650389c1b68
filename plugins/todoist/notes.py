"""What an account has to remember over restarts, so that nothing is made or done twice."""

from __future__ import annotations

import json
from pathlib import Path

_MOST = 2_000
"""Notes that are kept; older ones are asked about no more."""


class Notes:
    """Short values by a name, in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        self._kept: dict[str, str] = found if isinstance(found, dict) else {}

    def get(self, name: str) -> str | None:
        return self._kept.get(name)

    def put(self, name: str, value: str) -> None:
        """Is on disk when it returns."""
        self._kept.pop(name, None)
        self._kept[name] = value
        self._kept = dict(list(self._kept.items())[-_MOST:])
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(self._kept), encoding="utf-8")
        new.replace(self._file)
