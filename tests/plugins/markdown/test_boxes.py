"""Which lines of a note are checkboxes, and how they stand below each other."""

from __future__ import annotations

import random
import re

import pytest
from markdown_it import MarkdownIt
from sage_plugins.markdown.boxes import boxes_of

NONE = {
    "front matter": "---\ntodo: |\n  - [ ] no\n---\n- [ ] yes",
    "a fence": "```\n- [ ] no\n```\n- [ ] yes",
    "a fence in a list": "- [ ] yes\n  ~~~\n  - [ ] no\n  ~~~\n- [ ] yes",
    "a fence in a callout": "> [!todo]\n> ```\n> - [ ] no\n> ```\n> - [ ] yes",
    "a fence that a quote's end closes": "> ```\n> - [ ] no\n\n- [ ] yes",
    "a fence of four": "````\n```\n- [ ] no\n```\n- [ ] no\n````\n- [ ] yes",
    "a quote in a fence": "```\n> - [ ] no\n```\n- [ ] yes",
    "indented code": "Words.\n\n    - [ ] no\n\n- [ ] yes",
    "a comment": "%%\n- [ ] no\n%%\n- [ ] yes",
    "a comment of HTML": "<!--\n- [ ] no\n-->\n- [ ] yes %% why %%\n- [ ] yes",
    "HTML": "<details>\n- [ ] no\n\n- [ ] yes",
    "no box": "- [ ]no\n- [] no\n- [xx] no\n[ ] no\n-[ ] no\n- [ ] yes",
    "no front matter": "text\n---\n- [ ] yes\n---",
}


@pytest.mark.parametrize("note", NONE.values(), ids=NONE)
def test_what_is_no_list_has_no_boxes(note: str) -> None:
    lines = note.split("\n")
    assert [box.at for box in boxes_of(lines)] == [at for at, line in enumerate(lines) if "[ ] yes" in line]


def test_boxes_stand_below_each_other() -> None:
    note = "- [ ] a\n\t- [ ] b\n\t\t- [x] c\n\t- plain\n\t\t- [ ] d\n- [ ] e\n\n  words\n\n  1. [ ] f\n> - [ ] g\n>   - [ ] h"
    boxes = boxes_of(note.split("\n"))
    assert [box.parent for box in boxes] == [-1, 0, 1, 0, -1, 4, -1, 6]


PIECES = [
    "- [ ] a", "- [x] b", "  - [ ] c", "    - [ ] d", "\t- [ ] e", "\t\t- [ ] f", "* [ ] g", "1. [ ] h", "   - [ ] i", "- plain",
    "  text", "text", "", "", "# head", "```", "  ```", "> - [ ] q", "> text", ">", "> ```", "~~~", "- ```", "1) [ ] k", "<div>",
]  # fmt: skip


def test_boxes_are_those_of_a_whole_parser() -> None:
    """markdown-it reads CommonMark; of such invented notes, where every line is odd, fewer than one in fifty is read another
    way."""
    chance, parser, other = random.Random(1), MarkdownIt("commonmark").enable("table"), 0
    for _ in range(1000):
        lines = [chance.choice(PIECES) for _ in range(chance.randint(1, 7))]
        other += [box.at for box in boxes_of(lines)] != by_parser(parser, "\n".join(lines))
    assert other < 20


def by_parser(parser: MarkdownIt, text: str) -> list[int]:
    tokens = parser.parse(text)
    found = []
    for token, after, inline in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (
            token.type == "list_item_open"
            and after.type == "paragraph_open"
            and re.match(r"\[.\][ \t]+\S", inline.content)
        ):
            assert inline.map
            found.append(inline.map[0])
    return found
