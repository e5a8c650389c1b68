"""Whether what goes out by itself still may, asked again just before it would: much can change while it waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sage.adapters.journal.journal_replies import KeptReply, ReplyPages
from sage.agent.replier import Incoming, Replier, Rules
from sage.core.deputy.grants import granted_all
from sage.core.deputy.guards import wants_no_answers
from sage.core.deputy.sayings import said_in
from sage.core.disclosure import DOUBTFUL, Exchange, Piece, card_pieces, readers_of
from sage.core.errors import NotFound
from sage.core.labels import Reader
from sage.core.plugins.admission import folded_address
from sage.core.plugins.arrivals import Arrival
from sage.core.plugins.outbox import Decision, Drop, Message, Send, Wait
from sage.core.schedules.wall_time import in_quiet_hours
from sage.settings import Settings

if TYPE_CHECKING:
    from sage.engine.bootstrap import House
    from sage.engine.messaging import Messaging

AUTO, HANDOFF = "auto", "handoff"
"""The permits of what goes out by itself."""
YOUR_TURN = timedelta(hours=1)
"""So long after the person wrote somewhere themself, Sage answers nothing there."""


class Checks:
    """Asked of each automatic message. `rules` and `replier` are as the settings say at that moment; `undecided` are messages
    that nothing was decided of yet."""

    def __init__(
        self,
        house: House,
        messaging: Messaging,
        pages: ReplyPages,
        rules: Callable[[], Rules],
        replier: Callable[[], Replier],
        settings: Callable[[], Settings],
        undecided: Callable[[], Sequence[Arrival]],
    ) -> None:
        self._house, self._messaging, self._pages = house, messaging, pages
        self._rules, self._replier, self._settings, self._undecided = rules, replier, settings, undecided

    def allows(self, message: Message) -> Decision:
        """Whether a message of the outbox still may go. What the person sent or approved themself always may."""
        if message.permit not in (AUTO, HANDOFF):
            return Send()
        if why := self._trouble(message):
            return Drop(why)
        until = quiet_until(self._settings(), self._house.clock.now())
        return Wait(until.isoformat(), "it is quiet now") if until else Send()

    def is_persons_turn(self, account: str, conversation: str) -> bool:
        """Whether the person writes there themself."""
        since = self._house.clock.now() - YOUR_TURN
        return (account, conversation) in self._pages.taken_over() or self._pages.own_words(
            account, conversation, since
        )

    def _trouble(self, message: Message) -> str:
        """Why it may not; "" if it may."""
        arrival, rules = self._messaging.arrivals.find(message.answers), self._rules()
        if arrival is None or not arrival.sender:
            return "what it answers was forgotten"
        if not self._is_heard(arrival):
            return "you want no answers there any more"
        if not rules.away:
            return "you are back"
        if self.is_persons_turn(message.account, message.conversation):
            return "you write there yourself"
        exchange = self._messaging.exchange(arrival)
        if self._others_came(arrival, exchange):
            return "others are in that group by now"
        contact = rules.people.at(exchange.addresses[0])
        if contact is None or contact.name in self._pages.opted_out() or self._says_stop(contact.name, rules):
            return "they are not to be answered"
        if self._pages.is_edited(arrival):
            return "they changed what they wrote"
        kept = self._pages.find(arrival.id)
        if message.permit == HANDOFF:
            return "" if rules.handoff and kept and kept.state == "open" else "there is no need to say it any more"
        if kept is None or kept.state != "going":
            return "it was taken back"
        return self._trouble_of_answer(arrival, kept, rules, exchange)

    def _is_heard(self, arrival: Arrival) -> bool:
        settings = self._messaging.settings(arrival.account)
        if settings is None or not settings.deputy:
            return False
        allowed = {folded_address(each) for each in settings.allow}
        return not allowed.isdisjoint({folded_address(arrival.sender), folded_address(arrival.conversation)})

    def _others_came(self, arrival: Arrival, exchange: Exchange) -> bool:
        last = self._messaging.arrivals.last_of(arrival.account, arrival.conversation)
        if last is None or not (exchange.group or last.group):
            return False
        return set(self._messaging.exchange(last).addresses) != set(exchange.addresses)

    def _says_stop(self, contact: str, rules: Rules) -> bool:
        """Whether a message that is not looked at yet wants no answers, from whichever address of theirs."""
        for arrival in self._undecided():
            writer = rules.people.at(self._messaging.exchange(arrival).addresses[0])
            if writer is not None and writer.name == contact and wants_no_answers(said_in(arrival)):
                return True
        return False

    def _trouble_of_answer(self, arrival: Arrival, kept: KeptReply, rules: Rules, exchange: Exchange) -> str:
        readers = readers_of(exchange, rules.people)
        if granted_all(rules.grants, readers, kept.reply.topics) != "auto":
            return "you do not allow it any more"
        incoming = Incoming(exchange, said_in(arrival), written=written_at(arrival))
        if not all(self._is_seen(piece, incoming, rules, readers) for piece in kept.reply.sources):
            return "what it says is not so any more, or not shared with them"
        return ""

    def _is_seen(self, piece: Piece, incoming: Incoming, rules: Rules, readers: tuple[Reader, ...]) -> bool:
        """Whether these readers may be told a piece now, with the very words that it had."""
        now: Sequence[tuple[str, str]]
        match piece.kind:
            case "calendar":
                now = [(each.id, each.text) for each in self._replier().when_free(incoming, rules, readers).sources]
            case "card":
                cards = card_pieces(rules.people, readers, incoming.text)
                now = [(each.id, each.text) for each in cards if each.confidence > DOUBTFUL]
            case _:
                now = self._around(piece.id, readers)
        return (piece.id, piece.text) in now

    def _around(self, name: str, readers: tuple[Reader, ...]) -> Sequence[tuple[str, str]]:
        try:
            return [(each.id, each.text) for each in self._house.memory.around(name, readers)[0]]
        except NotFound:  # it was changed, or they may not see it any more
            return []


def written_at(arrival: Arrival) -> datetime | None:
    """When a message was written, as its service says."""
    return datetime.fromisoformat(arrival.at) if arrival.at else None


def quiet_until(settings: Settings, now: datetime) -> datetime | None:
    """When the quiet hours end in which automatic answers wait; None when they need not."""
    hours = settings.quiet_hours
    if not settings.deputy.quiet or not in_quiet_hours(now, hours.start, hours.end):
        return None
    end = datetime.combine(now.date(), time.fromisoformat(hours.end), now.tzinfo)
    return end if end > now else datetime.combine(now.date() + timedelta(days=1), end.timetz())
