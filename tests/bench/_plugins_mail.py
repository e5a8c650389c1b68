"""How soon a mail is here: from its delivery to Dovecot's line that says so, and from that line to Sage.

The plugin runs in a process of its own, as in the engine. A relay between it and the server ends both encryptions and sees
when the server says `EXISTS`: Dovecot holds that back for half a second, which is not Sage's time.
"""

from __future__ import annotations

import asyncio
import ssl
import statistics
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sage.plugin_api import Outbound
from sage.testing.plugins.accounts import GivenAccount, manifest_of
from sage.testing.plugins.messaging_process import ProcessSurface
from tests.servers.mail import PASSWORD, MailServer, mail_server

MAILS = 40


def measure(_: Path | None = None, mails: int = MAILS) -> dict[str, Any]:
    """Milliseconds, and megabytes."""
    return asyncio.run(_of_a_mailbox(mails))


async def _of_a_mailbox(mails: int) -> dict[str, Any]:
    with mail_server() as server, tempfile.TemporaryDirectory() as folder:
        async with _Ear(server) as ear:
            began = time.perf_counter()
            surface = ProcessSurface(manifest_of("mail"), _account(server, ear.port), Path(folder) / "account")
            await surface.open()
            started = time.perf_counter() - began
            events = surface.events("")
            await anext(events)
            told, here = [], []
            for number in range(mails):
                waiting = asyncio.ensure_future(anext(events))
                await asyncio.sleep(0.05)
                delivered, server_said, came = await _deliver(server, ear, waiting, _mail(f"number {number}"))
                told.append(server_said - delivered)
                here.append(came - server_said)
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.05)
            large = await _deliver(server, ear, waiting, _mail("large", attached=7_500_000))
            sent = [await _sent(surface, number) for number in range(5)]
            await asyncio.sleep(5.5)  # the next sign of life says its memory
            memory = surface._process.memory
            await surface.close()
    return {
        "start_ms": round(started * 1000),
        "memory_mb": round(memory, 1),
        "mails": mails,
        "server_from_delivery_to_exists_ms": _spread(told),
        "sage_from_exists_to_event_ms": _spread(here),
        "sage_ten_megabytes_from_exists_to_event_ms": round((large[2] - large[1]) * 1000, 1),
        "send_ms": _spread(sent),
    }


async def _deliver(
    server: MailServer, ear: _Ear, waiting: asyncio.Future[Any], mail: bytes
) -> tuple[float, float, float]:
    """When it was delivered, when the server said so, and when it was here."""
    ear.said = 0.0
    await asyncio.to_thread(server.deliver, "ana", mail)
    delivered = time.perf_counter()
    batch = await waiting
    assert len(batch.events) == 1
    return delivered, ear.said, time.perf_counter()


async def _sent(surface: ProcessSurface, number: int) -> float:
    began = time.perf_counter()
    await surface.send(Outbound("c", ("aunt@elsewhere.test",), "Hello"), f"key {number}")
    return time.perf_counter() - began


def _mail(text: str, attached: int = 0) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "aunt@elsewhere.test", "ana@demo.test", "Measured"
    made["Message-ID"] = f"<{time.time_ns()}@elsewhere.test>"
    made.set_content(text)
    if attached:
        made.add_attachment(bytes(attached), maintype="application", subtype="zip", filename="large.zip")
    return bytes(made)


def _account(server: MailServer, port: int) -> GivenAccount:
    config = {"address": "ana@demo.test", "imap_host": "127.0.0.1", "imap_port": port, "ca_file": str(server.ca_file)}
    return GivenAccount({**config, "smtp_host": "127.0.0.1", "smtp_port": server.smtps}, {"password": PASSWORD})


class _Ear:
    """A relay that ends both encryptions, and notes when the server says that there is a new mail."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self.said = 0.0
        self.port = 0
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> _Ear:
        inner = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        inner.load_cert_chain(self._server.folder / "server.pem")
        self._outer = ssl.create_default_context(cafile=str(self._server.ca_file))
        self._door = await asyncio.start_server(self._carry, "127.0.0.1", 0, ssl=inner)
        self.port = self._door.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._door.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _carry(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        far_in, far_out = await asyncio.open_connection("127.0.0.1", self._server.imaps, ssl=self._outer)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(near_in, far_out, hears=False))
                both.create_task(self._pass_on(far_in, near_out, hears=True))
        except (OSError, ExceptionGroup, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            near_out.transport.abort()
            far_out.transport.abort()

    async def _pass_on(self, one: asyncio.StreamReader, other: asyncio.StreamWriter, *, hears: bool) -> None:
        while data := await one.read(65536):
            if hears and b"EXISTS" in data and not self.said:
                self.said = time.perf_counter()
            other.write(data)
            await other.drain()
        raise ConnectionResetError


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "median": round(statistics.median(ordered) * 1000, 1),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] * 1000, 1),
    }
