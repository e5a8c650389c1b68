"""Times in another language than English: its phrases, piece by piece, become those of the English grammar.

Only what says when is translated; what is to be said stays in the person's words. All that a language needs is a `Phrasebook`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sage.core.plain_dates import MONTHS
from sage.core.schedules.saying import say_nth

_SLOT = re.compile(r"\{([a-z ]+)(?::([a-z]+))?\}")
_TITLE = r"(?:[“\"][^“”\"]{1,80}[”\"]|[\w-]+)"


@dataclass(frozen=True, eq=False)
class Phrasebook:
    """A language's phrases, each with its English. In both, `{kind}` or `{kind:name}` is a word of a kind of `words`, or one of
    the kinds that every language has: `time` (`sure time`: one that nothing else can be), `nth`, `year`, `date`, `title`. A kind
    with an s is a list of it. `clock` has words in front of an hour with the minutes that they add, `hour` the one behind it."""

    words: Mapping[str, Mapping[str, str]]
    phrases: tuple[tuple[str, str], ...]
    joins: str
    """Stands between when and what ("to", "that"), or before it."""
    asking: str
    """Only asks for a reminder."""
    unread: str
    """Words in what is left that would say when, if they were understood."""
    counted: str
    """Behind a number: it says how often, and is no time."""
    conjunction: str
    hour: str
    clock: Mapping[str, int]

    @cached_property
    def patterns(self) -> tuple[tuple[re.Pattern[str], re.Pattern[str], dict[str, str], str], ...]:
        """Each phrase as it begins and as it ends a text, the kind of each of its groups, and its English."""
        found = []
        for phrase, english in self.phrases:
            kinds: dict[str, str] = {}

            def group(slot: re.Match[str], kinds: dict[str, str] = kinds) -> str:
                name = (slot[2] or slot[1]).replace(" ", "_")
                kinds[name] = slot[1]
                return f"(?P<{name}>{self._pattern(slot[1])})"

            pattern = _SLOT.sub(group, phrase).replace(" ", r"\s+")
            begins, ends = rf"(?:{pattern})(?![\w'’])", rf"(?<![\w'’])(?:{pattern})$"
            found.append((re.compile(begins, re.I), re.compile(ends, re.I), kinds, english))
        return tuple(found)

    def split(self, text: str) -> tuple[str, str]:
        """What a text says of when, in English, and the rest of it as it is. "" for no word about time that is understood."""
        asked = re.sub(rf"^\s*{self.asking}", "", text.strip(" \t\r\n,;:!?"), count=1, flags=re.I)
        rest = re.sub(rf"^{self.joins}", "", asked, flags=re.I)
        begin, rest = self._from_start(rest)
        rest = re.sub(rf"^{self.joins}", "", rest, flags=re.I) if begin else rest
        end: list[str] = []
        while found := self._longest(rest, at_end=True):
            end.insert(0, found[0])
            rest = rest[: found[1]].rstrip(" ,;:")
        if not begin and not end:
            begin, rest = self._from_middle(rest)
        return " ".join([*begin, *end]), rest.strip(" \t\r\n.,;:-\"“”'")

    def is_unread(self, rest: str) -> bool:
        """Whether what is left has words about time that were not understood."""
        return re.search(self.unread, rest, re.I) is not None

    def _from_start(self, text: str) -> tuple[list[str], str]:
        found: list[str] = []
        while piece := self._longest(text, at_end=False):
            found.append(piece[0])
            text = re.sub(rf"^(?:[\s,;:]|{re.escape(self.conjunction)}\b)+", "", text[piece[2] :], flags=re.I)
        return found, text

    def _from_middle(self, text: str) -> tuple[list[str], str]:
        """What stands between other words: "call mum on Friday at 9 about the party". One word alone may mean anything."""
        for word in list(re.finditer(r"(?<=\s)\S", text)):
            found, after = self._from_start(text[word.start() :])
            if found and " " in text[word.start() : len(text) - len(after)].strip():
                return found, f"{text[: word.start()]}{after}"
        return [], text

    def _longest(self, text: str, *, at_end: bool) -> tuple[str, int, int] | None:
        matches = [
            (match, kinds, english)
            for begins, ends, kinds, english in self.patterns
            if (match := ends.search(text) if at_end else begins.match(text)) and match[0]
        ]
        if not matches:
            return None
        match, kinds, english = max(matches, key=lambda found: found[0].end() - found[0].start())
        said = {name: self._english(kinds[name], word) for name, word in match.groupdict(default="").items()}
        words = _SLOT.sub(lambda slot: said.get((slot[2] or slot[1]).replace(" ", "_"), ""), english)
        return " ".join(words.split()), match.start(), match.end()

    def _pattern(self, kind: str) -> str:
        if kind not in self.words and kind.endswith("s") and kind[:-1] in (*self.words, "time"):
            one = self._pattern(kind[:-1])
            return rf"{one}(?:(?:\s*,\s*|\s+{self.conjunction}\s+)(?:\w{{2}}\s+)?{one}(?!\s*{self.counted}))*"
        if kind in self.words:
            words = "|".join(sorted(map(re.escape, self.words[kind]), key=len, reverse=True))
            return rf"(?:{words}{'|[0-9]{1,3}' if kind == 'count' else ''})(?!\w)"
        before = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in self.clock)
        sure = rf"\d{{1,2}}(?:[:.]\d\d(?!\d|\.)(?:\s*{self.hour})?|\s*{self.hour}(?:\s*\d\d(?!\d))?)"
        return {
            "time": rf"(?:{sure}|(?:(?:{before})\s+)?\d{{1,2}}(?![\d.:]))",
            "sure time": rf"(?:{sure}|(?:{before})\s+\d{{1,2}}(?![\d.:]))",
            "nth": r"\d{1,2}\.",
            "year": r"\d{4}",
            "date": r"\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{4})?|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d)?",
            "title": _TITLE,
        }[kind]

    def _english(self, kind: str, said: str) -> str:
        if kind not in self.words and kind.endswith("s") and kind[:-1] in (*self.words, "time"):
            kind = kind[:-1]
            ones = re.findall(self._pattern(kind), said, re.I)
            return " and ".join(self._english(kind, one) for one in ones)
        if kind in self.words:
            return self.words[kind].get(said.lower(), said)
        if kind == "nth" and said:
            return say_nth(int(said.rstrip(".")))
        if kind == "date" and "." in said:
            day, month, *year = re.findall(r"\d+", said)
            named = MONTHS[int(month) - 1].capitalize() if 1 <= int(month) <= 12 else f"month {month}"
            return " ".join([day, named, *year])
        return self._clock(said) if kind.endswith("time") and said else said

    def _clock(self, said: str) -> str:
        hour, *minute = re.findall(r"\d+", said)
        moved = next((by for word, by in self.clock.items() if said.lower().startswith(word.partition(" ")[0])
                      and re.match(word.replace(" ", r"\s+"), said, re.I)), 0)  # fmt: skip
        if moved:
            total = (int(hour) * 60 + moved) % (24 * 60)
            return f"{total // 60}:{total % 60:02}"
        return f"{hour}:{minute[0]}" if minute else hour
