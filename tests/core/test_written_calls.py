"""Calls that a model writes into its text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.written_calls import WrittenCalls

CALL = '{"name": "add_task", "arguments": {"text": "milk"}}'


def read(
    text: str, step: int = 3, names: tuple[str, ...] = ("add_task",)
) -> tuple[str, list[tuple[str, dict[str, object]]]]:
    reader = WrittenCalls(names)
    shown = "".join(reader.feed(text[start : start + step]) for start in range(0, len(text), step))
    calls, rest = reader.finish()
    return shown + rest, calls


@pytest.mark.parametrize(
    "text",
    [
        CALL,
        f"```json\n{CALL}\n```",
        f"<tool_call>\n{CALL}\n</tool_call>",
        '  {"tool":"add_task","parameters":{"text":"milk"}}',
    ],
)
def test_a_written_call_is_a_call_and_is_not_shown(text: str) -> None:
    assert read(text) == ("", [("add_task", {"text": "milk"})])


@pytest.mark.parametrize(
    "text",
    [
        "Hello there.",
        "Use {braces} like this",
        '{"name": "launch", "arguments": {}}',
        "{ broken",
        '{"name": ["launch"]}',
        '{"name": {"first": "Ann"}, "arguments": {}}',
        "```python\nx = 1\n```",
        "`a`",
        "",
    ],
)
def test_all_other_text_is_shown_as_it_is(text: str) -> None:
    assert read(text) == (text, [])


def test_without_tools_everything_passes_at_once() -> None:
    reader = WrittenCalls(())
    assert reader.feed(CALL) == CALL and reader.finish() == ([], "")


@given(st.text(max_size=80), st.integers(1, 9))
def test_no_text_is_lost(text: str, step: int) -> None:
    shown, calls = read(text, step)
    assert calls or shown == text
