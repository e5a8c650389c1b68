"""Who may come in: whether a message's words are kept, decided from the account's own settings alone.

The words of strangers are neither kept nor shown to a model: a row says that somebody wrote, and nothing else. Whoever is
let in has no authority either; what they write is a contact's text, seen by those alone who could read it anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sage.core.labels import PRIVATE, Audience, audience_of
from sage.plugin_api import Inbound

Why = Literal["own", "auto", "malformed", "stranger", "unverified", "group"]
WORDS: dict[Why, str] = {
    "own": "it is your own",
    "auto": "a program wrote it",
    "malformed": "it names no sender or conversation that could be answered",
    "stranger": "its sender is not in the account's `allow`",
    "unverified": "the service says that its sender is forged",
    "group": "others in that group are not in the account's `allow`",
}
"""Why a message's words are not kept, as the person is told."""

MOST_SHARE = 50
"""Members of a group up to which its messages are labelled with all of them; a larger group's are private."""


@dataclass(frozen=True)
class Admit:
    """Its words are kept. `contact` is the name of its sender among labels; `audience` is who read it anyway."""

    contact: str
    audience: Audience


@dataclass(frozen=True)
class Hold:
    """That it came is kept and shown; its words are not."""

    why: Why


@dataclass(frozen=True)
class Ignore:
    """That it came is kept, so that it is not looked at again."""

    why: Why


Admission = Admit | Hold | Ignore


def folded_address(address: str) -> str:
    """An address as it is compared: only A to Z are folded, so that no letter that looks alike passes for another."""
    return "".join(chr(ord(letter) + 32) if "A" <= letter <= "Z" else letter for letter in address.strip())


def trouble_in(allow: Iterable[str]) -> str:
    """What is wrong with an account's `allow` ("" for nothing)."""
    for address in allow:
        if "*" in address:
            return f"`allow` names people and groups one by one: {address!r} would let in whoever writes."
    return ""


def decide(event: Inbound, *, plugin: str, owner: Iterable[str], allow: Iterable[str]) -> Admission:
    """Whether a message comes in. Nobody is let in by an empty `allow`; an entry of it is a sender or a conversation."""
    own = {folded_address(each) for each in owner} - {""}
    allowed = {folded_address(each) for each in allow if "*" not in each} - {""}
    sender, conversation = folded_address(event.sender.id), folded_address(event.conversation)
    if event.own or sender in own:
        return Ignore("own")
    if not (sender and conversation and event.id):
        return Ignore("malformed")
    if event.auto:
        return Ignore("auto")
    if sender not in allowed and conversation not in allowed:
        return Hold("stranger")
    if event.verified == "no":
        return Hold("unverified")
    others = {folded_address(each) for each in event.members} - own - {sender}
    if event.group and conversation not in allowed and (not event.members or others - allowed):
        return Hold("group")
    contact = contact_name(plugin, event.sender.id)
    return Admit(contact, _audience(event, plugin, own))


def contact_name(plugin: str, address: str) -> str:
    """The name under which labels know somebody: the address, with the plugin that vouches for it."""
    return f"{plugin}:{folded_address(address)}"


def _audience(event: Inbound, plugin: str, own: set[str]) -> Audience:
    """Those who read it where it was written; the owner alone where that is not certain."""
    members = (*event.members, event.sender.id) if event.group else (event.sender.id,)
    addresses = {folded_address(each) for each in members} - own
    certain = event.verified == "yes" and (event.members or not event.group)
    if (
        not certain
        or len(addresses) > MOST_SHARE
        or not all(each.isascii() and each.isprintable() for each in addresses)
    ):
        return PRIVATE  # labels fold names further than addresses are
    return audience_of(contact_name(plugin, each) for each in addresses)
