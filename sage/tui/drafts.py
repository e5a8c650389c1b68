"""Words that are on no engine's disk yet: they stand in files of the home until they are, and are there again at the next start."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sage.core.capturing import KINDS, CaptureKind
from sage.core.errors import SageError
from sage.core.terminal_text import clean
from sage.locations import Home, make_private_folder

_TALK, _JOTTED = "talk.txt", "jotted.txt"


class Line(NamedTuple):
    """A line that shall be kept, named by its `key`, as it was sent at a time (ISO 8601 with offset)."""

    text: str
    kind: CaptureKind | None
    key: str
    at: str

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.key}.{int(datetime.fromisoformat(self.at).timestamp())}.{self.kind or ''}.txt"


class Found(NamedTuple):
    """What other apps left when they ended, however they did: in Talk, in the line that keeps something, and sent there."""

    talk: str = ""
    jotted: str = ""
    lines: tuple[Line, ...] = ()


class Drafts:
    """Each app that is open has a folder of its own below `drafts/`, locked while it lives. What cannot be written is left:
    it still stands in the app."""

    def __init__(self, home: Home) -> None:
        self._top = home.drafts
        self._folder: Path | None = None
        self._held: dict[Path, int] = {}
        """Folders, each with the descriptor that locks it: this app's own, and those that were found."""
        self._words: dict[str, str] = {}

    def keep_talk(self, text: str) -> None:
        """What stands in Talk and was not sent or waits; "" for nothing."""
        self._keep(_TALK, text)

    def keep_jotted(self, text: str) -> None:
        """What stands in the line that keeps something; "" for nothing."""
        self._keep(_JOTTED, text)

    def keep_line(self, line: Line) -> None:
        """A line that was sent."""
        self._keep(line.name, line.text)

    def drop_line(self, line: Line) -> None:
        """A line that the engine has kept, or given back."""
        self._keep(line.name, "")

    def open(self) -> Found:
        """Begins to write, and returns what others left (see `let_go`). Blocks for a moment."""
        with contextlib.suppress(OSError, SageError):
            make_private_folder(self._top)
            with _locked(self._top, fcntl.LOCK_EX):
                left = [path for path in sorted(self._top.iterdir(), key=_age) if self._hold(path)]
                own = self._top / secrets.token_hex(4)
                own.mkdir(mode=0o700)
                self._hold(own)
                self._folder = own
            for name, text in self._words.items():
                self._write(name, text)
            return _read(left)
        return Found()

    def let_go(self) -> None:
        """What was found is in this app's hands now."""
        for folder in [each for each in self._held if each != self._folder]:
            with contextlib.suppress(OSError):
                for path in folder.iterdir():
                    path.unlink()
            self._leave(folder)

    def close(self) -> None:
        """The app ends; what stands there is for the next one."""
        if self._folder:
            self._leave(self._folder)
            self._folder = None

    def _hold(self, folder: Path) -> bool:
        descriptor = -1
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if descriptor >= 0:
                os.close(descriptor)
            return False
        self._held[folder] = descriptor
        return True

    def _leave(self, folder: Path) -> None:
        with contextlib.suppress(OSError):
            folder.rmdir()  # where nothing stands in it
        os.close(self._held.pop(folder))

    def _keep(self, name: str, text: str) -> None:
        if text == self._words.get(name, ""):
            return
        if text:
            self._words[name] = text
        else:
            del self._words[name]
        if self._folder:
            self._write(name, text)

    def _write(self, name: str, text: str) -> None:
        assert self._folder
        path, beside = self._folder / name, self._folder / f".{name}.{secrets.token_hex(4)}.tmp"
        with contextlib.suppress(OSError):
            if not text:
                path.unlink(missing_ok=True)
                return
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(text.encode("utf-8", "replace"))
            beside.replace(path)


@contextlib.contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _age(path: Path) -> float:
    return path.lstat().st_mtime


def _read(folders: list[Path]) -> Found:
    talk, jotted, lines = [], [], []
    for folder in folders:
        for path in sorted(folder.glob("[!.]*.txt"), key=_age):
            text = clean(path.read_text(encoding="utf-8", errors="replace")).strip("\n")
            if path.name == _TALK:
                talk.append(text)
            elif path.name == _JOTTED:
                jotted.append(text)
            elif line := _line(path.name, text):
                lines.append(line)
    return Found("\n\n".join(filter(None, talk)), "\n".join(filter(None, jotted)), tuple(lines))


def _line(name: str, text: str) -> Line | None:
    key, at, kind, _ = (*name.split("."), "", "", "")[:4]
    if not (key.isalnum() and at.isdigit() and text):
        return None
    known = next((each for each in KINDS if each == kind), None)
    return Line(text, known, key, datetime.fromtimestamp(int(at)).astimezone().isoformat())
