import pytest
from pydantic import ValidationError
from sage_plugins.matrix.config import Config


@pytest.mark.parametrize(
    "homeserver", ["https://matrix.example.org", "https://example.org:8448/m/", "http://127.0.0.1:8008"]
)
def test_a_homeserver(homeserver: str) -> None:
    assert Config(homeserver=homeserver, user="@sage:example.org").homeserver == homeserver.rstrip("/")


@pytest.mark.parametrize(
    "homeserver",
    [
        "matrix.example.org",
        "http://example.org",
        "https://",
        "https://ana:pw@example.org",
        "https://example.org/?x",
        "ftp://x",
    ],
)
def test_a_token_never_travels_in_the_clear(homeserver: str) -> None:
    with pytest.raises(ValidationError):
        Config(homeserver=homeserver, user="@sage:example.org")


@pytest.mark.parametrize("user", ["sage", "@sage", "@sage:", "sage:example.org", "@sa ge:example.org", ""])
def test_a_user_is_named_whole(user: str) -> None:
    with pytest.raises(ValidationError):
        Config(homeserver="https://example.org", user=user)
