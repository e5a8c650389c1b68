from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sage.adapters.home.settings_file import write_setting, write_settings
from sage.core.errors import BadSetting, HomeTrouble
from sage.core.layers import leaves
from sage.locations import Home
from sage.profile import resolve

WRITTEN = """# What I chose, and why
network = "any"   # for now

[model]  # who answers
# the good one
chain = ["librarian"]  # no model yet

[caps]
per_day_usd = 0.5
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_value_is_changed_and_every_comment_stays(home: Home) -> None:
    home.settings.write_text(WRITTEN)
    write_setting(home, "model.chain", ("ollama_chat/qwen3", "librarian"))
    assert home.settings.read_text() == WRITTEN.replace('["librarian"]', '["ollama_chat/qwen3", "librarian"]')
    assert resolve("", home).settings.model.chain == ["ollama_chat/qwen3", "librarian"]


def test_the_first_setting_makes_a_private_file(home: Home) -> None:
    write_setting(home, "person.name", "Ana")
    assert tomllib.loads(home.settings.read_text()) == {"person": {"name": "Ana"}}
    assert stat.S_IMODE(home.settings.stat().st_mode) == 0o600


def test_none_takes_a_setting_out(home: Home) -> None:
    home.settings.write_text(WRITTEN)
    write_setting(home, "caps.per_day_usd", None)
    write_setting(home, "person.name", None)
    assert "per_day_usd" not in home.settings.read_text() and "person" not in home.settings.read_text()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model.chian", ["librarian"]),
        ("agent.max_steps", "five"),
        ("model.key_env", "sk-ant-api03-canary1234567890"),
        ("network.deep", 1),
    ],
)
def test_what_does_not_fit_is_never_written(home: Home, key: str, value: object) -> None:
    home.settings.write_text(WRITTEN)
    with pytest.raises(BadSetting):
        write_settings(home, {"person.name": "Ana", key: value})
    assert home.settings.read_text() == WRITTEN


def test_a_file_that_is_broken_already_is_never_rewritten(home: Home) -> None:
    home.settings.write_text("[model\nchain = 1")
    with pytest.raises(BadSetting, match="line 1"):
        write_setting(home, "person.name", "Ana")
    assert home.settings.read_text() == "[model\nchain = 1"


def test_a_link_to_a_settings_file_stays_a_link(home: Home, tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles" / "sage.toml"
    elsewhere.parent.mkdir()
    elsewhere.write_text(WRITTEN)
    home.settings.symlink_to(elsewhere)
    write_setting(home, "network", "loopback")
    assert home.settings.is_symlink() and 'network = "loopback"' in elsewhere.read_text()


def test_a_full_or_read_only_disk_leaves_the_old_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings.write_text(WRITTEN)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(HomeTrouble):
        write_setting(home, "person.name", "Ana")
    assert home.settings.read_text() == WRITTEN and sorted(home.path.iterdir()) == [home.settings]


ROWS = {
    "network": some.sampled_from(["any", "loopback"]),
    "model.chain": some.lists(some.sampled_from(["librarian", "embedded:x"]), min_size=1),
    "model.max_tokens": some.integers(16, 100),
    "agent.instructions": some.text(some.characters(codec="utf-8"), max_size=30),
    "caps.per_day_usd": some.floats(0, 5),
    "person.name": some.text(some.characters(codec="utf-8"), max_size=10),
    "ui.theme": some.sampled_from(["dark", "light"]),
}
changes = some.lists(
    some.sampled_from(sorted(ROWS)).flatmap(lambda key: some.tuples(some.just(key), some.none() | ROWS[key])),
    max_size=8,
)


@given(changes)
def test_in_any_order_each_key_is_what_was_last_written(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object]]
) -> None:
    home = Home(tmp_path_factory.mktemp("home"))
    home.settings.write_text(WRITTEN)
    wanted = dict(leaves(tomllib.loads(WRITTEN)))
    for key, value in steps:
        write_setting(home, key, value)
        wanted[key] = value
    found = dict(leaves(tomllib.loads(home.settings.read_text())))
    assert found == {key: value for key, value in wanted.items() if value is not None}
    assert home.settings.read_text().startswith("# What I chose, and why")


def test_a_name_with_dots_is_given_as_parts(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.settings.write_text(
        "# mine\n[people.ann]\ncircles = ['x']  # hers\n[grants.ann]\nany = 'draft'\n[people.bob]\ncalled = 'B'\n"
    )
    write_settings(home, {("grants", "ann", "office v1.2"): "auto", ("people", "dr. ann", "called"): "Dr"})
    found = tomllib.loads(home.settings.read_text())
    assert found["grants"] == {"ann": {"any": "draft", "office v1.2": "auto"}}
    assert set(found["people"]) == {"ann", "bob", "dr. ann"} and "# hers" in home.settings.read_text()
    write_settings(home, {("people", "ann"): None, ("grants", "ann"): None})
    found = tomllib.loads(home.settings.read_text())
    assert (set(found["people"]), found.get("grants", {})) == ({"bob", "dr. ann"}, {})
    assert home.settings.read_text().startswith("# mine\n")


def test_the_comments_in_a_list_stay(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.settings.write_text('[people.ann]\naddresses = [\n  "mail:a@x",  # at work\n  "mail:b@x",  # at home\n]\n')
    write_settings(home, {("people", "ann", "addresses"): ("mail:a@x", "mail:b@x", "mail:c@x")})
    assert tomllib.loads(home.settings.read_text())["people"]["ann"]["addresses"] == [
        "mail:a@x",
        "mail:b@x",
        "mail:c@x",
    ]
    assert "# at work" in home.settings.read_text() and "# at home" in home.settings.read_text()
    write_settings(home, {("people", "ann", "addresses"): ("mail:b@x", "mail:c@x")})
    assert tomllib.loads(home.settings.read_text())["people"]["ann"]["addresses"] == ["mail:b@x", "mail:c@x"]
    assert "# at home" in home.settings.read_text()
    write_settings(home, {("people", "ann", "addresses"): ("mail:c@x", "mail:b@x")})
    assert tomllib.loads(home.settings.read_text())["people"]["ann"]["addresses"] == ["mail:c@x", "mail:b@x"]
