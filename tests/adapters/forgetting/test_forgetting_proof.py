"""What a look at every byte is for: the words that were forgotten, and nothing that Sage writes of itself."""

from __future__ import annotations

from sage.adapters.forgetting.forgetting_pages import Kept
from sage.adapters.forgetting.forgetting_proof import Remains


def looked_for(named: str, derived: str) -> list[str]:
    kept = Kept(frozenset(), {"named": [named], "derived": [derived]}, frozenset(), [], [], {})
    return Remains(kept, [], {}).looked_for(set())


def test_what_an_answer_names_a_talk_by_is_not_looked_for() -> None:
    talk = "conversation/c1a206132f45d34516"
    found = looked_for("", f"The nearest:\n\n- {talk}#you 2026-11-23 01:44 [2]\n- *{talk}* [1]\n- shed#Keys:12 [3]")
    assert "shed#Keys:12 [3" in found and not [each for each in found if "conversation" in each or "2026" in each]


def test_the_words_are() -> None:
    found = looked_for("The key hangs behind the third blue flowerpot.", "It says: conversation with the flowerpot")
    assert {"flowerpot", "conversation", "behind the third blue flowerpot"} <= set(found)
