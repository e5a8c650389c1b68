"""An IMAP server that says exactly what a test wants: for what real servers do only now and then."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import Counter
from pathlib import Path


class ScriptedImap:
    """One mailbox. Set what it does before or while it is used; `asked` counts its commands."""

    def __init__(self, folder: Path) -> None:
        import trustme

        authority = trustme.CA()
        self.ca_file = folder / "scripted.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(self._tls)
        self.port = 0
        self.mails: list[bytes] = []
        self.asked: Counter[str] = Counter()
        self.passing: dict[str, list[bytes]] = {}
        """What is said once before the answer to the next command of this name."""
        self.after_go_ahead: list[bytes] = []
        """What is said with the next go-ahead for IDLE, in the same breath."""
        self.login = "OK done"
        self.tells_next_uid = True
        self.quotes = False
        """Whether it gives short texts as quoted words and not as literals."""
        self.hangs_up_in_idle = False

    async def __aenter__(self) -> ScriptedImap:
        self._door = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._door.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._door.close()

    async def _serve(self, asks: asyncio.StreamReader, says: asyncio.StreamWriter) -> None:
        says.write(b"* OK ready\r\n")
        try:
            while line := await asks.readline():
                tag, name, *rest = line.decode().split(None, 2)
                name = f"UID {rest[0].split()[0]}" if name == "UID" else name
                self.asked[name] += 1
                says.writelines(self.passing.pop(name, []))
                if name == "IDLE":
                    await self._idle(asks, says)
                else:
                    says.writelines(self._answers(name, rest[0] if rest else ""))
                done = self.login if name == "LOGIN" else "OK done"
                says.write(f"{tag} {done}\r\n".encode())
                await says.drain()
        except OSError:
            pass
        finally:
            says.close()

    async def _idle(self, asks: asyncio.StreamReader, says: asyncio.StreamWriter) -> None:
        says.write(b"+ idling\r\n" + b"".join(self.after_go_ahead))
        self.after_go_ahead = []
        await says.drain()
        if self.hangs_up_in_idle:
            says.close()
            raise ConnectionResetError
        await asks.readline()

    def _answers(self, name: str, rest: str) -> list[bytes]:
        match name:
            case "CAPABILITY":
                return [b"* CAPABILITY IMAP4rev1" + (b" IDLE" if self.asked["LOGIN"] else b"") + b"\r\n"]
            case "EXAMINE":
                told = b"* OK [UIDNEXT %d] next\r\n" % (len(self.mails) + 1) if self.tells_next_uid else b""
                return [b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n" % len(self.mails), told]
            case "UID SEARCH":
                first = re.search(r"UID (\d+)", rest.removeprefix("SEARCH"))
                found = [uid for uid in range(1, len(self.mails) + 1) if uid >= int(first[1] if first else 1)]
                found = found or list(range(1, len(self.mails) + 1))[-1:]  # as the standard wants it of a range
                return [b"* SEARCH " + " ".join(map(str, found)).encode() + b"\r\n"]
            case "UID FETCH" | "FETCH":
                uids = re.search(r"[\d,]+", rest)
                return [self._fetched(int(uid), rest) for uid in (uids[0] if uids else "").split(",") if uid]
        return []

    def _fetched(self, uid: int, asked: str) -> bytes:
        header, _, text = self.mails[uid - 1].partition(b"\r\n\r\n")
        answer = b"* %d FETCH (UID %d" % (uid, uid)
        if "HEADER" in asked:
            name = b"BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM)]" if "FIELDS" in asked else b"BODY[HEADER]<0>"
            answer += b' RFC822.SIZE 100 INTERNALDATE "23-Nov-2026 10:00:00 +0000" ' + name
            answer += b" {%d}\r\n%s" % (len(header) + 4, header + b"\r\n\r\n")
        if "TEXT" in asked:
            answer += b' BODY[TEXT] "%s"' % text if self.quotes else b" BODY[TEXT] {%d}\r\n%s" % (len(text), text)
        return answer + b")\r\n"
