"""`sage map` with a real engine and a real server: priced, killed in the middle, gone on with, corrected, written to a file."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

from sage.locations import Home
from tests.homes import engine_of, kill, make_home, sage
from tests.openai_stand_in import Answer, StandIn

ROWS = 8
WORDS = '{"quote": "grows in bed", "answer": "Something grows."}'
MAP = ("map", "What does {text} say?", "--over", "notes", "--name", "beds", "--column", "what")


def test_a_sheet_that_was_killed_in_the_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    for number in range(ROWS):
        (vault / f"Bed {number}.md").write_text(f"# Bed {number}\n\nKind {number} grows in bed {number}.\n")
    with StandIn(*[Answer((WORDS[:20], WORDS[20:]), pause=0.1)] * (12 * ROWS)) as server:
        model = f'[model]\nchain = ["openai/qwen-local"]\nbase_url = "{server.base_url}"\n'
        home = make_home(tmp_path, settings=model)
        with engine_of(home) as engine:
            assert sage(home, "import", str(vault)).returncode == 0
            refused = sage(home, *MAP)
            assert refused.returncode == 1 and "8 rows; 8 calls of openai/qwen-local at most: free." in refused.stdout
            command = [sys.executable, "-m", "sage", "--home", str(home.path), *MAP, "--yes"]
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until = time.monotonic() + 60
            while len(server.asked) < 4 and time.monotonic() < until:
                time.sleep(0.02)
            kill(engine)
            assert running.wait(30) == 1
        before = len(server.asked)
        assert 4 <= before < ROWS
        with engine_of(home):
            assert "not finished" in sage(home, "sheet", "list").stdout
            done = sage(home, *MAP, "--yes")
            assert done.returncode == 0, done
            assert f"{before - 1} of them were asked before" in done.stdout or f"{before} of them" in done.stdout
            assert len(server.asked) <= ROWS + 1  # none but the one that was in the air is asked again
            assert all("tools" not in body for body in server.asked)
            assert (
                "Bed 3.md#Bed 3 “grows in bed”" in done.stdout and "8 with the words that they rest on" in done.stdout
            )
            assert sage(home, "sheet", "correct", "beds", "4", "what", "Kind", "three").returncode == 0
            assert "Kind three (your word)" in sage(home, "sheet", "show", "beds").stdout
            assert (
                'says "Kind three"'
                in sage(home, "eval", "show", _case(sage(home, "eval", "list", "--json").stdout)).stdout
            )
            _other_columns(home)
            assert sage(home, "sheet", "show", "beds", "--sample", "2").stdout.count("--- ") == 2
            file = tmp_path / "beds.csv"
            assert sage(home, "sheet", "export", "beds", str(file)).returncode == 0
            with file.open(encoding="utf-8", newline="") as lines:
                table = list(csv.DictReader(lines))
            assert [row["what"] for row in table] == ["Something grows."] * 3 + ["Kind three"] + [
                "Something grows."
            ] * 4
            assert sage(home, "sheet", "export", "beds", str(file)).returncode == 1
            assert sage(home, "sheet", "drop", "beds", "--yes").returncode == 0
            assert "No sheet yet" in sage(home, "sheet", "list").stdout


def _other_columns(home: Home) -> None:
    """The server says the same to everything, so nothing can be judged: what fits is left to the person, and nothing is made up."""
    kept = sage(home, "filter", "Does {text} tell of beds?", "--name", "beds", "--yes")
    assert "The strong model was asked about all 8" in sage(home, "sheet", "show", "beds", "--sample", "2").stdout
    assert kept.returncode == 0 and "The strong model was asked about all 8 rows" in kept.stdout, kept
    whole = sage(home, "reduce", "What grows?", "--name", "beds", "--of", "what", "--yes")
    assert whole.returncode == 0 and "of which the text says nothing" in whole.stdout, whole
    things = sage(home, "resolve", "the same bed", "--name", "beds", "--yes", "--json")
    cells = [cell for cell in json.loads(things.stdout)["sheet"]["cells"] if cell["column"] == "resolve"]
    assert [cell["value"] for cell in cells] == [str(number) for number in range(1, ROWS + 1)], things
    for column in ("filter", "reduce", "resolve"):
        assert sage(home, "sheet", "drop", "beds", "--column", column, "--yes").returncode == 0


def _case(listed: str) -> str:
    return str(json.loads(listed)["cases"][0]["id"])
