"""Addresses in the headers of mails (RFC 5322 section 3.4), read so that nothing is taken for one that is not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from sage.plugin_api import Address

from .charsets import decoded, header_text, raw_bytes

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]{1,64}@[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]{1,255}")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
_COMMENT_MARK = re.compile(r"\\.|[()]", re.S)
_PLAIN = re.compile(r'[^"(<,;:]+')
_LONGEST = 65_536
_LOOKS_LIKE_ONE = re.compile(r"[@＠﹫]")


def addresses(value: str) -> list[Address]:
    """The mailboxes that a header names, in their order. What is not clearly one is left out; `id` is in lower case, its
    domain as in the DNS, so that one which only looks like another is seen as what it is."""
    found = []
    for name, address in _mailboxes(decoded(raw_bytes(value[:_LONGEST]))):
        if known := normal(address):
            found.append(Address(known, _honest(name, known)))
    return found


def normal(address: str) -> str:
    """An address in lower case with its domain as in the DNS; "" if it is none."""
    address = unicodedata.normalize("NFC", address.strip())
    if not _ADDRESS.fullmatch(address):
        return ""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}".lower()
    except UnicodeError:
        return ""


def same_mailbox(one: str, others: Iterable[str]) -> bool:
    """Whether an address is one of the others, or one of them with a `+tag`."""
    return bool(one) and (one in others or _untagged(one) in {_untagged(other) for other in others})


def _untagged(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def _honest(name: str, address: str) -> str:
    """The name beside an address; one that pretends to be another address is not shown."""
    name = header_text(name, 200)
    return "" if _LOOKS_LIKE_ONE.search(name) and name.lower() != address else name


def _mailboxes(value: str) -> Iterator[tuple[str, str]]:
    """Names and addresses. Where a string, a comment or a bracket has no end, nothing from there on can be told."""
    words: list[str] = []
    comments: list[str] = []
    angles: list[str] = []
    at = 0
    while 0 <= at < len(value):
        end, inner = _piece(value, at)
        match value[at]:
            case "(":
                comments.append(inner)
            case "<":
                angles.append(inner)
            case ":":
                words.clear()  # the name of a group
            case "," | ";":
                yield _mailbox(words, comments, angles)
                words, comments, angles = [], [], []
            case _:
                words.append(inner)
        at = end
    if at >= 0:
        yield _mailbox(words, comments, angles)


def _mailbox(words: list[str], comments: list[str], angles: list[str]) -> tuple[str, str]:
    bare = "".join(words).strip()
    if not angles:
        return " ".join(comments), bare
    address = angles[0].rpartition(":")[2] if angles[0].startswith("@") else angles[0]  # a route, of old programs
    return bare, address if len(angles) == 1 else ""


def _piece(value: str, at: int) -> tuple[int, str]:
    """Where the piece that begins at `at` ends, and what is in it; -1 if it has no end."""
    char = value[at]
    if char == '"':
        found = _STRING.match(value, at)
        return (found.end(), re.sub(r"\\(.)", r"\1", found[1])) if found else (-1, "")
    if char == "<":
        end = value.find(">", at) + 1
        return (end, value[at + 1 : end - 1]) if end else (-1, "")
    if char == "(":
        depth = 0
        for mark in _COMMENT_MARK.finditer(value, at):
            depth += (mark[0] == "(") - (mark[0] == ")")
            if not depth:
                return mark.end(), value[at + 1 : mark.start()]
        return -1, ""
    found = _PLAIN.match(value, at)
    return (found.end(), found[0]) if found else (at + 1, "")
