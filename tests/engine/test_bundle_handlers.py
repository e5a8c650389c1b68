"""What would be given away: chosen cases alone, no private word that the person did not let in, no name, and no key."""

from __future__ import annotations

import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.core.bundles import Review, edited, words_of
from sage.core.errors import BadInput, NotFound
from sage.core.messages import ToolCall
from sage.core.trials import Replayed, Trial, TrialAnswer, Vote
from tests.engine.eval_office import Office

KEY = "sk-demo0123456789abcdefghij"
PEOPLE = (
    '[people.tom]\ncalled = "Tom Sample"\naddresses = ["matrix:@tom:demo.example"]\ncard = {phone = "030 5550100"}\n'
)
PRIVATE = (
    "Tom Sample said that the boiler wants 1.5 bar; call 030 5550100, tom@demo.example, https://demo.example/?token=1."
)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = Office(tmp_path)
    with made.house.home.settings.open("a") as file:
        file.write(PEOPLE)
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "Boiler room.md").write_text(f"# Boiler room\n\n{PRIVATE}\n")
    (vault / "Garden.md").write_text("---\naudience: public\n---\n# Garden\n\nTomatoes want six hours of sun.\n")
    made.house.memory.import_path(vault)
    yield made
    await made.house.close()


async def rated(office: Office, words: str, *script: Any, rating: Any = "right") -> str:
    turn = await office.ask(words, script)
    (line,) = (await office.do(wire.CaptureTurns(turn, rating=rating))).cases
    return str(line.id)


async def boiler(office: Office) -> str:
    """A case with private words of every kind."""
    calls = [ToolCall("1", "add_task", {"text": "Ask Tom Sample about the boiler"})]
    return await rated(
        office, f"Which pressure, by Boiler room.md? My key is {KEY}", calls, ["Tom Sample said 1.5 bar [1]."]
    )


def everything(drafted: wire.BundleDrafted) -> str:
    return "\n".join(drafted.bundle.lines)


async def test_no_private_word_goes_in_unless_the_person_says_so_for_that_case(office: Office) -> None:
    first = await boiler(office)
    second = await rated(office, "Is the secret garden ours?", ["It is."], rating="wrong")
    drafted = await office.do(wire.DraftBundle(rated=True))
    text = everything(drafted)
    assert not any(word in text for word in ("boiler", "Boiler", "pressure", "1.5", "bar", "secret", "It is"))
    assert "Tomatoes want six hours of sun." in text and "Garden.md" not in text  # everybody may see that passage
    case = next(line for line in map(json.loads, drafted.bundle.lines) if line.get("kind") == "case")
    assert (case["rating"], case["calls"], case["became"]) == ("right", ["add_task"], ["right"])
    assert [each.words for each in drafted.bundle.cases] == [False, False]
    assert all("its words stay out: what you said, the answer" in each.told for each in drafted.bundle.cases)

    drafted = await office.do(wire.DraftBundle((second,), words=(first,), rated=True))
    text = everything(drafted)
    assert "bar" in text and "1.5" in text and "secret" not in text
    assert [each.words for each in drafted.bundle.cases] == [True, False]
    assert drafted.bundle.cases[0].told == (
        "all its words go in: what you said, the answer, 1 passage, which are private"
    )


async def test_what_tells_who_and_where_is_replaced_everywhere_and_ids_of_the_home_are_in_no_line(
    office: Office,
) -> None:
    case = await boiler(office)
    text = everything(await office.do(wire.DraftBundle((case,), words=(case,))))
    for word in (
        "Tom ",
        "tom@",
        "Sample",
        "@",
        "5550100",
        "demo.example",
        "Boiler room",
        "Garden.md",
        KEY,
        "sk-demo",
        case,
    ):
        assert word not in text, word
    assert office.house.cases.find(case).turn not in text and "p_" not in text
    assert "[person-1] said that the boiler wants 1.5 bar; call [number-1], [address-" in text
    assert '"with":{"text":"Ask [person-1] about the boiler"}' in text


async def test_labels_count_as_they_are_now(office: Office, tmp_path: Path) -> None:
    case = await rated(office, "How much sun do tomatoes want?", ["Six hours [1]."])
    assert "Tomatoes" in everything(await office.do(wire.DraftBundle((case,))))
    (tmp_path / "vault" / "Garden.md").write_text("# Garden\n\nTomatoes want six hours of sun.\n")
    office.house.memory.rescan()
    assert "Tomatoes" not in everything(await office.do(wire.DraftBundle((case,))))


async def test_what_stays_on_this_machine_is_told_as_such(office: Office, tmp_path: Path) -> None:
    (tmp_path / "vault" / "Garden.md").write_text(
        "---\naudience: [public, local-only]\n---\n# Garden\n\nTomatoes want sun.\n"
    )
    office.house.memory.rescan()
    case = await rated(office, "Do tomatoes want sun?", ["They do [1]."])
    drafted = await office.do(wire.DraftBundle((case,)))
    assert "Tomatoes" not in everything(drafted) and drafted.bundle.cases[0].told.endswith(
        "marked to stay on this machine"
    )


async def test_nothing_goes_in_that_was_not_chosen(office: Office) -> None:
    with pytest.raises(BadInput, match="Which cases"):
        await office.do(wire.DraftBundle())
    with pytest.raises(NotFound, match="rated"):
        await office.do(wire.DraftBundle(rated=True))
    unrated = await rated(office, "Hello?", ["Hi."], rating="")
    for request in (
        wire.DraftBundle(("e0",)),
        wire.DraftBundle((unrated,), words=("e0",)),
        wire.DraftBundle(rated=True),
    ):
        with pytest.raises(NotFound):
            await office.do(request)


async def test_votes_and_figures_of_trials_go_in_for_chosen_cases_alone(office: Office) -> None:
    first, second = await rated(office, "One?", ["Yes."]), await rated(office, "Two?", ["No."])
    pages = office.house.trials
    trial = pages.begin(Trial("x1", "model", "demo/new", "demo/old"))
    for case in (first, second):
        for side in ("current", "candidate"):
            pages.keep(trial.id, TrialAnswer(case, side, f"{case}{side}", Replayed("Words of an answer.")))  # type: ignore[arg-type]
        pages.vote(trial.id, Vote(case, "you", "current", "candidate"))
    drafted = await office.do(wire.DraftBundle((second,)))
    lines = [line for line in map(json.loads, drafted.bundle.lines) if "trial" in line]
    assert [line["kind"] for line in lines] == ["trial", "tried", "vote"] and "Words" not in everything(drafted)
    assert {line.get("case") for line in lines} == {None, "case-1"} and lines[2]["better"] == "candidate"
    assert (lines[0]["candidate"], lines[0]["current"]) == ("demo/new", "demo/old")


async def test_it_is_written_as_it_was_left_to_a_new_file_outside_of_what_sage_reads(
    office: Office, tmp_path: Path
) -> None:
    case = await boiler(office)
    drafted = await office.do(wire.DraftBundle((case,), words=(case,)))
    review = Review(drafted.bundle.lines)
    asked = next(number for number, line in enumerate(review.lines, 1) if '"asked"' in line)
    review.take(f"{asked} Which pressure?")
    review.take("1")
    path = tmp_path / "bundle.jsonl"
    written = await office.do(wire.WriteBundle(str(path), review.kept))
    lines = path.read_text().splitlines()
    assert len(lines) == written.lines == len(drafted.bundle.lines) - 1 and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [json.loads(line)["text"] for line in lines if '"asked"' in line] == ["Which pressure?"]
    before = path.read_bytes()
    for place in (
        path,
        tmp_path / "vault" / "b.jsonl",
        office.house.home.notes / "b.jsonl",
        tmp_path / "none" / "b.jsonl",
    ):
        with pytest.raises(BadInput):
            await office.do(wire.WriteBundle(str(place), review.kept))
        assert place == path or not place.exists()
    assert path.read_bytes() == before


@pytest.mark.parametrize("lines", [(), ("no object",), ('{"a": 1}', ""), (f'{{"text": "{KEY}"}}',), ("[1]",)])
async def test_what_is_no_line_or_holds_a_key_is_not_written(
    office: Office, tmp_path: Path, lines: tuple[str, ...]
) -> None:
    with pytest.raises(BadInput):
        await office.do(wire.WriteBundle(str(tmp_path / "b.jsonl"), lines))
    assert not (tmp_path / "b.jsonl").exists()


def test_lines_are_struck_taken_back_and_given_other_words() -> None:
    review = Review(['{"text":"one"}', '{"kind":"case"}'], [2])
    assert list(review.shown()) == ['   1 {"text":"one"}', "   2 struck"] and review.kept == ('{"text":"one"}',)
    review.take("2")
    assert len(review.kept) == 2
    review.take('1 say "a"')
    assert json.loads(review.lines[0]) == {"text": 'say "a"'} and words_of(review.lines[0]) == r"say \"a\""
    assert edited('{"text":"x"}', r"a\nb") == r'{"text":"a\nb"}'
    for typed in ("0", "3", "x", "2 words"):
        with pytest.raises(BadInput):
            review.take(typed)


def test_a_line_shows_just_what_is_written() -> None:
    assert "\u202e" not in edited('{"text":"x"}', "a\u202eb") and "\\u202e" in edited('{"text":"x"}', "a\u202eb")
