"""The journal's pages for the deputy: what it decided of each message, when the person was away, who wants no answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, get_args

import apsw
import msgspec
from msgspec import Struct

from sage.adapters.database import Database
from sage.adapters.journal.journal_channels import READ_ARRIVAL, arrival_of
from sage.adapters.journal.journal_ledger import note_outcome
from sage.core.deputy.guards import Heard
from sage.core.deputy.questions import likeness
from sage.core.deputy.replies import Reply, ReplyState
from sage.core.deputy.sayings import said
from sage.core.ledger import What
from sage.core.pauses import Pause
from sage.core.plugins.arrivals import Arrival

_LISTS = ("sources", "audience", "topics", "hints")
_REPLY = Reply.__struct_fields__
_ROW = ("id", "arrival", "account", "conversation", *_REPLY, "state", "final", "made_at", "ifnull(decided_at, '')")
_READ = f"SELECT {', '.join(_ROW)} FROM replies"  # noqa: S608


JOB = "deputy "
"""What the costs of an answer are booked on; the decision's id follows."""
_BECAME: dict[ReplyState, What] = {"approved": "kept", "edited": "edited", "denied": "ignored", "taken back": "undone"}
_SENT = "decision = 'answer' AND state = 'going'"


def _since(column: str) -> str:
    return f"julianday({column}) >= julianday(?)"  # times have the offset of their zone


class KeptReply(Struct, frozen=True):
    """A decision as the journal has it. `arrival` is the message (by id); `final` what was sent of a draft ("": nothing yet)."""

    id: str
    arrival: str
    account: str
    conversation: str
    reply: Reply
    state: ReplyState
    final: str = ""
    made_at: str = ""
    decided_at: str = ""


class ReplyPages:
    """Decisions as rows, one for a message. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unanswered(self, accounts: Iterable[str], since: datetime, *, first_only: bool = False) -> list[Arrival]:
        """Messages of some accounts that came in since then and that nothing was decided of, oldest first; with `first_only`
        the first of each conversation."""
        wanted = sorted(accounts)
        where = (
            f"i.state = 'kept' AND {_since('i.received_at')} AND i.account IN ({', '.join('?' * len(wanted))})"  # noqa: S608
            " AND NOT EXISTS (SELECT 1 FROM replies r WHERE r.arrival = i.id)"
        )
        if first_only:
            where = f"i.seq IN (SELECT min(i.seq) FROM inbound i WHERE {where} GROUP BY i.account, i.conversation)"  # noqa: S608
        rows = self._database.rows(
            f"{READ_ARRIVAL} WHERE {where} ORDER BY i.seq LIMIT 1000",
            (since.isoformat(), *wanted),
        )
        return [arrival_of(row) for row in rows]

    def is_edited(self, arrival: Arrival) -> bool:
        """Whether its sender changed a message afterwards."""
        rows = self._database.rows(
            "SELECT 1 FROM inbound WHERE account = ? AND edits = ? AND sender = ? LIMIT 1",
            (arrival.account, arrival.event, arrival.sender),
        )
        return bool(arrival.event and rows)

    def add(self, kept: KeptReply) -> bool:
        """Keeps a decision; False if one stands of that message."""
        with self._database.transaction() as connection:
            row = _row(kept)
            connection.execute(
                f"INSERT OR IGNORE INTO replies ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608
                tuple(row.values()),
            )
            return bool(connection.changes())

    def find(self, name: str) -> KeptReply | None:
        """The decision with an id, or the one of a message with that id."""
        return next(iter(self._rows("id = ? OR arrival = ?", name, name)), None)

    def latest(self, states: Iterable[ReplyState] = get_args(ReplyState), limit: int = 50) -> list[KeptReply]:
        """The last ones in some states, newest first; not those that were forgotten."""
        wanted = sorted(states)
        places = ", ".join("?" * len(wanted))
        return self._rows(f"contact != '' AND state IN ({places})", *wanted, tail=f"DESC LIMIT {int(limit)}")

    def open_count(self) -> int:
        """How many wait for the person."""
        return int(
            self._database.rows("SELECT count(*) FROM replies WHERE contact != '' AND state IN ('open', 'taken back')")[
                0
            ][0]
        )

    def answers_since(self, since: str, limit: int = 50) -> list[KeptReply]:
        """What Sage answered by itself from a moment on, newest first, also what was stopped before it left."""
        ours = "(decision = 'answer' OR reason IN ('taken back', 'kept back'))"
        where = f"contact != '' AND {ours} AND {_since('made_at')}"
        return self._rows(where, since, tail=f"DESC LIMIT {int(limit)}")

    def stopped(self) -> list[KeptReply]:
        """Automatic answers that did not go out, and will not."""
        return self._rows(
            "state = 'going' AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.answers = arrival AND o.permit = 'auto'"
            " AND o.state NOT IN ('dropped', 'failed'))"
        )

    def withdraw(self, kept: KeptReply, state: ReplyState, reason: str, text: str, at: datetime) -> bool:
        """An automatic answer is a draft again; what the outbox has of it never leaves."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE replies SET state = ?, decision = 'draft', reason = ?, text = ?, decided_at = ?"
                " WHERE id = ? AND state = 'going'",
                (state, reason, text, at.isoformat() if state != "open" else None, kept.id),
            )
            done = bool(connection.changes())
            if done:
                _notice(connection, kept.id, state, at)
            connection.execute(
                "UPDATE outbox SET state = 'dropped', changed_at = ?"
                " WHERE answers = ? AND permit = 'auto' AND state IN ('waiting', 'failed') AND ?",
                (at.isoformat(), kept.arrival, done),
            )
            return done

    def settle(self, name: str, before: ReplyState, state: ReplyState, at: datetime, final: str = "") -> bool:
        """Writes how the person decided, if it still is as it was `before`."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE replies SET state = ?, final = ?, decided_at = ? WHERE id = ? AND state = ?",
                (state, final, at.isoformat(), name, before),
            )
            done = bool(connection.changes())
            if done:
                _notice(connection, name, state, at)
            return done

    def answer(self, kept: KeptReply, at: datetime) -> bool:
        """The person answers (with `final`) a message for which Sage drafted nothing; False if something else was decided of it."""
        with self._database.transaction() as connection:
            if self.add(kept):
                return True
            connection.execute(
                "UPDATE replies SET contact = ?, state = ?, final = ?, decided_at = ? WHERE arrival = ? AND state = 'silent'",
                (kept.reply.contact, kept.state, kept.final, at.isoformat(), kept.arrival),
            )
            return bool(connection.changes())

    def compose_anew(self, name: str, reply: Reply) -> bool:
        """Another draft in the place of one that waits; False if it does not wait any more."""
        row = _reply_row(reply)
        with self._database.transaction() as connection:
            connection.execute(
                f"UPDATE replies SET {', '.join(f'{each} = ?' for each in row)} WHERE id = ? AND state = 'open'",  # noqa: S608
                (*row.values(), name),
            )
            return bool(connection.changes())

    # -- a conversation ---------------------------------------------------------------------------------------------

    def heard(self, arrival: Arrival) -> tuple[list[Heard], list[Heard]]:
        """What came in a message's conversation within the day before it, and what Sage answered there."""
        since = (datetime.fromisoformat(arrival.received_at) - timedelta(days=1)).isoformat()
        came = self._database.rows(
            "SELECT i.received_at, ifnull(t.text, ''), i.subject, i.reply_to FROM inbound i"
            " LEFT JOIN texts t ON t.id = i.text_id AND t.id != ''"
            " WHERE i.account = ? AND i.conversation = ? AND i.own = 0 AND julianday(i.received_at) >= julianday(?) AND i.id != ?"
            " AND i.seq < (SELECT seq FROM inbound WHERE id = ?) ORDER BY i.seq DESC LIMIT 50",
            (arrival.account, arrival.conversation, since, arrival.id, arrival.id),
        )
        sent = self._database.rows(
            f"SELECT made_at, text FROM replies WHERE account = ? AND conversation = ? AND {_SENT} AND {_since('made_at')}"  # noqa: S608
            " ORDER BY seq DESC LIMIT 50",
            (arrival.account, arrival.conversation, since),
        )
        return _heard((at, said(text, subject, answers=bool(to))) for at, text, subject, to in came), _heard(sent)

    def answers_to(self, contact: str, since: datetime) -> int:
        """How many automatic answers a contact got since then."""
        rows = self._database.rows(
            f"SELECT count(*) FROM replies WHERE contact = ? AND {_SENT} AND {_since('made_at')}",  # noqa: S608
            (contact, since.isoformat()),
        )
        return int(rows[0][0])

    def handed_off(self, account: str, conversation: str, since: datetime) -> bool:
        """Whether a conversation was told since then that the person will answer."""
        rows = self._database.rows(
            "SELECT 1 FROM outbox WHERE account = ? AND conversation = ?"  # noqa: S608
            f" AND permit = 'handoff' AND state NOT IN ('dropped', 'failed') AND {_since('made_at')} LIMIT 1",
            (account, conversation, since.isoformat()),
        )
        return bool(rows)

    def own_words(self, account: str, conversation: str, since: datetime) -> bool:
        """Whether the person wrote there themself since then."""
        rows = self._database.rows(
            f"SELECT 1 FROM inbound i WHERE account = ? AND conversation = ? AND own = 1 AND auto = 0 AND {_since('received_at')}"  # noqa: S608
            " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.account = i.account AND o.receipt = i.event)"  # Sage sent it
            f" UNION ALL SELECT 1 FROM outbox WHERE account = ? AND conversation = ? AND kind = 'direct'"
            f" AND {_since('made_at')} LIMIT 1",
            (account, conversation, since.isoformat()) * 2,
        )
        return bool(rows)

    def take_over(self, account: str, conversation: str, at: datetime | None) -> None:
        """The person answers there by themself from now on; None: no more."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM conversation_marks WHERE account = ? AND conversation = ? AND mark = 'taken over'",
                (account, conversation),
            )
            if at is not None:
                connection.execute(
                    "INSERT INTO conversation_marks (account, conversation, mark, at) VALUES (?, ?, 'taken over', ?)",
                    (account, conversation, at.isoformat()),
                )

    def taken_over(self) -> list[tuple[str, str]]:
        """The conversations (with their accounts) in which the person answers by themself."""
        rows = self._database.rows("SELECT account, conversation FROM conversation_marks WHERE mark = 'taken over'")
        return [(str(account), str(conversation)) for account, conversation in rows]

    # -- contacts ---------------------------------------------------------------------------------------------------

    def opt_out(self, contact: str, at: datetime) -> None:
        """Somebody wants no answers of Sage's."""
        self._database.run("INSERT OR IGNORE INTO opt_outs (contact, at) VALUES (?, ?)", (contact, at.isoformat()))

    def opt_in(self, contact: str) -> None:
        """The person says that they may be answered again."""
        self._database.run("DELETE FROM opt_outs WHERE contact = ?", (contact,))

    def opted_out(self) -> frozenset[str]:
        """Contacts who want no answers."""
        return frozenset(str(row[0]) for row in self._database.rows("SELECT contact FROM opt_outs"))

    # -- being away -------------------------------------------------------------------------------------------------

    def begin_absence(self, absence: Pause) -> None:
        """The person is away, in the place of an absence that lasts."""
        with self._database.transaction() as connection:
            self.end_absence(absence.since)
            connection.execute("INSERT INTO absences (since, until) VALUES (?, ?)", (absence.since, absence.until))

    def end_absence(self, at: str) -> None:
        """The person is back."""
        self._database.run("UPDATE absences SET ended_at = ? WHERE ended_at IS NULL", (at,))

    def absence(self) -> Pause | None:
        """The last time that the person was, or is, away."""
        rows = self._database.rows("SELECT since, until, ifnull(ended_at, '') FROM absences ORDER BY seq DESC LIMIT 1")
        return Pause(*rows[0]) if rows else None

    def _rows(self, where: str, *values: Any, tail: str = "") -> list[KeptReply]:
        return [_kept(row) for row in self._database.rows(f"{_READ} WHERE {where} ORDER BY seq {tail}", values)]


def _heard(rows: Iterable[tuple[Any, ...]]) -> list[Heard]:
    return [Heard(datetime.fromisoformat(at), likeness(text)) for at, text in rows]


def _row(kept: KeptReply) -> dict[str, apsw.SQLiteValue]:
    row: dict[str, Any] = {
        name: getattr(kept, name) for name in ("id", "arrival", "account", "conversation", "state", "final")
    }
    return row | _reply_row(kept.reply) | {"made_at": kept.made_at, "decided_at": kept.decided_at or None}


def _reply_row(reply: Reply) -> dict[str, apsw.SQLiteValue]:
    row = {name: getattr(reply, name) for name in _REPLY}
    return row | {name: msgspec.json.encode(row[name]).decode() for name in _LISTS}


def _kept(row: tuple[Any, ...]) -> KeptReply:
    fields = dict(zip(("id", "arrival", "account", "conversation", *_REPLY, "state", "final", "made_at", "decided_at"), row,
                      strict=True))  # fmt: skip
    reply = {name: fields.pop(name) for name in _REPLY}
    reply |= {name: msgspec.json.decode(reply[name]) for name in _LISTS}
    return msgspec.convert({**fields, "reply": reply}, KeptReply)


def _notice(connection: apsw.Connection, name: str, state: ReplyState, at: datetime) -> None:
    """What became of a draft that a model had a part in."""
    what, job = _BECAME.get(state), f"{JOB}{name}"
    if what and connection.execute("SELECT 1 FROM costs WHERE turn = ? LIMIT 1", (job,)).fetchone():
        note_outcome(connection, job, what, "signal", at)
