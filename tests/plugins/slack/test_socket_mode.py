"""What an app does over Socket Mode besides what the suite asks for. Slack's side of it is a stand-in of our own."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sage_plugins.slack.config import Config
from sage_plugins.slack.socket_mode import Socket
from sage_plugins.slack.source import Slack

from sage.plugin_api import AuthRefused, Batch, Context, PluginError, RateLimited, Secret, Unreachable
from tests.plugins.slack.test_app import Service, failed, said, told
from tests.servers.scripted import Answer, Asked, ScriptedServer, serving
from tests.servers.slack_socket import APP_TOKEN, SocketMode

CURSOR = json.dumps({"since": "1795410000.0", "at": {"D12": said(1)["ts"]}})


class Workspace(Service):
    """Slack with one conversation, and Socket Mode."""

    def __init__(self, server: ScriptedServer, socket: SocketMode) -> None:
        super().__init__(server)
        self.socket, self.server = socket, server
        self.answers["apps.connections.open"] = told()
        self.instead: Answer | None = None
        """What is answered to all looks, if anything."""
        self.late = 0
        """So many looks do not show yet what is there."""
        server.answers["POST"] = self._post
        self.messages = [said(1)]

    def _post(self, asked: Asked) -> Any:
        if asked.path.endswith("apps.connections.open") and b'"ok": true' in self.answers["apps.connections.open"].body:
            assert asked.headers["Authorization"] == f"Bearer {APP_TOKEN}"
            return told(url=f"ws://127.0.0.1:{self.socket.port}{self.socket.path()}")
        return self._answer(asked)

    def _page(self, asked: Asked) -> Any:
        if self.instead:
            return self.instead
        if self.late:
            self.late -= 1
            shown, self.messages = self.messages, self.messages[:1]
            try:
                return super()._page(asked)
            finally:
                self.messages = shown
        return super()._page(asked)

    async def write(self, number: int, **more: Any) -> str:
        """Somebody writes; the envelope in which it is told."""
        message = said(number)
        self.messages.append(message)
        return await self.tell(message, **more)

    async def tell(self, message: dict[str, Any], **more: Any) -> str:
        return await self.socket.tell({**message, "channel": "D12", "channel_type": "im", **more})

    @property
    def looks(self) -> int:
        return len(self.asked("conversations.history"))


class Hearing:
    """Reads an app as Sage does, one batch at a time."""

    def __init__(self, app: Slack, cursor: str = CURSOR) -> None:
        events = app.events(cursor)
        assert isinstance(events, AsyncGenerator)
        self._events, self._asked = events, asyncio.ensure_future(anext(events))

    def ask(self) -> None:
        """Whatever came until now is on disk."""
        self._asked = asyncio.ensure_future(anext(self._events))

    async def here(self) -> list[str]:
        """The texts of the batch that was asked for."""
        await asyncio.wait([self._asked], timeout=10)
        found: Batch = self._asked.result()
        return [each.text for each in found.events]

    async def next(self) -> list[str]:
        """The texts of the next batch, which is on disk then."""
        found = await self.here()
        self.ask()
        return found

    async def close(self) -> None:
        self._asked.cancel()
        await asyncio.wait([self._asked])
        if not self._asked.cancelled():
            self._asked.exception()
        await self._events.aclose()

    async def over(self) -> PluginError:
        """Why it ends."""
        with pytest.raises(PluginError) as error:
            await self.here()
        return error.value


@pytest_asyncio.fixture
async def workspace() -> AsyncIterator[Workspace]:
    with serving() as server:
        async with SocketMode() as socket:
            yield Workspace(server, socket)


def made(workspace: Workspace, folder: Path, app_token: str = APP_TOKEN) -> Slack:
    config = Config(server=workspace.server.url(""), poll_seconds=3600)
    secrets = {"token": Secret("xoxb-of-the-bot"), "app_token": Secret(app_token)}
    return Slack(Context("slack/test", config, folder, secrets=secrets, own=("U0ME",)))


@pytest_asyncio.fixture
async def app(workspace: Workspace, tmp_path: Path) -> AsyncIterator[Slack]:
    found = made(workspace, tmp_path)
    await found.open()
    yield found
    await found.close()
    assert await left() == [], "a task is left behind"


async def left() -> list[str]:
    """The tasks of the plugin that still run."""
    await asyncio.sleep(0.05)
    tasks = (task for task in asyncio.all_tasks() if task is not asyncio.current_task())
    return [name for task in tasks if "slack" in (name := str(task.get_coro())).lower() and "SocketMode" not in name]


@pytest_asyncio.fixture
async def hearing(app: Slack, workspace: Workspace) -> AsyncIterator[Hearing]:
    """One that waits for news, all that was there before being looked at."""
    found = Hearing(app)
    await workspace.socket.until(lambda: workspace.socket.open)
    envelope = await workspace.write(2)
    assert await found.next() == ["number 2"]
    await workspace.socket.until(lambda: envelope in workspace.socket.taken)
    yield found
    await found.close()
    await workspace.socket.until(lambda: not workspace.socket.open)


# --- what is told


async def test_what_is_told_is_taken_only_when_its_batch_is(hearing: Hearing, workspace: Workspace) -> None:
    await asyncio.sleep(0.1)  # so that nothing but what is told makes it look
    envelope = await workspace.write(3)
    assert await hearing.here() == ["number 3"]
    await asyncio.sleep(0.05)
    assert envelope in workspace.socket.told, "told as taken before it was on disk"
    hearing.ask()
    await workspace.socket.until(lambda: envelope in workspace.socket.taken)


async def test_what_came_before_it_listened_is_found_without_being_told(app: Slack, workspace: Workspace) -> None:
    workspace.messages += [said(2), said(3)]
    hearing = Hearing(app)
    assert await hearing.next() == ["number 2", "number 3"]
    await hearing.close()


async def test_news_that_are_ahead_of_the_history_are_looked_for_again(hearing: Hearing, workspace: Workspace) -> None:
    workspace.late = 2
    await workspace.write(3)
    assert await hearing.next() == ["number 3"]


async def test_many_news_of_one_conversation_are_one_look(hearing: Hearing, workspace: Workspace) -> None:
    await workspace.write(3)
    assert await hearing.here() == ["number 3"]
    envelopes = [await workspace.write(number) for number in range(4, 40)]
    before = workspace.looks
    hearing.ask()
    assert await hearing.next() == [f"number {number}" for number in range(4, 40)]
    await workspace.socket.until(lambda: set(envelopes) <= set(workspace.socket.taken))
    assert workspace.looks <= before + 5


async def test_what_is_told_twice_comes_once(hearing: Hearing, workspace: Workspace) -> None:
    await workspace.write(3)
    assert await hearing.next() == ["number 3"]
    again = await workspace.tell(said(3))
    await workspace.write(4)
    assert await hearing.next() == ["number 4"]
    await workspace.socket.until(lambda: again in workspace.socket.taken)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"event": None},
        {"event": {"type": "reaction_added"}},
        {"event": {"type": "message", "channel": "../x", "ts": "1.1"}},
        {"event": {"type": "message", "channel": 5}},
    ],
)
async def test_what_tells_of_no_message_is_taken_at_once(
    hearing: Hearing, workspace: Workspace, payload: dict[str, Any]
) -> None:
    await workspace.socket.send_envelope("odd", "events_api", payload)
    await workspace.write(3)
    assert await hearing.next() == ["number 3"]
    await workspace.socket.until(lambda: "odd" in workspace.socket.taken)


@pytest.mark.parametrize("frame", ["not JSON", "[]", "{}", '{"type": "of tomorrow"}', '{"envelope_id": 7}'])
async def test_what_is_no_frame_is_passed_over(hearing: Hearing, workspace: Workspace, frame: str) -> None:
    await workspace.socket.send(frame)
    await workspace.write(3)
    assert await hearing.next() == ["number 3"]


async def test_a_change_is_not_waited_for(hearing: Hearing, workspace: Workspace) -> None:
    before = workspace.looks
    envelope = await workspace.tell(said(30), hidden=True, subtype="message_changed")
    await workspace.socket.until(lambda: envelope in workspace.socket.taken)
    assert workspace.looks == before + 1


# --- connections that end


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "of tomorrow"])
async def test_one_that_is_to_be_renewed_so_soon_is_left_to_sage(
    hearing: Hearing, workspace: Workspace, reason: str
) -> None:
    await workspace.socket.disconnect(reason)
    error = await hearing.over()
    assert isinstance(error, Unreachable) and "again and again" in error.what
    assert workspace.socket.opened == 1


async def test_an_older_one_is_renewed_and_what_was_written_between_is_found(app: Slack, workspace: Workspace) -> None:
    app.shortest = 0.0
    workspace.messages.append(said(2))
    hearing = Hearing(app)
    assert await hearing.next() == ["number 2"]
    for number, reason in ((3, "warning"), (4, "refresh_requested"), (5, "")):
        await (workspace.socket.disconnect(reason) if reason else workspace.socket.hang_up())
        workspace.messages.append(said(number))  # and nothing is told
        assert await hearing.next() == [f"number {number}"]
    assert workspace.socket.opened == 4
    await hearing.close()
    await workspace.socket.until(lambda: not workspace.socket.open)


async def test_what_was_not_taken_is_told_again_and_brings_nothing_twice(app: Slack, workspace: Workspace) -> None:
    first = Hearing(app)
    workspace.messages.append(said(2))
    assert await first.next() == ["number 2"]
    envelope = await workspace.write(3)
    assert await first.here() == ["number 3"]
    await first.close()  # before it was on disk
    again = Hearing(app, json.dumps({"since": "1795410000.0", "at": {"D12": said(2)["ts"]}}))
    assert await again.next() == ["number 3"]
    await workspace.socket.until(lambda: envelope in workspace.socket.taken)
    await workspace.write(4)
    assert await again.next() == ["number 4"]
    await again.close()


async def test_connections_that_end_at_once_are_not_opened_again_and_again(app: Slack, workspace: Workspace) -> None:
    workspace.socket.ends_at_once = "refresh_requested"
    for number in range(1, 4):
        assert isinstance(await Hearing(app).over(), Unreachable)
        assert workspace.socket.opened == number, "one connection for each time that Sage asks"
    await workspace.socket.until(lambda: not workspace.socket.open)


async def test_switched_off_it_is_told_to_the_person(hearing: Hearing, workspace: Workspace) -> None:
    await workspace.socket.disconnect("link_disabled")
    error = await hearing.over()
    assert isinstance(error, AuthRefused) and "switch it on" in error.what


async def test_too_many_connections_are_waited_for(hearing: Hearing, workspace: Workspace) -> None:
    await workspace.socket.disconnect("too_many_websockets")
    error = await hearing.over()
    assert isinstance(error, RateLimited) and error.retry_after >= 60


async def test_a_silent_connection_counts_as_dead(workspace: Workspace) -> None:
    socket = await Socket.open(f"ws://127.0.0.1:{workspace.socket.port}{workspace.socket.path()}", ping=0.2)
    workspace.socket.answers_pings = False
    async with asyncio.timeout(10):
        assert await socket.news(60) == []
    assert socket.ended
    await socket.close()
    await workspace.socket.hang_up()


async def test_one_that_does_not_greet_is_given_up(workspace: Workspace) -> None:
    workspace.socket.silent = True
    with pytest.raises(Unreachable):
        await Socket.open(f"ws://127.0.0.1:{workspace.socket.port}{workspace.socket.path()}", hello=0.2)
    await workspace.socket.until(lambda: workspace.socket.opened and not workspace.socket.open)


async def test_an_address_that_was_used_is_no_way_in_and_stays_unseen(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = workspace.socket.path()
    where = f"ws://127.0.0.1:{workspace.socket.port}{path}"
    await (await Socket.open(where)).close()
    with pytest.raises(Unreachable) as error:
        await Socket.open(where)
    assert "ticket" not in f"{error.value.what} {error.value.__cause__}" and "ticket" not in caplog.text


# --- the token


@pytest.mark.parametrize("error", ["invalid_auth", "not_allowed_token_type", "missing_scope", "forbidden_team"])
async def test_a_refused_app_token_is_told_apart(
    workspace: Workspace, tmp_path: Path, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    workspace.answers["apps.connections.open"] = failed(error)
    app = made(workspace, tmp_path)
    with pytest.raises(AuthRefused) as raised:
        await app.open()
    assert "app-level token" in raised.value.what and APP_TOKEN not in f"{raised.value} {caplog.text}"
    await app.close()


async def test_what_is_no_app_token_is_never_sent(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(AuthRefused, match="app_token"):
        await made(workspace, tmp_path, "two words").open()
    assert not workspace.asked("apps.connections.open")


async def test_too_many_openings_say_when(app: Slack, workspace: Workspace) -> None:
    workspace.socket.ends_at_once = "warning"
    await Hearing(app).over()
    workspace.answers["apps.connections.open"] = failed("ratelimited", 429, **{"Retry-After": "30"})
    error = await Hearing(app).over()
    assert isinstance(error, RateLimited) and error.retry_after == 30


@pytest.mark.parametrize("url", ["", 5, "https://example.org", "file:///etc/passwd"])
async def test_an_address_of_another_kind_is_not_opened(workspace: Workspace, tmp_path: Path, url: Any) -> None:
    workspace.server.answers["POST"] = told(url=url)
    with pytest.raises(Unreachable):
        await made(workspace, tmp_path).open()


async def test_too_many_looks_say_when_and_what_was_told_is_told_again(hearing: Hearing, workspace: Workspace) -> None:
    workspace.instead = failed("ratelimited", 429, **{"Retry-After": "7"})
    envelope = await workspace.write(3)
    error = await hearing.over()
    assert isinstance(error, RateLimited) and error.retry_after == 7
    assert envelope in workspace.socket.told


async def test_events_that_were_not_subscribed_to_are_asked_for(app: Slack, workspace: Workspace) -> None:
    app.sweep = 0.2
    workspace.messages.append(said(2))
    hearing = Hearing(app)
    assert await hearing.next() == ["number 2"]
    await asyncio.sleep(0.3)
    assert not (await app.health()).words
    workspace.messages.append(said(3))
    assert await hearing.next() == ["number 3"]
    assert "subscribe" in (await app.health()).words
    envelope = await workspace.write(4)
    assert await hearing.next() == ["number 4"]
    await workspace.socket.until(lambda: envelope in workspace.socket.taken)
    assert not (await app.health()).words
    await hearing.close()
