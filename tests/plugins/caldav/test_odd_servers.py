"""What a server may do that neither of the real ones does when it is asked to."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
import pytest_asyncio
from pydantic import ValidationError
from sage_plugins.caldav import reading, web
from sage_plugins.caldav.config import Config
from sage_plugins.caldav.source import CalDav

from sage.plugin_api import (
    AuthRefused,
    BadConfig,
    Change,
    NewTask,
    PluginError,
    RateLimited,
    Refused,
    Unreachable,
    Unsupported,
)
from sage.testing.plugins import GivenAccount
from sage.testing.plugins.accounts import made, manifest_of
from sage.testing.plugins.calendar import MONDAY, entry, wrapped
from tests.servers.scripted import Answer, Asked, ScriptedServer, serving

TEXT = wrapped(entry("one", "SUMMARY:Water the plants")).decode().replace("VEVENT", "VTODO")
LIST = (
    "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>Garden</D:displayname>"
    '<C:supported-calendar-component-set><C:comp name="VTODO"/><C:comp name="VEVENT"/></C:supported-calendar-component-set>'
)


def response(href: str, props: str = "", status: str = "") -> str:
    """One member of a multi-status answer."""
    inside = f"<D:status>HTTP/1.1 {status}</D:status>" if status else ""
    if props:
        inside = f"<D:propstat><D:prop>{props}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
    return f"<D:response><D:href>{href}</D:href>{inside}</D:response>"


def many(*responses: str, token: str = "") -> Answer:
    tokens = f"<D:sync-token>{token}</D:sync-token>" if token else ""
    body = f'<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">{"".join(responses)}{tokens}</D:multistatus>'
    return Answer(body.encode(), 207)


def item(name: str, text: str = TEXT, etag: str = '"1"') -> str:
    return response(
        f"/cal/{name}.ics", f"<D:getetag>{escape(etag)}</D:getetag><C:calendar-data>{escape(text)}</C:calendar-data>"
    )


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving() as found:
        found.answers["PROPFIND /cal/"] = many(response("/cal/", LIST))
        found.answers["REPORT /cal/"] = many(item("one"))
        found.answers["GET /cal/one.ics"] = Answer(TEXT.encode(), headers={"ETag": '"1"'})
        yield found


def source_of(server: ScriptedServer, folder: Path, **config: Any) -> CalDav:
    given = {"url": server.url("/cal/"), "username": "ana", **config}
    found = made(manifest_of("caldav"), GivenAccount(given, {"password": "open sesame"}), folder)
    assert isinstance(found, CalDav)
    return found


@pytest_asyncio.fixture
async def source(server: ScriptedServer, tmp_path: Path) -> AsyncIterator[CalDav]:
    found = source_of(server, tmp_path)
    await found.open()
    yield found
    await found.close()


async def texts(source: CalDav) -> list[str]:
    return [task.text async for task in source.list()]


async def test_a_server_without_tokens_is_asked_for_everything_each_time(source: CalDav) -> None:
    found = await source.changes("")
    assert (found.whole, found.cursor, len(found.changed)) == (True, "", 1)


async def test_one_that_takes_long_to_make_its_first_token_is_asked_for_it_another_time(
    server: ScriptedServer, source: CalDav, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_it = threading.Event()

    def answer(asked: Asked) -> Answer:
        if b"sync-token" in asked.body:
            made_it.wait(20)
        return many(response("/cal/", f"{LIST}<D:sync-token>t1</D:sync-token>"))

    server.answers["PROPFIND /cal/"] = answer
    monkeypatch.setattr(reading, "_TOKEN_SECONDS", 0.05)
    found = await source.changes("")
    assert (found.whole, found.cursor, len(found.changed)) == (True, "", 1)
    made_it.set()
    monkeypatch.setattr(reading, "_TOKEN_SECONDS", 20.0)
    assert "t1" in (await source.changes("")).cursor


async def test_an_answer_in_parts_is_asked_for_to_its_end(server: ScriptedServer, source: CalDav) -> None:
    pages = {
        "t0": many(
            response("/cal/a.ics", "<D:getetag>1</D:getetag>"), response("/cal/", status="507 Too Much"), token="t1"
        ),
        "t1": many(response("/cal/b.ics", status="404 Not Found"), token="t2"),
    }

    def answer(asked: Asked) -> Answer:
        return next((page for token, page in pages.items() if f">{token}<".encode() in asked.body), many())

    server.answers["REPORT /cal/"] = answer
    server.answers["GET /cal/a.ics"] = Answer(TEXT.replace("plants", "roses").encode(), headers={"ETag": '"1"'})
    found = await source.changes('{"/cal/": "t0"}')
    assert [task.text for task in found.changed] == ["Water the roses"]
    assert (found.gone, found.cursor, found.whole) == (("/cal/b.ics",), '{"/cal/": "t2"}', False)


async def test_one_item_over_which_it_fails_hides_no_other(server: ScriptedServer, source: CalDav) -> None:
    names = [f"i{number}" for number in range(50)]
    listed = [response(f"/cal/{name}.ics", '<D:getetag>"1"</D:getetag>') for name in names]
    server.answers["PROPFIND /cal/"] = many(response("/cal/", LIST), *listed)
    for name in names:
        text = TEXT.replace("plants", name).encode()
        server.answers[f"GET /cal/{name}.ics"] = Answer(text, headers={"ETag": '"1"'})
    server.answers["GET /cal/i7.ics"] = Answer(status=500)

    def answer(asked: Asked) -> Answer:
        wanted = [name for name in names if f"/{name}.ics".encode() in asked.body]
        if b"calendar-query" in asked.body or "i7" in wanted:
            return Answer(status=500)
        return many(*(item(name, TEXT.replace("plants", name)) for name in wanted))

    server.answers["REPORT /cal/"] = answer
    assert sorted(await texts(source)) == sorted(f"Water the {name}" for name in names if name != "i7")
    assert "1" in (await source.health()).words
    page = await source.occurrences(MONDAY, MONDAY.replace(year=2027))
    assert not page.whole and "Garden" in page.troubles[0]
    assert len(server.asked) < 60


async def test_a_server_that_fails_in_the_middle_hides_nothing(server: ScriptedServer, source: CalDav) -> None:
    server.answers["REPORT /cal/"] = Answer(status=500)
    server.answers["PROPFIND /cal/"] = lambda asked: (
        many(response("/cal/", LIST)) if b"displayname" in asked.body else Answer(status=502)
    )
    with pytest.raises(Unreachable):
        await texts(source)


async def test_a_server_that_gives_no_mark_after_a_write_is_asked_for_it(
    server: ScriptedServer, source: CalDav
) -> None:
    server.answers["PUT /cal/one.ics"] = Answer(status=204)

    def current(asked: Asked) -> Answer:
        puts = [one for one in server.asked if one.method == "PUT"]
        return (
            Answer(puts[-1].body, headers={"ETag": '"2"'}) if puts else Answer(TEXT.encode(), headers={"ETag": '"1"'})
        )

    server.answers["GET /cal/one.ics"] = current
    task = await source.update("/cal/one.ics", Change(text="Water the roses"), '"1"')
    assert (task.text, task.revision) == ("Water the roses", '"2"')
    assert next(one for one in server.asked if one.method == "PUT").headers["If-Match"] == '"1"'


@pytest.mark.parametrize("etag", ['W/"1"', ""])
async def test_without_a_strong_mark_nothing_is_written(etag: str, server: ScriptedServer, source: CalDav) -> None:
    server.answers["REPORT /cal/"] = many(item("one", etag=etag))
    server.answers["GET /cal/one.ics"] = Answer(TEXT.encode(), headers={"ETag": etag} if etag else {})
    (task,) = [task async for task in source.list()]
    assert task.read_only
    with pytest.raises(Unsupported):
        await source.complete(task.id, task.revision, MONDAY)
    assert not [one for one in server.asked if one.method == "PUT"]


async def test_a_list_without_the_right_to_write_takes_no_tasks(server: ScriptedServer, source: CalDav) -> None:
    right = "<D:current-user-privilege-set><D:privilege><D:read/></D:privilege></D:current-user-privilege-set>"
    server.answers["PROPFIND /cal/"] = many(response("/cal/", LIST + right))
    (task,) = [task async for task in source.list()]
    assert task.read_only
    with pytest.raises(Refused):
        await source.create(NewTask("Mow"), "k")


async def test_new_tasks_go_to_a_list_for_tasks_alone_if_there_is_one(server: ScriptedServer, tmp_path: Path) -> None:
    alone = LIST.replace('<C:comp name="VEVENT"/>', "").replace("Garden", "Errands")
    server.answers["PROPFIND /"] = many(
        response("/", "<C:calendar-home-set><D:href>/home/</D:href></C:calendar-home-set>")
    )
    server.answers["PROPFIND /home/"] = many(response("/home/a/", LIST), response("/home/b/", alone))
    server.answers["PUT"] = Answer(status=201, headers={"ETag": '"1"'})
    source = source_of(server, tmp_path, url=server.url("/"))
    await source.open()
    assert (await source.create(NewTask("Mow"), "k")).where == "Errands"
    await source.close()


@pytest.mark.parametrize("status", [400, 403, 409, 412, 413, 507])
async def test_what_it_does_not_take_is_refused_and_no_conflict(
    status: int, server: ScriptedServer, source: CalDav
) -> None:
    server.answers["PUT"] = Answer(status=status)
    with pytest.raises(Refused):
        await source.update("/cal/one.ics", Change(text="x"), '"1"')
    with pytest.raises(Refused):
        await source.create(NewTask("Mow"), "k")


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (Answer(status=401), AuthRefused),
        (Answer(status=429, headers={"Retry-After": "7"}), RateLimited),
        (Answer(status=503, headers={"Retry-After": "7"}), Unreachable),
        (Answer(b"<html>Welcome</html>"), Refused),
        (Answer(b"<!DOCTYPE html><html></html>"), Refused),
        (Answer(b"", 207), Refused),
        (Answer(b"\xff\xfe<\x00", 207), Refused),
        (Answer(many().body, 207, {"Content-Length": "99999"}), Unreachable),
    ],
)
async def test_answers_that_are_none(
    answer: Answer, raised: type[PluginError], server: ScriptedServer, source: CalDav
) -> None:
    server.answers["REPORT /cal/"] = server.answers["PROPFIND /cal/"] = answer
    with pytest.raises(raised if raised is not Refused else (Refused, BadConfig)) as told:
        await texts(source)
    assert getattr(told.value, "retry_after", 7) in (7, 0)


async def test_entities_are_not_read(server: ScriptedServer, source: CalDav) -> None:
    bomb = (
        b'<?xml version="1.0"?><!-- > --><!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + many(item("&b;")).body
    )
    server.answers["REPORT /cal/"] = Answer(bomb, 207)
    with pytest.raises(Refused):
        await source._dav.report("/cal/", "")


async def test_a_web_page_in_a_note_is_no_entity(server: ScriptedServer, source: CalDav) -> None:
    text = TEXT.replace("SUMMARY", "X-ALT-DESC:<!DOCTYPE html><p>&amp;</p>\r\nSUMMARY")
    data = f'<D:getetag>"1"</D:getetag><C:calendar-data><![CDATA[{text}]]></C:calendar-data>'
    server.answers["REPORT /cal/"] = many(response("/cal/one.ics", data))
    assert await texts(source) == ["Water the plants"]


async def test_the_password_goes_to_no_other_site(server: ScriptedServer, source: CalDav, tmp_path: Path) -> None:
    with serving() as elsewhere:
        for to in (
            elsewhere.url("/cal/").replace("127.0.0.1", "localhost"),
            "https://127.0.0.1/",
            "file:///etc/hostname",
        ):
            server.answers["REPORT /cal/"] = Answer(status=302, headers={"Location": to})
            with pytest.raises(Refused):
                await source._dav.report("/cal/", "")
        href = f"<D:href>{elsewhere.url('/').replace('127.0.0.1', 'localhost')}</D:href>"
        server.answers["PROPFIND"] = many(response("/", f"<D:current-user-principal>{href}</D:current-user-principal>"))
        with pytest.raises(BadConfig):
            await source_of(server, tmp_path, url=server.url("/")).open()
        assert not elsewhere.asked
    server.answers["REPORT /cal/"] = Answer(status=302, headers={"Location": "/cal/"})
    with pytest.raises(Refused, match="without an end"):
        await source._dav.report("/cal/", "")


@pytest.mark.parametrize(
    ("host", "known", "own"),
    [
        ("p34-caldav.icloud.example", "caldav.icloud.example", True),
        ("dav.example.org", "example.org", True),
        ("example.org", "dav.example.org", True),
        ("10.0.0.1", "10.0.0.1", True),
        ("example.org.evil.net", "dav.example.org", False),
        ("evilexample.org", "dav.example.org", False),
        ("evil.co.uk", "example.co.uk", False),
        ("evil.org", "example.org", False),
        ("11.0.0.1", "10.0.0.1", False),
        ("", "localhost", False),
        ("evil.localhost", "127.0.0.1", False),
    ],
)
def test_which_hosts_are_the_same_site(host: str, known: str, own: bool) -> None:
    assert web._is_own(host, known) is own


async def test_a_redirect_on_the_same_site_keeps_method_and_password(server: ScriptedServer, source: CalDav) -> None:
    server.answers["REPORT /cal/"] = Answer(status=302, headers={"Location": "/new/cal/"})
    server.answers["REPORT /new/cal/"] = many(item("one"))
    assert await texts(source) == ["Water the plants"]
    assert "Authorization" in server.asked[-1].headers and b"calendar-query" in server.asked[-1].body


async def test_the_other_way_of_sending_a_password_is_taken_where_it_is_wanted(
    server: ScriptedServer, tmp_path: Path
) -> None:
    def answer(asked: Asked) -> Answer:
        if (asked.headers["Authorization"] or "").startswith("Digest "):
            return many(response("/cal/", LIST))
        return Answer(status=401, headers={"WWW-Authenticate": 'Digest realm="x", nonce="y", qop="auth"'})

    server.answers["PROPFIND /cal/"] = answer
    source = source_of(server, tmp_path)
    await source.open()
    await source.close()
    assert len(server.asked) <= 4


async def test_more_than_it_may_answer_is_not_read(source: CalDav, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "LARGEST", 100)
    with pytest.raises(PluginError, match="more than"):
        await source._dav.report("/cal/", "")


async def test_an_item_of_10_mb_is_read_and_changed(server: ScriptedServer, source: CalDav) -> None:
    huge = TEXT.replace("SUMMARY", f"DESCRIPTION:{'long ' * 2_000_000}\r\nSUMMARY")
    server.answers["REPORT /cal/"] = many(item("one", huge), item("two"))
    server.answers["GET /cal/one.ics"] = Answer(huge.encode(), headers={"ETag": '"1"'})
    server.answers["PUT /cal/one.ics"] = Answer(status=204, headers={"ETag": '"2"'})
    assert await texts(source) == ["Water the plants"] * 2
    task = await source.update("/cal/one.ics", Change(text="Water the roses"), '"1"')
    assert (task.text, task.revision) == ("Water the roses", '"2"') and len(server.asked[-1].body) > 10_000_000


async def test_a_calendar_that_is_gone_is_no_reason_to_take_its_tasks_for_gone(
    server: ScriptedServer, source: CalDav
) -> None:
    del server.answers["REPORT /cal/"]
    with pytest.raises(Unreachable):
        await texts(source)


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "example.org", "http://example.org/", "https://ana:secret@example.org/"]
)
def test_an_address_that_will_not_do_is_told(url: str) -> None:
    with pytest.raises(ValidationError):
        Config(url=url, username="ana")
