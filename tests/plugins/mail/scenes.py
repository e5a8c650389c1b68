"""Another person who writes to the mailbox, with Python's own mail programs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid

from sage.testing.plugins import GivenAccount, MessagingScene, Received, Relay
from tests.servers.mail import PASSWORD, MailServer

AUNT, COUSIN = "aunt@elsewhere.test", "cousin@elsewhere.test"
OWN_SERVER = "mx.demo.test"


def mail(
    text: str, *, sender: str = AUNT, to: str = "ana@demo.test", subject: str = "About us", **headers: str
) -> EmailMessage:
    """A mail as the aunt's program writes one."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = to
    made["Subject"] = subject
    made["Message-ID"] = headers.pop("message_id", "") or make_msgid(domain="elsewhere.test")
    made["Date"] = "Mon, 23 Nov 2026 10:00:00 +0100"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


@dataclass
class Wires:
    """Both of a mail server's ports, cut together; the answers that are lost are those to what is sent."""

    imap: Relay
    smtp: Relay

    async def cut(self) -> None:
        await self.imap.cut()
        await self.smtp.cut()

    async def mend(self) -> None:
        await self.imap.mend()
        await self.smtp.mend()

    def lose_answer(self, number: int) -> None:
        self.smtp.lose_answer(number)

    @property
    def lost(self) -> bool:
        return self.smtp.lost


class MailScene(MessagingScene):
    """A mailbox `user`@demo.test, and the aunt. `more`: other settings of the account."""

    def __init__(self, server: MailServer, network: Wires, user: str, **more: object) -> None:
        self.server, self.network, self.user = server, network, user
        self.other, self.nobody = AUNT, "refused@elsewhere.test"
        self.address = f"{user}@demo.test"
        config = {
            "address": self.address,
            "imap_host": "127.0.0.1",
            "imap_port": network.imap.port,
            "smtp_host": "127.0.0.1",
            "smtp_port": network.smtp.port,
            "ca_file": str(server.ca_file),
            "authserv_id": OWN_SERVER,
        }
        self.account = GivenAccount({**config, **more}, {"password": PASSWORD}, own=(self.address,))

    async def put(self, made: EmailMessage) -> None:
        del made["To"]
        made["To"] = self.address
        await asyncio.to_thread(self.server.deliver, self.user, bytes(made))

    async def write(self, text: str, *, group: bool = False) -> None:
        await self.put(mail(text, **{"Cc": COUSIN} if group else {}))

    async def received(self) -> list[Received]:
        sent = await asyncio.to_thread(self.server.sent)
        return [
            Received(
                made.get_payload(decode=True).decode().replace("\r\n", "\n").strip(),  # type: ignore[union-attr]
                made["References"] or "",
                made["Auto-Submitted"] is not None,
            )
            for to, made in sent
            if AUNT in to and made["From"] == self.address
        ]

    async def write_as_self(self, text: str) -> None:
        await self.put(mail(text, sender=self.address))

    async def write_auto(self, text: str) -> None:
        await self.put(mail(text, Auto_Submitted="auto-replied"))

    async def write_under_name(self, text: str, name: str) -> None:
        await self.put(mail(text, sender=f'"{name}" <{AUNT}>'))

    async def forge(self, text: str, sender: str) -> None:
        made = mail(
            text,
            sender=sender,
            Authentication_Results=f"{OWN_SERVER}; dmarc=fail header.from={sender.partition('@')[2]}",
        )
        made["Authentication-Results"] = f"{OWN_SERVER}; dmarc=pass header.from={sender.partition('@')[2]}"
        await self.put(made)

    async def write_in_thread(self, text: str) -> None:
        await self.put(
            mail(
                text, References="<first@elsewhere.test> <second@elsewhere.test>", In_Reply_To="<second@elsewhere.test>"
            )
        )

    async def drafts(self) -> list[str]:
        made = await asyncio.to_thread(self.server.mails, self.user, "Drafts")
        return [each.get_payload(decode=True).decode() for each in made]  # type: ignore[union-attr]

    def refused_account(self) -> GivenAccount:
        return GivenAccount(self.account.config, {"password": "wrong horse"}, own=(self.address,))

    async def kill_server(self) -> None:
        await asyncio.to_thread(self.server.kill)

    async def start_server(self) -> None:
        await asyncio.to_thread(self.server.start)
