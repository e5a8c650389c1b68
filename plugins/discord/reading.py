"""What a message of Discord says, as Sage's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sage.plugin_api import Address, Attachment, Inbound

if TYPE_CHECKING:
    import discord

_UNREADABLE = "It holds something that is not read here, such as a sticker or a poll."


def conversation_of(message: discord.Message, me: int) -> tuple[str, str]:
    """Where an answer goes, and the thread in it: a person's number in private, "#" and the channel's otherwise."""
    channel = message.channel
    if message.guild is None:
        return str(message.author.id), ""
    parent = getattr(channel, "parent_id", None)
    return (f"#{parent}", str(channel.id)) if parent else (f"#{channel.id}", "")


def inbound(message: discord.Message, me: int, own: frozenset[str], members: tuple[str, ...]) -> Inbound | None:
    """It as Sage knows it; None for the bot's own, and for what only tells that something happened."""
    if message.author.id == me or message.is_system():
        return None
    author, edited = message.author, message.edited_at
    files = tuple(Attachment(each.filename, each.content_type or "", each.size) for each in message.attachments)
    other = bool(message.stickers or message.poll or message.embeds or message.message_snapshots)
    if not (message.content or files or other):
        return None
    conversation, thread = conversation_of(message, me)
    name, answered = name_of(message.channel.id, message.id), message.reference
    return Inbound(
        id=f"{name}/{edited.timestamp():.6f}" if edited else name,
        conversation=conversation,
        sender=Address(str(author.id), f"{author.display_name} (@{author.name})"),
        text=message.content,
        at=(edited or message.created_at).isoformat(),
        group=message.guild is not None,
        members=members,
        thread=thread,
        reply_to=name_of(answered.channel_id, answered.message_id) if answered and answered.message_id else "",
        edits=name if edited else "",
        own=str(author.id) in own,
        auto=author.bot or message.webhook_id is not None,
        verified="unknown" if message.webhook_id else "yes",
        unreadable=_UNREADABLE if other and not message.content else "",
        attachments=files,
    )


def name_of(channel: int, message: int) -> str:
    """A message's id."""
    return f"{channel}/{message}"


def number_in(name: str, channel: int) -> int:
    """The number of a message of this channel by its id, 0 for any other."""
    before, _, number = name.partition("/")
    return int(number) if before == str(channel) and is_number(number) else 0


def is_number(text: str) -> bool:
    """Whether it can be one of Discord's numbers."""
    return text.isascii() and text.isdecimal() and len(text) < 20
