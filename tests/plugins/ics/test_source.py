from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import ValidationError
from sage_plugins.ics import source
from sage_plugins.ics.config import Config, checked
from sage_plugins.ics.source import Feed

from sage.plugin_api import AuthRefused, BadConfig, CalendarPage, RateLimited, Unreachable
from sage.testing.plugins import CalendarSourceConformance, GivenAccount
from sage.testing.plugins.accounts import made, manifest_of
from sage.testing.plugins.calendar import MONDAY, entry, wrapped
from tests.servers import scripted
from tests.servers.scripted import Answer, ScriptedServer, serving

WALK = wrapped(entry("walk", "SUMMARY:Walk", "DTSTART:20261125T080000Z"))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving() as found:
        yield found


class OtherByWeb:
    def __init__(self, server: ScriptedServer) -> None:
        self._server, self._versions = server, 0

    def put(self, *entries: str) -> None:
        self._versions += 1
        mark, body = f'"v{self._versions}"', wrapped(*entries)

        def answer(asked: scripted.Asked) -> Answer:
            if asked.headers.get("If-None-Match") == mark:
                return Answer(status=304)
            return Answer(body, headers={"ETag": mark})

        self._server.answers["/feed.ics"] = answer


class OtherByFile:
    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, *entries: str) -> None:
        self._path.write_bytes(wrapped(*entries))


class TestAFeed(CalendarSourceConformance):
    plugin = "ics"

    @pytest.fixture
    def account(self, server: ScriptedServer) -> GivenAccount:
        return GivenAccount({"url": server.url()}, own=("demo@example.org",), other=OtherByWeb(server))


class TestAFile(CalendarSourceConformance):
    plugin = "ics"

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        path = tmp_path / "demo.ics"
        return GivenAccount({"file": str(path)}, own=("demo@example.org",), other=OtherByFile(path))


class TestAFeedInItsOwnProcess(TestAFeed):
    in_its_own_process = True


class Asked:
    """A feed that is open, and what it shows."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed

    async def page(self) -> CalendarPage:
        return await self.feed.occurrences(MONDAY, MONDAY + timedelta(days=7))

    async def titles(self) -> list[str]:
        return [event.title for event in (await self.page()).events]


def feed_of(folder: Path, **given: Any) -> Feed:
    secrets = given.pop("secrets", {})
    found = made(manifest_of("ics"), GivenAccount(given, secrets), folder)
    assert isinstance(found, Feed)
    return found


@pytest_asyncio.fixture
async def feed(server: ScriptedServer, tmp_path: Path) -> AsyncIterator[Asked]:
    server.answers["/feed.ics"] = Answer(WALK)
    found = feed_of(tmp_path, url=server.url(), username="demo", secrets={"password": "secret"})
    await found.open()
    yield Asked(found)
    await found.close()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(b"\n<!doctype html><html>Please sign in</html>"), "web page"),
        (Answer(b"nothing of the kind"), "no calendar"),
        (Answer(WALK[:-30]), "not written to its end"),
        (Answer(WALK, headers={"Content-Length": str(len(WALK) - 30)}), "not written to its end"),
        (Answer(status=404), "no calendar at the address (404)"),
        (Answer(status=204), "no calendar at the address (204)"),
    ],
)
async def test_what_is_no_calendar_is_told_and_what_was_read_before_stays(
    answer: Answer, told: str, server: ScriptedServer, feed: Asked
) -> None:
    assert await feed.titles() == ["Walk"]
    server.answers["/feed.ics"] = answer
    page = await feed.page()
    assert [event.title for event in page.events] == ["Walk"] and not page.whole
    assert told in page.troubles[0] and (await feed.feed.health()).state == "waits"
    server.answers["/feed.ics"] = Answer(WALK)
    assert (await feed.page()).troubles == () and (await feed.feed.health()).state == "ok"


async def test_an_unchanged_feed_is_not_sent_again(server: ScriptedServer, feed: Asked) -> None:
    marks = {"ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 08:00:00 GMT"}
    server.answers["/feed.ics"] = Answer(WALK, headers=marks)
    await feed.page()
    server.answers["/feed.ics"] = Answer(status=304)
    assert await feed.titles() == ["Walk"]
    asked = server.asked[-1].headers
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"1"', "Mon, 23 Nov 2026 08:00:00 GMT")


@pytest.mark.parametrize(
    ("answer", "raised", "after"),
    [
        (Answer(status=401), AuthRefused, 0),
        (Answer(status=403), AuthRefused, 0),
        (Answer(status=429, headers={"Retry-After": "30"}), RateLimited, 30),
        (Answer(status=503, headers={"Retry-After": "90"}), Unreachable, 90),
        (Answer(WALK, headers={"Content-Length": "9999"}), Unreachable, 0),
        (Answer(b"not gzip", headers={"Content-Encoding": "gzip"}), Unreachable, 0),
    ],
)
async def test_what_the_server_refuses_or_cannot_do(
    answer: Answer, raised: type[Exception], after: float, server: ScriptedServer, feed: Asked
) -> None:
    server.answers["/feed.ics"] = answer
    with pytest.raises(raised) as told:
        await feed.page()
    assert getattr(told.value, "retry_after", 0) == after and "secret" not in str(told.value)


async def test_a_server_that_is_gone_cannot_be_reached(tmp_path: Path) -> None:
    with serving() as gone:
        url = gone.url()
    found = feed_of(tmp_path, url=url)
    with pytest.raises(Unreachable):
        await Asked(found).page()
    await found.close()


async def test_a_redirect_to_another_server_carries_neither_password_nor_marks(
    server: ScriptedServer, feed: Asked
) -> None:
    server.answers["/feed.ics"] = Answer(status=302, headers={"Location": "/moved.ics"})
    server.answers["/moved.ics"] = Answer(WALK)
    assert await feed.titles() == ["Walk"]
    assert all("Authorization" in one.headers for one in server.asked)
    with serving() as elsewhere:
        elsewhere.answers["/feed.ics"] = Answer(WALK, headers={"ETag": '"1"'})
        server.answers["/feed.ics"] = Answer(status=301, headers={"Location": elsewhere.url()})
        for _ in range(2):
            assert await feed.titles() == ["Walk"]
        assert not any(name in one.headers for one in elsewhere.asked for name in ("Authorization", "If-None-Match"))


@pytest.mark.parametrize("to", ["file:///etc/hostname", "ftp://example.org/x", "", "http://[", "/feed.ics"])
async def test_a_redirect_to_no_web_address_or_round_in_circles_is_not_followed(
    to: str, server: ScriptedServer, feed: Asked
) -> None:
    server.answers["/feed.ics"] = Answer(status=302, headers={"Location": to} if to else {})
    page = await feed.page()
    assert page.events == () and not page.whole and page.troubles


def test_a_redirect_never_leaves_https() -> None:
    with pytest.raises(source._NoCalendar):
        source._next("https://example.org/feed.ics", "http://example.org/feed.ics")


async def test_more_than_it_may_have_is_not_read(
    server: ScriptedServer, feed: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/feed.ics"] = Answer(gzip.compress(b" " * 3_000_000), headers={"Content-Encoding": "gzip"})
    monkeypatch.setattr(source, "LARGEST", 1_000_000)
    assert "more than 1 MB" in (await feed.page()).troubles[0]


async def test_a_file_that_is_missing_huge_or_a_folder_is_a_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LARGEST", 100)
    huge = tmp_path / "huge.ics"
    huge.write_bytes(WALK)
    for path in (tmp_path / "missing.ics", tmp_path, huge):
        page = await Asked(feed_of(tmp_path, file=str(path))).page()
        assert page.events == () and not page.whole and path.name in page.troubles[0]


async def test_a_private_address_is_kept_as_a_secret(server: ScriptedServer, tmp_path: Path) -> None:
    server.answers["/private-4711.ics"] = Answer(WALK)
    found = feed_of(tmp_path, secrets={"address": server.url("/private-4711.ics")})
    await found.open()
    assert await Asked(found).titles() == ["Walk"]
    await found.close()


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "ftp://example.org/x.ics", "example.org/x.ics", "https://"]
)
async def test_an_address_that_is_none_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Config(url=address)
    with pytest.raises(BadConfig):
        await feed_of(tmp_path, secrets={"address": address}).open()


async def test_it_needs_an_address_or_a_file(tmp_path: Path) -> None:
    with pytest.raises(BadConfig):
        await feed_of(tmp_path).open()
    with pytest.raises(ValidationError):
        Config(url="https://example.org/x.ics", file="x.ics")
    with pytest.raises(ValidationError, match="password_key"):
        Config(url="https://demo:secret@example.org/x.ics")


def test_webcal_is_https() -> None:
    assert checked("webcal://example.org/x.ics?a=b") == "https://example.org/x.ics?a=b"
