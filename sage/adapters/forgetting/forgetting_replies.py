"""What the deputy keeps in the journal, as pieces that can be forgotten: what it decided, and who wants no answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import apsw
import msgspec

from sage.adapters.forgetting.journal_columns import RowChange, file_key, has
from sage.core.deputy.frames import without_frames
from sage.core.disclosure import Piece as Evidence
from sage.core.forgetting.forgetting import Choice, Piece
from sage.core.passages import UNNAMED

_EMPTY = {"conversation": "", "contact": "", "text": "", "sources": "[]", "audience": "[]", "topics": "[]", "final": ""}
_KINDS = {"answer": "answer to a message", "draft": "draft of an answer"}
_BEGUN = ("open", "taken back", "going")
"""States in which something is still done about a decision."""


def pieces(journal: apsw.Connection) -> Iterator[Piece]:
    """Decisions, where each says that the person might look, and who wants no answers."""
    if has(journal, "replies"):
        yield from _replies(journal)
        yield from _opt_outs(journal)


def replies_by_message(journal: apsw.Connection) -> dict[str, str]:
    """The keys of decisions by the message (its id) that they are of."""
    if not has(journal, "replies"):
        return {}
    return {str(arrival): f"reply/{name}" for name, arrival in journal.execute("SELECT id, arrival FROM replies")}


def _replies(journal: apsw.Connection) -> Iterator[Piece]:
    """A decision rests on the message that it is of, and on what it quotes. Where the person might look is a piece of its own:
    it names what nobody else may see, and the decision does not rest on it."""
    places = _Places(journal)
    rows = journal.execute(
        "SELECT id, arrival, conversation, contact, decision, text, sources, hints, final, made_at FROM replies"
        " WHERE conversation || contact || text != '' OR audience != '[]' OR hints != '[]' ORDER BY seq"
    )
    for name, arrival, conversation, contact, decision, text, sources, hints, final, made_at in rows:
        found = msgspec.json.decode(sources, type=list[Evidence])
        words = "\n".join(dict.fromkeys(filter(None, map(without_frames, (text, final)))))
        citation = f"for {contact or 'somebody'}, {made_at[:16].replace('T', ' ')}"
        yield Piece(
            "messages", f"reply/{name}", _KINDS.get(decision, "decision on a message"), citation, words, (name,),
            rests_on=(f"inbound/{arrival}", *(each.id for each in found), *places.keys(each.citation for each in found)),
            group=conversation, when=made_at, speaker=contact, fate="replaced", begins=words or "(nothing was said)",
            evidence="\n".join(each for one in found for each in (one.citation, one.text)),
        )  # fmt: skip
        if looks := msgspec.json.decode(hints, type=list[str]):
            yield Piece(
                "messages", f"hints/{name}", "where you might look", citation, "\n".join(looks),
                rests_on=(f"reply/{name}", *places.keys(looks)), group=conversation,
            )  # fmt: skip


def _opt_outs(journal: apsw.Connection) -> Iterator[Piece]:
    """It has no time: whoever forgets a week does not want somebody answered again who asked not to be."""
    for (contact,) in journal.execute("SELECT contact FROM opt_outs"):
        yield Piece(
            "messages", f"opt-out/{contact}", "wish for no answers", contact, contact, group=contact, speaker=contact
        )


class _Places:
    """What citations name, by the keys of what can be forgotten."""

    def __init__(self, journal: apsw.Connection) -> None:
        self._roots = [str(root) for (root,) in journal.execute("SELECT path FROM roots")]
        self._texts: dict[str, list[tuple[str, str]]] = {}
        for name, source, when in journal.execute("SELECT id, source, ifnull(said_when, '') FROM texts"):
            self._texts.setdefault(source, []).append((when[:16].replace("T", " "), name))

    def keys(self, citations: Iterable[str]) -> list[str]:
        """Files of that name in any folder of the person's, and what somebody said there then."""
        found = []
        for citation in citations:
            source, _, rest = citation.partition("#")
            if source and source != UNNAMED:
                found += [file_key(root, source) for root in self._roots]
                found += [name for when, name in self._texts.get(source, ()) if rest.endswith(when)]
        return found


def changes_of(journal: apsw.Connection, choice: Choice) -> list[RowChange]:
    """How rows change when a piece goes. A decision's row stays, since its message is not to be decided of again."""
    key = choice.piece.key
    kind, _, name = key.partition("/")
    match kind:
        case "reply":
            states = [state for (state,) in journal.execute("SELECT state FROM replies WHERE id = ?", (name,))]
            done = {"state": "silent"} if set(states) & set(_BEGUN) else {}
            return [RowChange(key, "replies", {"id": name}, {**_EMPTY, **done})]
        case "hints":
            return [RowChange(key, "replies", {"id": name}, {"hints": "[]"})]
        case "opt-out":
            return [RowChange(key, "opt_outs", {"contact": name})]
    return []


def marks_of(journal: apsw.Connection, gone: Collection[str]) -> list[RowChange]:
    """What was decided of conversations of which nothing is left when those pieces (by key) go."""
    if not has(journal, "conversation_marks"):
        return []
    left: set[tuple[object, object]] = set()
    touched: set[tuple[object, object]] = set()
    for kind in ("inbound", "outbox"):
        for name, account, conversation in journal.execute(f"SELECT id, account, conversation FROM {kind}"):  # noqa: S608
            (touched if f"{kind}/{name}" in gone else left).add((account, conversation))
    rows = journal.execute("SELECT account, conversation, mark FROM conversation_marks").fetchall()
    return [
        RowChange("", "conversation_marks", {"account": account, "conversation": conversation, "mark": mark})
        for account, conversation, mark in rows
        if (account, conversation) in touched - left
    ]
