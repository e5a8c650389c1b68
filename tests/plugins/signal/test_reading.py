"""What signal-cli's events say."""

from __future__ import annotations

from typing import Any

import pytest
from sage_plugins.signal.reading import inbound, is_group, is_person, named, said_in

from sage.plugin_api import Inbound
from tests.plugins.signal.scenes import AUNT, COUSIN, GROUP, whom
from tests.servers.signal_cli import ACCOUNT

AT = 1_795_411_069_123


def read(told: dict[str, Any], keep: bool = False, own: tuple[str, ...] = (), account: str = ACCOUNT) -> Inbound | None:
    said = said_in(told, ACCOUNT)
    return inbound(said, ACCOUNT, frozenset(own), (), keep) if said else None


def event(**envelope: Any) -> dict[str, Any]:
    return {"account": ACCOUNT, "envelope": {**whom(AUNT), "timestamp": AT, **envelope}}


def heard(keep: bool = False, own: tuple[str, ...] = (), **data: Any) -> Inbound:
    found = read(event(dataMessage={"timestamp": AT, "message": None, **data}), keep, own)
    assert found
    return found


def test_a_message_is_known_by_who_wrote_it_and_when() -> None:
    found = heard(message="hello")
    assert (found.id, found.conversation, found.at) == (f"{AUNT}/{AT}", AUNT, "2026-11-23T05:17:49.123+00:00")
    assert (found.sender.id, found.sender.name, found.verified) == (AUNT, "Demo Aunt", "yes")
    assert not (found.own or found.group or found.edits or found.reply_to or found.unreadable)


def test_a_uuid_counts_and_a_number_only_without_one() -> None:
    both = event(sourceNumber="+15550101", dataMessage={"timestamp": AT, "message": "x"})
    alone = event(sourceNumber="+15550101", sourceUuid=None, dataMessage={"timestamp": AT, "message": "x"})
    found, other = read(both), read(alone)
    assert found and other
    assert (found.sender.id, other.sender.id) == (AUNT, "+15550101")


def test_nobody_is_no_sender() -> None:
    hidden = event(sourceUuid=None, sourceName="Demo Aunt", dataMessage={"timestamp": AT, "message": "x"})
    assert read(hidden) is None


def test_the_person_is_known_by_the_address_and_never_by_the_name() -> None:
    assert heard(message="x", own=(AUNT,)).own
    assert not heard(message="x", own=("Demo Aunt",)).own


@pytest.mark.parametrize(
    ("to", "where"), [({"destinationUuid": AUNT}, AUNT), ({"groupInfo": {"groupId": GROUP, "type": "DELIVER"}}, GROUP)]
)
def test_what_another_device_of_the_account_sent_is_own(to: dict[str, Any], where: str) -> None:
    sent = {"timestamp": AT, "message": "from my telephone", **to}
    found = read(event(sourceNumber=ACCOUNT, sourceUuid=COUSIN, syncMessage={"sentMessage": sent}))
    assert found and found.own
    assert (found.id, found.conversation, found.sender.id) == (f"{ACCOUNT}/{AT}", where, ACCOUNT)


def test_a_change_on_another_device_is_own_and_names_what_it_replaces() -> None:
    change = {"targetSentTimestamp": 5, "dataMessage": {"timestamp": AT, "message": "better"}}
    sent = {"destinationUuid": AUNT, "editMessage": change}
    found = read(event(sourceNumber=ACCOUNT, syncMessage={"sentMessage": sent}))
    assert found and found.own and found.text == "better"
    assert (found.edits, found.id) == (f"{ACCOUNT}/5", f"{ACCOUNT}/{AT}")


def test_an_answer_names_what_it_answers_in_the_form_that_can_be_answered() -> None:
    found = heard(message="yes", quote={"id": 7, "authorNumber": ACCOUNT, "authorUuid": COUSIN, "text": "?"})
    assert found.reply_to == f"{ACCOUNT}/7" and named(found.reply_to) == (ACCOUNT, 7)
    assert named(f"{AUNT}/{AT}") == (AUNT, AT)
    assert named("") is None and named("../x/7") is None


@pytest.mark.parametrize(
    "nothing",
    [
        event(receiptMessage={"when": AT, "isDelivery": True}),
        event(typingMessage={"action": "STARTED"}),
        event(callMessage={}),
        event(storyMessage={}),
        event(syncMessage={"readMessages": [{"timestamp": 3}]}),
        event(dataMessage={"timestamp": AT, "message": None, "reaction": {"emoji": "x"}}),
        event(dataMessage={"timestamp": AT, "remoteDelete": {"timestamp": 5}}),
        event(dataMessage={"timestamp": AT, "isExpirationUpdate": True, "expiresInSeconds": 60}),
        event(dataMessage={"timestamp": AT, "groupInfo": {"groupId": GROUP, "type": "UPDATE"}}),
        {**event(dataMessage={"timestamp": AT, "message": "x"}), "account": "+15550199"},
        {"account": ACCOUNT},
    ],
)
def test_what_only_happened_is_no_message(nothing: dict[str, Any]) -> None:
    assert read(nothing) is None


def test_a_changed_safety_number_is_told_and_does_not_hide_the_message_itself() -> None:
    told = event() | {"exception": {"type": "UntrustedIdentityException", "message": "secret words"}}
    found, later = read(told), heard(message="hello")
    assert found and found.verified == "no" and found.unreadable and not found.text
    assert "secret" not in found.unreadable
    assert found.id != later.id


def test_what_cannot_be_decrypted_is_nobody_s_word() -> None:
    found = read(event() | {"exception": {"type": "ProtocolInvalidMessageException"}})
    assert found and found.verified == "unknown" and found.unreadable


def test_words_that_disappear_are_kept_only_if_the_person_says_so() -> None:
    found = heard(message="secret", expiresInSeconds=60)
    assert not found.text and found.unreadable
    assert heard(keep=True, message="secret", expiresInSeconds=60).text == "secret"


def test_what_is_seen_once_is_never_kept() -> None:
    found = heard(keep=True, viewOnce=True, attachments=[{"contentType": "image/jpeg", "filename": "secret.jpg"}])
    assert found.unreadable and not found.attachments


def test_mentions_are_counted_in_utf_16() -> None:
    mentions = [{"name": "x", "number": None, "uuid": AUNT, "start": 3, "length": 1}]
    mentions += [{"name": "y", "number": "+15550101", "uuid": COUSIN, "start": 5, "length": 1}]
    assert heard(message="😀 \ufffc \ufffc!", mentions=mentions).text == f"😀 @{AUNT} @+15550101!"
    wrong = [{"uuid": AUNT, "start": 90, "length": 1}]
    assert heard(message="short", mentions=wrong).text == "short"


def test_files_are_named_and_a_long_text_that_was_not_fetched_is_counted() -> None:
    files = [
        {"contentType": "application/pdf", "filename": "a.pdf", "size": 4},
        {"contentType": "image/jpeg", "filename": None, "size": None},
        {"contentType": "text/x-signal-plain", "size": 5000},
    ]
    found = heard(message="x" * 2000, attachments=files)
    assert [(each.name, each.media_type, each.size) for each in found.attachments] == [
        ("a.pdf", "application/pdf", 4), ("image", "image/jpeg", 0),
    ]  # fmt: skip
    assert found.left_out == 3000


def test_a_contact_or_poll_is_said_to_be_unreadable() -> None:
    assert heard(contacts=[{"name": {}}]).unreadable
    assert heard(pollCreate={"question": "?"}).unreadable


def test_addresses_are_told_apart() -> None:
    assert is_person(AUNT) and is_person(ACCOUNT) and is_group(GROUP)
    assert not any(map(is_person, (GROUP, "", "u:aunt.01", "PNI:" + AUNT, "+0", ACCOUNT + "\n")))
    assert not any(map(is_group, (AUNT, ACCOUNT, "", GROUP[:-2])))
