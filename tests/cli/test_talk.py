"""`sage ask` over a real engine: what a person reads on paper is what stands."""

from __future__ import annotations

import json
from pathlib import Path

from sage import wire
from sage.client import Client
from tests.homes import engine_of, make_home, sage
from tests.openai_stand_in import Answer, StandIn


def test_a_claim_without_a_record_is_denied_below_what_was_printed(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with StandIn(Answer(pieces=("Fine. ", "I have sent the email."))) as model, engine_of(home):
        with Client(home) as client:
            client.call(wire.UseModel("openai/qwen-local", model.base_url))
        ended = sage(home, "ask", "is all well?")
    assert ended.returncode == 0
    assert ended.stdout.startswith("Fine. I have sent the email.\n\n**Not done: Sage has no record of doing this.**\n")


def test_every_turn_is_recalled_with_who_said_it_and_when(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with engine_of(home):
        assert sage(home, "ask", "I parked the blue bicycle behind the library.").returncode == 0
        found = json.loads(sage(home, "recall", "where is the bicycle", "--json").stdout)["hits"]
        shown = sage(home, "talk", "show").stdout
        listed = sage(home, "talk", "list").stdout
        made = sage(home, "talk", "summarize")
        asked = sage(home, "ask", "Where is the blue bicycle?").stdout
    assert (found[0]["speaker"], found[0]["origin"], found[0]["audience"]) == ("you", "user", ["private"])
    assert found[0]["when"][:4].isdecimal() and found[0]["citation"].startswith(f"{found[0]['thread']}#you 20")
    assert "I parked the blue bicycle behind the library." in shown and "I parked the blue" in listed
    assert made.returncode == 0 and "1 turn cited, worded by librarian, $0.0000" in made.stdout
    (note,) = home.notes.glob("*.md")
    assert "[1]" in note.read_text()
    assert "behind the library" in asked
