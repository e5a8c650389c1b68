"""Whom the account's own server vouches for, and what a program wrote."""

from __future__ import annotations

import pytest
from sage_plugins.mail.trust import is_automatic, verdict

OWN = "mx.demo.test"
AUNT = "aunt@elsewhere.test"


def judged(*results: str, sender: str = AUNT, own: str = OWN) -> str:
    return verdict([("received", "from x"), *(("authentication-results", each) for each in results)], sender, own)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("dmarc=pass header.from=elsewhere.test", "yes"),
        ("dmarc=fail header.from=elsewhere.test; dkim=pass header.d=elsewhere.test", "no"),
        ("dmarc=pass header.from=other.test", "no"),
        ("dkim=pass header.d=elsewhere.test", "yes"),
        ("dkim=pass header.i=@elsewhere.test", "yes"),
        ("dkim=pass (2048-bit key; unprotected) header.d = elsewhere.test header.s=x", "yes"),
        ("dkim=pass header.d=other.test", "no"),
        ("dkim=pass header.d=test", "no"),
        ("dkim=pass header.d=notelsewhere.test", "no"),
        ("dkim=fail header.d=elsewhere.test", "no"),
        ("spf=pass smtp.mailfrom=bounces@elsewhere.test", "yes"),
        ("spf=pass smtp.mailfrom=elsewhere.test", "yes"),
        ("spf=pass smtp.helo=elsewhere.test", "no"),
        ("spf=softfail smtp.mailfrom=elsewhere.test", "no"),
        ("spf=none; dkim=none", "unknown"),
        ("dkim=temperror header.d=elsewhere.test", "unknown"),
        ("none", "unknown"),
        ("dmarc=none; dkim=pass header.d=elsewhere.test", "yes"),
        ("x=y (dmarc=pass header.from=elsewhere.test)", "unknown"),
        ('dkim=fail reason="; dmarc=pass" header.d=elsewhere.test', "no"),
        ('x=y reason="a\\"; dmarc=pass"', "unknown"),
        ("x=y (never ended; dmarc=pass", "unknown"),
    ],
)
def test_results_of_the_own_server(value: str, found: str) -> None:
    assert judged(f"{OWN}; {value}") == found
    assert judged(f"{OWN.upper()} 1; {value}".replace("; ", ";\r\n\t", 1)) == found


def test_a_domain_above_the_sender_s_own_vouches() -> None:
    assert judged(f"{OWN}; dkim=pass header.d=elsewhere.test", sender="a@mail.elsewhere.test") == "yes"
    assert judged(f"{OWN}; dkim=pass header.d=evil.elsewhere.test", sender=AUNT) == "no"


def test_only_the_topmost_line_of_the_own_server_counts() -> None:
    forged = f"{OWN}; dmarc=pass header.from=elsewhere.test"
    assert judged("mx.evil.test; dmarc=pass header.from=elsewhere.test") == "unknown"
    assert judged("mx.evil.test; x=y", forged) == "unknown"
    assert judged(f"{OWN}; dmarc=fail header.from=elsewhere.test", forged) == "no"
    assert judged(f"{OWN}.evil.test; dmarc=pass header.from=elsewhere.test") == "unknown"
    assert judged(forged, own="") == "unknown"
    assert judged() == "unknown"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("auto-submitted", "auto-replied"),
        ("auto-submitted", "auto-generated; why=x"),
        ("list-id", "<l.demo.test>"),
        ("list-unsubscribe", "<mailto:x@demo.test>"),
        ("precedence", "bulk"),
        ("precedence", "Auto_Reply"),
        ("x-auto-response-suppress", "DR, OOF"),
        ("x-autoreply", "yes"),
        ("return-path", "<>"),
        ("content-type", 'multipart/report; report-type="delivery-status"'),
    ],
)
def test_what_a_program_wrote(name: str, value: str) -> None:
    assert is_automatic([(name, value)], AUNT)


@pytest.mark.parametrize("local", ["no-reply", "noreply", "do_not_reply", "MAILER-DAEMON", "bounce+x", "no.reply-7"])
def test_addresses_that_want_no_answer(local: str) -> None:
    assert is_automatic([], f"{local}@demo.test")


def test_what_a_person_wrote() -> None:
    headers = [("auto-submitted", "no"), ("precedence", "normal"), ("return-path", "<aunt@elsewhere.test>")]
    assert not is_automatic([*headers, ("x-auto-response-suppress", "DR")], AUNT)
    for local in ("nora", "noel", "bouncer", "postmasterson", "norbert.reply"):
        assert not is_automatic(headers, f"{local}@demo.test"), local
