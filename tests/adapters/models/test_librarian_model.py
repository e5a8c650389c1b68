"""The librarian quotes, and says whose words it quotes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sage.adapters.models.librarian_model import LibrarianModel
from sage.core.extracts import NO_MODEL, NO_MODEL_OTHERS, without_asides
from sage.core.labels import Origin
from sage.core.messages import Message, ModelRequest, TextDelta
from sage.core.passages import Hit

TEXT = "The boiler pressure is 1.2 bar."
ELSE = " (written by someone else)"


def hit(root: str = "", *, origin: Origin = "user", speaker: str | None = None, heading: str = "") -> Hit:
    return Hit(
        "p_1",
        "source",
        heading,
        1,
        0,
        len(TEXT),
        TEXT,
        root=root,
        origin=origin,
        speaker=speaker,
        thread="conversation/c1",
    )


async def answer(*hits: Hit) -> str:
    request = ModelRequest("", (Message("user", "What is the boiler pressure?"),), passages=hits)
    model = LibrarianModel(lambda: datetime(2026, 11, 22, tzinfo=UTC))
    return "".join([event.text async for event in model.stream(request) if isinstance(event, TextDelta)])


@pytest.mark.parametrize(
    ("quoted", "opening", "aside"),
    [
        (hit("/notes", heading="Boiler"), "From *source*, Boiler [1]:", NO_MODEL),
        (hit("/notes"), "From *source*, the beginning [1]:", NO_MODEL),
        (hit(speaker="you"), "From *source* (your words) [1]:", NO_MODEL),
        (hit("/notes", speaker="Demo Person"), "From *source* (your words) [1]:", NO_MODEL),
        (hit(speaker="Demo Aunt"), "From *source* (said by Demo Aunt) [1]:", NO_MODEL_OTHERS),
        (hit("/notes", origin="contact", heading="Boiler"), f"From *source*, Boiler{ELSE} [1]:", NO_MODEL_OTHERS),
        (hit("/notes", origin="contact", speaker="Demo Aunt"), f"From *source*, Demo Aunt{ELSE} [1]:", NO_MODEL_OTHERS),
        (hit(speaker="Sage", origin="tool"), "From *source* (Sage's words) [1]:", NO_MODEL_OTHERS),
        (hit(origin="web"), "From *source* (from the web) [1]:", NO_MODEL_OTHERS),
    ],
)  # fmt: skip
async def test_it_says_whose_words_it_quotes(quoted: Hit, opening: str, aside: str) -> None:
    told = await answer(quoted)
    assert told.startswith(f"{opening}\n> {TEXT}") and told.endswith(f"*{aside}*")
    assert aside not in without_asides(told)


async def test_words_that_are_not_all_the_persons_are_not_called_theirs() -> None:
    told = await answer(hit("/notes", heading="Boiler"), hit(origin="contact"))
    assert told.endswith(f"*{NO_MODEL_OTHERS}*") and NO_MODEL not in told
