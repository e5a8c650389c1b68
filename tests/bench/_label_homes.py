"""Pairs of small homes, by chance: what some recipients may see is the same in both, all else differs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sage.adapters.memory.memory import SageMemory
from sage.adapters.memory.sharing import Sharing
from sage.core.labels import Audience, LabelKind, audience_of, visible_to
from sage.core.passages import RememberedText, passage_target
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
WORDS = (
    "walrus seal garden tomato marathon training plumber kitchen lisbon tram ticket aunt birthday marzipan violin lesson "
    "budget invoice roof ladder winter boots doctor pollen bicycle chain soup onion letter harbour lamp"
).split()
SECRETS = (
    "salary 4711, divorce lawyer, diagnosis, resignation, affair, lottery, walrus, lisbon, birthday, budget".split(", ")
)
PEOPLE = ("Demo Aunt", "Demo Colleague", "Demo Friend", None)
AUDIENCES: tuple[Audience, ...] = (("private",), ("ann",), ("bob",), ("ann", "bob"), ("work",), ("public",))


@dataclass(frozen=True)
class Section:
    """A passage of a note: with a heading of a level, or (level 0) none. `shared` is the label on it, if it has one."""

    level: int
    heading: str
    body: str
    shared: Audience | None = None

    @property
    def text(self) -> str:
        return f"{'#' * self.level} {self.heading}\n{self.body}" if self.level else self.body


@dataclass(frozen=True)
class NoteSpec:
    """A note by where it is. `own` goes into its front matter, `tagged` into a tag, `labelled` on the note in the journal."""

    path: str
    sections: tuple[Section, ...]
    own: Audience | None = None
    tagged: str = ""
    labelled: Audience | None = None
    properties: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        head = [f"audience: [{', '.join(self.own)}]"] if self.own else []
        front = ["---", *head, *self.properties, "---", ""] if head or self.properties else []
        tag = [f"#share/{self.tagged}"] if self.tagged else []
        return "\n".join([*front, "\n\n".join([*tag, *(section.text for section in self.sections)])]) + "\n"


@dataclass(frozen=True)
class TextSpec:
    """A remembered text. `label` is put on it in the journal."""

    text: RememberedText
    label: Audience | None = None


@dataclass(frozen=True)
class HomeSpec:
    """All that a home is made of, in the order in which it comes: `steps` are numbers of `notes` that are written together."""

    notes: tuple[NoteSpec, ...] = ()
    texts: tuple[TextSpec, ...] = ()
    folders: tuple[tuple[str, Audience], ...] = ()
    threads: tuple[tuple[str, Audience], ...] = ()
    edits: tuple[NoteSpec, ...] = ()
    """Notes as they were when they were first imported, before they became what `notes` says."""
    renamed: bool = False
    """Whether notes had other names when they were first imported."""
    rebuilt: bool = False


@dataclass
class Case:
    """A pair: `hidden` tells what differs, `queries` what is asked for all of `recipients`, who see the `visible` texts."""

    recipients: tuple[str, ...]
    homes: tuple[HomeSpec, HomeSpec]
    queries: tuple[str, ...]
    hidden: list[str] = field(default_factory=list)
    visible: tuple[str, ...] = ()


STATING = {
    "walrus": "I love {}", "seal": "Yesterday I moved to Lisbon", "garden": "My sister Anna likes {}", "tomato": "I hate {}",
    "marathon": "She lives in Rome", "training": "Her birthday is on 3 May", "plumber": "Demo Aunt",
}  # fmt: skip
"""What a sentence becomes that begins with some word: facts, and the names of people whom they are about."""


def sentence(chance: random.Random, words: Sequence[str] = WORDS) -> str:
    chosen = chance.choices(words, k=chance.randint(3, 9))
    text = STATING.get(chosen[0], " ".join(chosen).capitalize()).format(" ".join(chosen[1:3]))
    return text + chance.choice(".?!")


class Maker:
    """Makes the case of a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.recipients = self.chance.choice([("ann",), ("ann",), ("ann", "bob"), ("work",), ()])
        self.seen = [each for each in AUDIENCES if visible_to(each, self.recipients)]
        self.names = [f"{self.chance.choice(WORDS)} {number}" for number in range(4)]
        """What visible notes are called: others link to them, and hidden ones call themselves so, too."""
        self.unseen = [each for each in AUDIENCES if not visible_to(each, self.recipients)]

    def case(self) -> Case:
        base = self._shared_home()
        hidden: list[str] = []
        homes = (self._with_hidden(base, hidden), self._with_hidden(base, hidden))
        visible = [section.body for note in base.notes for section in note.sections] + [
            each.text.text for each in base.texts
        ]
        queries = [self._about(visible), self._about(visible), self.chance.choice(SECRETS), sentence(self.chance),
                   f"{self._about(visible)} {self.chance.choice(SECRETS)} last spring"]  # fmt: skip
        queries.append(f"what about {self._about(visible)} two days before the {self.chance.choice(WORDS)}?")
        queries += [f'"{self._stretch(visible)}"', f'{sentence(self.chance)} "{self._stretch(SECRETS)}"']
        return Case(self.recipients, homes, tuple(queries), hidden, tuple(visible))

    def _about(self, visible: Sequence[str]) -> str:
        words = self.chance.choice(visible).split() if visible else WORDS
        return " ".join(self.chance.choices(words, k=3))

    def _stretch(self, texts: Sequence[str]) -> str:
        words = self.chance.choice(texts).split() if texts else WORDS
        first = self.chance.randrange(len(words))
        return " ".join(words[first : first + 3])

    # what they see

    def _shared_home(self) -> HomeSpec:
        chance = self.chance
        folders = ("shared",) if chance.random() < 0.5 else ()
        notes = tuple(self._shared_note(number, bool(folders)) for number in range(chance.randint(1, 4)))
        texts = tuple(self._shared_text(number) for number in range(chance.randint(0, 6)))
        return HomeSpec(notes, texts, tuple((name, chance.choice(self.seen)) for name in folders))

    def _shared_note(self, number: int, folder: bool) -> NoteSpec:
        chance = self.chance
        sections = tuple(self._section(f"v{number}.{place}") for place in range(chance.randint(1, 4)))
        audience = chance.choice(self.seen)
        name = f"{self.names[number]}.md"
        properties = tuple(
            chance.sample(
                ["date: 2026-03-02", "tags: [trip, walrus]", "aliases: [lisbon notes]"], k=chance.randint(0, 2)
            )
        )
        how = chance.choice(["folder", "own", "tag", "note", "passages"])
        match how:
            case "folder" if folder:
                return NoteSpec(f"shared/{name}", sections, properties=properties)
            case "own":
                return NoteSpec(name, sections, own=audience, properties=properties)
            case "tag" if len(audience) == 1:
                return NoteSpec(name, sections, tagged=audience[0], properties=properties)
            case "note":
                return NoteSpec(name, sections, labelled=audience, properties=properties)
        return NoteSpec(name, tuple(replace(each, shared=audience) for each in sections))

    def _section(self, mark: str) -> Section:
        """Its words are like no other section's, so that a label on it is on it alone."""
        chance = self.chance
        body = " ".join([sentence(chance), f"({mark})", *([self._link()] if chance.random() < 0.4 else ()),
                         *(["#trip"] if chance.random() < 0.2 else ()), *self._event(), sentence(chance)])  # fmt: skip
        if chance.random() < 0.15:  # several passages
            body = "\n\n".join(
                [body, *(" ".join(sentence(chance) for _ in range(12)) for _ in range(4)), f"({mark} ends)"]
            )
        return Section(chance.choice([1, 2, 2, 3]), sentence(chance)[:-1], body)

    def _event(self) -> list[str]:
        """When something is: questions count from it."""
        day = NOW + timedelta(days=self.chance.randint(-400, 0))
        return [f"The {self.chance.choice(WORDS)} is on {day:%Y-%m-%d}."] if self.chance.random() < 0.4 else []

    def _link(self) -> str:
        return f"[[{self.chance.choice([*self.names, 'walrus h0'])}]]"

    def _shared_text(self, number: int) -> TextSpec:
        """One whose audience is its own, or that is labelled."""
        text, audience = self._text(f"v{number}"), self.chance.choice(self.seen)
        if self.chance.random() < 0.5:
            return TextSpec(text, label=audience)
        return TextSpec(replace_text(text, audience))

    def _text(self, mark: str) -> RememberedText:
        chance = self.chance
        thread = chance.choice(["", "monday", "conversation/c1"])
        when = (NOW - timedelta(days=chance.randint(0, 400))).isoformat() if chance.random() < 0.7 else None
        words = chance.choice([sentence(chance), " ".join([sentence(chance), mark, *self._event()]), "Ok."])
        return RememberedText(words, thread or "chat", thread, 0, chance.choice(PEOPLE), when)

    # what they do not see

    def _with_hidden(self, home: HomeSpec, told: list[str]) -> HomeSpec:
        ways: dict[str, Callable[[HomeSpec], HomeSpec]] = {
            "hidden notes": self._hide_notes,
            "hidden passages": self._hide_passages,
            "hidden texts": self._hide_texts,
            "hidden front matter": self._hide_properties,
            "hidden names": self._hide_names,
            "hidden labels": self._hide_labels,
            "other readers": self._add_readers,
            "an edit": self._hide_an_edit,
            "another order": self._reorder,
            "other names before": lambda home: replace(home, renamed=True),
            "a rebuild": lambda home: replace(home, rebuilt=True),
        }
        for name in self.chance.sample(list(ways), k=self.chance.randint(1, 5)):
            told.append(name)
            home = ways[name](home)
        return home

    def _hidden_words(self) -> str:
        return f"{sentence(self.chance, [*WORDS, *SECRETS])} {self.chance.choice(SECRETS)} {self.chance.random()}"

    def _hidden_section(self, level: int) -> Section:
        return Section(level, self._hidden_words(), " ".join([self._hidden_words(), self._link(), *self._event()]))

    def _hide_notes(self, home: HomeSpec) -> HomeSpec:
        chance = self.chance
        notes = [
            NoteSpec(
                f"{chance.choice(['', 'secret/', 'shared/'])}{chance.choice(['walrus', *WORDS])} h{number}.md",
                tuple(self._hidden_section(chance.randint(0, 3)) for _ in range(chance.randint(1, 5))),
                labelled=chance.choice(self.unseen),
                properties=(f"aliases: [{chance.choice(self.names)}]",) if chance.random() < 0.5 else (),
            )
            for number in range(chance.randint(1, 6))
        ]  # fmt: skip
        return replace(home, notes=self._mixed([*home.notes], notes))

    def _hide_passages(self, home: HomeSpec) -> HomeSpec:
        return replace(home, notes=tuple(self._with_hidden_passages(note) for note in home.notes))

    def _with_hidden_passages(self, note: NoteSpec) -> NoteSpec:
        """Before a note's first section only one with a heading can stand: a section without one is part of the one above."""
        hidden = [
            Section(
                self.chance.randint(1, 4), self._hidden_words(), self._hidden_words(), self.chance.choice(self.unseen)
            )
            for _ in range(self.chance.randint(0, 3))
        ]
        return replace(note, sections=self._mixed([*note.sections], hidden))

    def _hide_texts(self, home: HomeSpec) -> HomeSpec:
        chance = self.chance
        hidden: list[TextSpec] = []
        for _ in range(chance.randint(1, 8)):
            text = self._text("h")
            if chance.random() < 0.6:
                text = replace_text(text, text.audience, f"{text.text} {self._hidden_words()}")
            if chance.random() < 0.3 and home.texts:  # the same words as a visible one
                text = replace_text(chance.choice(home.texts).text, ("private",))
            audience = chance.choice(self.unseen)
            hidden.append(TextSpec(replace_text(text, audience)) if chance.random() < 0.5 else TextSpec(
                replace_text(text, chance.choice(AUDIENCES)), label=audience))  # fmt: skip
        return replace(home, texts=self._mixed([*home.texts], hidden))

    def _hide_names(self, home: HomeSpec) -> HomeSpec:
        """What notes are called that are not visible as a whole."""
        notes = tuple(
            replace(
                note, path=f"{self.chance.choice(['', 'secret/'])}{self._hidden_words().replace('.', '')} n{number}.md"
            )
            if _in_part(note)
            else note
            for number, note in enumerate(home.notes)
        )
        return replace(home, notes=notes)

    def _hide_properties(self, home: HomeSpec) -> HomeSpec:
        """Front matter of notes that are not visible as a whole."""
        notes = tuple(
            replace(
                note,
                properties=(
                    f"title: {self._hidden_words()}",
                    "date: 2026-04-01",
                    "tags: [walrus, secret]",
                    f"aliases: [{self.chance.choice(self.names)}, walrus h0]",
                ),
            )
            if _in_part(note)
            else note
            for note in home.notes
        )
        return replace(home, notes=notes)

    def _hide_labels(self, home: HomeSpec) -> HomeSpec:
        return replace(home, folders=(*home.folders, ("secret", self.chance.choice(self.unseen)), ("none", ("bob",))))

    def _add_readers(self, home: HomeSpec) -> HomeSpec:
        """What the recipients see is seen by more people."""
        more = self.chance.choice(["work", "bob", "demo-aunt"])

        def wider(audience: Audience | None) -> Audience | None:
            return None if audience is None else audience_of((*audience, more)) if audience != ("public",) else audience

        def seen_by_more(audience: Audience | None) -> Audience | None:
            return wider(audience) if audience is not None and visible_to(audience, self.recipients) else audience

        notes = tuple(
            replace(
                note,
                labelled=seen_by_more(note.labelled),
                own=seen_by_more(note.own),
                sections=tuple(replace(each, shared=seen_by_more(each.shared)) for each in note.sections),
            )
            for note in home.notes
        )
        texts = tuple(replace(each, label=seen_by_more(each.label)) for each in home.texts)
        return replace(home, notes=notes, texts=texts)

    def _hide_an_edit(self, home: HomeSpec) -> HomeSpec:
        """Some notes were something else before."""
        before = tuple(
            replace(note, sections=tuple(replace(each, body=self._hidden_words()) for each in note.sections[::-1]))
            for note in home.notes
            if self.chance.random() < 0.5
        )
        return replace(home, edits=before)

    def _reorder(self, home: HomeSpec) -> HomeSpec:
        notes = [*home.notes]
        self.chance.shuffle(notes)
        return replace(home, notes=tuple(notes))

    def _mixed(self, kept: list, added: list) -> tuple:  # type: ignore[type-arg]
        """The kept ones in their order, with the others anywhere between them."""
        for one in added:
            kept.insert(self.chance.randint(0, len(kept)), one)
        return tuple(kept)


def replace_text(text: RememberedText, audience: Audience, words: str = "") -> RememberedText:
    from msgspec.structs import replace

    return replace(text, audience=audience, text=words or text.text)


def _in_part(note: NoteSpec) -> bool:
    """Whether only passages of a note are shared, each by itself."""
    alone = not (note.own or note.labelled or note.tagged or note.path.startswith("shared/"))
    return alone and any(section.shared for section in note.sections)


class Built:
    """A home as it stands: a memory over real files."""

    def __init__(self, spec: HomeSpec, folder: Path) -> None:
        self._vault = folder / "vault"
        self.texts = FakeTexts()
        (folder / "index").mkdir(parents=True)
        self._vault.mkdir()
        self.memory = SageMemory(folder / "index", self.texts, FakeEmbedder())
        self.sharing = Sharing(self.memory, self.texts.labels)
        self._label_folders(spec)
        for note in spec.edits:
            self._write(note)
        if spec.edits:
            self.memory.import_path(self._vault)
            for note in spec.edits:
                (self._vault / note.path).unlink()
        half = len(spec.texts) // 2
        self._remember(spec.texts[:half])
        if spec.renamed:
            self._rename(spec.notes)
        for place, note in enumerate(spec.notes):
            self._write(note)
            if place % 3 == 2:
                self.memory.import_path(self._vault)
        self.memory.import_path(self._vault)
        self._remember(spec.texts[half:])
        for note in spec.notes:
            self._label(note)
        if spec.rebuilt:
            self.memory.rebuild()

    def _write(self, note: NoteSpec) -> None:
        path = self._vault / note.path
        path.parent.mkdir(exist_ok=True)
        path.write_text(note.text)

    def _rename(self, notes: Sequence[NoteSpec]) -> None:
        for note in notes:
            self._write(replace(note, path=f"secret name of {note.path.replace('/', ' ')}"))
        self.memory.import_path(self._vault)
        for note in notes:
            (self._vault / note.path).parent.mkdir(exist_ok=True)
            (self._vault / f"secret name of {note.path.replace('/', ' ')}").rename(self._vault / note.path)
        self.memory.import_path(self._vault)

    def _remember(self, texts: Sequence[TextSpec]) -> None:
        names = self.memory.remember_many([each.text for each in texts])
        for each, name in zip(texts, names, strict=True):
            if each.label:
                self.memory.set_label("text", name, each.label, NOW)

    def _label_folders(self, spec: HomeSpec) -> None:
        for name, audience in spec.folders:
            self._put("folder", str(self._vault / name), audience)

    def _label(self, note: NoteSpec) -> None:
        files = self.memory.read(lambda store: store.labels.labelled())
        number, file = next(each for each in files.items() if each[1].path == str(self._vault / note.path))
        if note.labelled:
            self._put("note", file.first_path, note.labelled)
        if any(section.shared for section in note.sections):
            found = self.memory.read(lambda store: store.passages_in([number]))
            for row in found:
                for section in note.sections:
                    if section.shared and row.passage.text in section.text:
                        self._put("passage", passage_target(file.first_path, row.id), section.shared)

    def _put(self, kind: LabelKind, target: str, audience: Audience | None) -> None:
        self.memory.set_label(kind, target, audience, NOW)
