"""Keys and signatures, against a real homeserver and with people whose programs trust only signed devices."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

pytest.importorskip("mautrix", reason="the extra `matrix` is not installed")

from mautrix.types import EventType, TrustState
from sage_plugins.matrix import incoming
from sage_plugins.matrix.reading import LATER
from sage_plugins.matrix.signing import RECOVERY

from sage.plugin_api import Inbound, Outbound
from sage.testing.plugins.accounts import manifest_of
from sage.testing.plugins.messaging_scene import Listening, Stage
from tests.plugins.matrix.people import Person, SealedPerson
from tests.plugins.matrix.scenes import SealedScene

pytestmark = [
    pytest.mark.server,
    pytest.mark.filterwarnings("ignore:The sender_key field:DeprecationWarning"),  # in mautrix itself
]


@pytest.fixture
def scene(sealed: SealedScene) -> SealedScene:
    return sealed


@pytest_asyncio.fixture
async def stage(scene: SealedScene, tmp_path: Path) -> AsyncIterator[Stage]:
    found = Stage(scene, manifest_of("matrix"), tmp_path / "account")
    yield found
    await found.end()


async def own_keys(person: Person) -> dict[str, Any]:
    """The public keys with which somebody signs their devices."""
    answer = await person.ask("POST", "/keys/query", {"device_keys": {person.user: []}})
    return {kind: answer.get(kind, {}).get(person.user) for kind in ("master_keys", "self_signing_keys")}


def answer(met: Inbound, text: str) -> Outbound:
    return Outbound(met.conversation, (met.sender.id,), text)


async def texts_of(person: Person, room: str) -> list[str]:
    return [each.text for each in await person.heard(room)]


# --- signatures


async def test_an_account_without_keys_gets_them_once(scene: SealedScene, stage: Stage) -> None:
    first = await stage.open()
    health = await first.health()
    assert health.state == "ok" and RECOVERY in health.words
    key = stage.folder / RECOVERY
    assert key.stat().st_mode & 0o777 == 0o600
    made = await own_keys(scene.ana)
    assert made["master_keys"]
    await first.close()
    key.unlink()
    again = await stage.open()
    assert (await again.health()).words == ""
    assert await own_keys(scene.ana) == made and not key.exists()


async def test_keys_that_the_person_has_are_never_replaced(scene: SealedScene, stage: Stage, tmp_path: Path) -> None:
    async with SealedPerson.again(scene.ana, tmp_path) as telephone:
        before = await own_keys(telephone)
        secrets = await telephone.ask("GET", f"/user/{telephone.user}/account_data/m.secret_storage.default_key")
        surface = await stage.open()
        health = await surface.health()
        assert health.state == "stuck" and "recovery_key" in health.words
        assert await own_keys(telephone) == before
        path = f"/user/{telephone.user}/account_data/m.secret_storage.default_key"
        assert await telephone.ask("GET", path) == secrets
        for given, state in (("EsTz not a key", "stuck"), (telephone.recovery_key, "ok"), ("", "ok")):
            await surface.close()
            scene.account = scene.account_with(token=scene.ana.token, **({"recovery_key": given} if given else {}))
            surface = await stage.open()
            assert (await surface.health()).state == state
        assert await own_keys(telephone) == before


async def test_keys_that_were_stored_and_never_published_are_published(scene: SealedScene, stage: Stage) -> None:
    """As after a crash between the two."""
    await scene.gather()
    async with SealedPerson.again(scene.cleo, scene.folder) as cleo:
        assert cleo.recovery_key
    (stage.folder).mkdir()
    (stage.folder / RECOVERY).write_text(await _stored_only(scene.ana))
    surface = await stage.open()
    assert (await surface.health()).state == "ok"
    assert (await own_keys(scene.ana))["master_keys"]


async def _stored_only(person: Person) -> str:
    from mautrix.api import HTTPAPI
    from mautrix.client import Client
    from mautrix.crypto.cross_signing_key import CrossSigningSeeds
    from mautrix.crypto.ssss import Machine

    client: Any = Client(person.user, person.device, api=HTTPAPI(person.server.url, person.token))
    ssss, seeds = Machine(client), CrossSigningSeeds.generate()
    key = await ssss.generate_and_upload_key()
    for kind, seed in (
        (EventType.CROSS_SIGNING_MASTER, seeds.master_key),
        (EventType.CROSS_SIGNING_SELF_SIGNING, seeds.self_signing_key),
        (EventType.CROSS_SIGNING_USER_SIGNING, seeds.user_signing_key),
    ):
        await ssss.set_encrypted_account_data(kind, seed, key)
    await ssss.set_default_key_id(key.id)
    await client.api.session.close()
    return str(key.recovery_key)


# --- who is vouched for


async def test_a_signed_device_is_vouched_for_and_an_unsigned_one_is_not(
    scene: SealedScene, stage: Stage, tmp_path: Path
) -> None:
    listening, met = await stage.meet()
    assert met.verified == "yes"
    async with SealedPerson.again(scene.ben, tmp_path) as thief:
        thief.machine.send_keys_min_trust = TrustState.UNVERIFIED
        await thief.say(scene.alone, "it is me")
        assert (await listening.until("it is me")).verified == "no"


async def test_somebody_who_signs_nothing_is_not_known(scene: SealedScene, stage: Stage, tmp_path: Path) -> None:
    await scene.gather()
    listening = await stage.listen()
    async with Unsigned.again(scene.dora, tmp_path) as dora:
        room = await dora.make_room(scene.ana)
        await dora.say(room, "good day")
        assert (await listening.until("good day")).verified == "unknown"


class Unsigned(SealedPerson):
    signs = False


async def test_open_text_in_an_encrypted_room_is_not_vouched_for(scene: SealedScene, stage: Stage) -> None:
    listening, _ = await stage.meet()
    await scene.ben.send_open(scene.alone, {"msgtype": "m.text", "body": "in the open"})
    assert (await listening.until("in the open")).verified == "no"


# --- who can read


async def test_a_new_device_of_the_other_can_read_what_follows(
    scene: SealedScene, stage: Stage, tmp_path: Path
) -> None:
    listening, met = await stage.meet()
    await listening.surface.send(answer(met, "before"), "key-1")
    async with SealedPerson.again(scene.ben, tmp_path) as tablet:
        await tablet.machine.verify_with_recovery_key(scene.ben.recovery_key)
        await scene.ben.say(scene.alone, "I have a new one")
        await listening.until("I have a new one")
        await listening.surface.send(answer(met, "after"), "key-2")
        assert [text for text in await texts_of(tablet, scene.alone) if text in ("before", "after")] == ["after"]


async def test_what_is_sent_is_not_on_the_server(scene: SealedScene, stage: Stage) -> None:
    listening, met = await stage.meet()
    await listening.surface.send(answer(met, "between us"), "key-1")
    page = await scene.ben.ask("GET", f"/rooms/{scene.alone}/messages?dir=b&limit=1")
    assert page["chunk"][0]["type"] == "m.room.encrypted"
    assert "between us" in await texts_of(scene.ben, scene.alone)


async def test_a_folder_from_a_backup_repeats_no_number(scene: SealedScene, stage: Stage, tmp_path: Path) -> None:
    listening, met = await stage.meet()
    await listening.surface.send(answer(met, "first"), "key-1")
    await stage.leave(listening)
    shutil.copytree(stage.folder, tmp_path / "backup")
    again = await stage.open()
    await again.send(answer(met, "second"), "key-2")
    await stage.close(again)
    shutil.rmtree(stage.folder)
    shutil.copytree(tmp_path / "backup", stage.folder)
    restored = await stage.open()
    await restored.send(answer(met, "third"), "key-3")
    heard = await texts_of(scene.ben, scene.alone)
    assert [text for text in heard if text in ("first", "second", "third")] == ["first", "second", "third"]


# --- keys that come late


async def written_without_key(scene: SealedScene, text: str) -> Any:
    """Ben writes what the account has no key for; what gives it the key."""
    ben = scene.ben
    await ben.look()
    await ben.machine.crypto_store.remove_outbound_group_session(scene.alone)
    await ben.machine.share_group_session(scene.alone, [ben.user])
    session = await ben.machine.crypto_store.get_outbound_group_session(scene.alone)
    key = session.share_content
    content = await ben.machine.encrypt_megolm_event(
        scene.alone, EventType.ROOM_MESSAGE, {"msgtype": "m.text", "body": text}
    )
    await Person.send(ben, scene.alone, content.serialize(), "m.room.encrypted")

    async def give() -> None:
        device = await ben.machine.get_or_fetch_device(scene.ana.user, scene.ana.device)
        await ben.machine.send_encrypted_to_device(device, EventType.ROOM_KEY, key)

    return give


async def test_a_key_that_comes_soon_is_waited_for(scene: SealedScene, stage: Stage) -> None:
    listening, _ = await stage.meet()
    give = await written_without_key(scene, "wait for it")
    assert not (await listening.batch()).events
    await give()
    found = await listening.until("wait for it")
    assert not (found.edits or found.unreadable) and found.verified == "yes"


@pytest.mark.parametrize("restart", [False, True])
async def test_a_text_whose_key_came_late_replaces_the_message_without_one(
    scene: SealedScene, stage: Stage, restart: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "GRACE", 0.1)
    listening, _ = await stage.meet()
    give = await written_without_key(scene, "better late")
    blank = await unreadable(listening)
    assert blank.text == "" and blank.sender.id == scene.ben.user
    if restart:
        listening = await stage.listen(await stage.leave(listening))
    await give()
    found = await listening.until("better late")
    assert (found.id, found.edits, found.unreadable) == (blank.id + LATER, blank.id, "")
    reply = Outbound(found.conversation, (found.sender.id,), "at last", reply_to=found.id)
    await listening.surface.send(reply, "key-1")
    (said,) = [each for each in await scene.ben.heard(scene.alone) if each.text == "at last"]
    assert said.content["m.relates_to"]["m.in_reply_to"]["event_id"] == blank.id


async def unreadable(listening: Listening) -> Inbound:
    while True:
        for each in (await listening.batch()).events:
            if each.unreadable:
                return each


async def test_a_message_that_was_not_yet_told_of_is_not_lost_at_a_restart(scene: SealedScene, stage: Stage) -> None:
    listening, _ = await stage.meet()
    await written_without_key(scene, "in between")
    await listening.batch()
    again = await stage.listen(await stage.leave(listening))
    assert (await unreadable(again)).sender.id == scene.ben.user


async def test_one_that_was_told_of_and_not_kept_is_told_of_again_with_its_text(
    scene: SealedScene, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "GRACE", 0.1)
    listening, _ = await stage.meet()
    give = await written_without_key(scene, "better late")
    seen = await listening.look()
    while not any(each.unreadable for each in seen.events):
        listening.keep(seen)
        seen = await listening.look()
    cursor = await stage.leave(listening)
    await give()
    again = await stage.listen(cursor)
    found = await again.until("better late")
    ids = [each.id for each in again.kept]
    assert ids.index(found.edits) < ids.index(found.id), "it changes what nobody has"


# --- what strangers send to the device


async def test_a_flood_for_the_device_stops_nothing(scene: SealedScene, stage: Stage) -> None:
    listening, _ = await stage.meet()
    junk: list[tuple[str, Any]] = [
        ("m.room.encrypted", {}),
        ("m.room.encrypted", {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": "x", "ciphertext": {}}),
        ("m.room_key", {"room_id": scene.alone, "session_id": "x", "session_key": "y"}),
        ("m.room_key_request", {"action": "request", "body": 7}),
        ("m.forwarded_room_key", {"room_id": 1}),
        ("org.example.other", {"x": [None]}),
    ]
    for number in range(150):
        kind, content = junk[number % len(junk)]
        body = {"messages": {scene.ana.user: {"*": {**content, "number": number}}}}
        await scene.ben.ask("PUT", f"/sendToDevice/{kind}/{number}", body)
    await scene.ben.say(scene.alone, "end")
    await listening.until("end")


async def test_keys_that_come_twice_are_no_fault_of_the_other(scene: SealedScene, stage: Stage) -> None:
    """Whoever takes them for broken asks for a new session, which is a message to the other's device."""
    listening = await stage.listen()
    await scene.ben.look()
    await scene.ben.say(scene.alone, "only once read")
    while not (await listening.look()).events:
        pass
    again = await stage.listen(await stage.leave(listening))
    await again.until("only once read")
    await again.surface.send(Outbound(scene.alone, (scene.ben.user,), "and answered"), "key-1")
    sent = (await scene.ben.client.sync(since=scene.ben._since, timeout=0))["to_device"]["events"]
    assert len(sent) == 1, "more than the key of the answer"


async def test_what_is_odd_inside_a_seal_stops_nothing(scene: SealedScene, stage: Stage) -> None:
    listening, _ = await stage.meet()
    ben, kind = scene.ben, '"type": "m.room.message"'
    here = f'"room_id": "{scene.alone}"'
    for inside in (
        "no json",
        "[" * 20_000,
        "[]",
        "{}",
        f"{{{here}}}",
        f'{{{here}, {kind}, "content": []}}',
        f'{{{here}, {kind}, "content": {{"msgtype": "m.text", "body": {{"a": 1}}}}}}',
        f'{{"room_id": "!another:sage.test", {kind}, "content": {{"msgtype": "m.text", "body": "moved here"}}}}',
        f'{{{here}, {kind}, "content": {{"msgtype": "m.text", "body": "half a sign \\ud800"}}}}',
        f'{{{here}, {kind}, "content": {{"msgtype": "m.text", "body": "end"}}}}',
    ):
        session = await ben.machine.crypto_store.get_outbound_group_session(scene.alone)
        sealed = {"session_id": session.id, "ciphertext": session.encrypt(inside), "device_id": ben.device}
        await ben.machine.crypto_store.update_outbound_group_session(session)
        content = {"algorithm": "m.megolm.v1.aes-sha2", "sender_key": ben.machine.account.identity_key, **sealed}
        await Person.send(ben, scene.alone, content, "m.room.encrypted")
    await listening.until("end")
    assert "moved here" not in listening.texts and "half a sign ?" in listening.texts


async def test_a_message_that_is_repeated_by_the_server_counts_once(scene: SealedScene, stage: Stage) -> None:
    listening, _ = await stage.meet()
    await scene.ben.say(scene.alone, "once")
    page = await scene.ben.ask("GET", f"/rooms/{scene.alone}/messages?dir=b&limit=1")
    await Person.send(scene.ben, scene.alone, page["chunk"][0]["content"], "m.room.encrypted")
    await scene.ben.say(scene.alone, "end")
    await listening.until("end")
    assert listening.texts.count("once") == 1
