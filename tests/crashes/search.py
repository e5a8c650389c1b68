"""What was acknowledged is looked for after a kill: in the files while nobody has them, then as a person would find it."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sage import wire
from sage.adapters.forgetting import byte_scan
from sage.adapters.home import kept_backups
from sage.adapters.resting_database import look_into
from sage.client import Client
from sage.core.errors import SageError
from sage.core.turns import PastTurn
from sage.locations import Home
from tests.crashes.person import NOTES

FOUND_WITHIN = 20.0
"""Seconds after a start in which a save of before must be found."""
KEPT_WITHIN = 1.0
"""Seconds after which streamed text must be on disk."""


@dataclass
class Round:
    """One kill, and what was found after it."""

    kind: str
    victim: str = "engine"
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    failed_start: str = ""
    seconds: float = 0.0


@dataclass
class Fact:
    """A line that a person wrote, and in which round."""

    round: Round
    data: dict[str, Any]


class Search:
    """Looks for all facts of one home, at every start. What is missing is told in the round in which it was acknowledged."""

    def __init__(self, home: Home, chance: random.Random) -> None:
        self._home, self._chance = home, chance
        self.facts: list[Fact] = []
        self.killed_at = 0.0
        """When the last kill was (monotonic)."""
        self.round = Round("")
        """The round of the last kill."""

    def _of(self, *kinds: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.data["fact"] in kinds]

    def in_files(self) -> None:
        """While nobody has the journal open: it is whole, and holds what it must."""
        if not self.facts and not self._home.journal.exists():
            return  # killed before its first start was over
        with look_into(self._home.journal, in_use=False) as journal:
            if journal.trouble or journal.unseen:
                _miss(self.round, f"the journal: {journal.trouble}{journal.unseen}")
            texts = {row[0] for row in journal.rows("SELECT id FROM texts")}
            actions = dict(journal.rows("SELECT id, state FROM actions"))
        for fact in self._of("remembered"):
            for name in set(fact.data["ids"]) - texts:
                _miss(fact.round, f"text {name}")
        for fact in self._of("acted"):
            if actions.get(fact.data["action"]) != fact.data["state"]:
                _miss(fact.round, f"action {fact.data['action']} is {actions.get(fact.data['action'])}")
        for fact in self._of("purged"):
            if found := byte_scan.look(self._home.path, byte_scan.forms(fact.data["text"])).found:
                _miss(fact.round, f"purged, and in {sorted(each.file for each in found)}")
        for fact in self._of("backup"):
            try:
                kept_backups.verify(Path(fact.data["path"]))
            except SageError as error:
                _miss(fact.round, f"backup: {error}")

    def through_engine(self) -> None:
        """Everything else, as a person would find it."""
        try:
            with Client(self._home) as client:
                self._for_plans(client)
                self._for_turns(client)
                self._for_passages(client)
                self._for_saves(client)
        except SageError as error:
            _miss(self.round, f"it could not be looked for: {error}")

    def _for_plans(self, client: Client) -> None:
        tasks = {task.id: task for task in client.call(wire.ListTasks(all=True)).tasks}
        goals = {goal.id: goal for goal in client.call(wire.ListGoals(all=True)).goals}
        for fact in self._of("task", "done", "goal", "reached", "note"):
            data = fact.data
            match data["fact"]:
                case "task":
                    there = data["id"] in tasks and tasks[data["id"]].text == data["text"]
                case "done":
                    there = data["id"] in tasks and tasks[data["id"]].done
                case "goal":
                    there = data["id"] in goals and goals[data["id"]].title == data["title"]
                case "reached":
                    there = data["id"] in goals and goals[data["id"]].state == "done"
                case _:
                    path = self._home.path / data["path"]
                    there = path.exists() and f"{data['word']} in it." in path.read_text()
            if not there:
                _miss(fact.round, f"{data['fact']} {data.get('id') or data['path']}")
        texts = [task.text for task in tasks.values()]
        if twice := {text for text in texts if texts.count(text) > 1}:
            _miss(self.round, f"done twice: {twice}")

    def _for_turns(self, client: Client) -> None:
        talks: dict[str, dict[str, PastTurn]] = {}

        def past(conversation: str, turn: str) -> PastTurn | None:
            if conversation not in talks:
                shown = client.call(wire.ShowConversation(conversation)).turns
                talks[conversation] = {each.answer.turn: each for each in shown}
            return talks[conversation].get(turn)

        answered = {fact.data["turn"] for fact in self._of("answered")}
        for fact in self._of("said", "answered"):
            data = fact.data
            found = past(data["conversation"], data["turn"])
            if found and found.forgotten and self._of("secret"):
                continue  # it quoted what was forgotten since
            if data["fact"] == "answered":
                if found is None or (found.answer.answer, found.answer.state) != (data["text"], data["state"]):
                    _miss(fact.round, f"the answer of turn {data['turn']}")
            elif found is None or found.said != data["text"]:
                _miss(fact.round, f"turn {data['turn']}")
            elif data["turn"] not in answered:
                self._for_partial(fact, found)

    def _for_partial(self, fact: Fact, found: PastTurn) -> None:
        """A turn that was cut off: its state says so, and what was heard a second before is kept."""
        turn, kept = found.answer.turn, found.answer.answer
        goes_on = fact.round.victim == "front end"
        # It may have come to its end, and the kill before the person's own note of it.
        if found.answer.state not in ("interrupted", "done") and not goes_on:
            _miss(fact.round, f"turn {turn} was cut off, and is told as {found.answer.state}")
        if fact.round is not self.round:
            return  # looked at when it was fresh
        heard = [each.data for each in self._of("heard") if each.data["turn"] == turn]
        early = "".join(each["text"] for each in heard if each["at"] < self.killed_at - KEPT_WITHIN).strip()
        if not kept.startswith(early):
            _miss(
                fact.round,
                f"of turn {turn} {len(kept)} letters are kept, {len(early)} were streamed {KEPT_WITHIN} s before",
            )

    def _for_passages(self, client: Client) -> None:
        imported = {fact.data["path"]: fact for fact in self._of("imported")}
        for fact in self._of("asked to import")[-3:]:
            path = fact.data["path"]
            report = client.call(wire.ImportNotes(path))
            count = report.added + report.changed + report.unchanged
            if count != NOTES or report.troubles:
                _miss(fact.round, f"import of {path}: {count} notes of {NOTES}")
            if path in imported and report.added:
                _miss(fact.round, f"import of {path}: {report.added} acknowledged notes were not in memory")
        for fact in self._chance.sample(self._of("imported"), min(3, len(imported))):
            mark = Path(fact.data["path"]).name.removeprefix("notes ").rpartition("n")[0]
            for number in self._chance.sample(range(NOTES), 4):
                word = f"{mark}w{number}p2"
                if not any(word in hit.text for hit in client.call(wire.Recall(word, 3)).hits):
                    _miss(fact.round, f"passage {word}")
        for fact in self._of("remembered")[-12:]:
            for name, text in zip(fact.data["ids"], fact.data["texts"], strict=True):
                if name not in [hit.id for hit in client.call(wire.Recall(text, 5)).hits]:
                    _miss(fact.round, f"text {name} is not found")

    def _for_saves(self, client: Client) -> None:
        for fact in self._of("saved", "renamed")[-8:]:
            self._for_save(client, fact)
        for fact in self._of("given back")[-4:]:
            path = self._home.path / fact.data["path"]
            if not path.exists() or fact.data["text"] not in path.read_text():
                _miss(fact.round, f"{fact.data['path']} did not come back")

    def _for_save(self, client: Client, fact: Fact) -> None:
        """What was saved is found soon after a start; a renamed note by its new name, as the passage that it was."""
        word, until = fact.data["word"], time.monotonic() + FOUND_WITHIN
        there = next(iter(sorted(Path(fact.data["path"]).parent.glob(f"{word}*.md"))))
        while True:
            hits = [
                hit
                for hit in client.call(wire.Recall(word, 5)).hits
                if word in hit.text and hit.root == str(there.parent)
            ]
            if [hit.source for hit in hits] == [there.name]:
                break
            if time.monotonic() > until:
                _miss(fact.round, f"{there.name} is found as {[hit.source for hit in hits]}")
                return
            time.sleep(0.05)
        if fact.data.get("passage", hits[0].id) != hits[0].id:
            _miss(fact.round, f"{there.name} was {fact.data['passage']}, and is {hits[0].id}")


def _miss(round_: Round, what: str) -> None:
    if what not in round_.lost:
        round_.lost.append(what)
