from __future__ import annotations

from msgspec.structs import replace

from sage.core.plugins.conflict_words import conflict_lines
from sage.core.plugins.shown_conflicts import conflict_of, settled_words
from sage.core.plugins.task_conflicts import Completion, TaskChange
from sage.plugin_api import Change, NewTask, Task

SEEN = Task("7", "Rake the leaves", "r1", due="2026-11-27T09:00", zone="Asia/Tokyo")
CLASH = TaskChange("h1", "todotxt/own", "update", Change(due="2026-12-01", text="Rake"), "7", SEEN, "r1",
                   replace(SEEN, due=""), "conflict")  # fmt: skip


def test_both_versions_stand_side_by_side_with_what_can_be_done() -> None:
    assert list(conflict_lines(conflict_of(CLASH))) == [
        "Rake the leaves  · own  [h1]",
        "    It changed in own as well.",
        "    words: yours: Rake; theirs: Rake the leaves (before: Rake the leaves)",
        "    due: yours: 2026-12-01; theirs: none (before: 2026-11-27 09:00 (Asia/Tokyo))",
        "    sage task conflicts h1 mine|theirs|both",
    ]


def test_what_was_deleted_moved_on_or_refused_is_said_to_be() -> None:
    gone = conflict_of(replace(CLASH, theirs=None))
    assert (gone.why, gone.sides) == ("It was deleted in own.", ("mine", "theirs"))
    weekly = replace(
        CLASH,
        do="complete",
        wanted=Completion("2026-11-27T10:00:00+01:00"),
        base=replace(SEEN, recurs="weekly"),
        theirs=replace(SEEN, recurs="weekly", due="2026-12-04"),
    )
    moved = conflict_of(weekly)
    assert "may be done there already" in moved.why
    assert (moved.differences[0].mine, moved.differences[0].theirs) == ("done", "open, due 2026-12-04")
    other = conflict_of(replace(weekly, theirs=replace(SEEN, recurs="weekly", text="Rake all leaves")))
    assert other.why == "It changed in own as well."
    assert [(one.mine, one.theirs) for one in other.differences][1] == ("Rake the leaves", "Rake all leaves")
    refused = replace(
        CLASH, do="create", wanted=NewTask("Rake"), base=None, theirs=None, state="refused", reason="Too long."
    )
    assert (conflict_of(refused).text, conflict_of(refused).why) == ("Rake", "own does not take it: Too long.")


def test_what_became_of_it_is_told_as_it_is() -> None:
    assert settled_words(replace(CLASH, state="done"), "mine") == "Your version stands in own: Rake"
    assert settled_words(replace(CLASH, state="done"), "both") == "A second task stands in own: Rake"
    assert settled_words(replace(CLASH, state="dropped"), "theirs") == "It stays as it is in own: Rake the leaves"
    assert "not yet on the server" in settled_words(replace(CLASH, state="waiting"), "mine")
    assert "conflict again" in settled_words(CLASH, "mine")
