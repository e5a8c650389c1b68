"""What a bot does with answers that the stand-in never gives, and that its token stays unseen."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sage_plugins.telegram.config import Config
from sage_plugins.telegram.source import Telegram

from sage.plugin_api import (
    AuthRefused,
    BadConfig,
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

TOKEN = "77:AAF-a_token_that_nobody_may_see"
AUNT, GROUP = "5", "-9"


def told(result: Any) -> Answer:
    return Answer(json.dumps({"ok": True, "result": result}).encode())


def failed(status: int, words: str, **parameters: Any) -> Answer:
    said = {"ok": False, "error_code": status, "description": words, "parameters": parameters}
    return Answer(json.dumps(said).encode(), status)


class Service:
    """What Telegram answers, by method."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server

    def answers(self, method: str, given: Answer | Callable[[Asked], Answer]) -> None:
        self._server.answers[f"/bot{TOKEN}/{method}"] = given

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [json.loads(each.body) for each in self._server.asked if each.path.endswith(f"/{method}")]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving() as found:
        yield found


@pytest.fixture
def service(server: ScriptedServer) -> Service:
    found = Service(server)
    found.answers("getMe", told({"id": 77, "is_bot": True, "username": "demo_bot"}))
    found.answers("sendMessage", told({"message_id": 4, "date": 1795411069}))
    return found


def made(server: ScriptedServer, folder: Path, token: str = TOKEN) -> Telegram:
    config = Config(server=server.url(""))
    return Telegram(Context("telegram/test", config, folder, secrets={"token": Secret(token)}, own=("6",)))


@pytest_asyncio.fixture
async def bot(server: ScriptedServer, service: Service, tmp_path: Path) -> AsyncIterator[Telegram]:
    found = made(server, tmp_path)
    await found.open()
    yield found
    await found.close()


def message(text: str = "hello", to: str = AUNT, **more: Any) -> Outbound:
    return Outbound(to, (to,), text, **more)


async def refused_with(bot: Telegram, out: Outbound | None = None) -> PluginError:
    with pytest.raises(PluginError) as error:
        await bot.send(out or message(), "key-1")
    return error.value


# --- the token


async def test_the_token_is_in_no_log_and_no_error(
    bot: Telegram, service: Service, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("asyncio").debug("so that it is known that logs are seen")
    errors = []
    for answer in (failed(500, TOKEN), failed(404, "Not Found"), failed(400, TOKEN), Answer(b"not JSON", 200)):
        service.answers("sendMessage", answer)
        errors.append(await refused_with(bot))
    server.answers["getMe"] = Answer(b"")
    await bot.health()
    assert "logs are seen" in caplog.text
    assert TOKEN not in caplog.text
    for error in errors:
        causes = [error]
        while cause := causes[-1].__cause__:
            causes.append(cause)  # type: ignore[arg-type]
        assert not any(TOKEN in str(each) for each in causes)


@pytest.mark.parametrize("token", ["", "nonsense", "77:abc/../getMe", "77:abc?x=1", "77:abc\n"])
async def test_what_is_no_token_is_never_sent(server: ScriptedServer, tmp_path: Path, token: str) -> None:
    with pytest.raises(AuthRefused) as error:
        await made(server, tmp_path, token).open()
    assert not server.asked
    assert not token or token not in str(error.value)


async def test_a_revoked_token_is_told_apart(bot: Telegram, service: Service) -> None:
    service.answers("sendMessage", failed(401, "Unauthorized"))
    assert isinstance(await refused_with(bot), AuthRefused)


# --- what comes in


def update(number: int, text: str = "hello") -> dict[str, Any]:
    user = {"id": 5, "is_bot": False, "first_name": "Demo Aunt"}
    said = {"message_id": number, "date": 1795411069, "chat": {"id": 5, "type": "private"}, "from": user, "text": text}
    return {"update_id": number, "message": said}


async def test_telegram_is_told_of_what_was_taken_when_the_next_is_asked_for(bot: Telegram, service: Service) -> None:
    service.answers("getUpdates", told([update(40), update(41)]))
    events = bot.events("40")
    first = await soon(events)
    await asyncio.sleep(0.05)
    assert [each["offset"] for each in service.asked("getUpdates")] == [40]
    assert first.cursor == "42"
    await soon(events)
    assert [each["offset"] for each in service.asked("getUpdates")] == [40, 42]


async def test_numbers_may_go_on_lower_after_a_quiet_week(bot: Telegram, service: Service) -> None:
    service.answers("getUpdates", told([update(7)]))
    events = bot.events("900000")
    assert (await soon(events)).cursor == "8"
    await soon(events)
    assert service.asked("getUpdates")[-1]["offset"] == 8


async def test_only_messages_are_asked_for(bot: Telegram, service: Service) -> None:
    service.answers("getUpdates", told([]))
    assert (await soon(bot.events(""))).cursor == "0"
    assert service.asked("getUpdates")[0]["allowed_updates"] == ["message", "edited_message"]


@pytest.mark.parametrize(
    "words",
    [
        "Conflict: terminated by other getUpdates request",
        "Conflict: can't use getUpdates method while webhook is active",
    ],
)
async def test_who_else_reads_the_bot_s_messages_is_told_to_the_person(
    bot: Telegram, service: Service, words: str
) -> None:
    service.answers("getUpdates", failed(409, words))
    with pytest.raises(BadConfig) as error:
        await soon(bot.events("1"))
    assert ("webhook" in error.value.what) == ("webhook" in words)


@pytest.mark.parametrize(("more", "seconds"), [({"retry_after": 7}, 7), ({}, 0), ({"retry_after": "soon"}, 0)])
async def test_flood_control_of_what_comes_in_says_when(
    bot: Telegram, service: Service, more: dict[str, Any], seconds: float
) -> None:
    service.answers("getUpdates", failed(429, "Too Many Requests", **more))
    events = bot.events("40")
    with pytest.raises(RateLimited) as error:
        await soon(events)
    assert error.value.retry_after == seconds
    service.answers("getUpdates", told([update(40)]))
    assert (await soon(bot.events("40"))).cursor == "41", "nothing was lost meanwhile"


async def test_a_failing_service_is_asked_again_later(bot: Telegram, service: Service) -> None:
    service.answers("getUpdates", failed(502, "Bad Gateway"))
    with pytest.raises(Unreachable):
        await soon(bot.events("1"))


# --- what goes out


async def test_a_message_is_plain_text_and_opens_no_links(bot: Telegram, service: Service) -> None:
    receipt = await bot.send(message("<b>*a*</b> https://example.org"), "key-1")
    (sent,) = service.asked("sendMessage")
    assert sent == {
        "chat_id": 5, "text": "<b>*a*</b> https://example.org", "link_preview_options": {"is_disabled": True},
    }  # fmt: skip
    assert receipt.id == "77/5/4"


async def test_an_answer_goes_to_its_topic_and_its_message(bot: Telegram, service: Service) -> None:
    await bot.send(message(thread="12", reply_to="77/5/3"), "key-1")
    await bot.send(message(reply_to="77/8/3"), "key-2")
    first, second = service.asked("sendMessage")
    assert first["message_thread_id"] == 12 and first["reply_parameters"]["message_id"] == 3
    assert "reply_parameters" not in second


@pytest.mark.parametrize(
    ("text", "fits"), [("a" * 4096, True), ("a" * 4097, False), ("😀" * 2048, True), ("😀" * 2049, False)]
)
async def test_length_is_counted_as_telegram_does(bot: Telegram, service: Service, text: str, fits: bool) -> None:
    if fits:
        await bot.send(message(text), "key-1")
    else:
        assert isinstance(await refused_with(bot, message(text)), Refused)
    assert len(service.asked("sendMessage")) == fits


@pytest.mark.parametrize("to", ["@demo", "aunt", "0", "5 ", "٥", "1e3", ""])
async def test_what_is_no_number_of_a_chat_is_refused(bot: Telegram, service: Service, to: str) -> None:
    assert isinstance(await refused_with(bot, message(to=to)), Refused)
    assert not service.asked("sendMessage")


async def test_a_private_message_is_for_one(bot: Telegram, service: Service) -> None:
    assert isinstance(await refused_with(bot, Outbound(AUNT, (AUNT, "8"), "for two")), Refused)
    assert not service.asked("sendMessage")


async def test_flood_control_says_when(bot: Telegram, service: Service) -> None:
    service.answers("sendMessage", failed(429, "Too Many Requests: retry after 7", retry_after=7))
    error = await refused_with(bot)
    assert isinstance(error, RateLimited) and error.retry_after == 7


@pytest.mark.parametrize("answer", [failed(500, "x"), failed(302, ""), Answer(b"<html>", 200), told(True)])
async def test_an_answer_that_says_nothing_leaves_it_open(bot: Telegram, service: Service, answer: Answer) -> None:
    service.answers("sendMessage", answer)
    assert isinstance(await refused_with(bot), Unsure)


@pytest.mark.parametrize(
    "answer",
    [
        failed(403, "Forbidden: bot was blocked by the user"),
        failed(400, "Bad Request: chat not found"),
        failed(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1001),
    ],
)
async def test_what_telegram_refuses_is_refused(bot: Telegram, service: Service, answer: Answer) -> None:
    service.answers("sendMessage", answer)
    assert isinstance(await refused_with(bot), Refused)


# --- groups


def in_group(service: Service, count: int, *there: int) -> None:
    def member(asked: Asked) -> Answer:
        user = json.loads(asked.body)["user_id"]
        return told({"status": "member"}) if user in there else failed(400, "Bad Request: user not found")

    service.answers("getChatMemberCount", told(count))
    service.answers("getChatAdministrators", told([{"status": "creator", "user": {"id": 5}}]))
    service.answers("getChatMember", member)


def said_in_group(number: int, user: int) -> dict[str, Any]:
    found = update(number)
    found["message"] |= {"chat": {"id": int(GROUP), "type": "group"}, "from": {"id": user, "is_bot": False}}
    return found


@pytest.mark.parametrize(
    ("count", "members"),
    [(4, ("5", "6", "8")), (5, ()), (3, ()), (900, ())],
)
async def test_members_are_named_when_all_are_known(
    bot: Telegram, service: Service, count: int, members: tuple[str, ...]
) -> None:
    in_group(service, count, 5, 6, 8)
    service.answers("getUpdates", told([said_in_group(1, 8)]))
    (found,) = (await soon(bot.events("1"))).events
    assert found.group and found.members == members


async def test_a_group_of_which_nothing_is_said_has_no_members(bot: Telegram, service: Service) -> None:
    service.answers("getChatMemberCount", failed(403, "Forbidden: bot was kicked"))
    service.answers("getUpdates", told([said_in_group(1, 8)]))
    (found,) = (await soon(bot.events("1"))).events
    assert found.members == ()


async def test_who_comes_into_a_group_is_known(bot: Telegram, service: Service) -> None:
    in_group(service, 2, 5)
    joined = said_in_group(2, 5)
    del joined["message"]["text"]
    joined["message"]["new_chat_members"] = [{"id": 8, "is_bot": False}]

    service.answers("getUpdates", told([said_in_group(1, 5)]))
    events = bot.events("1")
    assert (await soon(events)).events[0].members == ("5",)
    in_group(service, 3, 5, 8)
    service.answers("getUpdates", told([joined, said_in_group(3, 5)]))
    assert (await soon(events)).events[0].members == ("5", "8")


@pytest.mark.parametrize(
    ("count", "there", "to", "sent"),
    [
        (3, (5, 8), ("5", "8"), 1),
        (4, (5, 6, 8), ("5", "8"), 1),  # and the person
        (4, (5, 8, 9), ("5", "8"), 0),
        (3, (5, 9), ("5", "8"), 0),
        (3, (5, 8), ("5",), 0),
        (3, (5, 8), ("5", "somebody"), 0),
    ],
)
async def test_a_group_gets_what_is_meant_for_all_in_it(
    bot: Telegram, service: Service, count: int, there: tuple[int, ...], to: tuple[str, ...], sent: int
) -> None:
    in_group(service, count, *there)
    out = Outbound(GROUP, to, "to all of you")
    if sent:
        await bot.send(out, "key-1")
    else:
        assert isinstance(await refused_with(bot, out), Refused)
    assert len(service.asked("sendMessage")) == sent


# --- the settings


@pytest.mark.parametrize("server", ["http://example.org", "ftp://example.org", "https://", "https://a:b@example.org"])
def test_a_server_is_reached_safely(server: str) -> None:
    with pytest.raises(ValueError, match="must"):
        Config(server=server)
    assert Config(server="http://127.0.0.1:8081/").server == "http://127.0.0.1:8081"
