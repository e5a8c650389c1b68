"""Files given with a question, from disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from sage.adapters.readers.attachments import read_attachment
from sage.core.errors import Unreadable
from tests.adapters.readers.test_exports import paper

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def kept(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


def test_a_pdf_is_given_page_by_page_as_words_of_others(tmp_path: Path) -> None:
    found = read_attachment(kept(tmp_path, "walrus.pdf", paper("The walrus sings.", "", "It dives.")))
    assert [(hit.citation, hit.text, hit.origin) for hit in found.passages] == [
        ("walrus.pdf#Page 1:1", "The walrus sings.", "web"),
        ("walrus.pdf#Page 3:6", "It dives.", "web"),
    ]
    assert "Page 2 of 3 holds no text" in found.unread and len({hit.id for hit in found.passages}) == 2


def test_a_picture_and_a_text_are_told_apart_by_what_they_hold(tmp_path: Path) -> None:
    assert [image.media for image in read_attachment(kept(tmp_path, "a.txt", PNG)).images] == ["image/png"]
    (hit,) = read_attachment(kept(tmp_path, "a.png", b"Only words.")).passages
    assert hit.text == "Only words."


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.pdf", paper(""), "no text that can be read"),
        ("a.pdf", paper("x", password="y"), "locked with a password"),
        ("a.zip", b"PK\x03\x04\0\0\0", "neither text, PDF nor a picture"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_way_out(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as caught:
        read_attachment(kept(tmp_path, name, data))
    assert caught.value.do and name in caught.value.what


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"gone\.pdf cannot be read"):
        read_attachment(str(tmp_path / "gone.pdf"))
