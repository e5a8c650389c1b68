"""All that a person has in Sage, as one structure (`sage.json`) and as pages of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from sage.core.deputy.replies import Reply, ReplyState
from sage.core.facts.facts import Statement
from sage.core.focus import FocusSession
from sage.core.labels import KeptLabel
from sage.core.model_exports import ExportedModels, model_pages
from sage.core.nudge_words import Nudge, NudgeDecision
from sage.core.passages import RememberedText
from sage.core.pauses import Pause
from sage.core.plans import Goal, Task
from sage.core.reading.note_text import compose, file_name
from sage.core.rituals import PastRitual, ritual_lines
from sage.core.schedules.saying import say_rule
from sage.core.schedules.schedule import Occurrence, Schedule
from sage.core.terminal_text import clean_line
from sage.core.turns import PastTurn

FORMAT = 1
"""Of `sage.json`. A change that a reader of it would stumble over counts up."""

ABOUT = """# What is here

All that was yours in Sage, in files that need no Sage to be read.

- `notes/`, `goals/`, `tasks.md`, `settings.toml`, `profiles/`, `skills/`, `plugins/`: as they were, byte for byte, but
  for keys in settings
- `conversations/`: one page a conversation, with times, sources and what was done
- `texts/`: what was remembered otherwise, one page a thread
- `reminders.md`, `rituals.md` (briefs, shutdowns and reviews, with what you decided), `focus.md`, `nudges.md`, `facts.md`,
  `labels.md`
- `messages.md`: what came in to your accounts and went out, by conversation; the words of what came in stand in `texts/`
- `answers.md`: what Sage answered for you or drafted, what it rested on, what became of it, when you were away, and who wants
  no answers of Sage's
- `cases.md`: turns that you kept as cases and what an answer to each must be; `swaps.md`: which models took whose place
- `models/`: each call of a model with its price, who was asked in each turn and why, what became of the answers, as tables
- `sheets/`: one table a sheet; beside each cell stand the words that it rests on
- `task changes.md`: what you changed of tasks that are kept elsewhere
- `sage.json`: the same as one structure, for programs; times are ISO 8601, and `format` says which structure it is

Folders that were imported stay where they are; `sage.json` names them. What was forgotten is not here, nor is any key; what
the newest turns asked of models word by word, and the settings' bytes of before a swap, are in backups alone.
"""


class ExportedFile(Struct, frozen=True):
    """A file of the home as it stands: its path there, and its text (None where it is no UTF-8 text)."""

    path: str
    text: str | None


class ExportedFact(Struct, frozen=True):
    """A statement, what the person decided of it last ("" for nothing), and what happened to it: (event, when)."""

    statement: Statement
    decision: str
    events: tuple[tuple[str, str], ...]


class ExportedConversation(Struct, frozen=True):
    """A conversation's turns, oldest first, and for each turn the approvals that were asked for.

    `branch` tells where it goes on from: its first turns are the other's, too."""

    id: str
    title: str
    turns: tuple[PastTurn, ...]
    approvals: dict[str, list[dict[str, Any]]]
    branch: str = ""


class ExportedReminder(Struct, frozen=True):
    """A schedule with the occurrences that it had, and the next one."""

    schedule: Schedule
    occurrences: tuple[Occurrence, ...]


class ExportedNudge(Struct, frozen=True):
    """A nudge, what was said of it ("" while it was not sent), and each decision about it. The answer stands in the nudge."""

    nudge: Nudge
    said: str
    decisions: tuple[NudgeDecision, ...]


class ExportedMessage(Struct, frozen=True):
    """A message of one of the person's accounts: who wrote it ("" for themselves or Sage), to whom, and what became of it.
    `text` is "" for one that came in: its words, if they were kept, are the text named by `text_id`."""

    account: str
    id: str
    conversation: str
    sender: str
    name: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    text_id: str
    attachments: tuple[str, ...]
    state: str
    reason: str
    at: str
    answer_to: str = ""
    """Where its sender wants answers, if that is elsewhere."""


class ExportedReply(Struct, frozen=True):
    """What Sage decided of a message (`arrival`, the id of one of `messages`), how the person decided, and what was sent of it
    instead (`final`)."""

    account: str
    id: str
    arrival: str
    conversation: str
    reply: Reply
    state: ReplyState
    final: str
    made_at: str
    decided_at: str


class ExportedTaskChange(Struct, frozen=True):
    """What the person wanted to be changed of a task that is kept elsewhere: the task as it was, the change, and how it stood
    there if it had changed as well (as the plugin API has them; None: there was none)."""

    account: str
    id: str
    do: str
    task: str
    base: dict[str, Any] | None
    wanted: dict[str, Any]
    theirs: dict[str, Any] | None
    state: str
    reason: str
    made_at: str


class Export(Struct, frozen=True):
    """The whole of `sage.json`. `imported` are folders and files outside of the home; `left_out` says what is missing, and
    why; `spent_usd` is what models cost, by day."""

    format: int
    sage: str
    files: tuple[ExportedFile, ...]
    goals: tuple[Goal, ...]
    tasks: tuple[Task, ...]
    conversations: tuple[ExportedConversation, ...]
    texts: tuple[RememberedText, ...]
    reminders: tuple[ExportedReminder, ...]
    facts: tuple[ExportedFact, ...]
    labels: tuple[KeptLabel, ...]
    imported: tuple[str, ...]
    spent_usd: dict[str, float]
    left_out: tuple[str, ...] = ()
    rituals: tuple[PastRitual, ...] = ()
    focus: tuple[FocusSession, ...] = ()
    nudges: tuple[ExportedNudge, ...] = ()
    pauses: tuple[Pause, ...] = ()
    messages: tuple[ExportedMessage, ...] = ()
    task_changes: tuple[ExportedTaskChange, ...] = ()
    accounts: dict[str, str] = {}
    """How each account of a plugin was: its state, and why."""
    replies: tuple[ExportedReply, ...] = ()
    absences: tuple[Pause, ...] = ()
    opted_out: tuple[str, ...] = ()
    taken_over: tuple[tuple[str, str], ...] = ()
    """Contacts who want no answers of Sage's, and conversations (account, name) in which the person answers by themself."""
    models: ExportedModels = ExportedModels()


def pages(export: Export) -> Iterator[tuple[str, str]]:
    """The pages of Markdown beside the files that are copied: path and text, in a fixed order.

    Each says that Sage wrote it: when it is read in again, what stands there is found, but is no new statement of the person's.
    """
    for path, head, body in _written(export):
        yield path, compose({**head, "origin": "tool"}, body)


def _written(export: Export) -> Iterator[tuple[str, dict[str, str], str]]:
    taken: set[str] = set()
    yield "README.md", {}, ABOUT
    for conversation in export.conversations:
        began = conversation.turns[0].said_at[:10]
        yield _free("conversations", f"{began} {file_name(conversation.title)}", taken), *_conversation(conversation)
    for thread, texts in _threads(export.texts).items():
        yield _free("texts", file_name(thread), taken), *_texts(thread, texts)
    if export.reminders:
        yield "reminders.md", {}, _reminders(export.reminders)
    if export.rituals:
        yield "rituals.md", {}, _rituals(export.rituals)
    if export.focus:
        yield "focus.md", {}, _focus(export.focus)
    if export.nudges:
        yield "nudges.md", {}, _nudges(export.nudges)
    if export.facts:
        yield "facts.md", {}, _facts(export.facts)
    if export.labels:
        yield "labels.md", {}, _labels(export.labels)
    if export.messages:
        yield "messages.md", {}, _messages(export.messages)
    if export.replies or export.absences or export.opted_out:
        yield "answers.md", {}, _answers(export)
    if export.task_changes:
        yield "task changes.md", {}, _task_changes(export.task_changes)
    yield from ((path, {}, text) for path, text in model_pages(export.models))


def _conversation(conversation: ExportedConversation) -> tuple[dict[str, str], str]:
    turns = conversation.turns
    head = {"id": conversation.id, "title": conversation.title, "began": turns[0].said_at, "ended": turns[-1].said_at}
    blocks = [f"# {clean_line(conversation.title)}"]
    if conversation.branch:
        head["branch"] = clean_line(conversation.branch)
    for turn in turns:
        answer = turn.answer
        blocks += [f"## You, {_moment(turn.said_at)}", turn.said]
        who = f"Sage ({answer.model})" if answer.model else "Sage"
        blocks += [f"## {who}", answer.answer] if answer.answer else []
        blocks += [f"({answer.trouble})"] if answer.trouble else []
        sources = [
            f"{place}. {clean_line(hit.citation)}\n{_quoted(hit.text)}" for place, hit in enumerate(answer.sources, 1)
        ]
        blocks += ["Sources:", "\n".join(sources)] if sources else []
        done = [f"- {action.tool} ({action.state}): {clean_line(action.result)}" for action in answer.actions]
        blocks += ["Done:", "\n".join(done)] if done else []
    return head, "\n\n".join(blocks)


def _threads(texts: Iterable[RememberedText]) -> dict[str, list[RememberedText]]:
    """Texts by thread, or by source where they have none; those of conversations stand there."""
    threads: dict[str, list[RememberedText]] = {}
    for text in texts:
        if not text.thread.startswith("conversation/"):
            threads.setdefault(text.thread or text.source, []).append(text)
    return threads


def _texts(thread: str, texts: Sequence[RememberedText]) -> tuple[dict[str, str], str]:
    blocks = [f"# {clean_line(thread)}"]
    for text in texts:
        told = [text.speaker or "", _moment(text.when or ""), "" if text.source == thread else text.source]
        audience = "" if text.audience == ("private",) else f"for {', '.join(text.audience)}"
        blocks += [f"## {clean_line(', '.join(filter(None, (*told, audience))) or text.id)}", text.text]
    return {"thread": thread}, "\n\n".join(blocks)


def _reminders(reminders: Iterable[ExportedReminder]) -> str:
    lines = []
    for one in reminders:
        schedule, rule = one.schedule, one.schedule.rule
        mark = " " if schedule.state == "on" else "x"
        lines.append(f"- [{mark}] {clean_line(schedule.text)} ({clean_line(say_rule(rule))})")
    return "# Reminders\n\n" + "\n".join(lines) + "\n"


def _rituals(rituals: Iterable[PastRitual]) -> str:
    sections = []
    for past in rituals:
        ritual, asked = past.ritual, {question.id: question.text for question in past.ritual.questions}
        lines = [f"- {clean_line(line)}" for line in ritual_lines(ritual)]
        for answer in past.answers:
            words = f": {answer.words}" if answer.words else ""
            lines.append(
                f"- You said of {clean_line(asked.get(answer.id, answer.id))}: {answer.deed}{clean_line(words)}"
            )
        sections.append(f"## {ritual.day}, {ritual.kind}\n\n" + "\n".join(lines))
    return "# Briefs, shutdowns and reviews\n\n" + "\n\n".join(sections) + "\n"


def _focus(sessions: Iterable[FocusSession]) -> str:
    lines = (f"- {_moment(one.since)} to {_moment(one.ended_at or one.until)[11:]} UTC: {clean_line(one.about) or 'focus'}"
             for one in sessions)  # fmt: skip
    return "# Focus sessions\n\n" + "\n".join(lines) + "\n"


def _nudges(nudges: Iterable[ExportedNudge]) -> str:
    lines = []
    for one in nudges:
        nudge = one.nudge
        sent = f"sent {_moment(nudge.sent_at)} UTC" if nudge.sent_at else nudge.state
        answer = f"; you answered {nudge.answer}" if nudge.answer else ""
        lines.append(f"- {clean_line(one.said or nudge.text)} ({sent}{answer})")
    return "# Nudges\n\n" + "\n".join(lines) + "\n"


def _facts(facts: Iterable[ExportedFact]) -> str:
    subjects: dict[str, list[str]] = {}
    for fact in facts:
        one = fact.statement
        held = " to ".join(filter(None, (one.valid_from, one.valid_to)))
        more = [one.stated_at, f"due {one.due}" if one.due else "", f"to {one.whom}" if one.whom else "", held, fact.decision,
                f"no longer said since {one.ended_at}" if one.ended_at else ""]  # fmt: skip
        line = f"- {one.attribute}: {'' if one.polarity else 'not '}{one.value} ({', '.join(filter(None, more))})"
        quote = f"“{one.quote}” {one.citation}"
        subjects.setdefault(one.subject, []).append(f"{clean_line(line)}\n  {clean_line(quote)}")
    sections = (f"## {clean_line(subject)}\n\n" + "\n".join(lines) for subject, lines in subjects.items())
    return "# Facts\n\n" + "\n\n".join(sections) + "\n"


def _labels(labels: Iterable[KeptLabel]) -> str:
    lines = [
        f"- {label.kind} {clean_line(' '.join(label.target.split()))}: {', '.join(label.audience)}" for label in labels
    ]
    return "# Who may see what\n\n" + "\n".join(lines) + "\n"


def _messages(messages: Iterable[ExportedMessage]) -> str:
    sections: dict[str, list[str]] = {}
    for one in messages:
        who = f"from {one.name or one.sender}" if one.sender else f"to {', '.join(one.recipients)}"
        words = "; ".join(filter(None, (one.subject, *one.attachments)))
        why = f", {one.reason}" if one.reason else ""
        lines = sections.setdefault(f"{one.account}, {one.conversation}", [])
        lines.append(
            f"- {_moment(one.at)} {clean_line(who)} ({clean_line(one.state + why)}): {clean_line(words)}".rstrip(": ")
        )
        lines += [_quoted(one.text)] if one.text else []
    body = "\n\n".join(f"## {clean_line(head)}\n\n" + "\n".join(lines) for head, lines in sections.items())
    return f"# Messages\n\n{body}\n"


def _answers(export: Export) -> str:
    lines = []
    for one in export.replies:
        reply = one.reply
        told = f"{reply.decision}, {reply.because}; {one.state}"
        lines.append(
            f"- {_moment(one.made_at)} for {clean_line(reply.contact)} ({clean_line(told)}): message {one.arrival}"
        )
        lines += [_quoted(one.final or reply.text)] if one.final or reply.text else []
        lines += [f"   from {clean_line(piece.citation)}" for piece in reply.sources]
    away = [f"- {_moment(one.since)} to {_moment(one.ended_at or one.until or '')}".rstrip() for one in export.absences]
    without = [f"- {clean_line(contact)}" for contact in export.opted_out]
    parts = (("Answers and drafts", lines), ("When you were away", away), ("Who wants no answers of Sage's", without))
    return "\n\n".join(f"# {head}\n\n" + "\n".join(found) for head, found in parts if found) + "\n"


def _task_changes(changes: Iterable[ExportedTaskChange]) -> str:
    lines = []
    for one in changes:
        words = dict.fromkeys(
            str(each["text"]) for each in (one.base, one.wanted, one.theirs) if each and each.get("text")
        )
        told = f"{one.account}, {one.do}, {one.state}{f', {one.reason}' if one.reason else ''}"
        lines.append(f"- {_moment(one.made_at)} ({clean_line(told)}): {clean_line(' / '.join(words))}")
    return "# Changes of tasks that are kept elsewhere\n\n" + "\n".join(lines) + "\n"


def _moment(at: str) -> str:
    return at[:16].replace("T", " ")


def _quoted(text: str) -> str:
    return "\n".join(f"   > {line}" for line in text.splitlines())


def _free(folder: str, name: str, taken: set[str]) -> str:
    """A path that no other page has, on any file system."""
    path, number = f"{folder}/{name}.md", 1
    while path.casefold() in taken:
        number += 1
        path = f"{folder}/{name} {number}.md"
    taken.add(path.casefold())
    return path
