from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sage.core.errors import BadInput
from sage.core.plugins.task_conflicts import (
    Again,
    Clash,
    Completion,
    Settled,
    TaskChange,
    decided,
    laid_over,
    look,
    ours,
    sides,
)
from sage.plugin_api import Change, NewTask, Task

SEEN = Task("7", "Rake the leaves", "r1", due="2026-11-27", priority="low", where="Garden")
DONE = Completion("2026-11-25T18:00:00+01:00")


def update(**wanted: str) -> TaskChange:
    return TaskChange("h1", "todotxt/own", "update", Change(**wanted), "7", SEEN, "r1")  # type: ignore[arg-type]


def complete(base: Task = SEEN) -> TaskChange:
    return TaskChange("h1", "todotxt/own", "complete", DONE, "7", base, base.revision)


def there(**changed: object) -> Task:
    return replace(SEEN, **{"revision": "r2", **changed})


def test_a_change_of_another_field_is_made_again_on_what_stands_there() -> None:
    found = look(update(due="2026-12-01"), there(text="Rake all leaves"))
    assert isinstance(found, Again)
    assert (found.change.revision, found.change.wanted) == ("r2", Change(due="2026-12-01"))
    assert ours(found.change).text == "Rake all leaves"


def test_the_same_change_on_both_sides_is_settled() -> None:
    assert look(update(due="2026-12-01"), there(due="2026-12-01")) == Settled()


def test_of_two_fields_the_one_that_is_there_already_is_not_sent_again() -> None:
    found = look(update(due="2026-12-01", text="Rake"), there(due="2026-12-01"))
    assert isinstance(found, Again) and found.change.wanted == Change(text="Rake")


def test_two_values_for_one_field_are_a_conflict_with_both() -> None:
    found = look(update(text="Rake the lawn"), there(text="Rake the path"))
    assert isinstance(found, Clash)
    assert (found.change.state, ours(found.change).text) == ("conflict", "Rake the lawn")
    assert found.change.theirs and found.change.theirs.text == "Rake the path"


def test_a_time_and_its_zone_are_one_thing() -> None:
    found = look(update(due="2026-12-01T09:00"), there(due="2026-11-27", zone="Asia/Tokyo"))
    assert isinstance(found, Clash)


def test_a_change_of_what_was_deleted_there_is_a_conflict_and_makes_nothing_anew_by_itself() -> None:
    found = look(update(text="Rake the lawn"), None)
    assert isinstance(found, Clash) and found.change.theirs is None
    again = decided(found.change, "mine")
    assert (again.do, again.task, again.wanted) == (
        "create",
        "",
        NewTask("Rake the lawn", "2026-11-27", "", "low", "", "Garden"),
    )


@pytest.mark.parametrize("theirs", [None, there(done=True, done_on="2026-11-24")])
def test_what_is_done_on_both_sides_or_gone_is_settled(theirs: Task | None) -> None:
    assert look(complete(), theirs) == Settled()


@pytest.mark.parametrize("unseen", [{}, {"where": "Shed"}, {"priority": "high"}, {"parent": "3"}])
def test_a_completion_is_made_on_a_task_that_looks_as_it_did(unseen: dict[str, str]) -> None:
    found = look(complete(), there(**unseen))
    assert isinstance(found, Again) and (found.change.revision, found.change.wanted) == ("r2", DONE)


@pytest.mark.parametrize(
    "changed", [{"text": "Rake all leaves"}, {"due": "2026-11-30"}, {"due": ""}, {"recurs": "weekly"}]
)
def test_what_is_another_task_by_now_is_not_done_by_what_the_person_said_of_the_first(changed: dict[str, str]) -> None:
    theirs = there(**changed)
    found = look(complete(), theirs)
    assert isinstance(found, Clash) and found.change.theirs == theirs


def test_a_returning_task_that_moved_on_there_is_not_done_twice() -> None:
    weekly = replace(SEEN, recurs="every week")
    assert isinstance(look(complete(weekly), replace(weekly, revision="r2", due="2026-12-04")), Clash)


def test_each_choice_does_what_it_says() -> None:
    clash = look(update(text="Rake the lawn"), there(text="Rake the path"))
    assert isinstance(clash, Clash)
    assert sides(clash.change) == ("mine", "theirs", "both")
    mine = decided(clash.change, "mine")
    assert (mine.state, mine.do, mine.revision, mine.wanted) == (
        "waiting",
        "update",
        "r2",
        Change(text="Rake the lawn"),
    )
    assert decided(clash.change, "theirs").state == "dropped"
    both = decided(clash.change, "both")
    assert both.do == "create" and both.text == "Rake the lawn" and both.revision == ""


def test_of_a_completion_there_are_no_two_versions_to_keep() -> None:
    weekly = replace(SEEN, recurs="every week")
    clash = look(complete(weekly), replace(weekly, revision="r2", due="2026-12-04"))
    assert isinstance(clash, Clash)
    with pytest.raises(BadInput, match="'both' cannot"):
        decided(clash.change, "both")
    mine = decided(clash.change, "mine")
    assert (mine.do, mine.revision, mine.wanted) == ("complete", "r2", DONE)


def test_what_was_refused_can_be_tried_again_as_it_was() -> None:
    refused = replace(update(text="Rake"), state="refused", reason="Too long.")
    assert decided(refused, "mine") == replace(refused, state="waiting", reason="")


FIELDS = st.sampled_from(["", "a", "b"])
TASKS = st.builds(
    lambda text, due, parent: Task("7", text, f"{text}{due}{parent}", due=due, parent=parent), FIELDS, FIELDS, FIELDS
)


@given(TASKS, TASKS, st.dictionaries(st.sampled_from(["text", "due", "parent"]), FIELDS, min_size=1))
def test_a_merge_never_loses_a_value_of_either_side(base: Task, theirs: Task, wanted: dict[str, str]) -> None:
    change = TaskChange("h1", "a/b", "update", Change(**wanted), "7", base, base.revision)  # type: ignore[arg-type]
    found = look(change, theirs)
    for field in ("text", "due", "parent"):
        was, now, mine = (getattr(task, field) for task in (base, theirs, ours(change)))
        if isinstance(found, Clash):
            continue
        result = laid_over(theirs, found.change.wanted) if isinstance(found, Again) else theirs  # type: ignore[arg-type]
        assert getattr(result, field) in ({mine} if mine != was else {now})
