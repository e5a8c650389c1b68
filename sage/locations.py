"""Every path, below SAGE_HOME. Naming a path makes nothing; `prepare` does."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from sage.core.errors import BadInput, DiskFull, HomeReadOnly, HomeTrouble, NotFound

SOCKET_PATH_LIMIT = 100
"""Bytes that a Unix socket's address may have: 108 on Linux, 104 on macOS, with room for the terminating zero."""

ANOTHER = "Choose another data folder with SAGE_HOME or --home."


class Home:
    """One person's data folder. No dataclass: loading their module would take a third of what a command takes to begin."""

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Home) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    def __repr__(self) -> str:
        return f"Home(path={self.path!r})"

    @property
    def settings(self) -> Path:
        return self.path / "settings.toml"

    @property
    def notes(self) -> Path:
        return self.path / "notes"

    @property
    def goals(self) -> Path:
        return self.path / "goals"

    @property
    def tasks(self) -> Path:
        return self.path / "tasks.md"

    @property
    def journal(self) -> Path:
        return self.path / "journal.db"

    @property
    def last_seen(self) -> Path:
        """The zone and the moment that the engine saw last."""
        return self.path / "last_seen.json"

    @property
    def index(self) -> Path:
        return self.path / "index"

    @property
    def trash(self) -> Path:
        return self.path / "trash"

    @property
    def models(self) -> Path:
        return self.path / "models"

    @property
    def backups(self) -> Path:
        return self.path / "backups"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def drafts(self) -> Path:
        """What stands in apps that are open, and was on no engine's disk when one ended."""
        return self.path / "drafts"

    @property
    def profiles(self) -> Path:
        return self.path / "profiles"

    @property
    def plugins(self) -> Path:
        """Plugins that the person put there; nothing in it runs before it is enabled."""
        return self.path / "plugins"

    @property
    def plugin_copies(self) -> Path:
        """The code of plugins that did not come with Sage, as it was agreed to and runs; made again when it is gone."""
        return self.path / "run" / "plugins"

    @property
    def accounts(self) -> Path:
        """What the libraries of plugins keep, by plugin and account: sessions, keys, places in a stream."""
        return self.path / "accounts"

    def account(self, account: str) -> Path:
        """The private folder of an account, PLUGIN/NAME."""
        return self.accounts / account

    @property
    def skills(self) -> Path:
        return self.path / "skills"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    @property
    def lock(self) -> Path:
        return self.path / "engine.lock"

    @property
    def socket(self) -> Path:
        """The engine's door. Beside the home where the address fits, else in a private folder for temporary files."""
        near = self.path / "run" / "engine.sock"
        if len(os.fsencode(near)) <= SOCKET_PATH_LIMIT:
            return near
        import hashlib
        import tempfile

        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(base) / f"sage-{os.getuid()}" / digest / "engine.sock"

    def prepare(self) -> None:
        """Makes the home's folders (0700). Raises HomeReadOnly or DiskFull."""
        folders = (self.path, self.notes, self.goals, self.index, self.trash, self.models, self.backups, self.logs)
        for folder in (*folders, self.socket.parent):
            make_private_folder(folder)


def make_private_folder(folder: Path) -> None:
    """Makes a folder that only its owner can enter (0700), with parents; an existing one of the owner is closed to others."""
    try:
        make_folders(folder)
        found = folder.stat()
        if found.st_uid != os.getuid():
            raise HomeTrouble(f"{folder} belongs to another user.", safe="Nothing was changed.", do=ANOTHER)
        if stat.S_IMODE(found.st_mode) & 0o077:
            folder.chmod(0o700)
    except NotADirectoryError as error:
        raise HomeTrouble(f"{folder} is not a folder.", safe="Nothing was changed.", do=ANOTHER) from error
    except FileExistsError as error:
        raise HomeTrouble(
            f"{folder} is a file, not a folder.",
            safe="Nothing was changed.",
            do="Move that file away, or choose another data folder with SAGE_HOME or --home.",
        ) from error
    except OSError as error:
        raise home_trouble(error, folder) from error


def make_folders(folder: Path) -> None:
    """Makes a folder and its parents (0700) where they are missing; a power cut does not take away what this made."""
    if folder.is_dir():
        return
    missing = [folder]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for made in reversed(missing):
        sync_folder(made.parent)


def sync_folder(folder: Path) -> None:
    """Makes what was made, renamed and deleted in a folder durable, where the file system can do that."""
    import errno

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network shares cannot sync a folder
            raise
    finally:
        os.close(descriptor)


def home_trouble(error: OSError, path: Path) -> HomeTrouble:
    """The told error for an operating system's error while writing `path`."""
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            f"The disk of {path} is full.",
            safe="What was acknowledged before is safe; this was not kept.",
            do="Free some room, then do it again.",
        )
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return HomeReadOnly(
            f"{path} cannot be written ({os.strerror(error.errno)}).",
            safe="Nothing was changed.",
            do="Make it writable, or choose another data folder with SAGE_HOME or --home.",
        )
    return HomeTrouble(f"{path}: {os.strerror(error.errno or 0)}.", safe="Nothing was changed.", do="Run: sage doctor")


def find_home(given: str | os.PathLike[str] | None = None) -> Home:
    """The home that was asked for: `given`, else SAGE_HOME, else the platform's user data folder."""
    chosen = given or os.environ.get("SAGE_HOME")
    if chosen:
        path = typed_path(chosen)
        try:
            str(path).encode()
        except UnicodeEncodeError as error:
            raise HomeTrouble(
                "The data folder's name is not UTF-8 text.", safe="Nothing was changed.", do=ANOTHER
            ) from error
        return Home(path)
    import platformdirs

    return Home(Path(platformdirs.user_data_path("sage", appauthor=False)))


def typed_path(typed: str | os.PathLike[str]) -> Path:
    """The absolute path for what a person typed: `~` is their home folder; that of a user who is not there stays as it is.

    Raises BadInput for a name that no file can have.
    """
    if "\0" in os.fspath(typed):
        raise BadInput("A path with a NUL byte in it names no file.", safe="Nothing was changed.", do="Type it again.")
    path = Path(typed)
    with contextlib.suppress(RuntimeError):
        path = path.expanduser()
    return path.absolute()


def existing_path(typed: str) -> Path | None:
    """What a person typed as a path, if there is something."""
    try:
        path = typed_path(typed)
        return path if path.exists() else None
    except (BadInput, OSError):  # a name that no file can have, or one that is too long
        return None


def named_folders(typed: str) -> tuple[str, ...]:
    """The paths that were typed: one, or several with commas between them."""
    whole = typed.strip().strip("'\"")
    parts = [whole] if existing_path(whole) else [part.strip().strip("'\"") for part in typed.split(",")]
    return tuple(part for part in dict.fromkeys(parts) if part)


def find_vaults(below: Path, depth: int = 3, most: int = 12) -> tuple[Path, ...]:
    """Folders that hold notes by their names: Obsidian vaults, and such as `notes` with a note in it. No file is opened, links and
    hidden folders are not followed, and below a vault no other is looked for."""
    found: list[Path] = []
    level = [below]
    for _ in range(depth + 1):
        deeper: list[Path] = []
        for folder in level:
            try:
                inside = sorted(each.name for each in os.scandir(folder) if each.is_dir(follow_symlinks=False))
            except OSError:
                continue
            named = folder.name.casefold() in _NOTES and _has_notes(folder, inside)
            if folder != below and (named or ".obsidian" in inside):
                found.append(folder)
            else:
                deeper += [folder / name for name in inside if not name.startswith(".")]
        level = deeper[:_MOST_FOLDERS]
    return tuple(found[:most])


def _has_notes(folder: Path, inside: list[str]) -> bool:
    """Whether some name there, or one folder deeper, is that of a note."""
    for each in (folder, *(folder / name for name in inside[:50])):
        with contextlib.suppress(OSError):
            if any(path.suffix in (".md", ".org", ".txt") for path in each.iterdir()):
                return True
    return False


_NOTES = frozenset({"notes", "my notes", "vault", "vaults", "zettelkasten", "journal", "notizen", "obsidian"})
_MOST_FOLDERS = 2000
"""Looked at on one level: a home with more is not searched to its end."""


def write_new(path: Path, text: str) -> None:
    """Writes a file that is not there yet. Raises BadInput when there is one, or it cannot be written."""
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written: {error.strerror}.", safe="Nothing was changed.", do="Take another name."
        ) from error


def bundled(kind: str) -> Path:
    """The folder of bundled `plugins` or `profiles`: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent
    for folder in (package / "_bundled" / kind, package.parent / kind):
        if folder.is_dir():
            return folder
    raise NotFound(f"The bundled {kind} are missing.", do="Install Sage again.")


def is_plain(environ: Mapping[str, str]) -> bool:
    """Whether lines are wanted and nothing that moves: SAGE_PLAIN says so, or a terminal that can do no more."""
    return environ.get("SAGE_PLAIN", "") not in ("", "0") or environ.get("TERM") == "dumb"
