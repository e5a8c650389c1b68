"""What the Inbox's reading pane shows: a decision with all that the person needs to decide, or a message.

What would be sent stands there exactly, as plain text, apart from what others wrote and from what only the person may see.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sage.core.disclosure import Piece
from sage.core.facts.fact_wording import day_in_words
from sage.core.sharing_words import counted
from sage.core.terminal_text import clean_line
from sage.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from sage import wire
    from sage.core.deputy.learning import Offer
    from sage.tui.inbox_items import Came, Decided, Stage

SHORT = 240
"""Characters of a message that stand beside the list: a long one may not push what would be sent out of sight."""
_HEADINGS: dict[Stage, str] = {
    "question": "Sage has no answer.{told} Yours would go to {to}",
    "draft": "Not sent.{told} With your yes (a) exactly this goes to {to}",
    "taken back": "You took it back. With your yes (a) exactly this goes to {to}",
    "leaves": "Goes out by itself at {at} unless you take it back (t), to {to}",
    "unsent": "Not sent yet{why}. It goes to {to}",
    "answered": "Sage sent this for you to {to}",
    "sent": "You approved it, and it was sent to {to}",
    "uncertain": "Nobody knows whether it arrived{why}. Look there, then say what became of it (u). It went to {to}",
    "failed": "It could not be sent{why}; u tries again or drops it. It was for {to}",
    "dropped": "It was not sent{why}. It was for {to}",
    "left": "It was left as a draft{why} for {to}",
    "denied": "You denied it: nothing was sent. It was for {to}",
}
_VOUCHED = {"yes": "the service vouches for it", "no": "the service says that it is forged"}


def decided_entries(row: Decided, now: datetime, *, whole: bool) -> list[Entry]:
    """Who asked what, what would be or was sent and to whom, what it rests on, why, and what only the person may see."""
    reply = row.reply
    group = " in a group" if reply.group else ""
    who = clean_line(f"{reply.contact} <{reply.sender}>{group}, {reply.account}, {moment_in_words(reply.made_at, now)}")
    entries = [Entry("notice", who), _message(reply.asked, whole=whole)]
    entries.append(Entry("notice", _heading(row)))
    if reply.text:
        entries.append(Entry("outgoing", reply.text))
    if row.sent:
        entries += [Entry("notice", "It corrects what was sent:"), Entry("quoted", row.sent)]
    for each in reversed(reply.corrections):
        why = f" ({clean_line(each.reason)})" if each.reason else ""
        entries += [Entry("notice", f"Your correction, {each.state}{why}:"), Entry("outgoing", each.text)]
    entries += _evidence(reply.sources)
    entries.append(Entry("notice", "\n".join(_reasons(row))))
    if reply.hints:
        listed = "\n".join(f"  {clean_line(hint)}" for hint in reply.hints)
        entries.append(Entry("notice", f"For you alone: they may not see it, and none of it is sent.\n{listed}"))
    return entries


def came_entries(row: Came, now: datetime, *, whole: bool) -> list[Entry]:
    """A message, and why its words were not kept if they were not."""
    message = row.message
    named = f"{message.name} <{message.sender}>" if message.name else message.sender
    group = f" in a group of {len(message.members)}" if message.group else ""
    vouched = _VOUCHED.get(message.verified, "nobody vouches for it")
    about = [
        clean_line(f"{named}{group}, {message.account}, {moment_in_words(message.at, now)}"),
        f"From them: {vouched}.",
    ]
    if message.because:
        return [Entry("notice", "\n".join((*about, f"Its words were not kept: {clean_line(message.because)}.")))]
    about += [clean_line(f"File: {name} (it stays with the service)") for name in message.files]
    about += ["It replaces an earlier one."] if message.edits else []
    if message.answer_to:
        about.append(clean_line(f"They want answers elsewhere: {message.answer_to} (yours would not go there)."))
    if not message.text:
        about.append(clean_line(f"It cannot be read: {message.unreadable or 'it has no text'}."))
    cut = f"({counted(message.left_out, 'byte')} more were left out)" if message.left_out else ""
    entries = [Entry("notice", "\n".join(about))]
    entries += [_message(message.text, whole=whole)] if message.text else []
    return [*entries, Entry("notice", cut)] if cut else entries


def offered_entries(offer: Offer, change: wire.GrantChange, now: datetime) -> list[Entry]:
    """What Sage could answer by itself: for whom, on what, what they see of it, and the last drafts."""
    told = [
        f"You approved {offer.in_a_row} drafts in a row for {offer.contact} on {offer.topic} as they were.",
        "With your yes (a) Sage answers them on that by itself while you are away. "
        "With d it goes on as now, and is not offered again.",
        "",
        *(f"The topic is: {note}" for note in change.notes),
        *(f"{each.name} may see {counted(each.passages, 'passage')} of it." for each in change.members),
        *change.hints,
    ]
    entries = [Entry("notice", "\n".join(map(clean_line, told)))]
    for reply in change.drafts:
        entries.append(
            Entry("notice", clean_line(f"{reply.contact}, {moment_in_words(reply.made_at, now)}, {reply.state}:"))
        )
        entries += [Entry("user", reply.asked[:SHORT] or "(its words were forgotten)"), Entry("outgoing", reply.text)]
    return entries


def _message(text: str, *, whole: bool) -> Entry:
    if whole or len(text) <= SHORT:
        return Entry("user", text or "(no text)")
    return Entry("user", text[:SHORT].rstrip() + " …")


def _heading(row: Decided) -> str:
    """Above the text: what it is, and to whom it goes."""
    reply = row.reply
    to = clean_line(", ".join(reply.to)) + " and nobody else:" if reply.to else "nobody: its message was forgotten."
    if row.written:
        return f"Your {'correction' if row.sent else 'words'}, not sent. With your yes (a) exactly this goes to {to}"
    return _HEADINGS[row.stage].format(
        to=to,
        why=f" ({clean_line(row.why)})" if row.why else "",
        told=" They were told that you will answer." if reply.told else "",
        at=reply.leaves[11:19],
    )


def _evidence(sources: Iterable[Piece]) -> Iterable[Entry]:
    for source in sources:
        yield Entry("notice", f"It rests on {clean_line(source.citation)}:")
        yield Entry("quoted", source.text)


def _reasons(row: Decided) -> Iterable[str]:
    reply = row.reply
    if reply.decision != "silence":
        yield f"Why: {clean_line(reply.reason)}."
    yield f"Who reads it: {clean_line(', '.join(reply.audience)) or 'nobody'}."
    if reply.topics:
        yield f"About: {clean_line(', '.join(reply.topics))}."
    if reply.model and not row.written:
        yield f"Worded by {clean_line(reply.model)}."
    if reply.yours:
        yield "You answer there yourself: Sage stays silent (o: it may again)."


def moment_in_words(at: str, now: datetime) -> str:
    """The time of today, or the day."""
    then = datetime.fromisoformat(at)
    return f"{then:%H:%M}" if then.date() == now.astimezone(then.tzinfo).date() else day_in_words(f"{then:--%m-%d}")
