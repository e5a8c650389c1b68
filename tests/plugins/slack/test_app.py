"""What an app does with answers that the stand-in never gives, and that its token stays unseen."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from sage_plugins.slack.config import Config
from sage_plugins.slack.source import Slack

from sage.plugin_api import (
    AuthRefused,
    Batch,
    Context,
    Outbound,
    PluginError,
    RateLimited,
    Refused,
    Secret,
    Unreachable,
    Unsure,
)
from tests.plugins.listening import soon
from tests.servers.scripted import Answer, Asked, ScriptedServer, serving

TOKEN = "xoxb-a-token-that-nobody-may-see"
SINCE = "1795410000.0"


def told(**result: Any) -> Answer:
    return Answer(json.dumps({"ok": True, **result}).encode())


def failed(error: str, status: int = 200, **headers: str) -> Answer:
    return Answer(json.dumps({"ok": False, "error": error}).encode(), status, headers)


class Service:
    """What Slack answers, by method; `messages` and `threads` are what is there."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server
        self.answers: dict[str, Answer] = {
            "auth.test": told(user_id="U0APP"),
            "users.conversations": told(channels=[{"id": "D12", "is_im": True}]),
            "conversations.info": told(channel={"id": "D12", "is_im": True, "user": "U11"}),
            "chat.postMessage": told(ts="1795411069.000200"),
        }
        self.messages: list[dict[str, Any]] = []
        self.threads: dict[str, list[dict[str, Any]]] = {}
        server.answers |= {"GET": self._answer, "POST": self._answer}

    def _answer(self, asked: Asked) -> Answer:
        method = urlsplit(asked.path).path.rpartition("/")[2]
        if method == "conversations.history":
            return self._page(asked)
        if method == "conversations.replies":
            return told(messages=self.threads[_query(asked)["ts"]])
        return self.answers[method]

    def _page(self, asked: Asked) -> Answer:
        begin, limit = int(_query(asked).get("cursor", "0")), int(_query(asked)["limit"])
        page = self.messages[::-1][begin : begin + limit]
        more = str(begin + limit) if begin + limit < len(self.messages) else ""
        return told(messages=page, response_metadata={"next_cursor": more})

    def asked(self, method: str) -> list[Asked]:
        return [each for each in self._server.asked if urlsplit(each.path).path.endswith(f"/{method}")]


def _query(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving() as found:
        yield found


@pytest.fixture
def service(server: ScriptedServer) -> Service:
    return Service(server)


def made(server: ScriptedServer, folder: Path, token: str = TOKEN) -> Slack:
    config = Config(server=server.url(""), poll_seconds=0.2)
    return Slack(Context("slack/test", config, folder, secrets={"token": Secret(token)}, own=("U0ME",)))


@pytest_asyncio.fixture
async def app(server: ScriptedServer, service: Service, tmp_path: Path) -> AsyncIterator[Slack]:
    found = made(server, tmp_path)
    await found.open()
    yield found
    await found.close()


def message(text: str = "hello", place: str = "D12", to: tuple[str, ...] = ("U11",), **more: Any) -> Outbound:
    return Outbound(place, to, text, **more)


def said(number: int, text: str = "", **more: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "ts": f"17954{number:05}.000100",
        "user": "U11",
        "text": text or f"number {number}",
        **more,
    }


def cursor_at(number: int) -> str:
    return json.dumps({"since": SINCE, "at": {"D12": said(number)["ts"]}})


def texts(batch: Batch) -> list[str]:
    return [each.text for each in batch.events]


async def refused_with(app: Slack, out: Outbound | None = None) -> PluginError:
    with pytest.raises(PluginError) as error:
        await app.send(out or message(), "key-1")
    return error.value


# --- the account


async def test_the_token_is_in_no_log_and_no_error(
    app: Slack, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")  # others of this process may have made it quiet
    errors = []
    for answer in (failed(TOKEN), failed("internal_error"), Answer(b"not JSON"), failed("x", 500)):
        service.answers["chat.postMessage"] = answer
        errors.append(await refused_with(app))
    assert "chat.postMessage" in caplog.text, "logs are seen"
    assert TOKEN not in caplog.text
    assert not any(TOKEN in f"{error} {error.__cause__}" for error in errors)


@pytest.mark.parametrize("token", ["", "two words", "line\nHost: x", "größer"])
async def test_what_is_no_token_is_never_sent(server: ScriptedServer, tmp_path: Path, token: str) -> None:
    with pytest.raises(AuthRefused):
        await made(server, tmp_path, token).open()
    assert not server.asked


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive", "missing_scope"])
async def test_a_refused_token_is_told_apart(app: Slack, service: Service, error: str) -> None:
    service.answers["auth.test"] = failed(error)
    with pytest.raises(AuthRefused):
        await app.health()


@pytest.mark.parametrize("server", ["http://example.org", "ftp://example.org", "https://", "https://a:b@example.org"])
def test_a_server_is_reached_safely(server: str) -> None:
    with pytest.raises(ValueError, match="must"):
        Config(server=server)


# --- what comes in


async def test_it_begins_at_now(app: Slack, service: Service) -> None:
    service.messages = [said(1), said(2, latest_reply="1795499999.000100")]
    events = app.events("")
    first = await soon(events)
    assert first.events == () and json.loads(first.cursor)["at"] == {"D12": "1795499999.000100"}


async def test_what_is_new_is_brought_oldest_first_over_many_pages(app: Slack, service: Service) -> None:
    service.messages = [said(number) for number in range(1, 500)]
    events = app.events(cursor_at(20))
    batches = [await soon(events) for _ in range(3)]
    assert [len(batch.events) for batch in batches] == [200, 200, 79]
    assert [text for batch in batches for text in texts(batch)] == [f"number {number}" for number in range(21, 500)]
    again = await soon(app.events(batches[1].cursor))
    assert texts(again) == texts(batches[2]), "a cursor stands behind what its batch brought, and not further"


async def test_a_thread_that_goes_on_is_read_in_its_order(app: Slack, service: Service) -> None:
    root = said(5, thread_ts=said(5)["ts"], latest_reply=said(31)["ts"])
    old, new = said(10, "old answer", thread_ts=root["ts"]), said(31, "new answer", thread_ts=root["ts"])
    service.threads[root["ts"]] = [root, old, new]
    service.messages = [root, said(20), said(30), said(32)]
    batch = await soon(app.events(cursor_at(20)))
    assert texts(batch) == ["number 30", "new answer", "number 32"]


async def test_what_is_written_during_a_look_waits_for_the_next(app: Slack, service: Service) -> None:
    root = said(5, thread_ts=said(5)["ts"], latest_reply=said(31)["ts"])
    late = said(40, "late answer", thread_ts=root["ts"])
    service.threads[root["ts"]] = [root, said(31, "answer", thread_ts=root["ts"]), late]
    service.messages = [root]
    events = app.events(cursor_at(20))
    first = await soon(events)
    assert texts(first) == ["answer"]
    service.messages = [root | {"latest_reply": late["ts"]}, said(35, "written before it")]
    assert texts(await soon(events)) == ["written before it", "late answer"]


async def test_a_conversation_that_is_new_is_read_from_its_beginning(app: Slack, service: Service) -> None:
    service.messages = [said(30000, "the first word")]
    batch = await soon(app.events(json.dumps({"since": SINCE, "at": {"C9": "1795499999.000100"}})))
    assert texts(batch) == ["the first word"]


async def test_a_failing_service_is_asked_again_later(app: Slack, service: Service) -> None:
    service.answers["users.conversations"] = failed("", 503)
    with pytest.raises(Unreachable):
        await soon(app.events(cursor_at(1)))


@pytest.mark.parametrize(("after", "seconds"), [("7", 7), ("", 0), ("soon", 0)])
async def test_too_many_looks_say_when(app: Slack, service: Service, after: str, seconds: float) -> None:
    service.answers["users.conversations"] = failed("ratelimited", 429, **{"Retry-After": after})
    with pytest.raises(RateLimited) as error:
        await soon(app.events(cursor_at(1)))
    assert error.value.retry_after == seconds


# --- what goes out


async def test_a_message_is_plain_text_and_opens_no_links(app: Slack, service: Service) -> None:
    receipt = await app.send(message("<!channel> *a* & https://example.org", thread="1795411000.000100"), "key-1")
    (sent,) = [json.loads(each.body) for each in service.asked("chat.postMessage")]
    assert sent == {
        "channel": "D12",
        "text": "&lt;!channel&gt; *a* &amp; https://example.org",
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "thread_ts": "1795411000.000100",
    }
    assert receipt.id == "D12/1795411069.000200"


@pytest.mark.parametrize(
    "out",
    [
        message("a" * 4001),
        message(place="#general"),
        message(place="aunt@example.org"),
        message(place="U11", to=("U11", "U2")),
        message(to=("U2",)),
        message(to=("U11", "U2")),
    ],
)
async def test_what_would_go_elsewhere_or_be_cut_is_refused(app: Slack, service: Service, out: Outbound) -> None:
    assert isinstance(await refused_with(app, out), Refused)
    assert not service.asked("chat.postMessage")


@pytest.mark.parametrize(
    ("members", "to", "sent"),
    [
        (["U0APP", "U11", "U2"], ("U11", "U2"), 1),
        (["U0APP", "U11", "U2", "U0ME"], ("U11", "U2"), 1),  # and the person
        (["U0APP", "U11", "U2", "U3"], ("U11", "U2"), 0),
        (["U0APP", "U11"], ("U11", "U2"), 0),
        (["U0APP", *(f"U{number}" for number in range(200))], ("U11",), 0),
        (["U0APP"], (), 0),
    ],
)
async def test_a_channel_gets_what_is_meant_for_all_in_it(
    app: Slack, service: Service, members: list[str], to: tuple[str, ...], sent: int
) -> None:
    service.answers["conversations.info"] = told(channel={"id": "C12", "is_channel": True})
    service.answers["conversations.members"] = told(members=members)
    out = message(place="C12", to=to)
    if sent:
        await app.send(out, "key-1")
    else:
        assert isinstance(await refused_with(app, out), Refused)
    assert len(service.asked("chat.postMessage")) == sent


async def test_somebody_s_id_is_a_conversation(app: Slack, service: Service) -> None:
    service.answers["conversations.open"] = told(channel={"id": "D77"})
    await app.send(message(place="U12", to=("U12",)), "key-1")
    assert json.loads(service.asked("chat.postMessage")[0].body)["channel"] == "D77"


async def test_too_many_calls_say_when(app: Slack, service: Service) -> None:
    service.answers["chat.postMessage"] = failed("ratelimited", 429, **{"Retry-After": "7"})
    error = await refused_with(app)
    assert isinstance(error, RateLimited) and error.retry_after == 7


@pytest.mark.parametrize("answer", [failed("internal_error"), failed("", 502), Answer(b"<html>"), told(ok_too=1)])
async def test_an_answer_that_says_nothing_leaves_it_open(app: Slack, service: Service, answer: Answer) -> None:
    service.answers["chat.postMessage"] = answer
    assert isinstance(await refused_with(app), Unsure)


async def test_what_slack_refuses_is_refused(app: Slack, service: Service) -> None:
    service.answers["chat.postMessage"] = failed("is_archived")
    assert isinstance(await refused_with(app), Refused)
