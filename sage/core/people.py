"""The people whom the person knows: under which addresses each writes, and in which circles they are.

Who somebody is follows from static addresses alone. A display name, a signature or "it's me, I have a new phone" says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from sage.core.labels import NOBODY, Audience, Reader, folded_name
from sage.core.plugins.admission import folded_address

RESERVED = frozenset((*NOBODY, "public", "owner"))
"""Names among labels that mean nobody."""


class CardField(Struct, frozen=True):
    """One line of a contact card, such as ("phone", "…"), and who may be told it."""

    name: str
    value: str
    audience: Audience


class Contact(Struct, frozen=True):
    """Somebody. `name` is theirs among labels, `called` as they are addressed, `addresses` are `PLUGIN:ADDRESS`."""

    name: str
    called: str = ""
    addresses: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    card: tuple[CardField, ...] = ()

    @property
    def reader(self) -> Reader:
        """Under which names they may see something. Labels fold names further than addresses are, so an address of other
        letters than ASCII is none of them: another address could look the same."""
        return (self.name, *self.circles, *(each for each in self.addresses if each.isascii()))


class People:
    """All contacts, to be looked up."""

    def __init__(self, contacts: Iterable[Contact] = ()) -> None:
        self.contacts = tuple(contacts)
        self._named = {contact.name: contact for contact in self.contacts}
        self._at: dict[str, Contact] = {}
        for contact in self.contacts:
            for address in contact.addresses:
                self._at[folded_at(address)] = contact

    def named(self, name: str) -> Contact | None:
        """The contact of a name, or of an address."""
        return self._named.get(folded_name(name)) or self._at.get(folded_at(name))

    def at(self, address: str) -> Contact | None:
        """Whose `PLUGIN:ADDRESS` it is; None: a stranger's."""
        return self._at.get(folded_at(address))

    def called(self, names: Iterable[str]) -> tuple[Reader, ...]:
        """Readers as the person names them: a contact sees what any of their names does, a circle or another name what it does."""
        return tuple(contact.reader if (contact := self.named(name)) else name for name in names)

    def reader(self, address: str) -> Reader:
        """Who reads what is sent to `PLUGIN:ADDRESS`: whoever nobody knows sees what that very address was given, at most."""
        contact = self.at(address)
        if contact is not None:
            return contact.reader
        return (address,) if address.isascii() else ("",)


def folded_at(address: str) -> str:
    """`PLUGIN:ADDRESS` as it is compared."""
    plugin, _, rest = address.strip().partition(":")
    return f"{folded_address(plugin)}:{folded_address(rest)}"


def trouble_in(contacts: Sequence[Contact]) -> tuple[str, str]:
    """The contact (by name) that cannot be as it is written, and why, in a sentence; ("", "") for none."""
    seen: dict[str, str] = {}
    circles = {circle for contact in contacts for circle in contact.circles}
    for contact in contacts:
        if contact.name in RESERVED or ":" in contact.name or not contact.name:
            return contact.name, f"{contact.name!r} cannot be somebody's name."
        if contact.name in circles:
            return contact.name, f"{contact.name!r} is the name of a circle as well."
        for circle in contact.circles:
            if circle in RESERVED or ":" in circle or not circle:
                return contact.name, f"{circle!r} cannot be the name of a circle."
        for address in contact.addresses:
            plugin, _, rest = address.partition(":")
            if not plugin or not rest.strip() or "*" in address:
                return contact.name, f"{address!r} is no address such as matrix:@demo:example.org."
            if (other := seen.setdefault(folded_at(address), contact.name)) != contact.name:
                return contact.name, f"{address!r} is {other}'s address already."
    return "", ""
