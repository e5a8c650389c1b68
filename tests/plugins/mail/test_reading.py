"""Mails as messages: who, to whom, what; and nothing in a mail that stops the reading."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json
from sage_plugins.mail.reading import TEXT_LIMIT, Letter, Reader, whole

from sage.plugin_api import Inbound
from tests.plugins.mail.scenes import AUNT, COUSIN, OWN_SERVER, mail

ANA = "ana@demo.test"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
READER = Reader((ANA,), OWN_SERVER)


def letter(raw: bytes) -> Letter:
    """A mail as a server gives it: its header and the rest."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    header, found, text = raw.partition(b"\r\n\r\n")
    return Letter(1, 0, header + found, whole(header + found, text))


def read(raw: bytes | EmailMessage) -> Inbound:
    return READER.read(letter(bytes(raw)), NOW)


def test_a_mail_to_one() -> None:
    found = read(mail("Hello Ana"))
    assert (found.sender.id, found.conversation, found.text, found.subject) == (AUNT, AUNT, "Hello Ana", "About us")
    assert not (found.group or found.members or found.thread or found.reply_to or found.own or found.auto)
    assert found.at == NOW.isoformat() and found.verified == "unknown" and not found.answer_to


def test_the_server_s_moment_counts_and_not_the_sender_s() -> None:
    made = letter(bytes(mail("x")))
    made.arrived = 1_700_000_000
    assert READER.read(made, NOW).at == "2023-11-14T22:13:20+00:00"


def test_a_mail_to_many_is_a_group_of_all_others() -> None:
    found = read(mail("x", to=f"Ana+list@demo.test, b@demo.test, {AUNT}", Cc=f"{COUSIN}, ana@demo.test"))
    assert found.group and found.members == (AUNT, "b@demo.test", COUSIN)
    other_order = read(mail("x", to=COUSIN, Cc=f"b@demo.test, {ANA}"))
    assert found.conversation == other_order.conversation
    assert found.conversation != read(mail("x", to=COUSIN)).conversation != read(mail("x")).conversation


def test_groups_with_many_members_have_names_of_their_own() -> None:
    many = ", ".join(f"member{number}@demo.test" for number in range(100))
    one, other = read(mail("x", to=f"{many}, z1@demo.test")), read(mail("x", to=f"{many}, z2@demo.test"))
    assert one.conversation != other.conversation and len(one.conversation) < 500


def test_an_answer_goes_to_who_is_vouched_for() -> None:
    found = read(mail("x", Reply_To="Aunt <evil@elsewhere.test>"))
    assert (found.conversation, found.answer_to) == (AUNT, "evil@elsewhere.test")
    assert read(mail("x", Reply_To=AUNT.upper())).answer_to == ""


def test_who_wrote_is_ambiguous_with_two_authors() -> None:
    passed = f"{OWN_SERVER}; dmarc=pass header.from=elsewhere.test"
    assert read(mail("x", Authentication_Results=passed)).verified == "yes"
    assert read(mail("x", sender=f"{AUNT}, {COUSIN}", Authentication_Results=passed)).verified == "no"
    twice = bytes(mail("x", Authentication_Results=passed))
    assert read(b"From: evil@elsewhere.test\n" + twice).verified == "no"


def test_own_mails() -> None:
    found = read(mail("x", sender="Ana <ANA+phone@demo.test>", to=f"{AUNT}, {ANA}"))
    assert found.own and found.conversation == AUNT and not found.group
    assert read(mail("x", sender=ANA, to=ANA)).conversation == ANA


def test_threads() -> None:
    found = read(mail("x", References="<a@x.test> <b@x.test>", In_Reply_To="<b@x.test>"))
    assert (found.thread, found.reply_to) == ("<a@x.test>", "<b@x.test>")
    assert read(mail("x", In_Reply_To="<b@x.test>")).thread == "<b@x.test>"
    assert read(mail("x", In_Reply_To="your mail of <Monday, the 3rd>")).reply_to == ""


def test_an_id_is_the_same_at_each_delivery_and_another_one_for_another_mail() -> None:
    made = bytes(mail("x", message_id="<one@elsewhere.test>"))
    assert read(made).id == read(b"Received: by another way\n" + made).id
    assert read(made).id.startswith("<one@elsewhere.test>#")
    taken = bytes(mail("x", message_id="<one@elsewhere.test>", sender="evil@elsewhere.test"))
    assert read(taken).id != read(made).id, "who takes another mail's id first would hide that mail"
    nameless = made.replace(b"Message-ID", b"X-Nothing")
    assert read(nameless).id == read(nameless).id != read(nameless.replace(b"About us", b"About me")).id


def test_text_and_attachments() -> None:
    made = mail("plain words")
    made.add_alternative("<p>html words</p>", subtype="html")
    made.add_attachment(b"\x89PNG" * 100, maintype="image", subtype="png", filename="Grüße.png")
    made.add_attachment("attached words", filename="more.txt")
    found = read(made)
    assert found.text == "plain words"
    assert [(each.name, each.media_type) for each in found.attachments] == [
        ("Grüße.png", "image/png"),
        ("more.txt", "text/plain"),
    ]
    assert found.attachments[0].size == 400


def test_html_alone_and_empty_alternatives() -> None:
    made = EmailMessage()
    made["From"] = AUNT
    made.set_content("   \n")
    made.add_alternative("<p>words</p><p style='display:none'>not these</p>", subtype="html")
    assert read(made).text == "words"
    made = EmailMessage()
    made["From"] = AUNT
    made.set_content("<b>alone</b>", subtype="html")
    assert read(made).text == "alone"


def test_the_footer_of_a_list_does_not_replace_the_text() -> None:
    made = mail("")
    made.set_content("<p>the letter</p>", subtype="html")
    made.make_mixed()
    made.attach(_part("the footer"))
    assert read(made).text == "the letter\n\nthe footer"


def test_a_long_text_is_cut_and_says_so() -> None:
    found = read(mail("ü" * TEXT_LIMIT))
    assert len(found.text.encode()) == TEXT_LIMIT
    assert found.left_out == TEXT_LIMIT


@pytest.mark.parametrize(
    "kind", ['multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b', "application/pkcs7-mime"]
)
def test_encrypted_mails_are_told(kind: str) -> None:
    found = read(f"From: {AUNT}\nSubject: secret\nContent-Type: {kind}\n\n--b\n\nx\n--b--\n".encode())
    assert "encrypted" in found.unreadable and found.sender.id == AUNT and found.subject == "secret"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"no header at all",
        b"From: aunt@elsewhere.test\nSubject: =?utf-8?b?====?=\n\nx",
        b'From: aunt@elsewhere.test\nContent-Type: text/plain; charset="no\xff such"\n\nx',
        b"From: aunt@elsewhere.test\nContent-Type: multipart/mixed\n\nno boundary",
        b"From: aunt@elsewhere.test\nContent-Transfer-Encoding: base64\n\n!!!",
        b"From: aunt@elsewhere.test\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n(((\nend",
        b"From: aunt@elsewhere.test\nContent-Disposition: attachment; filename*0*=utf-99''%FF; filename*9999999999=x\n\nx",
        b"From: \xff\xfe <aunt@elsewhere.test>\nSubject: \xf0\x9f\n\n\xff",
        b"From: aunt@elsewhere.test\nContent-Type: text/html\n\n&#" + b"9" * 9999 + b";",
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(2000)
        ),
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"From: " + b"(" * 50_000 + b"\n\nx",
        b"To: " + b'"\\' * 50_000 + b"\nFrom: aunt@elsewhere.test\n\nx",
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\n\n" * 20_000,
    ],
)
def test_a_broken_mail_is_a_message(raw: bytes) -> None:
    found = read(raw)
    assert found.id and found.conversation and found.sender.id
    assert found.sender.id == AUNT or (found.auto and found.unreadable), "nobody answers what names no sender"
    json.encode(found)


def test_a_mail_that_the_server_cannot_give_is_unreadable() -> None:
    found = READER.read(Letter(7, 0, b""), NOW)
    assert found.id and found.unreadable


_HEADERS = st.sampled_from(
    "From To Subject Content-Type Content-Transfer-Encoding Content-Disposition Message-ID References Reply-To Received "
    "Authentication-Results MIME-Version".split()
)
_KNOWN = b"""multipart/mixed; boundary=b
multipart/alternative; boundary=b
text/html; charset=utf-16
message/rfc822
base64
quoted-printable
uuencode
aunt@elsewhere.test
=?utf-7?q?+2AA-?= <a@b.test>
attachment; filename*=utf-8'de'%C3
mx.demo.test; dkim=pass header.d=elsewhere.test"""
_VALUES = st.one_of(st.binary(max_size=60), st.sampled_from(_KNOWN.splitlines()))
_BODIES = st.lists(
    st.one_of(st.binary(max_size=60), st.just(b"\n--b\n"), st.just(b"\n--b--\n"), st.just(b"<p>x")), max_size=8
)


@given(st.lists(st.tuples(_HEADERS, _VALUES), max_size=8), _BODIES)
def test_no_mail_stops_the_reading(headers: list[tuple[str, bytes]], bodies: list[bytes]) -> None:
    raw = b"".join(name.encode() + b": " + value + b"\n" for name, value in headers) + b"\n" + b"".join(bodies)
    found = read(raw)
    assert found.id and found.conversation and found.sender.id
    assert json.decode(json.encode(found), type=Inbound) == found
    assert "\n" not in found.subject + found.sender.name + found.conversation + found.id


def test_python_s_own_collection_of_broken_mails() -> None:
    known = importlib.util.find_spec("test.test_email")
    folder = Path(known.origin or "").parent / "data" if known else Path()
    mails = sorted(folder.glob("msg_*.txt"))
    if not mails:
        pytest.skip("this Python comes without its tests")
    for path in mails:
        found = read(path.read_bytes())
        assert found.id and found.conversation and found.sender.id, path.name
        json.encode(found)


def _part(text: str) -> EmailMessage:
    made = EmailMessage()
    made.set_content(text)
    return made
