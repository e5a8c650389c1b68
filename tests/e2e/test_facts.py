"""Facts from notes and talk, asked for by command and in plain words."""

from __future__ import annotations

import json
from pathlib import Path

from sage import wire
from sage.client import Client
from tests.homes import engine_of, make_home, make_notes, sage


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
