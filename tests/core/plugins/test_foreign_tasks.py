"""Tasks from elsewhere at the door: whatever a source says, they can be shown in every zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sage.core.plugins.foreign_tasks import shown, taken_in
from sage.plugin_api import Task

ZONES = ("Pacific/Kiritimati", "Europe/Berlin", "America/Los_Angeles")


@pytest.mark.parametrize(
    ("due", "kept"),
    [
        ("2026-11-27", "2026-11-27"),
        ("2026-11-27T09:00:30+01:00", "2026-11-27T09:00"),
        ("0002-03-04T05:06", "0002-03-04T05:06"),
        ("9999-99-99", ""),
        ("9999-12-31", ""),
        ("9999-12-31T23:59", ""),
        ("0001-01-01T00:00", ""),
    ],
)
@pytest.mark.parametrize("zone", ["", "UTC", *ZONES])
def test_a_due_time_is_one_in_every_zone(due: str, kept: str, zone: str) -> None:
    task = taken_in(Task("1", "Water the plants", "1", due=due, zone=zone))
    assert task.due == kept
    for here in ZONES:
        there = shown(task, "demo/one", ZoneInfo(here)).due
        assert bool(there) == bool(kept)
        assert not there or datetime.fromisoformat(there)
