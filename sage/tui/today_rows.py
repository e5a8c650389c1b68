"""What Today lists: the focus with its chain, the cards, the day by the clock with the line of now, goals, and what waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from rich.text import Text

from sage.core.agenda import Agenda, AgendaLine
from sage.core.agenda_words import line_said, nothing_planned
from sage.core.plans import Task, account_name, task_said
from sage.core.terminal_text import clean_line
from sage.core.today import FRESH, GOALS_SHOWN, Today, TodayCard, chain_words, goal_tree
from sage.tui.widgets.wrapping import fit, width_of

RowKind = Literal["", "task", "goal", "event", "reminder", "inbox", "nudges", "talk"]


class Row(NamedTuple):
    """One line, or a few: `text` is what is shown. What has no `kind` is only read. `id` and `words` are those of the thing;
    one that is `fixed` cannot be changed from here. `name` tells rows apart."""

    name: str
    kind: RowKind
    text: Text
    id: str = ""
    words: str = ""
    fixed: bool = False


def day_rows(today: Today, now: datetime) -> Iterator[Row]:
    """The focus, the cards, then what is on."""
    yield _title("Focus", above=False)
    if today.fresh:
        yield _said("fresh", FRESH)
    if today.focus:
        yield _focus(today, today.focus)
    else:
        yield _said("no focus", "Nothing to do stands here yet: t adds a task, g a goal.")
    if today.cards:
        yield _title("Or")
    for card in today.cards:
        text = Text(clean_line(card.text))
        text.append(f"  {clean_line(card.why_now)}", style="dim")
        yield Row(f"card {card.id}", card.kind, text, card.id, card.text, card.fixed)
    yield _title(f"{datetime.fromisoformat(today.day.day):%A} {int(today.day.day[8:])} {now:%B}")
    yield from _agenda(today, now)
    for number, each in enumerate(today.day.collisions):
        yield _said(f"at once {number}", f"At once: {each.text}")
    for number, trouble in enumerate(today.troubles):
        yield _said(f"trouble {number}", trouble)


def aside_rows(today: Today, room: int, *, above: bool = True) -> Iterator[Row]:
    """The goals as a tree, then what waits: where, and never how much. `above`: something stands above.
    A goal has one line of `room` cells."""
    yield _title("Goals", above)
    tree = list(goal_tree(today.goals))
    for depth, goal in tree[:GOALS_SHOWN]:
        title, why = "  " * depth + clean_line(goal.title), clean_line(goal.why)
        text = Text(fit(title, room))
        if why and not depth and width_of(title) + 2 + width_of(why) <= room:
            text.append(f"  {why}", style="dim")
        yield Row(f"goal {goal.id}", "goal", text, goal.id, goal.title)
    if len(tree) > GOALS_SHOWN:
        yield _said("more goals", "w looks at each of them.")
    if not tree:
        yield _said("no goals", "None yet: g names one, with its why.")
    if not above or today.waits or today.held:
        yield _title("Waiting")
    if today.waits:
        yield Row("inbox", "inbox", Text("The Inbox has something for your yes: i"))
    if today.held:
        more = " …" if len(today.held) > 1 else ""
        yield Row("nudges", "nudges", Text(f"Held for you: {clean_line(today.held[0][1])}{more}"))
    if not above and not today.waits and not today.held:
        yield _said("nothing waits", "Nothing waits for you.")


def waiting_line(today: Today) -> str:
    """What waits, in one line; "" for nothing."""
    held = f"held for you: {today.held[0][1]} (n)" if today.held else ""
    words = " · ".join(filter(None, ("the Inbox has something for your yes (i)" if today.waits else "", held)))
    return clean_line(words[:1].upper() + words[1:])


def task_rows(tasks: Sequence[Task]) -> Iterator[Row]:
    """Every open task, each source by itself; what is due first."""
    for source in dict.fromkeys(task.source for task in tasks):
        yield _title(account_name(source) or "Your tasks")
        own = [task for task in tasks if task.source == source]
        for task in sorted(own, key=lambda task: (task.due or "9999", task.text)):
            yield Row(f"task {task.id}", "task", Text(clean_line(task_said(task))), task.id, task.text, task.read_only)
    if not tasks:
        yield _said("no tasks", "No open tasks: t adds one.")


def _focus(today: Today, focus: TodayCard) -> Row:
    text = Text(clean_line(focus.text), style="bold")
    if focus.why_now:
        text.append(f"  {clean_line(focus.why_now)}", style="not bold dim")
    parts = list(chain_words(focus, today.whys))
    for part, words in parts if len(parts) > 1 else ():
        text.append(f"\n{part:<5}", style="not bold dim").append(clean_line(words), style="not bold")
    runs = today.session is not None
    text.append("\nf ends the session" if runs else "\nf starts a focus session", style="not bold dim")
    return Row(f"focus {focus.id}", focus.kind, text, focus.id, focus.text, focus.fixed)


def _agenda(today: Today, now: datetime) -> Iterator[Row]:
    """What lasts all day, then by the clock; the line of now stands where now is."""
    told = False
    above = {card.id for card in (*today.cards, *filter(None, (today.focus,)))}
    lines = [line for line in today.day.lines if line.clock or line.id not in above]
    for number, line in enumerate(lines):
        starts = _starts(line)
        if not told and starts and starts > now:
            told = True
            yield _now(now)
        yield _line(line, number, now)
    if not lines:
        nothing = nothing_planned(Agenda((), troubles=today.troubles))
        yield _said("no day", "Nothing else is fixed." if today.day.lines else f"{nothing} The day is yours.")
    elif not told:
        yield _now(now)


def _line(line: AgendaLine, number: int, now: datetime) -> Row:
    ends = datetime.fromisoformat(line.end) if line.clock and line.end else _starts(line)
    past = line.kind == "event" and ends is not None and ends <= now
    kind: RowKind = line.kind
    name = f"{line.kind} {line.id} {line.start or number}"
    return Row(
        name, kind, Text(clean_line(line_said(line)), style="dim" if past else ""), line.id, line.text, line.fixed
    )


def _starts(line: AgendaLine) -> datetime | None:
    return datetime.fromisoformat(line.start) if line.clock else None


def _now(now: datetime) -> Row:
    return Row("now", "", Text(f"── {now:%H:%M} now ──", style="dim"))


def _title(words: str, above: bool = True) -> Row:
    return Row(f"title {words}", "", Text("\n" * above).append(clean_line(words), style="bold dim"))


def _said(name: str, words: str) -> Row:
    return Row(name, "", Text(clean_line(words), style="dim"))
