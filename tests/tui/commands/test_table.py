"""The slash commands: what `/help` tells of them is what there is."""

from __future__ import annotations

from sage.tui.commands.table import COMMANDS, help_text


def test_help_lists_what_each_command_does_and_what_follows_it() -> None:
    told = help_text()
    assert "| /import FOLDER | read notes (they stay where they are) |" in told
    for command in COMMANDS.values():
        assert (f"/{command.name} {command.given}".rstrip() + " | " in told) == bool(command.words)


def test_what_needs_no_engine_does_not_wait_for_it() -> None:
    assert {name for name, command in COMMANDS.items() if not command.waits} == {
        "capture",
        "deep",
        "help",
        "inbox",
        "memory",
        "new",
        "retry",
        "quick",
        "quit",
        "settings",
        "sheets",
        "today",
    }
