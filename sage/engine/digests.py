"""Digests of what came in, made of the journal by rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sage.adapters.database import Database
from sage.adapters.journal.journal_digest import Chosen, DigestPages
from sage.core.deputy.digest import Digest
from sage.core.deputy.digesting import digest_of_news
from sage.core.errors import BadInput
from sage.core.events import day_begins
from sage.core.facts.date_spans import find_date_spans
from sage.core.people import People

FURTHEST = timedelta(days=7)
"""What came in earlier is only told when somebody asks for that time."""


class Digests:
    """Makes digests, and notes that the person looked."""

    def __init__(self, database: Database) -> None:
        self._pages = DigestPages(database)

    def show(self, people: People, now: datetime, *, channel: str = "", person: str = "", since: str = "") -> Digest:
        """For the person who asked. Of all that came in since the last one; then the next one begins now. Raises BadInput for a
        day that is none."""
        begins = _day(since, now) if since.strip() else self._begins(now)
        found = self._made(people, begins, now, Chosen(channel.strip(), _addresses(person, people)))
        if not (channel or person or since):
            self._pages.looked(now)
        return found

    def for_brief(self, people: People, now: datetime) -> tuple[Digest, int]:
        """What a brief tells one line of: what came in since that of an earlier day, or since the last digest if that was later;
        and how many messages before that the person has not looked at. Its line is no look at them: the digest shows them all."""
        begins = self._begins(now)
        last = self._pages.last_brief(now)
        since = max(begins, last.astimezone(now.tzinfo)) if last else begins
        return self._made(people, since, now, Chosen()), self._pages.count(begins, since)

    def _made(self, people: People, since: datetime, now: datetime, chosen: Chosen) -> Digest:
        return digest_of_news(self._pages.news(since, now, chosen), people)

    def _begins(self, now: datetime) -> datetime:
        """Where the last one ended; at first, at the beginning of yesterday."""
        last = self._pages.last_look()
        if last is None or last > now:
            return day_begins(now.date() - timedelta(days=1), str(now.tzinfo))
        return max(last, now - FURTHEST).astimezone(now.tzinfo)


def _addresses(person: str, people: People) -> tuple[str, ...]:
    """The addresses of a contact; else what was named, as an address or as what somebody calls themself."""
    named = person.strip()
    if not named:
        return ()
    contact = people.named(named) or next(
        (one for one in people.contacts if one.called and one.called.casefold() == named.casefold()), None
    )
    if contact is None:
        return (named, named.partition(":")[2] or named)
    return tuple(each.partition(":")[2].strip() for each in contact.addresses) or (named,)


def _day(words: str, now: datetime) -> datetime:
    """The moment that the person named: an ISO time, or the beginning of a day."""
    try:
        named = datetime.fromisoformat(words.strip())
        found = named if named.tzinfo else named.replace(tzinfo=now.tzinfo)
    except ValueError:
        read = (find_date_spans(f"{lead}{words}", now.date()) for lead in ("", "on ", "am "))
        spans = next(filter(None, read), [])
        found = day_begins(date.fromisoformat(spans[0].first), str(now.tzinfo)) if spans else now
    if not found.astimezone(UTC) < now.astimezone(UTC):
        raise BadInput(
            f"{words.strip()!r} is no day that has begun.",
            safe="Nothing was changed.",
            do="Say yesterday, monday, or a date such as 2026-11-20.",
        )
    return found.astimezone(now.tzinfo)
