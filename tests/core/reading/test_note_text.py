"""Front matter, line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.reading.note_text import body_of, compose, fields_of, file_name, set_field, title_of


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(min_size=1, max_size=30)),
    st.text(max_size=60),
)
def test_fields_come_back_as_they_were_written(fields: dict[str, str], body: str) -> None:
    text = compose(fields, body)
    assert fields_of(text) == fields
    assert body_of(text) == body.strip()


def test_one_field_changes_and_every_other_byte_stays() -> None:
    text = "---\ntitle: Mine # my comment\nstate: open\ntags: [a, b]\n---\n\n# Mine\nbody\n"
    assert set_field(text, "state", "done") == text.replace("state: open", "state: done")
    assert set_field(text, "why", "it matters: much") == text.replace(
        "tags: [a, b]\n", 'tags: [a, b]\nwhy: "it matters: much"\n'
    )
    assert set_field("plain\n", "state", "done") == "---\nstate: done\n---\n\nplain\n"


@pytest.mark.parametrize(
    ("title", "name"),
    [("a/b\\c: d?", "a b c d"), ("  ", "note"), ("...", "note"), ("x" * 99, "x" * 60), ("[[W]]#h", "W h")],
)
def test_a_title_becomes_a_safe_file_name(title: str, name: str) -> None:
    assert file_name(title) == name


def test_a_title_is_how_a_text_begins() -> None:
    assert title_of("\n# Hello there\nmore") == "Hello there"
    assert title_of("word " * 40).endswith("…")
