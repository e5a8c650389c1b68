"""What is told of keys, of failures and of numbers, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from sage_plugins.discord.config import DISCORD, Config
from sage_plugins.discord.reading import is_number, name_of, number_in
from sage_plugins.discord.tries import Tries


def test_a_message_is_known_by_its_channel_and_number() -> None:
    assert number_in(name_of(5, 7), 5) == 7
    assert number_in(name_of(5, 7), 6) == number_in("5/x", 5) == number_in("", 5) == 0


@pytest.mark.parametrize("text", ["", "#5", "٥", "5 ", "-5", "1" * 20])
def test_what_is_no_number_is_none(text: str) -> None:
    assert not is_number(text)


def test_a_key_is_known_after_a_new_start_and_keeps_its_first_moment(tmp_path: Path) -> None:
    tries = Tries(tmp_path)
    assert tries.before("key-1") == (0, 0)
    tries.note("key-1")
    at, message = Tries(tmp_path).before("key-1")
    assert at and not message
    tries.note("key-1", 77)
    again = Tries(tmp_path)
    assert again.before("key-1") == (at, 77)
    assert again.has(77) and not again.has(78)


@pytest.mark.parametrize(
    "server",
    ["http://discord.com/api/v10", "https://example.org", "http://127.0.0.1@example.org", "http://a@127.0.0.1/"],
)
def test_the_token_goes_to_discord_or_to_this_machine(server: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        Config(server=server)
    assert Config().server == DISCORD


def test_people_are_named_by_numbers() -> None:
    with pytest.raises(ValueError, match="numbers"):
        Config(people=["aunt"])
