"""The journal's pages for forgettings: what each took, kept word for word until it is purged, then by id and count alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from sage.adapters.database import Database, stamp
from sage.adapters.forgetting import forgetting_journal, forgetting_models
from sage.adapters.forgetting.forgetting_journal import RowChange
from sage.core.errors import NotFound
from sage.core.forgetting.forgetting import Choice, Forgetting, State

UNDONE: tuple[State, ...] = ("undone", "purged")
"""States in which nothing is kept any more."""


class KeptFile(Struct, frozen=True):
    """A file that was changed: its number below trash/, and what it was. `own`: the home's own; `gone`: it went whole."""

    path: str
    number: int
    mode: int
    modified_ns: int
    own: bool
    gone: bool


class Kept(Struct, frozen=True):
    """Everything that forgettings keep: keys of pieces that went whole; the words that went, by why; ids; vectors; files."""

    keys: frozenset[str]
    words: dict[str, list[str]]
    ids: frozenset[str]
    vectors: list[bytes]
    files: list[KeptFile]
    waiting: dict[str, list[str]]
    """The person's files that were left as they are, with the words that stand there."""


class ForgettingPages:
    """Forgettings as rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        name: str,
        choices: Sequence[Choice],
        vectors: Sequence[bytes],
        files: Sequence[KeptFile],
        waiting: Iterable[Choice],
        now: datetime,
    ) -> None:
        """Takes rows out, keeping all that an undo needs, in one commit."""
        day, counts = f"{now:%Y-%m-%d}", _counts(choices)
        with self._database.transaction() as journal:
            journal.execute(
                "INSERT INTO forgettings (id, state, change, counts, made_at) VALUES (?, 'taking', ?, ?, ?)",
                (name, self._next(journal), _json(counts), stamp(now)),
            )
            rows: list[tuple[str, str, str, Any]] = []
            for choice in choices:
                why = "derived" if choice.piece.evidence else choice.why  # its words may be those of what stays
                rows.append(("" if choice.spans else choice.piece.key, "words", why, choice.words))
            rows.append(("", "ids", "", sorted({each for choice in choices for each in choice.ids})))
            rows.append(("", "vectors", "", [base64.b64encode(vector).decode() for vector in vectors]))
            rows += [(choice.piece.key, "waiting", choice.piece.citation, choice.words) for choice in waiting]
            rows += [("", "file", file.path, msgspec.to_builtins(file)) for file in files]
            changes = forgetting_journal.changes(journal, choices, day)
            for change, before in forgetting_journal.apply(journal, changes):
                rows.append(
                    (
                        change.piece,
                        "row",
                        change.table,
                        [msgspec.to_builtins(change), forgetting_models.in_words(before)],
                    )
                )
            journal.executemany(
                "INSERT INTO forgotten (forgetting, piece, place, key, kept) VALUES (?, ?, ?, ?, ?)",
                [(name, piece, place, key, _json(kept)) for piece, place, key, kept in rows],
            )
            journal.executemany(
                "INSERT INTO forgotten_marks VALUES (?, ?, ?, ?)",
                sorted({(target, part, name, stamp(now)) for choice in choices for target, part in _marks(choice)}),
            )

    def drop_read_again(self, name: str) -> None:
        """Takes out again the facts that a forgetting took and that were read again from what was still going."""
        taken = [
            change.key["id"]
            for (kept,) in self._database.rows(
                "SELECT kept FROM forgotten WHERE forgetting = ? AND place = 'row' AND key = 'facts'", (name,)
            )
            for change in (msgspec.convert(json.loads(str(kept))[0], RowChange),)
        ]
        with self._database.transaction() as journal:
            forgetting_journal.drop_unsaid(journal, taken)

    def give_back(self, name: str) -> None:
        """Puts rows back, in one commit. What a later forgetting took as well is given to that one."""
        with self._database.transaction() as journal:
            self._hand_over(journal, name)
            rows = journal.execute(
                "SELECT kept FROM forgotten WHERE forgetting = ? AND place = 'row' ORDER BY seq DESC", (name,)
            ).fetchall()
            for (kept,) in rows:
                change, before = json.loads(str(kept))
                forgetting_journal.put_back(
                    journal, msgspec.convert(change, RowChange), forgetting_models.as_they_were(before)
                )
            journal.execute("DELETE FROM forgotten_marks WHERE forgetting = ?", (name,))
            journal.execute(
                "UPDATE forgettings SET state = 'returning', change = ? WHERE id = ?", (self._next(journal), name)
            )

    @staticmethod
    def _hand_over(journal: apsw.Connection, name: str) -> None:
        others = journal.execute(
            "SELECT o.piece, min(o.forgetting) FROM forgotten o WHERE o.place = 'row' AND o.piece != ''"
            " AND o.seq > (SELECT max(seq) FROM forgotten WHERE forgetting = ?) GROUP BY o.piece",
            (name,),
        ).fetchall()
        journal.executemany(
            "UPDATE forgotten SET forgetting = ? WHERE forgetting = ? AND piece = ?",
            [(other, name, piece) for piece, other in others],
        )

    def set_state(self, name: str, state: State, now: datetime | None = None) -> None:
        """Notes how far a forgetting is."""
        if state == "purged" and now:
            self._database.run(
                "UPDATE forgettings SET state = 'purged', purged_at = ? WHERE id = ?", (stamp(now), name)
            )
        else:
            self._database.run("UPDATE forgettings SET state = ? WHERE id = ?", (state, name))

    def drop_kept(self, names: Sequence[str]) -> None:
        """Lets go of all that forgettings kept."""
        with self._database.transaction() as journal:
            journal.executemany("DELETE FROM forgotten WHERE forgetting = ?", [(name,) for name in names])

    def drop_file(self, name: str, path: str) -> None:
        """Lets go of one file that a forgetting kept."""
        self._database.run("DELETE FROM forgotten WHERE forgetting = ? AND place = 'file' AND key = ?", (name, path))

    def kept(self, names: Sequence[str]) -> Kept:
        """All that forgettings keep."""
        words: dict[str, list[str]] = {}
        keys, ids, vectors, files = set(), set(), [], []
        waiting: dict[str, list[str]] = {}
        for name in names:
            for piece, place, key, text in self._database.rows(
                "SELECT piece, place, key, kept FROM forgotten WHERE forgetting = ? ORDER BY seq", (name,)
            ):
                match place:
                    case "words":
                        keys.add(piece)
                        words.setdefault(key, []).append(json.loads(text))
                    case "ids":
                        ids.update(json.loads(text))
                    case "vectors":
                        vectors += [base64.b64decode(vector) for vector in json.loads(text)]
                    case "file":
                        files.append(msgspec.json.decode(text, type=KeptFile))
                    case "waiting":
                        waiting.setdefault(key, []).append(json.loads(text))
        keys.discard("")
        return Kept(frozenset(keys), words, frozenset(ids), vectors, files, waiting)

    def words_kept(self) -> dict[str, str]:
        """The words of pieces that went whole and can still come back, by the key of each."""
        rows = self._database.rows(
            "SELECT piece, kept FROM forgotten WHERE place = 'words' AND piece != '' ORDER BY seq"
        )
        return {piece: json.loads(kept) for piece, kept in rows if json.loads(kept)}

    def list(self, *states: State) -> list[Forgetting]:
        """Forgettings in one of those states (none given: all), the newest first."""
        rows = self._database.rows("SELECT id, state, made_at, counts, purged_at FROM forgettings ORDER BY seq DESC")
        return [
            Forgetting(name, state, made_at, json.loads(counts), purged_at or "")
            for name, state, made_at, counts, purged_at in rows
            if not states or state in states
        ]

    def find(self, name: str) -> Forgetting:
        """One forgetting. Raises NotFound."""
        found = next((each for each in self.list() if each.id == name), None)
        if found is None:
            raise NotFound(
                f"There is no forgetting {name!r}.", safe="Nothing was changed.", do="See: sage forget --list"
            )
        return found

    @staticmethod
    def _next(journal: apsw.Connection) -> int:
        rows = journal.execute("SELECT coalesce(max(change), 0) + 1 FROM forgettings").fetchall()
        return int(str(rows[0][0]))


def _marks(choice: Choice) -> list[tuple[str, str]]:
    """What says later that the words of something were forgotten: its random id, and which part of it."""
    kind, _, name = choice.piece.key.partition("/")
    if kind == "turn":
        turn, _, part = name.partition("/")
        return [(turn, part)]
    return [(name, kind)] if kind in ("action", "approval", "reminder") else []


def _counts(choices: Sequence[Choice]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for choice in choices:
        counts[choice.piece.kind] = counts.get(choice.piece.kind, 0) + 1
    return counts


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
