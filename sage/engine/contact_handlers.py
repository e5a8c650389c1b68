"""Answers about contacts: whom the person knows, and what each could learn."""

from __future__ import annotations

import asyncio
import difflib
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from sage import wire
from sage.adapters.home.settings_file import write_settings
from sage.adapters.journal.journal_channels import message_thread
from sage.adapters.memory.sharing import MOST_SEEN
from sage.agent.replier import Rules
from sage.core.deputy.grants import granted
from sage.core.disclosure import CALENDAR, CARD, may_see, topic_of
from sage.core.errors import BadInput, NotFound
from sage.core.labels import LOCAL_ONLY, folded_name, visible_to
from sage.core.people import Contact, People, folded_at, trouble_in
from sage.core.plugins.admission import contact_name, folded_address
from sage.core.sharing import Sight
from sage.core.terminal_text import clean_line
from sage.engine.bootstrap import House
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.profile import resolve

UNCHANGED = "Nothing was changed."
MOST_COUNTED = 1_000_000
"""Sources of which passages are counted."""
MESSAGES = message_thread("", "").partition("/")[0] + "/"
"""How the threads of messages begin."""
_PLUGIN = re.compile(r"[a-z][a-z0-9_-]*")


@handles(wire.ListContacts)
async def _list(desk: Desk, request: wire.ListContacts, line: Line, emit: Emit) -> wire.ContactsShown:
    def listed() -> wire.ContactsShown:
        rules = desk.deputy.rules()
        return wire.ContactsShown(tuple(_shown(desk, rules, contact) for contact in rules.people.contacts))

    return await asyncio.to_thread(listed)


@handles(wire.ShowContact)
async def _show(desk: Desk, request: wire.ShowContact, line: Line, emit: Emit) -> wire.ContactSight:
    def shown() -> wire.ContactSight:
        rules = desk.deputy.rules()
        return sight_of(desk, rules, find_contact(rules.people, request.name))

    return await asyncio.to_thread(shown)


@handles(wire.AddContact)
async def _add(desk: Desk, request: wire.AddContact, line: Line, emit: Emit) -> wire.ContactChange:
    return await asyncio.to_thread(_added, desk, request)


@handles(wire.RemoveContact)
async def _remove(desk: Desk, request: wire.RemoveContact, line: Line, emit: Emit) -> wire.ContactsShown:
    return await asyncio.to_thread(_removed, desk, request)


@handles(wire.AnswerAgain)
async def _answer_again(desk: Desk, request: wire.AnswerAgain, line: Line, emit: Emit) -> wire.ContactShown:
    def answer_again() -> wire.ContactShown:
        rules = desk.deputy.rules()
        contact = find_contact(rules.people, request.name)
        if contact.name not in desk.deputy.pages.opted_out():
            raise BadInput(f"{contact.name} never said that Sage shall not answer.", safe=UNCHANGED)
        desk.deputy.pages.opt_in(contact.name)
        return _shown(desk, rules, contact)

    return await asyncio.to_thread(answer_again)


# -- what a contact is, and could learn -------------------------------------------------------------------------------


def find_contact(people: People, name: str) -> Contact:
    """The contact of a name or address. Raises NotFound with the nearest."""
    found = people.named(name)
    if found is None:
        near = difflib.get_close_matches(folded_name(name), [each.name for each in people.contacts], n=1, cutoff=0.5)
        hint = f" The nearest is {near[0]!r}." if near else ""
        raise NotFound(f"Nobody is called {name!r}.{hint}", safe=UNCHANGED, do="See all: sage contacts list")
    return found


def check_names(people: People, names: Iterable[str], safe: str) -> None:
    """Raises NotFound for a name that is no contact's, no circle's, and not everybody's."""
    known = {"public", LOCAL_ONLY, *(name for each in people.contacts for name in (each.name, *each.circles))}
    if unknown := [name for name in names if name not in known]:
        raise NotFound(f"No contact or circle is called {unknown[0]!r}.", safe=safe, do="See: sage contacts list")


def sight_of(desk: Desk, rules: Rules, contact: Contact) -> wire.ContactSight:
    """What a contact could learn, under all of their names; the first lines of it."""
    sight = learnable(desk, contact)
    busy = bool(rules.busy_for) and may_see(rules.busy_for, [contact.reader])
    cards = tuple(
        f"{each.called or each.name}: {field.name}"
        for each in rules.people.contacts
        for field in each.card
        if visible_to(field.audience, [contact.reader])
    )
    topics = dict.fromkeys((*topics_of(sight), *((CALENDAR,) if busy else ()), *((CARD,) if cards else ())))
    given = tuple(wire.Grant(contact.name, each, granted(rules.grants, contact.reader, [each])) for each in topics)
    shown = replace(sight, seen=sight.seen[:MOST_SEEN])
    return wire.ContactSight(_shown(desk, rules, contact), shown, busy, cards, given)


def learnable(desk: Desk, contact: Contact) -> Sight:
    """All passages that a contact may see, but for messages: what came in there they have read, and Sage never answers with it."""
    whole = desk.house.sharing.seen_by([contact.reader], most=MOST_COUNTED)
    seen = tuple(one for one in whole.seen if not one.source.startswith(MESSAGES))
    count, sources = sum(one.passages for one in seen), len({one.source for one in seen})
    return replace(whole, seen=seen, passages=count, sources=sources)


def topics_of(sight: Sight) -> dict[str, int]:
    """The topics of what somebody may see, and how many passages of each. Passages of a note that they do not see as a whole are
    of no topic with a name (see `disclosure.topic_of`)."""
    found: dict[str, int] = {}
    whole = {one.source for one in sight.seen if one.label.layer != "passage"}
    for one in sight.seen:
        topic = topic_of(one.source if one.source in whole else "")
        found[topic] = found.get(topic, 0) + one.passages
    return found


def _shown(desk: Desk, rules: Rules, contact: Contact) -> wire.ContactShown:
    last = desk.messaging.arrivals.last_from(contact.addresses)
    return wire.ContactShown(
        contact.name, contact.called, contact.addresses, contact.circles,
        tuple(wire.Grant(contact.name, topic, how) for topic, how in rules.grants.get(contact.name, {}).items()),
        contact.name in desk.deputy.pages.opted_out(), _own_time(desk, last.at) if last else "", last.id if last else "",
        tuple(f"{field.name}: {field.value}" for field in contact.card),
    )  # fmt: skip


def _own_time(desk: Desk, at: str) -> str:
    return datetime.fromisoformat(at).astimezone(desk.house.clock.now().tzinfo).isoformat()


# -- changes ----------------------------------------------------------------------------------------------------------


def _added(desk: Desk, request: wire.AddContact) -> wire.ContactChange:
    rules, key = desk.deputy.rules(), key_of(desk.house, request.name)
    before = rules.people.named(key) if key else None
    addresses, hints = [each.strip() for each in request.addresses], []
    if request.arrival:
        address, hint = _address_of(desk, request.arrival)
        addresses.append(address)
        hints += [hint] if hint else []
    changed = Contact(
        folded_name(request.name),
        clean_line(request.called).strip() or (before.called if before else ""),
        _with(before.addresses if before else (), addresses),
        tuple(dict.fromkeys((*(before.circles if before else ()), *map(folded_name, request.circles)))),
        before.card if before else (),
    )
    _check(rules, changed, request.name)
    hints += [hint for each in addresses if (hint := _hint_at(desk, each))]
    sight = sight_of(desk, _having(rules, changed), changed)
    widens = changed.reader != (before.reader if before else ()) and _tells(sight)
    shown = _shown(desk, rules, before) if before else None
    if not request.preview:
        _write(desk.house, key or changed.name, changed, before)
    return wire.ContactChange(sight, shown, widens, (*hints, *sight.sight.hints))


def _tells(sight: wire.ContactSight) -> bool:
    """Whether there is anything that they could learn; what they wrote themselves is nothing."""
    return bool(sight.topics)


def _having(rules: Rules, contact: Contact) -> Rules:
    """The rules as they are with a contact changed or new."""
    others = [each for each in rules.people.contacts if each.name != contact.name]
    return replace(rules, people=People([*others, contact]))


def _check(rules: Rules, changed: Contact, typed: str) -> None:
    """Raises BadInput for a contact that cannot be."""
    _, what = trouble_in([*(each for each in rules.people.contacts if each.name != changed.name), changed])
    if not changed.name or "*" in typed:
        what = f"{typed!r} cannot be somebody's name."
    for address in changed.addresses:
        if not _PLUGIN.fullmatch(address.partition(":")[0]):
            what = what or f"{address!r} is no address such as matrix:@demo:example.org."
    if what:
        raise BadInput(what, safe=UNCHANGED, do="See: sage contacts list")


def _with(known: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """Addresses without doubles, each as it was first written."""
    found: dict[str, str] = {}
    for address in (*known, *more):
        found.setdefault(folded_at(address), address)
    return tuple(found.values())


def _hint_at(desk: Desk, address: str) -> str:
    """What is to be known of an address; raises BadInput for the person's own."""
    plugin, _, rest = address.partition(":")
    accounts = [name for name in desk.house.enabled_accounts() if name.partition("/")[0] == plugin]
    if not accounts:
        return f"You have no account of {plugin}, so nothing comes from there."
    for settings in filter(None, map(desk.messaging.settings, accounts)):
        if folded_address(rest) in map(folded_address, settings.owner):
            raise BadInput(f"{address!r} is your own address.", safe=UNCHANGED)
        if folded_address(rest) in map(folded_address, settings.allow):
            return ""
    return f'To let their messages in, add "{rest}" to the `allow` of {accounts[0]}.'


def _address_of(desk: Desk, name: str) -> tuple[str, str]:
    """The address from which a message came, and a warning about it. Raises NotFound, BadInput."""
    arrival = desk.messaging.arrivals.find(name)
    if arrival is None or not arrival.sender:
        raise NotFound(f"There is no message {name!r}.", safe=UNCHANGED, do="See all: sage inbox list")
    if arrival.verified == "no":
        raise BadInput(
            "The service says that the sender of that message is forged.",
            safe=UNCHANGED,
            do="Ask them in another way for their address.",
        )
    address = contact_name(arrival.account.partition("/")[0], arrival.sender)
    return address, "" if arrival.verified == "yes" else f"Nobody vouches that {arrival.sender} wrote that message."


def _removed(desk: Desk, request: wire.RemoveContact) -> wire.ContactsShown:
    rules = desk.deputy.rules()
    contact, house = find_contact(rules.people, request.name), desk.house
    shown, key = _shown(desk, rules, contact), key_of(house, contact.name)
    if not (request.addresses or request.circles):
        gone_with: dict[tuple[str, ...], Any] = {("people", key): None}
        if granted_to := grant_key(house, contact.name):
            gone_with["grants", granted_to] = None
        write_settings(house.home, gone_with)
        return wire.ContactsShown((shown,))
    gone = {folded_at(each) for each in request.addresses}
    left = {folded_name(each) for each in request.circles}
    if unknown := [*(gone - {folded_at(each) for each in contact.addresses}), *(left - set(contact.circles))]:
        raise NotFound(f"{contact.name} has no {unknown[0]!r}.", safe=UNCHANGED, do=f"See: sage contacts show {key}")
    changed = replace(
        contact,
        addresses=tuple(each for each in contact.addresses if folded_at(each) not in gone),
        circles=tuple(each for each in contact.circles if each not in left),
    )
    _write(house, key, changed, contact)
    return wire.ContactsShown((shown,))


def _write(house: House, key: str, changed: Contact, before: Contact | None) -> None:
    """Writes what changed, below the name as the settings have it."""
    values: dict[tuple[str, ...], Any] = {}
    for name in ("called", "addresses", "circles"):
        value = getattr(changed, name)
        if value != (getattr(before, name) if before else type(value)()):
            values["people", key, name] = value
    if not before and not values:
        values["people", key, "called"] = key
    write_settings(house.home, values)


def key_of(house: House, name: str) -> str:
    """How the settings write a contact's name ("": there is none)."""
    return _key(resolve("default", house.home).settings.people, name)


def grant_key(house: House, name: str) -> str:
    """How the settings write the name of whom something is granted ("": nothing is)."""
    return _key(resolve("default", house.home).settings.grants, name)


def _key(tables: Iterable[str], name: str) -> str:
    return next((each for each in tables if folded_name(each) == folded_name(name)), "")
