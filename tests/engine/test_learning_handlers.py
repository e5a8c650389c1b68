"""Learning: cases, figures and kept answers, each only by what the person did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sage import wire
from sage.adapters.journal.journal_replies import JOB
from sage.core.errors import BadInput, NotFound
from sage.core.ledger import Ending, Job
from sage.core.messages import Usage
from tests.engine.deputy_office import Office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    found = Office(tmp_path)
    yield found
    await found.house.close()


async def edited(office: Office, text: str) -> str:
    name = await office.decided("How many chairs are there?", "open")
    office.pages.settle(name, "open", "edited", office.house.clock.now(), text)
    return name


async def test_drafts_that_were_wrong_are_cases_without_secrets(office: Office) -> None:
    await office.decided("Fine?", "approved")
    denied = await office.decided("Is it four?", "denied", text="The key is sk-abc12345678901234567890.")
    changed = await edited(office, "There are five.")
    cases = (await office.call(wire.ListCases())).cases
    assert [(case.id, case.made, case.final) for case in cases] == [
        (changed, "edited", "There are five."),
        (denied, "denied", ""),
    ]
    assert (
        cases[1].asked == "Is it four?"
        and cases[1].drafted == "The key is …."
        and cases[1].pieces[0].topic == "office-faq"
    )


async def test_a_topic_is_offered_after_twenty_in_a_row_and_never_taken(office: Office) -> None:
    await office.decided("Before?", "denied")
    for number in range(19):
        await office.decided(f"Question {number}?", "approved")
    assert (await office.call(wire.ShowFigures())).offers == ()
    await office.decided("The last one?", "approved")
    shown = await office.call(wire.ShowFigures())
    assert [(offer.contact, offer.topic, offer.in_a_row) for offer in shown.offers] == [("tom", "office-faq", 20)]
    assert "sage grant tom office-faq auto" in shown.offers[0].words
    assert office.desk.deputy.rules().grants == {"work": {"office-faq": "draft"}}
    await office.call(wire.GiveGrant("tom", "office-faq", "draft"))
    assert (await office.call(wire.ListGrants())).offers == (), "the person said how it is to be"


async def test_a_wrong_one_begins_the_row_anew(office: Office) -> None:
    for number in range(20):
        await office.decided(f"Question {number}?", "approved")
    await edited(office, "There are five.")
    shown = await office.call(wire.ShowFigures())
    assert shown.offers == () and {figure.in_a_row for figure in shown.figures} == {0}


async def test_an_edited_answer_is_kept_for_exactly_those(office: Office) -> None:
    name = await edited(office, "There are five chairs.")
    before = sorted(office.house.home.notes.iterdir())
    with pytest.raises(BadInput, match="They asked: How many chairs are there"):
        await office.call(wire.KeepAnswer(name, ("work",)))
    shown = await office.call(wire.KeepAnswer(name, ("Work",), "How many chairs has the office?"))
    assert (shown.path, shown.audience, shown.readers) == ("notes/answers-work.md", ("work",), ("tom",))
    assert sorted(office.house.home.notes.iterdir()) == before
    done = await office.call(wire.KeepAnswer(name, ("work",), "How many chairs has the office?", digest=shown.digest))
    assert done.kept and (office.house.home.notes / "answers-work.md").read_text() == (
        "---\naudience: work\n---\n\n## How many chairs has the office?\n\nThere are five chairs.\n"
    )
    tom, eve = [await office.call(wire.ShowContact(each)) for each in ("tom", "eve")]
    assert "answers-work" in [each.topic for each in tom.topics] and eve.sight.passages == 0
    draft = office.pages.find(await office.ask("How many chairs has the office?"))
    assert draft and draft.reply.text == "There are five chairs." and draft.reply.topics == ("answers-work",)
    with pytest.raises(BadInput, match=r"answers-work\.md already"):
        await office.call(wire.KeepAnswer(name, ("work",), "How many chairs has the office?"))
    with pytest.raises(BadInput, match="another note by now"):
        await office.call(wire.KeepAnswer(name, ("work",), "How many chairs has the office?", digest=shown.digest))


@pytest.mark.parametrize(
    ("names", "error", "told"),
    [(("nobody",), NotFound, "nobody"), ((), BadInput, "not said who"), (("private",), BadInput, "not said who")],
)
async def test_nothing_is_kept_for_nobody(
    office: Office, names: tuple[str, ...], error: type[Exception], told: str
) -> None:
    name = await edited(office, "There are five chairs.")
    with pytest.raises(error, match=told):
        await office.call(wire.KeepAnswer(name, names, "How many?"))


async def test_a_text_that_would_let_others_in_is_not_kept(office: Office) -> None:
    name = await edited(office, "There are five chairs. #share/public")
    with pytest.raises(BadInput, match="seen by others"):
        await office.call(wire.KeepAnswer(name, ("work",), "How many chairs?"))
    name = await office.decided("Nothing was sent?", "denied")
    with pytest.raises(BadInput, match="sent nothing"):
        await office.call(wire.KeepAnswer(name, ("work",), "How many chairs?"))
    shown = await office.call(wire.KeepAnswer(name, ("work",), "How many chairs?", "There are six."))
    assert shown.text == "## How many chairs?\n\nThere are six.\n"
    with pytest.raises(BadInput, match="another note by now"):
        await office.call(wire.KeepAnswer(name, ("work",), "How many chairs?", "There are seven.", shown.digest))
    assert not (office.house.home.notes / "answers-work.md").exists()


async def test_a_note_that_others_see_by_now_gets_no_answer(office: Office) -> None:
    (office.house.home.notes / "answers-work.md").write_text("---\naudience: public\n---\n\n## Old\n\nOld.\n")
    name = await edited(office, "There are five chairs.")
    with pytest.raises(BadInput, match="seen by others"):
        await office.call(wire.KeepAnswer(name, ("work",), "How many chairs?"))


async def test_a_label_on_that_note_counts_as_well(office: Office) -> None:
    (office.house.home.notes / "answers-work.md").write_text("---\naudience: work\n---\n\n## Old\n\nOld.\n")
    office.house.memory.import_path(office.house.home.notes)
    name = await edited(office, "There are five chairs.")
    assert not (await office.call(wire.KeepAnswer(name, ("work",), "How many chairs?"))).kept
    await office.call(wire.Share("answers-work.md", "add", ("eve",)))
    with pytest.raises(BadInput, match="seen by others"):
        await office.call(wire.KeepAnswer(name, ("work",), "How many chairs?"))


async def test_what_became_of_a_draft_stands_in_the_ledger_if_a_model_had_a_part_in_it(office: Office) -> None:
    first, second = await office.decided("Is it four?", "open"), await office.decided("Is it five?", "open")
    now = office.house.clock.now()
    call = office.house.budget.reserve("demo/small", 0.0, Job(f"{JOB}{first}", "reply"), now)
    office.house.budget.settle(call, Usage(), now, Ending())
    for name in (first, second):
        office.pages.settle(name, "open", "edited", now, "Changed.")
    became = office.house.ledger.became([f"{JOB}{first}", f"{JOB}{second}"])
    assert became == {f"{JOB}{first}": "edited"}
