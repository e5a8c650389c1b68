"""Forgetting what came in to accounts, what went out, and what was changed of tasks elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.adapters.home import backups
from sage.adapters.home.home_swap import restore_home
from sage.core.passages import RememberedText
from tests.adapters.forgetting.test_forgetting import NOW, SECRET, Place, tables

CODE = "The flowerpotter's code is ZEBRA-77431."
AT = NOW.isoformat()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.close()


def message(place: Place, key: str = "i1", text: str = SECRET, **more: str) -> str:
    """A message as the journal has it, with its text among the texts."""
    row = {
        "id": key, "account": "mail/me", "event": f"<{key}>", "conversation": "conversation-of-aunt@example.org",
        "sender": "aunt@example.org", "name": "Demo Aunt", "members": '["uncle@example.org"]', "contact": "demo-aunt",
        "state": "kept", "reason": "reasoncanary", "subject": "subjectcanary of the flowerpotter", "unreadable": "unreadablecanary",
        "attachments": '[{"name":"flowerpotter.pdf"}]', "at": AT, "received_at": AT, **more,
    }  # fmt: skip
    (row["text_id"],) = place.texts.add_texts(
        [RememberedText(text, "mail/me", key, origin="contact", speaker=row["name"])]
    )
    insert(place, "inbound", row)
    place.memory.catch_up()
    return row["text_id"]


def sending(place: Place, text: str = SECRET, state: str = "waiting", **more: str) -> None:
    insert(place, "outbox", {
        "id": "u1", "key": "k1", "account": "mail/me", "conversation": "conversation-of-aunt@example.org",
        "recipients": '["aunt@example.org"]', "subject": "Re: flowerpotter", "text": text, "kind": "reply",
        "digest": "0f0f0f0f0f0f", "state": state, "made_at": AT, "changed_at": AT, **more,
    })  # fmt: skip


def change(place: Place) -> None:
    def task(text: str) -> str:
        return json.dumps({"id": "7.flowerpotter", "text": text, "revision": "1"})

    insert(place, "task_changes", {
        "id": "h1", "account": "todotxt/own", "task": "7.flowerpotter", "do": "update", "base": task("basecanary of the shed"),
        "wanted": json.dumps({"text": SECRET}), "theirs": task("theirscanary of the shed"), "state": "conflict",
        "reason": "reasoncanary", "made_at": AT, "changed_at": AT,
    })  # fmt: skip


def insert(place: Place, table: str, row: dict[str, str]) -> None:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    place.database.run(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


def test_a_message_goes_whole_and_is_known_as_one_that_came(place: Place) -> None:
    text = message(place)
    rows = tables(place)
    first = place.forget("i1")
    assert not place.shows("flowerpot")
    ((event, sender, kept),) = place.database.rows("SELECT event, sender, text_id FROM inbound")
    assert (event, sender, kept) == ("<i1>", "", "")
    place.forgetter.undo(first.id)
    assert tables(place) == rows
    purged = place.purge(place.forget("i1").id)
    assert not purged.proof.leaks
    assert not place.left(
        SECRET, "flowerpotter", "aunt@example.org", "uncle@example.org", "Demo Aunt", "demo-aunt", "subjectcanary",
        "reasoncanary", "unreadablecanary", text,
    )  # fmt: skip


def test_all_of_a_person_goes_by_their_name_or_address(place: Place) -> None:
    message(place)
    message(place, "i2", "Bring the plums on Friday.", sender="other@example.org", name="Other Demo")
    place.forget(person="Demo Aunt")
    assert place.database.rows("SELECT id FROM inbound WHERE sender != ''") == [("i2",)]
    place.forget(person="other@example.org")
    assert place.database.rows("SELECT id FROM inbound WHERE sender != ''") == []


def test_what_was_to_be_sent_is_not_and_what_was_sent_is_told_as_such(place: Place) -> None:
    sending(place)
    rows = tables(place)
    first = place.forget("u1")
    assert place.database.rows("SELECT state, text, digest FROM outbox") == [("dropped", "", "")]
    place.forgetter.undo(first.id)
    assert tables(place) == rows
    place.database.run("UPDATE outbox SET state = 'sent', receipt = 'r1'")
    purged = place.purge(place.forget(words="third blue flowerpot").id)
    assert not purged.proof.leaks
    assert place.database.rows("SELECT state, receipt FROM outbox") == [("sent", "r1")]
    assert not place.left(SECRET, "flowerpot", "aunt@example.org", "0f0f0f0f0f0f")


def test_an_answer_to_a_message_goes_with_it(place: Place) -> None:
    message(place, text=CODE)
    sending(place, "I have it, thanks.", "sent", answers="i1")
    place.forget("i1")
    assert place.database.rows("SELECT text FROM outbox") == [("",)]


def test_a_change_of_a_task_goes_with_all_its_versions(place: Place) -> None:
    change(place)
    rows = tables(place)
    first = place.forget(words="third blue flowerpot")
    assert place.database.rows("SELECT * FROM task_changes") == []
    place.forgetter.undo(first.id)
    assert tables(place) == rows
    purged = place.purge(place.forget("h1").id)
    assert not purged.proof.leaks
    assert not place.left(SECRET, "flowerpot", "basecanary", "theirscanary", "reasoncanary")


def test_why_an_account_rests_can_be_forgotten(place: Place) -> None:
    row = {"account": "todotxt/own", "plugin": "todotxt", "state": "parked", "reason": CODE, "since": AT}
    insert(place, "plugin_accounts", row)
    place.purge(place.forget(words="ZEBRA-77431").id)
    assert place.database.rows("SELECT state, reason FROM plugin_accounts") == [("parked", "")]
    assert not place.left("ZEBRA-77431")


def test_a_backup_of_before_has_none_of_it(place: Place) -> None:
    message(place)
    sending(place)
    change(place)
    made = backups.make(place.home, place.database, None, place.now())
    place.purge(place.forget(words="third blue flowerpot").id)
    place.close()
    restore_home(place.home, made, place.now())
    place.open()
    assert place.database.rows("SELECT text FROM outbox") == [("",)]
    assert place.database.rows("SELECT 1 FROM task_changes") == []
    assert not place.left(SECRET, "third blue flowerpot")


def test_code_of_a_plugin_of_the_persons_own_is_shown_and_left(place: Place) -> None:
    place.note("Shed", SECRET)
    folder = place.home.plugins / "demo"
    folder.mkdir(parents=True)
    (folder / "source.py").write_text(f"# {SECRET}\n")
    assert place.forget("notes/Shed.md").waiting == (str(folder / "source.py"),)
    assert SECRET in (folder / "source.py").read_text()


def test_what_a_library_keeps_of_an_account_is_in_no_backup_and_stays_at_a_restore(place: Place) -> None:
    folder = place.home.account("matrix/me")
    folder.mkdir(parents=True)
    (folder / "crypto.db").write_text("keys of later")
    (place.home.plugins / "demo").mkdir(parents=True)
    (place.home.plugins / "demo" / "plugin.toml").write_text('name = "demo"\n')
    made = backups.make(place.home, place.database, None, place.now())
    (place.home.plugins / "demo" / "plugin.toml").write_text("changed\n")
    place.close()
    restore_home(place.home, made, place.now())
    place.open()
    assert (place.home.plugins / "demo" / "plugin.toml").read_text() == 'name = "demo"\n'
    assert (folder / "crypto.db").read_text() == "keys of later"
    assert place.left("keys of later") == ["accounts/matrix/me/crypto.db"]
