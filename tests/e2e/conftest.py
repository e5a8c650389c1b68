"""What tests with real processes share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sage import wire
from sage.client import Client, stop_engine
from sage.locations import Home
from tests.homes import make_home, make_notes


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home with notes whose setup is done."""
    made = make_home(tmp_path, linger=20)
    with Client(made) as client:
        client.call(wire.ImportNotes(str(make_notes(tmp_path))))
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    yield made
    stop_engine(made)
