"""The README says what is: its table of settings is the schema's, its commands and files exist."""

from __future__ import annotations

import re
from pathlib import Path

from sage.cli.commands import GROUPS
from sage.locations import Home
from sage.profile import resolve
from sage.settings import AccountKeys
from sage.settings_words import describe

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def settings_table() -> str:
    """The table of settings as the schema tells it, with the values that hold in a home that sets none."""
    values = resolve("", Home(ROOT / "no home"))
    rows = ["| setting | default | |", "|---|---|---|"]
    rows += [
        f"| `{row.key}` | `{_shown(values.value_of(row.key))}` | {row.text.replace('|', chr(92) + '|')} |"
        for row in describe()
    ]
    rows += [
        f"| `plugins.PLUGIN.NAME.{row.key}` | `{_shown(row.default)}` | {row.text} |" for row in describe(AccountKeys)
    ]
    return "\n".join(rows)


def _shown(value: object) -> str:
    return (
        "not set"
        if value is None
        else str(value).lower()
        if isinstance(value, bool)
        else repr(value)
        if value == ""
        else str(value)
    )


def test_the_table_of_settings_is_the_schemas() -> None:
    between = README.partition("<!-- settings -->\n")[2].partition("\n<!-- /settings -->")[0]
    assert between == settings_table(), "write it anew: python -m tests.test_readme"


def test_every_command_stands_in_the_readme() -> None:
    for command in (name for names in GROUPS.values() for name in names):
        assert re.search(rf"`(?:sage )?{command}\b", README), command


def test_every_picture_is_there_and_fetches_nothing_from_elsewhere() -> None:
    named = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert len(set(named)) == 14  # five places, the first run and the tour, in two sizes
    for path in named:
        assert "@font-face" not in (ROOT / path).read_text(), path


def test_every_test_that_a_promise_names_exists() -> None:
    for path in re.findall(r"pytest (tests/\S+?\.py)", README):
        assert (ROOT / path).is_file(), path
    for name in re.findall(r"python -m tests\.bench (\w+)", README):
        assert (ROOT / "tests" / "bench" / f"{name}.py").is_file(), name


def key_lines() -> str:
    """What each key does, place by place, as `?` tells it there."""
    from importlib import import_module

    from sage.tui.palette_deeds import keys_told
    from sage.tui.places import PLACES, SHEETS

    rows = ["| place | keys |", "|---|---|"]
    for place in (*PLACES, SHEETS):
        told = keys_told(getattr(import_module(f"sage.tui.screens.{place.id}"), place.label))
        by_words = {words: [key for key in told if told[key] == words] for words in told.values()}
        keys = (f"{' '.join(f'`{key}`' for key in keys)} {words}" for words, keys in by_words.items())
        rows.append(f"| {place.label} | {' · '.join(keys)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    before, _, rest = README.partition("<!-- settings -->\n")
    after = rest.partition("<!-- /settings -->")[2]
    (ROOT / "README.md").write_text(f"{before}<!-- settings -->\n{settings_table()}\n<!-- /settings -->{after}")
    text = (ROOT / "README.md").read_text()
    before, _, rest = text.partition("<!-- keys -->\n")
    after = rest.partition("<!-- /keys -->")[2]
    (ROOT / "README.md").write_text(f"{before}<!-- keys -->\n{key_lines()}\n<!-- /keys -->{after}")
