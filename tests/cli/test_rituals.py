"""`sage agenda`, `brief`, `shutdown`, `review` and `focus` over a real engine, as they stand on paper and as data."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sage.locations import Home
from tests.homes import engine_of, make_home, sage

TODAY = datetime.now().astimezone()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("rituals")
    day = TODAY + timedelta(days=2)
    (folder / "demo.ics").write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\n"
        + "".join(
            f"BEGIN:VEVENT\nUID:{title}\nSUMMARY:{title}\nDTSTART:{day:%Y%m%d}T{start}00\nDTEND:{day:%Y%m%d}T{end}00\nEND:VEVENT\n"
            for title, start, end in (("Dentist", "1400", "1500"), ("Call", "1430", "1500"))
        )
        + "END:VCALENDAR\n"
    )
    made = make_home(
        folder, settings=f'[calendar]\nfiles = ["{folder}/demo.ics"]\n[quiet_hours]\nstart = ""\nend = ""\n'
    )
    with engine_of(made):
        yield made


def told(home: Home, *words: str) -> str:
    ended = sage(home, *words)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def data(home: Home, *words: str) -> Any:
    return json.loads(told(home, *words, "--json"))


def test_an_agenda_tells_its_days_with_what_collides(home: Home) -> None:
    day = f"{TODAY + timedelta(days=2):%Y-%m-%d}"
    shown = told(home, "agenda", day)
    assert "  14:00–15:00  Dentist  [e" in shown
    assert "  At once: 14:30: Dentist and Call are at the same time.\n" in shown
    assert "  Free: 00:00–14:00, 15:00–24:00\n" in shown
    [found] = data(home, "agenda", day)["days"]
    assert [line["text"] for line in found["lines"]] == ["Dentist", "Call"] and len(found["collisions"]) == 1
    assert len(data(home, "agenda", "--days", "7")["days"]) == 7


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("agenda", "the", "greenhouse"), "'the greenhouse' names no day."),
        (("agenda", "9999-12-31"), "9999-12-31 is too far away to be shown."),
        (("agenda", "0001-01-01"), "0001-01-01 is too far away to be shown."),
        (("agenda", "--days", "0"), "0 days cannot be shown."),
        (("focus", "--stop"), "No focus session runs."),
        (("focus", "rest", "--minutes", "0"), "A focus session cannot have 0 minutes."),
        (("shutdown", "--answers", "k9=carry"), "Nothing was asked about 'k9'."),
        (("review", "--answers", "g9"), "'g9' is no answer."),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(home: Home, words: tuple[str, ...], said: str) -> None:
    ended = sage(home, *words)
    assert ended.returncode == 1 and ended.stderr.startswith(said) and ended.stdout == ""


def test_a_brief_a_shutdown_and_its_answers(home: Home) -> None:
    task = data(home, "task", "add", "Send the form", "--due", "today")["id"]
    assert f"Focus: Send the form  [{task}]" in told(home, "brief")
    assert data(home, "brief")["lines"][1]["sources"] == [task]
    shown = told(home, "shutdown")
    assert f"Send the form  [{task}]: carry|park|drop|done\n" in shown and shown.endswith("Good night.\n")
    assert told(home, "shutdown", "--answers", f"{task}=carry").startswith("Tomorrow: Send the form\n")
    assert f"[{task}]:" not in told(home, "shutdown")


def test_a_review_asks_of_each_goal_and_writes_it_anew(home: Home) -> None:
    goal = data(home, "goal", "add", "Run a marathon", "--why", "fame")["id"]
    asked = data(home, "review")["questions"]
    assert [(one["id"], one["note"]) for one in asked] == [(goal, "fame")]
    answered = data(home, "review", "--answers", f"{goal}=rewrite:Run twice a week because my head clears")
    assert (
        answered["told"] == ["Now: Run twice a week, because my head clears"] and answered["ritual"]["questions"] == []
    )


def test_a_focus_session_begins_shows_and_ends(home: Home) -> None:
    begun = told(home, "focus", "the", "report", "--minutes", "50")
    assert begun.startswith("Focus on the report: 50 minutes to go.  [u")
    assert data(home, "focus")["session"]["about"] == "the report"
    assert told(home, "focus", "--stop").startswith("A beginning on the report. That counts.")
    assert told(home, "focus").startswith("No focus session runs.")
    assert "reminder" not in told(home, "agenda")


def test_a_brief_at_a_time_of_the_settings_stands_among_the_schedules_and_can_be_left_out(
    home: Home, tmp_path: Path
) -> None:
    other = make_home(tmp_path, settings='[brief]\nat = "08:00"\n[review]\nat = "Sunday 18:00"\n')
    with engine_of(other):
        listed = told(other, "schedule", "list")
        skipped = told(other, "schedule", "skip", "own-brief")
        removed = sage(other, "schedule", "remove", "own-review")
    assert "Brief: every day at 08:00, wherever you are  [own-brief]" in listed
    assert "Review: every Sunday at 18:00, wherever you are  [own-review]" in listed
    assert "Left out: " in skipped
    assert removed.returncode == 1 and "review.at" in removed.stderr
    wrong = make_home(tmp_path / "wrong", settings='[brief]\nat = "8 in the morning"\n')
    assert "brief.at" in sage(wrong, "schedule", "list").stderr
