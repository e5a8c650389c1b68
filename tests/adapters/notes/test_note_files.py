from __future__ import annotations

import codecs
import os
from pathlib import Path

import pytest

from sage.adapters.notes.note_files import NoteFile, list_notes, read_file
from sage.adapters.readers.reading import text_of
from sage.core.errors import NotFound, Unreadable


def close(path: Path) -> None:
    path.chmod(0)


def make(root: Path, *names: str, content: str = "text") -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def sources(root: Path) -> list[str]:
    return [file.source for file in list_notes(root).files]


def read(path: Path, data: bytes, largest: int = 1000) -> str:
    path.write_bytes(data)
    (file,) = list_notes(path).files
    return text_of(read_file(file, largest).data)


def test_notes_are_listed_in_the_order_of_their_sources(tmp_path: Path) -> None:
    make(tmp_path, "b.md", "a/z.MARKDOWN", "a/ü ö.txt", "c/d/e.md")
    assert sources(tmp_path) == ["a/z.MARKDOWN", "a/ü ö.txt", "b.md", "c/d/e.md"]


def test_what_is_no_note_is_counted(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "pic.png", "sub/drawing.canvas", "README")
    listing = list_notes(tmp_path)
    assert (len(listing.files), listing.others, listing.troubles) == (1, 3, [])


def test_hidden_folders_and_files_are_left_out(tmp_path: Path) -> None:
    make(tmp_path, "a.md", ".obsidian/x.md", ".trash/y.md", "sub/.git/z.md", ".hidden.md")
    assert sources(tmp_path) == ["a.md"]


def test_a_single_file_is_a_listing_of_one(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b.md")
    listing = list_notes(tmp_path / "a.md")
    assert (listing.folder, [file.source for file in listing.files]) == (tmp_path, ["a.md"])


def test_a_missing_root_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file or folder"):
        list_notes(tmp_path / "gone")


def test_a_loop_of_links_ends_and_every_file_comes_once(tmp_path: Path) -> None:
    make(tmp_path, "real/a.md", "real/deep/b.md")
    (tmp_path / "real/deep/up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "real")
    (tmp_path / "aa.md").symlink_to(tmp_path / "real/a.md")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert sources(tmp_path) == ["real/a.md", "real/deep/b.md"]


def test_what_a_link_outside_points_to_belongs_to_the_folder(tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/a.md", "elsewhere/sub/b.md", "one.md")
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "linked").symlink_to(tmp_path / "elsewhere")
    (vault / "file.md").symlink_to(tmp_path / "one.md")
    assert sources(vault) == ["file.md", "linked/a.md", "linked/sub/b.md"]


def test_a_broken_link_is_told_and_may_still_come_back(tmp_path: Path) -> None:
    (tmp_path / "lost.md").symlink_to(tmp_path / "nowhere.md")
    (tmp_path / "disk").symlink_to(tmp_path / "not-mounted")
    listing = list_notes(tmp_path)
    assert [trouble.source for trouble in listing.troubles] == ["lost.md"]
    assert listing.hides("lost.md")
    assert listing.hides("disk/any/note.md")
    assert not listing.hides("disks.md")


def test_a_name_that_is_not_text_is_told(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.md")).write_text("x")
    listing = list_notes(tmp_path)
    assert [trouble.source for trouble in listing.troubles] == ["bad?.md"]


def test_what_is_neither_file_nor_folder_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert [trouble.source for trouble in list_notes(tmp_path).troubles] == ["pipe.md"]


@pytest.mark.usefixtures("plain_user")
def test_a_closed_folder_is_told_and_hides_its_files(tmp_path: Path) -> None:
    make(tmp_path, "open.md", "closed/a.md")
    close(tmp_path / "closed")
    try:
        listing = list_notes(tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert [file.source for file in listing.files] == ["open.md"]
    assert [trouble.source for trouble in listing.troubles] == ["closed"]
    assert listing.hides("closed/a.md")


@pytest.mark.usefixtures("plain_user")
def test_a_closed_file_is_told(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    (file,) = list_notes(tmp_path).files
    close(file.path)
    with pytest.raises(Unreadable, match="Permission denied"):
        read_file(file)


@pytest.mark.usefixtures("plain_user")
def test_a_closed_root_is_told(tmp_path: Path) -> None:
    close(tmp_path)
    try:
        with pytest.raises(Unreadable):
            list_notes(tmp_path)
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    "data",
    [
        "naïve\r\n猫".encode(),
        codecs.BOM_UTF8 + "naïve\r\n猫".encode(),
        "naïve\r\n猫".encode("utf-16"),
        codecs.BOM_UTF16_BE + "naïve\r\n猫".encode("utf-16-be"),
        "naïve\r\n猫".encode("utf-32"),
    ],
)
def test_encodings_with_a_mark_are_read(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path / "a.md", data) == "naïve\r\n猫"


def test_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"not valid UTF-8 \(line 2\)") as told:
        read(tmp_path / "a.md", "one\nnaïve".encode("latin-1"))
    assert told.value.do == "Save it as UTF-8."


def test_a_binary_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="binary"):
        read(tmp_path / "a.md", b"\x7fELF\0\0")


def test_a_large_file_is_told_with_both_sizes(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"too large \(3 MB; at most 2 MB"):
        read(tmp_path / "a.md", b"x" * 3_000_000, largest=2_000_000)


def test_a_file_that_went_away_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_file(NoteFile(tmp_path / "a.md", "a.md", 0, 0))


def test_an_empty_file_is_an_empty_text(tmp_path: Path) -> None:
    assert read(tmp_path / "a.md", b"") == ""
