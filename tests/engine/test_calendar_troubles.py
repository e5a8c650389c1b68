"""A calendar that cannot be read is told unasked once for each trouble, and its events stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sage import wire
from sage.core.wording import lint
from tests.engine.test_own_times import Day
from tests.homes import make_home

CALENDAR = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nSUMMARY:Dentist\nDTSTART:20261123T130000Z\n"
    "DTEND:20261123T140000Z\nEND:VEVENT\nEND:VCALENDAR\n"
)


class Kept(Day):
    """A home with a calendar, which something reads every now and then."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "demo.ics"
        self.file.write_text(CALENDAR)
        super().__init__(make_home(folder, settings=f'[calendar]\nfiles = ["{self.file}"]\n'))

    def read(self) -> list[str]:
        """Something inside of Sage looks at the calendar."""
        now = self.clock.now()
        return [event.title for event in self.house.calendar.events(now, now.replace(hour=23)).events]

    async def after(self, clock: str, *, days: int = 0) -> list[str]:
        """What is told until then, while the calendar is read before and after."""
        self.read()
        before = await self.go_to(f"{self.clock.now():%H:%M}")
        return before + await self.go_to(clock, days=days)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Callable[[], Kept]]:
    made: list[Kept] = []

    def make() -> Kept:
        made.append(Kept(tmp_path))
        return made[-1]

    yield make
    for one in made:
        one.close()


async def test_it_is_told_once_while_it_lasts_and_again_after_it_had_healed(kept: Callable[[], Kept]) -> None:
    one = kept()
    assert one.read() == ["Dentist"] and await one.after("10:01") == []
    one.file.write_text("<html>sign in</html>")
    assert await one.after("10:05") == [], "it may only be away for a moment"
    [told] = await one.after("10:15")
    assert told.startswith("Sage · The calendar demo.ics: it is no calendar. It is shown as it was ")
    assert lint(told) == () and one.read() == ["Dentist"]
    assert await one.after("12:00", days=2) == []
    one.file.write_text(CALENDAR)
    assert await one.after("12:30") == []
    one.file.unlink()
    assert len(await one.after("13:00")) == 1


async def test_what_is_over_before_it_was_told_is_not_told(kept: Callable[[], Kept]) -> None:
    one = kept()
    one.file.unlink()
    assert await one.after("10:05") == []
    one.file.write_text(CALENDAR)
    assert await one.after("11:00") == []


async def test_what_comes_and_goes_all_day_is_told_once(kept: Callable[[], Kept]) -> None:
    one = kept()
    told = []
    for clock in ("10:20", "10:40", "11:00", "11:20", "11:40"):
        one.file.unlink()
        told += await one.after(clock)
        one.file.write_text(CALENDAR)
        told += await one.after(clock)
    assert len(told) == 1
    one.file.unlink()
    assert await one.after("09:00", days=1) == [] and len(await one.after("09:10")) == 1


async def test_a_restart_tells_it_no_second_time(kept: Callable[[], Kept]) -> None:
    one = kept()
    one.file.unlink()
    assert len(await one.after("10:15")) == 1
    one.close()
    one.open()
    assert await one.go_to("10:20") == [] and await one.after("10:40") == []
    found = await one.ask(wire.ShowAgenda())
    assert found.troubles == (
        "The calendar demo.ics: it cannot be read (No such file or directory). Nothing of it is shown.",
    )


async def test_who_saw_it_in_the_agenda_is_not_told_besides(kept: Callable[[], Kept]) -> None:
    one = kept()
    one.file.unlink()
    assert (await one.ask(wire.ShowAgenda())).troubles
    assert await one.after("10:30") == []
    assert (await one.ask(wire.ShowAgenda())).troubles, "the agenda names it every time"


async def test_it_waits_in_quiet_hours_and_for_the_end_of_a_focus_session(kept: Callable[[], Kept]) -> None:
    one = kept()
    await one.ask(wire.BeginFocus("rest", 30))
    one.file.unlink()
    assert await one.after("10:20") == []
    assert len(await one.after("10:30")) == 2
    one.file.write_text(CALENDAR)
    assert await one.after("22:30", days=1) == []
    one.file.unlink()
    assert await one.after("23:00") == [] and len(await one.after("08:00", days=1)) == 1


async def test_nothing_of_a_calendar_is_kept_on_the_disk(kept: Callable[[], Kept]) -> None:
    one = kept()
    one.read()
    one.file.unlink()
    await one.after("10:15")
    one.house.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    files = [path for path in one.home.path.rglob("*") if path.is_file()]
    assert files and not [path.name for path in files if b"Dentist" in path.read_bytes()]
