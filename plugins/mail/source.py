"""A mailbox as a messaging surface: what comes in over IMAP, drafts in its drafts folder, what is sent over SMTP."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from sage.plugin_api import (
    Batch,
    Context,
    DraftRef,
    Health,
    Inbound,
    MessagingSurface,
    Outbound,
    PluginError,
    Receipt,
    Unreachable,
    Unsupported,
    Unsure,
)

from .addresses import normal
from .config import Config
from .marks import KnownMarks, Mark, read_cursor, write_cursor

if TYPE_CHECKING:
    from .imap import Box, Standing
    from .reading import Letter, Reader
    from .writing import Mail

_AT_ONCE = 25
"""Mails that are fetched in one go."""
_BATCH_LETTERS = 200_000
"""Of text in one batch."""
_TRIES = 3
"""How often a mail is asked for at which the connection is lost."""
_SHORT_SECONDS = 60.0
"""A connection that is lost is made anew at once; one that was lost so soon is told as a trouble."""
_LOOKS_INTO_SENT = (0.5, 2.0)
"""Seconds before each look for a mail of which it is not known whether it was sent."""


class Mailbox(MessagingSurface):
    """One mailbox."""

    idle_seconds = 120.0
    """How long one IDLE lasts: routers forget a quiet connection, some after five minutes."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._config: Config = ctx.config
        self._watching: Box | None = None
        self._writing = asyncio.Lock()
        self._trouble = ""
        self._losses: Counter[int] = Counter()
        self._stumbled = False

    async def open(self) -> None:
        """Signs in at both servers. That nothing can be sent at the moment does not keep mail from being read."""
        from . import smtp

        async with self._signed_in():
            pass
        if self._config.smtp_host:
            with contextlib.suppress(Unreachable):
                await smtp.try_sign_in(self._config, self._password())

    async def health(self) -> Health:
        """Whether the server answers: it did just now to the watch, or it does to a sign-in."""
        box = self._watching
        if box is None or time.monotonic() - box.heard > 2 * max(self.idle_seconds, self._config.poll_seconds):
            async with self._signed_in():
                pass
        return Health("ok", self._trouble)

    async def close(self) -> None:
        """Ends the watch."""
        if self._watching:
            self._watching.cut()

    # -- what comes in ----------------------------------------------------------------------------------------------

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        """What comes into the folders. See `MessagingSurface.events`."""
        marks = read_cursor(cursor)
        while True:
            began = time.monotonic()
            try:
                async with self._signed_in() as box:
                    self._watching = box
                    async for batch in self._watch(box, marks):
                        yield batch
            except Unreachable:
                if time.monotonic() - began < _SHORT_SECONDS and not self._stumbled:
                    raise
                self._stumbled = False
            finally:
                self._watching = None

    async def _watch(self, box: Box, marks: dict[str, Mark]) -> AsyncIterator[Batch]:
        """Looks into each folder, the one that is watched last, and waits there. Moves `marks` with what it yields."""
        known = await asyncio.to_thread(KnownMarks, self.ctx.folder / "known.json")
        watched, *others = self._config.folders
        seconds = self.idle_seconds if box.can_idle and not others else float(self._config.poll_seconds)
        standing, told = None, ""
        while True:
            for folder in (*others, watched):
                if others or standing is None:
                    standing = await asyncio.to_thread(box.enter, folder)
                async for batch in self._look(box, folder, standing, marks, known):
                    told = batch.cursor
                    yield batch
            if told != (told := write_cursor(marks)):
                yield Batch((), told)
            await asyncio.to_thread(box.wait, seconds)

    async def _look(
        self, box: Box, folder: str, standing: Standing, marks: dict[str, Mark], known: KnownMarks
    ) -> AsyncIterator[Batch]:
        """What is new in the open folder, and its mark moved. One that was numbered anew keeps its old mark until all of it is
        read."""
        mark = marks.get(folder)
        same = mark is not None and mark.validity == standing.validity
        if mark and same:
            uids = await asyncio.to_thread(box.after, mark.uid)
        else:
            latest = await asyncio.to_thread(box.latest, standing)
            seen = known.of(folder)
            uids = [one.uid for one in latest if mark and one.arrived >= mark.arrived and one.mark not in seen]
            arrived = max((one.arrived for one in latest), default=0)
        async for letters, events in self._letters(box, uids):
            if mark and same:
                mark = Mark(mark.validity, letters[-1].uid, max(mark.arrived, *(letter.arrived for letter in letters)))
                marks[folder] = mark
            yield Batch(events, write_cursor(marks))
            await asyncio.to_thread(known.add, folder, [letter.mark for letter in letters])
        if not same:
            marks[folder] = Mark(standing.validity, standing.next_uid - 1, arrived)
            await asyncio.to_thread(known.add, folder, [one.mark for one in latest])

    async def _letters(self, box: Box, uids: list[int]) -> AsyncIterator[tuple[list[Letter], tuple[Inbound, ...]]]:
        """These mails in batches that are not too large."""
        reader = self._reader()
        while uids:
            at_once = 1 if any(self._losses[uid] for uid in uids[:_AT_ONCE]) else _AT_ONCE
            letters, uids = await self._fetched(box, uids[:at_once]), uids[at_once:]
            held: list[Letter] = []
            events: list[Inbound] = []
            for letter in letters:
                event = await asyncio.to_thread(reader.read, letter, self.ctx.now())
                if held and sum(len(one.text) for one in events) + len(event.text) > _BATCH_LETTERS:
                    yield held, tuple(events)
                    held, events = [], []
                held.append(letter)
                events.append(event)
            if held:
                yield held, tuple(events)

    async def _fetched(self, box: Box, uids: list[int]) -> list[Letter]:
        """These mails. Some servers hang up at a mail that they cannot read themselves: one at which the connection is
        lost again and again, also when it is alone, is given up."""
        from .reading import Letter

        if len(uids) == 1 and self._losses[uids[0]] >= _TRIES:
            return [Letter(uids[0], 0, b"")]
        try:
            return await asyncio.to_thread(box.letters, uids)
        except Unreachable:
            self._losses.update(uids)
            self._stumbled = True
            raise

    # -- what goes out ----------------------------------------------------------------------------------------------

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        """Sends over SMTP, unless the mail of this key is in the folder of sent mail."""
        from . import smtp

        if not self._config.smtp_host:
            raise Unsupported("This mailbox has no smtp_host, so that it only leaves drafts.")
        async with self._writing, self._signed_in() as box:
            mail = await self._mail(box, out, idempotency_key, draft=False)
            receipt = Receipt(mail.message_id, self.ctx.now().isoformat())
            folder = await asyncio.to_thread(box.marked, "\\Sent", self._config.sent_folder)
            if await _sent(box, folder, mail.message_id):
                return receipt
            try:
                await smtp.hand_over(self._config, self._password(), mail)
            except Unsure:
                if await self._turns_up(box, folder, mail.message_id):
                    return receipt
                raise
            await self._keep(box, folder, mail)
        return receipt

    async def draft(self, out: Outbound, idempotency_key: str) -> DraftRef:
        """Leaves a draft in the folder of drafts, unless the one of this key is there."""
        async with self._writing, self._signed_in() as box:
            mail = await self._mail(box, out, idempotency_key, draft=True)
            folder = await asyncio.to_thread(box.marked, "\\Drafts", self._config.drafts_folder)
            if not folder:
                raise Unsupported("The mailbox has no folder that is marked for drafts: name one as drafts_folder.")
            if not await asyncio.to_thread(box.has, folder, "drafts_folder", mail.message_id):
                await asyncio.to_thread(box.append, folder, mail.data, ("\\Draft", "\\Seen"), self.ctx.now())
        return DraftRef(mail.message_id, folder)

    async def _turns_up(self, box: Box, folder: str, message_id: str) -> bool:
        """Whether the server put a mail that it took into the folder of sent mail, as some do."""
        with contextlib.suppress(PluginError):
            for seconds in _LOOKS_INTO_SENT if folder else ():
                await asyncio.sleep(seconds)
                if await _sent(box, folder, message_id):
                    return True
        return False

    async def _keep(self, box: Box, folder: str, mail: Mail) -> None:
        """Puts what was sent into the folder of sent mail. That this fails changes nothing of what was sent."""
        self._trouble = ""
        if not self._config.save_sent or not folder:
            return
        try:
            if not await _sent(box, folder, mail.message_id):
                await asyncio.to_thread(box.append, folder, mail.data, ("\\Seen",), self.ctx.now())
        except PluginError:
            self._trouble = f"The last message was sent, but could not be put into {folder!r}."

    async def _mail(self, box: Box, out: Outbound, key: str, *, draft: bool) -> Mail:
        """What is to be sent; an answer has the subject and the thread of the mail that it answers, if that is still there."""
        from . import writing
        from .reading import headers_of

        config, to_what = self._config, writing.Answered()
        answered = writing.id_in(out.reply_to)
        for folder in config.folders if answered else ():
            if (header := await asyncio.to_thread(box.answered, folder, answered)) is not None:
                found = dict(headers_of(header))
                to_what = writing.Answered(found.get("subject", ""), found.get("references", ""))
                break
        known = writing.message_id(self.ctx.account, key, config.address)
        return writing.write(out, known, config.address, config.name, self.ctx.now(), draft=draft, to_what=to_what)

    # -- within -----------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def _signed_in(self) -> AsyncIterator[Box]:
        """A connection for as long as the block lasts; cut, also under a thread that waits at it, if the block fails."""
        from .imap import Box

        making = asyncio.get_running_loop().run_in_executor(None, Box, self._config, self._password())
        try:
            box = await asyncio.shield(making)
        except asyncio.CancelledError:
            making.add_done_callback(_cut)
            raise
        try:
            yield box
            await asyncio.to_thread(box.leave)
        finally:
            box.cut()

    def _reader(self) -> Reader:
        from .reading import Reader

        named = (*self.ctx.own, self._config.address, self._config.username)
        return Reader(tuple(filter(None, map(normal, named))), self._config.authserv_id)

    def _password(self) -> str:
        return self.ctx.secret("password").reveal()


async def _sent(box: Box, folder: str, message_id: str) -> bool:
    """Whether the folder of sent mail, if there is one, has a mail with this Message-ID."""
    return await asyncio.to_thread(box.has, folder, "sent_folder", message_id) if folder else False


def _cut(made: asyncio.Future[Box]) -> None:
    """Ends a connection that nobody waits for any more."""
    if not made.cancelled() and not made.exception():
        made.result().cut()
