"""This account as a device among those of its user: its keys on disk, what it can read, and whom it writes to."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path as File
from typing import Any, NamedTuple

from mautrix.client import Client
from mautrix.crypto import OlmMachine, PgCryptoStateStore, PgCryptoStore
from mautrix.errors import (
    DecryptionError,
    EncryptionError,
    MatrixError,
    MatrixRequestError,
    MNotFound,
    SessionNotFound,
    SessionShareError,
    VerificationError,
)
from mautrix.types import (
    DecryptedOlmEvent,
    DeviceLists,
    DeviceOTKCount,
    EventType,
    SessionID,
    ToDeviceEvent,
    TrustState,
)
from mautrix.util.async_db.aiosqlite import SQLiteDatabase
from olm.group_session import OlmGroupSessionError
from yarl import URL

from sage.plugin_api import PluginError, Refused, Unreachable

from .line import Line
from .reading import Verified, list_of, table_of, text_of

_FILE = "device.db"
_ID = "sage"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS sage_said (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sage_taken (digest TEXT PRIMARY KEY)",
    """CREATE TABLE IF NOT EXISTS sage_waiting (
        event TEXT PRIMARY KEY, room TEXT NOT NULL, session TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0)""",
)
_WAITING = 2000
"""How many messages may wait for their keys; the oldest go first."""
_NEW_KEYS = 3
"""How often new keys are tried when the server has others under their names (a folder from an old backup)."""


PERHAPS, SURELY = 1, 2


class Waiting(NamedTuple):
    """A message whose key is not here. `told`: whether it came in as unreadable: 0 no, PERHAPS, SURELY."""

    event: str
    room: str
    told: int


class Machine(OlmMachine):
    """mautrix's own, where a fault must not pass unseen and a stranger must not cost us a request."""

    unreached: Exception | None = None
    """Why some devices got no key of the last session."""

    async def _create_outbound_sessions(self, users: Any, _force_recreate_session: bool = False) -> None:
        try:
            await super()._create_outbound_sessions(users, _force_recreate_session)
        except (PluginError, MatrixError) as error:
            self.unreached = error
            raise

    async def _unwedge_session(self, sender: Any, sender_key: Any) -> None:
        if await self.crypto_store.find_device_by_key(sender, sender_key) is not None:
            await super()._unwedge_session(sender, sender_key)

    async def _receive_forwarded_room_key(self, evt: DecryptedOlmEvent) -> None:
        if evt.sender == self.client.mxid:  # from others nobody knows whose key it is
            await super()._receive_forwarded_room_key(evt)

    async def _share_keys(self, current_otk_count: int | None) -> None:
        """On disk before they are published: a key that is used and not there is a message that cannot be read."""
        account: Any = self.account
        if current_otk_count is None:
            current_otk_count = 0
        for _ in range(_NEW_KEYS):
            keys = account.get_one_time_keys(self.client.mxid, self.client.device_id, current_otk_count)
            device = None if account.shared else account.get_device_keys(self.client.mxid, self.client.device_id)
            if not (keys or device):
                return
            await self.crypto_store.put_account(account)
            try:
                await self.client.upload_keys(one_time_keys=keys, device_keys=device)
            except MatrixRequestError:
                if not account.shared:
                    raise
                account.mark_keys_as_published()
                continue
            account.shared = True
            account.mark_keys_as_published()
            await self.crypto_store.put_account(account)
            return


class _Database(SQLiteDatabase):
    """mautrix's own leaves a transaction open when whoever works in it is cancelled; all that follows would then be lost
    with it."""

    @contextlib.asynccontextmanager
    async def _acquire(self) -> AsyncIterator[Any]:
        connection: Any
        async with super()._acquire() as connection:
            try:
                yield connection
            except BaseException:
                await connection.wrapped.rollback()
                raise


class Device:
    """The device of one account. Its file also keeps what has to outlive a restart: see `_TABLES`."""

    def __init__(self, folder: File, line: Line) -> None:
        path = folder / _FILE
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = _Database(
            URL.build(scheme="sqlite", path=str(path)),
            upgrade_table=PgCryptoStore.upgrade_table,
            db_args={"init_commands": ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"]},
        )
        # mautrix has a type for each sort of id; here they are what the server sent: strings
        self.rooms: Any = PgCryptoStateStore(self._db)
        self._outrun = False
        self.client: Any = Client("", api=line, state_store=self.rooms)

    # --- its file

    async def open(self) -> None:
        await self._db.start()
        await PgCryptoStateStore.upgrade_table.upgrade(self._db)
        for table in _TABLES:
            await self._db.execute(table)

    async def close(self) -> None:
        await self._db.stop()

    async def said(self, name: str) -> str:
        """A value that was kept, or ""."""
        return await self._db.fetchval("SELECT value FROM sage_said WHERE name = $1", name) or ""

    async def keep(self, name: str, value: str) -> None:
        await self._db.execute("INSERT OR REPLACE INTO sage_said VALUES ($1, $2)", name, value)

    async def begin(self, user: str, device: str) -> None:
        """Takes up the keys of this device, or makes them if it is a new one."""
        self.client.mxid, self.client.device_id = user, device
        self.store: Any = PgCryptoStore(_ID, _ID, self._db)
        if await self.store.get_device_id() not in (None, "", device):
            await self.store.delete()
            self.store = PgCryptoStore(_ID, _ID, self._db)
        self.machine: Any = Machine(self.client, self.store, self.rooms)
        await self.machine.load()
        await self.store.put_device_id(device)
        account: Any = self.machine.account
        if not account.shared:
            await self.machine.share_keys(0)
        # A session that went on after a backup was made must not go on again from there: its numbers would repeat.
        await self._db.execute("DELETE FROM crypto_megolm_outbound_session")
        await self._count_openings()

    async def _count_openings(self) -> None:
        """If the server knows of more openings than this file, the file is from a backup."""
        kind, counted = f"org.sage.opened.{self.client.device_id}", int(await self.said("opened") or 0)
        try:
            known = table_of(await self.client.get_account_data(kind)).get("count")
        except MNotFound:
            known = 0
        self._outrun = isinstance(known, int) and known > counted
        following = str(1 + max(counted, known if isinstance(known, int) else 0))
        await self.client.set_account_data(kind, {"count": int(following)})
        await self.keep("opened", following)

    # --- what a sync brings for the device itself

    async def take(self, page: Mapping[str, Any]) -> bool:
        """Takes keys and lists of devices, on disk when it returns; whether there were messages for this device."""
        changed = table_of(page.get("device_lists")).get("changed")
        if isinstance(changed, list):
            await self.machine.handle_device_lists(DeviceLists(changed=[each for each in changed if text_of(each)]))
        events = list_of(table_of(page.get("to_device")).get("events"))
        for raw in events:
            digest = hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()
            if await self._db.fetchval("SELECT 1 FROM sage_taken WHERE digest = $1", digest) is None:
                await self._take_one(raw)
                await self._db.execute("INSERT OR IGNORE INTO sage_taken VALUES ($1)", digest)
        counts = table_of(page.get("device_one_time_keys_count"))
        count = counts.get("signed_curve25519")
        if "device_one_time_keys_count" in page:
            left = count if isinstance(count, int) else 0
            await self.machine.handle_otk_count(DeviceOTKCount(signed_curve25519=left, curve25519=0))
        return bool(events)

    async def taken(self) -> None:
        """The cursor behind the last page is on disk: none of its messages comes again."""
        await self._db.execute("DELETE FROM sage_taken")

    async def _take_one(self, raw: Mapping[str, Any]) -> None:
        try:
            event = ToDeviceEvent.deserialize(raw)  # type: ignore[arg-type]
            if event.type == EventType.TO_DEVICE_ENCRYPTED:
                await self.machine.handle_to_device_event(event)
            elif event.type == EventType.ROOM_KEY_REQUEST:
                await self.machine.handle_room_key_request(event)
        except (PluginError, sqlite3.Error):
            raise
        except Exception:  # noqa: BLE001 - anybody can send anything here, and must not stop what others send
            return

    # --- rooms

    @contextlib.asynccontextmanager
    async def at_once(self) -> AsyncIterator[None]:
        """What is written in this block goes to disk together, or not at all."""
        connection: Any
        async with self._db.acquire() as connection, connection.transaction():
            yield

    async def set_member(self, room: str, user: str, membership: str, name: str) -> None:
        """Somebody came, left or has another name. Whoever was not there gets no key of before, and the other way round."""
        row = await self._db.fetchrow(
            "SELECT membership, displayname FROM mx_user_profile WHERE room_id = $1 AND user_id = $2", room, user
        )
        before = row["membership"] if row else ""
        if row and (before, row["displayname"]) == (membership, name):
            return
        reads = ("join", "invite")
        if (before in reads) != (membership in reads):
            await self.store.remove_outbound_group_session(room)
        await self._db.execute(
            "INSERT INTO mx_user_profile (room_id, user_id, membership, displayname) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (room_id, user_id) DO UPDATE SET membership = $3, displayname = $4",
            room,
            user,
            membership,
            name,
        )

    async def members(self, room: str) -> dict[str, str]:
        """All who are in a room or invited, with what they call themselves."""
        rows = await self._db.fetch(
            "SELECT user_id, displayname FROM mx_user_profile "
            "WHERE room_id = $1 AND membership IN ('join', 'invite') ORDER BY user_id",
            room,
        )
        return {row["user_id"]: row["displayname"] or "" for row in rows}

    async def room_with(self, other: str) -> str:
        """The room of this account and one other alone: an encrypted one rather than another, one where they are already
        rather than one that they are invited to; "" if there is none."""
        return text_of(
            await self._db.fetchval(
                "SELECT m.room_id FROM mx_user_profile m LEFT JOIN mx_room_state s ON s.room_id = m.room_id "
                "WHERE m.membership IN ('join', 'invite') GROUP BY m.room_id HAVING COUNT(*) = 2 "
                "AND SUM(m.user_id = $1 AND m.membership = 'join') = 1 AND SUM(m.user_id = $2) = 1 "
                "ORDER BY MAX(s.is_encrypted) DESC, SUM(m.membership = 'join') DESC, m.room_id LIMIT 1",
                self.client.mxid,
                other,
            )
        )

    async def set_encrypted(self, room: str, content: Mapping[str, Any]) -> None:
        """A room is encrypted from now on: nothing takes that back."""
        kept: dict[str, Any] = {"algorithm": text_of(content.get("algorithm"))}
        for name in ("rotation_period_ms", "rotation_period_msgs"):
            value = content.get(name)
            if isinstance(value, int) and 0 < value < 1 << 31:
                kept[name] = value
        if not await self.rooms.is_encrypted(room) or kept["algorithm"]:
            await self.rooms.set_encryption_info(room, kept)

    async def is_encrypted(self, room: str) -> bool:
        return bool(await self.rooms.is_encrypted(room))

    # --- messages

    async def decrypt(self, raw: Mapping[str, Any]) -> tuple[str, dict[str, Any], Verified]:
        """Kind and content of an encrypted event, and whether its sender's device is vouched for.

        Raises SessionNotFound while its key is not here, DecryptionError for what can never be read, PluginError.
        """
        content = table_of(raw.get("content"))
        room, session_id = text_of(raw.get("room_id")), text_of(content.get("session_id"))
        if content.get("algorithm") != "m.megolm.v1.aes-sha2" or not session_id:
            raise DecryptionError("unknown algorithm")
        session = await self.store.get_group_session(room, session_id)
        if session is None:
            raise SessionNotFound(SessionID(session_id))
        try:
            plain, index = session.decrypt(text_of(content.get("ciphertext")))
            said = table_of(json.loads(plain))
        except (OlmGroupSessionError, ValueError, RecursionError) as error:
            raise DecryptionError("broken") from error
        stamp, event = raw.get("origin_server_ts"), text_of(raw.get("event_id"))
        at = stamp if isinstance(stamp, int) and 0 <= stamp < 1 << 53 else 0
        if not await self.store.validate_message_index(session.sender_key, session_id, event, index, at):
            raise DecryptionError("a repetition of another message")
        if said.get("room_id") != room:
            raise DecryptionError("from another room")
        inner = dict(table_of(said.get("content")))
        if "m.relates_to" in content:
            inner.setdefault("m.relates_to", content["m.relates_to"])
        return text_of(said.get("type")), inner, await self._verified(text_of(raw.get("sender")), session)

    async def _verified(self, sender: str, session: Any) -> Verified:
        if session.forwarding_chain:
            return "no"
        device = await self.machine.get_or_fetch_device_by_key(sender, session.sender_key)
        if device is None:
            return "no"
        if device.signing_key != session.signing_key:
            raise VerificationError
        trust = await self.machine.resolve_trust(device)
        if trust >= TrustState.CROSS_SIGNED_TOFU:
            return "yes"
        return "no" if await self.store.get_cross_signing_keys(sender) else "unknown"

    async def encrypt(self, room: str, users: Sequence[str], content: Mapping[str, Any]) -> dict[str, Any]:
        """The content of an event that all devices of `users` can read, and nobody else."""
        try:
            sealed = await self.machine.encrypt_megolm_event(room, EventType.ROOM_MESSAGE, dict(content))
        except EncryptionError:
            try:
                await self._share(room, users)
            except SessionShareError as error:
                raise Refused("This room is encrypted in a way that Sage does not know.") from error
            sealed = await self.machine.encrypt_megolm_event(room, EventType.ROOM_MESSAGE, dict(content))
        found: dict[str, Any] = sealed.serialize()
        return found

    async def _share(self, room: str, users: Sequence[str]) -> None:
        """Gives a new session's key to all devices; if one could not be asked, nobody gets a message that some cannot read."""
        self.machine.unreached = None
        if self._outrun:  # what was said with the old sessions since then makes them worthless
            for user in users:
                known = {user: await self.store.get_devices(user) or {}}
                with contextlib.suppress(Exception):  # mautrix raises it when one device has no keys to offer
                    await self.machine._create_outbound_sessions(known, _force_recreate_session=True)
        await self.machine.share_group_session(room, list(users))
        unknown = [user for user in users if await self.store.get_devices(user) is None]
        if self.machine.unreached or unknown:
            await self.store.remove_outbound_group_session(room)
            raise Unreachable(
                "The server of one of the recipients does not give their keys."
            ) from self.machine.unreached

    # --- messages that wait for their keys

    async def wait(self, event: str, room: str, session: str) -> None:
        """Remembers a message whose key is not here."""
        await self._db.execute(
            "INSERT OR IGNORE INTO sage_waiting (event, room, session) VALUES ($1, $2, $3)", event, room, session
        )
        await self._db.execute(
            "DELETE FROM sage_waiting WHERE rowid NOT IN (SELECT rowid FROM sage_waiting ORDER BY rowid DESC LIMIT $1)",
            _WAITING,
        )

    async def readable(self) -> list[Waiting]:
        """What can be read by now, oldest first."""
        return await self._waiting(
            "w JOIN crypto_megolm_inbound_session s ON s.session_id = w.session AND s.room_id = w.room "
            "WHERE s.session IS NOT NULL"
        )

    async def untold(self) -> list[Waiting]:
        """What nobody was surely told of, oldest first."""
        return await self._waiting(f"w WHERE told < {SURELY}")

    async def _waiting(self, which: str) -> list[Waiting]:
        rows = await self._db.fetch(f"SELECT w.event, w.room, w.told FROM sage_waiting {which} ORDER BY w.rowid")  # noqa: S608 - fixed text
        return [Waiting(row["event"], row["room"], row["told"]) for row in rows]

    async def tell(self, event: str, *, surely: bool) -> None:
        """It came in as unreadable, and that is on disk (`surely`) or may be."""
        told = SURELY if surely else PERHAPS
        await self._db.execute("UPDATE sage_waiting SET told = $1 WHERE event = $2", told, event)

    async def forget(self, event: str) -> None:
        await self._db.execute("DELETE FROM sage_waiting WHERE event = $1", event)

    # --- signatures

    async def is_signed(self) -> bool:
        """Whether the user's own keys vouch for this device, as the server has it now."""
        await self.machine._fetch_keys([self.client.mxid], include_untracked=True)
        trust: TrustState = await self.machine.resolve_trust(self.machine.own_identity)
        return bool(trust >= TrustState.CROSS_SIGNED_TOFU)
