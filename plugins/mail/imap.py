"""One connection to a mail server over IMAP (RFC 3501, IDLE: RFC 2177). Everything here blocks, and runs in a thread.

Folders are only ever opened to be read (EXAMINE), so nothing in the mailbox changes but by `append`.
"""

from __future__ import annotations

import contextlib
import email.message
import imaplib
import re
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sage.plugin_api import AuthRefused, BadConfig, PluginError, Refused, Unreachable

from . import structure
from .config import Config
from .marks import KEPT
from .parts import Part, texts
from .reading import BROKEN, Letter, whole

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0
_WHOLE_UP_TO = 131_072
"""Bytes of a mail up to which it is fetched at once; of larger ones only the parts with text are."""
_TEXT_PART = 262_144
"""Bytes that are fetched of such a part."""
_HEADER = 262_144
_LATER = re.compile(rb"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|OVERQUOTA)\]|too many|try again|temporar", re.I)
_NAMES = {"\\Drafts": ("Drafts", "INBOX.Drafts"), "\\Sent": ("Sent", "Sent Items", "Sent Messages", "INBOX.Sent")}


@dataclass(frozen=True)
class Standing:
    """How a folder stands: which numbering holds, and the number that the next mail will get."""

    validity: int
    next_uid: int
    messages: int


@contextlib.contextmanager
def told(host: str, cut: threading.Event) -> Iterator[None]:
    """What the libraries raise, as what a plugin tells; `cut` is set once the connection was ended from here."""
    from imap_tools import ImapToolsError

    try:
        yield
    except PluginError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(f"The certificate of {host} cannot be trusted ({error.verify_message}).") from error
    except (OSError, imaplib.IMAP4.abort) as error:
        raise Unreachable(f"The connection to {host} was lost, or cannot be made.") from error
    except ValueError as error:
        if cut.is_set():  # a socket or file that was closed under the thread that reads it
            raise Unreachable(f"The connection to {host} was ended.") from error
        raise
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise Unreachable(f"{host} answered that it cannot do this now.") from error


class Box:
    """A signed-in connection. Raises AuthRefused, BadConfig or Unreachable; after Unreachable it is of no use any more."""

    def __init__(self, config: Config, password: str) -> None:
        self._config = config
        self._gone = threading.Event()
        self.heard = 0.0
        """When the server answered last (monotonic seconds)."""
        with self._told():
            self._box = _connected(config)
            try:
                self._sign_in(password)
            except BaseException:
                self.cut()
                raise

    # -- reading ----------------------------------------------------------------------------------------------------

    def enter(self, folder: str, key: str = "folders") -> Standing:
        """Opens a folder to be read. Raises BadConfig for `key` if it is not there."""
        from imap_tools.errors import MailboxFolderSelectError

        with self._told():
            try:
                self._box.folder.set(folder, readonly=True)
            except MailboxFolderSelectError as error:
                raise BadConfig(f"The mailbox has no folder {folder!r} that can be read.", key) from error
            messages = self._number("EXISTS")
            validity, following = self._number("UIDVALIDITY"), self._number("UIDNEXT")
            if not following:
                following = max((int(uid) for uid in self._box.uids("ALL", charset=None)), default=0) + 1
            self.heard = time.monotonic()
            return Standing(validity, following, messages)

    def after(self, uid: int) -> list[int]:
        """The numbers above `uid` in the open folder, ascending. A server answers a range that begins beyond the last mail
        with the last mail."""
        with self._told():
            self._box.client.response("EXISTS")
            found = sorted(int(one) for one in self._box.uids(f"UID {uid + 1}:*", charset=None) if int(one) > uid)
            self.heard = time.monotonic()
            return found

    def letters(self, uids: Sequence[int]) -> list[Letter]:
        """These mails; those that are gone by now are left out."""
        asked = f"(UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER]<0.{_HEADER}>)"
        with self._told():
            found = {}
            sizes = {}
            for item in self._fetch(uids, asked):
                uid = int(item[b"UID"])
                found[uid] = Letter(uid, _seconds(item.get(b"INTERNALDATE")), item.get(b"BODY[HEADER]") or b"")
                sizes[uid] = int(item.get(b"RFC822.SIZE") or 0)
            small = [uid for uid in found if sizes[uid] <= _WHOLE_UP_TO]
            for item in self._fetch(small, "(UID BODY.PEEK[TEXT])"):
                letter = found[int(item[b"UID"])]
                letter.body = whole(letter.header, item.get(b"BODY[TEXT]") or b"")
            for uid in found:
                if sizes[uid] > _WHOLE_UP_TO:
                    found[uid].body = self._large(uid)
            for uid in uids:
                if uid not in found and self._box.uids(f"UID {uid}", charset=None):
                    found[uid] = Letter(uid, 0, b"")  # it is there, and the server cannot give it
            return [found[uid] for uid in sorted(found)]

    def latest(self, standing: Standing) -> list[Letter]:
        """The last mails of the open folder, with only those headers that they are known by."""
        if not standing.messages:
            return []
        with self._told():
            first = max(1, standing.messages - KEPT + 1)
            asked = "(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM)])"
            _, data = self._box.client.fetch(f"{first}:*", asked)
            found = [
                Letter(int(item[b"UID"]), _seconds(item.get(b"INTERNALDATE")), _header_fields(item))
                for item in _items(data)
            ]
            return sorted(found, key=lambda letter: letter.uid)

    def wait(self, seconds: float) -> None:
        """Returns when there may be something new in the open folder, or after so many seconds."""
        with self._told():
            if not self._told_of_news():
                if self.can_idle:
                    self._idle(seconds)
                else:
                    self._gone.wait(seconds)
                if not self._told_of_news():
                    self._box.client.noop()  # without it, some servers find nothing new
            self.heard = time.monotonic()

    # -- writing ----------------------------------------------------------------------------------------------------

    def marked(self, use: str, named: str) -> str:
        """The folder for a use such as `\\Drafts` (RFC 6154); `named`: as the settings have it. "" if there is none."""
        with self._told():
            if named:
                return named
            folders = self._box.folder.list()
        by_use = next((folder.name for folder in folders if use in folder.flags), "")
        names = {folder.name for folder in folders}
        return by_use or next((name for name in _NAMES[use] if name in names), "")

    def has(self, folder: str, key: str, message_id: str) -> bool:
        """Whether a folder, which the setting `key` can name, has a mail with this Message-ID."""
        self.enter(folder, key)
        with self._told():
            return bool(self._with_id(message_id))

    def answered(self, folder: str, message_id: str) -> bytes | None:
        """The headers that an answer to the mail with this Message-ID takes up; None if the folder has no such mail."""
        self.enter(folder)
        with self._told():
            found = self._fetch(self._with_id(message_id)[:1], "(UID BODY.PEEK[HEADER.FIELDS (SUBJECT REFERENCES)])")
            return next((_header_fields(item) for item in found), None)

    def append(self, folder: str, data: bytes, flags: Sequence[str], at: datetime) -> None:
        """Puts a mail into a folder."""
        from imap_tools.errors import MailboxAppendError

        with self._told():
            try:
                self._box.append(data, folder, at, flags)
            except MailboxAppendError as error:
                raise Refused(f"The mailbox does not take anything in {folder!r}.") from error

    # -- ending -----------------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Signs out."""
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._box.client.logout()
        self.cut()

    def cut(self) -> None:
        """Ends the connection at once, also under a thread that waits at it."""
        self._gone.set()
        with contextlib.suppress(OSError):
            self._box.client.sock.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._box.client.shutdown()

    # -- within -----------------------------------------------------------------------------------------------------

    def _told(self) -> contextlib.AbstractContextManager[None]:
        return told(self._config.imap_host, self._gone)

    def _sign_in(self, password: str) -> None:
        from imap_tools.errors import MailboxLoginError

        config, client = self._config, self._box.client
        user = config.username or config.address
        if re.search(r"[\r\n\0]", password):
            raise AuthRefused("The password for the mailbox has a line break in it.")
        try:
            if (user + password).isascii():
                self._box.login(user, password, initial_folder=None)
            else:
                self._box.login_utf8(user, password, initial_folder=None)
        except (MailboxLoginError, imaplib.IMAP4.error) as error:
            if isinstance(error, imaplib.IMAP4.abort) or _LATER.search(str(error).encode()):
                raise Unreachable(f"{config.imap_host} takes no sign-in now.") from error
            raise AuthRefused(f"{config.imap_host} refuses the user name or the password.") from error
        _, answer = client.capability()
        able = b" ".join(part for part in answer if isinstance(part, bytes))
        self.can_idle = b"IDLE" in able.upper().split()  # asked anew: many servers say it only after the sign-in
        client.sock.settimeout(ANSWER_SECONDS)
        self.heard = time.monotonic()

    def _with_id(self, message_id: str) -> list[int]:
        words = re.sub(r'(["\\])', r"\\\1", message_id)
        return [int(uid) for uid in self._box.uids(f'HEADER Message-ID "{words}"', charset=None)]

    def _number(self, name: str) -> int:
        """What the server said last of a number of the open folder."""
        _, found = self._box.client.response(name)
        last = next((item for item in reversed(found or []) if isinstance(item, bytes)), b"")
        return int(last) if last.isdigit() else 0

    def _fetch(self, uids: Sequence[int], asked: str) -> Iterator[dict[bytes, Any]]:
        if uids:
            done, data = self._box.client.uid("FETCH", ",".join(map(str, uids)), asked)
            if done == "OK":
                yield from _items(data)
            elif len(uids) > 1:  # one of them cannot be given: the others can
                for uid in uids:
                    yield from self._fetch([uid], asked)

    def _large(self, uid: int) -> Part | None:
        """The parts of a large mail, of which only the beginning of those with text is fetched."""
        try:
            body = next(iter(self._fetch([uid], "(UID BODYSTRUCTURE)")), {}).get(b"BODYSTRUCTURE")
            if not isinstance(body, list):
                return None
            found = structure.part_of(body)
        except BROKEN:
            return None
        wanted = texts(found)
        asked = " ".join(f"BODY.PEEK[{part.section}]<0.{_TEXT_PART}>" for part in wanted)
        for item in self._fetch([uid], f"(UID {asked})") if wanted else ():
            for part in wanted:
                _fill(part, item.get(f"BODY[{part.section}]".encode()) or b"")
        return found

    def _told_of_news(self) -> bool:
        """Whether the server said something of new mail since they were looked for, in passing: it says it once."""
        return "EXISTS" in self._box.client.untagged_responses

    def _idle(self, seconds: float) -> None:
        """Waits in IDLE. `imap_tools` reads only what comes after its first look at the socket, and takes a lost connection
        for a quiet one; so the lines are read here."""
        client = self._box.client
        tag = client._command("IDLE")
        while client._get_response() is not None:  # what comes before the go-ahead, which is None
            if client.tagged_commands[tag]:
                raise Unreachable(f"{self._config.imap_host} takes no IDLE now.")
        until = time.monotonic() + seconds
        news = self._told_of_news()
        while not news and (rest := until - time.monotonic()) > 0:
            lines = self._lines_at_hand()
            news = any(not re.match(rb"\* (?:OK|\d+ (?:FETCH|RECENT))\b|\+", line) for line in lines)
            if not lines:
                _readable(client.sock, rest)
        client.send(b"DONE\r\n")
        self._box.consume_until_tagged_response(tag)

    def _lines_at_hand(self) -> list[bytes]:
        client = self._box.client
        lines: list[bytes] = []
        client.sock.settimeout(0)
        try:
            while True:
                lines.append(client._get_line())
        except (ssl.SSLWantReadError, BlockingIOError):
            return lines
        finally:
            client.sock.settimeout(ANSWER_SECONDS)


def encrypted(ca_file: str) -> ssl.SSLContext:
    """How servers are checked. Raises BadConfig for a file of certificates that cannot be read."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise BadConfig(f"The file of certificates {ca_file!r} cannot be read.", "ca_file") from error


def _connected(config: Config) -> Any:
    from imap_tools import MailBox, MailBoxStartTls

    kind = MailBox if config.imap_tls == "tls" else MailBoxStartTls
    box = kind(config.imap_host, config.imap_port, timeout=CONNECT_SECONDS, ssl_context=encrypted(config.ca_file))
    sock = box.client.sock
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return box


def _items(data: Any) -> Iterator[dict[bytes, Any]]:
    """Messages of an answer, without what the server says in passing of others."""
    for item in structure.fetched(data or ()):
        if isinstance(item.get(b"UID"), bytes) and len(item) > 1:
            yield item


def _header_fields(item: dict[bytes, Any]) -> bytes:
    return next((value for name, value in item.items() if name.startswith(b"BODY[HEADER.FIELDS")), None) or b""


def _fill(part: Part, data: bytes) -> None:
    """Undoes the transfer encoding of what was fetched, and estimates what was not."""
    carrier = email.message.Message()
    carrier["Content-Transfer-Encoding"] = part.encoding
    carrier.set_payload(data.decode("ascii", "surrogateescape"))
    content = carrier.get_payload(decode=True)
    part.content = content if isinstance(content, bytes) else b""
    missing = max(0, part.whole - len(data))
    part.whole = len(part.content) + (missing * 57 // 78 if part.encoding == "base64" else missing)  # bytes of a line


def _seconds(value: Any) -> int:
    """An INTERNALDATE in seconds since 1970; 0 if it cannot be read."""
    try:
        return int(datetime.strptime(value.decode().strip(), "%d-%b-%Y %H:%M:%S %z").timestamp())
    except (AttributeError, ValueError):
        return 0


def _readable(sock: socket.socket, seconds: float) -> None:
    waiting = select.poll()
    waiting.register(sock, select.POLLIN)
    waiting.poll(seconds * 1000)
