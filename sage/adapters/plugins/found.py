"""Which plugins there are: bundled, in the home's `plugins/`, and installed beside Sage. Reads plugin.toml, imports nothing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sage.adapters.plugins.loading import PACKAGE
from sage.adapters.plugins.pins import TooLarge, digest_of
from sage.core.errors import BadInput, NotFound
from sage.core.plugins.manifest import Manifest, read_manifest
from sage.locations import Home, bundled

Origin = Literal["bundled", "home", "installed"]
FILE = "plugin.toml"
GROUP = "sage.plugins"
"""Entry points of this group: the plugin's name, and the package with its plugin.toml, as in `weather = "sage_weather"`."""
MOST_BYTES = 100_000
"""Of a plugin.toml."""


@dataclass(frozen=True)
class FoundPlugin:
    """A plugin that is there. `code` is the folder of its package, which holds all of its code; `version` that of its
    distribution, if it was installed. `digest` stands for all of these files."""

    manifest: Manifest
    folder: Path
    origin: Origin
    digest: str = field(repr=False)
    code: Path
    version: str = ""

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def outside(self) -> bool:
        """Whether it is pinned when it is enabled, as it did not come with Sage."""
        return self.origin != "bundled"


@dataclass(frozen=True)
class BrokenPlugin:
    """One that cannot be used, and why. Nothing else is touched by it."""

    name: str
    folder: Path
    origin: Origin
    trouble: BadInput


@dataclass(frozen=True)
class Found:
    """All plugins by name, in the order of names, and those that cannot be used."""

    plugins: dict[str, FoundPlugin]
    broken: tuple[BrokenPlugin, ...] = ()

    def plugin(self, name: str) -> FoundPlugin:
        """The plugin of that name. Raises NotFound, or the trouble of one that cannot be used."""
        if name in self.plugins:
            return self.plugins[name]
        for broken in self.broken:
            if broken.name == name:
                raise broken.trouble
        raise NotFound(f"There is no plugin {name!r}.", safe="Nothing was changed.", do="See all: sage plugin list")


@dataclass(frozen=True)
class _Place:
    """Where a plugin says that it is; `code` and `version` as in FoundPlugin."""

    name: str
    folder: Path
    origin: Origin
    code: Path
    version: str = ""


def find_plugins(home: Home) -> Found:
    """Every plugin of a home. One that is broken, or claims a name that is taken, is told among the broken."""
    plugins: dict[str, FoundPlugin] = {}
    broken: list[BrokenPlugin] = []
    by_name: dict[str, list[_Place]] = {}
    for place in [*_in_folders(home), *_installed()]:
        by_name.setdefault(place.name, []).append(place)
    for name, places in sorted(by_name.items()):
        for place in places:
            try:
                if len(places) > 1 and place.origin != "bundled":
                    raise _taken(name, [each.folder for each in places])
                plugins[name] = _read(place)
            except BadInput as trouble:
                broken.append(BrokenPlugin(name, place.folder, place.origin, trouble))
    return Found(plugins, tuple(broken))


def read_plugin(folder: Path, origin: Origin) -> FoundPlugin:
    """The plugin in a folder. Raises BadInput."""
    return _read(_Place(folder.name, folder, origin, folder))


def _read(place: _Place) -> FoundPlugin:
    manifest = read_manifest(_text(place.folder / FILE, place.name), place.name)
    _check_places(place, manifest)
    try:
        digest = digest_of(place.code, place.version)
    except OSError as error:
        do = f"Make {place.code} readable."
        raise _bad(place.name, f"its files cannot be read ({error.strerror}).", do) from error
    except TooLarge as error:
        do = f"Keep what is no code out of {place.code}."
        raise _bad(place.name, f"its folder has {error}, which is too much to look through.", do) from error
    return FoundPlugin(manifest, place.folder, place.origin, digest, place.code, place.version)


def _check_places(place: _Place, manifest: Manifest) -> None:
    """Code from elsewhere would not be among the files that are agreed to. Raises BadInput."""
    package = place.code.name if place.origin == "installed" else f"{PACKAGE}.{place.name}"
    for key, named in (("runtime", manifest.runtime), ("config", manifest.config)):
        module, _, _ = named.partition(":")
        if not f"{module}.".startswith(f"{package}."):
            what = f"`{key}` is {named!r}, which is no code of its own."
            raise _bad(place.name, what, f'Write it like {key} = "{package}.source:Name".')


def _in_folders(home: Home) -> Iterator[_Place]:
    roots: list[tuple[Path, Origin]] = [(bundled("plugins"), "bundled"), (home.plugins, "home")]
    for root, origin in roots:
        try:
            folders = sorted(folder for folder in root.iterdir() if os.path.lexists(folder / FILE))
        except OSError:  # no such folder, or it is closed: no plugins are there
            continue
        for folder in folders:
            yield _Place(folder.name, folder, origin, folder)


def _installed() -> Iterator[_Place]:
    for point in importlib.metadata.entry_points(group=GROUP):
        top, *below = point.value.partition(":")[0].strip().split(".")
        package = _package(top)
        yield _Place(
            point.name, package.joinpath(*below), "installed", package, point.dist.version if point.dist else ""
        )


def _package(top: str) -> Path:
    """The folder of a package, found without importing it; one that is not there if there is no such package."""
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        spec = None
    return next(map(Path, (spec and spec.submodule_search_locations) or ()), Path("(no such package)", top))


def _text(path: Path, name: str) -> str:
    """A plugin.toml. One that is a pipe, endless or no text is told, not waited for."""
    try:
        place = path.stat()
        if not stat.S_ISREG(place.st_mode) or place.st_size > MOST_BYTES:
            raise _bad(name, f"its {FILE} is no file of at most 100 kB.", "Write a short one.")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _bad(name, f"its {FILE} is not UTF-8 text.", "Save it as UTF-8.") from error
    except FileNotFoundError as error:
        raise _bad(name, f"there is no {path}.", "Its package was moved, or its maker forgot the file.") from error
    except OSError as error:
        raise _bad(name, f"its {FILE} cannot be read ({error.strerror}).", f"Make {path} readable.") from error


def _taken(name: str, folders: list[Path]) -> BadInput:
    what = f"it stands in {len(folders)} places: {', '.join(map(str, folders))}."
    return _bad(name, what, "Rename or remove one of them; a plugin that comes with Sage keeps its name.")


def _bad(name: str, what: str, do: str) -> BadInput:
    return BadInput(f"The plugin {name!r}: {what}", safe="It was not started.", do=do)
