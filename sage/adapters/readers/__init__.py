"""The formats that memory reads: one table, by which files and folders are known."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sage.adapters.readers.archive import read_archive
from sage.adapters.readers.calendars import looks_like_calendar, read_calendar
from sage.adapters.readers.mail import (
    is_maildir,
    looks_like_mbox,
    maildir_stamp,
    read_mail,
    read_maildir,
    read_mbox,
)
from sage.adapters.readers.notes import read_markdown, read_org_file, read_page, read_plain
from sage.adapters.readers.pdf import looks_like_pdf, read_pdf
from sage.adapters.readers.reading import Files, Format, Reading
from sage.adapters.readers.slack import is_slack_export, read_slack
from sage.adapters.readers.tables import NOTION_TABLE, read_table
from sage.adapters.readers.telegram import looks_like_telegram, read_telegram
from sage.core.reading.documents import Part


def _read_archive(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    return read_archive(files, name, reading, (format_of_file_inside, format_of_folder))


FORMATS: tuple[Format, ...] = (
    Format("Markdown", read_markdown, (".md", ".markdown"), largest=None),
    Format("text", read_plain, (".txt",), largest=None),
    Format("Org", read_org_file, (".org",), largest=None),
    Format("HTML", read_page, (".html", ".htm")),
    Format("PDF", read_pdf, (".pdf",), looks=looks_like_pdf),
    Format("calendar", read_calendar, (".ics", ".ical"), looks=looks_like_calendar),
    Format("mbox", read_mbox, (".mbox", ".mbx"), ("mbox",), looks=looks_like_mbox, whole=False),
    Format("Maildir", read_maildir, is_folder=is_maildir, stamp=maildir_stamp, whole=False),
    Format("mail", read_mail, (".eml",)),
    Format("Slack", read_slack, is_folder=is_slack_export, whole=False),
    Format("Telegram", read_telegram, (), ("result.json",), looks=looks_like_telegram),
    Format("Notion table", read_table, pattern=NOTION_TABLE),
    Format("archive", _read_archive, (".zip",), looks=lambda head: head.startswith(b"PK\x03\x04"), whole=False),
)

_BY_NAME = {kind.name: kind for kind in FORMATS}
_BY_FILE = {key: kind for kind in FORMATS for key in (*kind.suffixes, *kind.names)}
_BY_PATTERN = [(kind.pattern, kind) for kind in FORMATS if kind.pattern]


def format_named(name: str) -> Format:
    """The format of a name in the table."""
    return _BY_NAME[name]


def format_of_file(name: str, beside: Collection[str] = ()) -> Format | None:
    """The format that a file's name tells, and those of the files `beside` it; or None."""
    if f"{name}.msf" in beside:  # how Thunderbird keeps a mailbox, with its index
        return format_named("mbox")
    last = name.lower()
    suffix = "." + last.rpartition(".")[2] if "." in last else ""
    if suffix == ".csv" and f"{name[:-4]}_all.csv" in beside:  # Notion's export has such a table twice
        return None
    by_pattern = next((kind for pattern, kind in _BY_PATTERN if pattern.fullmatch(last)), None)
    return _BY_FILE.get(last) or _BY_FILE.get(suffix) or by_pattern


def format_of_file_inside(name: str, beside: Collection[str]) -> Format | None:
    """The same for a file in an archive: an archive in it is none."""
    found = format_of_file(name, beside)
    return None if found and found.name == "archive" else found


def format_by_look(head: bytes) -> Format | None:
    """The format that a file's first bytes tell; text is a note."""
    found = next((kind for kind in FORMATS if kind.looks and kind.looks(head)), None)
    return found or (None if b"\0" in head else format_named("text"))


def format_of_folder(names: frozenset[str]) -> Format | None:
    """The format of a folder that is one thing as a whole (a mailbox, an export), by the names in it; or None."""
    return next((kind for kind in FORMATS if kind.is_folder and kind.is_folder(names)), None)
