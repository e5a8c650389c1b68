"""Forgetting, from what is shown to what is proved: taken out at once, given back on an undo, purged for good when asked.

Rows go in one commit that keeps them for the undo; files follow, step by step, each kept below trash/ before it is changed.
Whatever a crash cuts off is brought to its end at the next start. After a purge the journal knows that something was
forgotten and when, by random ids; nothing made of the words stays.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from sage.adapters.database import Database
from sage.adapters.files import write_whole
from sage.adapters.forgetting import forgetting_copies, forgetting_files, forgetting_journal
from sage.adapters.forgetting.forgetting_copies import Cleaned
from sage.adapters.forgetting.forgetting_files import FileChange
from sage.adapters.forgetting.forgetting_pages import ForgettingPages, Kept, KeptFile
from sage.adapters.forgetting.forgetting_proof import Remains, prove
from sage.adapters.memory.memory import SageMemory
from sage.core.errors import BadInput, HomeBusy, NotFound, SageError, TornFile
from sage.core.forgetting.forgetting import (
    Choice,
    Edit,
    Forgetting,
    Piece,
    Preview,
    Proof,
    Purged,
    Target,
    shown,
    yes_to,
)
from sage.core.forgetting.forgetting_choice import choose
from sage.locations import Home, home_trouble, sync_folder

log = logging.getLogger(__name__)

PLACES = {
    "journal.db": "rows, with what of them is kept for an undo",
    "notes": "files of the home's own",
    "goals": "files of the home's own",
    "tasks.md": "lines of a file of the home's own",
    "settings.toml": "the person's: shown, changed on their word",
    "profiles": "the person's: shown, changed on their word",
    "skills": "the person's: shown, changed on their word",
    "plugins": "the person's: shown, changed on their word",
    "accounts": "no words: keys and sessions of services' libraries, looked through after a purge as all is",
    "index": "follows what it is made from; a purge writes it anew and removes what stands beside it",
    "backups": "copies, written anew by a purge",
    "trash": "copies, written anew by a purge",
    "drafts": "what was written and not sent, written anew by a purge",
    "logs": "lines, which should hold no words, taken out by a purge",
    "models": "no words: files with a published checksum",
    "secrets": "no words: keys",
    "run": "the engine's door; copies of code in plugins, which follow what they are made from",
    "engine.lock": "no words: a process id",
    "last_seen.json": "no words: the zone, the clock, and what was said about these",
}
"""Every place below the home, and how forgetting treats it. A place that is not here would be forgotten by forgetting."""


class Forgetter:
    """All forgetting of one home. Safe in threads; one at a time. `elsewhere` gives what stands in accounts of the person's,
    as far as Sage knows it: from there nothing can be taken out."""

    def __init__(
        self,
        home: Home,
        database: Database,
        memory: SageMemory,
        now: Callable[[], datetime],
        elsewhere: Callable[[], Iterable[Piece]] = tuple,
    ) -> None:
        self._home, self._database, self._memory, self._now = home, database, memory, now
        self._elsewhere = elsewhere
        self._pages = ForgettingPages(database)
        self._turn = threading.RLock()

    # what would go

    def preview(self, target: Target) -> Preview:
        """All that would go, and the edits of the person's own files that it takes. Raises NotFound or BadInput, and
        HomeBusy while notes are being read."""
        with self._turn:
            choices, edits = self._look(target)
        items = tuple(shown(choice) for choice in choices if not choice.piece.again)
        return Preview(items, edits, yes_to(choices, edits))

    def _look(self, target: Target) -> tuple[list[Choice], tuple[Edit, ...]]:
        if unread := self._memory.unread():  # what is not read yet would stay, and nobody would be told of it
            raise HomeBusy(unread, safe="Nothing was forgotten.", do="Forget it when all of them are read.")
        choices = choose(self._pieces(), target)
        changes, cannot = forgetting_files.person_changes(choices)
        edits = [forgetting_files.edit_of(change) for change in changes]
        return choices, (*edits, *(Edit(path, "") for path in cannot))

    def _pieces(self) -> list[Piece]:
        with self._database.transaction() as journal:
            found = list(forgetting_journal.pieces(journal))
        kept = self._pages.words_kept()
        found = [replace(piece, text=kept.get(piece.key, "")) if piece.again else piece for piece in found]
        return [*found, *forgetting_files.pieces(self._home, self._memory.file_passages()), *self._elsewhere()]

    # taking out

    def forget(self, target: Target, digest: str, *, edit: bool = False) -> Forgetting:
        """Takes out what `preview` showed (its digest says what that was); with `edit`, also from the person's files.

        Raises BadInput when something else would go by now, DiskFull or HomeTrouble: then nothing is forgotten.
        """
        with self._turn:
            choices, edits = self._look(target)
            if yes_to(choices, edits) != digest:
                raise BadInput(
                    "What would go has changed since it was shown.", safe="Nothing was forgotten.", do="Look again."
                )
            self._refuse_running(choices)
            name = "e" + secrets.token_hex(6)
            changes = forgetting_files.plan(self._home, choices)
            mine = [choice for choice in choices if choice.piece.holder == "your files"]
            if edit:
                changes += forgetting_files.person_changes(mine)[0]
            edited = {key for change in changes for key in change.pieces}
            files = self._keep(name, changes)
            vectors = self._memory.vectors_of(sorted({each for choice in choices for each in choice.ids}))
            try:
                waiting = [choice for choice in mine if choice.piece.key not in edited]
                self._pages.begin(name, choices, vectors, files, waiting, self._now())
            except BaseException:
                self._drop_trash(name)
                raise
            self._finish_taking(name)
            return self._told(self._pages.find(name))

    def _refuse_running(self, choices: Sequence[Choice]) -> None:
        running = {row[0] for row in self._database.rows("SELECT id FROM turns WHERE state = 'running'")}
        if any(choice.piece.key.startswith(f"turn/{turn}/") for choice in choices for turn in running):
            raise HomeBusy(
                "One of these answers is still being given.",
                safe="Nothing was forgotten.",
                do="Wait for it, or stop it.",
            )

    def _keep(self, name: str, changes: Sequence[FileChange]) -> list[KeptFile]:
        files = []
        try:
            for number, change in enumerate(changes):
                path = Path(change.path)
                status = path.stat()
                forgetting_files.keep(self._trash(name), number, change)
                kept = KeptFile(
                    change.path, number, status.st_mode & 0o7777, status.st_mtime_ns, change.own, change.after is None
                )
                files.append(kept)
        except BaseException as error:
            self._drop_trash(name)
            if isinstance(error, OSError):
                raise home_trouble(error, self._trash(name)) from error
            raise
        return files

    def _finish_taking(self, name: str) -> None:
        files = self._pages.kept([name]).files
        for file in files:
            if not forgetting_files.take_out(Path(file.path), *self._states(name, file)):
                log.warning("forgetting %s: a file changed meanwhile and was left", name)
        self._follow(files)
        self._pages.drop_read_again(name)
        self._pages.set_state(name, "trash")
        log.info("forgetting %s: taken out", name)

    def _follow(self, files: Sequence[KeptFile]) -> None:
        """Lets the index see what changed, all of it in one look: after each, facts are read of what the index still has."""
        self._memory.follow_forgetting()
        self._memory.look_again([Path(file.path) for file in files])

    # giving back

    def undo(self, name: str) -> Forgetting:
        """Gives everything back as it was. Raises NotFound, or BadInput when it was purged."""
        with self._turn:
            found = self._pages.find(name)
            if found.state in ("purging", "purged"):
                raise BadInput(
                    "That was purged: it cannot come back.", safe="Nothing was changed.", do="See: sage forget --list"
                )
            if found.state == "trash":
                for file in self._pages.kept([name]).files:
                    self._states(name, file)  # all of it is there, or nothing is done
                self._pages.give_back(name)
            if found.state != "undone":
                self._finish_returning(name)
            return self._pages.find(name)

    def _finish_returning(self, name: str) -> None:
        files = self._pages.kept([name]).files
        for file in files:
            before, after = self._states(name, file)
            if not self._hand_over(name, file, before, after):
                forgetting_files.give_back(Path(file.path), before, after, file.mode, file.modified_ns)
        self._follow(files)
        with self._database.transaction():
            self._pages.drop_kept([name])
            self._pages.set_state(name, "undone")
        self._drop_trash(name)
        log.info("forgetting %s: undone", name)

    def _hand_over(self, name: str, file: KeptFile, before: bytes, after: bytes | None) -> bool:
        """Gives what is to come back to a later forgetting that took the whole file; False when there is none."""
        for other in self._pages.list("taking", "trash"):
            for theirs in self._pages.kept([other.id]).files if other.id != name else ():
                if theirs.path == file.path and theirs.gone and not Path(file.path).exists():
                    place = self._trash(other.id) / f"{theirs.number}.before"
                    write_whole(place, forgetting_files.merged(before, after, place.read_bytes()))
                    return True
        return False

    # purging

    def purge(self, name: str, tell: Callable[[str], None] = lambda step: None) -> Purged:
        """Removes for good what a forgetting ("all": what every one) keeps, wherever it stands, and looks whether it is gone.

        Raises NotFound, DiskFull or HomeTrouble: then it goes on where it was when it is asked for again, or at the
        next start.
        """
        with self._turn:
            wanted = self._pages.list("trash", "purging") if name == "all" else [self._pages.find(name)]
            if any(found.state in ("undone", "purged") for found in wanted):
                raise NotFound(
                    "Nothing of that is kept any more.", safe="Nothing was changed.", do="See: sage forget --list"
                )
            return self._purge([found.id for found in wanted], tell)

    def _purge(self, names: list[str], tell: Callable[[str], None]) -> Purged:
        kept, remains, cleaned = self._remove_for_good(names, tell)
        tell("looking through every file")
        proof = self._prove(remains, kept, cleaned)
        self._memory.settle()
        return Purged(tuple(names), cleaned.copies, proof)

    def _remove_for_good(self, names: list[str], tell: Callable[[str], None]) -> tuple[Kept, Remains, Cleaned]:
        for name in names:
            self._pages.set_state(name, "purging")
        kept = self._pages.kept(names)
        remains = Remains(kept, self._pieces(), self._notes(kept, names))
        tell("backups, logs and what is kept of before")
        cleaned = forgetting_copies.clean_copies(
            self._home,
            remains.gone,
            set(names),
            f"{self._now():%Y-%m-%d}",
            remains.runs,
            lambda: tell("backups and logs"),
        )
        tell("the index")
        self._memory.compact()
        tell("the journal")
        self._drop_others(kept, names)
        for name in names:
            self._drop_trash(name)
        with self._database.transaction() as journal:
            forgetting_copies.forget_kept(journal, remains.gone, set(), cleaned.note)
            self._pages.drop_kept(names)
        self._database.compact()
        for name in names:
            self._pages.set_state(name, "purged", self._now())
        self._database.compact()
        log.info("%d forgettings purged", len(names))
        return kept, remains, cleaned

    def _drop_others(self, kept: Kept, names: Sequence[str]) -> None:
        """What other forgettings keep of a file that went whole."""
        paths = {file.path for file in kept.files if file.gone}
        for other in self._pages.list("trash"):
            for file in self._pages.kept([other.id]).files if other.id not in names else ():
                if file.path in paths:
                    for suffix in ("before", "after"):
                        forgetting_files.remove(self._trash(other.id) / f"{file.number}.{suffix}")
                    self._pages.drop_file(other.id, file.path)

    def _notes(self, kept: Kept, names: Sequence[str]) -> dict[str, str]:
        """The home's notes that went whole, by name, with when; a new note of that name is another one."""
        made = {found.id: found.made_at for found in self._pages.list()}
        latest = max((made[name] for name in names), default="")
        top = self._home.path
        return {
            Path(file.path).relative_to(top).as_posix(): latest
            for file in kept.files
            if file.own and file.gone and not Path(file.path).exists()
        }

    def _prove(self, remains: Remains, kept: Kept, cleaned: Cleaned) -> Proof:
        return prove(self._home, self._memory, remains, kept, cleaned)

    # the list, and the next start

    def list(self) -> list[Forgetting]:
        """What was forgotten, the newest first: what waits in the trash, and what was purged when."""
        return [self._told(found) for found in self._pages.list() if found.state != "undone"]

    def _told(self, found: Forgetting) -> Forgetting:
        return replace(found, waiting=tuple(self._pages.kept([found.id]).waiting))

    def resume(self) -> None:
        """Brings to its end what a crash cut off, but for purges. What cannot be done now waits for the next start."""
        with self._turn:
            for found in self._pages.list("taking", "returning"):
                try:
                    (self._finish_taking if found.state == "taking" else self._finish_returning)(found.id)
                except SageError as error:
                    log.warning("forgetting %s waits: %s", found.id, error.kind)
            known = {found.id for found in self._pages.list("taking", "trash", "returning", "purging")}
            for folder in self._home.trash.glob("e" + "[0-9a-f]" * 12):
                if folder.name not in known:
                    self._drop_trash(folder.name)

    def resume_purges(self) -> None:
        """Goes on with purges that were cut off; this may take long, and nobody waits for a proof."""
        with self._turn:
            names = [found.id for found in self._pages.list("purging")]
            if names:
                self._remove_for_good(names, lambda step: None)
                self._memory.settle()

    # files below trash/

    def _trash(self, name: str) -> Path:
        return self._home.trash / name

    def _states(self, name: str, file: KeptFile) -> tuple[bytes, bytes | None]:
        folder = self._trash(name)
        try:
            before = (folder / f"{file.number}.before").read_bytes()
            return before, None if file.gone else (folder / f"{file.number}.after").read_bytes()
        except FileNotFoundError as error:
            raise TornFile(
                f"Files that were forgotten are not in {folder} any more: backups do not hold them.",
                safe="Nothing was changed.",
                do=f"Purge the rest of it with: sage forget --purge {name}",
            ) from error
        except OSError as error:
            raise home_trouble(error, folder) from error

    def _drop_trash(self, name: str) -> None:
        folder = self._trash(name)
        if folder.exists():
            try:
                for path in folder.iterdir():
                    path.unlink()
                folder.rmdir()
                sync_folder(folder.parent)
            except OSError as error:
                raise home_trouble(error, folder) from error
