"""What Tab makes of a line."""

from __future__ import annotations

import pytest

from sage.cli.plain_completing import completions
from sage.core.mentions import Named

COMMANDS = ("import", "inbox", "ask")
KNOWN = (Named("note", "Garden.md"), Named("goal", "Garden shed"), Named("person", "Kim"), Named("file", "/g"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/i", ["/import ", "/inbox "]),
        ("/x", []),
        ("/import /i", []),
        ("what of @gard", ['@"Garden.md" ', '@"Garden shed" ']),
        ('what of @"Garden s', ['shed" ']),
        ("ask @km", ["@Kim "]),
        ("mail me@gard", []),
        ("ask @", []),
    ],
)
def test_the_rest_of_a_command_or_name_is_told(line: str, told: list[str]) -> None:
    def find(name: str) -> list[Named]:
        return [
            one for one in KNOWN if one.name.casefold().startswith(name.casefold()) or (name, one.name) == ("km", "Kim")
        ]

    begins = line.rfind(" ") + 1
    assert completions(line, begins, COMMANDS, find) == told
