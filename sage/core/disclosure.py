"""The kernel of what may be told to whom. Pure: no model, no I/O, no clock.

A conversation's readers are worked out first, then what exactly they may see (`labels.visible_to`), then it is searched. Whoever
composes an answer is given these pieces and the message, and nothing else: so whatever it writes, it cannot tell more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from sage.core.deputy.grants import ANY
from sage.core.labels import LOCAL_ONLY, PUBLIC, Audience, Reader, folded_name, names_of, visible_to
from sage.core.passages import Hit
from sage.core.people import Contact, People
from sage.core.plugins.admission import contact_name, folded_address
from sage.core.words import STOP_WORDS, content_stems, stem, words

PieceKind = Literal["note", "calendar", "card"]
CALENDAR, CARD = "calendar", "contacts"
"""The topics of times of availability, and of contact cards."""
DOUBTFUL = 0.5
"""The confidence of a line of a contact card when it may be another one that is asked for."""


class Exchange(Struct, frozen=True):
    """Who takes part in a conversation of an account. `writer` is who wrote last, `others` all else in it but the person;
    they are addresses of that service, and `certain` says whether the service vouches for the writer and names everybody."""

    account: str
    conversation: str
    writer: str
    others: tuple[str, ...] = ()
    group: bool = False
    certain: bool = False

    @property
    def plugin(self) -> str:
        return self.account.partition("/")[0]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Everybody who would read an answer, as `PLUGIN:ADDRESS`."""
        return tuple(dict.fromkeys(contact_name(self.plugin, each) for each in (self.writer, *self.others)))


class Piece(Struct, frozen=True):
    """Something that all readers of a conversation may be told. `citation` names where it stands, `topic` what it is about;
    `confidence` from 0 to 1 is how surely it answers what was asked. A `local` one is given to no model that runs elsewhere."""

    id: str
    citation: str
    text: str
    topic: str
    kind: PieceKind = "note"
    confidence: float = 1.0
    when: str = ""
    local: bool = False


def exchange_of(
    account: str,
    conversation: str,
    sender: str,
    members: Iterable[str],
    own: Iterable[str],
    *,
    group: bool,
    verified: str,
) -> Exchange:
    """Who takes part, by what a service says of a message."""
    mine = {folded_address(each) for each in own}
    listed = tuple(members)
    others = tuple(
        each for each in dict.fromkeys(listed if group else ())
        if folded_address(each) not in mine and folded_address(each) != folded_address(sender)
    )  # fmt: skip
    return Exchange(account, conversation, sender, others, group, verified == "yes" and bool(listed or not group))


def readers_of(exchange: Exchange, people: People) -> tuple[Reader, ...]:
    """Everybody who would read an answer. What all of them may see is the conversation's view of memory."""
    return tuple(people.reader(address) for address in exchange.addresses)


def called_readers(readers: Sequence[Reader]) -> Audience:
    """Readers as they are shown: by the first name of each."""
    return tuple(dict.fromkeys(names_of(reader)[0] for reader in readers))


def pieces_of(hits: Iterable[Hit]) -> tuple[Piece, ...]:
    """Recalled passages of a view as pieces. What others said in conversations is none: it is what they said, not what the
    person would."""
    return tuple(
        Piece(
            hit.id,
            hit.citation,
            hit.text,
            topic_of(hit.source),
            "note",
            hit.confidence,
            hit.when or "",
            LOCAL_ONLY in hit.audience,
        )
        for hit in hits
        if hit.origin == "user"
    )


def topic_of(source: str) -> str:
    """What a note is about, as grants name it: its name without folders and ending. Of a note that is not shared as a whole the
    name is nobody's business, not even whether there is a grant for it: then it is the topic of all that are not named."""
    name = source.rpartition("/")[2]
    return folded_name(name.rpartition(".")[0] or name) or ANY


def card_pieces(people: People, readers: Sequence[Reader], question: str) -> tuple[Piece, ...]:
    """Of contact cards the lines that a question names (whose, and which), if these readers may be told them. Where it is not
    sure who is meant, their `confidence` is DOUBTFUL: what such a line says may be another person's. Only cards that these
    readers may see something of count for that, so nobody learns from it who else there is."""
    asked = set(content_stems(question))
    known = [(each, named, seen) for each in people.contacts if (named := _named(each) & asked)
             and (seen := [field for field in each.card if visible_to(field.audience, readers)])]  # fmt: skip
    found = []
    for contact, named, seen in known:
        others = [each for other, each, _ in known if other is not contact]
        if any(named < other for other in others):
            continue  # "Anna Lind" is nobody who is only called Anna as well
        who = contact.called or contact.name
        for field in seen:
            wanted = set(content_stems(field.name))
            if wanted and wanted <= asked:
                sure = not any(named & other >= named for other in others) and _is_alone(question, contact, wanted)
                text = f"{who}: {field.name} {field.value}"
                name = f"card/{contact.name}/{field.name}"
                found.append(Piece(name, f"contact {who}", text, CARD, "card", 1.0 if sure else DOUBTFUL))
    return tuple(found)


def _named(contact: Contact) -> set[str]:
    """The words that somebody is called by."""
    return set(content_stems(f"{contact.called} {contact.name}"))


def _is_alone(question: str, contact: Contact, field: set[str]) -> bool:
    """Whether no word stands beside a contact's name that could be of a longer one, somebody else's: "Anna Lind" of an Anna."""
    own, said = _named(contact), [re.split("['’]", word) for word in words(question)]
    return not any(
        len({stem(first[0]), stem(second[0])} & own) == 1
        and not (stem(first[0]) in own and first[1:] == ["s"])
        and not {first[0], second[0]} & STOP_WORDS
        and not {stem(first[0]), stem(second[0])} & field
        for first, second in pairwise(said)
    )


def may_see(audience: Iterable[str], readers: Sequence[Reader]) -> bool:
    """Whether all readers may be told what was shared with these names; with nobody: no."""
    names = tuple(map(folded_name, audience))
    return bool(names) and bool(readers or "public" in names) and visible_to(names or PUBLIC, readers)
