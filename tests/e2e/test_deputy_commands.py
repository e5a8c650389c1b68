"""As a person uses it: contacts, grants and what waits in the Inbox, over the command line, with a real engine."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sage.client import stop_engine
from tests.e2e.test_messages import Letters
from tests.engine.deputy_office import DIARY, FAQ

GATE, SAFE = "What is the code of the garden gate?", "What is the code of the safe in the cellar?"


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[Letters]:
    made = Letters(tmp_path)
    settings = made.home.settings
    account = "[plugins.letters.me]\n"
    settings.write_text("# mine\n" + settings.read_text().replace(account, f"{account}deputy = true\n"))
    (made.home.notes / "office-faq.md").write_text(FAQ)
    (made.home.notes / "diary.md").write_text(DIARY)
    made.sage("import", str(made.home.notes))
    yield made
    stop_engine(made.home)


def waiting(letters: Letters, text: str) -> dict[str, Any]:
    """What waits for the person of a message."""
    for _ in range(200):
        for item in json.loads(letters.sage("inbox", "list", "--json"))["waiting"]:
            if item["asked"] == text:
                return dict(item)
        time.sleep(0.05)
    raise AssertionError(f"nothing waits of {text!r}")


def test_from_a_stranger_to_an_answer_that_may_be_given_again(letters: Letters) -> None:
    letters.write("aunt", "Hello from a new address")
    letters.wait_for("Hello from a new address")
    message = json.loads(letters.sage("inbox", "list", "--json"))["items"][0]["id"]
    letters.sage("contacts", "add", "aunt", "--from", message, "--circle", "work", code=1)
    assert letters.sage("contacts", "list").startswith("You have no contacts yet.")
    added = letters.sage("contacts", "add", "aunt", "--from", message, "--circle", "work", "--yes")
    assert "aunt  letters:aunt  in work" in added and letters.home.settings.read_text().startswith("# mine\n")
    assert "office-faq.md  (1 passage" in letters.sage("contacts", "show", "aunt")

    assert f"To answer it: sage inbox answer {message} TEXT" in letters.sage("inbox", "show", message)
    assert "To: aunt\n" in letters.sage("inbox", "answer", message, "Welcome!", code=1) and letters.sent() == []
    assert letters.sage("inbox", "answer", message, "Welcome!", "--yes").endswith("Sent.\n")
    assert "You answered it already." in letters.sage("inbox", "answer", message, "Welcome!", "--yes", code=1)
    assert letters.sent() == ["Welcome!"]

    letters.write("aunt", GATE)
    gate = waiting(letters, GATE)["id"]
    shown = letters.sage("inbox", "show", gate)
    assert "To: aunt\nFrom: letters/me\n\n  The code of the garden gate is 4711.\n" in shown
    assert "It rests on [1] office-faq.md#Garden gate" in shown and "Only you see this" not in shown
    assert "Nothing was sent." in letters.sage("inbox", "approve", gate, code=1) and len(letters.sent()) == 1
    assert letters.sage("inbox", "approve", gate, "--yes").endswith("Sent.\n")
    assert "You approved it already." in letters.sage("inbox", "approve", gate, "--yes", code=1)
    assert letters.sent()[1:] == ["The code of the garden gate is 4711."]

    letters.write("aunt", SAFE)
    safe = waiting(letters, SAFE)["id"]
    shown = letters.sage("inbox", "show", safe)
    assert "no draft: nothing that they may see answers it" in shown and "Only you see this: diary.md#Safe" in shown
    assert "9999" not in shown, "the hint names the passage, and no more"
    assert "There is no draft of it" in letters.sage("inbox", "approve", safe, "--yes", code=1)
    assert "aunt would see 1 passage" in letters.sage("inbox", "share", safe, "--with", "aunt", code=1)
    assert "  The code of the safe in the cellar is 9999." in letters.sage(
        "inbox", "share", safe, "--with", "aunt", "--yes"
    )
    letters.sage("inbox", "edit", safe, "It is 9998.", "--yes")
    letters.sage("inbox", "correct", safe, "Sorry: it is 9999.", "--yes")
    assert letters.sent()[2:] == ["It is 9998.", "Sorry: it is 9999."]
    assert "corrected: Sorry: it is 9999." in letters.sage("inbox", "cases")
    kept = letters.sage("inbox", "keep", safe, "--with", "aunt", "--question", "What opens the safe?", "--yes")
    assert "Who may see it: aunt (now: aunt)" in kept and "Kept in notes/answers-aunt.md." in kept
    assert "aunt: 2 asked, 100% answered or drafted; 50% of them right" in letters.sage("inbox", "figures")


def test_grants_and_denials_over_the_command_line(letters: Letters) -> None:
    letters.sage("contacts", "add", "aunt", "--address", "letters:aunt", "--circle", "work", "--yes")
    letters.write("aunt", GATE)
    gate = waiting(letters, GATE)
    assert "Nothing is granted" in letters.sage("grant", "list") == letters.sage("grant")
    assert letters.sage("inbox").startswith("For you (1)") and letters.sage("contacts").startswith("aunt ")
    told = letters.sage("grant", "work", "office-faq", "auto", code=1)
    assert "The topic is: office-faq.md" in told and "aunt may see 1 passage of it" in told and GATE in told
    assert "Nothing is granted" in letters.sage("grant", "list")
    letters.sage("grant", "work", "office-faq", "auto", "--yes")
    assert letters.sage("grant", "list") == "work (aunt)  office-faq: auto\n"
    assert "The nearest is 'work'." in letters.sage("grant", "wrk", "office-faq", "auto", code=1)
    assert letters.sage("inbox", "deny", gate["id"]) == "Nothing is answered.\n"
    assert "1 denied" in letters.sage("inbox", "figures")
    assert "You answer there yourself" in letters.sage("inbox", "takeover", gate["arrival"])
    assert "You answer there yourself" in letters.sage("inbox", "show", gate["id"])
    letters.sage("inbox", "takeover", gate["id"], "--off")
    assert "Answered since" in letters.sage("inbox", "away") and letters.sent() == []
    letters.sage("contacts", "remove", "aunt")
    assert "nobody is in it" in letters.sage("grant", "list")


def on_a_terminal(letters: Letters, *words: str, typed: str, editor: Path) -> str:
    """Runs a command as a person at a terminal would, and returns what it said."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sage", "--home", str(letters.home.path), *words]
    environment = {**os.environ, "VISUAL": str(editor), "TERM": "dumb"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        told = b""
        with contextlib.suppress(OSError):  # the terminal is closed when the command ends
            while part := os.read(ours, 4096):
                told += part
        assert process.wait(60) in (0, 1)
    os.close(ours)
    return told.decode().replace("\r\n", "\n")


def test_a_draft_is_edited_in_the_persons_own_editor(letters: Letters, tmp_path: Path) -> None:
    letters.sage("contacts", "add", "aunt", "--address", "letters:aunt", "--circle", "work", "--yes")
    letters.write("aunt", GATE)
    gate = waiting(letters, GATE)["id"]
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nls -l "$1"\nsed -i s/4711/4712/ "$1"\n')
    editor.chmod(0o700)
    told = on_a_terminal(letters, "inbox", "edit", gate, typed="n\n", editor=editor)
    assert "-rw-------" in told and "  The code of the garden gate is 4712.\n" in told and "Nothing was sent." in told
    assert letters.sent() == []
    assert "Sent." in on_a_terminal(letters, "inbox", "edit", gate, typed="y\n", editor=editor)
    assert letters.sent() == ["The code of the garden gate is 4712."]
