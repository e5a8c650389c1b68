"""Words cut out of a text, and put back into it after it has changed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

Span = tuple[int, int]
"""Character offsets, end exclusive."""


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def cut(text: str, spans: Iterable[Span]) -> str:
    """The text without those spans. A line (or list item) that keeps nothing goes with its line break."""
    kept, place = [], 0
    for start, end in joined(_whole_lines(text, span) for span in joined(spans)):
        kept.append(text[place:start])
        place = end
    kept.append(text[place:])
    return "".join(kept)


def _whole_lines(text: str, span: Span) -> Span:
    """The span, wider where it leaves nothing but a bullet and blanks of a line."""
    start, end = span
    line = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end)
    after = len(text) if after < 0 else after
    if text[line:start].strip(" \t>-*+#[]xX0123456789.)") == "" and not text[end:after].strip():
        return line, min(len(text), after + 1)
    while end < after and text[end] in " \t":
        end += 1
    if not text[end:after].strip():
        while start > line and text[start - 1] in " \t":
            start -= 1
    return start, end


def put_back(before: str, after: str, now: str) -> str:
    """`now`, which was `after` once, with all again that `before` had and `after` had not: at its place, line by line."""
    if now == after:
        return before
    old, cut_down, new = (text.splitlines(keepends=True) for text in (before, after, now))
    places = _places(cut_down, new)
    lines, done = [], 0
    for kind, start, end, from_, to in difflib.SequenceMatcher(None, cut_down, old, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        here = max(done, places[start])
        lines += new[done:here]
        rest = new[here : here + end - start]
        here += (end - start) if rest == cut_down[start:end] else 0
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        lines += old[from_:to]
        done = here
    if lines and done < len(new) and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return "".join([*lines, *new[done:]])


def _places(before: Sequence[str], after: Sequence[str]) -> list[int]:
    """For each line of `before`, and its end, where it stands in `after` (or what came in its place begins)."""
    places = [0] * (len(before) + 1)
    for _, start, end, from_, to in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for place in range(start, end):
            places[place] = min(from_ + place - start, to)
        places[end] = to
    return places


def difference(name: str, before: str, after: str) -> str:
    """What an edit would change, as a unified diff with two lines around each change."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), name, f"{name} (without it)", n=2
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
