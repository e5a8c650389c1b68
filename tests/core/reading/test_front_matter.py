"""The head of a note: what it says, and what is too much of it."""

from __future__ import annotations

import pytest

from sage.core.labels import PRIVATE
from sage.core.reading.chunking import read_note
from sage.core.reading.front_matter import DEEPEST, LONGEST, MOST_VALUES, read_front_matter


def note(head: str) -> str:
    return f"---\naudience: [private]\n{head}\n---\nWords below.\n"


@pytest.mark.parametrize(
    ("head", "trouble"),
    [
        ("aliases: [" + "x," * 20_000 + "]", f"it has more than {MOST_VALUES:,} values"),
        ("aliases: [&x a," + "*x," * 20_000 + "]", f"it has more than {MOST_VALUES:,} values"),
        ("aliases:\n" + "- a name\n" * 20_000, f"it is longer than {LONGEST:,} characters"),
        ("a: " + "[" * 30_000, "it is nested too deeply"),
        ("a: " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "it is nested too deeply"),
        ("a: \ud800", "it has characters that YAML does not allow"),
    ],
    ids=["values", "references", "length", "nesting", "little nesting", "half a character"],
)
def test_too_much_of_a_head_is_told_and_stays_text_that_nobody_else_sees(head: str, trouble: str) -> None:
    read = read_note(note(head))
    assert (read.head.trouble, read.head.length, read.audience) == (trouble, 0, PRIVATE)
    assert read.head.trouble_line >= 1
    assert read.passages[-1].text.endswith("Words below.")


def test_what_a_person_may_write_by_hand_is_read() -> None:
    names = [f"Name {count}" for count in range(2000)]
    head = read_front_matter(note("aliases:\n" + "".join(f"  - {name}\n" for name in names) + "deep: [[[a]]]"))
    assert (head.trouble, head.aliases) == ("", tuple(names))
