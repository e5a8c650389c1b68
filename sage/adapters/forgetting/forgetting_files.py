"""Files that hold words: the home's own notes, goals and tasks, which Sage may change, and the person's, which it may not.

A change is planned as the bytes before and after, kept below trash/ first, and can be taken up again wherever it ended.
"""

from __future__ import annotations

import codecs
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from sage.adapters.files import write_whole
from sage.adapters.forgetting.forgetting_journal import file_key, note_key, turn_key
from sage.core.forgetting.cutting import Span, cut, difference, put_back
from sage.core.forgetting.forgetting import Choice, Edit, Part, Piece, front_end
from sage.core.passages import ANSWER, SAGE, SAID, Hit, id_alone
from sage.core.reading import note_text
from sage.core.task_lines import read_tasks
from sage.locations import Home, home_trouble, make_folders, sync_folder

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


_NOTHING_LEFT = "\n"
"""Not quite empty: an empty file may be one that is just being written, and memory waits for its words."""
_PLAIN = frozenset((".md", ".markdown", ".txt", ".org", ".toml"))
"""Files of the person's in which a sentence can go without breaking their format."""


class FileChange(Struct, frozen=True):
    """A planned change of a file: its bytes before, and after (None: it goes). `own`: the home's own."""

    path: str
    before: bytes
    after: bytes | None
    own: bool
    pieces: tuple[str, ...]


# --- pieces ----------------------------------------------------------------------------------------------------------


def pieces(home: Home, hits: Iterable[Hit]) -> Iterator[Piece]:
    """All files that memory reads: those of the home as they stand, the person's as memory has them (`hits`, file by file)."""
    own: dict[Path, list[Hit]] = {}
    top = home.path.resolve()
    for path, some in _by_file(hits):
        if path.is_relative_to(top):
            own.setdefault(path, []).extend(some)
        else:
            yield _person_file(path, some)
    for folder in (home.notes, home.goals):
        yield from (_own_file(home, folder, path, own.get(path.resolve(), [])) for path in _files(folder))
    yield from _tasks(home, own.get(home.tasks.resolve(), []))
    yield from _settings(home)


def _by_file(hits: Iterable[Hit]) -> Iterator[tuple[Path, list[Hit]]]:
    some: list[Hit] = []
    for hit in hits:
        if some and (some[0].root, some[0].source) != (hit.root, hit.source):
            yield Path(some[0].root, some[0].source), some
            some = []
        some.append(hit)
    if some:
        yield Path(some[0].root, some[0].source), some


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and not path.is_symlink() and path.is_file():
            yield path


def _own_file(home: Home, folder: Path, path: Path, hits: Sequence[Hit]) -> Piece:
    name, source = path.relative_to(home.path).as_posix(), path.relative_to(folder).as_posix()
    text = decoded(path.read_bytes()) or ""
    fields = note_text.fields_of(text)
    return Piece(
        holder=folder.name, key=file_key(str(folder.resolve()), source), kind="goal" if folder == home.goals else "note",
        citation=name, text=text, names=(name, str(path), source, *filter(None, [fields.get("id")])), group=name,
        ids=(str(path.resolve()), note_key(source)), leans=_leaning(text),
        when=fields.get("created", ""), title=fields.get("title") or path.stem, file=path.stem, parts=_parts(text, hits),
        splits=True,
    )  # fmt: skip


def _parts(text: str, hits: Sequence[Hit]) -> tuple[Part, ...]:
    """Where passages stand in a text, which may have changed a little since they were read."""
    found = []
    for hit in hits:
        start = hit.start if text[hit.start : hit.end] == hit.text else text.find(hit.text)
        if start >= 0:
            found += _known(hit, start)
    return tuple(found)


def _known(hit: Hit, start: int) -> list[Part]:
    """A passage by its id, and by the one that it has for whoever sees it without its note."""
    return [Part(start, start + len(hit.text), name) for name in (hit.id, id_alone(hit.text, hit.speaker, hit.when))]


_TURN = re.compile(r"^(\d+)\. .*\(([a-z]\w+)\)$", re.MULTILINE)
_BY_SAGE = re.compile(rf"^\d+\. {SAGE},")


def _leaning(text: str) -> tuple[Part, ...]:
    """The lines of a conversation's summary, each with the turn's side that it cites."""
    turns = {
        match[1]: (match.start(), match.end(), turn_key(match[2], ANSWER if _BY_SAGE.match(match[0]) else SAID))
        for match in _TURN.finditer(text)
    }
    found = [Part(*turn) for turn in turns.values()]
    for line in re.finditer(r"^- .*$", text, re.MULTILINE) if turns else ():
        for number in re.findall(r"\[(\d+)\]", line[0]):
            if number in turns:
                found.append(Part(line.start(), line.end(), turns[number][2]))
    return tuple(found)


def _settings(home: Home) -> Iterator[Piece]:
    """What the person wrote for Sage rather than for themselves: theirs to edit."""
    for path in [home.settings, *_files(home.profiles), *_files(home.skills), *_files(home.plugins)]:
        text = decoded(path.read_bytes()) if path.is_file() else None
        if text:
            yield Piece(
                "your files", f"file/{home.path}/{path.relative_to(home.path)}", "setting of yours", str(path), text, (str(path),),
                group=str(path), splits=True, fate="your edit",
            )  # fmt: skip


def _tasks(home: Home, hits: Sequence[Hit]) -> Iterator[Piece]:
    text = (decoded(home.tasks.read_bytes()) or "") if home.tasks.exists() else ""
    parts = _parts(text, hits)
    place = 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        for task in read_tasks(line):
            ids = tuple(part.id for part in parts if part.start < place + len(line) and place < part.end)
            yield Piece(
                "tasks", f"task/{number}/{task.id}", "task", f"tasks.md:{number}", line, (task.id,),
                (*ids, f"task/{task.id}"), group=task.id,
            )  # fmt: skip
        place += len(line)


def _person_file(path: Path, hits: Sequence[Hit]) -> Piece:
    texts = [hit.text for hit in hits]
    parts, place = [], 0
    for hit in hits:
        parts += _known(hit, place)
        place += len(hit.text) + 2
    first = hits[0]
    return Piece(
        holder="your files", key=file_key(first.root, first.source), kind="note of yours", citation=str(path),
        text="\n\n".join(texts), names=(str(path), first.source), ids=(str(path), note_key(first.source)),
        group=str(path), when=first.when or "", title=path.stem,
        parts=tuple(parts), splits=True, fate="your edit",
    )  # fmt: skip


# --- plans -----------------------------------------------------------------------------------------------------------


def plan(home: Home, choices: Sequence[Choice]) -> list[FileChange]:
    """How the home's own files change when those pieces go."""
    found = [_own_change(home, choice) for choice in choices if choice.piece.holder in ("notes", "goals")]
    lines = [choice.piece for choice in choices if choice.piece.holder == "tasks"]
    return [*found, *([_task_change(home, lines)] if lines else [])]


def _own_change(home: Home, choice: Choice) -> FileChange:
    path = home.path / choice.piece.citation
    before = path.read_bytes()
    after = encoded(cut(choice.piece.text, _beyond_front(choice)), before) if choice.spans else None
    return FileChange(str(path), before, after, True, (choice.piece.key,))


def _beyond_front(choice: Choice) -> list[Span]:
    """The spans; one in the front matter takes its whole line, so that the rest of it stays readable."""
    text = choice.piece.text
    body = front_end(text)
    found = []
    for start, end in choice.spans:
        if start < body:
            start = text.rfind("\n", 0, start) + 1
            end = text.find("\n", end) + 1 or len(text)
        found.append((start, end))
    return found


def _task_change(home: Home, lines: Sequence[Piece]) -> FileChange:
    before = home.tasks.read_bytes()
    numbers = {int(piece.key.split("/")[1]) for piece in lines}
    kept = [line for number, line in enumerate(_text(before).splitlines(keepends=True), 1) if number not in numbers]
    after = encoded("".join(kept) or _NOTHING_LEFT, before)
    return FileChange(str(home.tasks), before, after, True, tuple(piece.key for piece in lines))


def person_changes(choices: Sequence[Choice]) -> tuple[list[FileChange], list[str]]:
    """The edits of the person's files that would take the words out, and the files that Sage cannot edit."""
    found, cannot = [], []
    for choice in choices:
        if choice.piece.holder == "your files":
            change = _person_change(choice)
            if change:
                found.append(change)
            else:
                cannot.append(choice.piece.citation)
    return found, cannot


def _person_change(choice: Choice) -> FileChange | None:
    path = Path(choice.piece.citation).resolve()
    if path.suffix.lower() not in _PLAIN:
        return None
    try:
        before = path.read_bytes()
    except OSError:
        return None
    text = decoded(before)
    if text is None or encoded(text, before) != before:
        return None
    spans: list[Span] = [(0, len(text))] if not choice.spans else []
    for start, end in choice.spans:
        for words in filter(None, (line.strip() for line in choice.piece.text[start:end].splitlines())):
            place = text.find(words)
            if place < 0:
                return None
            while place >= 0:
                spans.append((place, place + len(words)))
                place = text.find(words, place + len(words))
    left = cut(text, spans)
    return FileChange(
        str(path), before, encoded(left if left.strip() else _NOTHING_LEFT, before), False, (choice.piece.key,)
    )


def edit_of(change: FileChange) -> Edit:
    """An edit as the person sees it."""
    return Edit(change.path, difference(change.path, _text(change.before), _text(change.after or b"")))


# --- steps: each may be the last before a crash, and can be done again --------------------------------------------------


def keep(folder: Path, number: int, change: FileChange) -> None:
    """Keeps both states of a file below trash/, for good."""
    write_whole(folder / f"{number}.before", change.before)
    if change.after is not None:
        write_whole(folder / f"{number}.after", change.after)


def take_out(path: Path, before: bytes, after: bytes | None) -> bool:
    """Makes a file what it is to be; False (and nothing done) when it is neither of both any more."""
    now = _read(path)
    if now == after:
        return True
    if now != before:
        return False
    if after is None:
        remove(path)
    else:
        replace(path, before, after)
    return True


def give_back(path: Path, before: bytes, after: bytes | None, mode: int, modified_ns: int) -> Path:
    """Makes a file again what it was, keeping what was written into it since; returns where it stands."""
    now = _read(path)
    if now == before:
        return path
    if after is None and now is not None:
        path = _free(path, before)  # another one has its name by now
        now = _read(path)
    back = before
    if now is not None and now != after:
        back = merged(before, after, now)
    make_folders(path.parent)
    replace(path, now, back, mode)
    if back == before:
        os.utime(path, ns=(modified_ns, modified_ns))
    return path


def merged(before: bytes, after: bytes | None, now: bytes) -> bytes:
    """A file as it is now, with what was taken out of it again."""
    return encoded(put_back(_text(before), _text(after or b""), _text(now)), before)


def replace(path: Path, now: bytes | None, new: bytes, mode: int = 0) -> None:
    """Writes beside the file, syncs, and renames over it if it is still `now`. Raises HomeTrouble."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        mode = mode or stat.S_IMODE(path.stat().st_mode)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        if _read(path) != now:
            raise OSError(16, "It changed just now", str(path))
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise home_trouble(error, path) from error


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise home_trouble(error, path) from error


def remove(path: Path) -> None:
    """Removes a file, if it is there, for good."""
    try:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise home_trouble(error, path) from error


def _free(path: Path, content: bytes) -> Path:
    """That path, or the next of its kind that is not taken by something else."""
    number, free = 1, path
    while os.path.lexists(free) and _read(free) != content:
        number += 1
        free = path.with_name(f"{path.stem} {number}{path.suffix}")
    return free


# --- text ------------------------------------------------------------------------------------------------------------


def decoded(data: bytes) -> str | None:
    """A file's text, None for one that is none."""
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _text(data: bytes) -> str:
    return decoded(data) or ""


def encoded(text: str, like: bytes) -> bytes:
    mark = next((mark for mark, _ in _MARKS if like.startswith(mark)), b"")
    if mark == codecs.BOM_UTF16_BE:
        return mark + text.encode("utf-16-be")
    return text.encode(_encoding(like)) if text or not mark else mark


def _encoding(data: bytes) -> str:
    return next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
