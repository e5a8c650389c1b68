"""What updates of the Bot API say."""

from __future__ import annotations

from typing import Any

import pytest
from sage_plugins.telegram.reading import inbound, number_in, said_in

from sage.plugin_api import Inbound

BOT, AUNT, PERSON = 77, 5, 6
PRIVATE = {"id": AUNT, "type": "private"}
GROUP = {"id": -100123, "type": "supergroup", "title": "Demo family"}
USER = {"id": AUNT, "is_bot": False, "first_name": "Demo", "last_name": "Aunt", "username": "demo_aunt"}


def read(kind: str = "message", **message: Any) -> Inbound | None:
    given = {"message_id": 3, "date": 1795411069, "chat": PRIVATE, "from": USER, **message}
    said = said_in({"update_id": 900, kind: given})
    return inbound(said, BOT, frozenset({str(PERSON)}), ()) if said else None


def heard(kind: str = "message", **message: Any) -> Inbound:
    found = read(kind, **message)
    assert found
    return found


def test_a_message_is_known_by_bot_chat_and_number_and_its_sender_by_number() -> None:
    found = heard(text="hello")
    assert (found.id, found.conversation, found.sender.id, found.at) == (
        "77/5/3", "5", "5", "2026-11-23T05:17:49+00:00",
    )  # fmt: skip
    assert found.sender.name == "Demo Aunt (@demo_aunt)" and found.verified == "yes"
    assert not (found.group or found.own or found.auto or found.edits or found.thread)


def test_a_change_names_the_message_and_has_an_id_of_its_own() -> None:
    found = heard("edited_message", text="hello again", edit_date=1795411099)
    assert found.edits == "77/5/3" and found.id == "77/5/3/900"
    assert found.at == "2026-11-23T05:18:19+00:00"


def test_the_person_is_known_by_the_number_and_never_by_the_chosen_name() -> None:
    assert heard(text="me", **{"from": {**USER, "id": PERSON}}).own
    assert not heard(text="me", **{"from": {**USER, "username": str(PERSON), "first_name": "6"}}).own


def test_a_bot_is_a_program_and_who_writes_in_a_group_s_name_is_none() -> None:
    bot = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    assert heard(text="x", **{"from": bot}).auto
    found = heard(text="x", chat=GROUP, sender_chat=GROUP, **{"from": bot})
    assert found.sender.id == "-100123" and not found.auto
    assert heard(text="x", chat=GROUP, sender_chat=GROUP, is_automatic_forward=True).auto


@pytest.mark.parametrize(
    "nothing",
    [
        {"new_chat_members": [USER]},
        {"left_chat_member": USER},
        {"migrate_to_chat_id": -100777},
        {"pinned_message": {"message_id": 2}},
        {"text": "in a channel", "chat": {"id": -1009, "type": "channel"}},
    ],
)
def test_what_only_happened_is_no_message(nothing: dict[str, Any]) -> None:
    assert read(**nothing) is None


def test_other_kinds_of_updates_are_none() -> None:
    assert said_in({"update_id": 1, "poll": {"id": "1"}}) is None
    assert said_in(["nonsense"]) is None


def test_a_photo_comes_with_its_words_and_the_size_of_the_largest() -> None:
    found = heard(photo=[{"file_size": 10}, {"file_size": 999}], caption="the garden")
    (photo,) = found.attachments
    assert (found.text, photo.name, photo.media_type, photo.size) == ("the garden", "photo", "image/jpeg", 999)


def test_a_file_keeps_its_name() -> None:
    (file,) = heard(document={"file_name": "a.pdf", "mime_type": "application/pdf", "file_size": 4}).attachments
    assert (file.name, file.media_type, file.size) == ("a.pdf", "application/pdf", 4)


def test_a_place_is_said_to_be_unreadable() -> None:
    assert heard(location={"latitude": 1.0, "longitude": 2.0}).unreadable


def test_a_thread_is_a_topic_alone() -> None:
    assert heard(text="x", chat=GROUP, message_thread_id=9).thread == ""
    assert heard(text="x", chat=GROUP, message_thread_id=9, is_topic_message=True).thread == "9"
    assert heard(text="x", chat={**GROUP, "is_forum": True}, message_thread_id=9).thread == "9"


def test_an_answer_names_what_it_answers() -> None:
    found = heard(text="yes", reply_to_message={"message_id": 2})
    assert found.reply_to == "77/5/2"
    assert number_in(found.reply_to, BOT, AUNT) == 2
    assert number_in(found.reply_to, BOT, AUNT + 1) == number_in("77/5/x", BOT, AUNT) == number_in("", BOT, AUNT) == 0
