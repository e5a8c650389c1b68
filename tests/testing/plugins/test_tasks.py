"""The task suite holds for a source without a fault, and sees each fault that is put into it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sage.adapters.plugins.loading import reach
from sage.core.plugins.manifest import Manifest
from sage.plugin_api import Task
from sage.testing.plugins.accounts import BareDriver, GivenAccount, manifest_of
from sage.testing.plugins.open_tasks import OpenTasks
from sage.testing.plugins.task_changes import ChangesAreTold
from sage.testing.plugins.tasks import TaskSourceConformance

reach(Path(__file__).parent / "found")
NUMBERS = count()
LOOPS = "asyncio_default_fixture_loop_scope=function"


class Clerk:
    """The other client: writes the server's file."""

    def __init__(self, server: Path) -> None:
        self._server = server

    def _load(self) -> dict[str, Any]:
        if not self._server.exists():
            return {"tasks": {}, "keys": {}, "log": []}
        kept: dict[str, Any] = json.loads(self._server.read_text())
        return kept

    def _change(self, name: str, raw: dict[str, Any] | None) -> None:
        kept = self._load()
        kept["log"].append(name)
        kept["tasks"].pop(name, None) if raw is None else kept["tasks"].update({name: raw})
        self._server.write_text(json.dumps(kept))

    def _named(self, text: str) -> dict[str, Any]:
        (found,) = [raw for raw in self._load()["tasks"].values() if raw["text"] == text]
        return dict(found)

    def add(self, text: str, due: str = "", weekly: bool = False) -> None:
        number = next(NUMBERS)
        task = Task(f"c{number}", text, f"c{number}", due=due, recurs="weekly" if weekly else "")
        self._change(task.id, msgspec.to_builtins(task))

    async def retitle(self, text: str, to: str) -> None:
        raw = self._named(text)
        self._change(raw["id"], {**raw, "text": to, "revision": f"c{next(NUMBERS)}"})

    def remove(self, text: str) -> None:
        self._change(self._named(text)["id"], None)


def given(folder: Path, fault: str = "") -> GivenAccount:
    server = folder / "server.json"
    return GivenAccount({"server": str(server), "fault": fault}, other=Clerk(server))


class TestWithoutFault(TaskSourceConformance):
    plugin = "faulty"

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        return given(tmp_path)


class TestInItsOwnProcess(ChangesAreTold):
    plugin = "faulty"
    in_its_own_process = True

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        return given(tmp_path)


class TestThatOnlyReads(TestWithoutFault):
    @pytest.fixture
    def manifest(self) -> Manifest:
        return reading()


def reading() -> Manifest:
    runtime = "sage_plugins.faulty.source:Reader"
    return msgspec.structs.replace(manifest_of("faulty"), capabilities=("DUE_DATE",), runtime=runtime)


FAULTS = [
    ("lists twice", "each_task_is_listed_once_with_an_id_and_a_revision", {}),
    ("ids by place", "what_another_client_adds_and_removes_is_seen", {}),
    ("new ids after opening", "ids_and_revisions_survive_reopening", {}),
    ("looks only once", "what_another_client_changes_is_seen", {}),
    ("looks only once", "what_another_client_adds_and_removes_is_seen", {}),
    ("looks only once", "a_change_never_overwrites_another_clients", {}),
    ("closes only once", "closing_twice_does_no_harm", {}),
    ("a date becomes midnight here", "a_date_stays_a_date_in_every_zone", {}),
    ("a date becomes midnight here", "a_date_is_set_moved_and_taken_away_in_every_zone", {}),
    ("a time loses its zone", "a_time_stays_the_same_moment_and_wall_time", {}),
    ("one id for the same words", "two_keys_make_two_tasks_with_the_same_words", {}),
    ("answers with a wrong revision", "what_is_made_is_listed_as_it_was_answered", {}),
    ("no keys", "one_key_makes_one_task", {}),
    ("keys in memory", "one_key_makes_one_task_also_after_reopening", {}),
    ("a task a line", "line_ends_in_words_forge_no_second_task", {}),
    ("latin only", "words_come_back_as_they_were", {}),
    ("cuts", "long_words_are_whole_or_refused", {}),
    ("no priority", "priorities_come_back", {}),
    ("no parent", "a_subtask_stands_below_its_parent", {}),
    ("any parent", "a_parent_that_is_gone_makes_nothing", {}),
    ("one revision for all", "a_change_is_written_and_keeps_the_id", {}),
    ("a new id after a change", "a_change_is_written_and_keeps_the_id", {}),
    ("overwrites", "a_stale_change_is_refused_with_what_stands_there", {}),
    ("overwrites", "a_change_never_overwrites_another_clients", {}),
    ("overwrites", "of_two_changes_at_once_one_is_stale", {}),
    ("overwrites", "a_stale_task_is_not_done", {}),
    ("writes, then looks", "a_stale_change_is_refused_with_what_stands_there", {}),
    ("makes what is gone", "what_never_was_is_gone", {}),
    ("makes what is gone", "what_another_client_removed_is_gone", {}),
    ("makes what is gone", "what_never_was_cannot_be_done", {}),
    ("makes what is gone", "what_another_client_removed_cannot_be_done", {}),
    ("empties the rest", "a_change_of_one_thing_leaves_the_others", {}),
    ("never done", "a_task_is_done", {}),
    ("done twice", "what_is_done_is_answered_as_it_is", {}),
    ("done in UTC", "it_is_done_on_the_persons_date", {"zone": "Pacific/Kiritimati"}),
    ("done twice", "a_returning_task_returns_once", {"zone": "UTC"}),
    ("returns twice", "a_returning_task_returns_once", {"zone": "UTC"}),
    ("never returns", "a_returning_task_goes_on_returning", {}),
    ("a date becomes midnight here", "a_returning_task_goes_on_returning", {}),
    ("takes any cursor", "without_a_good_cursor_it_tells_everything", {"cursor": "no cursor at all"}),
    ("never whole", "without_a_good_cursor_it_tells_everything", {"cursor": ""}),
    ("tells everything", "with_nothing_changed_it_tells_nothing", {}),
    ("tells everything", "it_tells_what_changed_and_no_more", {}),
    ("tells once", "one_cursor_can_be_asked_about_twice", {}),
    ("hides what is gone", "who_follows_the_changes_has_what_is_listed", {}),
    ("looks only once", "who_follows_the_changes_has_what_is_listed", {}),
    ("reads a date as a moment", "a_date_of_another_client_stays_one_in_every_zone", {}),
    ("needs the person", "it_is_well", {}),
    ("all are done", "doing_a_subtask_leaves_the_others_open", {}),
    ("all are done", "a_task_is_done", {}),
    ("ends at a null", "control_bytes_spoil_nothing", {}),
    ("a task without words is no task", "a_task_without_words_is_refused_or_one_task", {}),
    ("a change of nothing removes", "a_change_of_nothing_changes_nothing", {}),
    ("a task a line", "line_ends_in_changed_words_forge_no_second_task", {}),
    ("hides what was made here", "what_was_written_here_is_told_as_well", {}),
]
LOSSES = [
    "what_it_does_not_claim_it_says_and_does_not_do",
    "what_has_no_place_is_refused_rather_than_lost",
    "a_change_that_has_no_place_is_refused_rather_than_lost",
]


async def caught(manifest: Manifest, account: GivenAccount, folder: Path, test: str, more: dict[str, str]) -> bool:
    """Whether this test of the suite fails."""
    tasks = OpenTasks(BareDriver(manifest, account, folder), account, manifest)
    await tasks.open()
    try:
        await getattr(TaskSourceConformance(), f"test_{test}")(tasks, **more)
    except (Exception, pytest.fail.Exception):
        return True
    return False


@pytest.mark.parametrize(("fault", "test", "more"), FAULTS)
async def test_a_fault_is_seen(fault: str, test: str, more: dict[str, str], tmp_path: Path) -> None:
    manifest = manifest_of("faulty")
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    assert await caught(manifest, given(tmp_path / "with", fault), tmp_path, test, more)
    assert not await caught(manifest, given(tmp_path / "without"), tmp_path, test, more)


@pytest.mark.parametrize("test", LOSSES)
async def test_what_is_lost_quietly_is_seen(test: str, tmp_path: Path) -> None:
    assert await caught(reading(), given(tmp_path, "loses quietly"), tmp_path, test, {})


def test_every_test_of_the_suite_can_fail() -> None:
    """Each of them is failed by some fault above, or stands here because only a broken program could fail it."""
    failed = {f"test_{test}" for _, test, _ in FAULTS} | {f"test_{test}" for test in LOSSES}
    assert {name for name in dir(TaskSourceConformance) if name.startswith("test_")} - failed == {
        "test_an_empty_account_has_no_tasks",
    }


def test_what_is_left_out_is_shown_with_its_reason(tmp_path: Path) -> None:
    """An author's own test file, in a folder of its own: what the manifest does not claim or is exempt from is skipped."""
    shutil.copytree(Path(__file__).parent / "found" / "faulty", tmp_path / "plugins" / "lacking")
    manifest = tmp_path / "plugins" / "lacking" / "plugin.toml"
    text = manifest.read_text().replace('"PRIORITY", ', "").replace("faulty", "lacking")
    reasons = 'exempt = { PRIORITY = "it has none", it_is_well = "it never is" }'
    manifest.write_text(f"{text}\n{reasons}\n")
    (tmp_path / "test_mine.py").write_text(AUTHORS_TEST)
    code = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
    names = "priorities_come_back or it_is_well or a_task_is_done or what_another_client_removed or own"
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            "-rs",
            "-p",
            "no:cacheprovider",
            "-W",
            "error",
            "-o",
            LOOPS,
            "-k",
            names,
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert "2 passed, 4 skipped" in ran.stdout, ran.stdout + ran.stderr
    for reason in ("does not claim PRIORITY: it has none", "is exempt: it never is", "comes without another client"):
        assert reason in ran.stdout


AUTHORS_TEST = """
from pathlib import Path
import pytest
from sage.adapters.plugins.loading import reach
from sage.testing.plugins import GivenAccount, TaskSourceConformance

reach(Path(__file__).parent / "plugins")

class TestMine(TaskSourceConformance):
    plugin = "lacking"

    @pytest.fixture
    def account(self, tmp_path):
        return GivenAccount({"server": tmp_path / "server.json"})

    def test_of_my_own(self):
        pass
"""
