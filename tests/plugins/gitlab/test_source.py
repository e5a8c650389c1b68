"""What is GitLab's own: servers of one's own, confidential and moved issues, pages, and an issue that was made already."""

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
from tests.plugins.gitlab.test_conformance import given
from tests.servers.gitlab import ME, GitLabServer
from tests.servers.strict import Answer

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
PROJECT = "demo/club/garden"
pytestmark = pytest.mark.asyncio


def source(account: GivenAccount, folder: Path) -> TaskSource:
    found = made(manifest_of("gitlab"), account, folder, "Europe/Berlin")
    assert isinstance(found, TaskSource)
    return found


@pytest_asyncio.fixture
async def gitlab(server: GitLabServer, tmp_path: Path) -> AsyncIterator[TaskSource]:
    opened = source(given(server), tmp_path)
    await opened.open()
    yield opened
    await opened.close()


async def listed(gitlab: TaskSource) -> dict[str, Task]:
    return {task.text: task async for task in gitlab.list()}


async def test_ids_are_as_people_write_them_and_confidential_ones_are_shown_as_such(
    gitlab: TaskSource, server: GitLabServer
) -> None:
    server.put(PROJECT, title="Water", due_date="2026-11-27")
    server.put(PROJECT, title="A secret", confidential=True)
    found = [(task.id, task.due, task.where) for task in (await listed(gitlab)).values()]
    assert found == [(f"{PROJECT}#1", "2026-11-27", PROJECT), (f"{PROJECT}#2", "", f"{PROJECT} (confidential)")]


@pytest.mark.parametrize("confidential", [False, True])
async def test_new_issues_are_for_members_alone_if_that_is_set(
    server: GitLabServer, tmp_path: Path, confidential: bool
) -> None:
    gitlab = source(given(server, confidential=confidential), tmp_path)
    await gitlab.open()
    await gitlab.create(NewTask("Mow"), "k")
    assert server.find("Mow")["confidential"] is confidential
    await gitlab.close()


async def test_those_assigned_elsewhere_are_listed_and_none_twice(gitlab: TaskSource, server: GitLabServer) -> None:
    server.put(PROJECT, title="here", assignees=[ME])
    server.put("club/house", title="elsewhere", assignees=[ME])
    server.put("club/house", title="another's", assignees=[8])
    tasks = [task async for task in gitlab.list()]
    assert [(task.id, task.text) for task in tasks] == [(f"{PROJECT}#1", "here"), ("club/house#1", "elsewhere")]
    assert (await gitlab.complete(tasks[1].id, tasks[1].revision, NOW)).task.done
    assert server.issues["club/house"][1]["state"] == "closed"


async def test_an_issue_closed_while_pages_are_read_hides_no_other(gitlab: TaskSource, server: GitLabServer) -> None:
    for number in range(5):
        server.add(f"task {number}")
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
    server.meanwhile[len(server.asked) + 2] = lambda: server.find("task 0").update(state="closed", closed_at=now)
    found = await listed(gitlab)
    assert {text: task.done for text, task in found.items()} == {f"task {n}": n == 0 for n in range(5)}


async def test_a_list_that_never_stands_still_is_no_list(gitlab: TaskSource, server: GitLabServer) -> None:
    for number in range(3):
        server.add(f"task {number}")
    for number in range(1, 400):
        server.meanwhile[len(server.asked) + number] = lambda: server.add("more")
    with pytest.raises(Unreachable):
        await listed(gitlab)


async def test_what_was_closed_long_ago_is_not_shown(gitlab: TaskSource, server: GitLabServer) -> None:
    server.put(PROJECT, title="old", state="closed", closed_at="2020-01-01T00:00:00.000Z")
    assert await listed(gitlab) == {}


async def test_an_issue_that_was_moved_is_gone_under_its_old_name(gitlab: TaskSource, server: GitLabServer) -> None:
    server.add("Mow")
    task = (await listed(gitlab))["Mow"]
    server.find("Mow").update(state="closed", closed_at="2099-01-01T00:00:00.000Z", moved_to_id=9)
    assert await listed(gitlab) == {}
    with pytest.raises(Gone):
        await gitlab.complete(task.id, task.revision, NOW)


async def test_a_project_with_another_name_is_read_and_gets_nothing_new(server: GitLabServer, tmp_path: Path) -> None:
    server.put("demo/park", title="Mow")
    server.moved[PROJECT] = "/api/v4/projects/demo%2Fpark/issues?state=opened&per_page=100"
    gitlab = source(given(server, assigned=False), tmp_path)
    await gitlab.open()
    assert (await listed(gitlab))["Mow"].id == "demo/park#1"
    with pytest.raises(PluginError):
        await gitlab.create(NewTask("Rake"), "k")
    assert len(server.issues["demo/park"]) == 1 and not server.issues[PROJECT]
    await gitlab.close()


async def test_an_answer_that_is_lost_makes_no_second_issue(server: GitLabServer, tmp_path: Path) -> None:
    async with Relay(server.port) as relay:
        config = {"url": f"http://127.0.0.1:{relay.port}", "projects": [PROJECT]}
        gitlab = source(GivenAccount(config, given(server).secrets), tmp_path)
        await gitlab.open()
        relay.lose_answer(2)
        with pytest.raises(Unreachable):
            await gitlab.create(NewTask("Mow", due="2026-11-27"), "k")
        assert relay.lost and len(server.issues[PROJECT]) == 1
        again = await gitlab.create(NewTask("Mow", due="2026-11-27"), "k")
        assert (again.id, again.due) == (f"{PROJECT}#1", "2026-11-27")
        await gitlab.close()
    assert len(server.issues[PROJECT]) == 1


async def test_a_token_is_sent_to_no_other_server(gitlab: TaskSource, server: GitLabServer) -> None:
    page = {"Link": '<https://elsewhere.example.org/?page=2>; rel="next"'}
    elsewhere = ("https://elsewhere.example.org/", "http://[", "http://127.0.0.1:99999/")
    for answer in (Answer([], 200, page), *(Answer([], 301, {"Location": to}) for to in elsewhere)):
        server.instead = [answer]
        with pytest.raises(Refused):
            await listed(gitlab)


async def test_a_project_that_is_not_there_is_one_of_the_settings(server: GitLabServer, tmp_path: Path) -> None:
    gitlab = source(given(server, projects=["demo/nowhere"]), tmp_path)
    await gitlab.open()
    with pytest.raises(BadConfig) as refused:
        await listed(gitlab)
    assert refused.value.key == "projects" and "demo/nowhere" in refused.value.what
    await gitlab.close()


async def test_new_issues_go_where_they_are_told(server: GitLabServer, tmp_path: Path) -> None:
    server.issues["demo/house"] = {}
    gitlab = source(given(server, into="demo/house"), tmp_path)
    await gitlab.open()
    assert (await gitlab.create(NewTask("Paint"), "a")).where == "demo/house"
    assert (await gitlab.create(NewTask("Mow", where=PROJECT.title()), "b")).where == PROJECT
    with pytest.raises(Refused):
        await gitlab.create(NewTask("Mow", where="club/house"), "c")
    with pytest.raises(Refused):
        await gitlab.create(NewTask("Mow", due="some day"), "d")
    await gitlab.close()


async def test_what_somebody_changed_is_not_closed(gitlab: TaskSource, server: GitLabServer) -> None:
    server.add("Mow")
    task = (await listed(gitlab))["Mow"]
    server.find("Mow")["description"] = "Not the flowers!"
    with pytest.raises(Stale):
        await gitlab.complete(task.id, task.revision, NOW)
    assert server.find("Mow")["state"] == "opened"


@pytest.mark.parametrize(
    ("answer", "error", "seconds"),
    [
        (Answer({}, 401), AuthRefused, 0),
        (Answer({}, 403), Refused, 0),
        (Answer({}, 429, {"Retry-After": "7"}), RateLimited, 7),
        (Answer({}, 429), RateLimited, 0),
        (Answer(b"<html>", 502), Unreachable, 0),
        (Answer(b"<html>"), Unreachable, 0),
        (Answer([]), Unreachable, 0),
        (Answer({}, 422), Refused, 0),
    ],
)
async def test_what_its_errors_mean(
    gitlab: TaskSource, server: GitLabServer, answer: Answer, error: type[PluginError], seconds: float
) -> None:
    server.instead = [answer]
    with pytest.raises(error) as raised:
        await gitlab.health()
    assert type(raised.value) is error and getattr(raised.value, "retry_after", 0) == seconds
    assert (await gitlab.health()).state == "ok"


@pytest.mark.parametrize(
    "config",
    [{"url": "http://example.org"}, {"projects": ["none"]}, {"assigned": False}, {"projects": ["a/b c"]}],
    ids=str,
)
async def test_settings_that_do_not_fit(tmp_path: Path, config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"url|projects"):
        source(GivenAccount(config), tmp_path)


async def test_a_server_may_stand_below_a_path(tmp_path: Path) -> None:
    config = source(GivenAccount({"url": "https://example.org/gitlab/"}), tmp_path).ctx.config
    assert config.url == "https://example.org/gitlab"


async def test_the_live_service(tmp_path: Path) -> None:
    """Makes one issue in the project that is named, changes it and closes it."""
    token, project = os.environ.get("SAGE_LIVE_GITLAB"), os.environ.get("SAGE_LIVE_GITLAB_PROJECT")
    if not token or not project:
        pytest.skip("SAGE_LIVE_GITLAB holds no token of GitLab, or SAGE_LIVE_GITLAB_PROJECT names no project")
    config = {"projects": [project], "url": os.environ.get("SAGE_LIVE_GITLAB_URL", "https://gitlab.com")}
    gitlab = source(GivenAccount(config, {"token": token}), tmp_path)
    await gitlab.open()
    task = await gitlab.create(NewTask("Sage's test", due="2026-11-27"), f"live {os.getpid()}")
    task = await gitlab.update(task.id, Change(text="Sage's test, changed", due=""), task.revision)
    assert task.due == ""
    assert (await gitlab.complete(task.id, task.revision, NOW)).task.done
    await gitlab.close()
