"""What is named with @: read from words, written into them, and found by some of its letters."""

from __future__ import annotations

import pytest

from sage.core.mentions import begun, mentions, nearest, written


def test_names_are_read_with_and_without_quotation_marks() -> None:
    assert mentions('what of @Garden.md, (@"Grow beans") and @Anna?') == [
        "Garden.md,",
        "Garden.md",
        "Grow beans",
        "Anna?",
        "Anna",
    ]
    assert mentions("mail a@b.example or @ nobody") == []


@pytest.mark.parametrize("name", ["Garden.md", "Grow beans", "ends with.", "语文", "a@b"])
def test_what_is_written_is_read_again(name: str) -> None:
    assert name in mentions(f"of {written(name)} and more")


def test_where_a_mention_is_begun() -> None:
    assert begun("see @Gar") == (4, "Gar") and begun('@"Grow be') == (0, "Grow be") and begun("@") == (0, "")
    assert begun("a@b") is None and begun("@Garden and") is None and begun('@"Grow" ') is None


def test_the_nearest_names_come_first() -> None:
    names = ["Great art dealers.md", "Garden.md", "notes/Garden plan.md", "Boiler.md"]
    assert nearest("gard", names, str, 9) == ["Garden.md", "notes/Garden plan.md", "Great art dealers.md"]
    assert nearest("gp", names, str, 1) == ["notes/Garden plan.md"] and nearest("xyz", names, str, 9) == []
