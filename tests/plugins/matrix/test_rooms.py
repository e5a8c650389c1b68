"""Rooms and what stands in them, against a real homeserver."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

pytest.importorskip("mautrix", reason="the extra `matrix` is not installed")

from sage_plugins.matrix.incoming import INVITED
from sage_plugins.matrix.outgoing import PART

from sage.plugin_api import Outbound, Refused
from sage.testing.plugins.accounts import manifest_of
from sage.testing.plugins.messaging_scene import Stage
from tests.plugins.matrix.people import Person, SealedPerson
from tests.plugins.matrix.scenes import MatrixScene, SealedScene

pytestmark = [
    pytest.mark.server,
    pytest.mark.filterwarnings("ignore:The sender_key field:DeprecationWarning"),  # in mautrix itself
]


@pytest_asyncio.fixture
async def stage(scene: MatrixScene, tmp_path: Path) -> AsyncIterator[Stage]:
    found = Stage(scene, manifest_of("matrix"), tmp_path / "account")
    yield found
    await found.end()


@pytest_asyncio.fixture
async def sealed_stage(sealed: SealedScene, tmp_path: Path) -> AsyncIterator[Stage]:
    found = Stage(sealed, manifest_of("matrix"), tmp_path / "account")
    yield found
    await found.end()


async def joined(scene: MatrixScene) -> list[str]:
    return list((await scene.ana.ask("GET", "/joined_rooms"))["joined_rooms"])


# --- invitations


async def test_an_invitation_of_a_stranger_stays_unanswered(scene: MatrixScene, stage: Stage) -> None:
    listening = await stage.listen()
    room = (await scene.ben.ask("POST", "/createRoom", {"invite": [scene.ana.user]}))["room_id"]
    found = (await listening.batch()).events[0]
    assert (found.sender.id, found.conversation, found.unreadable) == (scene.ben.user, room, INVITED)
    assert room not in await joined(scene)
    with pytest.raises(Refused):
        await listening.surface.send(Outbound(room, (scene.ben.user,), "no"), "key-1")


async def test_one_of_the_person_is_followed_and_what_was_written_there_comes_in(
    scene: MatrixScene, stage: Stage
) -> None:
    await scene.gather()
    scene.account = scene.account_with(own=(scene.cleo.user,), token=scene.ana.token)
    listening = await stage.listen()
    room = (await scene.cleo.ask("POST", "/createRoom", {"invite": [scene.ana.user, scene.ben.user]}))["room_id"]
    await scene.ben.ask("POST", f"/rooms/{room}/join", {})
    await scene.ben.say(room, "before she came")
    found = await listening.until("before she came")
    assert found.conversation == room and found.group
    assert room in await joined(scene)


async def test_one_of_the_person_that_came_before_the_account_was_read_is_followed(
    scene: MatrixScene, stage: Stage
) -> None:
    await scene.gather()
    scene.account = scene.account_with(own=(scene.cleo.user,), token=scene.ana.token)
    room = (await scene.cleo.ask("POST", "/createRoom", {"invite": [scene.ana.user]}))["room_id"]
    stranger = (await scene.ben.ask("POST", "/createRoom", {"invite": [scene.ana.user]}))["room_id"]
    await stage.listen()
    assert room in await joined(scene) and stranger not in await joined(scene)


# --- who reads what is sent


async def test_nothing_is_sent_to_a_room_that_the_account_was_taken_out_of(scene: MatrixScene, stage: Stage) -> None:
    listening, met = await stage.meet()
    await scene.ben.say(scene.alone, "farewell")
    await scene.ben.ask("POST", f"/rooms/{scene.alone}/kick", {"user_id": scene.ana.user})
    assert (await listening.until("farewell")).conversation == scene.alone
    with pytest.raises(Refused):
        await listening.surface.send(Outbound(scene.alone, (met.sender.id,), "still here"), "key-1")


async def test_nor_to_one_where_nobody_is_left(scene: MatrixScene, stage: Stage) -> None:
    listening, met = await stage.meet()
    await scene.ben.ask("POST", f"/rooms/{scene.alone}/leave", {})
    with pytest.raises(Refused):
        await listening.surface.send(Outbound(scene.alone, (met.sender.id,), "anybody?"), "key-1")


async def test_somebody_who_is_only_invited_counts(scene: MatrixScene, stage: Stage) -> None:
    await scene.gather()
    listening, met = await stage.meet()
    await scene.ben.ask("POST", f"/rooms/{scene.alone}/invite", {"user_id": scene.cleo.user})
    with pytest.raises(Refused):
        await listening.surface.send(Outbound(scene.alone, (met.sender.id,), "for you alone"), "key-1")
    to = (met.sender.id, scene.cleo.user)
    assert (await listening.surface.send(Outbound(scene.alone, to, "for both"), "key-2")).id


async def test_the_person_may_read_whatever_is_sent(scene: MatrixScene, stage: Stage) -> None:
    await scene.gather()
    scene.account = scene.account_with(own=(scene.cleo.user,), token=scene.ana.token)
    listening, met = await stage.meet(group=True)
    await listening.surface.send(Outbound(met.conversation, (met.sender.id,), "to the other"), "key-1")
    assert "to the other" in [each.text for each in await scene.cleo.heard(scene.group)]


async def test_an_address_is_written_to_in_the_room_of_the_two(scene: MatrixScene, stage: Stage) -> None:
    listening, met = await stage.meet()
    who = met.sender.id
    await listening.surface.send(Outbound(who, (who,), "to you alone"), "key-1")
    assert "to you alone" in [each.text for each in await scene.ben.heard(scene.alone)]
    with pytest.raises(Refused):
        await listening.surface.send(Outbound("@nobody:sage.test", (who,), "to another"), "key-2")


async def test_and_a_room_is_made_once_if_there_is_none(sealed: SealedScene, sealed_stage: Stage) -> None:
    listening = await sealed_stage.listen()
    before = await joined(sealed)
    async with SealedPerson(sealed.server, f"eva-{sealed.ana.device.lower()}", sealed.folder) as eva:
        for number in (1, 2):
            await listening.surface.send(Outbound(eva.user, (eva.user,), f"reminder {number}"), f"key-{number}")
        (room,) = set(await joined(sealed)) - set(before)
        await eva.ask("POST", f"/rooms/{room}/join", {})
        assert [each.text for each in await eva.heard(room)] == ["reminder 1", "reminder 2"]


# --- messages


async def test_all_that_came_in_a_time_off_is_fetched(scene: MatrixScene, stage: Stage) -> None:
    await scene.gather()
    listening, _ = await stage.meet()
    cursor = await stage.leave(listening)
    much, more = 60, 130  # than one page of a sync has, and than one of what it left out
    written = {
        room: [f"{number} to {room}" for number in range(count)]
        for room, count in ((scene.alone, more), (scene.group, much))
    }
    for room, texts in written.items():
        for text in texts:
            await scene.ben.say(room, text)
    again = await stage.listen(cursor)
    for texts in written.values():
        await again.until(texts[-1])
    for room, texts in written.items():
        assert [each.text for each in again.kept if each.conversation == room and " to " in each.text] == texts


async def test_a_cursor_that_the_server_does_not_know_is_told(scene: MatrixScene, stage: Stage) -> None:
    listening, _ = await stage.meet()
    await stage.leave(listening)
    again = await stage.listen("of another server")
    assert not (await again.batch()).events
    assert (await again.surface.health()).state == "stuck"
    await scene.ben.say(scene.alone, "and on")
    await again.until("and on")


async def test_a_message_that_was_withdrawn(scene: MatrixScene, stage: Stage) -> None:
    listening, met = await stage.meet()
    await scene.ben.ask("PUT", f"/rooms/{scene.alone}/redact/{met.id}/1", {})
    unread = await scene.ben.say(scene.alone, "never to be read")
    await scene.ben.ask("PUT", f"/rooms/{scene.alone}/redact/{unread}/2", {})
    await scene.ben.say(scene.alone, "end")
    await listening.until("end")
    (gone,) = [each for each in listening.kept if each.edits == met.id]
    assert (gone.text, gone.sender.id, bool(gone.unreadable)) == ("", scene.ben.user, True)
    assert "never to be read" not in listening.texts


async def test_nobody_changes_what_another_wrote(scene: MatrixScene, stage: Stage) -> None:
    await scene.gather()
    listening, met = await stage.meet(group=True)
    relation = {"rel_type": "m.replace", "event_id": met.id}
    new = {"msgtype": "m.text", "body": "I owe you a house"}
    await scene.cleo.say(scene.group, "* house", **{"m.new_content": new, "m.relates_to": relation})
    found = await listening.until("* house")
    assert not found.edits and found.sender.id == scene.cleo.user


async def test_a_file_is_named_and_not_fetched(scene: MatrixScene, stage: Stage) -> None:
    listening = await stage.listen()
    content = {"msgtype": "m.image", "body": "cat.png", "url": "mxc://sage.test/nowhere", "info": {"size": 7}}
    await scene.ben.send(scene.alone, content)
    found = (await listening.batch()).events[0]
    assert [each.name for each in found.attachments] == ["cat.png"]


async def test_content_of_any_kind_stops_nothing(scene: MatrixScene, stage: Stage) -> None:
    await scene.gather()
    listening = await stage.listen()
    odd = (
        {"m.relates_to": "mine"},
        {"msgtype": "m.image", "info": 7, "filename": [1]},
        {"m.new_content": [], "m.relates_to": {"rel_type": "m.replace", "event_id": {}}},
        {"algorithm": "m.megolm.v1.aes-sha2", "session_id": "x", "ciphertext": 9},
    )
    for content in odd:
        await scene.ben.say(scene.alone, "odd", **content)
        await scene.ben.send(scene.alone, content, "m.room.encrypted")
        await scene.ben.send(scene.alone, content, "org.example.other")
    await scene.ben.ask("PUT", f"/rooms/{scene.alone}/state/m.room.member/{scene.dora.user}", {"membership": "ban"})
    await scene.ben.say(scene.alone, "end")
    await listening.until("end")


async def test_a_long_text_is_sent_in_parts_and_each_once(scene: MatrixScene, stage: Stage) -> None:
    listening, met = await stage.meet()
    text = "".join(f"{number} 🌱 words and words\n" for number in range(PART // 10))
    out = Outbound(met.conversation, (met.sender.id,), text)
    first = await listening.surface.send(out, "key-1")
    assert await listening.surface.send(out, "key-1") == first
    said = [each for each in await scene.ben.heard(scene.alone) if each.sender == scene.ana.user]
    assert "".join(each.text for each in said) == text and len(said) > 1
    assert said[0].id == first.id


async def test_an_answer_to_a_message(scene: MatrixScene, stage: Stage) -> None:
    listening, met = await stage.meet()
    await listening.surface.send(Outbound(met.conversation, (met.sender.id,), "yes", reply_to=met.id), "key-1")
    (said,) = [each for each in await scene.ben.heard(scene.alone) if each.text == "yes"]
    assert said.content["m.relates_to"] == {"m.in_reply_to": {"event_id": met.id}}
    assert said.content["m.mentions"] == {}


# --- encryption of rooms


async def test_a_room_that_becomes_encrypted_gets_nothing_open(sealed: SealedScene, sealed_stage: Stage) -> None:
    open_room = await Person.make_room(sealed.ben, sealed.ana)
    listening = await sealed_stage.listen()
    await sealed.ben.say(open_room, "nobody minds")
    met = await listening.until("nobody minds")
    algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
    await sealed.ben.ask("PUT", f"/rooms/{open_room}/state/m.room.encryption/", algorithm)
    await listening.surface.send(Outbound(open_room, (met.sender.id,), "under seal"), "key-1")
    assert [each.text for each in await sealed.ben.heard(open_room)][-1:] == ["under seal"]
    page = await sealed.ben.ask("GET", f"/rooms/{open_room}/messages?dir=b&limit=3")
    assert "under seal" not in str(page) and page["chunk"][0]["type"] == "m.room.encrypted"


async def test_a_room_that_was_encrypted_stays_so_whatever_the_server_says(
    sealed: SealedScene, sealed_stage: Stage
) -> None:
    listening, met = await sealed_stage.meet()
    await sealed.ben.ask("PUT", f"/rooms/{sealed.alone}/state/m.room.encryption/", {"algorithm": 3})
    await sealed.ben.send_open(sealed.alone, {"msgtype": "m.text", "body": "no more secrets"})
    assert (await listening.until("no more secrets")).verified == "no"
    await listening.surface.send(Outbound(met.conversation, (met.sender.id,), "under seal"), "key-1")
    page = await sealed.ben.ask("GET", f"/rooms/{sealed.alone}/messages?dir=b&limit=1")
    assert page["chunk"][0]["type"] == "m.room.encrypted"


@pytest.mark.parametrize(
    "content", [{"algorithm": "org.example.rot13"}, {}, {"algorithm": None, "rotation_period_ms": "x"}]
)
async def test_an_encryption_that_nobody_knows_gets_nothing(
    scene: MatrixScene, stage: Stage, content: dict[str, Any]
) -> None:
    listening, met = await stage.meet()
    await scene.ben.ask("PUT", f"/rooms/{scene.alone}/state/m.room.encryption/", content)
    with pytest.raises(Refused, match="encrypt"):
        await listening.surface.send(Outbound(met.conversation, (met.sender.id,), "in the open"), "key-1")
    assert [each.text for each in await scene.ben.heard(scene.alone)] == ["Good morning"]
