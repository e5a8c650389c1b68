"""Markdown as rows: what each block looks like, and that the way a text arrives makes no difference."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from sage.tui.widgets.document import Document
from sage.tui.widgets.ink import BLOCK, BOLD, CITATION, CODE, ITALIC, LINK, NAMED, STRUCK, Line, Tone


def lines_of(document: Document) -> list[Line]:
    document.measure(0, 1 << 30)
    return [document.at(row).line for row in range(document.height)]


def shown(source: str, width: int = 40) -> list[str]:
    return [line.text.rstrip() for line in lines_of(Document.of_markdown(width, source))]


def tones(source: str) -> dict[str, Tone]:
    return {text: tone for line in lines_of(Document.of_markdown(60, source)) for text, tone in line.parts}


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("# Title #\ntext", ["Title", "text"]),
        ("Title\n---\ntext", ["Title", "text"]),
        ("one\ntwo\n\nthree", ["one", "two", "", "three"]),
        ("- a\n- b\n  - c\n\n    d", ["• a", "• b", "  ◦ c", "", "    d"]),
        ("1. a\n  - sub\n1. b\n1. c", ["1. a", "   ◦ sub", "2. b", "3. c"]),
        ("7) a\n8) b", ["7) a", "8) b"]),
        ("- [ ] open\n- [x] done", ["☐ open", "☑ done"]),
        ("> quoted\nlazily\n> > deeper", ["│ quoted", "│ lazily", "│ │ deeper"]),
        ("> [!note]\n> body", ["│ Note", "│ body"]),
        ("---", ["─" * 40]),
        ("a\n\n***\n\nb", ["a", "", "─" * 40, "", "b"]),
        ("```python\nx = 1\n\ny\n```\nafter", [" python", " x = 1", "", " y", "", "after"]),
        ("~~~\n```\n~~~", [" ```"]),
        ("    code\n    more", [" code", " more"]),
        ("- a\n  ```\n  x\n  ```\n- b", ["• a", "", "   x", "", "• b"]),
        ("| a | b |\n|---|--:|\n| 1 | 22 |", ["a │  b", "──┼───", "1 │ 22"]),
        ("text\n| a | b |\n|---|---|\n| `x|y` | \\| |\ntext", ["text", "", "a   │ b", "────┼──", "x|y │ |", "", "text"]),
        ("a | b\n--|--\n1 | 2", ["a │ b", "──┼──", "1 │ 2"]),
        ("| not a table", ["| not a table"]),
        ("| no | table |\ntext", ["| no | table |", "text"]),
        ("[[Note#Part|alias]] and [[Note#Part]]", ["alias and Note › Part"]),
        ("[here](https://a.example/b) <https://c.example>", ["here (https://a.example/b)", "https://c.example"]),
        ("![a cat](cat.png) ![[dog.png]]", ["▣ a cat (cat.png) ▣ dog.png"]),
        ("[/foo] [red]text[/red] <b>html</b>", ["[/foo] [red]text[/red] <b>html</b>"]),
        ("&#27;[31m &amp; &#x202e;x", ["\ufffd[31m & x"]),
        ("", []),
    ],
)  # fmt: skip
def test_looks_like_this(source: str, rows: list[str]) -> None:
    assert shown(source) == rows


def test_emphasis_code_links_and_citations_have_tones() -> None:
    found = tones("**bold** *slanted* ~~gone~~ `code` [text](x.md) [1]")
    assert found["bold"] == BOLD
    assert found["slanted"] == ITALIC
    assert found["gone"] == STRUCK
    assert found["code"] == CODE
    assert found["text"] == LINK
    assert found["[1]"] == CITATION


def test_code_is_coloured_by_its_language() -> None:
    named = {
        tone & NAMED
        for line in lines_of(Document.of_markdown(60, "```python\nreturn 'x'  # y\n```"))
        for _, tone in line.parts
    }
    plain = {
        tone & NAMED
        for line in lines_of(Document.of_markdown(60, "```\nreturn 'x'  # y\n```"))
        for _, tone in line.parts
    }
    assert len(named) > 3
    assert plain == {BLOCK}


def test_an_unknown_language_is_shown_plainly() -> None:
    assert shown("```no-such-language\nx\n```") == [" no-such-language", " x"]


def test_a_table_fits_the_width() -> None:
    source = "| name | meaning |\n|---|---|\n| alpha | the first letter of the Greek alphabet |\n| beta | short |"
    rows = shown(source, 30)
    assert max(map(len, rows)) <= 30
    assert rows[0] == "name  │ meaning"
    assert rows[2:] == [
        "alpha │ the first letter of", "      │ the Greek alphabet", "┈┈┈┈┈┈┼" + "┈" * 23, "beta  │ short",
    ]  # fmt: skip


def test_a_table_without_room_becomes_lists() -> None:
    source = "| name | meaning | place |\n|---|---|---|\n| alpha | the first letter | Greece |\n| b | c | d |"
    assert shown(source, 20) == [
        "name: alpha", "meaning: the first", "letter", "place: Greece", "┈┈┈", "name: b", "meaning: c", "place: d",
    ]  # fmt: skip


def test_wrapped_lines_join_in_a_copy_and_decoration_is_left_out() -> None:
    lines = lines_of(Document.of_markdown(12, "> one two three\n\n- four five six"))
    assert [(line.text[line.margin :], line.glue) for line in lines] == [
        ("one two", None), ("three", " "), ("", None), ("• four five", None), ("six", " "),
    ]  # fmt: skip


def test_open_marks_are_shown_closed_while_the_line_is_written() -> None:
    document = Document.of_markdown(40)
    document.feed("some **bold te")
    assert document.at(0).line.parts == (("some ", 0), ("bold te", BOLD))
    document.feed("xt* and")
    document.close()
    assert document.at(0).line.text == "some *bold text and"


def test_what_is_not_decided_yet_is_not_shown() -> None:
    for piece in ("-", "1", "1.", "``", "#", "| ", "- [", "---"):
        document = Document.of_markdown(40)
        document.feed("text\n" + piece)
        assert [line.text for line in lines_of(document)] == ["text"], piece


def test_a_growing_table_never_shows_pipes() -> None:
    document = Document.of_markdown(40)
    for character in "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |":
        document.feed(character)
        assert not [line.text for line in lines_of(document) if "|" in line.text]


MARKDOWN = st.lists(
    st.sampled_from(
        [
            "\n", "\n", "\n\n", "# ", "## ", "- ", "* ", "  - ", "1. ", "2) ", "> ", "```", "```python\n", "~~~", "    ",
            "| a | b |\n", "|---|:-:|\n", "| 1 | 2 |\n", "|", "---", "===", "***", "- [ ] ", "- [x] ", "**", "*", "_", "`",
            "~~", "[", "]", "[[", "]]", "](http://a.example)", "[1]", "![", "\\", "&#27;", "<b>", "> [!tip] ", "word ",
            "words of a sentence. ", "語文、", "é ", "👩\u200d🔬", "\t", "x" * 70, "long " * 120, "def f(x): return 'y'\n",
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(MARKDOWN, st.integers(14, 70), st.lists(st.integers(0, 4000), max_size=12))
def test_the_way_a_text_arrives_makes_no_difference(source: str, width: int, cuts: list[int]) -> None:
    streamed = Document.of_markdown(width)
    position = 0
    for cut in [*sorted(min(cut, len(source)) for cut in cuts), len(source)]:
        streamed.feed(source[position:cut])
        position = cut
    streamed.close()
    assert lines_of(streamed) == lines_of(Document.of_markdown(width, source))


@settings(max_examples=200, deadline=None)
@given(MARKDOWN, st.integers(14, 70))
def test_widths_are_right_and_lines_fit(source: str, width: int) -> None:
    for line in lines_of(Document.of_markdown(width, source)):
        assert line.width == sum(cell_len(text) for text, _ in line.parts)
        assert "\n" not in line.text
        assert line.width <= max(width, 10 * 6 + 14)


@settings(max_examples=100, deadline=None)
@given(MARKDOWN, st.integers(30, 70), st.integers(30, 70))
def test_another_width_is_as_if_it_had_been_so_from_the_start(source: str, first: int, second: int) -> None:
    document = Document.of_markdown(first, source)
    lines_of(document)
    document.set_width(second)
    lines_of(document)
    assert lines_of(document) == lines_of(Document.of_markdown(second, source))


def test_a_line_of_code_without_end_is_shown_whole() -> None:
    code = "\t" * 300 + "x" * 4000
    rows = shown("```\n" + code, 100)
    assert "".join(rows).count("x") == 4000
    assert max(len(row) for row in rows) <= 100


def test_a_plain_text_is_shown_as_it_was_typed() -> None:
    text = "# not a title\n  - kept\n\n**stars** [/x]"
    assert [line.text for line in lines_of(Document.of_plain(40, text))] == text.split("\n")


def test_rows_of_a_long_document_are_made_when_looked_at() -> None:
    document = Document.of_markdown(40, "\n\n".join(f"paragraph {number}" for number in range(200)))
    document.measure(100, 104)
    assert document.at(100).line.text == "paragraph 50"
    assert document.row_of(50, 0) - document.row_of(49, 0) == 2
