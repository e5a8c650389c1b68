"""What is Todoist's own: dates, commands that come again, limits, and what a restart must not lose."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from sage.plugin_api import (
    AuthRefused,
    Change,
    Gone,
    NewTask,
    PluginError,
    RateLimited,
    Refused,
    Stale,
    Task,
    TaskSource,
    Unreachable,
    Unsupported,
)
from sage.testing.plugins import GivenAccount, Relay
from sage.testing.plugins.accounts import made, manifest_of
from tests.plugins.todoist.test_conformance import given
from tests.servers.strict import Answer
from tests.servers.todoist import TodoistServer

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
pytestmark = pytest.mark.asyncio


def source(account: GivenAccount, folder: Path, zone: str = "Europe/Berlin") -> TaskSource:
    found = made(manifest_of("todoist"), account, folder, zone)
    assert isinstance(found, TaskSource)
    return found


@pytest_asyncio.fixture
async def todoist(server: TodoistServer, tmp_path: Path) -> AsyncIterator[TaskSource]:
    opened = source(given(server), tmp_path)
    await opened.open()
    yield opened
    await opened.close()


async def one(todoist: TaskSource, text: str) -> Task:
    (found,) = [task async for task in todoist.list() if task.text == text]
    return found


@pytest.mark.parametrize(
    ("date", "timezone", "due", "zone"),
    [
        ("2026-11-27", None, "2026-11-27", ""),
        ("2026-11-27T09:00:00.000000", None, "2026-11-27T09:00", ""),
        ("2026-11-27T08:00:00.000000Z", "America/New_York", "2026-11-27T03:00", "America/New_York"),
        ("2026-11-27T08:00:00Z", "UTC+02:00", "2026-11-27T09:00", ""),
        ("2026-11-27T08:00:00Z", None, "2026-11-27T09:00", ""),
        ("some day", None, "some day"[:16], ""),
    ],
)
async def test_each_kind_of_due(
    todoist: TaskSource, server: TodoistServer, date: str, timezone: str, due: str, zone: str
) -> None:
    server.put(content="x", due={"date": date, "timezone": timezone, "string": "", "lang": "en", "is_recurring": False})
    found = await one(todoist, "x")
    assert (found.due, found.zone) == (due, zone)


async def test_a_time_without_a_zone_is_written_as_one_that_goes_with_the_person(
    todoist: TaskSource, server: TodoistServer
) -> None:
    await todoist.create(NewTask("Call", due="2026-11-27T09:00"), "k")
    due = server.items[server.find("Call")]["due"]
    assert (due["date"], due["timezone"]) == ("2026-11-27T09:00:00.000000", None)


async def test_high_is_todoists_four(todoist: TaskSource, server: TodoistServer) -> None:
    await todoist.create(NewTask("Pay", priority="high"), "k")
    assert server.items[server.find("Pay")]["priority"] == 4


@pytest.mark.parametrize("forgets", [False, True])
async def test_an_answer_that_is_lost_makes_no_second_task(
    server: TodoistServer, tmp_path: Path, forgets: bool
) -> None:
    server.forgets = forgets
    async with Relay(server.port) as relay:
        account = given(server)
        config = {"url": f"http://127.0.0.1:{relay.port}/api/v1"}
        todoist = source(GivenAccount(config, account.secrets), tmp_path)
        await todoist.open()
        relay.lose_answer(2)
        with pytest.raises(Unreachable):
            await todoist.create(NewTask("Mow the lawn"), "k")
        assert relay.lost and len(server.items) == 1
        assert (await todoist.create(NewTask("Mow the lawn"), "k")).id in server.items
        assert len(server.items) == 1
        await todoist.close()


async def test_a_returning_task_whose_answer_is_lost_returns_once(server: TodoistServer, tmp_path: Path) -> None:
    server.add("Bins", due="2026-11-27", weekly=True)
    async with Relay(server.port) as relay:
        config = {"url": f"http://127.0.0.1:{relay.port}/api/v1"}
        todoist = source(GivenAccount(config, given(server).secrets), tmp_path)
        await todoist.open()
        task = await one(todoist, "Bins")
        relay.lose_answer(2)
        with pytest.raises(Unreachable):
            await todoist.complete(task.id, task.revision, NOW)
        await todoist.close()
        again = source(GivenAccount(config, given(server).secrets), tmp_path)
        await again.open()
        assert (await again.complete(task.id, task.revision, NOW)).task.due == "2026-12-04"
        await again.close()
    assert server.items[task.id]["due"]["date"] == "2026-12-04"


async def test_a_returning_task_that_was_changed_elsewhere_is_stale(todoist: TaskSource, server: TodoistServer) -> None:
    server.add("Bins", due="2026-11-27", weekly=True)
    task = await one(todoist, "Bins")
    server.retitle("Bins", "Both bins")
    with pytest.raises(Stale):
        await todoist.complete(task.id, task.revision, NOW)
    assert server.items[task.id]["due"]["date"] == "2026-11-27"


async def test_the_date_of_a_returning_task_stays_todoists(todoist: TaskSource, server: TodoistServer) -> None:
    server.add("Bins", due="2026-11-27", weekly=True)
    task = await one(todoist, "Bins")
    with pytest.raises(Unsupported):
        await todoist.update(task.id, Change(due="2026-11-28"), task.revision)
    await todoist.update(task.id, Change(text="Both bins"), task.revision)
    assert server.items[task.id]["due"]["is_recurring"]


async def test_a_task_goes_below_another_and_up_again(todoist: TaskSource, server: TodoistServer) -> None:
    garden, mow = await todoist.create(NewTask("Garden"), "a"), await todoist.create(NewTask("Mow"), "b")
    mow = await todoist.update(mow.id, Change(parent=garden.id), mow.revision)
    assert mow.parent == garden.id
    mow = await todoist.update(mow.id, Change(parent=""), mow.revision)
    assert mow.parent == ""
    with pytest.raises(Refused):
        await todoist.update(mow.id, Change(parent="never-was"), mow.revision)


async def test_those_below_are_done_with_it_and_told(todoist: TaskSource) -> None:
    garden = await todoist.create(NewTask("Garden"), "a")
    await todoist.create(NewTask("Mow", parent=garden.id), "b")
    cursor = (await todoist.changes("")).cursor
    await todoist.complete(garden.id, garden.revision, NOW)
    assert {task.text: task.done for task in (await todoist.changes(cursor)).changed} == {"Garden": True, "Mow": True}


async def test_what_was_done_is_shown_after_a_restart_through_all_pages(server: TodoistServer, tmp_path: Path) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.000000Z"
    for number in range(5):
        server.put(content=f"task {number}", checked=True, completed_at=today)
    server.put(content="long ago", checked=True, completed_at="2020-01-01T00:00:00.000000Z")
    todoist = source(given(server), tmp_path)
    await todoist.open()
    found = {task.text: task.done async for task in todoist.list()}
    assert found == {f"task {number}": True for number in range(5)}
    await todoist.close()


async def test_only_the_projects_that_are_wanted(server: TodoistServer, tmp_path: Path) -> None:
    work = server.add_project("Work")
    server.add("private")
    server.put(content="report", project_id=work)
    todoist = source(given(server, projects=["Work"], into="Work"), tmp_path)
    await todoist.open()
    report = await one(todoist, "report")
    assert [task.text async for task in todoist.list()] == ["report"] and report.where == "Work"
    await todoist.create(NewTask("slides"), "k")
    assert server.items[server.find("slides")]["project_id"] == work
    with pytest.raises(Refused):
        await todoist.create(NewTask("x", where="Nowhere"), "k2")
    cursor = (await todoist.changes("")).cursor
    server.change(report.id, project_id="p1")
    assert (await todoist.changes(cursor)).gone == (report.id,)
    with pytest.raises(Gone):
        await todoist.update(report.id, Change(text="y"), report.revision)
    server.archive(work)
    found = await todoist.changes(cursor)
    assert found.whole and found.changed == ()
    await todoist.close()


async def test_looking_again_asks_for_everything_only_once(todoist: TaskSource, server: TodoistServer) -> None:
    cursor = (await todoist.changes("")).cursor
    for _ in range(3):
        cursor = (await todoist.changes(cursor)).cursor
        assert [task async for task in todoist.list()] == []
    assert server.full_syncs == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer({"error": "x"}, 401), AuthRefused),
        (Answer({"error": "x"}, 403), AuthRefused),
        (Answer({"error": "x"}, 429), RateLimited),
        (Answer(b"<html>", 502), Unreachable),
        (Answer(b"<html>", 200), Unreachable),
        (Answer(b"[]", 200), Unreachable),
        (Answer({}, 307, {"Location": "http://example.org/"}), Refused),
        (Answer({}, 404), Refused),
    ],
)
async def test_what_its_errors_mean(
    todoist: TaskSource, server: TodoistServer, answer: Answer, error: type[PluginError]
) -> None:
    server.instead = [answer]
    with pytest.raises(error):
        await todoist.health()
    assert (await todoist.health()).state == "ok"


@pytest.mark.parametrize(
    "answer",
    [Answer({}, 429, {"Retry-After": "7"}), Answer({"error_extra": {"retry_after": 7}}, 429)],
)
async def test_it_waits_as_long_as_it_is_told(todoist: TaskSource, server: TodoistServer, answer: Answer) -> None:
    server.instead = [answer]
    with pytest.raises(RateLimited) as refused:
        await todoist.health()
    assert refused.value.retry_after == 7


async def test_a_wrong_token_is_refused_at_opening(server: TodoistServer, tmp_path: Path) -> None:
    todoist = source(GivenAccount(given(server).config, {"token": "wrong"}), tmp_path)
    with pytest.raises(AuthRefused):
        await todoist.open()
    await todoist.close()


async def test_many_at_once_keep_what_is_held_right(todoist: TaskSource) -> None:
    made_ones = await asyncio.gather(*(todoist.create(NewTask(f"task {n}"), f"k{n}") for n in range(8)))
    assert {task.id async for task in todoist.list()} == {task.id for task in made_ones}


@pytest.mark.parametrize(
    "config", [{"url": "http://example.org"}, {"url": "ftp://x"}, {"unknown": 1}], ids=lambda config: str(config)
)
async def test_settings_that_do_not_fit(server: TodoistServer, tmp_path: Path, config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"url|unknown"):
        source(GivenAccount(config), tmp_path)


async def test_the_live_service(tmp_path: Path) -> None:
    """Makes one task in the inbox, changes it and does it."""
    token = os.environ.get("SAGE_LIVE_TODOIST")
    if not token:
        pytest.skip("SAGE_LIVE_TODOIST holds no token of Todoist")
    todoist = source(GivenAccount({}, {"token": token}), tmp_path)
    await todoist.open()
    task = await todoist.create(NewTask("Sage's test", due="2026-11-27", priority="low"), f"live {os.getpid()}")
    task = await todoist.update(task.id, Change(text="Sage's test, changed"), task.revision)
    assert (task.due, task.priority) == ("2026-11-27", "low")
    assert (await todoist.complete(task.id, task.revision, datetime.now(UTC))).task.done
    await todoist.close()
