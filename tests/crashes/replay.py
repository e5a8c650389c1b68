"""What a crash leaves of a recorded folder, for any moment of it.

A kill leaves every step; a power cut only what was synced: a file's content by its own sync, its name by that of its
folder. In between lies what a disk may have got to by itself.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.crashes.recorder import Step, above

Cut = Literal["kill", "torn", "power", "partly"]
"""What ends it: a kill, a kill in the middle of a write, a power cut that keeps only what was synced, and one that keeps
some of the rest, as a disk likes."""
CUTS: tuple[Cut, ...] = ("kill", "torn", "power", "partly")
SECTOR = 512


@dataclass
class _Node:
    """A file, a link or a folder. `kept` is what a power cut leaves of a file; `loose` the writes since its last sync."""

    kind: Literal["file", "folder", "link"]
    now: bytearray = field(default_factory=bytearray)
    kept: bytes = b""
    loose: list[Step] = field(default_factory=list)
    names: dict[str, _Node] = field(default_factory=dict)
    kept_names: dict[str, _Node] = field(default_factory=dict)
    with_: list[_Node] = field(default_factory=list)
    """Folders that a rename since the last sync has to do with too: one transaction of a file system keeps both."""


class Replay:
    """The recorded folder at one moment, from what it was (`base`) on."""

    def __init__(self, base: Path, steps: list[Step]) -> None:
        self._steps = steps
        self._top = _read(base)
        self.done = 0

    def go_to(self, number: int) -> None:
        """Plays on until `number` steps are done; there is no way back."""
        while self.done < number:
            self._play(self._steps[self.done])
            self.done += 1

    def leave(self, cut: Cut, place: Path, chance: random.Random) -> None:
        """Writes what is left when it ends here, as files below `place`."""
        torn = self._steps[self.done] if cut == "torn" else None
        _Remains(cut, chance, torn, self._find(torn.path) if torn else None).write(self._top, place)

    def _play(self, step: Step) -> None:
        folder, name = self._place(step.path)
        match step.kind:
            case "make":
                folder.names[name] = _Node("file")
            case "folder":
                folder.names[name] = _Node("folder")
            case "symlink":
                folder.names[name] = _Node("link", bytearray(step.target.encode()), step.target.encode())
            case "write" | "cut":
                node = folder.names[name]
                _apply(node.now, step)
                node.loose.append(step)
            case "sync":
                node = folder.names[name]
                node.kept, node.loose = bytes(node.now), []
            case "sync folder":
                _keep_names(self._find(step.path))
            case "unlink" | "remove folder":
                del folder.names[name]
            case "rename" | "link":
                node = folder.names[name]
                if step.kind == "rename":
                    del folder.names[name]
                other, other_name = self._place(step.target)
                other.names[other_name] = node
                if other is not folder:
                    folder.with_.append(other)
                    other.with_.append(folder)

    def _place(self, path: str) -> tuple[_Node, str]:
        return self._find(above(path)), path.rpartition("/")[2]

    def _find(self, path: str) -> _Node:
        node = self._top
        for name in filter(None, path.split("/")):
            node = node.names[name]
        return node


class _Remains:
    """What one crash leaves of a tree of nodes."""

    def __init__(self, cut: Cut, chance: random.Random, torn: Step | None, torn_node: _Node | None) -> None:
        self._cut, self._chance, self._torn, self._torn_node = cut, chance, torn, torn_node

    def write(self, folder: _Node, place: Path) -> None:
        place.mkdir(mode=0o700, exist_ok=True)
        for name, node in self._names(folder).items():
            if node.kind == "folder":
                self.write(node, place / name)
            elif node.kind == "link":
                (place / name).symlink_to(node.kept.decode())
            else:
                descriptor = os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(self._content(node))

    def _names(self, folder: _Node) -> dict[str, _Node]:
        if self._cut in ("kill", "torn"):
            return folder.names
        keep = self._cut == "partly" and not folder.with_ and self._chance.random() < 0.5
        return folder.names if keep else folder.kept_names

    def _content(self, node: _Node) -> bytes:
        if self._cut == "kill":
            return bytes(node.now)
        if self._cut == "torn":
            if node is not self._torn_node or self._torn is None:
                return bytes(node.now)
            half = bytearray(node.now)
            step = self._torn
            _apply(half, Step("write", step.path, offset=step.offset, data=step.data[: len(step.data) // 2]))
            return bytes(half)
        if self._cut == "power":
            return node.kept
        return self._some(node)

    def _some(self, node: _Node) -> bytes:
        """What was synced, and of the rest whatever the disk had got to: in any order, the last perhaps in part."""
        content = bytearray(node.kept)
        share = self._chance.choice((0.2, 0.5, 0.9, 1.0))
        for step in node.loose:
            if self._chance.random() < share:
                if step.kind == "write" and self._chance.random() < 0.1:
                    whole = len(step.data) // SECTOR
                    part = step.data[: SECTOR * self._chance.randint(0, whole)]
                    step = Step("write", step.path, offset=step.offset, data=part)
                _apply(content, step)
        return bytes(content)


def _keep_names(folder: _Node) -> None:
    waiting, done = [folder], []
    while waiting:
        node = waiting.pop()
        if not any(node is each for each in done):
            done.append(node)
            node.kept_names = dict(node.names)
            waiting += node.with_
            node.with_ = []


def _apply(content: bytearray, step: Step) -> None:
    if step.kind == "cut":
        if len(content) > step.offset:
            del content[step.offset :]
        else:
            content.extend(bytes(step.offset - len(content)))
        return
    if not step.data:
        return
    if len(content) < step.offset:
        content.extend(bytes(step.offset - len(content)))
    content[step.offset : step.offset + len(step.data)] = step.data


def _read(path: Path) -> _Node:
    """A folder as it stands, all of it on the disk for good."""
    if path.is_symlink():
        target = os.fsencode(path.readlink())
        return _Node("link", bytearray(target), target)
    if not path.is_dir():
        content = path.read_bytes()
        return _Node("file", bytearray(content), content)
    names = {each.name: _read(each) for each in path.iterdir()}
    return _Node("folder", names=names, kept_names=dict(names))
