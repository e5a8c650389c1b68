"""Measures the lint of wording on lines that somebody wrote who had not seen its rules: 50 bad ones and 200 good ones.

A bad line is caught when anything is found in it; a good line with a finding is a false alarm. The lines know three kinds;
"as that" counts what was also found as that kind (`FAMILIES` tells which kinds of the lint belong to which). The rules were
first measured on all lines unseen; every other line (`seen`) was then looked at to mend them, the rest (`held_back`) never was.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from sage.core.wording import lint
from tests.bench._wording_month import month

LINES = Path(__file__).parent.parent / "core" / "wording_lines.json"
FAMILIES = {
    "shame": {"shame", "guilt", "comparison", "count"},
    "control": {"control", "urgency", "guilt"},
    "hooks": {"hook", "feeling", "score", "urgency", "guilt"},
}

PHRASES = (
    "should have", "must", "streak", "points", "before you go", "be waiting", "one more thing", "proud of", "missed you",
    "last chance", "act now", "overdue", "again", "lazy", "failed", "disappointed", "let down", "everyone else", "excuse",
)  # fmt: skip
"""The baseline: a bag of the phrases that come to mind first."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--months", type=int, default=12, help="simulated months of briefs, shutdowns, reviews, nudges and late words"
    )
    parser.add_argument("--show", action="store_true", help="add what was missed and the false alarms of the seen half")


def run(args: argparse.Namespace) -> dict[str, Any]:
    lines = json.loads((args.data or LINES).read_text(encoding="utf-8"))
    figures: dict[str, Any] = {"all": _measured(lines["bad"], lines["good"])}
    for half, first in (("seen", 0), ("held_back", 1)):
        figures[half] = _measured(lines["bad"][first::2], lines["good"][first::2])
    figures["phrases_alone"] = {
        "caught": f"{sum(_has_phrase(line['text']) for line in lines['bad'])} of {len(lines['bad'])}",
        "false_alarms": f"{sum(map(_has_phrase, lines['good']))} of {len(lines['good'])}",
    }
    said = [one for seed in range(args.months) for one in month(seed)]
    figures["months"] = {
        "texts": len(said),
        "replaced": sum(bool(lint(text, own)) for text, own in said),
        "replaced_if_nothing_were_marked_as_quoted": sum(bool(lint(text)) for text, _ in said),
    }
    if args.show:
        figures["replaced"] = sorted({text for text, own in said if lint(text, own)})
        figures["missed"] = [line["text"] for line in lines["bad"][::2] if not lint(line["text"])]
        figures["alarms"] = {line: [f.kind for f in lint(line)] for line in lines["good"][::2] if lint(line)}
    return figures


def _measured(bad: list[dict[str, str]], good: list[str]) -> dict[str, Any]:
    kinds = Counter(line["kind"] for line in bad)
    found = [(line["kind"], {finding.kind for finding in lint(line["text"])}) for line in bad]
    caught = Counter(kind for kind, findings in found if findings)
    same = Counter(kind for kind, findings in found if findings & FAMILIES[kind])
    return {
        "caught": f"{caught.total()} of {len(bad)}",
        "false_alarms": f"{sum(bool(lint(line)) for line in good)} of {len(good)}",
        "by_kind": {kind: f"{caught[kind]} of {kinds[kind]}, {same[kind]} as that" for kind in sorted(kinds)},
    }


def _has_phrase(text: str) -> bool:
    return any(phrase in text.lower() for phrase in PHRASES)
