"""Lines of todo.txt (github.com/todotxt/todo.txt), with `due:` and `rec:` as most programs write them.

x 2026-11-27 2026-11-20 Water the plants +garden pri:A     done on the first date, made on the second
(A) 2026-11-20 Water the plants +garden due:2026-11-27 rec:+1w
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from msgspec import Struct

from sage.plugin_api import Priority

_DATE = r"\d{4}-\d\d-\d\d"
_HEAD = re.compile(rf"(?P<done>x (?:(?P<done_on>{_DATE}) )?)?(?:\((?P<letter>[A-Z])\) )?(?P<made>{_DATE} )?")
_MARK = re.compile(rf"(?:^|(?<=\s))(?:due:(?P<due>{_DATE})|rec:(?P<rec>\+?\d+[dbwmy])|pri:(?P<letter>[A-Z]))(?=\s|$)")
_START = re.compile(rf"(?:^|(?<=\s))t:({_DATE})(?=\s|$)")
LEVELS: dict[str, Priority] = {"A": "high", "B": "medium"}
LETTERS = {"high": "A", "medium": "B", "low": "C"}


class TodoLine(Struct, frozen=True):
    """A line, taken apart: `head` is what stands before the words, `rest` all else. `recurs` is such as "+1w"."""

    head: str
    rest: str
    done: bool = False
    done_on: str = ""
    letter: str = ""
    due: str = ""
    recurs: str = ""

    @property
    def words(self) -> str:
        """The words without marks."""
        return _without(_MARK, self.rest)

    @property
    def priority(self) -> Priority:
        return LEVELS.get(self.letter, "low") if self.letter else ""


def read_line(body: str) -> TodoLine:
    """A line that is not blank."""
    head = _HEAD.match(body)
    assert head
    rest = body[head.end() :]
    marks: dict[str, str] = {}
    for mark in _MARK.finditer(rest):
        marks.update({name: value for name, value in mark.groupdict().items() if value})
    due = marks.get("due", "")
    return TodoLine(
        head.group(),
        rest,
        bool(head["done"]),
        head["done_on"] or "",
        head["letter"] or marks.get("letter", ""),
        due if is_date(due) else "",
        marks.get("rec", ""),
    )


def with_words(body: str, words: str) -> str:
    """Other words; the marks come behind them."""
    line = read_line(body)
    return line.head + " ".join([words, *(mark.group() for mark in _MARK.finditer(line.rest))])


def with_due(body: str, due: str) -> str:
    """Another date, "": none."""
    line = read_line(body)
    marks = re.compile(rf"(?:^|(?<=\s))due:{_DATE}(?=\s|$)")
    if not due:
        return line.head + _without(marks, line.rest)
    if marks.search(line.rest):
        return line.head + marks.sub(f"due:{due}", line.rest)
    return f"{body} due:{due}"


def with_priority(body: str, priority: Priority) -> str:
    """Another priority, "": none. One that is as high already stays as it is written."""
    line = read_line(body)
    if line.priority == priority:
        return body
    if line.done:
        rest = _without(re.compile(r"(?:^|(?<=\s))pri:[A-Z](?=\s|$)"), body)
        return f"{rest} pri:{LETTERS[priority]}" if priority else rest
    unmarked = body[4:] if line.head.startswith("(") else body
    return f"({LETTERS[priority]}) {unmarked}" if priority else unmarked


def ticked(body: str, today: date) -> str:
    """The line once it is done. Its priority stays as a mark, as its place is taken."""
    line = read_line(body)
    open_one = body[4:] if line.head.startswith("(") else body
    kept = f" pri:{line.letter}" if line.head.startswith("(") else ""
    return f"x {today.isoformat()} {open_one}{kept}"


def next_one(body: str, today: date) -> str | None:
    """The line of the next time, if it returns: "+1w" counts from its date, "1w" from the day it was done."""
    line = read_line(body)
    if not line.recurs:
        return None
    was = date.fromisoformat(line.due) if line.due else today
    due = _later(was if line.recurs.startswith("+") else today, line.recurs)
    if due is None:
        return None
    body = with_due(body, due.isoformat())
    if (start := _START.search(body)) and is_date(start[1]):  # as long before the date as it was
        body = body.replace(start.group(), f"t:{date.fromisoformat(start[1]) + (due - was)}")
    head = read_line(body).head
    return (
        head.replace(head[-11:], f"{today.isoformat()} ") + body[len(head) :]
        if re.search(rf"{_DATE} $", head)
        else body
    )


def is_date(text: str) -> bool:
    """Whether this is a day of the calendar."""
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _later(day: date, recurs: str) -> date | None:
    from dateutil.relativedelta import relativedelta

    count, unit = int(recurs[:-1]), recurs[-1]
    try:
        if unit == "b":
            for _ in range(count):
                day += timedelta(days=3 if day.weekday() == 4 else 2 if day.weekday() == 5 else 1)
            return day
        names = {"d": "days", "w": "weeks", "m": "months", "y": "years"}
        later: date = day + relativedelta(**{names[unit]: count})
    except (OverflowError, ValueError):
        return None  # beyond the calendar: it does not return
    return later


def _without(marks: re.Pattern[str], text: str) -> str:
    """A text without its marks, each with the space before it (or after, at the start)."""
    for mark in reversed(list(marks.finditer(text))):
        before, after = text[: mark.start()], text[mark.end() :]
        text = before[:-1] + after if before else after[1:]
    return text
