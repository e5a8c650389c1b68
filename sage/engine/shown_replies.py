"""The deputy's decisions as they are shown: with exactly what would be sent and to whom, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from sage import wire
from sage.adapters.journal.journal_replies import KeptReply
from sage.core.deputy.replies import Reply, settled_words
from sage.core.disclosure import Piece, called_readers, readers_of
from sage.core.errors import BadInput, NotFound
from sage.core.passages import UNNAMED
from sage.core.plugins.arrivals import Arrival
from sage.core.plugins.outbox import Message, digest_of
from sage.engine.deputy_checks import HANDOFF
from sage.engine.desk import Desk
from sage.engine.inbox_handlers import out_item
from sage.plugin_api import Outbound

NOTHING_SENT = "Nothing was sent."
CORRECTION = "c"
"""How the keys of corrections begin in the outbox."""


def find_reply(desk: Desk, name: str) -> KeptReply:
    """A decision by its id or its message's. Raises NotFound."""
    found = desk.deputy.pages.find(name)
    if found is None or not found.reply.contact:
        raise NotFound(f"There is no draft {name!r}.", safe="Nothing was changed.", do="See all: sage inbox list")
    return found


def find_answerable(desk: Desk, name: str) -> KeptReply:
    """A decision by its id or its message's; of a message for which Sage drafted nothing (or at which it did not look, then with
    the message's own id) one that is silent, for the person to answer. Raises NotFound, and BadInput where nobody can."""
    found = desk.deputy.pages.find(name)
    if found is not None and found.reply.contact and found.state != "silent":
        return found
    arrival = desk.messaging.arrivals.find(found.arrival if found else name)
    if arrival is None or not arrival.sender:
        return find_reply(desk, name)
    if what := _unanswerable(desk, arrival):
        raise BadInput(what, safe=NOTHING_SENT, do=f"See: sage inbox show {arrival.id}")
    exchange = desk.messaging.exchange(arrival)
    contact = desk.deputy.rules().people.at(exchange.addresses[0])
    reply = replace(
        found.reply if found else Reply("silence", "plain"), contact=contact.name if contact else arrival.sender
    )
    audience = called_readers(readers_of(exchange, desk.deputy.rules().people))
    if found is not None:
        return replace(found, reply=replace(reply, audience=audience))
    return KeptReply(
        arrival.id, arrival.id, arrival.account, arrival.conversation, replace(reply, audience=audience), "silent",
        made_at=arrival.received_at,
    )  # fmt: skip


def _unanswerable(desk: Desk, arrival: Arrival) -> str:
    """Why nobody can answer a message; "" if it can be."""
    if arrival.state != "kept":
        return "Its words were not kept."
    if not desk.messaging.settings(arrival.account):
        return f"{arrival.account} is not enabled."
    if not desk.messaging.has(arrival.account, "SEND"):
        return f"{arrival.account} is no account that sends messages."
    return "Nobody knows who is in that group." if arrival.group and not arrival.members else ""


def arrival_answered(desk: Desk, kept: KeptReply) -> Arrival:
    """The message that a decision is of. Raises NotFound when it was forgotten."""
    found = desk.messaging.arrivals.find(kept.arrival)
    if found is None or not found.sender:
        raise NotFound("The message that it answers was forgotten.", safe=NOTHING_SENT, do="See: sage inbox list")
    return found


def settled_already(desk: Desk, kept: KeptReply, safe: str = NOTHING_SENT) -> BadInput:
    """What is told when a decision is asked for that fell already."""
    shown = show_reply(desk, kept)
    return BadInput(settled_words(kept.state, shown.fate), safe=safe, do=f"See: sage inbox show {kept.id}")


def approved_out(desk: Desk, kept: KeptReply, text: str, digest: str) -> tuple[Arrival, Outbound]:
    """What the person approved, if it is still exactly what `digest` stands for. Raises BadInput, NotFound."""
    arrival = arrival_answered(desk, kept)
    if not text.strip():
        raise BadInput("There is no text.", safe=NOTHING_SENT, do=f"Write one: sage inbox edit {kept.id} TEXT")
    out = desk.deputy.outbound(arrival, text, auto=False)
    if digest_of(arrival.account, "reply", out) != digest:
        raise BadInput(
            "Its words or its recipients are others by now than you saw.", safe=NOTHING_SENT, do="Look again."
        )
    return arrival, out


def show_reply(desk: Desk, kept: KeptReply, text: str = "") -> wire.ReplyShown:
    """A decision as it is, or as it would be with another text. Its digest stands for that text and its recipients."""
    arrival, reply = desk.messaging.arrivals.find(kept.arrival), kept.reply
    said = text or kept.final or reply.text
    out = desk.deputy.outbound(arrival, said, auto=False) if arrival and arrival.sender else None
    answers = desk.messaging.outbox.answers_of(kept.arrival)
    corrections = [each for each in answers if is_correction(kept, each)]
    sent = next((each for each in answers if each.permit != HANDOFF and each not in corrections), None)
    return wire.ReplyShown(
        kept.id, kept.arrival, kept.account, kept.conversation, reply.contact, arrival.sender if arrival else "",
        arrival.text if arrival else "", reply.decision, reply.because, said, out.to if out else (),
        digest_of(kept.account, "reply", out) if out else "", kept.state, named(desk, reply.sources), reply.audience,
        reply.topics,
        reply.hints, reply.model, arrival.group if arrival else False, kept.made_at, _fate(sent), sent.id if sent else "",
        sent.hold_until if sent and sent.state == "waiting" else "",
        any(each.permit == HANDOFF and each.state == "sent" for each in answers),
        (kept.account, kept.conversation) in desk.deputy.pages.taken_over(), reply.text, tuple(map(out_item, corrections)),
    )  # fmt: skip


def named(desk: Desk, sources: Sequence[Piece]) -> tuple[Piece, ...]:
    """Evidence as the person has it: of a passage that was shared alone its readers' view does not tell which note it is from."""
    return tuple(_found(desk, each) if each.citation.startswith(f"{UNNAMED}#") else each for each in sources)


def _found(desk: Desk, piece: Piece) -> Piece:
    same = (hit for hit in desk.deputy.recall(piece.text, None) if hit.text == piece.text)
    return next((replace(piece, citation=hit.citation) for hit in same), piece)


def shown_now(desk: Desk, name: str, text: str = "") -> wire.ReplyShown:
    """A decision by its id or its message's (see `find_answerable`), as `show_reply` has it. Raises NotFound, BadInput."""
    return show_reply(desk, find_answerable(desk, name), text)


def correction_key(kept: KeptReply, digest: str) -> str:
    """The outbox's key of a correction: the same words go out once."""
    return f"{_corrections_of(kept)}{digest[:16]}"


def is_correction(kept: KeptReply, message: Message) -> bool:
    """Whether a message that went out corrects what was answered."""
    return message.key.startswith(_corrections_of(kept))


def _corrections_of(kept: KeptReply) -> str:
    return f"{CORRECTION}{kept.id}-"


def _fate(sent: Message | None) -> str:
    if sent is None:
        return ""
    return f"{sent.state}: {sent.reason}" if sent.reason else sent.state
