"""Answers for others: whole sentences of the evidence, which rules and a model find to be the answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from sage.agent.composing import Composed, Judging, Quoting
from sage.core.deputy.support import unsupported
from sage.core.disclosure import Piece
from sage.core.errors import ProviderDown
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta
from sage.testing.fakes import FakeBudget, FakeClock

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def piece(text: str, topic: str = "faq") -> Piece:
    return Piece(f"p_{len(text)}", f"hidden/{topic}.md#Secret heading:1", text, topic)


TOLD = "The garden gate opens with the code 4711. It is locked after 22:00."
GATE = piece("# Gate\n\nThe garden gate opens with the code 4711. It is locked after 22:00. Tom paid for the lamp.")


class Judge:
    """A model that says how likely a yes is, by what the statement has in it; it keeps all that it was shown."""

    name, context_tokens = "judge", 4096

    def __init__(self, likely: dict[str, float] | None = None, *, tells_odds: bool = True) -> None:
        self.likely, self.tells_odds = likely or {}, tells_odds
        self.shown: list[ModelRequest] = []

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.0

    async def close(self) -> None: ...

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.shown.append(request)
        asked = request.messages[-1].text
        if "broken" in self.likely:
            raise ProviderDown("It is down.", safe="Nothing was sent.")
        yes = next((odds for words, odds in self.likely.items() if words in asked), 0.0)
        yield TextDelta("yes" if yes > 0.5 else "no")
        yield Finished("judge", odds=((" Yes", yes / 2), ("No", (1 - yes) / 2)) if self.tells_odds else ())


async def judged(judge: Judge, question: str, *pieces: Piece) -> Composed | None:
    return await Judging([judge], FakeBudget(), FakeClock(NOW)).compose(question, pieces or (GATE,), "job")


async def quoted(question: str, *pieces: Piece) -> Composed | None:
    return await Quoting().compose(question, pieces or (GATE,), "job")


async def test_one_sentence_is_told_and_nothing_else_of_its_piece() -> None:
    for question in (
        "Hi! Could you tell me the code of the garden gate, please?",
        "what's the code for the garden gate",
    ):
        assert await quoted(question) == Composed(TOLD, (GATE,))


async def test_without_a_model_what_has_only_some_of_the_words_is_a_draft() -> None:
    found = await quoted("What is the colour of the garden gate?")
    assert found and (found.doubt, found.text) == ("unsure", TOLD)
    assert await quoted("Where is the nearest hospital?") is None


async def test_what_a_rule_speaks_against_is_at_most_a_draft() -> None:
    for question in (
        "When does the garden gate close?",
        "Who opens the garden gate?",
        "Does Tom open the garden gate?",
    ):
        found = await quoted(question)
        assert found is None or found.doubt == "unsure", question
        found = await judged(Judge({"code": 0.99}), question)
        assert found is None or found.doubt, question


@pytest.mark.parametrize(("odds", "doubt"), [(0.9, ""), (0.6, "unsure")])
async def test_a_model_judges_each_sentence(odds: float, doubt: str) -> None:
    found = await judged(Judge({"code 4711": odds}), "Which code opens the large gate?")
    assert found and (found.text, found.doubt) == (TOLD, doubt)
    assert found.model == ("" if doubt else "judge")


async def test_what_no_model_says_yes_to_is_nothing_unless_all_words_are_covered() -> None:
    assert await judged(Judge(), "Which code opens the shed gate?") is None
    found = await judged(Judge(), "Which code opens the gate?")
    assert found and found.doubt == "unsure"


async def test_of_what_rules_are_sure_less_of_a_yes_is_enough_but_not_a_no() -> None:
    for odds, doubt in ((0.6, ""), (0.3, "unsure")):
        found = await judged(Judge({"code 4711": odds}), "Which code opens the gate?")
        assert found and found.doubt == doubt


async def test_what_is_for_models_of_this_machine_alone_is_shown_to_no_other() -> None:
    secret = replace(piece("The code of the garden shed is 99."), local=True)
    lamp = piece("The code of the lamp in the shed is hidden.")
    elsewhere, inside = Judge({"99": 0.9}), Judge({"99": 0.9})
    both = Judging([elsewhere, inside], FakeBudget(), FakeClock(NOW), [inside])
    found = await both.compose("What is the code of the shed?", [lamp, secret], "job")
    assert found and (found.text, found.doubt) == (secret.text, "") and len(inside.shown) == 1
    assert elsewhere.shown and "99" not in repr(elsewhere.shown)
    hosted = Judging([elsewhere], FakeBudget(), FakeClock(NOW))
    found = await hosted.compose("What is the code of the shed?", [lamp, secret], "job")
    assert found and (found.text, found.model, found.doubt) == (secret.text, "", "")  # by rules alone
    assert "99" not in repr(elsewhere.shown)


async def test_of_a_model_that_tells_no_odds_its_word_counts() -> None:
    found = await judged(Judge({"code 4711": 0.9}, tells_odds=False), "Which code opens the gate?")
    assert found and found.doubt == ""


async def test_when_the_model_is_in_trouble_rules_alone_decide() -> None:
    found = await judged(Judge({"broken": 1.0}), "What is the code of the garden gate?")
    assert found == Composed(TOLD, (GATE,))


async def test_a_model_is_shown_sentences_and_never_where_they_stand_and_few_of_them() -> None:
    many = [piece(f"The garden gate number {number} opens with the code {number}.") for number in range(9)]
    judge = Judge()
    await judged(judge, "What is the code of the garden gate?", GATE, *many)
    assert 0 < len(judge.shown) <= 3
    assert not any(word in repr(judge.shown) for word in ("hidden", "Secret", "faq", ".md"))


async def test_two_answers_with_different_figures_are_a_draft() -> None:
    for composed in (
        await quoted("What is the code of the garden gate?", GATE, piece("The code of the garden gate is 4712.")),
        await judged(
            Judge({"gate": 0.9}),
            "What is the code of the garden gate?",
            GATE,
            piece("The code of the garden gate is 4712."),
        ),
    ):
        assert composed and composed.doubt == "differs"


async def test_two_answers_that_name_different_things_are_a_draft() -> None:
    both = piece("The retreat is in Rome.\n\nThe retreat is in Oslo.")
    found = await quoted("Where is the retreat?", both)
    assert found and found.doubt == "differs"
    found = await judged(Judge({"retreat": 0.9}), "Where is the retreat?", both)
    assert found and found.doubt == "differs"


async def test_what_may_have_taken_its_place_leaves_a_doubt() -> None:
    both = piece("The retreat is in Rome."), piece("Correction: the retreat has moved to Oslo.")
    for found in (
        await quoted("Where is the retreat?", *both),
        await judged(Judge({"Rome": 0.9, "Oslo": 0.45}), "Where is the retreat?", *both),
    ):
        assert found and (found.text, found.doubt) == ("The retreat is in Rome.", "differs")


@pytest.mark.parametrize(
    ("text", "question", "told"),
    [
        (
            "## Until 2024\n\nThe fee is 40 euro a month.",
            "What is the fee a month?",
            "Until 2024:\nThe fee is 40 euro a month.",
        ),
        ("## Guest fee\n\nThe guest fee is 40 euro.", "What is the guest fee?", "The guest fee is 40 euro."),
    ],
)
async def test_a_heading_is_told_where_it_says_what_the_sentence_does_not(text: str, question: str, told: str) -> None:
    found = await quoted(question, piece(text))
    assert found and found.text == told
    assert not unsupported(told, [text])


async def test_of_several_questions_all_must_be_answered() -> None:
    both = await quoted("What is the code of the garden gate? And who paid for the lamp?")
    assert both and both.text == f"{TOLD}\nGate:\nTom paid for the lamp." and not both.doubt
    one = await quoted("What is the code of the garden gate? And when is the concert?")
    assert one and one.text == TOLD and one.doubt == "unsure"


async def test_whatever_is_told_stands_in_the_evidence() -> None:
    faq = piece(
        "Q: When is the hall open? A: From 8 to 22.\n\n**Are dogs allowed in the hall?**\nNo, only in the yard."
    )
    for question in ("When is the hall open?", "Are dogs allowed in the hall?"):
        found = await quoted(question, faq)
        assert found and not found.doubt and unsupported(found.text, [faq.text]) == []


async def test_a_line_that_is_asked_for_by_its_label_is_told_whole() -> None:
    found = await quoted(
        "What is your deposit?", piece("Deposit: 150 euros. It is paid back after 14 days.\nRent: 20 euros.")
    )
    assert found is not None and (found.text, found.doubt) == ("Deposit: 150 euros. It is paid back after 14 days.", "")
    other = await quoted("What is her name?", piece("Name: Demo Office"))
    assert other is None or other.doubt


async def test_a_heading_alone_answers_nothing_and_is_not_shown() -> None:
    note = piece("# Printer\n\nToner lies in the cupboard.\n\nThe printer of the hall stands in the cellar.")
    judge = Judge({"Toner": 0.99, "hall": 0.1})
    found = await judged(judge, "Where does the printer stand?", note)
    assert found is None or found.doubt == "unsure"
    assert [request.messages[-1].text.partition("\n")[0] for request in judge.shown] == [
        "Statement: The printer of the hall stands in the cellar."
    ]


async def test_half_of_the_words_are_not_enough_for_a_yes() -> None:
    boats = piece("The rowing boat costs 15 euros an hour.")
    found = await judged(Judge({"rowing": 0.99}), "What does an hour of sailing cost?", boats)
    assert found is None or found.doubt
