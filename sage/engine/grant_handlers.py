"""Answers about grants: how far the deputy may go, for whom and on what, told before it is given."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Sequence

from sage import wire
from sage.adapters.home.settings_file import write_settings
from sage.agent.replier import Rules
from sage.core.deputy.grants import ANY, ORDER, granted
from sage.core.deputy.replies import ReplyState
from sage.core.disclosure import CALENDAR, CARD, topic_of
from sage.core.errors import BadInput, NotFound
from sage.core.labels import Reader, folded_name
from sage.core.people import RESERVED, Contact
from sage.engine.contact_handlers import UNCHANGED, grant_key, key_of, learnable, sight_of, topics_of
from sage.engine.desk import Desk, handles
from sage.engine.learning_handlers import offers_now
from sage.engine.service import Emit, Line
from sage.engine.shown_replies import show_reply
from sage.profile import resolve

LAST_DRAFTS, LOOKED_AT = 3, 500
"""Drafts that are shown before a grant is given, and decisions that are looked at for them."""
_DECIDED: tuple[ReplyState, ...] = ("open", "going", "approved", "edited", "denied", "taken back")


@handles(wire.ListGrants)
async def _list(desk: Desk, request: wire.ListGrants, line: Line, emit: Emit) -> wire.GrantsShown:
    def listed() -> wire.GrantsShown:
        rules = desk.deputy.rules()
        found = [
            wire.Grant(who, topic, how, tuple(each.name for each in _members(rules, who)))
            for who, topics in rules.grants.items()
            for topic, how in topics.items()
        ]
        return wire.GrantsShown(tuple(found), tuple(offers_now(desk)))

    return await asyncio.to_thread(listed)


@handles(wire.GiveGrant)
async def _give(desk: Desk, request: wire.GiveGrant, line: Line, emit: Emit) -> wire.GrantChange:
    def give() -> wire.GrantChange:
        change = _change(desk, request)
        if not request.preview:
            grant = change.grant
            who = grant_key(desk.house, grant.who) or key_of(desk.house, grant.who) or grant.who
            key: tuple[str, ...] = ("grants", who, _topic_key(desk, who, grant.topic))
            write_settings(desk.house.home, {key: grant.how})
        return change

    return await asyncio.to_thread(give)


def _change(desk: Desk, request: wire.GiveGrant) -> wire.GrantChange:
    """What a grant would change. Raises NotFound for somebody or something that there is not."""
    rules, topic = desk.deputy.rules(), folded_name(request.topic)
    members = _members(rules, request.who)
    who = _who(rules, request.who, members)
    notes = _notes_of(desk, topic)
    if topic not in (ANY, CALENDAR, CARD) and not notes and request.how == "auto":
        raise _no_topic(desk, request.topic)
    before = rules.grants.get(who, {}).get(topic) or granted(rules.grants, _reader(who, members), [topic])
    grant = wire.Grant(who, topic, request.how, tuple(each.name for each in members))
    sights = tuple(_member_sight(desk, rules, each, topic) for each in members)
    names = {each.name for each in members}
    drafts = [
        kept for kept in desk.deputy.pages.latest(_DECIDED, LOOKED_AT)
        if kept.reply.contact in names and kept.reply.text and (topic == ANY or topic in kept.reply.topics)
    ][:LAST_DRAFTS]  # fmt: skip
    return wire.GrantChange(
        grant, before, ORDER.index(request.how) > ORDER.index(before), notes, sights,
        tuple(show_reply(desk, kept) for kept in drafts), tuple(_hints(grant, sights)),
    )  # fmt: skip


def _members(rules: Rules, who: str) -> list[Contact]:
    """The contact of a name or address, or all who are in a circle of that name."""
    contact = rules.people.named(who)
    if contact is not None:
        return [contact]
    return [each for each in rules.people.contacts if folded_name(who) in each.circles]


def _who(rules: Rules, typed: str, members: Sequence[Contact]) -> str:
    """The name under which a grant is kept. Raises BadInput, NotFound."""
    name = folded_name(typed)
    if name in RESERVED or "*" in typed:
        raise BadInput(
            f"Nothing is granted to {typed!r}: only to contacts and circles, one by one.",
            safe=UNCHANGED,
            do="See who there is: sage contacts list",
        )
    if members:
        return members[0].name if rules.people.named(typed) else name
    if name in rules.grants:  # an old grant of a circle that nobody is in any more
        return name
    known = {
        *(each.name for each in rules.people.contacts),
        *(c for each in rules.people.contacts for c in each.circles),
    }
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    hint = f" The nearest is {near[0]!r}." if near else ""
    raise NotFound(
        f"No contact or circle is called {typed!r}.{hint}",
        safe=UNCHANGED,
        do="See: sage contacts list, or add them: sage contacts add NAME",
    )


def _reader(who: str, members: Sequence[Contact]) -> Reader:
    return members[0].reader if len(members) == 1 and members[0].name == who else ("", who)


def _notes_of(desk: Desk, topic: str) -> tuple[str, ...]:
    """The sources in memory that a topic is."""
    return tuple(sorted(each for each in desk.house.sharing.sources() if topic_of(each) == topic))


def _no_topic(desk: Desk, typed: str) -> NotFound:
    known = {topic_of(each) for each in desk.house.sharing.sources()} | {ANY, CALENDAR, CARD}
    near = difflib.get_close_matches(folded_name(typed), sorted(known), n=1, cutoff=0.5)
    hint = f" The nearest is {near[0]!r}." if near else ""
    return NotFound(
        f"No note is called {typed!r}.{hint}",
        safe=UNCHANGED,
        do='A topic is a note\'s name without its ending, "calendar", "contacts" or "any".',
    )


def _member_sight(desk: Desk, rules: Rules, member: Contact, topic: str) -> wire.MemberSight:
    sight, whole = sight_of(desk, rules, member), learnable(desk, member)
    counts = {**topics_of(whole), CALENDAR: int(sight.busy), CARD: len(sight.cards)}
    every = sum(one.passages for one in whole.seen if topic_of(one.source) == topic)
    passages = sum(counts.values()) if topic == ANY else counts.get(topic, 0)
    return wire.MemberSight(member.name, passages, max(0, every - passages))


def _hints(grant: wire.Grant, sights: Sequence[wire.MemberSight]) -> list[str]:
    """What the person should know before: who cannot see it, or not as that topic, and who may come."""
    blind = [each.name for each in sights if not each.passages and not each.alone]
    hints = [
        f"{each.name} sees passages of {grant.topic}, not the note as a whole: for these the grant on {ANY} counts."
        for each in sights
        if each.alone and grant.how != "off"
    ]
    if blind and grant.how != "off":
        names = ", ".join(blind)
        do = {
            CALENDAR: "name them in `calendar.busy_for`",
            CARD: "name them in a contact's `shared`",
        }.get(grant.topic, f"sage share TARGET --with {blind[0]}")
        hints.append(f"A grant shows nothing to anybody: {names} may see nothing of {grant.topic}. To share it: {do}")
    if grant.how == "auto" and len(sights) > 1:
        hints.append(f"Whoever comes into the circle {grant.who} later is answered as well.")
    if grant.how == "auto" and grant.topic == ANY:
        hints.append("That is all topics, also of notes that you share with them later.")
    return hints


def _topic_key(desk: Desk, who: str, topic: str) -> str:
    """How the settings write a topic already, else as it is compared."""
    tables = resolve("default", desk.house.home).settings.grants
    return next((each for each in tables.get(who, {}) if folded_name(each) == topic), topic)
