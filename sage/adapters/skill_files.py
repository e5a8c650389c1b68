"""The skills in the home's folder, read anew each time: they are the person's files, and may be edited with anything."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from sage.core.errors import NotFound, Unreadable
from sage.core.passages import FileTrouble
from sage.core.skills import Skill, SkillsFound, read_skill
from sage.core.terminal_text import clean

SKILL = "SKILL.md"
LARGEST = 100_000
"""Bytes of a file of a skill."""
MOST_SKILLS, MOST_FILES = 200, 200


class SkillFiles:
    """Skills below a folder, which need not be there. Only ever reads, and only below the skill's own folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> SkillsFound:
        """Every skill, and every folder that is none, with the reason."""
        skills, troubles = [], []
        for name in self._names():
            try:
                skills.append(self._read(name)[0])
            except (Unreadable, NotFound) as error:
                troubles.append(FileTrouble(f"{name}/{SKILL}", error.what, error.do))
        return SkillsFound(tuple(skills), tuple(troubles))

    def instructions(self, name: str) -> tuple[Skill, str]:
        """A skill and what it says. Raises NotFound, and Unreadable for one that is broken."""
        if name not in self._names():
            raise NotFound(f"There is no skill {name!r}.", safe="Nothing was read.", do="See them: sage skills list")
        return self._read(name)

    def file(self, name: str, path: str) -> str:
        """A further file of a skill, as text. Raises NotFound for one that is not below the skill's folder."""
        skill, _ = self.instructions(name)
        if path not in skill.files:
            some = ", ".join(skill.files[:20]) or "none"
            raise NotFound(f"The skill {name} has no file {path!r}.", safe="Nothing was read.", do=f"It has: {some}")
        return _text_of(self._folder / name / path)

    def _names(self) -> list[str]:
        try:
            with os.scandir(self._folder) as entries:
                return sorted(
                    each.name for each in entries if each.is_dir(follow_symlinks=False) and each.name[0] != "."
                )[:MOST_SKILLS]
        except OSError:
            return []

    def _read(self, name: str) -> tuple[Skill, str]:
        folder = self._folder / name
        try:
            return read_skill(name, _text_of(folder / SKILL), _files_of(folder))
        except ValueError as error:
            raise Unreadable(f"The skill {name} cannot be used: {error}.", safe="Nothing was changed.",
                             do=f"Mend {folder / SKILL}") from error  # fmt: skip


def _files_of(folder: Path) -> list[str]:
    """Regular files below a folder but its SKILL.md. Links are not followed: they could lead anywhere."""
    found: list[str] = []
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if each[0] != "." and not (Path(here) / each).is_symlink())
        for name in sorted(files):
            path = Path(here) / name
            if name[0] != "." and stat.S_ISREG(path.lstat().st_mode):
                found.append(path.relative_to(folder).as_posix())
        if len(found) > MOST_FILES:
            break
    return [each for each in found if each != SKILL][:MOST_FILES]


def _text_of(path: Path) -> str:
    """The text of a regular file. Raises NotFound or Unreadable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise NotFound(f"There is no {path}.", safe="Nothing was changed.") from error
    except OSError as error:
        raise Unreadable(f"{path} cannot be read ({error.strerror}).", safe="Nothing was changed.") from error
    with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable(f"{path} is no file.", safe="Nothing was changed.")
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unreadable(f"{path} has more than {LARGEST // 1000} kB.", safe="Nothing was changed.", do="Split it.")
    try:
        return clean(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not UTF-8 text.", safe="Nothing was changed.") from error
