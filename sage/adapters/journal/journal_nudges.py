"""The journal's pages for nudges: each with every decision about it, from the first on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from sage.adapters.database import Database, stamp
from sage.core.nudge_words import Nudge, NudgeDecision, Thing
from sage.core.nudges import Answer

_NUDGE = "id, kind, about, text, state, made_at, sent_at, answered_at, answer, until, features"


class NudgePages:
    """Nudges as rows. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, things: Iterable[tuple[str, Thing]], at: datetime) -> None:
        """Makes the waiting nudges those about some things, each with the id that it gets if it is new.

        One that waits about something else is gone. What is waiting already, or sent and not answered, is not made again.
        """
        given = list(things)
        abouts = {thing.about for _, thing in given}
        with self._database.transaction() as connection:
            newest = {one.about: one for one in self._nudges("seq IN (SELECT max(seq) FROM nudges GROUP BY about)", ())}
            for one in newest.values():
                if one.state == "waiting" and one.about not in abouts:
                    connection.execute("UPDATE nudges SET state = 'gone' WHERE id = ?", (one.id,))
            for name, thing in given:
                known = newest.get(thing.about)
                features = msgspec.json.encode(_features(thing, known)).decode()
                if known is None or known.state not in ("waiting", "sent"):
                    connection.execute(
                        "INSERT INTO nudges (id, kind, about, text, state, until, features, made_at) "
                        "VALUES (?, ?, ?, ?, 'waiting', '', ?, ?)",
                        (name, thing.kind, thing.about, thing.title, features, _utc(at)),
                    )
                elif known.state == "waiting" and _has_changed(thing, known):
                    connection.execute(
                        "UPDATE nudges SET text = ?, features = ?, until = '' WHERE id = ?",
                        (thing.title, features, known.id),
                    )

    def decide(self, nudge: str, decision: NudgeDecision, points: dict[str, float] | None = None) -> None:
        """Notes what was decided, with the points of a score that did not suffice. The same said again is one entry."""
        with self._database.transaction() as connection:
            last = self.decisions(nudge)[-1:]
            same = last and (last[0].decision, last[0].reason) == (decision.decision, decision.reason)
            if not same or decision.decision == "send":
                connection.execute(
                    "INSERT INTO nudge_decisions (nudge, at, decision, reason, until, propensity) VALUES (?, ?, ?, ?, ?, ?)",
                    (nudge, decision.at, decision.decision, decision.reason, decision.until, decision.propensity),
                )
            connection.execute("UPDATE nudges SET until = ? WHERE id = ?", (decision.until, nudge))
            if points:
                connection.execute(
                    "UPDATE nudges SET features = json_set(features, '$.points', json(?)) WHERE id = ?",
                    (msgspec.json.encode(points).decode(), nudge),
                )

    def send(self, nudge: Nudge, decision: NudgeDecision, features: dict[str, Any]) -> None:
        """Notes that it is sent, with what spoke for it, in the transaction in which its telling is kept."""
        kept = msgspec.json.encode({**nudge.features, **features}).decode()
        with self._database.transaction() as connection:
            self.decide(nudge.id, decision)
            connection.execute(
                "UPDATE nudges SET state = 'sent', sent_at = ?, features = ? WHERE id = ?",
                (decision.at, kept, nudge.id),
            )

    def come_back(self, nudge: str) -> None:
        """One that was sent and could not be told waits again."""
        self._database.run(
            "UPDATE nudges SET state = 'waiting', sent_at = NULL WHERE id = ? AND state = 'sent'", (nudge,)
        )

    def lapse(self, before: datetime) -> None:
        """Those sent before a moment that nobody answered wait for an answer no longer."""
        self._database.run(
            "UPDATE nudges SET state = 'lapsed' WHERE state = 'sent' AND answer = '' AND sent_at < ?", (_utc(before),)
        )

    def answer(self, nudge: str, answer: Answer, at: datetime) -> None:
        """Notes the person's answer; a later one takes its place."""
        state = "sent" if answer == "snoozed" else "answered"
        self._database.run(
            "UPDATE nudges SET state = ?, answer = ?, answered_at = ? WHERE id = ?", (state, answer, _utc(at), nudge)
        )

    def find(self, nudge: str) -> Nudge | None:
        """The nudge of an id."""
        return next(iter(self._nudges("id = ?", (nudge,))), None)

    def waiting(self) -> list[Nudge]:
        """Those that have not been sent."""
        return self._nudges("state = 'waiting'", ())

    def sent(self) -> list[Nudge]:
        """Those that were sent, in that order."""
        return sorted(self._nudges("sent_at IS NOT NULL", ()), key=lambda one: one.sent_at)

    def all(self) -> list[Nudge]:
        """All of them, as they were made."""
        return self._nudges("TRUE", ())

    def decisions(self, nudge: str) -> list[NudgeDecision]:
        """What was decided of one, in order."""
        rows = self._database.rows(
            "SELECT at, decision, reason, until, propensity FROM nudge_decisions WHERE nudge = ? ORDER BY seq", (nudge,)
        )
        return [NudgeDecision(*row) for row in rows]

    def held(self) -> list[Nudge]:
        """Those that wait, of which the gate last said that their time had not come: for the next brief, the soonest due first.

        What the person did not agree to, or was told of a short while ago, is not among them.
        """
        said = {
            nudge
            for nudge, reason in self._database.rows(
                "SELECT nudge, reason FROM nudge_decisions d WHERE seq = "
                "(SELECT max(seq) FROM nudge_decisions WHERE nudge = d.nudge) "
                "AND nudge IN (SELECT id FROM nudges WHERE state = 'waiting')"
            )
            if reason not in ("consent", "duplicate")
        }
        return sorted((one for one in self.waiting() if one.id in said), key=lambda one: one.features.get("due") or "~")

    def moments(self) -> list[tuple[str, Answer]]:
        """For the learner: the moments of those that were sent, each with its answer."""
        return [(str(one.features["moment"]), one.answer) for one in self.sent() if "moment" in one.features]

    def forget_moments(self) -> None:
        """The learner begins anew; what was sent and answered stays."""
        self._database.run("UPDATE nudges SET features = json_remove(features, '$.moment')")

    def _nudges(self, where: str, values: Sequence[str]) -> list[Nudge]:
        rows = self._database.rows(f"SELECT {_NUDGE} FROM nudges WHERE {where} ORDER BY seq", values)  # noqa: S608
        return [_nudge(row) for row in rows]


def _features(thing: Thing, known: Nudge | None) -> dict[str, Any]:
    """What is kept of a thing; when it was changed only if it is new, or not as it was in the last nudge about it."""
    changed = thing.written if known is None or _has_changed(thing, known) else known.features.get("changed", "")
    return {"due": thing.due, "serves_goal": thing.serves_goal, "changed": changed}


def _has_changed(thing: Thing, known: Nudge) -> bool:
    """Whether it is worded or dated anew; a goal has a file of its own, of which the rest counts as well."""
    rewritten = thing.kind == "goal" and known.features.get("changed") != thing.written
    return rewritten or (known.text, known.features.get("due")) != (thing.title, thing.due)


def _utc(moment: datetime) -> str:
    return stamp(moment.astimezone(UTC))


def _nudge(row: Sequence[Any]) -> Nudge:
    name, kind, about, text, state, made_at, sent_at, answered_at, answer, until, features = row
    return Nudge(
        name, kind, about, text, state, made_at, sent_at or "", answered_at or "", answer, until,
        msgspec.json.decode(features, type=dict[str, Any]),
    )  # fmt: skip
