"""A real engine whose clock is moved (libfaketime): a reminder outlives a kill and a night in which the clocks change."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sage import wire
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.client import connect, engine_command, running_engine
from sage.locations import Home
from tests.homes import kill, make_home, sage

LIBRARY = next((path for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
pytestmark = pytest.mark.skipif(LIBRARY is None, reason="there is no libfaketime here: apt-get install faketime")


@contextmanager
def engine_at(home: Home, time_in_utc: str) -> Iterator[subprocess.Popen[bytes]]:
    """An engine whose clock begins at a time; in the end it is killed with -9, as it is when nobody asks it to leave."""
    environ = {"LD_PRELOAD": str(LIBRARY), "FAKETIME": f"@{time_in_utc}", "TZ": "UTC"}
    engine = subprocess.Popen(
        engine_command(home, "serve", "--stays"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, cwd="/", env={**os.environ, **environ},
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while not running_engine(home):
            assert engine.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        yield engine
    finally:
        kill(engine)


class App:
    """What an open app does with reminders: it asks for each, and says that it was shown."""

    def __init__(self, home: Home) -> None:
        self.shown: list[wire.ReminderDue] = []
        self._door = connect(home, profile="", kind="tui")
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        number = 0
        with self._door.makefile("rb") as lines:
            for line in lines:
                frame = wire.read_from_engine(line)
                if isinstance(frame, wire.News) and isinstance(frame.news, wire.ReminderDue):
                    self.shown.append(frame.news)
                    for request in (wire.TakeReminder(frame.news.key), wire.ReminderShown(frame.news.key)):
                        number += 1
                        self._door.sendall(wire.pack(wire.Call(number, request)))

    def wait(self, seconds: float, count: int) -> None:
        until = time.monotonic() + seconds
        while len(self.shown) < count and time.monotonic() < until:
            time.sleep(0.05)

    def close(self) -> None:
        self._thread.join(10)
        self._door.close()


def seen_at(home: Home, time_in_utc: str, seconds: float, count: int) -> list[wire.ReminderDue]:
    """What an app is told within some seconds (or until it has `count`) after an engine began at a time."""
    with engine_at(home, time_in_utc):
        app = App(home)
        app.wait(seconds, count)
        time.sleep(0.5)  # for the receipt: nothing tells when it is kept
    app.close()
    return app.shown


def test_every_other_tuesday_outlives_a_kill_and_the_end_of_summer_time(tmp_path: Path) -> None:
    home = make_home(tmp_path, settings='[person]\ntimezone = "Europe/Berlin"\n')
    with engine_at(home, "2026-10-20 10:00:00"):
        told = sage(home, "remind", "every other Tuesday at 8 remind me to water the plants")
        assert told.returncode == 0 and "27 October" in told.stdout and "10 November" in told.stdout, told
    # In summer time, 8 o'clock was 06:00 UTC: from the night of 25 October on it is 07:00.
    assert seen_at(home, "2026-10-27 06:00:05", 1.5, 1) == []
    on_time = seen_at(home, "2026-10-27 06:59:57", 20, 1)
    assert len(on_time) == 1 and not on_time[0].ring.late and "water the plants" in on_time[0].ring.schedule.text
    assert seen_at(home, "2026-10-27 07:00:20", 1.5, 1) == []
    assert seen_at(home, "2026-11-03 07:01:00", 1.5, 1) == [], "the week between"
    late = seen_at(home, "2026-11-12 12:00:00", 20, 1)
    assert [news.ring.late for news in late] == ["It was due Tuesday 10 November at 08:00."]
    with closing(open_journal(home.journal)) as database:
        schedule = SchedulePages(database).all()[0]
        states = [one.state for one in SchedulePages(database).occurrences(schedule.id)]
    assert states == ["done", "done", "due"]


def listed(home: Home) -> str:
    return sage(home, "schedule", "list").stdout


def test_another_zone_and_a_clock_that_is_days_off_are_told_once_also_when_no_engine_ran_meanwhile(
    tmp_path: Path,
) -> None:
    home = make_home(tmp_path, settings='[person]\ntimezone = "Europe/Berlin"\n')
    with engine_at(home, "2026-11-23 10:00:00"):
        assert sage(home, "remind", "every day at 8 water the plants").returncode == 0
        assert sage(home, "remind", "--travels", "every day at 9 stretch").returncode == 0
        assert "time now" not in listed(home)
    home.settings.write_text('[person]\ntimezone = "Europe/Lisbon"\n')
    moved = (
        "You are in Lisbon time now: “water the plants” stays at 08:00 Berlin time, which is 07:00 here; "
        "“stretch” stays at 09:00 here."
    )
    with engine_at(home, "2026-11-23 11:00:00"):
        until = time.monotonic() + 20
        while moved not in (told := listed(home)):
            assert time.monotonic() < until, told
        assert moved not in listed(home), "it was told twice"
        home.settings.write_text('[person]\ntimezone = "Asia/Tokyo"\n')
        sage(home, "remind", "tomorrow at 9 call the bank")  # the alarms look when something was set
        until = time.monotonic() + 20
        while "You are in Tokyo time now" not in (told := listed(home)):
            assert time.monotonic() < until, told
    with engine_at(home, "2026-11-21 11:00:00"):
        until = time.monotonic() + 20
        while "shows today at 20:00, but Sage has records up to 23 November" not in (told := listed(home)):
            assert time.monotonic() < until, told
        assert "Nothing is lost" in told, told
        assert "The clock" not in listed(home)
    home.settings.write_text('[person]\ntimezone = "Europe/Lisbon"\n')
    assert seen_at(home, "2026-11-21 06:59:58", 3, 1) == [], "what is due on the 24th came on the 21st"
    assert [news.ring.schedule.text for news in seen_at(home, "2026-11-24 07:00:01", 20, 1)] == ["water the plants"]
    with engine_at(home, "2028-11-24 07:00:01"):
        until = time.monotonic() + 20
        while "when Sage ran last it was 24 November 2026" not in (told := listed(home)):
            assert time.monotonic() < until, told
