"""The line at the bottom of each place: what it tells, and what stays where it is narrow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from sage import wire
from sage.tui.status import Part, fitting, status_parts

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


def status(**given: object) -> wire.EngineStatus:
    known = wire.EngineStatus(1, "1", "", "default", "far/one", 3, 0, 0, 0.125, 1, 1, stays=False, theme="dark")
    return replace(known, **given)


def test_where_it_is_narrow_what_matters_least_goes_first_and_who_answers_stays() -> None:
    shown = status(
        profile="focus",
        paused="until 9",
        waiting=2,
        cap_today_usd=1.0,
        next_at="2026-05-04T17:00+00:00",
        next_text="water the plants",
    )
    parts = status_parts(shown, NOW)
    whole = fitting(parts, 200)
    assert whole == (
        "paused until 9 · 2 waiting: F4 · far/one · $0.12 of $1.00 today · 17:00 water the plants · 3 notes · focus · Ctrl+P all"
    )
    assert "default" not in fitting(status_parts(replace(shown, profile="default"), NOW), 200)
    for width in range(1, 200):
        line = fitting(parts, width)
        assert len(line) <= width
        if width >= len("far/one"):
            assert "far/one" in line and not line.endswith("…")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-05-04T17:00+00:00", "17:00 x"),
        ("2026-05-05T09:00+00:00", "Tue 09:00 x"),
        ("2026-06-01T09:00+00:00", "1 Jun 09:00 x"),
    ],
)
def test_the_next_reminder_is_told_in_words_that_stay_true_after_midnight(at: str, said: str) -> None:
    assert said in fitting(status_parts(status(next_at=at, next_text="x"), NOW), 200)


def test_nothing_from_outside_steers_the_terminal() -> None:
    line = fitting([Part("a\x1b[31mb\u202ec\n[/foo]", 0)], 40)
    assert "\x1b" not in line and "\u202e" not in line and "\n" not in line and "[/foo]" in line
