"""Messages of a home's accounts: the door, the outbox, and where reminders can be told, over the accounts that run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from sage.adapters.journal.journal_channels import ChannelPages
from sage.adapters.journal.journal_outbox import OutboxPages
from sage.adapters.plugins.found import find_plugins
from sage.core.disclosure import Exchange, exchange_of
from sage.core.errors import BadInput, NotFound, SageError
from sage.core.plugins.admission import folded_address
from sage.core.plugins.arrivals import Arrival
from sage.core.plugins.outbox import digest_of
from sage.engine.channel_surface import ChannelSurface
from sage.engine.channels import Channels
from sage.engine.sending import Sending
from sage.plugin_api import Batch, Capability, Outbound
from sage.profile import resolve
from sage.profile_plugins import AccountSettings, accounts_of

if TYPE_CHECKING:
    from sage.engine.alarms import Surface
    from sage.engine.bootstrap import House


class Messaging:
    """All about messages of one home. `say` tells the person something once, now or later; `mention` only whoever looks."""

    def __init__(
        self, house: House, say: Callable[[str], Awaitable[None]], mention: Callable[[str], Awaitable[None]]
    ) -> None:
        self._house = house
        self.arrivals, self.outbox = ChannelPages(house.database), OutboxPages(house.database)
        self.channels = Channels(
            self.arrivals, self.settings, house.clock.now, remembered=house.memory.catch_up, news=mention
        )
        self.sending = Sending(
            self.outbox,
            house.accounts,
            lambda account: self.has(account, "IDEMPOTENT_SEND"),
            house.clock,
            house.pausing,
            say,
            house.accounts.host.starts,
        )

    def listen(self, came: Callable[[], None] = lambda: None) -> None:
        """From now on what accounts bring is kept; `came` is called after each batch."""

        async def take(account: str, batch: Batch) -> None:
            await self.channels.take(account, batch)
            came()

        self._house.accounts.ears.batch = take
        self._house.accounts.ears.cursor = self.channels.cursor
        self._house.accounts.ears.state.append(lambda state: self.sending.look_soon())

    def settings(self, account: str) -> AccountSettings | None:
        """An account's settings as they are now, if it is enabled."""
        try:
            every = accounts_of(resolve("default", self._house.home))
        except SageError:  # settings that cannot be read let nobody in, and nothing out
            return None
        return next((each for each in every if each.id == account and each.enabled and not each.trouble), None)

    def exchange(self, arrival: Arrival) -> Exchange:
        """Who takes part in a message's conversation, by what its service says."""
        settings = self.settings(arrival.account)
        return exchange_of(
            arrival.account, arrival.conversation, arrival.sender, arrival.members, settings.owner if settings else (),
            group=arrival.group, verified=arrival.verified,
        )  # fmt: skip

    def has(self, account: str, capability: Capability) -> bool:
        """Whether an account's plugin says that it can do something. Reads the plugins' folders."""
        found = find_plugins(self._house.home).plugins.get(account.partition("/")[0])
        return found is not None and capability in found.manifest.capabilities

    def addressed(self, account: str, conversation: str, text: str) -> tuple[Outbound, bool]:
        """The message to a conversation, with exactly those who would get it, and whether they are a group. Raises NotFound
        for an account that cannot send, BadInput when nobody knows who is in the conversation."""
        settings = self.settings(account)
        if settings is None or not self.has(account, "SEND"):
            what = f"{account} is no account that sends messages." if settings else f"{account} is not enabled."
            raise NotFound(what, safe="Nothing was sent.", do="See: sage plugin list")
        if not text.strip():
            raise BadInput("There is no text.", safe="Nothing was sent.")
        last = self.arrivals.last_of(account, conversation)
        if last is None:
            return Outbound(conversation, (conversation,), text, auto=False), False
        own = {folded_address(each) for each in settings.owner}
        everybody = dict.fromkeys((*last.members, last.sender)) if last.group else (last.sender,)
        to = tuple(each for each in everybody if folded_address(each) not in own)
        if last.group and not last.members:
            do = f'Add "{conversation}" to the `allow` of {account}, and wait for the next message there.'
            raise BadInput("Nobody knows who is in that group.", safe="Nothing was sent.", do=do)
        return Outbound(conversation, to, text, auto=False), last.group

    def digest(self, account: str, out: Outbound) -> str:
        """Stands for exactly this message of the person's own."""
        return digest_of(account, "direct", out)

    def surfaces(self) -> Sequence[Surface]:
        """The person's own addresses where reminders may be told, as the settings say now."""
        accounts, found = self._house.accounts, []
        for launch in accounts.host.launches():
            settings = self.settings(launch.account) if "SEND" in launch.capabilities else None
            if settings and settings.reminders and settings.owner:
                found.append(self._surface(launch.account, settings.owner[0], launch.capabilities))
        return found

    def _surface(self, account: str, address: str, capabilities: tuple[Capability, ...]) -> Surface:
        accounts = self._house.accounts
        return ChannelSurface(
            account,
            address,
            address,
            accounts,
            lambda: accounts.is_on(account),
            idempotent="IDEMPOTENT_SEND" in capabilities,
        )

    async def settled(self, name: str, within: float) -> None:
        """Waits until a message is not on its way any more, or for so many seconds."""
        for _ in range(int(within / 0.1)):
            found = await asyncio.to_thread(self.outbox.find, name)
            if found is None or found.state not in ("waiting", "sending") or found.next_at:
                return
            await asyncio.sleep(0.1)
