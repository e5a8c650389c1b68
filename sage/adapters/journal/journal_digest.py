"""The journal's pages for digests: what came in and went out since a moment, and when the person looked last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from sage.adapters.database import Database
from sage.core.deputy.digesting import LONGEST_READ, Came, Decided, News, Went
from sage.core.deputy.sayings import said

DIGEST = "digest"
"""The kind of a row among rituals that only tells when the person looked at a digest."""
MOST_MESSAGES = 2000
"""That are read, the newest; the others are counted."""
_OPEN = "('open', 'taken back')"


class Chosen(Struct, frozen=True):
    """Of which messages a digest is made: of one account ("mail/me"), of all of a plugin ("mail"), of some addresses or names of
    senders; "" and none for all."""

    account: str = ""
    senders: tuple[str, ...] = ()


class DigestPages:
    """Reads rows, and notes when the person looked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def looked(self, now: datetime) -> None:
        """The person looks at all that came in until now."""
        at = now.astimezone(UTC).isoformat()
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM rituals WHERE kind = ?", (DIGEST,))
            connection.execute(
                "INSERT INTO rituals (kind, day, body, made_at) VALUES (?, ?, '', ?)", (DIGEST, f"{now:%Y-%m-%d}", at)
            )

    def last_look(self) -> datetime | None:
        """When the person looked last."""
        rows = self._database.rows("SELECT max(made_at) FROM rituals WHERE kind = ?", (DIGEST,))
        return datetime.fromisoformat(rows[0][0]) if rows[0][0] else None

    def last_brief(self, now: datetime) -> datetime | None:
        """When the person looked last at a brief of a day before today's."""
        rows = self._database.rows(
            "SELECT max(made_at) FROM rituals WHERE kind = 'brief' AND day < ?", (f"{now:%Y-%m-%d}",)
        )
        return datetime.fromisoformat(rows[0][0]) if rows[0][0] else None

    def count(self, since: datetime, until: datetime) -> int:
        """How many messages came in."""
        return _Window(self._database, since, until, Chosen()).count()

    def news(self, since: datetime, until: datetime, chosen: Chosen) -> News:
        """All that a digest of that time is made of; nothing of what was forgotten."""
        window = _Window(self._database, since, until, chosen)
        came = window.came()
        names = {one.id for one in came}
        return News(
            since.isoformat(), until.isoformat(), tuple(came), window.count(), window.decided(names), tuple(window.went()),
            window.own(), window.held(), self._waiting(),
        )  # fmt: skip

    def _waiting(self) -> int:
        rows = self._database.rows(f"SELECT count(*) FROM replies WHERE contact != '' AND state IN {_OPEN}")  # noqa: S608
        return int(rows[0][0])


class _Window:
    """The rows of one time and choice."""

    def __init__(self, database: Database, since: datetime, until: datetime, chosen: Chosen) -> None:
        self._database = database
        self._span = (since.isoformat(), until.isoformat())
        self._chosen = chosen

    def _where(self, at: str, *, of_sender: bool = True) -> tuple[str, list[Any]]:
        """What rows are meant, by the column of their time. (Times have the offset of their zone.)"""
        where = f"julianday({at}) > julianday(?) AND julianday({at}) <= julianday(?)"
        values: list[Any] = list(self._span)
        if self._chosen.account:
            where += " AND (account = ? OR account LIKE ? ESCAPE '\\')"
            plain = self._chosen.account.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            values += [self._chosen.account, f"{plain}/%"]
        if self._chosen.senders and of_sender:
            marks = ", ".join("?" * len(self._chosen.senders))
            where += (
                f" AND (lower(sender) IN ({marks}) OR lower(name) IN ({marks}) OR (account, conversation) IN"  # noqa: S608
                f" (SELECT i.account, i.conversation FROM inbound i WHERE i.grouped = 0 AND lower(i.sender) IN ({marks})))"
            )
            values += [each.lower() for each in self._chosen.senders] * 3
        return where, values

    def came(self) -> list[Came]:
        """The newest ones, the oldest of them first."""
        where, values = self._where("received_at")
        rows = self._database.rows(
            "SELECT id, account, conversation, event, sender, at, substr(ifnull((SELECT t.text FROM texts t WHERE t.id ="  # noqa: S608
            f" inbound.text_id AND t.id != ''), ''), 1, {LONGEST_READ}), name, edits, grouped, verified = 'yes',"
            " settled_at IS NOT NULL, unreadable, json_extract(attachments, '$[0].name'), subject, reply_to FROM inbound"
            f" WHERE state = 'kept' AND sender != '' AND {where} ORDER BY seq DESC LIMIT {MOST_MESSAGES}",
            values,
        )
        return [_came(row) for row in reversed(rows)]

    def count(self) -> int:
        """How many there are in all."""
        where, values = self._where("received_at")
        rows = self._database.rows(
            f"SELECT count(*) FROM inbound WHERE state = 'kept' AND sender != '' AND {where}",  # noqa: S608
            values,
        )
        return int(rows[0][0])

    def held(self) -> dict[str, int]:
        """By account how many were held; whom they are from is asked nobody."""
        where, values = self._where("received_at")
        rows = self._database.rows(
            f"SELECT account, count(*) FROM inbound WHERE state = 'held' AND sender != '' AND {where} GROUP BY account",  # noqa: S608
            values,
        )
        return {str(account): int(count) for account, count in rows}

    def decided(self, names: set[str]) -> dict[str, Decided]:
        """What was decided of messages, by their ids."""
        rows = self._database.rows(
            "SELECT arrival, decision, state, text != '' AND decision = 'draft' FROM replies WHERE contact != ''"
        )
        return {
            arrival: Decided(decision, state, bool(drafted))
            for arrival, decision, state, drafted in rows
            if arrival in names
        }

    def went(self) -> Iterator[Went]:
        """What went out, or is about to; not what went wrong, which is told elsewhere."""
        import msgspec

        where, values = self._where("made_at", of_sender=False)
        rows = self._database.rows(
            "SELECT id, account, conversation, made_at, text, permit, answers, recipients, state != 'sent' FROM outbox"  # noqa: S608
            " WHERE text != '' AND kind IN ('direct', 'reply') AND state IN ('sent', 'waiting', 'sending', 'repeating')"
            f" AND {where} ORDER BY seq",
            values,
        )
        for name, account, conversation, at, text, permit, answers, recipients, going in rows:
            by = {"auto": "sage", "handoff": "handoff"}.get(permit, "you")
            to = tuple(msgspec.json.decode(recipients, type=list[str]))
            if not self._chosen.senders or {each.lower() for each in to} & {
                each.lower() for each in self._chosen.senders
            }:
                yield Went(name, account, conversation, at, text[:LONGEST_READ], by, answers, to, bool(going))  # type: ignore[arg-type]

    def own(self) -> dict[tuple[str, str], str]:
        """When the person wrote last by themself, by account and conversation."""
        where, values = self._where("received_at", of_sender=False)
        rows = self._database.rows(
            "SELECT account, conversation, at, max(julianday(at)) FROM inbound"  # noqa: S608
            f" WHERE own = 1 AND conversation != '' AND {where} GROUP BY account, conversation",
            values,
        )
        return {(account, conversation): at for account, conversation, at, _ in rows}


def _came(row: tuple[Any, ...]) -> Came:
    name, account, conversation, event, sender, at, text, called, edits, group, vouched, settled = row[:12]
    unreadable, file, subject, answered = row[12:]
    without = unreadable or (f"a file: {file}" if file else "")
    words = said(text, subject, answers=bool(answered))
    return Came(
        name, account, conversation, event, sender, at, words, called, edits, bool(group), bool(vouched), bool(settled), without
    )  # fmt: skip
