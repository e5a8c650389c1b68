"""Contacts and grants: whom the person knows, what each may learn, and how far the deputy may go for them."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.deputy.grants import How
from sage.core.deputy.learning import Offer
from sage.core.sharing import Sight
from sage.wire.base import Request
from sage.wire.deputy import ReplyShown


class Grant(Struct, frozen=True):
    """How far the deputy may go for a contact or circle (`members`: who that is now, by name) and a topic."""

    who: str
    topic: str
    how: How
    members: tuple[str, ...] = ()


class ContactShown(Struct, frozen=True):
    """Somebody. `addresses` are PLUGIN:ADDRESS; `grants` are those given to them by name. `opted_out`: they said that Sage shall
    not answer them. `last_at` is when they wrote last (ISO 8601, "": never), `last_id` that message's id. `card` are the lines of
    their contact card ("phone: …"), for the person alone."""

    name: str
    called: str
    addresses: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    opted_out: bool = False
    last_at: str = ""
    last_id: str = ""
    card: tuple[str, ...] = ()


class ContactsShown(Struct, frozen=True):
    contacts: tuple[ContactShown, ...]


class ContactSight(Struct, frozen=True):
    """What a contact could learn, by any of their names and circles: passages of memory (`sight`), whether they may be told when
    the person is `busy`, and lines of contact `cards` ("Demo Aunt: phone"). `topics` is how far the deputy goes for each of it."""

    contact: ContactShown
    sight: Sight
    busy: bool = False
    cards: tuple[str, ...] = ()
    topics: tuple[Grant, ...] = ()


class ContactChange(Struct, frozen=True):
    """What a contact is after a change, and what they could learn then; `widens`: that is more than before, for somebody. `before`
    is None for a new one. `hints` are sentences."""

    after: ContactSight
    before: ContactShown | None = None
    widens: bool = False
    hints: tuple[str, ...] = ()


class GrantsShown(Struct, frozen=True):
    """All grants, and what Sage could answer by itself if the person wanted it."""

    grants: tuple[Grant, ...]
    offers: tuple[Offer, ...] = ()


class MemberSight(Struct, frozen=True):
    """How many passages of a topic somebody may see; `alone`: passages of its notes that are shared with them, and not the notes as
    a whole. These are of no topic with a name."""

    name: str
    passages: int
    alone: int = 0


class GrantChange(Struct, frozen=True):
    """What a grant changes. `notes` are what the topic is; `members` what each to whom it is given may see of it; `drafts` the last
    ones on it. `hints` are sentences, such as that somebody cannot see it at all: a grant shows nothing to nobody."""

    grant: Grant
    before: How
    widens: bool
    notes: tuple[str, ...] = ()
    members: tuple[MemberSight, ...] = ()
    drafts: tuple[ReplyShown, ...] = ()
    hints: tuple[str, ...] = ()


class ListContacts(Request[ContactsShown], frozen=True, tag=True):
    reply: ClassVar[Any] = ContactsShown


class ShowContact(Request[ContactSight], frozen=True, tag=True):
    """One contact (by name or address), and what they could learn."""

    name: str
    reply: ClassVar[Any] = ContactSight


class AddContact(Request[ContactChange], frozen=True, tag=True):
    """A new contact, or more addresses and circles for one. `arrival` gives the address of a message that came in. With `preview`
    it is only told what would change."""

    name: str
    called: str = ""
    addresses: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    arrival: str = ""
    preview: bool = False
    reply: ClassVar[Any] = ContactChange


class RemoveContact(Request[ContactsShown], frozen=True, tag=True):
    """Takes addresses and circles from a contact; without any, the contact and the grants given to them by name. The reply is what
    they were."""

    name: str
    addresses: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    reply: ClassVar[Any] = ContactsShown


class AnswerAgain(Request[ContactShown], frozen=True, tag=True):
    """A contact who had said that Sage shall not answer them may be answered again."""

    name: str
    reply: ClassVar[Any] = ContactShown


class ListGrants(Request[GrantsShown], frozen=True, tag=True):
    reply: ClassVar[Any] = GrantsShown


class GiveGrant(Request[GrantChange], frozen=True, tag=True):
    """How far the deputy may go for a contact or circle and a topic (a note's name, "calendar", "contacts", "any"). With `preview`
    it is only told what that would be."""

    who: str
    topic: str
    how: How
    preview: bool = False
    reply: ClassVar[Any] = GrantChange


Requests = ListContacts | ShowContact | AddContact | RemoveContact | AnswerAgain | ListGrants | GiveGrant
