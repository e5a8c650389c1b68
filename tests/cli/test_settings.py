"""`sage settings`: what is typed is checked before a byte is written, comments stay, each change tells its way back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage import wire
from sage.client import Client, stop_engine
from sage.core.errors import BadInput, BadSetting
from sage.engine.settings_handlers import value_of_typed
from sage.locations import Home
from tests.homes import make_home, sage

WRITTEN = """
# mine
[quiet_hours]
start = "21:30" # children
end = "07:00"
[agent]
passages = 6
[people.tom]
called = "Demo Tom"
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = make_home(tmp_path, linger=20, settings=WRITTEN)
    yield made
    stop_engine(made)


def test_a_change_keeps_all_else_and_is_taken_back_byte_for_byte(home: Home) -> None:
    before = home.settings.read_bytes()
    with Client(home) as client:
        changed = client.call(wire.SetSetting("quiet_hours.start", "20:15"))
        assert (changed.was, changed.over) == ('"21:30"', "") and changed.setting.value == "20:15"
        assert changed.setting.origin.startswith("settings.toml line")
        text = home.settings.read_text()
        assert text == before.decode().replace("21:30", "20:15")
        client.call(wire.UndoSetting())
        assert home.settings.read_bytes() == before
        with pytest.raises(BadInput, match="No setting was changed"):
            client.call(wire.UndoSetting())
        client.call(wire.SetSetting("agent.passages", reset=True))
        assert "passages" not in home.settings.read_text()
        home.settings.write_text(home.settings.read_text() + "# by hand\n")
        with pytest.raises(BadInput, match="changed since"):
            client.call(wire.UndoSetting())
        assert home.settings.read_text().endswith("# by hand\n")


@pytest.mark.parametrize(
    ("key", "typed", "told"),
    [
        ("quiet_hours.start", "late", "`quiet_hours.start` must be"),
        ("agent.passages", "many", "`agent.passages` must be a whole number from 1 to 40."),
        ("agent.passages", "400", "`agent.passages` must be a whole number from 1 to 40."),
        ("agent.passage", "4", "There is no setting `agent.passage`. | Did you mean `agent.passages`?"),
        ("ui.theme", "pink", '`ui.theme` must be one of "dark"'),
        ("people", "tom", "`people` is a table of its own."),
        ("notify.desktop", "perhaps", "`notify.desktop` must be true or false."),
        ("agent.instructions", "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "looks like a secret key"),
    ],
)
def test_what_does_not_fit_is_told_in_the_words_of_the_schema_and_nothing_is_written(
    home: Home, key: str, typed: str, told: str
) -> None:
    before = home.settings.read_bytes()
    with Client(home) as client, pytest.raises(BadSetting) as trouble:
        client.call(wire.SetSetting(key, typed))
    assert all(part in f"{trouble.value.what} {trouble.value.do}" for part in told.split(" | "))
    assert home.settings.read_bytes() == before


def test_what_is_typed_may_be_plain(home: Home) -> None:
    assert value_of_typed("memory.vaults", "~/notes, ~/work") == ["~/notes", "~/work"]
    assert value_of_typed("memory.vaults", '["a, b"]') == ["a, b"]
    assert value_of_typed("person.name", "Demo Ana") == value_of_typed("person.name", '"Demo Ana"') == "Demo Ana"
    assert value_of_typed("notify.desktop", "false") is False
    assert value_of_typed("caps.per_day_usd", "2.5") == 2.5


def test_a_profile_that_goes_first_is_told(home: Home) -> None:
    with Client(home, profile="offline") as client:
        changed = client.call(wire.SetSetting("network", "any"))
    assert changed.over.startswith("profiles/offline.toml") and changed.setting.value == "loopback"


def test_the_command_lists_a_group_sets_and_tells_the_way_back(home: Home) -> None:
    listed = sage(home, "settings", "list", "quiet_hours")
    assert 'quiet_hours.start = "21:30"  (settings.toml line' in listed.stdout and "agent" not in listed.stdout
    done = sage(home, "settings", "set", "quiet_hours.start", "20:00")
    assert 'quiet_hours.start is "20:00" now.' in done.stdout
    assert "Back: sage settings set quiet_hours.start '\"21:30\"'" in done.stdout
    back = sage(home, "settings", "reset", "quiet_hours.start", "--json")
    assert json.loads(back.stdout)["setting"]["origin"] == "built in"
    assert "There is no group" in sage(home, "settings", "list", "zzz").stderr
    assert "people.tom" not in sage(home, "settings", "list", "agent").stdout
