from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sage.core.passages import Passage
from sage.core.reading.chunking import LARGE, LARGEST_CODE, read_note, split_markdown, split_plain

BREAK = re.compile(r"\r\n|\r|\n")

lines = st.sampled_from(
    [
        "# One",
        "## Two",
        "###### Six",
        "Setext",
        "=====",
        "-----",
        "```",
        "~~~python",
        "# not a heading in code",
        "    # indented code",
        "> # quoted",
        "- item",
        "  - nested",
        "| a | b |",
        "|---|---|",
        "<div>",
        "---",
        "title: x",
        "",
        "   ",
        "words and words, and a [[Link#part|name]] with a #tag. ",
        "A long line. " * 30,
        "nobreaks" * 200,
        "\x0b\x0c\u2028\x85",
        "日本語の文章です。" * 20,
        "👩‍👩‍👧 emoji",
        "\x00",
    ]
)
notes = st.one_of(
    st.lists(st.tuples(lines, st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])), max_size=60).map(
        lambda parts: "".join(line + end for line, end in parts)
    ),
    st.text(max_size=400),
)


def line_of(text: str, offset: int) -> int:
    return len(BREAK.findall(text[:offset])) + 1


def check_cover(text: str, body: int, passages: tuple[Passage, ...]) -> None:
    end = body
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert passage.text.strip()
        assert passage.line == line_of(text, passage.start)
        between = text[end : passage.start]
        assert all(name in passage.path for name in bare_headings(between)), "a visible character between two passages"
        assert passage.start >= end, "two passages share a character"
        end = passage.end
    assert not text[end:].strip()


def bare_headings(text: str) -> list[str]:
    """The titles of a text that is nothing but headings; [""] (in no path) for any other."""
    if not text.strip():
        return []
    titles = []
    for before, token in pairwise(MarkdownIt("commonmark").parse(text)):
        if before.type == "heading_open":
            titles.append(" ".join(token.content.split()))
        elif token.type in ("fence", "code_block", "html_block") or (token.type == "inline" and token.content.strip()):
            return ["\x00"]
    return titles


@given(notes)
@example("a\r")
@example("\r\n# x\r\ntext")
def test_every_visible_character_is_in_exactly_one_passage(text: str) -> None:
    note = read_note(text)
    check_cover(text, note.head.length, note.passages)
    check_cover(text, 0, split_markdown(text))
    check_cover(text, 0, split_plain(text))


@given(notes)
def test_no_passage_is_too_long(text: str) -> None:
    assert all(len(passage.text) <= max(LARGE, LARGEST_CODE) for passage in read_note(text).passages)


def test_headings_give_their_path() -> None:
    passages = split_markdown("intro\n# A\na\n## B\nb\n### C\nc\n## D\nd\n# E\ne\n")
    assert [(p.heading, p.path, p.line) for p in passages] == [
        ("", (), 1),
        ("A", (), 2),
        ("B", ("A",), 4),
        ("C", ("A", "B"), 6),
        ("D", ("A",), 8),
        ("E", (), 10),
    ]


def test_a_heading_alone_stands_in_the_path_of_the_deeper_section_below_it() -> None:
    (passage,) = split_markdown("# Top\n\n## Sub\n\ntext\n")
    assert (passage.heading, passage.path, passage.line) == ("Sub", ("Top",), 3)


def test_an_empty_section_before_its_sibling_is_kept() -> None:
    assert [p.heading for p in split_markdown("# One\n\n# Two\ntext\n\n# Three\n")] == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    "text",
    ["```\n# no\n```\n", "~~~~\n~~~\n# no\n~~~~\n", "    # no\n", "> # no\n", "- # no\n", "<!--\n# no\n-->\n", "#no\n"],
)
def test_what_only_looks_like_a_heading_is_none(text: str) -> None:
    assert [p.heading for p in split_markdown(text)] == [""]


def test_setext_headings_count() -> None:
    passages = split_markdown("Title\n=====\ntext\n\nPart\n---\nmore\n")
    assert [(p.heading, p.path, p.line) for p in passages] == [("Title", (), 1), ("Part", ("Title",), 5)]


def test_fenced_code_stays_whole_beyond_the_usual_size() -> None:
    code = "```python\n" + "\n".join(f"value_{n} = {n}  # a comment" for n in range(100)) + "\n```"
    assert len(code) > LARGE * 2
    passages = split_markdown(f"# H\n{'word ' * 150}\n\n{code}\n\n{'word ' * 200}")
    assert sum(code in p.text for p in passages) == 1


def test_a_long_section_is_cut_between_paragraphs() -> None:
    paragraphs = [f"Paragraph {n}: " + "word " * 60 for n in range(12)]
    passages = split_markdown("# H\n\n" + "\n\n".join(paragraphs))
    assert len(passages) > 2
    assert all(p.heading == "H" and len(p.text) <= LARGE for p in passages)
    assert all(p.text.startswith("Paragraph") for p in passages[1:])


def test_a_long_list_is_cut_between_items() -> None:
    passages = split_markdown("\n".join(f"- item {n} " + "word " * 20 for n in range(40)))
    assert len(passages) > 2
    assert all(p.text.startswith("- item") for p in passages)


def test_tags_and_links_are_read_outside_code() -> None:
    note = read_note(
        "# H\nsee [[Some note#part|that]] and ![[pic.png]] #idea #a/b, `#code [[x]]` a#b #12\n\n```\n#no\n```\n"
    )
    assert note.links == ("Some note", "pic.png")
    assert note.tags == ("idea", "a/b")
    assert note.passages[0].tags == ("idea", "a/b")


def test_front_matter_is_not_body() -> None:
    note = read_note(
        "---\ntitle: The title\ntags: [x, '#y']\naliases: One, Two\ndate: 2024-05-01\nauthor: Ann\n---\n\nbody\n"
    )
    assert (note.head.title, note.head.tags, note.head.aliases) == ("The title", ("x", "y"), ("One", "Two"))
    assert (note.head.when, note.head.properties) == ("2024-05-01", ("Ann",))
    (passage,) = note.passages
    assert (passage.text, passage.line) == ("body", 9)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("a: [1, 2\nb: 3", 3),
        ("a: b: c", 2),
        ("just words", 2),
        ("audience: private\nAudience : [ann]", 3),
        ("a: " + "[" * 20000, 2),
    ],
)
def test_broken_front_matter_is_told_with_its_line_and_kept_as_text(head: str, line: int) -> None:
    note = read_note(f"---\n{head}\n---\nbody\n")
    assert note.head.trouble
    assert note.head.trouble_line == line
    assert note.head.length == 0
    assert head[:10] in note.passages[0].text
    assert "body" in note.passages[-1].text


@pytest.mark.parametrize("text", ["---\nno end\n", "----\na: 1\n----\n", " ---\na: 1\n---\n", "x\n---\na: 1\n---\n"])
def test_what_only_looks_like_front_matter_is_text(text: str) -> None:
    note = read_note(text)
    assert (note.head.length, note.head.trouble) == (0, "")


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("plain", ("private",)),
        ("---\naudience: [work, ann]\n---\nx", ("ann", "work")),
        ("---\naudience: work, ann\n---\nx", ("ann", "work")),
        ("---\naudience: {work: yes}\n---\nx", ("private",)),
        ("---\naudience:\n---\nx #share/work", ("private",)),
        ("---\naudience: private\n---\nx #share/work", ("private",)),
        ("---\naudience: [ann]\n---\nx #share/work", ("ann", "work")),
        ("---\ntags: [share/ann]\n---\nx", ("ann",)),
        ("lunch #share/work", ("work",)),
        ("`#share/work`", ("private",)),
        ("it is written \\#share/work", ("private",)),
        ("see [there](#share/work)", ("private",)),
        ("```\n#share/work\n```", ("private",)),
        ("> forwarded #share/work", ("private",)),
        ("---\na: [\n---\nx #share/work", ("private",)),
        ("---\naudience: [private, local-only]\n---\nx", ("local-only",)),
        ("---\naudience: private\n---\nx #share/local-only", ("local-only",)),
        ("---\na: [\n---\nx #share/work #share/Local-Only", ("local-only",)),
        ("---\norigin: tool\naudience: [work, local-only]\n---\nx", ("local-only",)),
        ("---\norigin: web\n---\nx #share/work #share/local-only", ("local-only",)),
    ],
)
def test_a_note_is_private_unless_its_writer_widened_it(text: str, audience: tuple[str, ...]) -> None:
    assert (read_note(text).audience or ("private",)) == audience


def test_a_large_note_with_much_code_is_cut_in_time_that_grows_with_its_length() -> None:
    text = "para\n\n```\ncode\n```\n\n" * 4000
    assert len(read_note(text).passages) == pytest.approx(len(text) / LARGE, rel=0.5)
