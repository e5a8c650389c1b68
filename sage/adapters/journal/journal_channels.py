"""The journal's pages for messages that come in: each once, with the cursor after it, in one commit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from sage.adapters.database import Database
from sage.adapters.journal.journal_texts import keep_text
from sage.core.passages import RememberedText
from sage.core.plugins.admission import Admission, Admit, Hold, Ignore
from sage.core.plugins.arrivals import Arrival, State
from sage.plugin_api import Inbound

_COLUMNS = (
    "i.id, i.account, i.conversation, i.sender, i.state, i.reason, i.name, i.contact, i.subject, coalesce(t.text, ''), "
    "i.text_id, i.thread, i.reply_to, i.edits, i.grouped, i.members, i.verified, i.left_out, i.unreadable, i.attachments, "
    "i.at, i.received_at, i.settled_at IS NOT NULL, i.event, i.answer_to"
)
READ_ARRIVAL = f"SELECT {_COLUMNS} FROM inbound i LEFT JOIN texts t ON t.id = i.text_id AND t.id != ''"  # noqa: S608


_STATES: dict[type[Admission], State] = {Admit: "kept", Hold: "held", Ignore: "ignored"}


class Judged(Struct, frozen=True):
    """A message, cleaned, and what was decided of it."""

    event: Inbound
    admission: Admission


class ChannelPages:
    """Messages as rows. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cursor(self, account: str) -> str:
        """Up to where an account's messages are kept; "" for a new one."""
        rows = self._database.rows("SELECT cursor FROM channel_cursors WHERE account = ? AND stream = ''", (account,))
        return str(rows[0][0]) if rows else ""

    def take(self, account: str, messages: Sequence[Judged], cursor: str, at: datetime) -> list[str]:
        """Keeps messages and the cursor after them, and returns the ids of those that are new here. One that came before is
        left as it is, also if it was forgotten since."""
        with self._database.transaction() as connection:
            new = [name for each in messages if (name := _keep(connection, account, each, at))]
            connection.execute(
                "INSERT INTO channel_cursors (account, stream, cursor, at) VALUES (?, '', ?, ?) "
                "ON CONFLICT (account, stream) DO UPDATE SET cursor = excluded.cursor, at = excluded.at",
                (account, cursor, at.isoformat()),
            )
        return new

    def arrivals(
        self, *, states: Iterable[str] = ("kept", "held"), open_only: bool = False, limit: int = 50
    ) -> list[Arrival]:
        """The latest messages in some states, newest first; with `open_only` those that nobody has settled."""
        wanted = list(states)
        places = ", ".join("?" * len(wanted))
        still = "AND i.settled_at IS NULL " if open_only else ""
        rows = self._database.rows(
            f"{READ_ARRIVAL} WHERE i.sender != '' AND i.state IN ({places}) {still}ORDER BY i.seq DESC LIMIT ?",
            (*wanted, limit),
        )
        return [arrival_of(row) for row in rows]

    def find(self, name: str) -> Arrival | None:
        """The message with an id."""
        rows = self._database.rows(f"{READ_ARRIVAL} WHERE i.id = ?", (name,))
        return arrival_of(rows[0]) if rows else None

    def last_of(self, account: str, conversation: str) -> Arrival | None:
        """What another wrote last in a conversation, whether or not it was kept; tells who is in it."""
        rows = self._database.rows(
            f"{READ_ARRIVAL} WHERE i.account = ? AND i.conversation = ? AND i.own = 0 AND i.sender != ''"
            " ORDER BY i.seq DESC LIMIT 1",
            (account, conversation),
        )
        return arrival_of(rows[0]) if rows else None

    def last_from(self, addresses: Iterable[str]) -> Arrival | None:
        """What somebody wrote last, from any of their addresses (`PLUGIN:ADDRESS`), whether or not it was kept."""
        known = [address.strip().partition(":") for address in addresses]
        where = " OR ".join(["(lower(i.sender) = lower(?) AND substr(i.account, 1, ?) = lower(?))"] * len(known))
        rows = self._database.rows(
            f"{READ_ARRIVAL} WHERE i.sender != '' AND ({where or 'false'}) ORDER BY i.seq DESC LIMIT 1",
            [value for plugin, _, rest in known for value in (rest.strip(), len(plugin) + 1, f"{plugin}/")],
        )
        return arrival_of(rows[0]) if rows else None

    def settle(self, name: str, at: datetime) -> None:
        """Nobody needs to look at it any more."""
        self._database.run(
            "UPDATE inbound SET settled_at = ? WHERE id = ? AND settled_at IS NULL", (at.isoformat(), name)
        )


def arrival_id(account: str, event: str) -> str:
    """The id of a message: the same at every delivery."""
    return "i" + hashlib.sha256(f"{account}\0{event}".encode()).hexdigest()[:12]


def message_thread(account: str, conversation: str) -> str:
    """The thread of a conversation's messages in memory."""
    return f"message/{account}/{conversation}"


def _keep(connection: apsw.Connection, account: str, judged: Judged, at: datetime) -> str:
    """Its id if it is new, else ""."""
    event, admission = judged.event, judged.admission
    row: dict[str, Any] = {
        "id": arrival_id(account, event.id),
        "account": account,
        "event": event.id,
        "conversation": event.conversation,
        "sender": event.sender.id,
        "grouped": event.group,
        "own": event.own or admission == Ignore("own"),
        "auto": event.auto,
        "verified": event.verified,
        "state": _STATES[type(admission)],
        "reason": "" if isinstance(admission, Admit) else admission.why,
        "at": event.at,
        "received_at": at.isoformat(),
        "settled_at": at.isoformat() if isinstance(admission, Ignore) else None,
    }
    if isinstance(admission, Admit):
        row |= {
            "thread": event.thread,
            "reply_to": event.reply_to,
            "answer_to": event.answer_to,
            "edits": event.edits,
            "name": event.sender.name,
            "members": msgspec.json.encode(event.members).decode(),
            "contact": admission.contact,
            "subject": event.subject,
            "left_out": event.left_out,
            "unreadable": event.unreadable,
            "attachments": msgspec.json.encode(event.attachments).decode(),
        }
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT OR IGNORE INTO inbound ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
    if not connection.changes():
        return ""
    if isinstance(admission, Admit) and (words := _words(event)):
        text = keep_text(connection, _remembered(account, event, admission, words))
        connection.execute("UPDATE inbound SET text_id = ? WHERE id = ?", (text, row["id"]))
    return str(row["id"])


def _words(event: Inbound) -> str:
    return "\n\n".join(filter(None, (event.subject, event.text.strip())))


def _remembered(account: str, event: Inbound, admission: Admit, words: str) -> RememberedText:
    """A chosen name never stands alone: it could be anybody's, the person's included."""
    thread = message_thread(account, event.conversation)
    speaker = f"{event.sender.name} ({event.sender.id})" if event.sender.name else event.sender.id
    return RememberedText(words, thread, thread, 0, speaker, event.at, "contact", admission.audience)


def arrival_of(row: tuple[Any, ...]) -> Arrival:
    """The message that a row of READ_ARRIVAL is."""
    fields = dict(zip(Arrival.__struct_fields__, row, strict=True))
    for name in ("members", "attachments"):
        fields[name] = msgspec.json.decode(fields[name])
    return msgspec.convert(fields | {"group": bool(fields["group"]), "settled": bool(fields["settled"])}, Arrival)
