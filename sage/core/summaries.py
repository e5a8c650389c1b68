"""A long conversation in a few lines, each of which names the turn that it rests on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from sage.core.passages import OWNER, SAGE, Hit, conversation_thread
from sage.core.providers import LIBRARIAN
from sage.core.turns import PastTurn
from sage.core.words import content_stems

SYSTEM = """You shorten a conversation between a person and Sage, for the person to read later.
Write at most six lines, each beginning with "- ": what was decided, promised (with its date), learned, and what is still open.
End each line with the number of the passage it rests on, like [2]. Write nothing that no passage says."""

PART = 6000
"""Characters of a conversation that are shortened together: what a small model reads in one go."""
LINES = 6
"""Lines that a part is shortened to."""
_MARK = re.compile(r"\[(\d+)\]")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n+")


def sides_of(turns: Sequence[PastTurn]) -> list[Hit]:
    """What was said and answered, in order, as passages; `id` is the turn's.

    Of an answer without a model only what was done: the rest quotes notes.
    """
    sides = []
    for turn in turns:
        thread = conversation_thread(turn.answer.conversation)
        answer = turn.answer.answer
        if turn.answer.model == LIBRARIAN:
            answer = "\n".join(action.result for action in turn.answer.actions if action.state == "done")
        for speaker, text in ((OWNER, turn.said), (SAGE, answer)):
            if text.strip():
                sides.append(
                    Hit(
                        turn.answer.turn,
                        thread,
                        "",
                        1,
                        0,
                        len(text),
                        text,
                        turn.said_at,
                        origin="user" if speaker == OWNER else "tool",
                        thread=thread,
                        speaker=speaker,
                    )
                )
    return sides


def parts_of(sides: Sequence[Hit], longest: int = PART) -> Iterator[list[Hit]]:
    """The sides in stretches of about `longest` characters; a longer one stands alone."""
    part: list[Hit] = []
    for side in sides:
        if part and sum(len(each.text) for each in part) + len(side.text) > longest:
            yield part
            part = []
        part.append(side)
    if part:
        yield part


def extract(sides: Sequence[Hit], most: int = LINES) -> list[tuple[str, Hit]]:
    """The sentences that the part turns around, as they were said, in order: without any model.

    The person's own come first; a question alone says little, so what was only asked counts half.
    """
    counts = Counter(stem for side in sides for stem in set(content_stems(side.text)))
    found: list[tuple[float, int, str, Hit]] = []
    for side in sides:
        for sentence in filter(None, (piece.strip(" >*-") for piece in _SENTENCE.split(side.text))):
            stems = set(content_stems(sentence))
            if len(stems) < 2:
                continue
            worth = sum(counts[stem] for stem in stems) / (len(stems) + 3)
            worth *= (1.0 if side.speaker == OWNER else 0.7) * (0.5 if sentence.endswith("?") else 1.0)
            found.append((worth, len(found), sentence, side))
    best = sorted(sorted(found, key=lambda one: (-one[0], one[1]))[:most], key=lambda one: one[1])
    return [(sentence, side) for _, _, sentence, side in best]


def supported(text: str, sources: Sequence[Hit]) -> list[tuple[str, list[Hit]]]:
    """The lines of a model's summary that rest on some passage, without their marks, each with what it rests on."""
    lines = []
    for line in text.splitlines():
        rests_on = [sources[int(number) - 1] for number in _MARK.findall(line) if 0 < int(number) <= len(sources)]
        plain = " ".join(_MARK.sub("", line).split()).lstrip("-*• ").strip()
        if rests_on and plain:
            lines.append((plain, rests_on))
    return lines


def summary_body(title: str, lines: Sequence[tuple[str, Sequence[Hit]]]) -> str:
    """The note: its lines with numbers, and below them which turn each number is."""
    order: dict[tuple[str, str | None], tuple[int, Hit]] = {}
    body = [f"# {title}", ""]
    for line, rests_on in lines:
        numbers = []
        for hit in rests_on:
            number, _ = order.setdefault((hit.id, hit.speaker), (len(order) + 1, hit))
            numbers.append(f"[{number}]")
        body.append(f"- {line} {''.join(dict.fromkeys(numbers))}")
    body += ["", "## Turns", ""]
    body += [
        f"{number}. {hit.speaker}, {(hit.when or '')[:16].replace('T', ' ')} ({hit.id})"
        for number, hit in order.values()
    ]
    return "\n".join(body)
