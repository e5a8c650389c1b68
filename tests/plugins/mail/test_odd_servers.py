"""What servers do now and then, and some always."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sage_plugins.mail.config import Config
from sage_plugins.mail.source import Mailbox

from sage.plugin_api import AuthRefused, Batch, Context, Secret, Unreachable
from tests.plugins.listening import soon
from tests.plugins.mail.scenes import AUNT
from tests.plugins.mail.scripted_imap import ScriptedImap


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[ScriptedImap]:
    async with ScriptedImap(tmp_path) as server:
        yield server


def mailbox(server: ScriptedImap, folder: Path) -> Mailbox:
    config = Config(address="ana@demo.test", imap_host="127.0.0.1", imap_port=server.port, ca_file=str(server.ca_file))
    return Mailbox(Context("mail/me", config, folder, secrets={"password": Secret("x")}))


def mail(text: str) -> bytes:
    return f"From: {AUNT}\r\nMessage-ID: <{text}@x.test>\r\n\r\n{text}".encode()


async def next_batch(events: AsyncIterator[Batch]) -> list[str]:
    return [each.text for each in (await soon(events)).events]


async def test_news_that_are_told_in_passing_are_not_waited_for(server: ScriptedImap, tmp_path: Path) -> None:
    surface = mailbox(server, tmp_path)
    events = surface.events("")
    await next_batch(events)
    server.mails.append(mail("one"))
    server.after_go_ahead = [b"* 1 EXISTS\r\n"]
    server.passing["UID FETCH"] = [b"* 2 EXISTS\r\n", b"* 1 FETCH (FLAGS (\\Seen))\r\n"]
    assert await next_batch(events) == ["one"], "it came with the go-ahead for IDLE, in one breath"
    server.mails.append(mail("two"))
    assert await next_batch(events) == ["two"], "it was told while another was fetched, and never again"
    server.mails.append(mail("three"))
    server.passing["IDLE"] = [b"* 3 EXISTS\r\n"]
    assert await next_batch(events) == ["three"], "it came before the go-ahead"
    waiting = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0.3)
    assert server.asked["UID SEARCH"] <= 8, "what was told once is looked for once"
    await surface.close()
    with pytest.raises(Unreachable):
        await waiting


async def test_a_quiet_mailbox_is_left_alone(server: ScriptedImap, tmp_path: Path) -> None:
    server.mails = [mail("old")]
    surface = mailbox(server, tmp_path)
    events = surface.events("")
    await next_batch(events)
    waiting = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0.3)
    assert server.asked["IDLE"] == 1 and server.asked["UID SEARCH"] <= 1
    await surface.close()
    with pytest.raises(Unreachable):
        await waiting


async def test_a_connection_that_is_ended_under_its_reader_is_lost_and_no_fault(
    server: ScriptedImap, tmp_path: Path
) -> None:
    surface = mailbox(server, tmp_path)
    events = surface.events("")
    await next_batch(events)
    box = surface._watching
    assert box
    box.cut()
    with pytest.raises(Unreachable), box._told():
        box._box.client.readline()  # closed files raise ValueError
    await surface.close()


async def test_what_has_nothing_new_brings_nothing(server: ScriptedImap, tmp_path: Path) -> None:
    server.mails = [mail("old")]
    surface = mailbox(server, tmp_path)
    events = surface.events('{"INBOX": [7, 1, 0]}')
    assert await next_batch(events) == []
    assert server.asked["UID SEARCH"] == 1
    assert server.asked["UID FETCH"] == 0, "a range beyond the last mail is answered with the last mail"
    await surface.close()
    await events.aclose()  # type: ignore[attr-defined]


async def test_a_connection_that_ends_in_silence_is_noticed_at_once(server: ScriptedImap, tmp_path: Path) -> None:
    server.hangs_up_in_idle = True
    events = mailbox(server, tmp_path).events("")
    await next_batch(events)
    with pytest.raises(Unreachable):
        await next_batch(events)


async def test_servers_that_say_less(server: ScriptedImap, tmp_path: Path) -> None:
    server.tells_next_uid, server.quotes = False, True
    server.mails = [mail("old"), mail("older")]
    surface = mailbox(server, tmp_path)
    events = surface.events("")
    await next_batch(events)
    server.mails.append(mail("new"))
    server.after_go_ahead = [b"* 3 EXISTS\r\n"]
    assert await next_batch(events) == ["new"]
    assert surface._watching and surface._watching.can_idle, "it says what it can only after the sign-in"
    await surface.close()
    await events.aclose()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("NO [AUTHENTICATIONFAILED] wrong", AuthRefused),
        ("NO no", AuthRefused),
        ("NO [UNAVAILABLE] the directory is away", Unreachable),
        ("NO [LIMIT] Too many simultaneous connections", Unreachable),
        ("NO Temporary authentication failure", Unreachable),
        ("BAD what", AuthRefused),
    ],
)
async def test_only_a_refusal_is_one(server: ScriptedImap, tmp_path: Path, answer: str, kind: type[Exception]) -> None:
    server.login = answer
    with pytest.raises(kind):
        await mailbox(server, tmp_path).open()
