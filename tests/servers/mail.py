"""A mail server on loopback: Dovecot for IMAP and delivery (LMTP), and `smtp_sink` for what is sent. All of it is encrypted
with a certificate of an authority of its own."""

from __future__ import annotations

import contextlib
import getpass
import imaplib
import json
import os
import shutil
import smtplib
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from tests.servers.running import free_port, kill, listens, needs, running

DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {server}
default_internal_group = {server_group}
default_login_user = {server}
disable_plaintext_auth = yes
auth_cache_size = 0
auth_failure_delay = 0
auth_username_format = %Ln
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_fsync = never
postmaster_address = postmaster@demo.test
recipient_delimiter = +
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
protocol imap {{
  {capability}
}}
namespace inbox {{
  inbox = yes
  mailbox Drafts {{
    special_use = \\Drafts
    auto = subscribe
  }}
  mailbox Outgoing {{
    special_use = \\Sent
    auto = subscribe
  }}
}}
passdb {{
  driver = passwd-file
  args = username_format=%n {folder}/revoked
  deny = yes
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home/%u
}}
"""

PASSWORD = "open-sesame"


class MailServer:
    """Mailboxes at demo.test, one for each name that is used. Made by `mail_server`."""

    def __init__(self, folder: Path, capability: str = "") -> None:
        import trustme

        self.folder = folder
        self.imap, self.imaps, self.lmtp, self.smtp, self.smtps = (free_port() for _ in range(5))
        self.ca_file = folder / "authority.pem"
        self._running = contextlib.ExitStack()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._capability = capability
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_file))
        authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(
            str(folder / "server.pem")
        )
        self._prepare()

    # -- the server

    def start(self) -> None:
        """Starts it with all that it has on disk."""
        dovecot = needs("dovecot")
        sink = [sys.executable, Path(__file__).with_name("smtp_sink.py"), self.folder / "smtp.json"]
        self._processes = [
            self._running.enter_context(
                running([dovecot, "-F", "-c", self.folder / "dovecot.conf"], lambda: listens(self.imaps), self.folder)
            ),
            self._running.enter_context(running(sink, lambda: listens(self.smtps) and listens(self.smtp), self.folder)),
        ]

    def kill(self) -> None:
        """Ends it at once, as a power cut would."""
        for process in self._processes:
            kill(process)
        self.end()

    def end(self) -> None:
        self._running.close()
        with contextlib.suppress(FileNotFoundError):
            (self.folder / "run" / "master.pid").unlink()

    # -- its mailboxes

    def revoke(self, user: str) -> None:
        """Nobody can sign in there any more (a second later), and whoever did is thrown out."""
        with (self.folder / "revoked").open("a") as revoked:
            revoked.write(f"{user}:\n")
        doveadm = [needs("doveadm"), "-c", str(self.folder / "dovecot.conf"), "kick", user]
        subprocess.run(doveadm, check=False, capture_output=True, timeout=20)

    def deliver(self, user: str, *mails: bytes) -> None:
        """Puts mails into a mailbox, as a server that got them from elsewhere does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as lmtp:
            for data in mails:
                lmtp.sendmail("sender@elsewhere.test", [f"{user}@demo.test"], data)

    def sent(self) -> list[tuple[list[str], Message]]:
        """The recipients and the text of all that was sent, oldest first."""
        kept = [json.loads(path.read_text()) for path in sorted((self.folder / "sent").glob("*.json"))]
        return [(each["to"], message_from_bytes(each["data"].encode("latin-1"))) for each in kept]

    @contextlib.contextmanager
    def signed_in(self, user: str, mailbox: str = "INBOX") -> Iterator[imaplib.IMAP4_SSL]:
        """The mailbox's own person at another program."""
        context = ssl.create_default_context(cafile=str(self.ca_file))
        client = imaplib.IMAP4_SSL("127.0.0.1", self.imaps, ssl_context=context, timeout=20)
        try:
            client.login(user, PASSWORD)
            client.select(mailbox)
            yield client
        finally:
            client.logout()

    def mails(self, user: str, mailbox: str) -> list[Message]:
        """All mails of a folder."""
        with self.signed_in(user, mailbox) as client:
            _, (numbers,) = client.search(None, "ALL")
            found = [client.fetch(number.decode(), "(BODY.PEEK[])")[1][0] for number in numbers.split()]
        return [message_from_bytes(each[1]) for each in found if isinstance(each, tuple)]

    def mail_folder(self, user: str) -> Path:
        """Where Dovecot keeps a mailbox (Maildir)."""
        return self.folder / "mail" / user

    # -- within

    def _prepare(self) -> None:
        alone = os.geteuid() != 0  # Dovecot keeps no mail as root
        user, group = (getpass.getuser(), str(os.getegid())) if alone else ("mail", "mail")
        names = {"user": user, "group": group, "server": user if alone else "dovecot"}
        names["server_group"] = group if alone else "dovecot"
        ports = {"imap": self.imap, "imaps": self.imaps, "lmtp": self.lmtp}
        filled = DOVECOT.format(folder=self.folder, capability=self._capability, password=PASSWORD, **names, **ports)
        (self.folder / "dovecot.conf").write_text(filled)
        self.folder.chmod(0o755)  # its own user has to come in
        for name in ("mail", "home"):
            (self.folder / name).mkdir()
            if not alone:
                shutil.chown(self.folder / name, "mail", "mail")
        (self.folder / "sent").mkdir()
        (self.folder / "revoked").touch()
        settings = {
            "certificate": str(self.folder / "server.pem"),
            "password": PASSWORD,
            "revoked": str(self.folder / "revoked"),
            "folder": str(self.folder / "sent"),
            "smtp": self.smtp,
            "smtps": self.smtps,
        }
        (self.folder / "smtp.json").write_text(json.dumps(settings))


@contextlib.contextmanager
def mail_server(capability: str = "") -> Iterator[MailServer]:
    """A mail server for as long as the block lasts; `capability`: a line of Dovecot's settings for IMAP. Its folder is none
    of pytest's: those are closed to the server's own user."""
    with tempfile.TemporaryDirectory(prefix="sage-mail-", ignore_cleanup_errors=True) as folder:
        server = MailServer(Path(folder), capability)
        try:
            server.start()
            yield server
        finally:
            server.end()
