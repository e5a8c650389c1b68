"""Mail: mbox files, Maildir folders and single mails (RFC 5322, RFC 4155), threaded by what each refers to.

A mailbox is gone through once for the heads of its mails; a mail itself is read only when its thread is new or has changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

from sage.adapters.readers.reading import Files, Reading, closed, read_bytes
from sage.core.errors import NotFound, Unreadable
from sage.core.passages import digest_of
from sage.core.reading.documents import MOST_SPOKEN, Document, Message, Part, Piece, pieces_of, whole
from sage.core.reading.html_text import read_html
from sage.core.reading.mail_text import LONGEST, group_threads, message_ids, own_words, thread_subject

if TYPE_CHECKING:
    from email.message import Message as Mail

HEAD = 64 * 1024
"""Bytes of a mail in which its head is sought."""
LARGEST_MAIL = 16 * 1024 * 1024
"""Bytes of a mail that are read: its text comes first, attachments that are larger need not be."""
_LONGEST_HEADER = 10_000
_BLOCK = 1024 * 1024
_BEGIN = re.compile(rb"\nFrom [^\n]{0,300}?\b(?:19|20)\d\d\b[^\n]{0,100}\r?\n")
"""The line before a mail, which has an empty line (or nothing) before it."""
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_FLAGS = re.compile(r"[:;!]2,[A-Za-z]*$")
_EXPUNGED = 0x8
"""In Thunderbird's `X-Mozilla-Status`: deleted, and still in the file."""
_DELIVERED = ("Delivered-To", "X-Original-To", "Return-Path", "Authentication-Results", "Received-SPF")
"""Marks of a mail that came in. Whoever wrote it could put any address into `From`."""
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
"""What the library raises on mails that break the rules; the mail alone is lost."""


@dataclass(frozen=True)
class _Letter:
    """A mail in a mailbox: its head's ids, what changes when it does, and its bytes when they are wanted."""

    id: str
    refers: Sequence[str]
    mark: str
    line: int
    raw: Callable[[], bytes]
    member: str = ""


def looks_like_mbox(head: bytes) -> bool:
    return bool(_BEGIN.match(b"\n" + head))


def is_maildir(names: frozenset[str]) -> bool:
    return {"cur", "new", "tmp"} <= names


def maildir_stamp(files: Files) -> tuple[int, int]:
    """Which mails are there: a flag in a name is none of the mail's."""
    names = sorted(name for name, _ in _maildir_names(files))
    return int(digest_of(*names)[:15], 16), len(names)


def read_mbox(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """The threads of an mbox file, read as a stream."""
    with files.open(name) as stream:
        letters = [letter for letter in _letters(stream) if letter]
        if not letters and stream.seek(0, 2):
            raise Unreadable("It holds no mail, or is no mbox file.", do="Export the folder again as mbox.")
        yield from _threads(letters, reading)


def read_maildir(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """The threads of a Maildir."""
    letters = []
    for unique, path in _maildir_names(files):
        try:
            with files.open(path) as stream:
                head = stream.read(HEAD)
        except (Unreadable, NotFound) as error:
            if isinstance(error, Unreadable):  # one that was moved meanwhile is read the next time
                reading.tell(error.what, error.do, unique)
            reading.cut_off = True
            continue
        if letter := _letter(head, 0, 1, lambda path=path: read_bytes(files, path), unique):  # type: ignore[misc]
            letters.append(letter)
    yield from _threads(letters, reading)


def read_mail(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """One mail that is a file."""
    data = read_bytes(files, name)
    letter = _letter(data[:HEAD], len(data), 1, lambda: data)
    return whole(_document([letter] if letter else [], reading))


def _maildir_names(files: Files) -> list[tuple[str, str]]:
    """The mails of a Maildir, by the part of their names that stays, in the order in which they came."""
    found = [name for name in files.names() if name.startswith(("cur/", "new/")) and name.count("/") == 1]
    return sorted((_FLAGS.sub("", name.partition("/")[2]), name) for name in found)


def _letters(stream: BinaryIO) -> Iterator[_Letter | None]:
    """The mails of an mbox file in order."""
    for (start, line), (end, _) in pairwise(list(_spans(stream))):

        def raw(start: int = start, size: int = end - start) -> bytes:
            data = _at(stream, start, min(size, LARGEST_MAIL)).partition(b"\n")[2]
            return _QUOTED_FROM.sub(rb"\1", data)

        yield _letter(_at(stream, start, min(end - start, HEAD)).partition(b"\n")[2], end - start, line, raw)


def _spans(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """Offset and line of every mail's first line, then of the file's end."""
    at, line, last = -2, -1, -1
    kept = b"\n\n"
    while True:
        try:
            block = stream.read(_BLOCK)
        except OSError as error:
            raise closed(error) from error
        data = kept + block
        # A mark that the end of the block may cut waits for the next one, which begins a little before it.
        sure = len(data) - 1024 if block else len(data)
        counted = 0
        for found in _BEGIN.finditer(data):
            start = found.start() + 1
            if start >= sure or at + start <= last or not _is_empty_line(data, found.start()):
                continue
            line, counted, last = line + data.count(b"\n", counted, start), start, at + start
            yield last, line
        if not block:
            yield at + len(data), line
            return
        keep = max(counted, sure - 4)
        line += data.count(b"\n", counted, keep)
        at, kept = at + keep, data[keep:]


def _is_empty_line(data: bytes, end: int) -> bool:
    """Whether the line that ends here is empty."""
    return data[max(0, end - 1) : end] == b"\n" or data[max(0, end - 2) : end] == b"\n\r"


def _at(stream: BinaryIO, start: int, size: int) -> bytes:
    try:
        stream.seek(start)
        return stream.read(size)
    except OSError as error:
        raise closed(error) from error


def _letter(head: bytes, size: int, line: int, raw: Callable[[], bytes], member: str = "") -> _Letter | None:
    """What a mail's head tells; None for one that was deleted."""
    from email.parser import BytesHeaderParser

    lines = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    try:
        found = BytesHeaderParser().parsebytes(lines + b"\n\n")
        if _is_expunged(str(found.get("X-Mozilla-Status", ""))):
            return None
        own = next(iter(message_ids(str(found.get("Message-ID", "")))), "")
        refers = message_ids(str(found.get("References", "")), str(found.get("In-Reply-To", "")))
        told = (
            str(found.get(key, "")) for key in ("Message-ID", "References", "In-Reply-To", "From", "Date", "Subject")
        )
        return _Letter(own, refers, digest_of(*told, str(size), str(line), member), line, raw, member)
    except _BROKEN:
        return _Letter("", (), digest_of(lines.decode("latin-1"), str(size), str(line), member), line, raw, member)


def _is_expunged(status: str) -> bool:
    try:
        return bool(int(status, 16) & _EXPUNGED)
    except ValueError:
        return False


def _threads(letters: Sequence[_Letter], reading: Reading) -> Iterator[Part]:
    for thread, places in group_threads((letter.id, letter.refers) for letter in letters).items():
        for number, start in enumerate(range(0, len(places), MOST_SPOKEN)):
            some = [letters[place] for place in places[start : start + MOST_SPOKEN]]
            mark = digest_of(*(letter.mark for letter in some))
            yield Part(thread, mark, lambda some=some: _document(some, reading), number)  # type: ignore[misc]


def _document(letters: Sequence[_Letter], reading: Reading) -> Document:
    """Some mails of a thread. One that cannot be read is told, the others are read."""
    from email import message_from_bytes

    subject = ""
    pieces: list[Piece] = []
    people: dict[str, None] = {}
    for letter in letters:
        try:
            mail = message_from_bytes(letter.raw())
            subject = subject or _header(mail, "Subject")
            people |= dict.fromkeys(_names(mail))
            pieces += _pieces(mail, letter, reading)
        except _BROKEN as error:
            where = letter.member or f"line {letter.line}"
            reading.tell(f"The mail at {where} does not parse ({type(error).__name__}).", "The others were read.")
        except (Unreadable, NotFound) as error:
            reading.tell(error.what, error.do, letter.member)
    return Document(thread_subject(subject) or "(no subject)", tuple(pieces), " ".join(list(people)[:100]), spoken=True)


def _pieces(mail: Mail, letter: _Letter, reading: Reading) -> list[Piece]:
    from email.utils import parseaddr

    name, address = parseaddr(_header(mail, "From"))
    own = reading.person.has_address(address) and not any(mail.get(key) for key in _DELIVERED)
    text, attached = _body(mail)
    if len(text) > LONGEST:
        reading.tell(f"A mail (line {letter.line}) is very long: its first {LONGEST:,} characters were read.")
    words, forwarded = own_words(text)
    subject = " ".join(_header(mail, "Subject").split())
    if attached:
        words += "\n\nAttached: " + ", ".join(attached)
    said = Message(
        words.strip() or subject or "(empty)", " ".join(name.split()) or address, _moment(mail), letter.line, own
    )
    pieces = pieces_of(said, subject, letter.member)
    if forwarded:
        pieces += pieces_of(Message(forwarded, "", said.when, letter.line), subject, letter.member)
    return pieces


def _body(mail: Mail) -> tuple[str, list[str]]:
    """The text of a mail (plain, else made of HTML), and the names of what is attached."""
    plain: list[str] = []
    pages: list[str] = []
    attached: list[str] = []
    for part in mail.walk():
        if part.is_multipart():
            continue
        if (file := part.get_filename()) or part.get_content_disposition() == "attachment":
            attached += [" ".join(_decoded(str(file)).split())] if file else []
        elif part.get_content_type() == "text/plain":
            plain.append(_text(part))
        elif part.get_content_type() == "text/html":
            pages.append(_text(part))
    text = "\n\n".join(plain)
    if not text.strip():
        text = "\n\n".join(read_html(page[: 10 * LONGEST]).text for page in pages)
    return text, attached[:20]


def _text(part: Mail) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("cp1252", "replace")


def _header(mail: Mail, key: str) -> str:
    return _decoded(str(mail.get(key, ""))[:_LONGEST_HEADER])


def _decoded(value: str) -> str:
    """A head's line with its encoded words decoded (RFC 2047)."""
    from email.errors import HeaderParseError
    from email.header import decode_header

    words = []
    try:
        found = decode_header(value)
    except HeaderParseError:  # it stays as it stands
        found = [(value, None)]
    for data, charset in found:
        if isinstance(data, str):
            words.append(data)
            continue
        try:
            words.append(data.decode(charset or "utf-8"))
        except (LookupError, UnicodeDecodeError):
            words.append(data.decode("latin-1"))
    return "".join(words).encode("utf-8", "replace").decode()


def _names(mail: Mail) -> list[str]:
    """Everybody whom a mail names as its writer or reader."""
    from email.utils import getaddresses

    found = getaddresses([_header(mail, key) for key in ("From", "To", "Cc")])
    return [" ".join(name.split()) or address for name, address in found if name or address]


def _moment(mail: Mail) -> str:
    from email.utils import parsedate_to_datetime

    try:
        found: datetime = parsedate_to_datetime(str(mail.get("Date", "")))
        return found.isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
