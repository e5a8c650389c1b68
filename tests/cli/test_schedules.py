"""`sage remind` and `sage schedule` over a real engine, as a person reads them."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.homes import engine_of, make_home, sage


def event(name: str, title: str, start: datetime) -> str:
    return f"BEGIN:VEVENT\nUID:{name}\nSUMMARY:{title}\nDTSTART:{start:%Y%m%dT%H%M%S}Z\nDURATION:PT1H\nEND:VEVENT\n"


def calendar(*events: str) -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{''.join(events)}END:VCALENDAR\n"


def test_a_reminder_is_set_shown_changed_left_out_and_taken_back(tmp_path: Path) -> None:
    home = make_home(tmp_path, settings='[person]\ntimezone = "Europe/Berlin"\nlanguage = "de"\n')
    with engine_of(home):
        made = json.loads(sage(home, "remind", "jeden", "zweiten Dienstag um 8", "Blumen gießen", "--json").stdout)
        assert (
            made["schedule"]["text"] == "Blumen gießen"
            and made["said"] == "every other Tuesday at 08:00, Europe/Berlin"
        )
        assert len(made["next"]) == 3
        listed = sage(home, "schedule", "list").stdout.splitlines()
        assert listed[0].startswith("Blumen gießen: every other Tuesday at 08:00") and len(listed) == 4
        edited = sage(
            home, "schedule", "edit", "Blumen", "--when", "every Friday at 16:30", "--late", "skip", "--insist"
        ).stdout
        assert "every Friday at 16:30, Europe/Berlin, skipped when late, " in edited
        assert "Left out: Friday" in sage(home, "schedule", "skip", "Blumen").stdout
        assert "skipped" in sage(home, "schedule", "show", "Blumen").stdout
        for words in (["edit", "nosuch", "--text", "x"], ["remove", "nosuch"], ["skip", "nosuch"], ["show", "nosuch"]):
            refused = sage(home, "schedule", *words)
            assert refused.returncode == 1 and "There is no reminder 'nosuch'." in refused.stderr
        assert sage(home, "schedule", "remove", "Blumen").stdout.startswith("Removed: Blumen gießen (every Friday")
        assert sage(home, "schedule", "list").stdout == "No reminders yet.\n"
        assert ", removed" in sage(home, "schedule", "list", "--all").stdout
        assert json.loads(sage(home, "schedule", "list", "--json").stdout) == []


def test_a_reminder_goes_with_the_event_that_it_hangs_on(tmp_path: Path) -> None:
    file = tmp_path / "cal.ics"
    home = make_home(tmp_path, settings=f'[person]\ntimezone = "UTC"\n[calendar]\nfiles = ["{file}"]\n')
    start = datetime.now(ZoneInfo("UTC")).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    file.write_text(calendar(event("a", "Dentist Dr. Demo", start)))
    with engine_of(home):
        set_ = sage(home, "remind", "30 minutes before every dentist appointment").stdout
        assert "Dentist appointment: 30 minutes before each dentist appointment" in set_
        assert f"{start - timedelta(minutes=30):%H:%M}: “Dentist Dr. Demo”" in set_
        later = start + timedelta(hours=5)
        file.write_text(calendar(event("a", "Dentist Dr. Demo", later)))
        sage(home, "remind", "in 3 days rest")  # the alarms look when something was set
        until = time.monotonic() + 20
        while f"{later - timedelta(minutes=30):%H:%M}  reminder: Dentist" not in (
            told := sage(home, "agenda", "--days", "3").stdout
        ):
            assert time.monotonic() < until, told
    with engine_of(home):
        file.unlink()
        shown = sage(home, "schedule", "show", "Dentist").stdout
    assert f"{later - timedelta(minutes=30):%H:%M}" in shown and "What was planned by it stays planned." in shown
