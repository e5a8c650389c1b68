"""The agenda and the brief as Markdown for Talk: the ids of what each line rests on stand among its sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sage.core.agenda import Agenda, AgendaDay, AgendaLine
from sage.core.agenda_words import SHOWN, heading, line_said, room_words
from sage.core.deputy.digest import Digest, digest_lines
from sage.core.plans import Task, account_name, task_said
from sage.core.rituals import Ritual
from sage.core.terminal_text import clean_line
from sage.tui.widgets.entry import Entry, SourceLine

_MARKS = re.compile(r"([\\`*_\[\]<>#|~!+-])")
_NUMBER = re.compile(r"^(\d+)([.)])")


MOST_TASKS = 20
"""Of one source, so many open tasks are shown."""


def plain(text: str) -> str:
    """Words that are nobody's Markdown, as Markdown."""
    return _NUMBER.sub(r"\1\\\2", _MARKS.sub(r"\\\1", clean_line(text)))


def agenda_entry(agenda: Agenda) -> Entry:
    """The days in order, then what has no day."""
    parts = [_day(day) for day in agenda.days]
    parts += [
        _section(title, lines)
        for title, lines in (("From before", agenda.earlier), ("Any day", agenda.anytime), ("Goals", agenda.goals))
        if lines
    ]
    parts += [plain(text) for text in agenda.troubles]
    shown = [line for day in agenda.days for line in day.lines]
    shown += [line for lines in (agenda.earlier, agenda.anytime, agenda.goals) for line in lines[:SHOWN]]
    return Entry("assistant", "\n\n".join(parts), sources=_sources((line.id, line.text) for line in shown))


def ritual_entry(ritual: Ritual) -> Entry:
    """What a ritual says: the day, the focus, then each fact on a line of its own."""
    day = [plain(line.said) for line in ritual.lines if line.part == "day"]
    focus = [f"**{plain(line.said)}**" for line in ritual.lines if line.part == "focus"]
    others = [f"- {plain(line.said)}" for line in ritual.lines if line.part not in ("day", "focus")]
    parts = ["  \n".join(day), *focus, "\n".join(others)]
    sources = _sources((name, line.text) for line in ritual.lines for name in line.sources)
    return Entry("assistant", "\n\n".join(filter(None, parts)), sources=sources)


def digest_entry(digest: Digest) -> Entry:
    """What came in: a line each, those of one conversation below its head."""
    head, *lines = digest_lines(digest)
    items = [f"{'  ' if line.startswith(' ') else ''}- {plain(line.strip())}" for line in lines]
    return Entry("assistant", "\n\n".join(filter(None, (plain(head), "\n".join(items)))))


def tasks_entry(tasks: Sequence[Task], troubles: Sequence[str]) -> Entry:
    """Open tasks, each source by itself: what is due first, then the rest."""
    sections, shown = [], []
    for source in dict.fromkeys(task.source for task in tasks):
        own = sorted(
            (task for task in tasks if task.source == source), key=lambda task: (task.due or "9999", task.text)
        )
        rows = [f"- {plain(task_said(task))}" for task in own[:MOST_TASKS]]
        rows += ["- and others: `sage task list`"] if len(own) > MOST_TASKS else []
        sections.append(f"**{plain(account_name(source)) or 'Your list'}**\n" + "\n".join(rows))
        shown += own[:MOST_TASKS]
    nothing = "No open tasks, as far as they could be read." if troubles else "No open tasks."
    text = "\n\n".join([*(sections or [nothing]), *map(plain, troubles)])
    return Entry("assistant", text, sources=_sources((task.id, task.text) for task in shown))


def _day(day: AgendaDay) -> str:
    lines = [f"- {plain(line_said(line))}" for line in day.lines] or ["\nNothing is planned."]
    after = [plain(f"At once: {collision.text}") for collision in day.collisions]
    if day.free:
        after.append(plain(f"Free: {room_words(day.free)}"))
    return "\n\n".join([f"**{heading(day.day)}**\n" + "\n".join(lines), *after])


def _section(title: str, lines: Iterable[AgendaLine]) -> str:
    listed = list(lines)
    rows = [f"- {plain(line_said(line))}" for line in listed[:SHOWN]]
    if len(listed) > SHOWN:
        rows.append("- and others: `sage task list`" if listed[0].kind == "task" else "- and others: `sage goal list`")
    return f"**{title}**\n" + "\n".join(rows)


def _sources(named: Iterable[tuple[str, str]]) -> tuple[SourceLine, ...]:
    def numbered() -> Iterator[SourceLine]:
        known: dict[str, str] = {}
        for name, text in named:
            known.setdefault(name, text)
        for number, (name, text) in enumerate(known.items(), 1):
            yield SourceLine(number, name, text)

    return tuple(numbered())
