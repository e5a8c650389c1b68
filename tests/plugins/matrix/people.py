"""People on a homeserver with programs of their own: one that knows no encryption, and one that insists on it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, Self

import httpx
from mautrix.api import HTTPAPI
from mautrix.client import Client
from mautrix.crypto import OlmMachine, PgCryptoStateStore, PgCryptoStore
from mautrix.errors import DecryptionError
from mautrix.types import DeviceLists, DeviceOTKCount, Event, EventType, StateEvent, ToDeviceEvent, TrustState
from mautrix.util.async_db import Database
from yarl import URL

from tests.servers.matrix import Synapse

PASSWORD = "of a test"
_counter = itertools.count()


@dataclass(frozen=True)
class Said:
    """A message as somebody's program shows it."""

    id: str
    sender: str
    content: Mapping[str, Any]

    @property
    def text(self) -> str:
        return str(self.content.get("body", ""))


class Person:
    """Somebody with a program that knows no encryption; an asynchronous context."""

    def __init__(self, server: Synapse, name: str, folder: File, session: Mapping[str, Any] | None = None) -> None:
        session = session or server.register(name, PASSWORD)
        self.server, self.folder = server, folder
        self.user, self.device, self.token = session["user_id"], session["device_id"], session["access_token"]
        self._http = httpx.AsyncClient(
            base_url=f"{server.url}/_matrix/client/v3", headers={"Authorization": f"Bearer {self.token}"}, timeout=30
        )

    @classmethod
    def again(cls, other: Person, folder: File) -> Self:
        """The same person with one more program."""
        who = {"type": "m.id.user", "user": other.user}
        body = {"type": "m.login.password", "identifier": who, "password": PASSWORD}
        return cls(other.server, "", folder, other.server.ask("/_matrix/client/v3/login", body))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the server answers; a failure is the test's."""
        answer = await self._http.request(method, path, json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def make_room(self, *guests: Person, **more: Any) -> str:
        """A room that all `guests` join."""
        body = {"preset": "private_chat", "invite": [guest.user for guest in guests], **more}
        room = str((await self.ask("POST", "/createRoom", body))["room_id"])
        for guest in guests:
            await guest.ask("POST", f"/rooms/{room}/join", {})
        return room

    async def say(self, room: str, text: str, **more: Any) -> str:
        """Sends a text; the id of its event."""
        return await self.send(room, {"msgtype": "m.text", "body": text, **more})

    async def send(self, room: str, content: Mapping[str, Any], kind: str = "m.room.message") -> str:
        """Sends an event as it is."""
        place = f"/rooms/{room}/send/{kind}/{next(_counter)}-{self.device}"
        return str((await self.ask("PUT", place, content))["event_id"])

    async def heard(self, room: str) -> list[Said]:
        """All messages of a room that this person's program shows, oldest first."""
        page = await self.ask("GET", f"/rooms/{room}/messages?dir=b&limit=1000")
        return [
            Said(raw["event_id"], raw["sender"], raw["content"])
            for raw in reversed(page["chunk"])
            if raw["type"] == "m.room.message"
        ]


class SealedPerson(Person):
    """Somebody whose rooms are encrypted, whose device is signed, and whose program gives keys only to signed devices and
    shows only what they sent."""

    signs = True
    recovery_key = ""
    _since = ""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self._rooms: dict[str, list[Said]] = {}
        self._db = Database.create(
            URL.build(scheme="sqlite", path=str(self.folder / f"{self.device}.db")),
            upgrade_table=PgCryptoStore.upgrade_table,
        )
        await self._db.start()
        await PgCryptoStateStore.upgrade_table.upgrade(self._db)
        states = PgCryptoStateStore(self._db)
        self.client: Any = Client(self.user, self.device, api=HTTPAPI(self.server.url, self.token), state_store=states)
        store: Any = PgCryptoStore("test", "test", self._db)
        self.machine: Any = OlmMachine(self.client, store, states)
        self.machine.send_keys_min_trust = TrustState.CROSS_SIGNED_TOFU
        self.client.crypto = self.machine
        await self.machine.load()
        await store.put_device_id(self.device)
        await self.machine.share_keys(0)
        if self.signs and await self.machine.get_own_cross_signing_public_keys() is None:
            self.recovery_key = await self.machine.generate_recovery_key()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.api.session.close()
        await self._db.stop()
        await super().__aexit__()

    async def make_room(self, *guests: Person, **more: Any) -> str:
        sealed = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        room = await super().make_room(*guests, initial_state=[sealed], **more)
        await self.look()
        return room

    async def send(self, room: str, content: Mapping[str, Any], kind: str = "m.room.message") -> str:
        await self.look()
        return str(await self.client.send_message_event(room, EventType.find(kind), dict(content)))

    async def send_open(self, room: str, content: Mapping[str, Any]) -> str:
        """Sends without encryption, also where there should be some."""
        return await super().send(room, content)

    async def heard(self, room: str) -> list[Said]:
        await self.look()
        return self._rooms.get(room, [])

    async def look(self) -> None:
        """Takes all that the server has."""
        page = await self.client.sync(since=self._since, timeout=0)
        self._since = page["next_batch"]
        await self.machine.handle_device_lists(DeviceLists(page.get("device_lists", {}).get("changed", [])))
        for raw in page.get("to_device", {}).get("events", []):
            event = ToDeviceEvent.deserialize(raw)
            if event.type == EventType.TO_DEVICE_ENCRYPTED:
                await self.machine.handle_to_device_event(event)
        left = page.get("device_one_time_keys_count", {}).get("signed_curve25519", 0)
        await self.machine.handle_otk_count(DeviceOTKCount(signed_curve25519=left, curve25519=0))
        for room, data in page.get("rooms", {}).get("join", {}).items():
            for raw in [*data["state"]["events"], *data["timeline"]["events"]]:
                await self._take(room, {**raw, "room_id": room})

    async def _take(self, room: str, raw: dict[str, Any]) -> None:
        if "state_key" in raw:
            state = StateEvent.deserialize(raw)
            await self.machine.handle_member_event(state) if raw["type"] == "m.room.member" else None
            await self.client.state_store.update_state(state)
        elif raw["type"] == "m.room.encrypted" and raw["content"]:
            try:
                found: Any = await self.machine.decrypt_megolm_event(Event.deserialize(raw))
            except DecryptionError:
                return
            if found["mautrix"]["trust_state"] >= TrustState.CROSS_SIGNED_TOFU and found.type.t == "m.room.message":
                self._rooms.setdefault(room, []).append(Said(raw["event_id"], raw["sender"], found.content.serialize()))
