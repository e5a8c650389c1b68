"""Markdown into blocks, line by line, as it arrives.

Follows CommonMark's way of matching lines with open containers, with tables, task lists, wikilinks and callouts, and
with the line ends of the source kept (as notes apps do). What a piece of text becomes depends on the text alone, never
on how it was divided on its way here.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sage.tui.widgets.blocks import Block, Code, Paragraph, Place, Rule, Table
from sage.tui.widgets.ink import BOLD, FRAME, HEADING, MARK, PLAIN, QUOTE, SUBHEADING, Parts, Tone
from sage.tui.widgets.tables import read_alignments

_LINE_LIMIT, _TABLE_LINE_LIMIT, _CODE_LINE_LIMIT = 256, 4096, 1000
"""A longer line is judged by its first characters; the rest is text. So a line without end costs no more."""
_DEPTH_LIMIT = 10

_ITEM = re.compile(r"([-*+]|\d{1,9}[.)])(?= |$)")
_TASK = re.compile(r"\[([ xX])\](?: |$)")
_FENCE = re.compile(r"(`{3,}|~{3,})[ ]*([^`]*)$")
_HEADING = re.compile(r"(#{1,6})(?: +|$)")
_CLOSING_HASHES = re.compile(r"(?:^| +)#+ *$")
_RULE = re.compile(r"(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$")
_UNDERLINE = re.compile(r"(=+|-+) *$")
_CALLOUT = re.compile(r"\[!(\w[\w-]*)\][+-]? *(.*)$")
_TABLE_LINE = re.compile(r"[ >]*(?:(?:[-*+]|\d{1,9}[.)]) +)*\|")
_UNDECIDED = re.compile(r"[ >]*(?:(?:[-*+]|\d{1,9}[.)]) +)*(?:[-=*_+#`~|: ]*|\d{1,9}[.)]?|\[[ xX!]?\]?)$")


class Container(NamedTuple):
    """A quote or a list item. `indent` columns of its lines belong to it; its marker stands at column `at`."""

    kind: str
    first: Parts
    rest: Parts
    indent: int = 0
    at: int = 0
    number: int = 0


class Fence(NamedTuple):
    """An open code fence: the characters that close it, and the indent its lines may lose."""

    mark: str
    indent: int


class State(NamedTuple):
    """Where the reading stands. `open`: the last block takes the next line."""

    stack: tuple[Container, ...] = ()
    fence: Fence | None = None
    blank: bool = False
    open: bool = False


class MarkdownBlocks:
    """The blocks of a Markdown text that arrives in pieces."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.changed = 0
        """Blocks from this one on have changed since the reader last set it."""
        self._state = State()
        self._partial = ""
        self._inside = False
        self._draft: tuple[State, int, Block | None, Any] | None = None

    def feed(self, text: str) -> None:
        """The next piece of the text."""
        self._undo_draft()
        text = self._partial + text
        self._partial = ""
        position = 0
        if self._inside:
            newline = text.find("\n")
            self._extend(text if newline < 0 else text[:newline])
            if newline < 0:
                return
            self._end_long_line()
            position = newline + 1
        while (newline := text.find("\n", position)) >= 0:
            self._take(text[position:newline])
            if self._inside:
                self._end_long_line()
            position = newline + 1
        rest = text[position:]
        if len(rest) > self._limit(rest):
            self._take(rest)
        elif rest:
            self._partial = rest
            self._make_draft(rest)

    def close(self) -> None:
        """The text is at its end."""
        self._undo_draft()
        if self._inside:
            self._end_long_line()
        if self._partial:
            self._take(self._partial)
            self._partial = ""
        last = self._last()
        if isinstance(last, Table) and not last.alignments:
            self._table_to_paragraph(last)

    # long lines

    def _limit(self, line: str) -> int:
        if self._state.fence is not None:
            return _CODE_LINE_LIMIT
        last = self._last() if self._state.open else None
        in_table = isinstance(last, Table) or (isinstance(last, Paragraph) and "|" in (last.source or ""))
        return _TABLE_LINE_LIMIT if in_table or _TABLE_LINE.match(line) else _LINE_LIMIT

    def _take(self, line: str) -> None:
        limit = self._limit(line)
        if len(line) <= limit:
            self._line(line)
            return
        self._line(line[:limit], whole=False)
        self._inside = True
        self._extend(line[limit:])

    def _extend(self, piece: str) -> None:
        last = self.blocks[-1]
        piece = piece.replace("\t", "    ")
        self._touch(len(self.blocks) - 1)
        if isinstance(last, Paragraph):
            last.writing = True
            last.add(piece)
            return
        assert isinstance(last, Code)
        while piece:
            room = last.room_in_row
            if room:
                last.extend_row(piece[:room])
                piece = piece[room:]
                continue
            if last.is_full:
                last = Code(last.place.below(), last.language)
                self._append(last)
            last.add_row("", joined=True)

    def _end_long_line(self) -> None:
        self._inside = False
        last = self.blocks[-1]
        self._touch(len(self.blocks) - 1)
        if isinstance(last, Paragraph):
            last.writing = False
            last.forget_lines()

    # a line that is not complete yet

    def _make_draft(self, line: str) -> None:
        if _UNDECIDED.match(line):
            return
        last = self._last()
        self._draft = (self._state, len(self.blocks), last, last.mark() if last else None)
        self._line(line, draft=True)
        last = self._last()
        if isinstance(last, Paragraph | Table):
            last.writing = isinstance(last, Paragraph) or bool(last.alignments)
            last.forget_lines()

    def _undo_draft(self) -> None:
        if self._draft is None:
            return
        self._state, count, last, mark = self._draft
        self._draft = None
        del self.blocks[max(0, count - 1) :]
        if last is not None:
            last.back(mark)
            self.blocks.append(last)
        self._touch(max(0, count - 1))

    # one line

    def _line(self, line: str, *, whole: bool = True, draft: bool = False) -> None:
        if "\t" in line:
            line = line.expandtabs(4)
        rest, matched = _descend(line, self._state.stack)
        state = self._state
        if state.fence is not None:
            if matched == len(state.stack):
                self._fenced_line(state.fence, rest, whole)
                return
            state = self._state = state._replace(fence=None, open=False)
        if not rest.strip():
            self._state = State(state.stack[:matched], blank=True)
            return
        new, rest = self._enter(rest, matched)
        last = self._last() if state.open else None
        complete = matched == len(state.stack) and not new
        if not complete and not new and isinstance(last, Paragraph) and not last.is_empty and not _begins_block(rest):
            self._grow(last, rest.strip())  # a lazy line goes on with the paragraph of a deeper container
            return
        self._state = state._replace(stack=state.stack[:matched] + new, open=state.open and complete)
        self._read(rest, len(new), whole=whole, draft=draft)

    def _fenced_line(self, fence: Fence, rest: str, whole: bool) -> None:
        indent = len(rest) - len(rest.lstrip(" "))
        body = rest[indent:].rstrip(" ")
        if whole and indent < 4 and len(body) >= len(fence.mark) and body == fence.mark[0] * len(body):
            self._state = self._state._replace(fence=None, open=False)
            return
        self._code_row(rest[min(indent, fence.indent) :])

    def _code_row(self, row: str) -> None:
        last = self.blocks[-1]
        assert isinstance(last, Code)
        if last.is_full:
            last = Code(last.place.below(), last.language)
            self._append(last)
        last.add_row(row)
        self._touch(len(self.blocks) - 1)

    def _enter(self, rest: str, matched: int) -> tuple[tuple[Container, ...], str]:
        """The containers that begin in this line, and what they hold."""
        state = self._state
        new: list[Container] = []
        in_paragraph = state.open and matched == len(state.stack) and isinstance(self._last(), Paragraph)
        while rest.strip() and matched + len(new) < _DEPTH_LIMIT:
            indent = len(rest) - len(rest.lstrip(" "))
            body = rest[indent:]
            if indent >= 4:
                break
            if body[0] == ">":
                new.append(Container("quote", (("│ ", FRAME),), (("│ ", FRAME),)))
                rest = body[1:].removeprefix(" ")
                continue
            match = _ITEM.match(body)
            if match is None or _RULE.match(body):
                break
            if in_paragraph and not new and (not body[match.end() :].strip() or match[1][:-1] not in ("", "1")):
                break
            depth = sum(container.kind != "quote" for container in (*state.stack[:matched], *new))
            sibling = state.stack[matched] if not new and matched < len(state.stack) else None
            item, rest = _read_item(match[1], body[match.end() :], indent, depth, sibling)
            new.append(item)
        return tuple(new), rest

    def _read(self, rest: str, new: int, *, whole: bool, draft: bool) -> None:
        """The part of a line inside its containers."""
        indent = len(rest) - len(rest.lstrip(" "))
        body = rest[indent:]
        last = self._last() if self._state.open else None
        if indent >= 4 and not isinstance(last, Paragraph):
            if not isinstance(last, Code):
                self._begin(Code(self._place(new, apart=True)))
            self._code_row(rest[4:])
        elif whole and self._read_whole(body, indent, new, draft=draft):
            return
        elif (match := _HEADING.match(body)) is not None:
            tone = (HEADING if len(match[1]) < 3 else SUBHEADING) | BOLD
            title = body[match.end() :]
            heading = Paragraph(self._place(new, apart=True), tone)
            heading.add(_CLOSING_HASHES.sub("", title) if whole else title)
            self._begin(heading, still_open=False)
        else:
            self._read_text(body, new)

    def _read_whole(self, body: str, indent: int, new: int, *, draft: bool) -> bool:
        """What can only be told from a whole line."""
        last = self._last() if self._state.open else None
        if isinstance(last, Table):
            if self._continue_table(last, body):
                return True
            last = self._last() if self._state.open else None
        if match := _FENCE.match(body):
            self._begin(Code(self._place(new, apart=True), _language(match[2]), titled=True))
            self._state = self._state._replace(fence=Fence(match[1], indent))
        elif isinstance(last, Paragraph) and last.source and _UNDERLINE.match(body):
            self._retone(last, HEADING | BOLD)
        elif isinstance(last, Paragraph) and self._paragraph_to_table(last, body):
            return True
        elif _RULE.match(body):
            self._begin(Rule(self._place(new, apart=True)), still_open=False)
        elif body.startswith("|") and (draft or body.count("|") > 1):
            self._begin(Table(self._place(new, apart=True), body))
        elif new and self._state.stack[-1].kind == "quote" and (match := _CALLOUT.match(body)):
            title = Paragraph(self._place(new), QUOTE | BOLD)
            title.add(match[2] or match[1].replace("-", " ").capitalize())
            self._begin(title, still_open=False)
        else:
            return False
        return True

    def _read_text(self, body: str, new: int) -> None:
        last = self._last() if self._state.open else None
        if isinstance(last, Paragraph):
            self._grow(last, body)
            return
        quoted = any(container.kind == "quote" for container in self._state.stack)
        paragraph = Paragraph(self._place(new), QUOTE if quoted else PLAIN)
        paragraph.add(body)
        self._begin(paragraph)

    # blocks

    def _last(self) -> Block | None:
        return self.blocks[-1] if self.blocks else None

    def _touch(self, index: int) -> None:
        self.changed = min(self.changed, index)

    def _append(self, block: Block) -> None:
        self._touch(len(self.blocks))
        self.blocks.append(block)

    def _begin(self, block: Block, *, still_open: bool = True) -> None:
        self._append(block)
        self._state = self._state._replace(blank=False, open=still_open)

    def _grow(self, paragraph: Paragraph, body: str) -> None:
        paragraph.add(body if paragraph.is_empty else "\n" + body)
        self._touch(len(self.blocks) - 1)

    def _retone(self, paragraph: Paragraph, tone: Tone) -> None:
        paragraph.retone(tone)
        self._touch(len(self.blocks) - 1)
        self._state = self._state._replace(open=False)

    def _continue_table(self, table: Table, body: str) -> bool:
        if not table.alignments:
            alignments = read_alignments(body)
            if alignments and len(alignments) == len(table.headings):
                table.alignments = alignments
                table.forget_lines()
                self._touch(len(self.blocks) - 1)
                return True
            self._table_to_paragraph(table)
            return False
        if "|" not in body:
            self._state = self._state._replace(open=False)
            return False
        if table.is_full:
            table = Table(table.place.below(), head=table.head or table)
            self._append(table)
        table.add_row(body)
        self._touch(len(self.blocks) - 1)
        return True

    def _paragraph_to_table(self, paragraph: Paragraph, body: str) -> bool:
        source = paragraph.source
        alignments = read_alignments(body)
        if not alignments or not source or "\n" in source or "|" not in source:
            return False
        table = Table(paragraph.place, source)
        if len(table.headings) != len(alignments):
            return False
        table.alignments = alignments
        self._replace(table)
        return True

    def _table_to_paragraph(self, table: Table) -> None:
        paragraph = Paragraph(table.place)
        paragraph.add(table.heading_source)
        self._replace(paragraph)

    def _replace(self, block: Block) -> None:
        self.blocks[-1] = block
        self._touch(len(self.blocks) - 1)

    def _place(self, new: int, *, apart: bool = False) -> Place:
        """Where the next block stands; `new` containers begin with it. Blocks set apart have an empty line above."""
        stack = self._state.stack
        held, fresh = stack[: len(stack) - new], stack[len(stack) - new :]
        rest = sum((container.rest for container in stack), ())
        first = sum((container.rest for container in held), ()) + sum((container.first for container in fresh), ())
        gap: Parts | None = None
        last = self._last()
        if last is not None and (self._state.blank or (apart and not fresh) or isinstance(last, Code | Table | Rule)):
            gap = sum((container.rest for container in held if container.kind == "quote"), ())
        quotes = [number for number, container in enumerate(stack) if container.kind == "quote"]
        inside = stack[: quotes[-1] + 1] if quotes else ()
        bare = sum(len(text) for container in inside for text, _ in container.rest)
        return Place(first, rest, gap, bare)


def _descend(line: str, stack: tuple[Container, ...]) -> tuple[str, int]:
    """What is left of a line inside the open containers it belongs to, and how many those are."""
    rest = line
    for matched, container in enumerate(stack):
        indent = len(rest) - len(rest.lstrip(" "))
        if container.kind == "quote":
            if indent > 3 or rest[indent : indent + 1] != ">":
                return rest, matched
            rest = rest[indent + 1 :].removeprefix(" ")
        elif not rest.strip():
            rest = ""
        elif indent >= container.indent:
            rest = rest[container.indent :]
        elif indent >= container.at + 2 and _ITEM.match(rest, indent):
            rest = rest[indent:]  # a sublist indented by two, as models write them below "1. "
        else:
            return rest, matched
    return rest, len(stack)


def _read_item(marker: str, after: str, indent: int, depth: int, sibling: Container | None) -> tuple[Container, str]:
    spaces = len(after) - len(after.lstrip(" "))
    gap = spaces if after.strip() and spaces <= 4 else 1
    rest = after[gap:]
    kind = marker[-1]
    number = 0
    if marker[:-1]:
        number = sibling.number + 1 if sibling is not None and sibling.kind == kind else int(marker[:-1])
    shown = f"{number}{kind} " if marker[:-1] else "•◦▪"[depth % 3] + " "
    task = _TASK.match(rest)
    if task:
        rest = rest[task.end() :].lstrip(" ")
        box = "☐ " if task[1] == " " else "☑ "
        shown = shown + box if marker[:-1] else box
    item = Container(kind, ((shown, MARK),), ((" " * len(shown), PLAIN),), indent + len(marker) + gap, indent, number)
    return item, rest


def _language(info: str) -> str:
    """The language that a fence names, such as in "```python title=x"."""
    return re.split(r"[^\w+#.-]", info.strip().lower(), maxsplit=1)[0][:30]


def _begins_block(rest: str) -> bool:
    body = rest.strip()
    return bool(_FENCE.match(body) or _HEADING.match(body) or _RULE.match(body) or body[0] == "|")
