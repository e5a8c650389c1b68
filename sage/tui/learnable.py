"""What a contact could learn, in the words of `sage contacts show`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sage import wire
from sage.core.errors import NotFound
from sage.core.sharing_words import learnable_lines

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk
    from sage.tui.working import Working

NOBODY = "You have no contacts yet. In a shell: sage contacts add NAME --address PLUGIN:ADDRESS"


async def learnable(talk: Talk, name: str) -> list[str]:
    """The lines about somebody, by a name or address."""
    try:
        seen = await talk.call(wire.ShowContact(name))
    except NotFound:
        return [f"{name} is no contact: Sage answers nothing there, and they learn what is public at most."]
    who = seen.contact
    topics = ((grant.topic, grant.how) for grant in seen.topics)
    return [
        ", ".join((who.called or who.name, *who.addresses)),
        *(["They want no answers of Sage's."] if who.opted_out else []),
        *learnable_lines(seen.sight, topics, busy=seen.busy, cards=seen.cards),
    ]


async def ask_learnable(place: Working, talk: Talk) -> None:
    """Lets the person choose a contact and shows it."""
    from sage.tui.screens.choice import Choice, Option
    from sage.tui.screens.told import Told

    contacts = (await place.read(wire.ListContacts())).contacts
    if not contacts:
        place.tell(NOBODY)
        return
    options = [Option(one.name, one.called or one.name, ", ".join((*one.addresses, *one.circles))) for one in contacts]
    if name := await place.app.push_screen_wait(Choice("What could they learn?", options)):
        await place.app.push_screen_wait(Told("What could they learn?", partial(learnable, talk, name)))
