"""Two servers of calendars and tasks (CalDAV), each with one account that has a list of tasks and a calendar."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.servers.environments import server_python
from tests.servers.running import free_port, listens, running

NAME, PASSWORD = "ana", "open sesame"
MAKE = """<?xml version="1.0"?><C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<D:displayname>{name}</D:displayname><C:supported-calendar-component-set><C:comp name="{kind}"/>
</C:supported-calendar-component-set></D:prop></D:set></C:mkcalendar>"""


@dataclass
class DavServer:
    """One that runs. `store` is where it keeps its items; `users` is the file of its passwords, if it has any."""

    name: str
    port: int
    home: str
    """The path below which the calendars are."""
    store: Path
    users: Path | None
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def client(self) -> httpx.Client:
        """A plain client with the account's name and password."""
        return httpx.Client(base_url=self.url, auth=(NAME, PASSWORD), timeout=120)

    def make(self, path: str, name: str, kind: str) -> str:
        """Makes a list of "VTODO" or "VEVENT"; its path."""
        with self.client() as client:
            href = f"{self.home}{path}/"
            xml = {"Content-Type": "application/xml"}
            client.request(
                "MKCALENDAR", href, content=MAKE.format(name=name, kind=kind), headers=xml
            ).raise_for_status()
        return href


@contextlib.contextmanager
def radicale(folder: Path, port: int = 0) -> Iterator[DavServer]:
    """Radicale, which asks for the password. A second time in one folder it goes on with what was there."""
    port = port or free_port()
    users, store = folder / "users", folder / "store"
    if not users.exists():
        users.write_text(f"{NAME}:{PASSWORD}\n")
    command = [server_python("dav"), "-m", "radicale", "--config", "", "--hosts", f"127.0.0.1:{port}"]
    command += ["--auth-type", "htpasswd", "--auth-htpasswd-filename", users, "--auth-htpasswd-encryption", "plain"]
    command += ["--storage-filesystem-folder", store, "--auth-delay", "0", "--logging-level", "warning"]
    with running(command, lambda: listens(port), folder) as process:
        yield DavServer("radicale", port, f"/{NAME}/", store / "collection-root" / NAME, users, process)


@contextlib.contextmanager
def xandikos(folder: Path, port: int = 0) -> Iterator[DavServer]:
    """Xandikos, which takes any password."""
    port, store = port or free_port(), folder / "store"
    program = server_python("dav").with_name("xandikos")
    command = [program, "serve", "-d", store, "--defaults", "-l", "127.0.0.1", "-p", str(port)]
    with running(command, lambda: listens(port), folder) as process:
        yield DavServer("xandikos", port, "/user/calendars/", store / "user" / "calendars", None, process)


SERVERS: dict[str, Callable[[Path], AbstractContextManager[DavServer]]] = {"radicale": radicale, "xandikos": xandikos}
