from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sage.core.nudge_words import Nudge, NudgeKind, proposed, template
from sage.core.nudges import Answer

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # a Monday


def nudge(kind: NudgeKind = "task", sent_at: str = "", answer: Answer = "", **features: Any) -> Nudge:
    return Nudge(
        "j1", kind, "k1", "Demo", "sent", "2026-11-20T09:00:00+00:00", sent_at, answer=answer, features=features
    )


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("", "Is now a moment for “Demo”?"),
        ("2026-11-23", "Is now a moment for “Demo”? It is for today."),
        ("2026-11-27", "Is now a moment for “Demo”? It is for Friday."),
        ("2026-12-27", "Is now a moment for “Demo”?"),
        ("2026-11-24T09:00", "Is now a moment for “Demo”? It is for tomorrow at 09:00."),
    ],
)
def test_a_template_names_the_day(due: str, said: str) -> None:
    assert template(nudge(due=due), NOW) == said


MORNING, LATER, EVENING = "2026-11-20T08:00:00+00:00", "2026-11-21T08:00:00+00:00", "2026-11-22T19:00:00+00:00"


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        ([nudge(sent_at=MORNING, answer="dismissed")], None),
        ([nudge(sent_at=MORNING, answer="dismissed"), nudge(sent_at=LATER, answer="not today")], ("task", "morning")),
        ([nudge(sent_at=MORNING, answer="dismissed"), nudge(sent_at=EVENING, answer="not today")], ("task", "")),
        ([nudge(sent_at=MORNING, answer="dismissed"), nudge(sent_at=LATER, answer="taken")], None),
        ([nudge("goal", MORNING, "dismissed"), nudge(sent_at=LATER, answer="not today")], None),
        ([nudge(sent_at=MORNING, answer="taken"), nudge(sent_at=LATER, answer="dismissed")], None),
    ],
)
def test_two_declined_in_a_row_suggest_a_rule(sent: list[Nudge], rule: tuple[str, str] | None) -> None:
    found = proposed(sent, NOW)
    assert (found and (found.kind, found.part)) == rule
