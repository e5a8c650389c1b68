"""Bytes as text, and the words of headers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sage_plugins.mail.charsets import decoded, header_text


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Grüße".encode(), "utf-8", "Grüße"),
        ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße"),
        ("“Grüße” €".encode("cp1252"), "ISO-8859-1", "“Grüße” €"),
        ("Grüße".encode(), "us-ascii", "Grüße"),
        ("Grüße".encode("cp1252"), "us-ascii", "Grüße"),
        ("Grüße".encode(), "x-unknown", "Grüße"),
        ("Grüße".encode("cp1252"), "", "Grüße"),
        ("你好镕".encode("gb18030"), "gb2312", "你好镕"),
        ("こんにちは".encode("iso-2022-jp"), "ISO-2022-JP", "こんにちは"),
        ("שלום".encode("iso-8859-8"), '"iso-8859-8-i"', "שלום"),
        (b"\xef\xbb\xbfhi\r\nyou\rtoo", "utf-8", "hi\nyou\ntoo"),
        (b"x", "zlib", "x"),
        (b"x", "../../etc/passwd", "x"),
        (b"a\0b", "utf-8", "ab"),
        (b"+2AA-x", "utf-7", "x"),
        (b"good \xff good", "utf-8", "good ÿ good"),
    ],
)
def test_bytes_are_text(data: bytes, charset: str, text: str) -> None:
    assert decoded(data, charset) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe_an_dich?=", "Grüße an dich"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ?=", "Grüße"),
        ("=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8?q?a?=\r\n =?iso-8859-1?q?=FC?=", "aü"),
        ("=?utf-8*de?q?Hallo?=", "Hallo"),
        ("=?utf-8?q?two words?=", "two words"),
        ("=?utf-8?x?y?=", "=?utf-8?x?y?="),
        ("two\r\n lines", "two lines"),
        ("=?utf-8?q?a=0D=0ABcc:_evil?=", "a Bcc: evil"),
        ("raw \udcc3\udcbc", "raw ü"),
    ],
)
def test_words_of_headers(value: str, text: str) -> None:
    assert header_text(value) == text


@given(
    st.binary(max_size=80),
    st.sampled_from(["", "utf-8", "utf-7", "utf-16", "gb2312", "iso-2022-kr", "cp037", "hz", "no"]),
)
def test_any_bytes_are_some_text(data: bytes, charset: str) -> None:
    decoded(data, charset).encode("utf-8")


@given(st.text(alphabet="=?utf-8bqQB_ =\r\nAé\udc80", max_size=60))
def test_any_header_is_one_line(value: str) -> None:
    found = header_text(value)
    assert "\n" not in found and "\r" not in found
    found.encode("utf-8")
