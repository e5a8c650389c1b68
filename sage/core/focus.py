"""Focus sessions: a stretch of time for one thing, in which Sage proposes nothing by itself."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from sage.core.errors import BadInput

USUAL_MINUTES = 25
LONGEST_MINUTES = 12 * 60


class FocusSession(Struct, frozen=True):
    """A session about something ("" when the person did not say). The moments are ISO, in UTC; `ended_at` None while it runs."""

    id: str
    about: str
    since: str
    until: str
    ended_at: str | None = None

    def minutes(self, now: datetime) -> int:
        """How long it lasted, or lasts until now, in whole minutes."""
        end = min(datetime.fromisoformat(self.ended_at or self.until), now)
        return max(0, int((end - datetime.fromisoformat(self.since)).total_seconds() // 60))

    def runs(self, now: datetime) -> bool:
        """Whether it goes on at that moment."""
        return self.ended_at is None and datetime.fromisoformat(self.since) <= now < datetime.fromisoformat(self.until)


def check_minutes(minutes: int) -> None:
    """Raises BadInput for a length that is none."""
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise BadInput(
            f"A focus session cannot have {minutes} minutes.",
            safe="Nothing was changed.",
            do=f"Name 1 to {LONGEST_MINUTES} minutes.",
        )


def focus_words(session: FocusSession | None, minutes: int) -> str:
    """A session in one line, which has lasted so many minutes, and its id."""
    return focus_line(session, minutes) + (f"  [{session.id}]" if session else "")


def focus_line(session: FocusSession | None, minutes: int) -> str:
    """The same without its id."""
    if session is None:
        return "No focus session runs."
    on = f" on {session.about}" if session.about else ""
    if session.ended_at:
        return _spent(session, minutes)
    length = datetime.fromisoformat(session.until) - datetime.fromisoformat(session.since)
    left = int(length.total_seconds() // 60) - minutes
    return f"Focus{on}: {_counted(left)} to go."


def ended_early_words(session: FocusSession, now: datetime) -> str:
    """What is said to the person who ended it."""
    return _spent(session, session.minutes(now))


def _spent(session: FocusSession, minutes: int) -> str:
    on = f" on {session.about}" if session.about else ""
    return f"{_counted(minutes) if minutes else 'A beginning'}{on}. That counts."


def ended_words(session: FocusSession | None) -> str:
    """What is told when the time of a session is over."""
    on = f" for {session.about}" if session and session.about else ""
    if session is None:
        return "Your focus session is over."
    length = datetime.fromisoformat(session.until) - datetime.fromisoformat(session.since)
    return f"{_counted(int(length.total_seconds() // 60))}{on}: that time is over."


def _counted(minutes: int) -> str:
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
