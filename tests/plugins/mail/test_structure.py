"""The answers of IMAP servers, as they were seen and as the standard allows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sage_plugins.mail.parts import attachments, leaves, texts
from sage_plugins.mail.structure import fetched, part_of

TEXT = b'("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 12 1 NIL NIL NIL NIL)'
HTML = b'("text" "html" ("charset" "utf-8") NIL NIL "quoted-printable" 30 2 NIL NIL NIL NIL)'
IMAGE = b'("image" "png" ("name" "x.png") NIL NIL "base64" 4000 NIL ("attachment" ("filename" "x.png")) NIL NIL)'


def parts(structure: bytes) -> list[tuple[str, str]]:
    (item,) = fetched([b"1 (UID 5 BODYSTRUCTURE " + structure + b")"])
    return [(each.section, each.media_type) for each in leaves(part_of(item[b"BODYSTRUCTURE"]))]


def test_literals_quoted_words_and_what_comes_in_passing() -> None:
    answer = [
        (b"1 (UID 5 RFC822.SIZE 300 BODY[HEADER]<0> {5}", b"A: b\r"),
        (b" BODY[TEXT] {4}", b"te)t"),
        b")",
        b"9 (FLAGS (\\Seen))",
        (b"2 (BODY[TEXT] {2}", b"hi"),
        b" UID 6)",
        rb'3 (UID 7 BODY[TEXT] "quo\"ted" INTERNALDATE " 1-Nov-2026 10:00:00 +0100")',
        b"4 (UID 8 BODY[TEXT] NIL)",
    ]
    found = list(fetched(answer))
    assert found[0] == {b"UID": b"5", b"RFC822.SIZE": b"300", b"BODY[HEADER]": b"A: b\r", b"BODY[TEXT]": b"te)t"}
    assert found[2] == {b"BODY[TEXT]": b"hi", b"UID": b"6"}
    assert found[3][b"BODY[TEXT]"] == b'quo"ted' and found[3][b"INTERNALDATE"] == b" 1-Nov-2026 10:00:00 +0100"
    assert found[4][b"BODY[TEXT]"] is None


def test_sections_are_numbered() -> None:
    assert parts(TEXT) == [("1", "text/plain")]
    assert parts(b"(" + TEXT + HTML + b' "alternative" ("boundary" "x") NIL NIL NIL)') == [
        ("1", "text/plain"),
        ("2", "text/html"),
    ]
    nested = b"((" + TEXT + HTML + b' "alternative" ("boundary" "x") NIL NIL NIL)' + IMAGE + b' "mixed")'
    assert parts(nested) == [("1.1", "text/plain"), ("1.2", "text/html"), ("2", "image/png")]


def test_a_mail_within_a_mail_is_attached() -> None:
    inner = b'("message" "rfc822" NIL NIL NIL "7bit" 900 (NIL "s" NIL NIL NIL NIL NIL NIL NIL NIL) ' + TEXT + b" 20)"
    assert parts(b"(" + TEXT + inner + b' "mixed")') == [("1", "text/plain"), ("2", "message/rfc822")]


def test_names_of_attachments() -> None:
    named = b'("text" "plain" ("name*0*" "utf-8\'\'Gr%C3%BC" "name*1*" "%C3%9Fe.txt") NIL NIL "7bit" 12 1)'
    encoded = b'("image" "png" ("name" "=?utf-8?q?Gr=C3=BC=C3=9Fe?=") NIL NIL "base64" 40)'
    (item,) = fetched([b"1 (BODYSTRUCTURE (" + named + encoded + IMAGE + b' "mixed"))'])
    found = part_of(item[b"BODYSTRUCTURE"])
    assert [each.name for each in attachments(found)] == ["Grüße.txt", "Grüße", "x.png"]
    assert texts(found) == []


def test_literals_within_a_structure() -> None:
    (item,) = fetched([(b'1 (BODYSTRUCTURE ("image" "png" ("name" {5}', b'a"b)c'), b') NIL NIL "base64" 40))'])
    assert attachments(part_of(item[b"BODYSTRUCTURE"]))[0].name == 'a"b)c'


def test_one_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ValueError):
        list(fetched([b"1 (BODYSTRUCTURE " + b"(" * 5000]))


@given(
    st.lists(
        st.sampled_from([b"(", b")", b'"', b" ", b"NIL", b"UID", b"5", b"\\", b"[", b"]", b"BODY[TEXT]", b"{3}"]),
        max_size=30,
    )
)
def test_any_answer_is_read(pieces: list[bytes]) -> None:
    for item in fetched([b"1 (" + b"".join(pieces) + b")"]):
        assert isinstance(item, dict)
