"""What Sage writes as mails: nothing in a field becomes a header or a recipient."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sage_plugins.mail.charsets import header_text
from sage_plugins.mail.writing import Answered, message_id, write

from sage.plugin_api import Outbound, Refused

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
ME, AUNT = "ana@demo.test", "aunt@elsewhere.test"
KNOWN = message_id("mail/me", "key", ME)


def written(out: Outbound, name: str = "", *, draft: bool = False) -> Message:
    made = write(out, KNOWN, ME, name, AT, draft=draft)
    assert made.to == out.to or len(set(out.to)) != len(out.to)
    assert b"\n" not in made.data.replace(b"\r\n", b"") and max(map(len, made.data.split(b"\r\n"))) < 999
    return message_from_bytes(made.data)


def test_a_mail() -> None:
    found = written(Outbound("c", (AUNT, "cousin@elsewhere.test"), "Hello,\nyou 👋", subject="Grüße"), "Ana")
    assert found["From"] == f"Ana <{ME}>" and found["Message-ID"] == KNOWN
    assert [address for _, address in getaddresses([found["To"]])] == [AUNT, "cousin@elsewhere.test"]
    assert header_text(found["Subject"]) == "Grüße" and found["Date"] == "Mon, 23 Nov 2026 10:00:00 +0000"
    assert found.get_payload(decode=True) == "Hello,\r\nyou 👋\r\n".encode()


def test_threads_and_marks() -> None:
    out = Outbound("c", (AUNT,), "x", thread="<root@x.test>", reply_to="<parent@x.test>#0123")
    found = written(out)
    assert (found["In-Reply-To"], found["References"]) == ("<parent@x.test>", "<root@x.test> <parent@x.test>")
    assert found["Auto-Submitted"] == "auto-replied"
    assert written(Outbound("c", (AUNT,), "x"))["Auto-Submitted"] == "auto-generated"
    assert written(Outbound("c", (AUNT,), "x", auto=False))["Auto-Submitted"] is None
    assert written(out, draft=True)["Auto-Submitted"] is None, "a draft is sent by the person"


def test_long_references_stay_as_they_are() -> None:
    long = f"<{'x' * 200}@x.test>"
    assert written(Outbound("c", (AUNT,), "x", thread=long, reply_to=f"{long}#1"))["References"].split() == [long]


def test_a_key_is_one_message() -> None:
    assert message_id("mail/me", "key", ME) == KNOWN
    assert len({KNOWN, message_id("mail/me", "other", ME), message_id("mail/work", "key", ME)}) == 3


@pytest.mark.parametrize(
    "address",
    [
        "",
        "aunt",
        "aunt@elsewhere.test\r\nBcc: evil@x.test",
        "a@x.test, b@x.test",
        "Aunt <a@x.test>",
        "a@x.test>",
        "tänte@x.test",
        "a b@x.test",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        write(Outbound("c", (AUNT, address), "x"), KNOWN, ME, "", AT)


def test_nobody_is_refused() -> None:
    with pytest.raises(Refused):
        write(Outbound("c", (), "x"), KNOWN, ME, "", AT)


_NASTY = st.text(alphabet='a<>@:; \r\n\0\x0b\x85\u2028=?ü,"\\\ud800', max_size=40)


@given(_NASTY, _NASTY, _NASTY, _NASTY, _NASTY)
def test_no_field_becomes_another_one(text: str, subject: str, thread: str, reply_to: str, name: str) -> None:
    found = written(Outbound("c", (AUNT,), text, subject=subject, thread=thread, reply_to=reply_to), name)
    assert found.defects == []
    allowed = {"From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"}
    allowed |= {"X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
    assert set(found.keys()) <= allowed and len(found.keys()) == len(set(found.keys()))
    assert getaddresses([found["To"]]) == [("", AUNT)]
    assert getaddresses([found["From"]])[-1][1] == ME


def test_a_subject_of_another_s_cannot_add_a_recipient() -> None:
    found = written(Outbound("c", (AUNT,), "x", subject="Re: hi\r\nBcc: evil@x.test\r\n\r\nbody"))
    assert found["Bcc"] is None and found["Subject"] == "Re: hi Bcc: evil@x.test body"


def test_an_answer_has_the_subject_and_the_thread_of_what_it_answers() -> None:
    out = Outbound("c", (AUNT,), "Yes.\nGladly", thread="<root@x.test>", reply_to="<parent@x.test>#1")
    to_what = Answered("=?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n from us", "<root@x.test>\r\n <a@x.test> <b@x.test>")
    found = message_from_bytes(write(out, KNOWN, ME, "", AT, to_what=to_what).data)
    assert header_text(found["Subject"]) == "Re: Grüße from us"
    assert found["References"].split() == ["<root@x.test>", "<a@x.test>", "<b@x.test>", "<parent@x.test>"]
    again = message_from_bytes(write(out, KNOWN, ME, "", AT, to_what=Answered("AW: x")).data)
    assert again["Subject"] == "AW: x"
    long = Answered("x", " ".join(f"<{number}@x.test>" for number in range(500)))
    assert len(message_from_bytes(write(out, KNOWN, ME, "", AT, to_what=long).data)["References"].split()) == 12


def test_without_a_subject_it_has_the_beginning_of_its_text() -> None:
    assert written(Outbound("c", (AUNT,), "\n\nCall the dentist\nat 9"))["Subject"] == "Call the dentist"
    assert len(header_text(written(Outbound("c", (AUNT,), "word " * 100))["Subject"])) <= 61
