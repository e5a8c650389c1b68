"""What a disk sees, step by step: SQLite's steps through a VFS, Sage's own through the functions of `os`."""

from __future__ import annotations

import builtins
import errno
import io
import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import apsw

Kind = Literal[
    "make", "write", "cut", "sync", "folder", "rename", "link", "symlink", "unlink", "remove folder", "sync folder"
]


@dataclass(frozen=True, slots=True)
class Step:
    """One step; paths are relative to the recorded folder ("" is the folder itself)."""

    kind: Kind
    path: str
    target: str = ""
    offset: int = 0
    data: bytes = b""


class Recorder:
    """Steps below `root` in the order in which they happened. `before` is called with a step's number and the step before
    it is done, and may raise instead."""

    def __init__(self, root: Path, before: Callable[[int, Step], None] = lambda number, step: None) -> None:
        self.root = Path(os.path.realpath(root))
        self.steps: list[Step] = []
        self.before = before
        self._turn = threading.RLock()

    def inside(self, path: Any) -> str | None:
        """A path relative to the root, or None."""
        if not isinstance(path, str | os.PathLike) or os.fspath(path).endswith("-shm"):
            return None  # shared memory is no disk: whoever opens a database first makes it anew
        full = os.path.abspath(os.fspath(path))  # noqa: PTH100 - of links, not of what they lead to
        if full == str(self.root):
            return ""
        return full[len(str(self.root)) + 1 :] if full.startswith(f"{self.root}{os.sep}") else None

    def take(self, step: Step, act: Callable[[], Any]) -> Any:
        """Does a step and notes it; one that fails was none."""
        with self._turn:
            self.before(len(self.steps), step)
            done = act()
            self.steps.append(step)
            return done

    def take_for_sqlite(self, step: Step, act: Callable[[], Any]) -> Any:
        """The same, for SQLite, which wants errors of its own kind."""
        try:
            return self.take(step, act)
        except OSError as error:
            raise (apsw.FullError if error.errno == errno.ENOSPC else apsw.IOError)(str(error)) from error

    @contextmanager
    def recording(self) -> Iterator[Recorder]:
        """As long as the block lasts, SQLite and `os` are listened to."""
        system = _System(self)
        vfs = _RecordingVfs(self)
        system.install()
        try:
            yield self
        finally:
            system.uninstall()
            vfs.unregister()


# --- SQLite ----------------------------------------------------------------------------------------------------------


class _RecordingVfs(apsw.VFS):
    def excepthook(self, kind: Any, error: Any, at: Any) -> None:
        """An error that is raised in here has a listener already."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        super().__init__(f"recording {id(recorder)}", "unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        inside = self._recorder.inside(path)
        if inside is None:
            return apsw.VFSFile("unix", name, flags)
        return _RecordingFile(self._recorder, inside, name, flags, new=not Path(str(path)).exists())

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802
        inside = self._recorder.inside(name)
        if inside is None or not Path(name).exists():
            super().xDelete(name, syncdir)
            return
        self._recorder.take_for_sqlite(
            Step("unlink", inside), lambda: super(_RecordingVfs, self).xDelete(name, syncdir)
        )
        if syncdir:
            self._recorder.take_for_sqlite(Step("sync folder", above(inside)), lambda: None)


class _RecordingFile(apsw.VFSFile):
    excepthook = _RecordingVfs.excepthook

    def __init__(self, recorder: Recorder, inside: str, name: Any, flags: list[int], *, new: bool) -> None:
        self._recorder, self._inside = recorder, inside
        # SQLite syncs the folder of a log that it may have made with the log's first sync.
        self._sync_folder = bool(flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL))
        init = super().__init__
        if new:
            recorder.take_for_sqlite(Step("make", inside), lambda: init("unix", name, flags))
        else:
            init("unix", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        whole = bytes(data)
        write = super().xWrite
        self._recorder.take_for_sqlite(
            Step("write", self._inside, offset=offset, data=whole), lambda: write(whole, offset)
        )

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        cut = super().xTruncate
        self._recorder.take_for_sqlite(Step("cut", self._inside, offset=newsize), lambda: cut(newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        sync = super().xSync
        self._recorder.take_for_sqlite(Step("sync", self._inside), lambda: sync(flags))
        if self._sync_folder:
            self._sync_folder = False
            self._recorder.take_for_sqlite(Step("sync folder", above(self._inside)), lambda: None)


# --- os --------------------------------------------------------------------------------------------------------------


class _File:
    """A file that was opened for writing: what is written goes to the disk at once, and is noted."""

    def __init__(self, file: IO[Any], recorder: Recorder, inside: str) -> None:
        self._file, self._recorder, self._inside = file, recorder, inside

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)

    def write(self, data: Any) -> int:
        raw = data.encode() if isinstance(data, str) else bytes(data)

        def act() -> int:
            written = self._file.write(data)
            self._file.flush()
            return int(written)

        written: int = self._recorder.take(Step("write", self._inside, offset=self._file.tell(), data=raw), act)
        return written

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def truncate(self, size: int | None = None) -> int:
        place = self._file.tell() if size is None else size
        cut: int = self._recorder.take(Step("cut", self._inside, offset=place), lambda: self._file.truncate(place))
        return cut


class _System:
    """Stands in the place of the functions of `os` that change a disk."""

    NAMES = (
        "open",
        "fdopen",
        "close",
        "fsync",
        "replace",
        "rename",
        "unlink",
        "remove",
        "link",
        "symlink",
        "mkdir",
        "rmdir",
    )

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._real = {name: getattr(os, name) for name in self.NAMES}
        self._io_open = io.open
        self._open_at: dict[int, str] = {}

    def install(self) -> None:
        for name in self.NAMES:
            setattr(os, name, getattr(self, name))
        io.open = builtins.open = self.io_open  # type: ignore[assignment]

    def uninstall(self) -> None:
        for name, function in self._real.items():
            setattr(os, name, function)
        io.open = builtins.open = self._io_open

    def open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        inside = self._recorder.inside(path) if dir_fd is None else None
        real = self._real["open"]
        if inside is None:
            found: int = real(path, flags, mode, dir_fd=dir_fd)
            return found
        new = bool(flags & os.O_CREAT) and not os.path.lexists(path)
        cuts = bool(flags & os.O_TRUNC) and not new
        if new or cuts:
            step = Step("make", inside) if new else Step("cut", inside)
            descriptor: int = self._recorder.take(step, lambda: real(path, flags, mode))
        else:
            descriptor = real(path, flags, mode)
        self._open_at[descriptor] = inside
        return descriptor

    def io_open(self, file: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
        inside = self._recorder.inside(file)
        if inside is None or not set(mode) & set("wax+"):
            return self._io_open(file, mode, *more, **options)
        new = not os.path.lexists(file)
        if new or "w" in mode:
            step = Step("make", inside) if new else Step("cut", inside)
            opened = self._recorder.take(step, lambda: self._io_open(file, mode, *more, **options))
        else:
            opened = self._io_open(file, mode, *more, **options)
        self._open_at[opened.fileno()] = inside
        return _File(opened, self._recorder, inside)

    def fdopen(self, fd: int, mode: str = "r", *more: Any, **options: Any) -> Any:
        opened = self._io_open(fd, mode, *more, **options)
        inside = self._open_at.get(fd)
        return opened if inside is None or mode in ("r", "rb") else _File(opened, self._recorder, inside)

    def close(self, fd: int) -> None:
        self._open_at.pop(fd, None)
        self._real["close"](fd)

    def fsync(self, fd: Any) -> None:
        number = fd if isinstance(fd, int) else fd.fileno()
        inside = self._open_at.get(number)
        if inside is None:
            self._real["fsync"](fd)
            return
        is_folder = stat.S_ISDIR(os.fstat(number).st_mode)
        self._recorder.take(Step("sync folder" if is_folder else "sync", inside), lambda: None)

    def replace(self, src: Any, dst: Any, **options: Any) -> None:
        self._two("rename", "replace", src, dst, options)

    def rename(self, src: Any, dst: Any, **options: Any) -> None:
        self._two("rename", "rename", src, dst, options)

    def link(self, src: Any, dst: Any, **options: Any) -> None:
        self._two("link", "link", src, dst, options)

    def symlink(self, src: Any, dst: Any, *more: Any, **options: Any) -> None:
        inside = self._recorder.inside(dst)
        act = lambda: self._real["symlink"](src, dst, *more, **options)  # noqa: E731
        if inside is None:
            act()
        else:
            self._recorder.take(Step("symlink", inside, os.fspath(src)), act)

    def _two(self, kind: Kind, name: str, src: Any, dst: Any, options: dict[str, Any]) -> None:
        source, target = self._recorder.inside(src), self._recorder.inside(dst)
        act = lambda: self._real[name](src, dst, **options)  # noqa: E731
        if source is None or target is None:
            assert source is target is None, f"{name} across the recorded folder's border"
            act()
        else:
            self._recorder.take(Step(kind, source, target), act)

    def unlink(self, path: Any, *, dir_fd: int | None = None) -> None:
        self._one("unlink", "unlink", path, dir_fd)

    def remove(self, path: Any, *, dir_fd: int | None = None) -> None:
        self._one("unlink", "remove", path, dir_fd)

    def rmdir(self, path: Any, *, dir_fd: int | None = None) -> None:
        self._one("remove folder", "rmdir", path, dir_fd)

    def mkdir(self, path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        inside = self._recorder.inside(path) if dir_fd is None else None
        if inside is None or os.path.lexists(path):
            self._real["mkdir"](path, mode, dir_fd=dir_fd)
        else:
            self._recorder.take(Step("folder", inside), lambda: self._real["mkdir"](path, mode))

    def _one(self, kind: Kind, name: str, path: Any, dir_fd: int | None) -> None:
        inside = self._recorder.inside(path) if dir_fd is None else None
        if inside is None or not os.path.lexists(path):
            self._real[name](path, dir_fd=dir_fd)
        else:
            self._recorder.take(Step(kind, inside), lambda: self._real[name](path))


def above(path: str) -> str:
    """The folder of a recorded path."""
    return path.rpartition("/")[0]
