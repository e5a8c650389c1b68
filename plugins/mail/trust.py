"""What a mail's headers say about who wrote it: whether the sender is vouched for, and whether a program wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from .charsets import decoded, raw_bytes

Verdict = Literal["yes", "no", "unknown"]
Headers = Sequence[tuple[str, str]]
"""Names in lower case and raw values, from the top."""

_NO_ANSWERS = re.compile(
    r"(?:(?:no|do[-._]?not)[-._]?(?:answer|reply|response)|mailer-daemon|postmaster|bounces?|auto[-._]?(?:reply|response))(?![a-z])",
    re.I,
)
_SUPPRESS = re.compile(r"\b(?:all|oof|autoreply)\b", re.I)
_LONGEST = 20_000


def values(headers: Headers, name: str) -> list[str]:
    """All values of one header, unfolded, from the top."""
    return [" ".join(decoded(raw_bytes(value[:_LONGEST])).split()) for known, value in headers if known == name]


def is_automatic(headers: Headers, sender: str) -> bool:
    """Whether a program wrote it (RFC 3834 section 2): it is never answered, since two of them would not stop."""
    submitted = values(headers, "auto-submitted")
    if any(value.split(";")[0].strip().lower() != "no" for value in submitted):
        return True
    if any(name.startswith("list-") for name, _ in headers) or any(
        values(headers, name)
        for name in ("x-autoreply", "x-autorespond", "x-auto-reply", "feedback-id", "x-failed-recipients")
    ):
        return True
    if any(re.match(r"(?:bulk|list|junk|auto[_-]?reply)\b", value, re.I) for value in values(headers, "precedence")):
        return True
    if any(_SUPPRESS.search(value) for value in values(headers, "x-auto-response-suppress")):
        return True
    if values(headers, "return-path")[:1] == ["<>"]:
        return True
    if any(value.lower().startswith("multipart/report") for value in values(headers, "content-type")):
        return True
    local = sender.rpartition("@")[0]
    return not local or bool(_NO_ANSWERS.match(local.partition("+")[0]))


def verdict(headers: Headers, sender: str, authserv_id: str) -> Verdict:
    """Whether the person's own server vouches for the sender's address (RFC 8601, RFC 7489 section 3.1).

    Only the topmost Authentication-Results counts, and only if it begins with `authserv_id`: all others may come with the
    mail. A result of DMARC decides; without one, DKIM or SPF has to pass for the sender's own domain or one above it.
    """
    found = values(headers, "authentication-results")
    domain = sender.rpartition("@")[2]
    if not authserv_id or not found or not domain:
        return "unknown"
    first, *results = _clauses(found[0])
    if not first or first[0].lower() != authserv_id.lower():
        return "unknown"
    read = [_result(clause) for clause in results]
    for method, result, properties in read:
        if method == "dmarc" and result in ("pass", "fail"):
            claimed = properties.get("header.from", domain).lower()
            return "yes" if result == "pass" and claimed == domain else "no"
    passed = [
        properties.get("header.d") or properties.get("header.i", "")
        if method == "dkim"
        else properties.get("smtp.mailfrom", "")
        for method, result, properties in read
        if method in ("dkim", "spf") and result == "pass"
    ]
    if any(_is_above(vouched.rpartition("@")[2].lower(), domain) for vouched in passed):
        return "yes"
    refused = any(method in ("dkim", "spf") and result in ("fail", "softfail", "policy") for method, result, _ in read)
    return "no" if passed or refused else "unknown"


def _is_above(vouched: str, domain: str) -> bool:
    return "." in vouched and (vouched == domain or domain.endswith(f".{vouched}"))


def _result(clause: list[str]) -> tuple[str, str, dict[str, str]]:
    """Method, result and properties of one clause; of what stands twice, the first one counts."""
    method, _, result = (clause[0] if clause else "").partition("=")
    properties: dict[str, str] = {}
    for token in clause[1:]:
        name, _, value = token.partition("=")
        properties.setdefault(name.lower(), value)
    return method.partition("/")[0].lower(), result.lower(), properties


def _clauses(value: str) -> list[list[str]]:
    """The words between semicolons, without comments; strings without their quotes and blanks around `=` closed."""
    clauses: list[list[str]] = [[]]
    word, depth, quoted, escaped, started = "", 0, False, False, False

    def end() -> None:
        nonlocal word, started
        if word or started:
            clauses[-1].append(word)
        word, started = "", False

    for char in value:
        if escaped:
            escaped = False
            word += "" if depth else char
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif depth:
            depth += (char == "(") - (char == ")")
        elif quoted:
            quoted = char != '"'
            word += "" if char == '"' else char
        elif char == '"':
            quoted = started = True
        elif char == "(":
            depth = 1
            end()
        elif char == ";":
            end()
            clauses.append([])
        elif char.isspace():
            end()
        else:
            word += char
    end()
    return [_closed(clause) for clause in clauses]


def _closed(clause: list[str]) -> list[str]:
    closed: list[str] = []
    for word in clause:
        if closed and (word.startswith("=") or closed[-1].endswith("=")):
            closed[-1] += word
        else:
            closed.append(word)
    return closed
