from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sage.core.redaction import looks_secret, redact

KEYS = [
    "sk-proj-Ab3dEf6hIj9kLmNoPqRs",
    "sk-ant-api03-AAbb1122CCdd3344EEff",
    "gsk_1a2b3c4d5e6f7g8h9i0j",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q",
    "xapp-1-A0123456789-1234567890123-0a1b2c3d4e5f",
    "xai-0123456789abcdefghijABCDEF",
    "AKIAIOSFODNN7EXAMPLE",
    "hf_abcdefghijklmnopqrstuvwx",
]
PLAIN = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY_2024_WORK_LAPTOP", "openai/gpt-5.4-mini", "http://127.0.0.1:1234/v1"]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_known_by_its_shape_wherever_it_stands(key: str) -> None:
    assert looks_secret(f"use {key}, please")
    assert redact(f"Incorrect API key provided: {key}.") == "Incorrect API key provided: …."


@pytest.mark.parametrize("name", ["key_env", "api_key", "auth_token"])
@pytest.mark.parametrize("plain", PLAIN)
def test_names_and_addresses_are_no_keys_even_where_keys_are_spoken_of(plain: str, name: str) -> None:
    assert not looks_secret(plain, name)


@pytest.mark.parametrize(
    "text",
    [
        "task-list with risk-free desk-work-from-2024-to-2026",
        "a sk-etch",
        "Answer briefly. Ask one question.",
        "/home/ana/notes",
    ],
)
def test_prose_is_no_key(text: str) -> None:
    assert not looks_secret(text, "instructions") and redact(text) == text


def test_a_random_token_is_a_key_only_where_keys_are_spoken_of() -> None:
    for _ in range(200):
        token = secrets.token_hex(16)
        assert looks_secret(token, "api_key") and not looks_secret(token, "instructions")


@given(some.text(min_size=8), some.text(), some.text())
def test_a_known_secret_never_remains(secret: str, before: str, after: str) -> None:
    hidden = redact(before + secret + after, [secret])
    assert secret not in hidden or secret in before + "…" + after


def test_of_two_secrets_the_longer_goes_first() -> None:
    assert redact("password1-and-more", ["password1", "password1-and-more"]) == "…"
    assert redact("none of it", ["none", ""]) == "none of it"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("My router password: Tr0ub4dor-9x please", "My router password: … please"),
        ("das Passwort lautet Sommer2026!", "das Passwort lautet …"),
        ("the passphrase is 'correct-horse-7-battery'.", "the passphrase is '…'."),
        ("PASSWORD=hunter22, user=demo", "PASSWORD=…, user=demo"),
        ("**API key:** 9f8e7d6c5b4a", "**API key:** …"),
        ("postgres://demo:s3cret@db.example/x", "postgres://…@db.example/x"),
        ("Authorization: Bearer abcdef0123456789xyz", "Authorization: Bearer …"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nBye", "…\nBye"),
    ],
)
def test_what_is_called_a_password_or_key_is_taken_out(said: str, left: str) -> None:
    assert redact(said) == left


@pytest.mark.parametrize(
    "text",
    [
        "Change the password on Friday.",
        "The password is in the safe, and the api key is missing.",
        "Password: see the blue notebook",
        "Is my access token still needed in 2026?",
        "https://example.org/a:b and bearer of good news",
    ],
)
def test_words_about_passwords_stay(text: str) -> None:
    assert redact(text) == text
