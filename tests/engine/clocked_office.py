"""A home with a deputy for tests of it: a real journal and memory, an account that is a list, and a clock that is told to go on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sage import wire
from sage.adapters.journal.journal_replies import KeptReply
from sage.core.plugins.arrivals import Arrival
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from sage.plugin_api import Address, Batch, Inbound, Outbound, Receipt
from sage.testing.fakes import FakeClock
from tests.engine.test_inbox_handlers import MANIFEST
from tests.homes import make_home

ACCOUNT, OTHER = "letters/me", "letters/work"
TOM, WORK_TOM, EVE = "tom@letters", "tom@work", "eve@letters"
SETTINGS = """
[person]
name = "Demo Ana"
timezone = "Europe/Berlin"
[quiet_hours]
start = "22:00"
end = "08:00"
[plugins.letters.me]
enabled = true
owner = ["me@letters"]
allow = ["tom@letters", "eve@letters", "!garden"]
deputy = true
[plugins.letters.work]
enabled = true
owner = ["me@letters"]
allow = ["tom@work"]
deputy = true
[people.tom]
addresses = ["letters:tom@letters", "letters:tom@work"]
circles = ["work"]
card = {phone = "+49 30 1234"}
shared = {phone = ["work"]}
[people.eve]
addresses = ["letters:eve@letters"]
circles = ["work"]
[grants.work]
faq = "auto"
contacts = "auto"
calendar = "auto"
[deputy]
names = ["Ana"]
hold_seconds = 60
"""
GATE = "The code of the garden gate is 4711."
KEY = "The spare key hangs in the shed."
SHARED = "---\naudience: [work]\n---\n"
NOTES = {
    "faq.md": f"{SHARED}{GATE}\n",
    "house/faq.md": f"{SHARED}{KEY}\n",
    "diary.md": "The code of the safe is 9999.\n",
}
ASKED = "What is the code of the garden gate?"
ASKED_KEY = "Where does the spare key hang?"


class DeputyOffice:
    """An engine's desk. `received` is what left, as the service got it; `refuse` may raise before that."""

    def __init__(self, folder: Path, more: str = "", notes: dict[str, str] = NOTES) -> None:
        self.home = make_home(folder, settings=SETTINGS + more)
        plugin = self.home.path / "plugins" / "letters"
        plugin.mkdir(parents=True)
        (plugin / "plugin.toml").write_text(MANIFEST)
        for name, text in notes.items():
            (self.home.notes / name).parent.mkdir(exist_ok=True)
            (self.home.notes / name).write_text(text)
        self.clock = FakeClock()
        self.received: list[tuple[str, Outbound]] = []
        self.refuse: Callable[[Outbound], None] = lambda out: None
        self._number = 0
        self.open()

    def open(self) -> None:
        """What an engine's start does."""
        self.house: Any = House.open(self.home)
        self.house.clock = self.clock
        self.house.memory.import_path(self.home.notes)
        self.house.accounts.ask = self._ask
        self.desk = Desk(self.house)
        self.deputy, self.messaging = self.desk.deputy, self.desk.messaging

    async def _ask(self, account: str, do: str, *given: Any) -> Any:
        out, key = given
        self.refuse(out)
        self.received.append((account, out))
        return Receipt(f"s-{key}")

    async def call(self, request: Any) -> Any:
        return await self.desk.handle(request, None, None)  # type: ignore[arg-type]

    async def take(self, *texts: str, account: str = ACCOUNT, sender: str = TOM, **more: Any) -> list[Arrival]:
        """Messages come in one batch; nothing is decided yet."""
        events = []
        for text in texts:
            self._number += 1
            given = {"conversation": sender, "verified": "yes", "at": self.clock.now().isoformat(), **more}
            events.append(Inbound(id=f"m{self._number}", sender=Address(sender), text=text, **given))
        await self.messaging.channels.take(account, Batch(tuple(events), f"{self._number}"))
        return list(reversed(self.messaging.arrivals.arrivals(states=("kept", "held", "ignored"), limit=len(texts))))

    async def bring(self, *texts: str, **more: Any) -> KeptReply:
        """Messages come in, and are decided of; the last one's decision."""
        arrivals = await self.take(*texts, **more)
        await self.deputy.look()
        found = self.deputy.pages.find(arrivals[-1].id)
        assert found
        return found

    async def away(self) -> None:
        await self.call(wire.GoAway())

    async def pass_time(self, **by: float) -> None:
        """Time passes, and what may leave then leaves; the deputy hears of what did not."""
        self.clock.go_on(**by)
        await self.send()

    async def send(self) -> None:
        for _ in range(6):
            await self.messaging.sending.look()
            await self.messaging.sending.quiet()
        await self.deputy.look()

    def reply(self, kept: KeptReply) -> KeptReply:
        """A decision as it is now."""
        found = self.deputy.pages.find(kept.id)
        assert found
        return found

    @property
    def texts(self) -> list[str]:
        return [out.text for _, out in self.received]

    def set(self, before: str, after: str) -> None:
        """Another line in the settings."""
        text = self.home.settings.read_text()
        assert before in text
        self.home.settings.write_text(text.replace(before, after))

    def write(self, name: str, text: str) -> None:
        """Another text of a note, as memory has it afterwards."""
        (self.home.notes / name).write_text(text)
        self.house.memory.import_path(self.home.notes)

    async def end(self) -> None:
        with suppress(RuntimeError):
            await self.house.close()
