from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from sage.adapters.readers import mail
from sage.adapters.readers.reading import Reading
from sage.core.errors import Unreadable
from tests.adapters.readers.reads import ANN, read

FROM = "From ann@example.org Mon Jan  1 10:00:00 2024\n"


def letter(own: str, subject: str, body: str, sender: str = "Demo Aunt <aunt@example.org>", more: str = "") -> str:
    return (
        f"Message-ID: <{own}>\nFrom: {sender}\nTo: Ann Example <ann@example.org>\nSubject: {subject}\n"
        f"Date: Mon, 01 Jan 2024 10:00:00 +0100\n{more}\n{body}\n"
    )


def box(*letters: str) -> str:
    return "".join(f"{FROM}{each}\n" for each in letters)


TEA = letter("a@x", "Tea", "Tea at four?")
YES = letter("b@x", "Re: Tea", "Gladly.\n\n> Tea at four?", "Ann <ann@example.org>", "References: <a@x>\n")


def test_a_thread_is_one_document_of_messages() -> None:
    documents, reading = read("mbox", box(TEA, letter("c@x", "Rent", "It is due."), YES))
    assert list(documents) == ["a@x", "c@x"]
    thread = documents["a@x"]
    assert (thread.title, thread.spoken) == ("Tea", True)
    assert "Demo Aunt" in thread.words
    first, second = thread.pieces
    assert (first.passage.text, first.passage.heading, first.passage.line) == ("Tea at four?", "Tea", 1)
    assert (first.speaker, first.when, first.origin) == ("Demo Aunt", "2024-01-01T10:00:00+01:00", "contact")
    assert (second.passage.text, second.speaker, second.origin, second.passage.line) == ("Gladly.", "Ann", "user", 19)
    assert reading.troubles == []


@pytest.mark.parametrize("mark", ["Return-Path: <evil@example.org>", "Authentication-Results: mx; dkim=none"])
def test_a_mail_that_came_in_is_nobodys_own_whatever_it_says_of_its_writer(mark: str) -> None:
    documents, _ = read("mbox", box(letter("a@x", "Hi", "I promise.", "Ann Example <ann@example.org>", f"{mark}\n")))
    assert documents["a@x"].pieces[0].origin == "contact"


def test_the_name_alone_makes_no_mail_the_persons_own() -> None:
    documents, _ = read("mbox", box(letter("a@x", "Hi", "I promise.", "Ann Example <other@example.org>")))
    assert documents["a@x"].pieces[0].origin == "contact"


def test_what_is_forwarded_is_not_the_persons_own() -> None:
    text = "Look!\n\n---------- Forwarded message ---------\nFrom: Demo Aunt\n\nI will come."
    documents, _ = read("mbox", box(letter("a@x", "Fwd: Visit", text, "ann@example.org")))
    assert [(piece.passage.text, piece.origin) for piece in documents["a@x"].pieces] == [
        ("Look!", "user"),
        ("From: Demo Aunt\n\nI will come.", "contact"),
    ]


def test_plain_text_goes_before_html_and_attachments_are_named() -> None:
    more = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n'
    body = (
        "--b\nContent-Type: text/html; charset=utf-8\n\n<p>Hello <b>there</b></p>\n"
        '--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="bill.pdf"\n\nxx\n--b--\n'
    )
    assert read("mbox", box(letter("a@x", "s", body, more=more)))[0]["a@x"].pieces[0].passage.text == (
        "Hello there\n\nAttached: bill.pdf"
    )
    body = "--b\nContent-Type: text/plain\n\nPlain.\n" + body
    assert read("mbox", box(letter("a@x", "s", body, more=more)))[0]["a@x"].pieces[0].passage.text == (
        "Plain.\n\nAttached: bill.pdf"
    )


def test_words_in_any_encoding_are_read() -> None:
    more = "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n"
    documents, _ = read("mbox", box(letter("a@x", "=?utf-8?q?K=C3=A4se?=", "K=E4se", more=more)))
    assert (documents["a@x"].title, documents["a@x"].pieces[0].passage.text) == ("Käse", "Käse")
    documents, _ = read("mbox", box(letter("a@x", "=?utf-8?b?A?=", "x")))
    assert documents["a@x"].title == "=?utf-8?b?A?="
    raw = box(letter("a@x", "s", "K")).encode().replace(b"\n\nK", b"\n\nK\xe4se")
    assert read("mbox", raw)[0]["a@x"].pieces[0].passage.text == "Käse"


def test_a_line_that_begins_with_from_is_text() -> None:
    text = box(letter("a@x", "s", "Hello\nFrom here on 2024 all is well.\n\n>From 2024 on, too.\n\nFrom me."))
    documents, _ = read("mbox", text)
    assert list(documents) == ["a@x"]
    assert documents["a@x"].pieces[0].passage.text.endswith("From 2024 on, too.\n\nFrom me.")


def test_what_thunderbird_marked_as_deleted_is_gone() -> None:
    deleted = letter("c@x", "s", "gone", more="X-Mozilla-Status: 0009\n")
    assert list(read("mbox", box(TEA, deleted))[0]) == ["a@x"]


def test_a_broken_mail_takes_no_other_with_it() -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary={n}\n\n--{n}\n" for n in range(3000))
    broken = f"Message-ID: <d@x>\nMIME-Version: 1.0\n{nested}\nx\n"
    documents, reading = read("mbox", box(TEA, broken, letter("e@x", "s", "after", more="Date: garbage\n")))
    assert documents["a@x"].pieces and documents["e@x"].pieces
    assert all(trouble.what for trouble in reading.troubles)


@pytest.mark.parametrize("data", [b"hello", b"\0\0\0", b"From nowhere\n\nno year"])
def test_what_is_no_mailbox_is_told(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read("mbox", data)
    assert read("mbox", b"")[0] == {}


@pytest.mark.parametrize("block", [1, 7, 64, 1000, 5000])
def test_where_a_mail_begins_does_not_depend_on_how_the_file_is_read(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = box(*(letter(f"{n}@x", "s", f"body {n}\n\nFrom x\n" * (n % 5)) for n in range(40)))
    expected = {name: document.pieces for name, document in read("mbox", text)[0].items()}
    assert len(expected) == 40
    for changed in (text, text.replace("\n", "\r\n")):
        monkeypatch.setattr(mail, "_BLOCK", block)
        found = read("mbox", changed)[0]
        assert [[p.passage.line for p in found[name].pieces] for name in found] == [
            [p.passage.line for p in expected[name]] for name in expected
        ]


def test_a_grown_mailbox_keeps_the_marks_of_its_threads() -> None:
    def marks(data: str) -> dict[str, str]:
        return {part.name: part.mark for part in mail.read_mbox(_Memory(data), "m", Reading(ANN, "m", "mbox", 1))}

    before, after = marks(box(TEA, letter("c@x", "s", "x"))), marks(box(TEA, letter("c@x", "s", "x"), YES))
    assert before["c@x"] == after["c@x"]
    assert before["a@x"] != after["a@x"]


class _Memory:
    def __init__(self, data: str) -> None:
        self._data = data.encode()

    def names(self) -> Sequence[str]:
        return ["m"]

    def open(self, name: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def test_a_single_mail_is_a_thread_of_its_own() -> None:
    documents, _ = read("mail", TEA)
    assert [piece.passage.text for piece in documents[""].pieces] == ["Tea at four?"]
    assert documents[""].spoken


def test_a_maildir_is_read_in_the_order_of_delivery_and_flags_change_nothing() -> None:
    files = _Folder({"cur/2.host:2,RS": YES, "new/1.host": TEA, "tmp/3.host": TEA, "dovecot.index": "x"})
    parts = list(mail.read_maildir(files, "Mail", Reading(ANN, "Mail", "Maildir", 1)))
    (document,) = (part.load() for part in parts)
    assert [(piece.passage.text, piece.member) for piece in document.pieces] == [
        ("Tea at four?", "1.host"),
        ("Gladly.", "2.host"),
    ]
    moved = _Folder({"cur/2.host:2,FRS": YES, "cur/1.host:2,S": TEA})
    assert mail.maildir_stamp(files) == mail.maildir_stamp(moved)
    assert [part.mark for part in mail.read_maildir(moved, "Mail", Reading(ANN, "Mail", "Maildir", 1))] == [
        parts[0].mark
    ]
    assert mail.maildir_stamp(files) != mail.maildir_stamp(_Folder({"cur/1.host": TEA}))


class _Folder:
    def __init__(self, files: dict[str, str]) -> None:
        self._files = files

    def names(self) -> Sequence[str]:
        return sorted(self._files)

    def open(self, name: str) -> io.BytesIO:
        return io.BytesIO(self._files[name].encode())
