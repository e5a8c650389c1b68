from pathlib import Path

import pytest

from sage.testing.plugins import CalendarSourceConformance, GivenAccount
from sage.testing.plugins.calendar import wrapped


class Editor:
    """Another program of the person's, which writes the same file. It shares no code with the plugin."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.put()

    def put(self, *entries: str) -> None:
        self._file.write_bytes(wrapped(*entries))


class TestSkeleton(CalendarSourceConformance):
    plugin = "skeleton"

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        file = tmp_path / "calendar.ics"
        return GivenAccount(config={"file": str(file)}, own=("demo@example.org",), other=Editor(file))
