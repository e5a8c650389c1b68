"""Each key of a place does one thing, and is told: by `?` there, and by the README."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from textual.binding import Binding

from sage.tui.app import SageApp
from sage.tui.palette_deeds import key_name, keys_told
from sage.tui.places import PLACES, SHEETS, TALK, Place
from sage.tui.widgets.day_list import DayList
from sage.tui.widgets.grid import Grid
from sage.tui.widgets.reading import Pages
from sage.tui.widgets.results import Results
from tests.test_readme import README, key_lines

LISTS: dict[str, tuple[type[Any], ...]] = {"sheets": (Results, Grid, Pages), "today": (DayList,)}
"""What has the keys in a place before the place itself has them."""
MOVES = {"pageup", "pagedown"}
"""A table of cells takes these for itself."""
SILENT = {"escape", "question_mark"}
"""Told by the line at the bottom wherever they act."""
FROM_THE_LINE = {"down"}
"""Leads from Memory's search line to what was found."""
ASIDE = {"left", "right", "tab"}
"""Between the two columns of Today: a list that does not scroll sideways leaves them to the place."""
BESIDE = [place for place in (*PLACES, SHEETS) if place is not TALK]


def keys_of(owner: type[Any]) -> list[tuple[str, str]]:
    """Each key of a class with its action, those of its bases included unless it leaves them."""
    found: list[tuple[str, str]] = []
    for kind in owner.__mro__:
        bound = vars(kind).get("BINDINGS", ()) if kind.__module__.startswith("sage.") else ()
        for one in bound:
            binding = one if isinstance(one, Binding) else Binding(*one)
            found += [(key.strip(), binding.action) for key in binding.key.split(",")]
    return found


def screen_of(place: Place) -> type[Any]:
    screen: type[Any] = getattr(import_module(f"sage.tui.screens.{place.id}"), place.label)
    return screen


@pytest.mark.parametrize("place", BESIDE, ids=lambda place: place.id)
def test_each_key_of_a_place_is_bound_once_and_told(place: Place) -> None:
    screen, everywhere = screen_of(place), dict(keys_of(SageApp))
    own = keys_of(screen)
    keys = [key for key, _ in own]
    assert sorted(keys) == sorted(set(keys)), "a key does two things"
    assert not set(keys) & set(everywhere), "a key that does something everywhere"
    for widget in LISTS.get(place.id, (Results, Pages)):
        taken = set(widget._merged_bindings.key_to_bindings) & set(keys) - FROM_THE_LINE - ASIDE
        assert not taken - (MOVES if widget is Grid else set()), f"{widget.__name__} takes {taken}"
    told = keys_told(screen)
    for key in set(keys) - SILENT - FROM_THE_LINE - ASIDE:
        assert key_name(key) in told, f"? does not tell of {key_name(key)}"
    for name in told:
        assert name in README


def test_the_readme_tells_the_keys_of_each_place_as_the_app_does() -> None:
    between = README.partition("<!-- keys -->\n")[2].partition("\n<!-- /keys -->")[0]
    assert between == key_lines(), "write it anew: python -m tests.test_readme"
