"""What is told after a forgetting."""

from __future__ import annotations

import pytest

from sage.core.forgetting.forgetting import Forgetting
from sage.tui.memory_deeds import forgotten_words


@pytest.mark.parametrize(
    ("counts", "waiting", "begins"),
    [
        ({"note": 1}, (), "Forgotten. u gives it back"),
        ({"note of yours": 1}, ("/vault/Keys.md",), "Not forgotten yet: Keys.md is yours to edit (o)"),
        ({"note of yours": 1, "fact": 1}, ("/vault/Keys.md",), "Forgotten, but for your file. Keys.md is yours"),
    ],
)
def test_nothing_is_called_forgotten_that_a_file_still_says(
    counts: dict[str, int], waiting: tuple[str, ...], begins: str
) -> None:
    told = forgotten_words(Forgetting("e1", "trash", "2026-01-01T00:00", counts, waiting=waiting))
    assert told.startswith(begins) and ("still found" in told) == bool(waiting)
