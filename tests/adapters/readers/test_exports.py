"""Telegram, Slack, Notion, PDF, HTML and archives."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from sage.adapters.readers import archive, format_of_file, reading
from sage.core.errors import Unreadable
from tests.adapters.readers.reads import read

ID = "0123456789abcdef0123456789abcdef"


def said(number: int, text: object, **more: object) -> dict[str, object]:
    return {
        "id": number, "type": "message", "date": "2024-05-01T12:00:00", "date_unixtime": "1714557600",
        "from": "Bob Demo", "from_id": "user5", "text": text, **more,
    }  # fmt: skip


def test_a_telegram_chat_is_read_day_by_day() -> None:
    pieces = ["see ", {"type": "link", "text": "https://example.org"}]
    chat = {
        "name": "Bob Demo", "type": "personal_chat", "id": 5,
        "messages": [
            said(1, pieces), said(2, "", type="service"), said(3, "mine", **{"from": "Ann Example", "from_id": "user1"}),
            said(4, "theirs", **{"from": "Ann Example", "forwarded_from": "Bob"}), 7, said(5, "", file_name="a.pdf"),
            said(6, "later", date="2024-05-02T09:00:00"),
        ],
    }  # fmt: skip
    documents, told = read("Telegram", json.dumps(chat))
    assert list(documents) == ["Bob Demo (5)/2024-05-01", "Bob Demo (5)/2024-05-02"]
    first = documents["Bob Demo (5)/2024-05-01"]
    assert (first.title, first.spoken) == ("Bob Demo, 2024-05-01", True)
    assert [(piece.passage.text, piece.speaker, piece.origin) for piece in first.pieces] == [
        ("see https://example.org", "Bob Demo", "contact"),
        ("mine", "Ann Example", "user"),
        ("theirs", "Ann Example", "contact"),
        ("Attached: a.pdf", "Bob Demo", "contact"),
    ]
    assert first.pieces[0].when == "2024-05-01T12:00:00+02:00"
    assert ["do not read: 1" in trouble.what for trouble in told.troubles] == [True]


def test_a_whole_telegram_account_names_its_owner() -> None:
    chats = [{"name": None, "type": "saved_messages", "id": 1, "messages": [said(1, "note to self")]},
             {"name": "Bob", "type": "personal_chat", "id": 5, "messages": [said(1, "mine", from_id="user9")]}]  # fmt: skip
    export = {"personal_information": {"user_id": 9}, "chats": {"about": "", "list": chats}}
    documents, _ = read("Telegram", json.dumps(export))
    assert [piece.origin for document in documents.values() for piece in document.pieces] == ["user", "user"]


@pytest.mark.parametrize("data", ["", "{", "[1]", '{"messages": 5}', "[" * 100_000, b'{"name": "\xff"}'])
def test_what_is_no_telegram_export_is_told(data: str) -> None:
    with pytest.raises(Unreadable):
        read("Telegram", data)


def packed(files: Mapping[str, object]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    return out.getvalue()


SLACK = {
    "users.json": [
        {"id": "U1", "name": "ann", "profile": {"email": "ann@example.org", "real_name": "Annie"}},
        {"id": "U2", "name": "bob", "real_name": "Bob Demo"},
        {"name": "no id"},
    ],
    "channels.json": [{"id": "C1", "name": "general", "members": ["U1"]}],
    "dms.json": [{"id": "D1", "members": ["U1", "U2"]}],
    "general/2024-05-01.json": [
        {"user": "U2", "text": "Hi <@U1>, see <https://example.org|page> &amp; <#C1|general>", "ts": "1714557600.0001"},
        {"type": "message", "user": "U1", "text": "something else", "ts": "1714557700.0"},
        {"type": "message", "user": "U1", "text": "an answer", "ts": "1714557800.0", "thread_ts": "1714557600.0001"},
        {"subtype": "channel_join", "user": "U1", "text": "joined", "ts": "1"},
    ],
    "D1/2024-05-02.json": [{"user": "U2", "text": "", "ts": "1714644000.0", "files": [{"name": "a.png"}, {}]}],
}  # fmt: skip


def test_slacks_export_is_read_with_its_names_and_threads() -> None:
    documents, told = read("archive", packed(SLACK), "slack.zip")
    day = documents["general/2024-05-01"]
    assert (day.title, day.spoken) == ("#general, 2024-05-01", True)
    assert [(piece.speaker, piece.passage.text, piece.origin, piece.member) for piece in day.pieces] == [
        ("Bob Demo", "Hi @Annie, see page (https://example.org) & #general", "contact", "general/2024-05-01.json"),
        ("Annie", "an answer", "user", "general/2024-05-01.json"),
        ("Annie", "something else", "user", "general/2024-05-01.json"),
    ]
    assert day.pieces[0].when == "2024-05-01T10:00:00+00:00"
    assert documents["D1/2024-05-02"].title == "Annie, Bob Demo, 2024-05-02"
    assert documents["D1/2024-05-02"].pieces[0].passage.text == "Attached: a.png"
    assert [trouble.source for trouble in told.troubles] == ["slack.zip/users.json"]


def test_a_damaged_day_takes_no_other_with_it() -> None:
    documents, told = read("archive", packed(SLACK | {"general/2024-05-03.json": "[{"}), "slack.zip")
    assert len(documents) == 2
    assert told.cut_off


def test_notions_pages_lose_their_ids_and_keep_their_links() -> None:
    files = {
        f"Garden {ID}.md": f"# Garden\n\nSee [Roses](Garden%20{ID}/Roses%20{ID}.md)",
        f"Garden {ID}/Plants {ID}.csv": "Name,Colour\nRose,red\n",
        f"Garden {ID}/Plants {ID}_all.csv": 'Name,Colour\nRose,red\nLily,"white,\nbig"\n',
    }
    documents, _ = read("archive", packed(files), "notion.zip")
    page, table = documents.values()
    assert (page.title, page.pieces[0].passage.links) == ("Garden", ("Roses",))
    assert (table.title, [piece.passage.text for piece in table.pieces]) == (
        "Plants",
        ["Name: Rose\nColour: red", "Name: Lily\nColour: white,\nbig"],
    )
    assert [piece.passage.line for piece in table.pieces] == [2, 3]


def test_only_tables_of_notion_are_read() -> None:
    assert format_of_file("numbers.csv") is None
    assert format_of_file(f"Plants {ID}.csv", {f"Plants {ID}.csv"}) is not None
    assert format_of_file(f"Plants {ID}.csv", {f"Plants {ID}_all.csv"}) is None


def test_an_archive_is_read_as_a_folder_would_be() -> None:
    chat = "[31.12.23, 14:05:09] Demo Aunt: Hello\r\n[31.12.23, 14:06:09] Annie: Hi\r\n"
    documents, told = read("archive", packed({"_chat.txt": chat}), "WhatsApp Chat - Demo Aunt.zip")
    (document,) = documents.values()
    assert (document.title, [piece.origin for piece in document.pieces]) == (
        "Demo Aunt, 2023-12-31",
        ["contact", "user"],
    )
    assert document.pieces[0].member == "_chat.txt"
    assert told.troubles == []
    maildir = {f"Mail/{name}/.keep": "" for name in ("cur", "new", "tmp")} | {"Mail/cur/1.host": "Subject: Tea\n\nHi"}
    assert read("archive", packed(maildir), "mail.zip")[0] == {}


def test_an_archive_in_a_folder_is_read_only_when_it_is_an_export() -> None:
    data = packed({"README.md": "code"})
    assert read("archive", data, named=False)[1].passed_over
    assert list(read("archive", data)[0]) == ["README.md"]
    assert list(read("archive", packed(SLACK), named=False)[0])


def test_what_would_harm_is_left_alone_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGE", 1000)
    files = {"../evil.md": "x", "/etc/evil.md": "x", "C:/evil.md": "x", "__MACOSX/._a.md": "x", ".hidden/a.md": "x",
             "inner.zip": "x", "bomb.md": "0" * 1_000_000, "good.md": "good"}  # fmt: skip
    documents, told = read("archive", packed(files), "a.zip")
    assert list(documents) == ["good.md"]
    assert [trouble.source for trouble in told.troubles] == [
        "a.zip/../evil.md", "a.zip//etc/evil.md", "a.zip/C:/evil.md", "a.zip/bomb.md", "a.zip/inner.zip",
    ]  # fmt: skip
    assert all(trouble.what and trouble.do for trouble in told.troubles)


def test_no_more_is_read_out_of_an_archive_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1500)
    documents, told = read("archive", packed({f"{n}.md": "word " * 200 for n in range(3)}))
    assert (list(documents), len(told.troubles)) == (["0.md"], 2)
    assert told.cut_off


@pytest.mark.parametrize("cut", [0, 3, 100, -30])
def test_an_archive_that_is_cut_off_is_told(cut: int) -> None:
    with pytest.raises(Unreadable):
        read("archive", packed({"a.md": "x" * 500})[:cut])


def test_a_damaged_file_in_an_archive_takes_no_other_with_it() -> None:
    data = bytearray(packed({"a.md": "".join(map(str, range(500))), "b.md": "y"}))
    data[100] ^= 255
    documents, told = read("archive", bytes(data))
    assert list(documents) == ["b.md"]
    assert len(told.troubles) == 1


def paper(*pages: str, password: str = "") -> bytes:
    writer = PdfWriter()
    for text in pages:
        page = writer.add_blank_page(300, 300)
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        fonts = DictionaryObject(
            {NameObject("/F1"): DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})}
        )
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        lines = "".join(f"({line}) Tj 0 -14 Td " for line in text.split("\n"))
        stream.set_data(f"BT /F1 12 Tf 20 250 Td {lines} ET".encode() if text else b"")
        page[NameObject("/Contents")] = writer._add_object(stream)
    writer.add_metadata({"/Title": "About walruses", "/CreationDate": "D:20240501120000Z"})
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_is_read_page_by_page() -> None:
    documents, told = read("PDF", paper("The walrus lives in the har-\nbour.", "It sings."))
    pieces = documents[""].pieces
    assert [(piece.passage.heading, piece.passage.text) for piece in pieces] == [
        ("Page 1", "The walrus lives in the harbour."),
        ("Page 2", "It sings."),
    ]
    assert {(piece.origin, piece.when) for piece in pieces} == {("web", "2024-05-01")}
    assert documents[""].words == "About walruses"
    assert told.troubles == []


def test_pages_without_text_are_told() -> None:
    documents, told = read("PDF", paper("", "words", "", ""))
    assert [piece.passage.heading for piece in documents[""].pieces] == ["Page 2"]
    assert "Pages 1, 3 to 4 of 4 hold no text" in told.troubles[0].what


def test_a_locked_or_broken_pdf_is_told() -> None:
    for data, word in ((paper("secret", password="x"), "password"), (b"%PDF-1.4 no", "PDF"), (paper("a")[:300], "PDF")):
        documents, told = read("PDF", data)
        assert documents[""].pieces == ()
        assert word in told.troubles[0].what and told.troubles[0].do


def test_a_page_from_the_web_is_not_the_persons_own() -> None:
    own = "<html><head><title>Tea</title></head><body><h1>Tea</h1><p>Warm the pot.</p></body></html>"
    (piece,) = read("HTML", own)[0][""].pieces
    assert (piece.origin, piece.passage.heading) == ("user", "Tea")
    saved = own.replace("<title>", '<link rel="canonical" href="https://example.org/tea"><title>')
    assert read("HTML", saved)[0][""].pieces[0].origin == "web"
    assert read("HTML", "<meta charset=iso-8859-1><p>K\xe4se".encode("latin-1"))[0][""].pieces[0].passage.text == "Käse"


def test_only_so_many_troubles_of_one_file_are_told_one_by_one() -> None:
    told = reading.Reading(read("Org", "x")[1].person, "a", "Org", 1)
    for number in range(100):
        told.tell(f"trouble {number}")
    assert len(told.told()) == reading.TOLD + 1
    assert "80 more" in told.told()[-1].what
