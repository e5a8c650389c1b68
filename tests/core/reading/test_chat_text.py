from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.reading.chat_text import chat_title, read_chat
from sage.core.reading.documents import Message, Person

ANN = Person("Ann Example")
NAME = "WhatsApp Chat with Demo Aunt.txt"


def messages(text: str, name: str = NAME) -> tuple[Message, ...]:
    chat = read_chat(text, name, ANN)
    assert chat is not None
    return chat.messages


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("[31.12.23, 14:05:09] Ann: hi", "2023-12-31T14:05:09"),
        ("\u200e[31/12/2023, 2:05:09\u202fPM] Ann: hi", "2023-12-31T14:05:09"),
        ("[2023-12-31, 2:05:09 PM] Ann: hi", "2023-12-31T14:05:09"),
        ("[31.12.2023 klo 14.05.09] Ann: hi", "2023-12-31T14:05:09"),
        ("[31/12/23 à 14:05:09] Ann: hi", "2023-12-31T14:05:09"),
        ("12/31/23, 12:05 AM - Ann: hi", "2023-12-31T00:05:00"),
        ("31/12/2023 14:05 - Ann: hi", "2023-12-31T14:05:00"),
        ("31.12.23, 14:05 - Ann: hi", "2023-12-31T14:05:00"),
        ("31-12-2023 14:05 - Ann: hi", "2023-12-31T14:05:00"),
        ("31/12/2023, 2:05 p. m. - Ann: hi", "2023-12-31T14:05:00"),
        ("2023/12/31 下午2:05 - Ann: hi", "2023-12-31T14:05:00"),
        ("2023. 12. 31. 14:05 - Ann: hi", None),
        ("٣١/١٢/٢٠٢٣، ٢:٠٥ م - Ann: hi", "2023-12-31T14:05:00"),
        ("31/12/2023, 25:05 - Ann: hi", ""),
    ],
)
def test_a_message_begins_in_the_way_of_many_countries(line: str, when: str | None) -> None:
    chat = read_chat(line, NAME, ANN)
    assert (chat and tuple(message.when for message in chat.messages)) == ({None: None, "": ()}.get(when, (when,)))  # type: ignore[arg-type]


def test_day_and_month_are_told_apart_by_the_whole_chat() -> None:
    said = "{}/2024, 10:00 - Ann: a\n{}/2024, 10:00 - Bob: b\n"
    assert [one.when[:10] for one in messages(said.format("05/04", "06/04"))] == ["2024-04-05", "2024-04-06"]
    assert [one.when[:10] for one in messages(said.format("05/04", "05/30"))] == ["2024-05-04", "2024-05-30"]
    assert [one.when[:10] for one in messages(said.format("04/05", "05/01"))] == ["2024-04-05", "2024-05-01"]


def test_lines_that_begin_nothing_go_on_with_the_message_before() -> None:
    text = "[31.12.23, 14:05:09] Demo Aunt: One: two\r\nthree\r\n\r\n[four]\r\n[31.12.23, 14:06:00] Ann: Yes\r\n"
    assert [(one.text, one.speaker, one.line) for one in messages(text)] == [
        ("One: two\nthree\n\n[four]", "Demo Aunt", 1),
        ("Yes", "Ann", 5),
    ]


def test_what_the_service_wrote_is_left_out_and_attachments_are_named() -> None:
    text = (
        "[31.12.23, 14:05:09] Demo Aunt: \u200eMessages and calls are end-to-end encrypted.\n"
        "[31.12.23, 14:05:10] Demo Aunt created this group\n"
        "\u200e[31.12.23, 14:05:11] Demo Aunt: \u200e<attached: 01-PHOTO.jpg>\n"
        "[31.12.23, 14:05:12] Demo Aunt: <Media omitted>\n"
        "[31.12.23, 14:05:13] Demo Aunt: <Medien ausgeschlossen>\n"
        "[31.12.23, 14:05:14] Demo Aunt: IMG-01.jpg (file attached)\nSee!\n"
        "[31.12.23, 14:05:15] ~\u202fBob: Right \u200e<This message was edited>\n"
    )
    assert [(one.speaker, one.text) for one in messages(text)] == [
        ("Demo Aunt", "Attached: 01-PHOTO.jpg"),
        ("Demo Aunt", "See!\nAttached: IMG-01.jpg"),
        ("Bob", "Right"),
    ]


def test_the_persons_own_messages_are_known_by_name_or_as_the_other_of_two() -> None:
    two = "[31.12.23, 14:05:09] Demo Aunt: a\n[31.12.23, 14:05:10] Annie: b\n"
    assert [one.own for one in messages(two)] == [False, True]
    three = f"{two}[31.12.23, 14:05:11] Bob: c\n[31.12.23, 14:05:12] ann  example: d\n"
    assert [one.own for one in messages(three)] == [False, False, False, True]


SIGNAL = """Conversation: Bob (+123)

From: You
Type: outgoing
Sent: Mon, 1 Jan 2024 10:00:00 +0000
Attachment: a.jpg (image/jpeg, 3 bytes)

> From: Bob (+123)
>
> quoted

Hello

again

From: Bob (+123)
Type: incoming
Sent: Mon, 1 Jan 2024 10:01:00 +0000
Received: Mon, 1 Jan 2024 10:01:00 +0000

Hi

"""


def test_signals_text_exports_are_read() -> None:
    assert messages(SIGNAL, "Bob.txt") == (
        Message("Hello\n\nagain\nAttached: a.jpg", "You", "2024-01-01T10:00:00+00:00", 3, True),
        Message("Hi", "Bob", "2024-01-01T10:01:00+00:00", 16, False),
    )
    chat = read_chat(
        "[2019-05-29 15:04:05] Me: How is everyone?  \n[2019-05-29 15:10:00] Aya: Fine  \n", "Aya/chat.md", ANN
    )
    assert chat is not None
    assert (chat.kind, chat.title, [one.own for one in chat.messages]) == ("Signal", "Aya", [True, False])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "2024-05-01 log: x\nhello",
        "[2024-05-01 10:00] mood: good\n[2024-05-02 10:00] mood: bad\n[2024-05-03 10:00] mood: fair\n",
    ],
)
def test_other_text_is_no_chat(text: str) -> None:
    assert read_chat(text, "notes.txt", ANN) is None
    assert read_chat(text, "notes.md", ANN) is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("WhatsApp Chat with Demo Aunt.txt", "Demo Aunt"),
        ("WhatsApp Chat mit Familie.txt", "Familie"),
        ("Conversa do WhatsApp com Bob.txt", "Bob"),
        ("WhatsApp Chat - Demo Aunt.zip/_chat.txt", "Demo Aunt"),
        ("Aya/chat.md", "Aya"),
        ("_chat.txt", "chat"),
    ],
)
def test_a_chat_is_called_after_its_file(name: str, title: str) -> None:
    assert chat_title(name) == title


lines = st.sampled_from(
    ["[1.2.24, 1:02:03] A: b", "[99.99.99, 1:02:03] A: b", "[1.2.24, 1:02:03] x", "\u200e", "", "<a: b>", "From: a", "Type: b",
     "Conversation: c", "1/2/24, 3:04 PM - B: \u200eimage omitted"]
)  # fmt: skip


@given(st.lists(lines), st.text())
def test_nothing_raises(lines: list[str], text: str) -> None:
    for given_text in ("\n".join(lines), f"Conversation: x\n{text}", text):
        chat = read_chat(given_text, NAME, ANN)
        assert chat is None or all(message.text.strip() for message in chat.messages)
