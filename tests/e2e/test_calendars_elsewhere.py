"""As a person uses it: the calendar of an account stands in the agenda, and what became of it when it cannot be read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sage import wire
from sage.client import Client, stop_engine
from sage.core.agenda import Agenda
from sage.locations import Home
from tests.homes import make_home

TOMORROW = datetime.now(UTC) + timedelta(days=1)
FEED = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//demo//demo//
BEGIN:VEVENT
UID:1
DTSTAMP:20261101T000000Z
DTSTART:{TOMORROW:%Y%m%d}T100000Z
DTEND:{TOMORROW:%Y%m%d}T110000Z
SUMMARY:Talk about the demo garden
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.ics"
    path.write_text(FEED.replace("\n", "\r\n"))
    return path


@pytest.fixture
def home(tmp_path: Path, feed: Path) -> Iterator[Home]:
    settings = f'[person]\ntimezone = "UTC"\n[plugins.ics.talks]\nenabled = true\nfile = "{feed}"\n'
    made = make_home(tmp_path, linger=20, settings=settings)
    yield made
    stop_engine(made)


def agenda(client: Client, words: str) -> Agenda:
    """The agenda of tomorrow once these words stand in it."""
    for _ in range(300):
        found = client.call(wire.ShowAgenda("tomorrow"))
        if words in " ".join([*(line.text for line in found.days[0].lines), *found.troubles]):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_an_event_of_an_account_is_in_the_agenda_and_stays_when_it_cannot_be_read(home: Home, feed: Path) -> None:
    with Client(home) as client:
        found = agenda(client, "Talk about the demo garden")
        (event,) = found.days[0].lines
        assert (event.source, event.clock, found.troubles) == ("talks", "10:00", ())
        feed.unlink()
        client.call(wire.StartPlugin("ics/talks"))
        found = agenda(client, "shown as it was today at")
        assert [line.text for line in found.days[0].lines] == ["Talk about the demo garden"]
        assert "The calendar of talks" in found.troubles[0]
