"""A mail server that takes what is sent and keeps it in a folder: `python smtp_sink.py SETTINGS.json`, a process of its own.

It speaks SMTP encrypted from the first byte on one port and after STARTTLS on another. What a recipient is called says how
it behaves: refused@ (550), later@ (450), slower@ (451 4.7.1), dropped@ (takes the message and hangs up without an answer).
"""

from __future__ import annotations

import json
import ssl
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

ANSWERS = {"refused": "550 5.1.1 nobody is called so", "later": "450 4.2.0 not now", "slower": "451 4.7.1 too much"}


class Sink:
    """What is done with each command."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if answer := ANSWERS.get(address.partition("@")[0]):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        kept = {"sender": envelope.mail_from, "to": envelope.rcpt_tos, "data": envelope.content.decode("latin-1")}
        path = self._folder / f"{time.time_ns()}.new"
        path.write_text(json.dumps(kept))
        path.rename(path.with_suffix(".json"))
        if any(address.startswith("dropped@") for address in envelope.rcpt_tos):
            server.transport.abort()
        return "250 taken"


def main(settings: Path) -> None:
    """Serves until it is ended."""
    told = json.loads(settings.read_text())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(told["certificate"])

    def may(server: Any, session: Any, envelope: Any, mechanism: str, given: LoginPassword) -> AuthResult:
        user = given.login.decode().partition("@")[0]
        revoked = Path(told["revoked"]).read_text().split()
        right = given.password.decode() == told["password"] and f"{user}:" not in revoked
        return AuthResult(success=right, handled=False)

    sink = Sink(Path(told["folder"]))
    shared = {"hostname": "127.0.0.1", "authenticator": may, "auth_required": True, "server_hostname": "mx.demo.test"}
    Controller(sink, port=told["smtps"], ssl_context=context, auth_require_tls=False, **shared).start()
    Controller(sink, port=told["smtp"], tls_context=context, require_starttls=True, **shared).start()
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
