from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sage.core.reading.html_text import read_html

PAGE = """<html><head><title>Tea &amp; cake</title><style>p {color: red}</style><meta name="author" content="Ann Example">
<script>alert("no")</script></head><body>
<h1>Tea</h1><p>Warm the
pot.</p><ul><li>Leaves</li><li>Water</li></ul>
<h2>Green <b>tea</b></h2><p>At 80&nbsp;degrees<br>no more.</p>
<div style="display:none">hidden <p>words</p></div>
<blockquote><p>Quoted</p><blockquote>Twice</blockquote></blockquote>
<pre>two
  lines</pre>
<table><tr><td>a</td><td>b</td></tr></table>
<a href="Other%20page.html#x">see</a> <a href="https://example.org/a.html">far</a>
</body></html>"""


def test_a_page_is_what_a_reader_sees_of_it() -> None:
    page = read_html(PAGE)
    assert page.text == (
        "Tea\n\nWarm the pot.\n\n- Leaves\n- Water\n\nGreen tea\n\nAt 80 degrees\nno more.\n\n> Quoted\n\n> > Twice\n\n"
        "two\n  lines\n\na\tb\n\nsee far"
    )
    assert (page.title, page.meta["author"], page.notes, page.url) == ("Tea & cake", "Ann Example", ("Other page",), "")


def test_sections_begin_at_headings() -> None:
    page = read_html(PAGE)
    assert [(page.text[one.start : one.end].split("\n")[0], one.heading, one.path) for one in page.sections] == [
        ("", "", ()),
        ("Tea", "Tea", ()),
        ("Green tea", "Green tea", ("Tea",)),
    ]


def test_a_page_that_was_saved_from_the_web_says_so() -> None:
    assert read_html('<link rel="canonical" href="https://example.org/x">').url == "https://example.org/x"
    assert read_html("<!-- saved from url=(0023)https://example.org/y -->").url == "https://example.org/y"


def test_comments_and_word_processors_marks_are_not_seen() -> None:
    source = "a<!-- b <p>c</p> -->d<!--[if mso]><table><![endif]-->e<![if !x]>f<![endif]><!DOCTYPE html>g 1 < 2 <3"
    assert read_html(source).text == "adefg 1 < 2 <3"


def test_hostile_nesting_takes_neither_long_nor_the_stack() -> None:
    read_html("<div>" * 50_000 + "x")
    read_html("<blockquote>" * 2000 + "x")
    read_html("<style>" * 20_000 + "</p>" * 20_000)
    assert "x" in read_html("<h1>" * 20_000 + "x").text
    read_html("<p style='display:none'>" * 20_000 + "</b>" * 20_000)
    for unfinished in ("<", "<a ", "<!--", "<![CDATA[", "<a x='", "</", "<?", "<!["):
        read_html(unfinished * 50_000)


@given(st.text("<>/abp h1\"'=&;!-[]\n") | st.text())
def test_nothing_raises_and_sections_cover_the_text(source: str) -> None:
    page = read_html(source)
    assert "".join(page.text[one.start : one.end] for one in page.sections) == page.text
