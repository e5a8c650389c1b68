"""What an engine saw last outlives it: the zone and the clock are spoken of once, and no words of a reminder are kept for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sage.core.schedules.schedule import Rule, Schedule
from sage.engine.bootstrap import House
from sage.engine.whereabouts import Whereabouts
from sage.testing.fakes import FakeClock
from tests.homes import make_home


class ZoneClock(FakeClock):
    def stay_in(self, zone: str) -> None:
        self.time = self.time.astimezone(ZoneInfo(zone))


class Engines:
    """One engine after the other over a home; `unsaid` is what no app has shown."""

    def __init__(self, folder: Path) -> None:
        self.house: Any = House.open(make_home(folder))
        self.house.clock = self.clock = ZoneClock()
        self.live_in("Europe/Berlin")
        self.start()

    def start(self) -> None:
        self.unsaid: list[str] = []
        self.whereabouts = Whereabouts(self.house, lambda: self.unsaid)

    def live_in(self, zone: str) -> None:
        self.house.home.settings.write_text(f'[person]\ntimezone = "{zone}"\n')

    def look(self) -> list[str]:
        found = self.whereabouts.look()
        self.unsaid += found
        return found


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[Engines]:
    engines = Engines(tmp_path)
    yield engines
    engines.house.memory.close()
    engines.house.database.close()
    engines.house.lock.release()


def test_a_move_is_told_until_it_was_said_and_its_words_are_not_kept(engines: Engines) -> None:
    rule = Rule("2026-11-24T08:00", "Europe/Berlin", "FREQ=DAILY")
    engines.house.schedules.add(Schedule("a", "water the plants", rule), engines.clock.now())
    assert engines.look() == []
    engines.live_in("Europe/Lisbon")
    [said] = engines.look()
    assert "which is 07:00 here" in said and engines.look() == []
    assert "plants" not in engines.house.home.last_seen.read_text()
    engines.start()
    assert engines.look() == [said], "nobody has seen it"
    engines.unsaid.clear()
    engines.look()
    engines.start()
    assert engines.look() == []


def test_a_clock_that_went_back_is_told_until_it_was_said(engines: Engines) -> None:
    engines.look()
    engines.clock.time = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert engines.look() == [], "while it runs the alarms notice"
    engines.house.home.last_seen.write_text('{"zone": "Europe/Berlin", "at": "2026-11-23T09:00:00+00:00"}')
    engines.start()
    [said] = engines.look()
    assert "it was set back" in said
    engines.start()
    assert said in engines.look()
    engines.unsaid.clear()
    engines.look()
    engines.start()
    assert engines.look() == []


def test_settings_and_files_that_cannot_be_read_leave_all_as_it_was(engines: Engines) -> None:
    engines.look()
    engines.house.home.settings.write_text('[person]\ntimezone = "Mars/Olympus"\n')
    assert engines.look() == [] and str(engines.clock.now().tzinfo) == "Europe/Berlin"
    engines.live_in("Europe/Berlin")
    for torn in ("", "{", '{"zone": "Mars", "at": "2026-11-23T09:00:00+00:00"}', '{"zone": "UTC", "at": "soon"}'):
        engines.house.home.last_seen.write_text(torn)
        engines.start()
        assert engines.look() == []
