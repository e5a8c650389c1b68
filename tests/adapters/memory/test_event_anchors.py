"""A time that is told by an event is found by what tells when the event was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sage.adapters.memory.event_anchors import Anchored, anchored
from sage.adapters.memory.memory import SageMemory
from sage.core.labels import PRIVATE, Audience
from sage.core.passages import Hit
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ASKED = "what was for supper two days before the marathon?"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[SageMemory]:
    with SageMemory(tmp_path, FakeTexts(), FakeEmbedder()) as memory:
        yield memory


def write(memory: SageMemory, entries: dict[str, str], audience: Audience = PRIVATE) -> list[str]:
    """A diary: what was written on each day."""
    return [
        memory.remember(text, source="diary", when=datetime.fromisoformat(f"{day}T20:00:00+00:00"), audience=audience)
        for day, text in entries.items()
    ]


def days(memory: SageMemory, question: str) -> list[tuple[date, date]]:
    return [(span.first, span.last) for span in memory.read(lambda store: anchored(store, question)).spans]


def first_meal(memory: SageMemory, recipients: list[str] | None = None) -> Hit:
    found = memory.recall(ASKED, now=NOW, recipients=recipients)
    return next(hit for hit in found if hit.text in MEALS.values())


MEALS = {
    "2026-03-27": "Pasta for supper.",
    "2026-04-10": "For supper there was rice with beans and a banana.",
    "2026-04-24": "Supper: fish soup.",
    "2026-05-20": "Toast for supper.",
}


def test_what_was_written_so_long_before_an_event_comes_first_and_names_what_tells_of_the_event(
    memory: SageMemory,
) -> None:
    write(memory, MEALS)
    assert first_meal(memory).text != MEALS["2026-04-10"]
    (told,) = write(memory, {"2026-04-08": "The marathon is on 12 April, I am nervous."})
    first = first_meal(memory)
    assert first.text == MEALS["2026-04-10"]
    assert memory.hit(first.rests_on["when"]) == memory.hit(told)


@pytest.mark.parametrize(
    ("question", "text", "first", "last"),
    [
        (ASKED, "The marathon is next Sunday.", "2026-04-17", "2026-04-17"),
        ("who called the week after Anna's wedding?", "Anna's wedding was yesterday!", "2026-04-08", "2026-04-14"),
        ("wer war am Tag nach der Hochzeit da?", "Die Hochzeit ist am 9. Mai 2026.", "2026-05-10", "2026-05-10"),
        ("Was aß ich am Abend vor Annas Hochzeit?", "Annas Hochzeit war gestern.", "2026-04-06", "2026-04-06"),
        ("zwei Wochen nach dem Umzug", "Heute war der Umzug.", "2026-04-22", "2026-04-22"),
        ("the Saturday after my exam", "The exam is tomorrow.", "2026-04-11", "2026-04-11"),
        ("what happened on the day of the exam?", "My exam is on 2026-06-03.", "2026-06-03", "2026-06-03"),
    ],
)
def test_an_event_is_dated_from_when_it_was_written_of(
    memory: SageMemory, question: str, text: str, first: str, last: str
) -> None:
    write(memory, {"2026-04-08": text, "2026-04-09": "Rain, and nothing else today."})
    assert days(memory, question) == [(date.fromisoformat(first), date.fromisoformat(last))]


@pytest.mark.parametrize(
    "text",
    [
        "I train for the marathon.",  # no date
        "Ten days before the marathon, on 2 April, I began to taper.",  # the date is another one's
        "The film was on 12 April 2026.",
    ],
)
def test_what_does_not_tell_when_an_event_was_is_no_anchor(memory: SageMemory, text: str) -> None:
    write(memory, {"2026-04-01": text})
    assert memory.read(lambda store: anchored(store, ASKED)) == Anchored()


def test_somebody_elses_wedding_is_another_event(memory: SageMemory) -> None:
    write(memory, {"2026-04-01": "Bob's wedding is on 2026-05-02.", "2026-04-02": "Anna came."})
    assert days(memory, "who came the day after Anna's wedding?") == []


def test_two_times_of_an_event_are_both_meant_and_many_are_none(memory: SageMemory) -> None:
    write(memory, {"2025-04-01": "The marathon is on 2025-04-12.", "2026-04-01": "The marathon is on 2026-04-18."})
    assert days(memory, ASKED) == [(date(2025, 4, 10),) * 2, (date(2026, 4, 16),) * 2]
    write(memory, {"2023-04-01": "The marathon is on 2023-04-02.", "2022-04-01": "The marathon is on 2022-04-10."})
    assert days(memory, ASKED) == []


def test_recipients_are_told_by_what_they_may_see_alone(memory: SageMemory) -> None:
    write(memory, MEALS, ("ann",))
    plain = memory.recall(ASKED, now=NOW, recipients=["ann"])
    write(memory, {"2026-04-08": "The marathon is on 12 April, I am nervous."})
    assert memory.recall(ASKED, now=NOW, recipients=["ann"]) == plain
    write(memory, {"2026-04-09": "The marathon is on 12 April, come and see."}, ("ann",))
    assert first_meal(memory, ["ann"]).text == MEALS["2026-04-10"]
