"""What is GitHub's own: pull requests, pages, marks, limits, issues that move, and an issue that was made already."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from sage.plugin_api import (
    AuthRefused,
    BadConfig,
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
)
from sage.testing.plugins import GivenAccount, Relay
from sage.testing.plugins.accounts import made, manifest_of
from tests.plugins.github.test_conformance import given
from tests.servers.github import GitHubServer
from tests.servers.strict import Answer

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
pytestmark = pytest.mark.asyncio


def source(account: GivenAccount, folder: Path) -> TaskSource:
    found = made(manifest_of("github"), account, folder, "Europe/Berlin")
    assert isinstance(found, TaskSource)
    return found


@pytest_asyncio.fixture
async def github(server: GitHubServer, tmp_path: Path) -> AsyncIterator[TaskSource]:
    opened = source(given(server), tmp_path)
    await opened.open()
    yield opened
    await opened.close()


async def listed(github: TaskSource) -> dict[str, Task]:
    return {task.text: task async for task in github.list()}


async def test_ids_are_as_people_write_them_and_pull_requests_are_none(
    github: TaskSource, server: GitHubServer
) -> None:
    server.add("Water the plants")
    server.put("demo/garden", title="A change", pull_request={"url": "x"})
    found = await listed(github)
    assert [(task.id, task.where) for task in found.values()] == [("demo/garden#1", "demo/garden")]
    with pytest.raises(Gone):
        await github.complete("demo/garden#2", "x", NOW)


async def test_those_assigned_elsewhere_are_listed_and_none_twice(github: TaskSource, server: GitHubServer) -> None:
    server.put("demo/garden", title="here", assignees=["demo"])
    server.put("club/house", title="elsewhere", assignees=["demo"])
    server.put("club/house", title="another's", assignees=["neighbour"])
    tasks = [task async for task in github.list()]
    assert [(task.id, task.text) for task in tasks] == [("demo/garden#1", "here"), ("club/house#2", "elsewhere")]
    done = await github.complete(tasks[1].id, tasks[1].revision, NOW)
    assert done.task.done and server.issues["club/house"][2]["state_reason"] == "completed"


async def test_all_pages_are_read_and_not_sent_again(github: TaskSource, server: GitHubServer) -> None:
    for number in range(5):
        server.add(f"task {number}")
    assert len(await listed(github)) == 5
    asked, server.unchanged = len(server.asked), 0
    assert len(await listed(github)) == 5
    assert server.unchanged == len(server.asked) - asked
    server.retitle("task 3", "other words")
    assert "other words" in await listed(github)


async def test_an_issue_closed_while_pages_are_read_hides_no_other(github: TaskSource, server: GitHubServer) -> None:
    for number in range(5):
        server.add(f"task {number}")
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    server.meanwhile[len(server.asked) + 2] = lambda: server.find("task 0").update(state="closed", closed_at=now)
    found = await listed(github)
    assert {text: task.done for text, task in found.items()} == {f"task {n}": n == 0 for n in range(5)}


async def test_a_list_that_never_stands_still_is_no_list(github: TaskSource, server: GitHubServer) -> None:
    for number in range(3):
        server.add(f"task {number}")
    for number in range(1, 400):
        server.meanwhile[len(server.asked) + number] = lambda: server.add("more")
    with pytest.raises(Unreachable):
        await listed(github)


async def test_what_was_closed_long_ago_is_not_shown(github: TaskSource, server: GitHubServer) -> None:
    server.put("demo/garden", title="old", state="closed", closed_at="2020-01-01T00:00:00Z")
    assert await listed(github) == {}


async def test_an_answer_that_is_lost_makes_no_second_issue(server: GitHubServer, tmp_path: Path) -> None:
    async with Relay(server.port) as relay:
        config = {"url": f"http://127.0.0.1:{relay.port}", "repositories": ["demo/garden"]}
        github = source(GivenAccount(config, given(server).secrets), tmp_path)
        await github.open()
        relay.lose_answer(2)
        with pytest.raises(Unreachable):
            await github.create(NewTask("Mow the lawn"), "k")
        assert relay.lost and len(server.issues["demo/garden"]) == 1
        assert (await github.create(NewTask("Mow the lawn"), "k")).id == "demo/garden#1"
        await github.close()
    assert len(server.issues["demo/garden"]) == 1
    body = server.find("Mow the lawn")["body"]
    assert body.startswith("<!-- sage:") and body.endswith(" -->")


async def test_an_issue_that_moved_is_gone_under_its_old_name(github: TaskSource, server: GitHubServer) -> None:
    server.add("Mow")
    task = (await listed(github))["Mow"]
    server.moved[task.id] = "/repos/club/house/issues/9"
    with pytest.raises(Gone):
        await github.update(task.id, Change(text="Rake"), task.revision)
    with pytest.raises(Gone):
        await github.complete(task.id, task.revision, NOW)


async def test_a_repository_with_another_name_is_read_and_gets_nothing_new(
    server: GitHubServer, tmp_path: Path
) -> None:
    server.put("demo/park", title="Mow")
    server.moved["demo/garden"] = "/repos/demo/park/issues?state=open&per_page=100"
    github = source(given(server, assigned=False), tmp_path)
    await github.open()
    assert (await listed(github))["Mow"].id == "demo/park#1"
    server.moved["demo/garden"] = "https://elsewhere.example.org/"
    with pytest.raises(PluginError):
        await github.create(NewTask("Rake"), "k")
    await github.close()


async def test_a_token_is_sent_to_no_other_server(github: TaskSource, server: GitHubServer) -> None:
    page = {"Link": '<https://elsewhere.example.org/?page=2>; rel="next"'}
    elsewhere = ("https://elsewhere.example.org/", "http://[", "http://127.0.0.1:99999/")
    for answer in (Answer([], 200, page), *(Answer([], 301, {"Location": to}) for to in elsewhere)):
        server.instead = [answer]
        with pytest.raises(Refused):
            await listed(github)


async def test_a_repository_that_is_not_there_is_one_of_the_settings(server: GitHubServer, tmp_path: Path) -> None:
    github = source(given(server, repositories=["demo/nowhere"]), tmp_path)
    await github.open()
    with pytest.raises(BadConfig) as refused:
        await listed(github)
    assert refused.value.key == "repositories" and "demo/nowhere" in refused.value.what
    await github.close()


async def test_new_issues_go_where_they_are_told(server: GitHubServer, tmp_path: Path) -> None:
    server.issues["demo/house"] = {}
    github = source(given(server, into="demo/house"), tmp_path)
    await github.open()
    assert (await github.create(NewTask("Paint"), "a")).where == "demo/house"
    assert (await github.create(NewTask("Mow", where="Demo/Garden"), "b")).where == "demo/garden"
    with pytest.raises(Refused):
        await github.create(NewTask("Mow", where="club/house"), "c")
    await github.close()


async def test_what_somebody_changed_is_not_closed(github: TaskSource, server: GitHubServer) -> None:
    server.add("Mow")
    task = (await listed(github))["Mow"]
    server.find("Mow")["body"] = "Not the flowers!"
    with pytest.raises(Stale):
        await github.complete(task.id, task.revision, NOW)
    assert server.find("Mow")["state"] == "open"


@pytest.mark.parametrize(
    ("answer", "error", "seconds"),
    [
        (Answer({}, 401), AuthRefused, 0),
        (Answer({}, 403), Refused, 0),
        (Answer({}, 403, {"Retry-After": "7"}), RateLimited, 7),
        (Answer({"message": "You have exceeded a secondary rate limit."}, 403), RateLimited, 60),
        (Answer({}, 429), RateLimited, 60),
        (Answer({}, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}), RateLimited, 1),
        (Answer(b"<html>", 502), Unreachable, 0),
        (Answer(b"<html>"), Unreachable, 0),
        (Answer([]), Unreachable, 0),
        (Answer({}, 451), Refused, 0),
    ],
)
async def test_what_its_errors_mean(
    github: TaskSource, server: GitHubServer, answer: Answer, error: type[PluginError], seconds: float
) -> None:
    server.instead = [answer]
    with pytest.raises(error) as raised:
        await github.health()
    assert type(raised.value) is error and getattr(raised.value, "retry_after", 0) == seconds
    assert (await github.health()).state == "ok"


async def test_a_limit_lasts_until_the_moment_that_is_said(github: TaskSource, server: GitHubServer) -> None:
    reset = str(int(datetime.now(UTC).timestamp()) + 1_000)
    server.instead = [Answer({}, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset})]
    with pytest.raises(RateLimited) as raised:
        await github.health()
    assert 0 < raised.value.retry_after <= 1_000


@pytest.mark.parametrize(
    "config",
    [{"url": "http://example.org"}, {"repositories": ["none"]}, {"assigned": False}, {"repositories": ["../x y"]}],
    ids=str,
)
async def test_settings_that_do_not_fit(tmp_path: Path, config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"url|repositories"):
        source(GivenAccount(config), tmp_path)


async def test_the_live_service(tmp_path: Path) -> None:
    """Makes one issue in the repository that is named, changes it and closes it."""
    token, repository = os.environ.get("SAGE_LIVE_GITHUB"), os.environ.get("SAGE_LIVE_GITHUB_REPOSITORY")
    if not token or not repository:
        pytest.skip("SAGE_LIVE_GITHUB holds no token of GitHub, or SAGE_LIVE_GITHUB_REPOSITORY names no repository")
    github = source(GivenAccount({"repositories": [repository]}, {"token": token}), tmp_path)
    await github.open()
    task = await github.create(NewTask("Sage's test"), f"live {os.getpid()}")
    task = await github.update(task.id, Change(text="Sage's test, changed"), task.revision)
    assert (await github.complete(task.id, task.revision, NOW)).task.done
    await github.close()
