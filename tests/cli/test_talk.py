"""`sage ask` over a real engine: what a person reads on paper is what stands."""

from __future__ import annotations

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
