"""Every sentence that is written into Sage goes through the lint of what it says unasked: templates, late words, messages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sage
from sage.core.wording import lint

ROOT = Path(sage.__file__).parent
READ_NOT_SAID = {
    "wording_blame", "wording_pressure", "wording_words", "plain_commands", "ranking", "tongues", "words", "asking", "questions",
}  # fmt: skip
"""Modules whose texts are patterns and lists of what people say; so are those that read facts, what ships for tests
is for who writes them, and a prompt is for a model."""
FILES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if path.stem not in READ_NOT_SAID
    and not any(word in str(path.relative_to(ROOT)) for word in ("fact", "prompt", "testing"))
]


def sentences(source: str) -> Iterator[str]:
    """The texts of a module that are no docstrings; what is filled in is called "it"."""
    tree = ast.parse(source)
    no_text = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            no_text |= {id(part) for part in node.values}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "it" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in no_text:
            text = node.value
        else:
            continue
        if " " in text:
            yield text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_sage_says_of_itself_passes_its_own_lint(path: Path) -> None:
    said = sentences(path.read_text(encoding="utf-8"))
    assert [(text[found.start : found.end], found.kind) for text in said for found in lint(text)] == []


def test_a_sentence_is_found_wherever_it_stands_in_the_code() -> None:
    source = 'def tell(name):\n    """You must not count me."""\n    return f"{name}: you must call {name}." or "I missed you!"\n'
    assert [[found.kind for found in lint(text)] for text in sentences(source)] == [["control"], ["feeling"]]
