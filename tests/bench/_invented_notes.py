"""Notes as a person might have them, made by sampling sentences of any folder of text; the same for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SHORTEST, _LONGEST = 25, 400
"""Characters of a sentence that is taken."""
_SHARED = 0.3
"""Of the notes may be seen by `work`."""
_ASKED = (
    "what did I write about {}",
    "when was {}",
    "who told me about {}",
    "where are the notes on {}",
    "how do I {}",
    "what is the {}",
    "the one with {}",
    "did we ever decide on {}",
)


@dataclass(frozen=True)
class Corpus:
    """The sentences of each file, in their order."""

    files: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, folder: Path) -> Corpus:
        """Every .md and .txt file below a folder. Raises SystemExit when there is too little text."""
        paths = sorted(path for ending in ("md", "txt") for path in folder.rglob(f"*.{ending}"))
        found = cls.of_texts(path.read_text(errors="replace") for path in paths)
        if sum(map(len, found.files)) < 500:
            raise SystemExit(f"{folder} holds less than 500 sentences in .md and .txt files.")
        return found

    @classmethod
    def of_manual(cls) -> Corpus:
        """The topics of Python's own manual, which comes with it."""
        from pydoc_data.topics import topics

        return cls.of_texts(topics[name] for name in sorted(topics))

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> Corpus:
        """The sentences of those texts that have at least ten."""
        found = []
        for text in texts:
            plain = re.sub(r"[#*_`>|\[\]]+", " ", text)
            sentences = [" ".join(one.split()) for block in plain.split("\n\n") for one in _SENTENCE.split(block)]
            kept = tuple(one for one in sentences if _SHORTEST <= len(one) <= _LONGEST)
            if len(kept) >= 10:
                found.append(kept)
        return cls(tuple(found))


class Inventor:
    """Writes notes and asks questions about them. A note has 1 to 8 sections, each of which becomes one passage."""

    def __init__(self, corpus: Corpus, seed: int) -> None:
        self._chance = random.Random(seed)
        self._corpus = corpus
        self._weights = [len(file) for file in corpus.files]
        self._sections: list[str] = []
        """Some of the sections written, to ask about."""

    def write(self, folder: Path, passages: int) -> int:
        """About so many passages as notes in folders; returns how many notes there are."""
        titles: list[str] = []
        written = 0
        while written < passages:
            file = self._file()
            sections = min(self._chance.choice((1, 1, 2, 3, 4, 5, 6, 8)), passages - written)
            title = f"{self._heading(file)} {len(titles)}"
            path = folder / f"{2015 + len(titles) % 11}" / f"area {self._chance.randrange(12)}" / f"{title}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._note(file, sections, titles))
            titles.append(title)
            written += sections
        return len(titles)

    def questions(self, count: int) -> list[str]:
        """Questions of 3 to 12 words: runs of words as they stand, scattered words, and words in a sentence that asks."""
        return [self._question() for _ in range(count)]

    def _question(self) -> str:
        words = _WORD.findall(self._chance.choice(self._sections))
        count = self._chance.randint(3, 12)
        kind = self._chance.random()
        start = self._chance.randrange(max(1, len(words) - count))
        if kind < 0.4:
            return " ".join(words[start : start + count])
        if kind < 0.6:
            return " ".join(
                words[place] for place in sorted(self._chance.sample(range(len(words)), min(count, len(words))))
            )
        return self._chance.choice(_ASKED).format(" ".join(words[start : start + max(1, count - 4)])) + "?"

    def _note(self, file: tuple[str, ...], sections: int, titles: list[str]) -> str:
        head = ""
        if self._chance.random() < 0.5:
            tags = ", ".join(_words(self._sentence(file), self._chance, 2))
            date = (
                f"{self._chance.randint(2015, 2025)}-{self._chance.randint(1, 12):02}-{self._chance.randint(1, 28):02}"
            )
            shared = "audience: [work]\n" if self._chance.random() < 2 * _SHARED else ""
            head = f"---\ndate: {date}\ntags: [{tags}]\n{shared}---\n"
        return head + "\n".join(self._section(file, titles) for _ in range(sections))

    def _section(self, file: tuple[str, ...], titles: list[str]) -> str:
        lines = list(self._lines(file))
        if titles and self._chance.random() < 0.4:
            lines.append(f"See [[{self._chance.choice(titles)}]].")
        if self._chance.random() < 0.5:
            lines.append(f"Told by {self._name()} on day {self._chance.randrange(10_000)}.")
        text = " ".join(lines)
        if len(self._sections) < 2000 or self._chance.random() < 0.05:
            self._sections.append(text)
        return f"## {self._heading(file)}\n\n{text}\n"

    def _lines(self, file: tuple[str, ...]) -> Iterator[str]:
        """Runs of one to three sentences, mostly of one file, 200 to 1,000 characters together."""
        left = self._chance.randint(200, 1000)
        while left > 0:
            source = file if self._chance.random() < 0.75 else self._file()
            start = self._chance.randrange(len(source))
            for sentence in source[start : start + self._chance.randint(1, 3)]:
                left -= len(sentence) + 1
                if left < -150:
                    return
                yield sentence

    def _file(self) -> tuple[str, ...]:
        return self._chance.choices(self._corpus.files, self._weights)[0]

    def _sentence(self, file: tuple[str, ...]) -> str:
        return self._chance.choice(file)

    def _heading(self, file: tuple[str, ...]) -> str:
        return " ".join(_words(self._sentence(file), self._chance, 4)).capitalize()

    def _name(self) -> str:
        """A name that few other notes have: so the vocabulary grows with the notes, as it does in life."""
        parts = "ka ro mi ne ta lu so ve di an or el is un ba gri sto fen".split()
        return "".join(self._chance.choices(parts, k=self._chance.randint(2, 4))).capitalize()


def _words(text: str, chance: random.Random, most: int) -> list[str]:
    words = _WORD.findall(text.lower()) or ["note"]
    start = chance.randrange(max(1, len(words) - most))
    return words[start : start + chance.randint(1, most)]
