"""What the Inbox does: drafts are approved, written anew and denied, answers taken back, conversations taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sage import wire
from sage.core.deputy.grants import How
from sage.tui.inbox_items import DOUBTFUL, OPEN, WORDS, Came, Decided, Offered

if TYPE_CHECKING:
    from sage.tui.screens.inbox import Inbox
    from sage.tui.screens.talk import Talk

LENGTHS = {"": "Until I am back", "4h": "Four hours", "until tomorrow at 9": "Until tomorrow at 9"}
_OTHER = "other"
_HOW: dict[str, Literal["sent", "again", "drop"]] = {"sent": "sent", "again": "again", "drop": "drop"}


class Deeds:
    """Each is run beside the keys, and tells at the bottom of the Inbox what came of it."""

    def __init__(self, inbox: Inbox, talk: Talk) -> None:
        self._inbox, self._talk = inbox, talk
        self._sending: set[str] = set()
        """What was approved and is not answered yet: a second key changes nothing."""

    async def approve(self, row: Decided) -> None:
        """Sends exactly what is shown."""
        reply = row.reply
        if row.stage not in OPEN and not row.written:
            self._inbox.tell(f"There is nothing to approve: {WORDS[row.stage]}.")
        elif not reply.text.strip():
            self._inbox.tell("There is no text yet: e writes one.")
        elif reply.id not in self._sending:
            self._sending.add(reply.id)
            self._inbox.tell("Sending …")
            try:
                done = await self._talk.call(_approval(row))
            finally:
                self._sending.discard(reply.id)
            await self._inbox.settled(Decided(done))

    async def deny(self, row: Decided) -> None:
        """Nothing is sent."""
        if row.stage not in OPEN:
            self._inbox.tell(f"There is nothing to deny: {WORDS[row.stage]}.")
        elif row.reply.state == "silent":
            self._inbox.drop_written(row)
        elif row.id not in self._sending:
            await self._inbox.settled(Decided(await self._talk.call(wire.SettleReply(row.id, "deny"))))

    async def take_back(self, row: Decided) -> None:
        """An automatic answer that has not left is not sent."""
        if row.reply.state != "going":
            self._inbox.tell("Only what goes out by itself can be taken back.")
        else:
            await self._inbox.settled(Decided(await self._talk.call(wire.SettleReply(row.id, "take back"))))

    async def take_over(self, row: Decided) -> None:
        """The person answers there by themself, or no more."""
        reply = row.reply
        await self._talk.call(wire.TakeOver(reply.account, reply.conversation, not reply.yours))
        told = (
            "Sage may answer there again."
            if reply.yours
            else "You answer there yourself from now on; Sage stays silent."
        )
        await self._inbox.look_now(told)

    async def settle(self, row: Decided) -> None:
        """The person says what became of a message of which nobody knows, or that failed."""
        from sage.tui.screens.choice import Choice, Option

        if row.stage not in DOUBTFUL:
            self._inbox.tell("There is no doubt about it.")
            return
        options = [
            Option("again", "Send it once more", "if it did arrive, they get it twice"),
            Option("drop", "Do not send it"),
        ]
        if row.stage == "uncertain":
            options.insert(0, Option("sent", "It arrived"))
        how = await self._inbox.app.push_screen_wait(Choice("What became of it?", options, row.why))
        if how:
            await self._talk.call(wire.SettleMessage(row.reply.outgoing, _HOW[how]))
            await self._inbox.settled(Decided(await self._talk.call(wire.ShowReply(row.id))))

    async def write(self, row: Came | Decided, text: str) -> None:
        """Shows what would be sent if this text were; after an answer it is a correction."""
        sent = "" if isinstance(row, Came) or row.stage in OPEN else row.sent or row.reply.text
        shown = await self._talk.call(wire.ShowReply(row.id, text))
        self._inbox.show_written(row.id, Decided(shown, written=True, sent=sent))

    async def share(self, row: Decided) -> None:
        """They may see what a hint names from now on, once the person has seen who would see what; then it is drafted anew."""
        from sage.tui.screens.choice import Choice, Option
        from sage.tui.screens.hint_sharing import HintSharing

        hints = row.reply.hints
        if row.reply.state != "open" or not hints:
            self._inbox.tell("There is nothing to share for it.")
            return
        chosen = "1"
        if len(hints) > 1:
            options = [Option(str(number), hint) for number, hint in enumerate(hints, 1)]
            chosen = await self._inbox.app.push_screen_wait(Choice("Which of these may they see?", options))
        done = chosen and await self._inbox.app.push_screen_wait(HintSharing(self._talk, row.reply, int(chosen)))
        if done:
            await self._inbox.look_now(done)

    async def accept(self, row: Offered) -> None:
        """Sage may answer somebody on a topic by itself, if that still is what was shown."""
        offer = row.offer
        change = await self._talk.call(wire.GiveGrant(offer.contact, offer.topic, "auto", preview=True))
        if change != row.change:
            await self._inbox.look_now("What they see of it is other by now than you saw: look again.")
            return
        await self._grant(row, "auto", "is answered by Sage while you are away")

    async def decline(self, row: Offered) -> None:
        """It goes on as now, and is not offered again."""
        await self._grant(row, "draft", "goes on as now: you see each answer first")

    async def _grant(self, row: Offered, how: How, told: str) -> None:
        offer = row.offer
        await self._talk.call(wire.GiveGrant(offer.contact, offer.topic, how))
        await self._inbox.look_now(f"{offer.contact} on {offer.topic} {told}.")

    async def come_back(self) -> None:
        """Nothing is answered without the person any more."""
        await self._talk.call(wire.ComeBack())
        self._inbox.action_group("away")
        await self._inbox.look_now("You are back. This is what was answered meanwhile; c corrects it.")

    async def go_away(self) -> None:
        """Easy questions are answered as the grants allow, for as long as the person says."""
        from sage.tui.screens.ask_line import AskLine
        from sage.tui.screens.choice import Choice, Option

        options = [
            *(Option(f"for {words}", label) for words, label in LENGTHS.items()),
            Option(_OTHER, "Another time …"),
        ]
        about = (
            "Sage answers easy questions meanwhile, of those and on that for which you said auto. The rest waits here."
        )
        chosen = await self._inbox.app.push_screen_wait(Choice("Away for how long?", options, about))
        words = chosen.removeprefix("for ")
        if chosen == _OTHER:
            words = await self._inbox.app.push_screen_wait(
                AskLine("Away until when?", example="2h, or until friday at 9")
            )
        if chosen and (words or chosen != _OTHER):
            shown = await self._talk.call(wire.GoAway(words))
            await self._inbox.look_now(f"You are {shown.words}. b: I am back.")


def _approval(row: Decided) -> wire.ApproveReply | wire.CorrectReply:
    """The person's yes to exactly what is shown."""
    reply = row.reply
    if row.sent:
        return wire.CorrectReply(reply.id, reply.digest, reply.text)
    return wire.ApproveReply(reply.id, reply.digest, reply.text if row.written else "")
