from __future__ import annotations

from sage.core.passages import Passage
from sage.core.reading.chunking import read_note
from sage.core.reading.org_text import read_org
from sage.core.reading.outlines import Mark, page_title
from sage.core.seen_notes import seen_passages

NOTE = "# Trip\n\n## Lisbon\nBy tram.\n\n## Secret\nA surprise.\n\n### Cake\nMarzipan.\n"


def seen(
    passages: list[Passage], marks: tuple[Mark, ...], whole: bool, when: str | None = "2024-05-01"
) -> list[object]:
    return list(seen_passages(passages, [when] * len(passages), marks, whole=whole))


def test_headings_that_are_hidden_are_not_above_what_is_seen() -> None:
    note = read_note(NOTE)
    lisbon, _, cake = note.passages
    (first, _), (second, when) = seen([lisbon, cake], note.marks, True)  # type: ignore[misc]
    assert (first.path, first.heading, first.line, first.start) == (("Trip",), "Lisbon", 1, 0)
    assert (second.path, second.heading, second.line) == (("Trip", "Lisbon"), "Cake", 4)
    assert when == "2024-05-01"


def test_of_a_note_that_is_not_seen_as_a_whole_only_the_words_are_left() -> None:
    note = read_note(NOTE)
    ((cake, when),) = seen([note.passages[2]], note.marks, False)  # type: ignore[misc]
    assert (cake.path, cake.heading, cake.line, cake.start, cake.text, when) == (
        (), "Cake", 1, 0, "### Cake\nMarzipan.", None)  # fmt: skip


def test_a_hidden_section_between_changes_nothing() -> None:
    answers = []
    for text in (NOTE, NOTE.replace("## Secret\nA surprise.\n\n", ""), NOTE.replace("## Secret", "# Other secret")):
        note = read_note(text)
        answers.append(seen([one for one in note.passages if "ecret" not in one.heading], note.marks, True))
    assert answers[0] == answers[1] == answers[2]


def test_tags_and_dates_of_hidden_headings_are_not_inherited() -> None:
    page = read_org("* Trip :travel:\n<2024-05-01>\nBy tram.\n** Cake :food:\nMarzipan.\n", "x")
    passages = [piece.passage for piece in page.pieces]
    assert passages[1].tags == ("travel", "food")
    ((cake, when),) = seen([passages[1]], page.marks, True, page.pieces[1].when)  # type: ignore[misc]
    assert (cake.tags, cake.path, when) == (("food",), (), None)
    assert seen(passages, page.marks, True, None)[1][0].tags == ("travel", "food")  # type: ignore[index]


def test_what_has_no_outline_keeps_its_heading_with_the_whole() -> None:
    passage = Passage("Marzipan.", 10, 19, 3, "Page 7", ("Part",))
    assert seen([passage], (), True)[0][0].heading == "Page 7"  # type: ignore[index]
    hidden, when = seen([passage], (), False)[0]  # type: ignore[misc]
    assert (hidden.heading, hidden.path, when) == ("", (), None)


def test_pages_are_numbered_without_those_that_are_hidden() -> None:
    texts = ("The walrus eats.", "", "A surprise.", "The seal sings.\n\nIt is late.")

    def heading(of: str, kept: tuple[str, ...], *, whole: bool = True) -> str:
        """The heading of a passage, where pages without those that are not kept may be seen."""
        start, marks, found = 0, [], []
        for number, text in enumerate(texts, 1):
            marks.append(Mark(start, 1, page_title(number), stands=bool(text), page=True))
            for part in text.split("\n\n"):
                if part in kept and part:
                    found.append(Passage(part, start, start + len(part), 1, page_title(number)))
                start += len(part) + 2
        ((heading),) = (
            one.heading for one, _ in seen_passages(found, [None] * len(found), marks, whole=whole) if one.text == of
        )
        return heading

    everything = (*texts[:3], "The seal sings.", "It is late.")
    assert heading("It is late.", everything) == "Page 4"
    assert heading("It is late.", ("The walrus eats.", "It is late.")) == "Page 3"
    assert heading("It is late.", ("It is late.",)) == "Page 2", "the second page is a picture, for all to see"
    assert heading("It is late.", ("It is late.",), whole=False) == ""
