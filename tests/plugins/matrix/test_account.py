"""Signing in, being refused, and a server that is not well."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

pytest.importorskip("mautrix", reason="the extra `matrix` is not installed")

from sage_plugins.matrix.config import Config
from sage_plugins.matrix.line import Line, Method, SignedOut
from sage_plugins.matrix.line import Path as Place
from sage_plugins.matrix.outgoing import put
from sage_plugins.matrix.source import Matrix

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
from sage.testing.plugins.accounts import GivenAccount, manifest_of
from sage.testing.plugins.messaging_scene import Stage
from tests.plugins.matrix.people import PASSWORD, Person
from tests.plugins.matrix.scenes import MatrixScene
from tests.servers.running import free_port


@pytest_asyncio.fixture
async def stage(scene: MatrixScene, tmp_path: Path) -> AsyncIterator[Stage]:
    found = Stage(scene, manifest_of("matrix"), tmp_path / "account")
    yield found
    await found.end()


async def devices_of(person: Person) -> set[str]:
    return {each["device_id"] for each in (await person.ask("GET", "/devices"))["devices"]}


server = pytest.mark.server


# --- signing in


@server
async def test_a_password_makes_one_session_that_stays(scene: MatrixScene, stage: Stage) -> None:
    scene.account = scene.account_with(password=PASSWORD)
    before = await devices_of(scene.ana)
    listening, met = await stage.meet()
    (made,) = await devices_of(scene.ana) - before
    await listening.surface.send(Outbound(met.conversation, (met.sender.id,), "one"), "key-1")
    await stage.leave(listening)
    again = await stage.open()
    await again.send(Outbound(met.conversation, (met.sender.id,), "one"), "key-1")
    assert await devices_of(scene.ana) - before == {made}
    assert await stage.arrived("one") == 1


@server
async def test_a_session_that_was_ended_elsewhere_is_told_and_a_new_start_makes_another(
    scene: MatrixScene, stage: Stage
) -> None:
    scene.account = scene.account_with(password=PASSWORD)
    before = await devices_of(scene.ana)
    listening, met = await stage.meet()
    (made,) = await devices_of(scene.ana) - before
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": scene.ana.user}}
    proof = {"auth": {**login, "password": PASSWORD}}
    await scene.ana.ask("DELETE", f"/devices/{made}", proof)
    with pytest.raises(AuthRefused):
        await listening.batch()
        await listening.batch()
    with pytest.raises(AuthRefused):
        await listening.surface.send(Outbound(met.conversation, (met.sender.id,), "no"), "key-1")
    again = await stage.open()
    await again.send(Outbound(met.conversation, (met.sender.id,), "back again"), "key-2")
    assert await stage.arrived("back again") == 1
    assert len(await devices_of(scene.ana) - before) == 1


@server
@pytest.mark.parametrize("secrets", [{"password": "another"}, {}, {"token": "syt_of_nobody", "password": PASSWORD}])
async def test_what_is_refused_is_told_without_a_second_try(
    scene: MatrixScene, stage: Stage, secrets: dict[str, str]
) -> None:
    before = await devices_of(scene.ana)
    with pytest.raises(AuthRefused) as told:
        await stage.make(scene.account_with(**secrets)).open()
    assert not any(secret in told.value.what for secret in secrets.values())
    assert await devices_of(scene.ana) == before


@server
async def test_the_credentials_of_another_are_no_account(scene: MatrixScene, stage: Stage) -> None:
    with pytest.raises(BadConfig) as told:
        await stage.make(scene.account_with(token=scene.ben.token)).open()
    assert told.value.key == "user"


# --- limits


@server
async def test_a_server_that_wants_fewer_messages_says_when(scene: MatrixScene, stage: Stage) -> None:
    listening, met = await stage.meet()
    await limit(scene)
    with pytest.raises(RateLimited) as told:
        for number in range(20):
            await listening.surface.send(Outbound(met.conversation, (met.sender.id,), "quick"), f"key-{number}")
    assert 0 < told.value.retry_after < 60


@server
async def test_a_long_message_of_which_a_part_was_sent_is_unsure(scene: MatrixScene, stage: Stage) -> None:
    listening, met = await stage.meet()
    await limit(scene)
    text = "long words " * 8_000
    with pytest.raises(Unsure):
        for number in range(9):
            try:
                await listening.surface.send(Outbound(met.conversation, (met.sender.id,), text), f"key-{number}")
            except RateLimited as error:  # at its first part: nothing of this one was sent
                await asyncio.sleep(error.retry_after + 0.1)


async def limit(scene: MatrixScene) -> None:
    """The server takes one message of the account in a second."""
    boss = scene.server.register(f"boss-{scene.ana.device.lower()}", PASSWORD, admin=True)
    async with Person(scene.server, "", scene.folder, boss) as admin:
        wanted = {"messages_per_second": 1, "burst_count": 1}
        path = f"{scene.server.url}/_synapse/admin/v1/users/{scene.ana.user}/override_ratelimit"
        await admin.ask("POST", path, wanted)


# --- what answers is no server, or not well


@contextlib.asynccontextmanager
async def answering(answer: bytes, asked: list[bytes] | None = None) -> AsyncIterator[str]:
    """The address of something that gives this one answer to whatever it is `asked`."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if asked is not None:
            asked.append(head)
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as door:
        yield f"http://127.0.0.1:{door.sockets[0].getsockname()[1]}"


def http(status: str, body: str, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", body]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    ("answer", "error", "wait"),
    [
        (http("200 OK", "<html>Welcome</html>"), Unreachable, 0.0),
        (http("200 OK", "[1]"), Unreachable, 0.0),
        (http("502 Bad Gateway", "<html>"), Unreachable, 0.0),
        (http("302 Found", "", "Location: http://127.0.0.1:1/"), Unreachable, 0.0),
        (http("429 Too Many Requests", '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}'), RateLimited, 1.5),
        (http("429 Too Many Requests", "slow down", "Retry-After: 7"), RateLimited, 7.0),
        (http("404 Not Found", '{"errcode": "M_UNRECOGNIZED", "error": "said <b>by them</b>"}'), Refused, 0.0),
        (
            http("401 Unauthorized", '{"errcode": "M_UNKNOWN_TOKEN", "error": "x", "soft_logout": true}'),
            AuthRefused,
            0.0,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", Unreachable, 0.0),
        (b"", Unreachable, 0.0),
    ],
)
async def test_an_odd_answer_is_told_in_our_own_words(
    answer: bytes, error: type[PluginError], wait: float, tmp_path: Path
) -> None:
    async with answering(answer) as address:
        config: dict[str, Any] = {"homeserver": address, "user": "@ana:sage.test"}
        stage = Stage(None, manifest_of("matrix"), tmp_path / "account")  # type: ignore[arg-type]
        with pytest.raises(error) as told:
            await stage.make(GivenAccount(config, {"token": "syt_of_ana"})).open()
        await stage.end()
    assert type(told.value) is not PluginError and told.value.what.endswith((".", ")"))
    assert "by them" not in told.value.what and "syt_of_ana" not in told.value.what
    assert getattr(told.value, "retry_after", 0.0) == wait


async def test_a_token_follows_no_redirection(tmp_path: Path) -> None:
    asked: list[bytes] = []
    async with (
        answering(http("200 OK", "{}"), asked) as elsewhere,
        answering(http("307 Temporary Redirect", "", f"Location: {elsewhere}/_matrix")) as address,
    ):
        line = Line(address)
        line.token = "syt_of_ana"
        with pytest.raises(Unreachable):
            await line.ask(Method.GET, Place.v3.account.whoami)
        await line.close()
    assert not asked


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", Unsure),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", Unsure),
        (http("500 Internal Server Error", "{}"), Unsure),
        (http("429 Too Many Requests", "{}"), RateLimited),
    ],
)
async def test_what_is_not_known_to_be_unsent_is_unsure(answer: bytes, error: type[PluginError]) -> None:
    async with answering(answer) as address:
        line = Line(address)
        with pytest.raises(error):
            await put(line, "!room:sage.test", "m.room.message", "key-1", {})
        await line.close()


async def test_where_nobody_listens_it_is_certain_that_nothing_was_sent() -> None:
    line = Line(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unreachable):
        await put(line, "!room:sage.test", "m.room.message", "key-1", {})
    await line.close()


# --- which session is gone on with


class Kept(dict[str, str]):
    """A device's file."""

    async def said(self, name: str) -> str:
        return self.get(name, "")

    async def keep(self, name: str, value: str) -> None:
        self[name] = value


class EndedLine:
    """The server ended the session of every token but those that it gives."""

    token = ""

    def __init__(self, soft: bool) -> None:
        self.soft, self.logins = soft, list[dict[str, Any]]()

    async def ask(self, method: Any, path: Any, body: Any = None) -> dict[str, str]:
        if body is None:
            raise SignedOut("It was ended.", self.soft)
        self.logins.append(body)
        return {"user_id": "@ana:sage.test", "device_id": body.get("device_id", "NEW"), "access_token": "syt_new"}


@pytest.mark.parametrize(("soft", "device"), [(True, "OLD"), (False, "NEW")])
async def test_only_a_session_that_was_ended_softly_is_gone_on_with(soft: bool, device: str, tmp_path: Path) -> None:
    """One that somebody ended has no keys at the server any more."""
    config = Config(homeserver="https://sage.test", user="@ana:sage.test")
    account = Matrix(Context("matrix/test", config, tmp_path, secrets={"password": Secret(PASSWORD)}))
    line: Any = EndedLine(soft)
    here = "@ana:sage.test https://sage.test"
    kept: Any = Kept({f"token {here}": "syt_old", f"device {here}": "OLD"})
    assert await account._enter(line, kept) == ("@ana:sage.test", device)
    assert (len(line.logins), line.token) == (1, "syt_new")
    assert kept == {f"token {here}": "syt_new", f"device {here}": device}


async def test_a_token_is_for_the_server_that_gave_it(tmp_path: Path) -> None:
    config = Config(homeserver="https://another.test", user="@ana:sage.test")
    account = Matrix(Context("matrix/test", config, tmp_path))
    line: Any = EndedLine(soft=True)
    kept: Any = Kept({"token @ana:sage.test https://sage.test": "syt_old"})
    with pytest.raises(AuthRefused, match="neither"):
        await account._enter(line, kept)
    assert not line.token
