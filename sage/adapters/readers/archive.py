"""Archives (.zip) of notes and exports, read where they are: nothing is unpacked to disk, and what would burst is left out."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from msgspec.structs import replace

from sage.adapters.readers.reading import LARGEST_EXPORT, Files, Format, Reading
from sage.core.errors import NotFound, Unreadable
from sage.core.passages import digest_of
from sage.core.reading.documents import Document, Part

MOST_FILES = 200_000
MOST_BYTES = 4 * 1024**3
"""Bytes that are read out of one archive, whatever it says of itself."""
SWOLLEN, LARGE = 200, 50 * 1024**2
"""Times that a file of so many bytes may grow when it is unpacked; text grows up to about twenty times."""
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, LookupError, OverflowError,
)  # fmt: skip
_EXPORTS = re.compile(
    r"(?i)(^|/)(_chat\.txt|[^/]*whatsapp[^/]*\.txt|result\.json|chat\.md)$|[ _-][0-9a-f]{32}(\.md|\.html|(_all)?\.csv)$"
)
"""Files that only an export holds."""

Formats = tuple[Callable[[str, frozenset[str]], Format | None], Callable[[frozenset[str]], Format | None]]
"""How the format of a file (by its name and those beside it) and of a folder (by the names in it) is found."""


class ArchiveFiles:
    """The files below a folder of an archive. Hidden ones and those that name a place outside are left out."""

    def __init__(self, archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], largest: int) -> None:
        self.infos = infos
        self._archive, self._largest = archive, largest
        self._left = MOST_BYTES

    def names(self) -> Sequence[str]:
        return sorted(self.infos)

    def open(self, name: str) -> BinaryIO:
        info = self.infos[name]
        most = min(self._left, self._largest)
        if info.file_size > LARGE and info.file_size > SWOLLEN * max(1, info.compress_size):
            raise Unreadable(
                "It would swell beyond reason when unpacked, and was left alone.", do="Unpack it yourself."
            )
        try:
            with self._archive.open(info) as stream:
                data = stream.read(most + 1)
        except NotImplementedError as error:
            raise Unreadable(
                "It is packed in a way that is not known.", do="Make the archive again as .zip."
            ) from error
        except RuntimeError as error:  # how the library tells of a password
            raise Unreadable("It is locked with a password.", do="Unpack it, then import the folder.") from error
        except _BROKEN as error:
            raise Unreadable(f"It is damaged ({type(error).__name__}).", do="Make the archive again.") from error
        self._left -= len(data)
        if len(data) > most:
            raise Unreadable(
                f"It is larger than {most / 1e6:.0f} MB, which is as much as is read out of an archive.",
                do="Unpack it, then import the folder.",
            )
        return io.BytesIO(data)

    def below(self, folder: str) -> ArchiveFiles:
        """The files below a folder, by their names in it."""
        infos = {name.removeprefix(folder): info for name, info in self.infos.items() if name.startswith(folder)}
        return ArchiveFiles(self._archive, infos, self._largest)


def read_archive(files: Files, name: str, reading: Reading, formats: Formats) -> Iterator[Part]:
    """All that can be read in an archive. One that the person did not name is read only when it is an export."""
    with files.open(name) as stream:
        try:
            archive = zipfile.ZipFile(stream)
            found = archive.infolist()
        except (*_BROKEN, NotImplementedError) as error:
            raise Unreadable("It is no whole archive (.zip).", do="Make or fetch it again.") from error
        with archive:
            inside = ArchiveFiles(archive, _safe(found, reading), LARGEST_EXPORT)
            of_file, of_folder = formats
            folders = _folders(inside.names())
            ones = {folder: kind for folder, names in folders.items() if (kind := of_folder(names))}
            if not (reading.named or ones or any(_EXPORTS.search(each) for each in inside.infos)):
                reading.passed_over = True
                return
            for folder, kind in ones.items():
                yield from _parts(kind, inside.below(folder), name, folder.rstrip("/"), reading)
            for each in inside.names():
                folder = each[: each.rfind("/") + 1]
                if any(each.startswith(one) for one in ones):
                    continue
                if kind := of_file(each.rpartition("/")[2], folders[folder]):
                    yield from _parts(kind, inside, each, each, reading)
                elif each.lower().endswith(".zip"):
                    reading.tell(
                        "An archive in an archive is not opened.", "Unpack the outer one, then import it.", each
                    )


def _parts(kind: Format, files: ArchiveFiles, name: str, place: str, reading: Reading) -> Iterator[Part]:
    """What one file or folder holds that is at a `place` in an archive."""
    reading.format = kind.name
    try:
        for part in kind.read(files, name, reading):
            own = "/".join(filter(None, (place, part.name)))
            mark = part.mark or digest_of(str(files.infos[name].CRC), str(files.infos[name].file_size))
            yield Part(own, mark, lambda part=part: _placed(part.load(), place), part.slice)  # type: ignore[misc]
    except (Unreadable, NotFound) as error:
        reading.cut_off = True
        reading.tell(error.what, error.do, place)


def _placed(document: Document, place: str) -> Document:
    """A document with its place in the archive."""
    members = ("/".join(filter(None, (place, piece.member))) for piece in document.pieces)
    pieces = (replace(piece, member=member) for piece, member in zip(document.pieces, members, strict=True))
    return replace(document, pieces=tuple(pieces))


def _safe(found: Sequence[zipfile.ZipInfo], reading: Reading) -> dict[str, zipfile.ZipInfo]:
    kept: dict[str, zipfile.ZipInfo] = {}
    for info in found[:MOST_FILES]:
        parts = info.filename.split("/")
        if (
            not info.filename
            or info.is_dir()
            or parts[0] == "__MACOSX"
            or any(part.startswith(".") and part != ".." for part in parts)
        ):
            continue
        if ".." in parts or not parts[0] or "\\" in info.filename or ":" in parts[0]:
            reading.tell(
                "Its name leads out of the archive; it was left alone.", "Do not trust this archive.", info.filename
            )
            continue
        kept.setdefault(info.filename, info)
    if len(found) > MOST_FILES:
        reading.tell(f"It holds {len(found):,} files; the first {MOST_FILES:,} were read.", "Split it.")
    return kept


def _folders(names: Sequence[str]) -> dict[str, frozenset[str]]:
    """Every folder, as it ends in "/" ("" for the outermost), with the names of files and folders in it."""
    folders: dict[str, set[str]] = {"": set()}
    for name in names:
        parts = name.split("/")
        for depth in range(len(parts)):
            folders.setdefault("".join(f"{part}/" for part in parts[:depth]), set()).add(parts[depth])
    return {folder: frozenset(inside) for folder, inside in folders.items()}
