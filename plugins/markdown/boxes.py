"""Checkboxes in a Markdown note, and how they stand below each other. What stands in front matter, code, comments is none."""

from __future__ import annotations

import re

from msgspec import Struct

_ITEM = re.compile(r"(?P<marker>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+|$)")
_BOX = re.compile(r"\[(?P<status>.)\](?=[ \t])")
_QUOTE = re.compile(r"(?: {0,3}>[ \t]?)+")
_FENCE = re.compile(r"(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_HTML = re.compile(
    r"</?(?:address|article|aside|blockquote|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|"
    r"header|hr|iframe|li|main|menu|nav|ol|p|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)(?:[\s/>]|$)",
    re.IGNORECASE,
)
"""How a block of HTML begins; it ends at a blank line."""
_ENDS_LIST = re.compile(r"#{1,6}(?:\s|$)|(?:[-*_][ \t]*){3,}$|\|")
_MAY_HAVE_BOXES = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)+\[.\][ \t]", re.MULTILINE)


class Box(Struct, frozen=True):
    """A checkbox: its line, its status, where that stands in the line, where the text behind it begins, what comes before
    its marker, the column at which its content begins, and the box that it stands below (-1: none)."""

    at: int
    status: str
    mark: int
    text: int
    lead: str
    column: int
    parent: int


class _Item(Struct, frozen=True):
    column: int
    box: int


def boxes_of(bodies: list[str]) -> list[Box]:
    """The checkboxes of a note, in the order of their lines."""
    if not _MAY_HAVE_BOXES.search("\n".join(bodies)):
        return []
    reader = _Reader()
    for at in range(_front_matter(bodies), len(bodies)):
        reader.read(at, bodies[at])
    return reader.boxes


def _front_matter(bodies: list[str]) -> int:
    """The line behind the front matter, 0 if there is none."""
    if bodies[0].rstrip() != "---":
        return 0
    return next((at for at, body in enumerate(bodies) if at and body.rstrip() in ("---", "...")), -1) + 1


class _Reader:
    """Follows a note line by line."""

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self._items: list[_Item] = []
        self._depth = 0
        self._fence = ""
        self._fence_column = 0
        self._comment = ""
        self._blank = True
        self._html = False

    def read(self, at: int, body: str) -> None:
        quote = _QUOTE.match(body)
        start = quote.end() if quote else 0
        depth = body.count(">", 0, start)
        rest = body[start:]
        blank = not rest.strip()
        if (self._fence or self._html) and depth > self._depth:
            within = body[_quoted(body, self._depth) :]
            if self._html or _width(within[: len(within) - len(within.lstrip(" \t"))], 0) >= self._fence_column:
                return  # there it is no quote
        if depth != self._depth and not (blank and not depth):
            self._depth, self._items, self._fence, self._html = depth, [], "", False
        column = 0 if blank else _width(rest[: len(rest) - len(rest.lstrip(" \t"))], 0)
        if self._fence:
            left = not blank and column < self._fence_column
            if not left:
                if column < self._fence_column + 4 and _closes(rest, self._fence):
                    self._fence = ""
                return
            self._fence = ""
        if self._in_comment(rest):
            return
        if blank:
            self._blank, self._html = True, False
            return
        self._html = self._html or (column < 4 and bool(_HTML.match(rest.lstrip())))
        if self._html:
            return
        self._line(at, body, start, column)
        self._blank = False

    def _line(self, at: int, body: str, start: int, column: int) -> None:
        rest = body[start:].lstrip(" \t")
        place = len(body) - len(rest)
        while (
            self._items and column < self._items[-1].column and (self._blank or _ITEM.match(rest) or _ends_list(rest))
        ):
            self._items.pop()
        if column >= (self._items[-1].column if self._items else 0) + 4:
            return  # indented code, or words that go on
        while (item := _ITEM.match(rest)) and not _rule(rest):
            gap = item["gap"]
            wide = _width(gap, column + len(item["marker"]))
            content = wide if gap and wide - column - len(item["marker"]) <= 4 else column + len(item["marker"]) + 1
            box = _BOX.match(rest, item.end())
            number = -1
            if box and gap:
                above = next((each.box for each in reversed(self._items) if each.box >= 0), -1)
                text = place + box.end()
                number = len(self.boxes)
                self.boxes.append(
                    Box(at, box["status"], place + box.start("status"), text, body[:place], content, above)
                )
            self._items.append(_Item(content, number))
            place, rest, column = place + item.end(), rest[item.end() :], content
            if number >= 0:
                break
        if fence := _FENCE.match(rest):
            self._fence, self._fence_column = fence["fence"], self._items[-1].column if self._items else 0

    def _in_comment(self, rest: str) -> bool:
        """Whether this line begins within a comment, or is one."""
        was = bool(self._comment)
        if not was and "%%" not in rest and "<!--" not in rest:
            return False
        code = re.sub(r"(`+).+?\1", "", rest) if not was else rest
        while code:
            if self._comment:
                _, found, code = code.partition(self._comment)
                if not found:
                    return was
                self._comment = ""
            else:
                found_at = [(code.find(opens), opens) for opens in ("%%", "<!--") if opens in code]
                if not found_at:
                    break
                at, opens = min(found_at)
                was = was or not code[:at].strip()
                self._comment, code = ("%%" if opens == "%%" else "-->"), code[at + len(opens) :]
        return was


def _quoted(body: str, depth: int) -> int:
    """Where a line begins behind so many marks of a quote."""
    at = 0
    for _ in range(depth):
        at = body.index(">", at) + 1
    return at + (depth > 0 and body[at : at + 1] == " ")


def _closes(rest: str, fence: str) -> bool:
    line = rest.strip()
    return len(line) >= len(fence) and set(line) == {fence[0]}


def _rule(rest: str) -> bool:
    """Whether a line that looks like an item is a rule, such as "- - -"."""
    return bool(re.fullmatch(r"(?:[-*][ \t]*){3,}", rest))


def _ends_list(rest: str) -> bool:
    return bool(_ENDS_LIST.match(rest) or _FENCE.match(rest))


def _width(space: str, column: int) -> int:
    """The column behind white space that begins at a column; a tab goes to the next multiple of four."""
    for each in space:
        column += 4 - column % 4 if each == "\t" else 1
    return column
