"""What goes out of a mailbox: drafts first, to exactly those named, and never a false word about whether it was sent."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from sage.plugin_api import (
    BadConfig,
    DraftRef,
    Outbound,
    RateLimited,
    Refused,
    Unreachable,
    Unsupported,
    Unsure,
)
from tests.plugins.mail.scenes import AUNT, COUSIN, MailScene
from tests.plugins.mail.watching import mailbox, reading

pytestmark = pytest.mark.server


async def test_it_goes_to_exactly_those_named(scene: MailScene, tmp_path: Path) -> None:
    async with reading(mailbox(scene, tmp_path)) as watch:
        await scene.write("to all", group=True)
        met = await watch.until("to all")
    assert met.members == (AUNT, COUSIN)
    surface = mailbox(scene, tmp_path)
    await surface.send(Outbound(met.conversation, (AUNT,), "to her", reply_to=met.id), "one")
    await surface.send(Outbound(met.conversation, met.members, "to both", reply_to=met.id), "both")
    sent = [(to, made["To"], made["Cc"]) for to, made in scene.server.sent() if made["From"] == scene.address]
    assert sent == [([AUNT], AUNT, None), ([AUNT, COUSIN], f"{AUNT}, {COUSIN}", None)]
    last = scene.server.sent()[-1][1]
    assert last["In-Reply-To"] == met.id.partition("#")[0] == last["References"]
    assert last["Subject"] == "Re: About us", "the mail that is answered is still there"


async def test_to_all_or_to_none(scene: MailScene, tmp_path: Path) -> None:
    surface = mailbox(scene, tmp_path)
    kinds = {"refused": Refused, "later": Unreachable, "slower": RateLimited}
    for name, kind in kinds.items():
        with pytest.raises(kind):
            await surface.send(Outbound("c", (AUNT, f"{name}@elsewhere.test"), "not to all"), name)
    assert not await scene.received()


async def test_an_answer_that_is_lost_is_unsure(scene: MailScene, tmp_path: Path) -> None:
    surface = mailbox(scene, tmp_path)
    with pytest.raises(Unsure):
        await surface.send(Outbound("c", ("dropped@elsewhere.test",), "x"), "key")


async def test_and_sure_when_it_turns_up_in_the_folder_of_sent_mail(scene: MailScene, tmp_path: Path) -> None:
    surface = mailbox(scene, tmp_path)
    out = Outbound("c", ("dropped@elsewhere.test",), "taken")

    def save_as_some_servers_do() -> None:
        until = time.monotonic() + 20
        while not (taken := [made for _, made in scene.server.sent() if made["From"] == scene.address]):
            assert time.monotonic() < until, "it was never sent"
            time.sleep(0.01)
        with scene.server.signed_in(scene.user) as client:
            client.append("Outgoing", None, None, bytes(taken[0]).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    saving = asyncio.create_task(asyncio.to_thread(save_as_some_servers_do))
    receipt = await surface.send(out, "key")
    await saving
    assert (await mailbox(scene, tmp_path).send(out, "key")).id == receipt.id
    assert len([1 for _, made in scene.server.sent() if made["From"] == scene.address]) == 1


async def test_what_is_sent_is_kept_once_in_the_folder_for_it(scene: MailScene, tmp_path: Path) -> None:
    surface = mailbox(scene, tmp_path)
    await surface.send(Outbound("c", (AUNT,), "kept"), "one")
    await surface.send(Outbound("c", (AUNT,), "kept"), "one")
    assert len(scene.server.mails(scene.user, "Outgoing")) == 1 == len(await scene.received())
    await mailbox(scene, tmp_path, save_sent=False).send(Outbound("c", (AUNT,), "not kept"), "two")
    assert len(scene.server.mails(scene.user, "Outgoing")) == 1
    assert (await surface.health()).words == ""


async def test_what_was_sent_and_could_not_be_kept_was_sent(scene: MailScene, tmp_path: Path) -> None:
    surface = mailbox(scene, tmp_path)
    with scene.server.signed_in(scene.user, "Outgoing"):
        outgoing = scene.server.mail_folder(scene.user) / ".Outgoing"
    for part in ("tmp", "new", "cur"):
        (outgoing / part).chmod(0o555)
    try:
        assert (await surface.send(Outbound("c", (AUNT,), "sent"), "key")).id
    finally:
        for part in ("tmp", "new", "cur"):
            (outgoing / part).chmod(0o755)
    assert "Outgoing" in (await surface.health()).words


async def test_a_draft_stands_where_the_person_finds_it(scene: MailScene, tmp_path: Path) -> None:
    out = Outbound(AUNT, (AUNT,), "Dear aunt", subject="Re: Us", reply_to="<a@x.test>#1")
    surface = mailbox(scene, tmp_path, smtp_host="")
    both = await asyncio.gather(surface.draft(out, "key"), surface.draft(out, "key"))
    assert both[0] == both[1] == DraftRef(both[0].id, "Drafts")
    with scene.server.signed_in(scene.user, "Drafts") as client:
        _, (flags,) = client.fetch("1", "(FLAGS)")
    (made,) = scene.server.mails(scene.user, "Drafts")
    assert b"Draft" in flags and (made["To"], made["In-Reply-To"], made["Auto-Submitted"]) == (AUNT, "<a@x.test>", None)
    with pytest.raises(Unsupported):
        await surface.send(out, "key")
    with pytest.raises(BadConfig) as told:
        await mailbox(scene, tmp_path, drafts_folder="Nowhere").draft(out, "key")
    assert told.value.key == "drafts_folder"
