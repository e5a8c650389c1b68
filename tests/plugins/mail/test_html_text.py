"""HTML mails as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sage_plugins.mail.html_text import html_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Hello</p><p>you &amp; me</p>", "Hello\n\nyou & me"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<b>bo</b>ld and <i>more</i>", "bold and more"),
        ("a\n   b\t c", "a b c"),
        ("<ul><li>one<li>two</ul>after", "- one\n- two\n\nafter"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<style>p{color:red}</style><script>alert('<p>x</p>')</script>seen", "seen"),
        ("<head><title>no</title></head><body>yes", "yes"),
        ("<!-- <p>no</p> -->yes<!-- never ended", "yes"),
        ('<div style="display:none">hidden<div>deeper</div>still</div>seen', "seen"),
        ("<div style='Display : NONE !important'>hidden</div>seen", "seen"),
        ('<span style="opacity:0">hidden</span><span style="opacity:0.5">seen</span>', "seen"),
        ("<p hidden>no</p><p style='overflow:hidden'>yes", "yes"),
        ('<td style="font-size:0"><p style="font-size:13px">yes</p></td>', "yes"),
        ("<img style='display:none' src=x>seen", "seen"),
        ('see <a href="https://demo.test/x?a=1&amp;b=2">this</a>.', "see this <https://demo.test/x?a=1&b=2>."),
        ('<a href="https://demo.test/">https://demo.test</a>', "https://demo.test"),
        ('<a href="mailto:aunt@demo.test">aunt@demo.test</a>', "aunt@demo.test"),
        ('<a href="javascript:alert(1)">x</a> <a name=y>z</a>', "x z"),
        ('<a title="a>b" href=https://demo.test/>x</a>', "x <https://demo.test/>"),
        ("1 < 2 > 0 &lt;b&gt;", "1 < 2 > 0 <b>"),
        ("in\u200bvisible&shy;", "invisible"),
        ("a&nbsp;b", "a b"),
    ],
)
def test_what_a_person_would_read(source: str, text: str) -> None:
    assert html_text(source) == text


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a ",
        '<a "',
        "<a '\"",
        "<!--",
        "<!",
        "&#",
        "<div hidden>",
        "<style>",
        "<p>x",
        "<a href='http://x'>x",
        "</p>",
        "<a style=",
    ],
)
def test_no_input_takes_more_than_linear_time(piece: str) -> None:
    """With a million characters, more than that would be hours."""
    html_text(piece * (1_000_000 // len(piece)))


@given(st.text(alphabet="<>/!-\"'= abphidenstyl&#;", max_size=80))
def test_any_text_is_read(source: str) -> None:
    html_text(source)
