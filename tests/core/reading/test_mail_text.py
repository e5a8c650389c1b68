from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.reading.mail_text import LEFT_OUT, group_threads, message_ids, own_words, thread_subject


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Yes, gladly.\n\nOn Mon, 1 Jan 2024 at 10:00, Demo Aunt <aunt@example.org> wrote:\n> Tea?\n> At four?\n", "Yes, gladly."),
        ("Gern.\n\nAm Mo., 1. Jan. 2024 um 10:00 Uhr schrieb Demo Aunt\n<aunt@example.org>:\n> Tee?\n", "Gern."),
        ("> Tea?\nYes.\n> At four?\nAt five.", f"Yes.\n{LEFT_OUT}\nAt five."),
        ("> a\n\n> b\n\nBoth.", "Both."),
        ("Yes.\n\n-----Original Message-----\nFrom: Demo Aunt\nTea?", "Yes."),
        ("Yes.\n\n________________________________\nVon: Demo Aunt\nGesendet: Montag\n\nTee?", "Yes."),
        ("Yes.\n\nFrom: Demo Aunt\nSent: Monday\n\nTea?", "Yes."),
        ("Yes.\n-- \nAnn Example\nMain Street 5", "Yes."),
        ("From: the garden to the house\nit is not far", "From: the garden to the house\nit is not far"),
        ("a line\n____________________\nanother", "a line\n____________________\nanother"),
        ("On the whole he never wrote:\nbut he called.", "On the whole he never wrote:\nbut he called."),
        ("", ""),
    ],
)  # fmt: skip
def test_the_writers_own_words_stay_and_what_was_quoted_goes(text: str, own: str) -> None:
    assert own_words(text) == (own, "")
    assert own_words(text.replace("\n", "\r\n")) == (own, "")


def test_what_was_forwarded_is_somebody_elses() -> None:
    text = "Look at this!\n\n---------- Forwarded message ---------\nFrom: Demo Aunt\n\nThe roses bloom."
    assert own_words(text) == ("Look at this!", "From: Demo Aunt\n\nThe roses bloom.")


@given(st.text(), st.lists(st.sampled_from(["> q", "own", "", "-- ", "From: a", "Sent: b", "On a b c wrote:"])))
def test_nothing_is_made_up(text: str, lines: list[str]) -> None:
    for given_text in (text, "\n".join(lines)):
        own, forwarded = own_words(given_text)
        kept = given_text.replace("\r\n", "\n").replace("\r", "\n")
        assert all(line in kept for part in (own, forwarded) for line in part.split("\n") if line != LEFT_OUT)


def test_hostile_lines_take_no_long_time() -> None:
    own_words("on " + "a wrote " * 20_000 + "\n> x")
    own_words(">" * 100_000 + "\n" * 50_000)


@pytest.mark.parametrize("subject", ["Tea", "Re: Tea", "AW: RE: Fwd: Tea", "Re[2]: Tea", "WG:  Tea "])
def test_a_subject_stays_the_same_in_answers(subject: str) -> None:
    assert thread_subject(subject) == "Tea"


def test_mails_are_grouped_by_what_they_refer_to() -> None:
    mails = [("a", []), ("x", []), ("b", ["a"]), ("c", ["b"]), ("", []), ("d", ["lost", "b"]), ("y", ["x"])]
    assert group_threads(mails) == {"a": [0, 2, 3, 5], "x": [1, 6], "mail 5": [4]}


def test_answers_to_a_mail_that_is_not_there_belong_together() -> None:
    assert group_threads([("b", ["root"]), ("c", ["root", "b"])]) == {"root": [0, 1]}


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefgh"), max_size=3)), max_size=12))
def test_threads_keep_their_names_and_places_as_a_mailbox_grows(mails: list[tuple[str, list[str]]]) -> None:
    whole = group_threads(mails)
    assert sorted(place for places in whole.values() for place in places) == list(range(len(mails)))
    for count in range(len(mails)):
        for thread, places in group_threads(mails[:count]).items():
            assert whole[thread][: len(places)] == places


def test_ids_are_read_from_any_of_the_heads() -> None:
    assert message_ids("<a@x>\n <b@x>", "<b@x>") == ["a@x", "b@x"]
    assert len(message_ids(" ".join(f"<{n}@x>" for n in range(5000)))) == 50
