from __future__ import annotations

import argparse
from importlib import import_module

import pytest

from sage.cli.commands import GROUPS
from sage.core.sheets.sheet_words import KINDS


@pytest.mark.parametrize("group", GROUPS)
def test_each_module_brings_the_commands_that_are_listed_for_it(group: str) -> None:
    commands = argparse.ArgumentParser().add_subparsers()
    import_module(f"sage.cli.{group}").add_commands(commands, argparse.ArgumentParser(add_help=False))
    assert list(commands.choices) == list(GROUPS[group])


def test_what_asks_of_rows_is_told_alike_in_the_app_and_in_the_list_of_commands() -> None:
    assert {kind: GROUPS["sheets"][kind] for kind in KINDS} == KINDS
