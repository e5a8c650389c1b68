"""The journal's page for messages that go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from sage.adapters.database import Database
from sage.core.errors import BadInput
from sage.core.plugins.outbox import AN_HOUR, Message, Outcome, Recent, State

_COLUMNS = ", ".join(Message.__struct_fields__)


class OutboxPages:
    """Messages as rows; one for a key. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: Message) -> Message:
        """Keeps a message, once for its key, and returns the one that has it. Raises BadInput when that is another one."""
        row = msgspec.structs.asdict(message) | {"recipients": msgspec.json.encode(message.recipients).decode()}
        marks = ", ".join("?" * len(row))
        with self._database.transaction() as connection:
            connection.execute(
                f"INSERT OR IGNORE INTO outbox ({', '.join(row)}) VALUES ({marks})",  # noqa: S608
                tuple(row.values()),
            )
            (kept,) = self._rows("key = ?", message.key)
        if kept.digest != message.digest:
            raise BadInput("Another message has that key already.", safe="Nothing was sent.")
        return kept

    def claim(self, message: Message, at: datetime) -> bool:
        """Writes that it is being sent, before it is; False when its state is another one by now."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE outbox SET state = 'sending', tries = tries + 1, changed_at = ? WHERE id = ? AND state = ?",
                (at.isoformat(), message.id, message.state),
            )
            return bool(connection.changes())

    def settle(self, message: Message, before: State, outcome: Outcome, at: datetime) -> bool:
        """Writes what became of it, if it still is as it was `before`."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE outbox SET state = ?, reason = ?, receipt = ?, next_at = ?, changed_at = ? WHERE id = ? AND state = ?",
                (outcome.state, outcome.reason, outcome.receipt, outcome.next_at, at.isoformat(), message.id, before),
            )
            return bool(connection.changes())

    def again(self, message: Message, send_by: datetime, at: datetime) -> bool:
        """The person wants one that is uncertain or failed sent once more, until `send_by`."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE outbox SET state = 'waiting', tries = 0, reason = '', next_at = '', send_by = ?, changed_at = ? "
                "WHERE id = ? AND state IN ('uncertain', 'failed') AND text != ''",
                (send_by.isoformat(), at.isoformat(), message.id),
            )
            return bool(connection.changes())

    def in_state(self, *states: State) -> list[Message]:
        """Those in some states, in the order in which they were made."""
        places = ", ".join("?" * len(states))
        return self._rows(f"state IN ({places})", *states)

    def latest(self, limit: int = 50) -> list[Message]:
        """The last ones, newest first; not those that were forgotten."""
        return self._rows("text != ''", tail=f"DESC LIMIT {int(limit)}")

    def find(self, name: str) -> Message | None:
        """The message with an id."""
        return next(iter(self._rows("id = ?", name)), None)

    def answers_of(self, arrival: str) -> list[Message]:
        """What answers a message, the newest first."""
        return self._rows("answers = ?", arrival, tail="DESC")

    def keyed(self, beginning: str) -> list[Message]:
        """Those whose keys begin so, the oldest first; not those that were forgotten."""
        return self._rows("text != '' AND substr(key, 1, ?) = ?", len(beginning), beginning)

    def recent(self, message: Message, now: datetime) -> Recent:
        """What went out within the last hour, or may have."""
        rows = self._database.rows(
            "SELECT changed_at, conversation = ? FROM outbox WHERE account = ? AND state IN ('sent', 'sending', 'uncertain')"
            " ORDER BY seq DESC LIMIT 1000",
            (message.conversation, message.account),
        )
        found = [(at, here) for text, here in rows if now - (at := datetime.fromisoformat(text)) < AN_HOUR]
        return Recent([at for at, here in found if here], [at for at, _ in found])

    def _rows(self, where: str, *values: Any, tail: str = "") -> list[Message]:
        rows: Sequence[tuple[Any, ...]] = self._database.rows(
            f"SELECT {_COLUMNS} FROM outbox WHERE {where} ORDER BY seq {tail}",  # noqa: S608
            values,
        )
        return [_message(row) for row in rows]


def _message(row: tuple[Any, ...]) -> Message:
    fields = dict(zip(Message.__struct_fields__, row, strict=True))
    return msgspec.convert(
        fields | {"recipients": msgspec.json.decode(fields["recipients"]), "auto": bool(fields["auto"])}, Message
    )
