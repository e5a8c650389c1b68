"""Facts from notes and talk, asked for by command and in plain words."""

from __future__ import annotations

import json
from pathlib import Path

from sage import wire
from sage.client import Client
from tests.homes import engine_of, make_home, make_notes, sage
from tests.openai_stand_in import Answer, StandIn


def test_facts_are_shown_asked_for_decided_and_explained(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    notes = make_notes(tmp_path)
    (notes / "2026-03-01.md").write_text("I live in Berlin.")
    (notes / "2026-06-02.md").write_text("I moved to Rome.")
    (notes / "a.md").write_text("I love tea.")
    (notes / "b.md").write_text("I hate tea.")
    with engine_of(home), Client(home) as client:
        client.call(wire.ImportNotes(str(notes)))
        client.call(wire.Ask("I'm allergic to walnuts."))

        answer = client.call(wire.Ask("What do you know about Demo Aunt?")).answer
        assert (
            "Demo Aunt's birthday is 3 May." in answer
            and "Demo Aunt likes marzipan." in answer
            and "People.md:" in answer
        )
        then = client.call(wire.ShowFacts(at="May 2026")).beliefs
        assert [(one.value, one.valid_to) for one in then] == [("Berlin", "2026-06-02")]
        walnuts = client.call(wire.ShowFacts("walnuts")).beliefs[0].statements[0]
        assert walnuts.source.startswith("conversation/")

        shown = json.loads(sage(home, "facts", "open", "--json").stdout)
        assert {(one["value"], one["polarity"]) for one in shown["beliefs"]} == {("tea", True), ("tea", False)}
        loved = next(one["id"] for one in shown["beliefs"] if one["polarity"])
        assert "You like tea." in sage(home, "facts", "resolve", loved).stdout
        assert "Nothing contradicts itself" in sage(home, "facts", "open").stdout
        why = sage(home, "why", loved).stdout
        assert "“I love tea” a.md:1" in why and "you said that it is right" in why


def test_what_is_asked_about_nothing_known_is_answered_from_the_notes(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with engine_of(home), Client(home) as client:
        client.call(wire.ImportNotes(str(make_notes(tmp_path))))
        answer = client.call(wire.Ask("What do you know about boiler pressure?"))
        assert "between 1.2 and 1.8 bar" in answer.answer
        told = sage(home, "facts", "about", "boilers")
        assert told.returncode == 0 and "No facts about boilers yet" in told.stdout
        wrong = sage(home, "facts", "--at", "nonsense")
        assert wrong.returncode == 1 and "names no day" in wrong.stderr


def test_others_are_told_facts_of_what_they_may_see(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    notes = make_notes(tmp_path)
    (notes / "2026-03-01.md").write_text("---\naudience: [ann]\n---\nI live in Berlin.")
    (notes / "2026-06-02.md").write_text("I moved to Rome.")
    with engine_of(home), Client(home) as client:
        client.call(wire.ImportNotes(str(notes)))
        assert "You live in Berlin (since 1 March 2026)." in sage(home, "facts", "--for", "ann").stdout
        assert "You live in Rome" not in sage(home, "facts", "about", "me", "--for", "ann", "--json").stdout
        assert "No facts in what bob may see." in sage(home, "facts", "--for", "bob").stdout
        assert "No facts in what everybody may see." in sage(home, "facts", "--for", "public").stdout


def test_a_model_reads_facts_when_it_is_asked_and_says_what_it_used(tmp_path: Path) -> None:
    proposed = {"subject": "me", "attribute": "likes", "value": "Tea", "quote": "Tea? Always", "denied": False}
    invented = proposed | {"value": "gin", "quote": "Gin? Always"}
    answer = Answer((json.dumps({"facts": [proposed, invented]}),))
    with StandIn(answer) as server:
        chain = f'[model]\nchain = ["openai/qwen-local"]\nbase_url = "{server.base_url}"\n'
        home = make_home(tmp_path, settings=chain)
        (tmp_path / "notes").mkdir()
        (tmp_path / "notes" / "2026-03-01.md").write_text("Tea? Always, in the garden.")
        with engine_of(home), Client(home) as client:
            client.call(wire.ImportNotes(str(tmp_path / "notes")))
            assert "names no day" in sage(home, "facts", "read", "--since", "nonsense").stderr
            read = sage(home, "facts", "read", "--since", "2026", "--about", "tea")
            assert "qwen-local reads 1 passage: it costs nothing." in read.stdout, read.stderr
            assert (
                "1 new fact in 1 passage" in read.stdout
                and "You like Tea (since 1 March 2026, found by a model)." in read.stdout
            )
            assert "Nothing is left" in sage(home, "facts", "read").stdout
    assert len(server.asked) == 1 and server.asked[0]["response_format"]["type"] == "json_schema"


def test_a_server_that_refuses_a_form_reads_facts_all_the_same(tmp_path: Path) -> None:
    proposed = {"subject": "me", "attribute": "likes", "value": "Tea", "quote": "Tea? Always", "denied": False}
    refusal = Answer(status=400, error="response_format is not supported")
    with StandIn(refusal, Answer((json.dumps({"facts": [proposed]}),))) as server:
        home = make_home(tmp_path, settings=f'[model]\nchain = ["openai/qwen-local"]\nbase_url = "{server.base_url}"\n')
        (tmp_path / "notes").mkdir()
        (tmp_path / "notes" / "2026-03-01.md").write_text("Tea? Always, in the garden.")
        with engine_of(home), Client(home) as client:
            client.call(wire.ImportNotes(str(tmp_path / "notes")))
            read = sage(home, "facts", "read")
    assert "1 new fact in 1 passage" in read.stdout, read.stderr
    assert ["response_format" in asked for asked in server.asked] == [True, False]


def test_the_librarian_says_that_it_reads_by_rule_alone(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with engine_of(home):
        refused = sage(home, "facts", "read")
    assert (
        refused.returncode == 1
        and "reads facts by rule alone" in refused.stderr
        and "sage models use" in refused.stderr
    )
