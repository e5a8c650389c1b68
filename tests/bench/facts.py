"""How right the facts are that are read by rule: LoCoMo, on 300 turns that were labelled by hand.

The labels (`facts_labels.json`: turn ids, and in own words what the turn states) were made before any rule was tried on
them; `tune` are 200 turns that rules were then looked at with, `held` are 100 that they were not. A fact is right when a
label of its turn has its kind and subject and at least half of the words of one value stand in the other; a fact without a
label was judged by reading its turn, and the verdict kept (`judged`). What is neither is counted as wrong, and as `unjudged`.
`recall` is of the labels, many of which only a reader with common sense can see.

`contradictions` are pairs of statements that cannot both be true: `dated` are those of which the date ended one, `shown` those
that are shown with both sources; `silent` are all others, and must be none. `whole_file` counts over all turns of the file.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

from sage.core.facts.beliefs import incompatible, settle
from sage.core.facts.fact_extraction import extract
from sage.core.facts.facts import Draft, Statement, attribute_key, statement_id, subject_key, value_key
from tests.bench.memory import Case, locomo

LABELS = Path(__file__).with_name("facts_labels.json")


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.data is None:
        raise SystemExit("facts needs --data FILE (LoCoMo)")
    cases = locomo(json.loads(args.data.read_text()))
    labels = json.loads(LABELS.read_text())
    extract("I like to warm up.")
    statements, seconds = _read(cases)
    of_turn: dict[str, list[Statement]] = defaultdict(list)
    for one in statements:
        of_turn[one.passage].append(one)
    chosen = {turn for part in labels["parts"].values() for turn in part}
    return {
        **{name: _figures(part, labels["judged"], of_turn) for name, part in labels["parts"].items()},
        "contradictions": _contradictions([one for one in statements if one.passage in chosen]),
        "whole_file": {
            "turns": sum(len(case.documents) for case in cases),
            "facts": len(statements),
            "by_kind": dict(sorted(Counter(one.kind for one in statements).items())),
            "contradictions": _contradictions(statements),
        },
        "ms_per_turn": round(1000 * seconds / max(1, sum(len(case.documents) for case in cases)), 3),
    }


def _read(cases: list[Case]) -> tuple[list[Statement], float]:
    """Everything that is stated in all turns, and the processor seconds that it took to read."""
    found, seconds = [], 0.0
    for case in cases:
        for document in case.documents:
            text, when, turn = document["text"], document["when"], f"{document['source']} {document['id']}"
            began = time.process_time()
            drafts = extract(text, speaker=document["speaker"], when=when)
            seconds += time.process_time() - began
            found += [_statement(draft, text, when, turn, document["source"]) for draft in drafts]
    return found, seconds


def _statement(draft: Draft, text: str, when: str, turn: str, conversation: str) -> Statement:
    quote = text[draft.start : draft.end]
    return Statement(
        statement_id(turn, draft, quote), draft.kind, f"{draft.subject} ({conversation})", draft.attribute, draft.value, quote,
        draft.polarity, draft.whom, draft.due, when, draft.valid_from, draft.valid_to, draft.confidence, draft.rule,
        source=conversation, passage=turn,
    )  # fmt: skip


def _figures(
    part: dict[str, list[list[str]]], judged: dict[str, Any], of_turn: dict[str, list[Statement]]
) -> dict[str, Any]:
    right, unjudged, count, found = 0, 0, 0, 0
    for turn, labels in part.items():
        met: set[int] = set()
        for one in of_turn[turn]:
            count += 1
            place = next((place for place, label in enumerate(labels) if _fits(one, label)), None)
            if place is not None:
                met.add(place)
                right += 1
            elif any(_fits(one, label) for label in judged["right"].get(turn, ())):
                right += 1
            elif not any(_fits(one, label) for label in judged["wrong"].get(turn, ())):
                unjudged += 1
        found += len(met)
    labelled = sum(len(labels) for labels in part.values())
    return {
        "turns": len(part),
        "facts": count,
        "right": right,
        "unjudged": unjudged,
        "precision": round(right / max(1, count), 4),
        "labels": labelled,
        "recall": round(found / max(1, labelled), 4),
    }


def _fits(one: Statement, label: list[str]) -> bool:
    kind, _, value, *about = label
    mine, theirs = set(value_key(one.value).split()), set(value_key(value).split())
    subject = subject_key(one.subject.rpartition(" (")[0])
    if one.kind != kind or (subject != subject_key(about[0]) if about else subject.startswith("my ")):
        return False
    return len(mine & theirs) * 2 >= min(len(mine), len(theirs))


def _contradictions(statements: list[Statement]) -> dict[str, int]:
    where = {one.id: belief for belief in settle(statements) for one in belief.statements}
    slots: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for one in statements:
        slots[(subject_key(one.subject), attribute_key(one.attribute))].append(one)
    counts: Counter[str] = Counter(dated=0, shown=0, silent=0)
    for slot in slots.values():
        for one, other in combinations(slot, 2):
            if incompatible(one, other):
                told = other.id in where[one.id].contradicts
                ended = where[one.id].valid_to or where[other.id].valid_to
                counts["shown" if told else "dated" if ended else "silent"] += 1
    return dict(counts)
