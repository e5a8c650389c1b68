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


def test_who_fails_before_the_first_word_is_told_below_the_answer_alone_and_roles_are_asked_by_their_names(
    tmp_path: Path,
) -> None:
    home = make_home(tmp_path)
    down = Answer(status=500, error="out of order")
    with StandIn(down) as desk, StandIn(Answer(("Fine.",))) as attic, StandIn(Answer(("Deeply.",))) as deep:
        home.settings.write_text(
            f'[model]\nchain = ["desk/qwen-local", "attic/qwen-local"]\n[servers.desk]\nbase_url = "{desk.base_url}"\n'
            f'[servers.attic]\nbase_url = "{attic.base_url}"\n'
        )
        with engine_of(home):
            assert (
                sage(
                    home, "models", "use", "cellar/qwen-local", "--role", "deep", "--base-url", deep.base_url
                ).returncode
                == 0
            )
            asked = sage(home, "ask", "Is all well?", "--json")
            roles = sage(home, "models", "roles").stdout
            asked_deep = sage(home, "ask", "--deep", "Is it really?", "--json")
            assert asked_deep.returncode == 0, asked_deep.stderr
            deeply = json.loads(asked_deep.stdout)
            told = json.loads(asked.stdout)
            why = sage(home, "why", told["id"]).stdout
    assert (told["answer"], told["model"]) == ("Fine.", "attic/qwen-local") and "instead" not in asked.stderr
    assert told["aside"] == "not desk/qwen-local: it could not be reached, or was failing"
    assert "attic/qwen-local was asked in the place of desk/qwen-local" in why
    assert (deeply["answer"], deeply["model"], deeply["aside"]) == (
        "Deeply.",
        "cellar/qwen-local",
        "deep: you asked for it",
    )
    assert "deep        cellar/qwen-local, then desk/qwen-local, then attic/qwen-local\n" in roles


def test_a_branch_goes_on_from_a_turn_and_says_whence_it_came(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with engine_of(home):
        first = json.loads(sage(home, "ask", "I parked the blue bicycle behind the library.", "--json").stdout)
        anew = json.loads(sage(home, "ask", "--in-place-of", first["id"], "I parked it at home.", "--json").stdout)
        after = json.loads(sage(home, "ask", "--after", first["id"], "And the red one at work.", "--json").stdout)
        listed = sage(home, "talk", "list").stdout
        shown = sage(home, "talk", "show", after["conversation"]).stdout
        none = sage(home, "ask", "--after", "t000", "Hello?")
        exported = sage(home, "export", str(tmp_path / "out"))
    assert len({first["conversation"], anew["conversation"], after["conversation"]}) == 3
    assert "I parked it at home.  (asks anew in place of “I parked the blue bicycle" in listed
    assert shown.startswith("(goes on after “I parked the blue") and shown.count("I parked the blue bicycle") == 2
    assert none.returncode == 1 and "There is no turn" in none.stderr
    assert exported.returncode == 0
