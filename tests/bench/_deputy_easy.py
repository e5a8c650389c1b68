"""Easy questions: which of them are answered, and whether anything is answered that nothing answers.

100 questions that shared notes and a calendar answer, and 100 that they do not, chosen by the seed from `_easy_world`. They are
judged by comparison with what was written down for each of them, not by what the deputy compares itself. What a model said is
kept by prompt beside this file and replayed; `--live` asks the model (`--data`: the folder with its file) for what is not kept.
`--with` names composers: librarian, qwen2.5-1.5b, qwen2.5-0.5b.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

import sage
from sage.adapters.memory.memory import SageMemory
from sage.agent.composing import Composer, Judging, Quoting
from sage.agent.replier import LOOKED_AT, Incoming, Replier, Rules
from sage.agent.single_call import complete
from sage.core.deputy.replies import Reply
from sage.core.disclosure import Exchange
from sage.core.errors import ModelTrouble
from sage.core.events import Event, Events
from sage.core.labels import Reader
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta
from sage.core.passages import Hit
from sage.core.people import Contact, People
from sage.core.ports import ChatModel
from sage.core.small_prompt import render
from sage.testing.fakes import FakeBudget, FakeClock
from tests.bench._easy_world import EVENTS, FACTS, NOT, NOTES, PRIVATE, QA, TIMES

KEPT = Path(__file__).with_name("easy_judgements.json")
MODELS = ("qwen2.5-1.5b", "qwen2.5-0.5b")
HALVES = ("dev", "held")
ANSWERABLE, OF_TIMES, UNANSWERABLE = 100, 14, 100
ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 10, tzinfo=ZONE)
RULES = Rules(
    People([Contact("tom", "Demo Tom", ("matrix:@tom:demo.test",), ("house",))]),
    {"house": {"any": "auto"}},
    "Demo Ana",
    ("Demo Ana", "Ana"),
    ("house",),
    per_day=10**6,
    away=True,
)


class Case(NamedTuple):
    """A question; `expected` is empty for one that nothing answers, and `why` says why that is."""

    text: str
    half: str
    why: str
    expected: tuple[str, ...] = ()


def measure(args: argparse.Namespace) -> dict[str, Any]:
    names = tuple(args.composers or ("librarian", *MODELS))
    cases = chosen(args.seed)
    live = getattr(args, "live", False)
    with house() as memory:
        found = {name: asyncio.run(asked_of(memory, cases, name, args.data if live else None)) for name in names}
    return {"answerable": ANSWERABLE, "unanswerable": UNANSWERABLE, "planted": planted(), **found}


# -- what is asked


def chosen(seed: int) -> list[Case]:
    """The same number of each half, by chance."""
    chance = random.Random(seed)
    found = []
    for half, name in enumerate(HALVES):
        pools = (
            (FACTS, (ANSWERABLE - OF_TIMES) // 2),
            (TIMES, OF_TIMES // 2),
        )
        for facts, many in pools:
            pool = [Case(text, name, "", fact.expected) for fact in facts[half::2] for text in fact.phrasings]
            found += chance.sample(pool, many)
        without = [Case(text, name, why) for why, texts in NOT.items() for text in texts[half::2]]
        found += chance.sample(without, UNANSWERABLE // 2)
    return found


@contextmanager
def house() -> Iterator[SageMemory]:
    """A home with the notes: the house may read its own, nobody the private ones."""
    with tempfile.TemporaryDirectory() as folder, sage.open_memory(Path(folder) / "home") as memory:
        notes = Path(folder) / "notes"
        notes.mkdir()
        shared = "---\naudience: [house]\n---\n\n"
        faq = "\n\n".join(f"Q: {asked}\nA: {answer}" for asked, answer in QA)
        (notes / "faq.md").write_text(f"{shared}# FAQ\n\n{faq}\n", "utf-8")
        for name, sections in NOTES.items():
            lists = "\n- " if name == "boats" else " "
            body = "\n\n".join(
                f"## {heading}\n\n{'- ' if name == 'boats' else ''}{lists.join(told)}" for heading, told in sections
            )
            (notes / f"{name}.md").write_text(f"{shared}{body}\n", "utf-8")
        for name, text in PRIVATE.items():
            (notes / f"{name}.md").write_text(f"{text}\n", "utf-8")
        memory.import_path(notes)
        yield memory


# -- who answers


class Recorded:
    """A model of which is known what it said; `live` is asked for the rest."""

    context_tokens = 4096

    def __init__(self, name: str, live: ChatModel | None = None) -> None:
        self.name, self.live = name, live
        kept = msgspec.json.decode(KEPT.read_bytes()) if KEPT.exists() else {}
        self.said: dict[str, float] = kept.get(name, {})
        self.used: set[str] = set()
        self.missing = 0
        self.seconds: list[float] = []

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        key = hashlib.sha256(msgspec.json.encode(render(request))).hexdigest()[:16]
        if key not in self.said:
            self.said[key] = await self._asked(request)
        self.used.add(key)
        yes = self.said[key]
        yield TextDelta("yes" if yes > 0.5 else "no")
        yield Finished(self.name, odds=(("yes", yes), ("no", 1 - yes)))

    async def _asked(self, request: ModelRequest) -> float:
        if self.live is None:
            self.missing += 1
            raise ModelTrouble("It was never asked that.", safe="Nothing was sent.")
        began = time.perf_counter()
        likely = (await complete([self.live], FakeBudget(), FakeClock(NOW), request, "bench")).odds
        self.seconds.append(time.perf_counter() - began)
        yes, no = (sum(odds for token, odds in likely if token.strip().casefold() == word) for word in ("yes", "no"))
        return round(yes / (yes + no), 4) if yes + no else 0.0

    async def close(self) -> None:
        if self.live is not None:
            await self.live.close()

    def keep(self, *, done: bool = False) -> None:
        """Writes down what it said; when it is done, only what was asked."""
        if done:
            self.said = {key: self.said[key] for key in self.used}
        kept = msgspec.json.decode(KEPT.read_bytes()) if KEPT.exists() else {}
        kept[self.name] = {key: self.said[key] for key in sorted(self.said)}
        KEPT.write_bytes(msgspec.json.format(msgspec.json.encode(dict(sorted(kept.items()))), indent=1) + b"\n")


def _embedded(name: str, folder: Path) -> ChatModel:
    from sage.adapters.models.embedded_model import EmbeddedModel

    (path,) = folder.rglob(f"{name.replace('qwen2.5-', 'qwen2.5-coder-')}-*.gguf")
    return EmbeddedModel(name, path)


async def asked_of(memory: SageMemory, cases: Sequence[Case], name: str, folder: Path | None = None) -> dict[str, Any]:
    """The figures of one composer; with a folder of models, one is asked what is not recorded."""
    model = Recorded(name, _embedded(name, folder) if folder else None) if name in MODELS else None
    composer: Composer = Judging([model], FakeBudget(), FakeClock(NOW)) if model else Quoting()
    found = []
    try:
        for case in cases:
            found.append((case, await answer(memory, composer, case.text)))
            if model and model.live and len(found) % 10 == 0:
                model.keep(done=len(found) == len(cases))
    finally:
        if model:
            await model.close()
    return {**figures(found), **(_of_model(model) if model else {})}


def _of_model(model: Recorded) -> dict[str, Any]:
    told: dict[str, Any] = {"judged": len(model.used), "never_asked_that": model.missing}
    if model.seconds:
        ordered = sorted(model.seconds)
        told |= {"asked_now": len(ordered), "seconds_a_judgement_median": round(ordered[len(ordered) // 2], 2)}
    return told


async def answer(memory: SageMemory, composer: Composer, text: str) -> Reply:
    """What the deputy would say to the house."""

    def recall(question: str, readers: Sequence[Reader] | None) -> list[Hit]:
        return memory.recall(question, k=LOOKED_AT, recipients=readers, now=NOW)

    replier = Replier(recall, lambda since, until: calendar(), composer, lambda: NOW)
    exchange = Exchange("matrix/me", "!room", "@tom:demo.test", certain=True)
    return await replier.reply(Incoming(exchange, text), RULES, "bench")


def calendar() -> Events:
    return Events(tuple(Event(f"e{place}", *event, "own") for place, event in enumerate(EVENTS)))


# -- who judges


def told_by(reply: Reply) -> str:
    """An answer without the line that says whose it is."""
    return reply.text.rpartition("\n\n— Sage")[0] if "\n\n— Sage" in reply.text else reply.text


def is_right(case: Case, text: str) -> bool:
    """Whether an answer has what was written down as its fact, and nothing that is not written anywhere."""
    return bool(case.expected) and all(each in text for each in case.expected) and not made_up(text)


def made_up(text: str) -> str:
    """What is left of an answer without all sentences that were written down, and without what the calendar's times are told
    with; "" if nothing is."""
    sentences = sorted(
        {
            *(part for pair in QA for part in pair),
            *(told for sections in NOTES.values() for heading, many in sections for told in (f"{heading}:", *many)),
        },
        key=len,
        reverse=True,
    )
    if text.startswith(("As far as the calendar says: ", "Soweit es im Kalender steht: ")):
        return "" if not any(title in text for title, *_ in EVENTS) else text
    for sentence in sentences:
        text = re.sub(rf"(?:^|(?<=\s)){re.escape(sentence)}(?=\s|$)", "", text)
    return text.strip()


def figures(found: Sequence[tuple[Case, Reply]]) -> dict[str, Any]:
    return {half: _half([each for each in found if each[0].half in of]) for half, of in
            (("both", HALVES), ("dev", HALVES[:1]), ("held", HALVES[1:]))}  # fmt: skip


def _half(found: Sequence[tuple[Case, Reply]]) -> dict[str, Any]:
    easy = [(case, reply) for case, reply in found if case.expected]
    hard = [(case, reply) for case, reply in found if not case.expected]
    sent = [(case, reply) for case, reply in easy if reply.decision == "answer"]
    wrong = [(case, reply) for case, reply in sent if not is_right(case, told_by(reply))]
    spoken = [(case, reply) for case, reply in hard if reply.decision == "answer"]
    right = len(sent) - len(wrong)
    return {
        "answered_right": right,
        "of": len(easy),
        "answered_percent": round(100 * right / len(easy), 1),
        "answered_wrong": len(wrong),
        "wrong": [(case.text, told_by(reply)) for case, reply in wrong],
        "drafts_right": sum(is_right(case, told_by(reply)) for case, reply in easy if reply.decision == "draft"),
        "unanswerable_answered": len(spoken),
        "of_unanswerable": len(hard),
        "spoken": [(case.why, case.text, told_by(reply)) for case, reply in spoken],
        "unsupported_of_all_sent": (len(wrong) + len(spoken), len(sent) + len(spoken)),
        "interval_percent": interval(len(wrong) + len(spoken), len(sent) + len(spoken)),
        "interval_unanswerable_percent": interval(len(spoken), len(hard)),
        "decisions": dict(Counter(reply.decision for _, reply in found)),
    }


def interval(hits: int, of: int) -> tuple[float, float]:
    """Clopper-Pearson's 95 % interval of a share, in percent (C. J. Clopper, E. S. Pearson, Biometrika 26, 1934)."""
    if not of:
        return (0.0, 100.0)
    low = 0.0 if hits == 0 else _where(lambda share: _at_least(hits, of, share) >= 0.025)
    high = 1.0 if hits == of else _where(lambda share: 1 - _at_least(hits + 1, of, share) < 0.025)
    return (round(100 * low, 1), round(100 * high, 1))


def _at_least(hits: int, of: int, share: float) -> float:
    from math import comb

    return sum(comb(of, many) * share**many * (1 - share) ** (of - many) for many in range(hits, of + 1))


def _where(holds: Any) -> float:
    """The least share for which something holds that holds from there on."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def planted() -> dict[str, int]:
    """Of right answers with a planted "not", names that changed places, or another figure, those that the judge refuses."""
    true = [
        (Case("", "", "", (sentence,)), sentence)
        for sections in NOTES.values()
        for _, many in sections
        for sentence in many
    ]
    bad = [(case, changed) for case, sentence in true for changed in corrupted(sentence)]
    return {"right_accepted": sum(is_right(*each) for each in true), "of_right": len(true),
            "wrong_refused": sum(not is_right(*each) for each in bad), "of_wrong": len(bad)}  # fmt: skip


def corrupted(sentence: str) -> Iterator[str]:
    """A sentence made wrong in each way that it allows."""
    for verb, denied in (
        (" is ", " is not "),
        (" are ", " are not "),
        (" costs ", " never costs "),
        (" not ", " "),
        (" nicht ", " "),
    ):
        if verb in sentence:
            yield sentence.replace(verb, denied, 1)
    people = re.findall(r"Demo [A-Z]\w+", sentence)
    if len(people) > 1:
        yield sentence.replace(people[0], "@").replace(people[1], people[0]).replace("@", people[1])
    if figure := re.search(r"\d", sentence):
        yield sentence[: figure.start()] + str((int(figure[0]) + 1) % 10) + sentence[figure.end() :]
