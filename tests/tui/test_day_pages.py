"""Pages of the day as Markdown."""

from __future__ import annotations

from sage.core.deputy.digest import Digest, DigestLine, DigestTalk
from sage.tui.day_pages import digest_entry

AT = "2026-11-23T09:00:00+01:00"


def test_a_digest_shows_nobodys_markup() -> None:
    lines = (DigestLine("question", "# **Pay** [now](http://x)?", "i1"), DigestLine("request", "- Call me", "i2"))
    talk = DigestTalk("mail/me", "t", "Demo Tom", 2, lines, needs=2)
    text = digest_entry(Digest(AT, AT, 2, (talk,))).text
    assert text.startswith(
        "2 messages in 1 conversation since Monday 23 November, 09:00; 2 things are for you.\n\n- Demo Tom"
    )
    assert "\n  - asks: “\\# \\*\\*Pay\\*\\* \\[now\\](http://x)?”" in text
    assert "\n  - asks you to: “\\- Call me”" in text
