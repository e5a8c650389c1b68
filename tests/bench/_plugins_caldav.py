"""A long list of tasks over CalDAV: how long the server takes, and how long Sage does.

The server's time is that of the bare request; Sage's is that of the same answers from a server that has them ready.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from sage_plugins.caldav import web
from sage_plugins.caldav.source import CalDav

from sage.testing.plugins.accounts import GivenAccount, made, manifest_of
from tests.servers.dav import NAME, PASSWORD, SERVERS, DavServer
from tests.servers.scripted import Answer, Asked, serving

XML = {"Content-Type": "application/xml", "Depth": "1"}
TASK = (
    "BEGIN:VTODO\r\nUID:u{0}\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:Task number {0}\r\nDUE;VALUE=DATE:202611{1:02d}\r\n"
    "PRIORITY:5\r\nSTATUS:NEEDS-ACTION\r\nDESCRIPTION:A note of some words that stands beside it\r\nEND:VTODO\r\n"
)
HEAD, END = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Demo//Demo//EN\r\n", "END:VCALENDAR\r\n"


def measure(_: Path | None = None, count: int = 10_000) -> dict[str, Any]:
    """Seconds, for each of the two servers."""
    return {name: asyncio.run(_of_one(name, count)) for name in SERVERS}


async def _of_one(name: str, count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, SERVERS[name](Path(folder)) as server:
        path = server.make("tasks", "tasks", "VTODO")
        seeded = _timed(lambda: _seed(server, path, count))
        first = _timed(lambda: _asked(server, path, web.query("VTODO")))
        source = _source(server.url + path.lstrip("/"), folder)
        await source.open()
        pairs = [await _listed(source, server, path, count) for _ in range(3)]
        began = _timed(lambda: _asked(server, path, web.since("")))
        changes = [await _change(source, server, path, number) for number in range(3)]
        answer = _asked(server, path, web.query("VTODO"))
        await source.close()
    return {
        "tasks": count,
        "server_made_them": round(seeded, 2),
        "server_first_answer_with_a_cold_cache": round(first, 2),
        **_medians(pairs),
        "server_first_token": round(began, 2),
        **await _alone(path, answer, count),
        **_medians(changes),
    }


async def _listed(source: CalDav, server: DavServer, path: str, count: int) -> dict[str, float]:
    """All tasks, and the bare request for them, one after the other: what else the machine does slows both."""
    return {
        "list": await _took(_count(source, count)),
        "list_bare_request": _timed(lambda: _asked(server, path, web.query("VTODO"))),
    }


async def _change(source: CalDav, server: DavServer, path: str, number: int) -> dict[str, float]:
    """One task changes on the server: the time until it is here, and that of the bare requests."""
    cursor = (await source.changes("")).cursor
    token = json.loads(cursor)[path]
    nothing = _timed(lambda: _asked(server, path, web.since(token)))
    _put(server, path, number)
    return {
        "one_change": await _took(_one_change(source, cursor)),
        "one_change_bare_requests": _timed(lambda: _changed(server, path, token, number)),
        "no_change_bare_request": nothing,
    }


async def _alone(path: str, body: bytes, count: int) -> dict[str, float]:
    """Sage's own time, with answers that are ready: all tasks, and one that changed among them."""
    kind = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>tasks</D:displayname>"
    frame = '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">{}</D:multistatus>'
    found = "<D:propstat><D:prop>{}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
    response = f"<D:response><D:href>{{}}</D:href>{found}</D:response>"
    text = f"{HEAD}{TASK.format(0, 1)}{END}"
    known = frame.format(response.format(path, f"{kind}<D:sync-token>t1</D:sync-token>"))
    since = frame.format(
        response.format(f"{path}u0.ics", '<D:getetag>"2"</D:getetag>') + "<D:sync-token>t2</D:sync-token>"
    )

    def answer(asked: Asked) -> Answer:
        if b"calendar-query" in asked.body:
            return Answer(body, 207)
        return Answer(since.encode(), 207)

    with serving() as ready, tempfile.TemporaryDirectory() as folder:
        one = Answer(text.encode(), headers={"ETag": '"2"'})
        ready.answers = {"PROPFIND": Answer(known.encode(), 207), "REPORT": answer, "GET": one}
        source = _source(ready.url(path), folder)
        await source.open()
        listed = [await _took(_count(source, count)) for _ in range(3)]
        cursor = (await source.changes("")).cursor
        changed = [await _took(_one_change(source, cursor)) for _ in range(5)]
        await source.close()
    return {"list_sage_alone": _round(listed), "one_change_sage_alone": _round(changed)}


def _source(url: str, folder: str) -> CalDav:
    given = GivenAccount({"url": url, "username": NAME}, {"password": PASSWORD})
    source = made(manifest_of("caldav"), given, Path(folder), "Europe/Berlin")
    assert isinstance(source, CalDav)
    return source


def _seed(server: DavServer, path: str, count: int) -> None:
    """As each server does it in the least time: in one request, or in its store."""
    todos = [TASK.format(number, number % 28 + 1) for number in range(count)]
    if server.name == "radicale":
        whole = f"{HEAD}{''.join(todos)}{END}".encode()
        with server.client() as client:
            client.timeout = 900
            client.put(path, content=whole, headers={"Content-Type": "text/calendar"}).raise_for_status()
        return
    folder = server.store / "tasks"
    for number, todo in enumerate(todos):
        (folder / f"u{number}.ics").write_text(f"{HEAD}{todo}{END}", newline="")
    author = ("-c", "user.name=Demo", "-c", "user.email=demo@example.org")
    for command in (("add", "."), ("commit", "-qm", "tasks")):
        subprocess.run(["git", *author, *command], cwd=folder, check=True)


def _changed(server: DavServer, path: str, token: str, number: int) -> None:
    """What changed, and the one item."""
    _asked(server, path, web.since(token))
    with server.client() as client:
        _hrefs(client, path, number)


def _put(server: DavServer, path: str, number: int) -> None:
    with server.client() as client:
        href = next(iter(_hrefs(client, path, number)), f"{path}u{number}.ics")
        text = f"{HEAD}{TASK.format(number, 1)}{END}".replace("Task number", "Changed")
        client.put(href, content=text.encode(), headers={"Content-Type": "text/calendar"}).raise_for_status()


def _hrefs(client: httpx.Client, path: str, number: int) -> list[str]:
    """Where a task is; Radicale names the items of a whole calendar by their UIDs."""
    return [href for href in (f"{path}u{number}.ics", f"{path}u{number}") if client.get(href).status_code == 200]


def _asked(server: DavServer, path: str, body: str) -> bytes:
    with server.client() as client:
        client.timeout = 900
        depth = {"Depth": "0"} if "sync-collection" in body else {}
        answer = client.request("REPORT", path, content=body.encode(), headers={**XML, **depth})
        answer.raise_for_status()
        return answer.content


async def _count(source: CalDav, count: int) -> None:
    found = [task async for task in source.list()]
    assert len(found) == count, len(found)


async def _one_change(source: CalDav, cursor: str) -> None:
    found = await source.changes(cursor)
    assert len(found.changed) == 1 and not found.whole, (len(found.changed), found.whole)


async def _took(work: Awaitable[None]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


def _timed(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {key: _round([run[key] for run in runs]) for key in runs[0]}


def _round(seconds: list[float]) -> float:
    return round(statistics.median(seconds), 3)
