"""What comes into a mailbox on real servers, and what goes wrong there."""

from __future__ import annotations

import asyncio
import imaplib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sage_plugins.mail.marks import read_cursor
from sage_plugins.mail.smtp import try_sign_in
from sage_plugins.mail.source import Mailbox

from sage.plugin_api import (
    AuthRefused,
    BadConfig,
    Outbound,
    Unreachable,
)
from sage.testing.plugins import Relay
from tests.plugins.listening import soon
from tests.plugins.mail.scenes import AUNT, MailScene, Wires, mail
from tests.plugins.mail.watching import mailbox, reading
from tests.servers.mail import PASSWORD, MailServer, mail_server

pytestmark = pytest.mark.server


# -- what comes in --------------------------------------------------------------------------------------------------------


async def test_nothing_in_the_mailbox_changes(scene: MailScene, tmp_path: Path) -> None:
    async with reading(mailbox(scene, tmp_path)) as watch:
        await scene.write("new")
        await watch.until("new")
    with scene.server.signed_in(scene.user) as client:
        _, (recent,) = client.recent()
        _, (flags,) = client.fetch("1", "(FLAGS)")
    assert b"Seen" not in flags and recent == b"1", "other programs find it as new as it came"


async def test_mail_that_comes_while_another_is_kept_is_not_waited_for(scene: MailScene, tmp_path: Path) -> None:
    """Between the search and IDLE a server tells of a new mail only once, in passing."""
    async with reading(mailbox(scene, tmp_path)) as watch:
        for number in range(6):
            await scene.write(f"a{number}")
            while f"a{number}" not in [each.text for each in watch.came]:
                await watch.batch()
            await scene.write(f"b{number}")  # while the batch before is being put on disk
            await watch.until(f"b{number}")


async def test_a_large_mail_is_bounded_and_its_attachments_are_named(scene: MailScene, tmp_path: Path) -> None:
    made = mail("the few words in it")
    made.add_alternative("<p>the few words in it</p>", subtype="html")
    made.add_attachment(bytes(7_500_000), maintype="application", subtype="zip", filename="Fotos für dich.zip")
    size = len(bytes(made))
    async with reading(mailbox(scene, tmp_path)) as watch:
        carried = _counted(scene.network.imap)
        await scene.put(made)
        found = await watch.until("the few words in it")
    assert size > 10_000_000 and found.left_out == 0
    assert [(each.name, each.media_type) for each in found.attachments] == [("Fotos für dich.zip", "application/zip")]
    assert 7_500_000 <= found.attachments[0].size < 11_000_000
    assert sum(carried) < 100_000, "the attachment was fetched"


async def test_a_large_text_is_cut_and_says_so(scene: MailScene, tmp_path: Path) -> None:
    made = mail("x")
    made.set_content("Zeile für Zeile\n" * 400_000, cte="base64")
    async with reading(mailbox(scene, tmp_path)) as watch:
        carried = _counted(scene.network.imap)
        await scene.put(made)
        while not watch.came:
            await watch.batch()
    (found,) = watch.came
    whole = len("Zeile für Zeile\n".encode()) * 400_000
    assert found.text.startswith("Zeile für Zeile\nZeile für") and len(found.text) < 200_000
    assert abs(found.left_out + len(found.text.encode()) - whole) < whole / 50
    assert sum(carried) < 600_000


async def test_broken_mails_do_not_stop_the_others(scene: MailScene, tmp_path: Path) -> None:
    broken = [
        b"\n",
        b"no header at all\n",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (each, each) for each in range(2000)),
        b"Content-Type: message/rfc822\n\n" * 12_000,
        b"From: \xff\xfe <aunt@elsewhere.test>\nSubject: \xf0\x9f\n\n\xff\0\xff",
        b"From: aunt@elsewhere.test\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\n\n" * 60_000,
        b"From: " + b"(" * 200_000 + b"\n\nx",
    ]
    async with reading(mailbox(scene, tmp_path)) as watch:
        await asyncio.to_thread(scene.server.deliver, scene.user, *broken)
        await scene.write("after them")
        await watch.until("after them")
    assert len(watch.came) == len(broken) + 1


async def test_a_mail_that_the_server_cannot_give_is_told(scene: MailScene, tmp_path: Path) -> None:
    async with reading(mailbox(scene, tmp_path)) as watch:
        cursor = watch.cursor
    for text in ("before", "lost", "after"):
        await scene.write(text)
    await asyncio.to_thread(scene.server.mails, scene.user, "INBOX")
    (path,) = [each for each in scene.server.mail_folder(scene.user).glob("cur/*") if b"lost" in each.read_bytes()]
    path.write_bytes(b"")
    path.chmod(0)
    async with reading(mailbox(scene, tmp_path), cursor) as watch:
        await watch.until("after")
    assert [each.text for each in watch.came] == ["before", "", "after"] and watch.came[1].unreadable


async def test_a_folder_that_is_numbered_anew_is_not_all_new(scene: MailScene, tmp_path: Path) -> None:
    surface = mailbox(scene, tmp_path, folders=["Work"])
    with scene.server.signed_in(scene.user) as client:
        client.create("Work")
        _put(client, "Work", "before the account")
        async with reading(surface) as watch:
            for text in ("known", "known too"):
                _put(client, "Work", text)
                await watch.until(text)
            cursor, known = watch.cursor, {each.id for each in watch.came}
        client.rename("Work", "Older")  # as a server does that was restored: other numbers, and another UIDVALIDITY
        client.create("Work")
        client.select("Older")
        client.copy("1:*", "Work")
        _put(client, "Work", "while nobody listened")
        async with reading(mailbox(scene, tmp_path, folders=["Work"]), cursor) as watch:
            await watch.until("while nobody listened")
            await watch.batch()
            assert read_cursor(watch.cursor)["Work"].validity != read_cursor(cursor)["Work"].validity
            _put(client, "Work", "afterwards")
            await watch.until("afterwards")
    new = [each.text for each in watch.came if each.id not in known]
    assert new == ["while nobody listened", "afterwards"], "what comes twice has the id that it had"
    assert not {"before the account", "known"} & {each.text for each in watch.came}


async def test_several_folders(scene: MailScene, tmp_path: Path) -> None:
    with scene.server.signed_in(scene.user) as client:
        client.create('"Familie &- mehr"')
    settings = {"folders": ["INBOX", "Familie & mehr"], "poll_seconds": 5}
    async with reading(mailbox(scene, tmp_path, **settings)) as watch:
        with scene.server.signed_in(scene.user) as client:
            _put(client, '"Familie &- mehr"', "in the other one")
        await scene.write("in the first")
        await watch.until("in the first")
        await watch.until("in the other one")
        cursor = watch.cursor
    async with reading(mailbox(scene, tmp_path, **settings), cursor) as watch:
        await scene.write("later")
        await watch.until("later")
    assert [each.text for each in watch.came] == ["later"]


async def test_a_folder_that_is_not_there_is_a_wrong_setting(scene: MailScene, tmp_path: Path) -> None:
    with pytest.raises(BadConfig) as told:
        await soon(mailbox(scene, tmp_path, folders=["Nowhere"]).events(""))
    assert told.value.key == "folders"


@pytest.fixture(scope="module")
def plain_server() -> Iterator[MailServer]:
    """One that knows no IDLE."""
    with mail_server("imap_capability = IMAP4rev1 LITERAL+ UIDPLUS") as server:
        yield server


@pytest_asyncio.fixture
async def plain_scene(plain_server: MailServer, user: str) -> AsyncIterator[MailScene]:
    async with Relay(plain_server.imaps) as imap, Relay(plain_server.smtps) as smtp:
        yield MailScene(plain_server, Wires(imap, smtp), user, poll_seconds=5)


async def test_a_server_without_idle_is_asked(plain_scene: MailScene, tmp_path: Path) -> None:
    surface = mailbox(plain_scene, tmp_path)
    async with reading(surface) as watch:
        assert surface._watching and not surface._watching.can_idle
        await plain_scene.write("found by asking")
        await watch.until("found by asking")
        waiting = asyncio.ensure_future(anext(watch.events))
        await asyncio.sleep(0.3)
        async with asyncio.timeout(3):
            waiting.cancel()
            await asyncio.wait([waiting])


# -- what goes wrong --------------------------------------------------------------------------------------------------------


class Impatient(Mailbox):
    """One that looks after its connection more often."""

    idle_seconds = 0.5


async def test_a_connection_that_is_silently_dead_is_noticed(
    scene: MailScene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sage_plugins.mail import imap

    monkeypatch.setattr(imap, "ANSWER_SECONDS", 1.0)
    context = mailbox(scene, tmp_path).ctx
    async with reading(Impatient(context)) as watch:
        await scene.write("before")
        await watch.until("before")
        waiting = asyncio.ensure_future(watch.batch())
        await asyncio.sleep(0.1)
        _swallow(scene.network.imap)
        with pytest.raises(Unreachable):
            await waiting


async def test_a_long_connection_that_is_lost_is_made_anew(
    scene: MailScene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sage_plugins.mail import source

    monkeypatch.setattr(source, "_SHORT_SECONDS", 0.0)
    async with reading(mailbox(scene, tmp_path)) as watch:
        waiting = asyncio.ensure_future(watch.until("afterwards"))
        await asyncio.sleep(0.2)
        await scene.network.imap.cut()
        await scene.network.imap.mend()
        await scene.write("afterwards")
        await waiting
    assert [each.text for each in watch.came] == ["afterwards"]


async def test_credentials_that_are_revoked_end_the_watch(scene: MailScene, tmp_path: Path) -> None:
    async with reading(mailbox(scene, tmp_path)) as watch:
        waiting = asyncio.ensure_future(watch.batch())
        await asyncio.sleep(1.1)  # the server reads who is revoked once a second
        await asyncio.to_thread(scene.server.revoke, scene.user)
        with pytest.raises(Unreachable):
            await waiting
    with pytest.raises(AuthRefused):
        await soon(mailbox(scene, tmp_path).events(watch.cursor))
    with pytest.raises(AuthRefused):
        await mailbox(scene, tmp_path).send(Outbound(AUNT, (AUNT,), "x"), "key")


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_a_certificate_of_another_authority_is_not_trusted(scene: MailScene, tmp_path: Path, tls: str) -> None:
    ports = {"tls": scene.server.imaps, "starttls": scene.server.imap}
    with pytest.raises(Unreachable) as told:
        await mailbox(scene, tmp_path, ca_file="", imap_port=ports[tls], imap_tls=tls).open()
    assert "certificate" in told.value.what
    sending = {"tls": scene.server.smtps, "starttls": scene.server.smtp}
    surface = mailbox(scene, tmp_path, ca_file="", smtp_port=sending[tls], smtp_tls=tls)
    with pytest.raises(Unreachable) as told:
        await try_sign_in(surface.ctx.config, PASSWORD)
    assert "certificate" in told.value.what


async def test_settings_that_do_not_fit(scene: MailScene, tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        await mailbox(scene, tmp_path, imap_port=scene.server.imap).open()
    with pytest.raises(BadConfig) as told:
        await mailbox(scene, tmp_path, ca_file=str(tmp_path / "none.pem")).open()
    assert told.value.key == "ca_file"
    for password in ("wrong", "ünicode", "line\r\nbreak", ""):
        with pytest.raises(AuthRefused) as refused:
            await mailbox(scene, tmp_path, password).open()
        assert password not in refused.value.what or not password


async def test_mail_is_read_while_nothing_can_be_sent(scene: MailScene, tmp_path: Path) -> None:
    await scene.network.smtp.cut()
    await mailbox(scene, tmp_path).open()
    await scene.network.smtp.mend()


# -- what the tests do to servers and wires ------------------------------------------------------------------------------


def _put(client: imaplib.IMAP4, folder: str, text: str) -> None:
    assert client.append(folder, None, None, bytes(mail(text)).replace(b"\n", b"\r\n"))[0] == "OK"  # type: ignore[arg-type]


def _counted(relay: Relay) -> list[int]:
    """The bytes that the server says from now on."""
    carried: list[int] = []
    for writer in _to_plugin(relay):
        pass_on = writer.write
        writer.write = lambda data, pass_on=pass_on: (carried.append(len(data)), pass_on(data))[1]  # type: ignore[method-assign]
    return carried


def _swallow(relay: Relay) -> None:
    """Nothing that the server says arrives any more, and no connection ends."""
    for writer in _to_plugin(relay):
        writer.write = lambda data: None  # type: ignore[method-assign]


def _to_plugin(relay: Relay) -> list[asyncio.StreamWriter]:
    return [ends[0] for ends in relay._open.values()]
