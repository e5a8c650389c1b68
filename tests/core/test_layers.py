from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as some

from sage.core.layers import leaves, line_numbers, overlaid

TEXT = '''# comment
network = "any"

[model]
chain = [
  "a",  # first
  "b",
]
"max_tokens" = 5
agent = { steps = 3, more.deep = 1 }

[ui]   # how it looks
text = """
[fake]
line = 1
"""
theme = "dark"
'''


def test_each_key_stands_on_the_line_on_which_it_begins() -> None:
    lines = line_numbers(TEXT)
    assert lines == {
        "network": 2,
        "model": 4,
        "model.chain": 5,
        "model.max_tokens": 9,
        "model.agent": 10,
        "model.agent.steps": 10,
        "model.agent.more": 10,
        "model.agent.more.deep": 10,
        "ui": 12,
        "ui.text": 13,
        "ui.theme": 17,
    }
    assert {key for key, _ in leaves(tomllib.loads(TEXT))} <= set(lines)


tables = some.recursive(
    some.integers() | some.lists(some.integers()),
    lambda inner: some.dictionaries(some.sampled_from("abc"), inner),
    max_leaves=8,
)
roots = some.dictionaries(some.sampled_from("abc"), tables)


@given(roots, roots)
def test_the_upper_layer_wins_and_the_lower_shows_through(below: dict[str, object], above: dict[str, object]) -> None:
    merged = dict(leaves(overlaid(below, above)))
    assert dict(leaves(above)).items() <= merged.items()
    for key, value in leaves(below):
        if key in merged and not any(other == key or other.startswith(f"{key}.") for other, _ in leaves(above)):
            assert merged[key] == value
    assert overlaid(below, {}) == below
