from __future__ import annotations

from pathlib import Path

import pytest

from sage.core.errors import BadSetting
from sage.locations import Home
from sage.profile import resolve
from sage.profile_plugins import AccountSettings, account_troubles, accounts_of

TEXT = """# mine
[plugins.caldav.work]
enabled = true
url = "https://dav.example.org/"   # at work
password_key = "SAGE_CALDAV_WORK"
lists = ["Home", "Büro"]
deep = [{name = "a"}]

[plugins.caldav.home]
url = 3

[plugins.mail.me]
enabled = true
owner = ["demo@example.org"]
allow = ["aunt@example.org"]
nudges = true
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def accounts(home: Home, text: str) -> dict[str, AccountSettings]:
    home.settings.write_text(text, encoding="utf-8")
    return {account.id: account for account in accounts_of(resolve("", home))}


def test_a_home_without_plugins_has_no_accounts(home: Home) -> None:
    assert accounts_of(resolve("", home)) == ()


def test_an_account_has_what_all_share_its_keys_and_the_plugins_own(home: Home) -> None:
    found = accounts(home, TEXT)
    assert list(found) == ["caldav/work", "caldav/home", "mail/me"]
    work, mail = found["caldav/work"], found["mail/me"]
    assert (work.plugin, work.name, work.enabled, work.trouble) == ("caldav", "work", True, "")
    assert work.secret_keys == {"password": "SAGE_CALDAV_WORK"}
    assert work.config == {
        "url": "https://dav.example.org/",
        "lists": ["Home", "Büro"],
        "deep": [{"name": "a"}],
    }
    assert not found["caldav/home"].enabled and found["caldav/home"].config == {"url": 3}
    assert (mail.owner, mail.allow, mail.nudges) == (("demo@example.org",), ("aunt@example.org",), True)
    assert mail.config == {}


def test_each_key_of_an_account_is_found_again_in_its_file(home: Home) -> None:
    work = accounts(home, TEXT)["caldav/work"]
    assert work.at("url") == "settings.toml line 4"
    assert work.at("password_key") == "settings.toml line 5"
    assert work.at() == work.at("missing") == "settings.toml line 2"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[plugins.todo.a]\nenabled = 'yes'", "line 2: `enabled` must be true or false."),
        ("[plugins.todo.a]\nenabled = true\nowner = 'me'", "line 3: `owner` must be a list of texts"),
        ("[plugins.todo.a]\nallow = [3]", "line 2: `allow` must be a list of texts"),
        ("[plugins.todo.a]\npassword_key = 3", "line 2: `password_key` must be the name of a key, such as SAGE_TODO."),
        ("[plugins.todo.a]\npassword_key = 'my word'", "line 2: `password_key` must be the name of a key"),
        ('[plugins.todo."../../etc"]\nenabled = true', "line 1: '../../etc' cannot be an account's name"),
        ('[plugins."../x".a]\nenabled = true', "line 1: '../x' cannot be a plugin's name"),
        ('[plugins.todo."a\\u001b[31m"]\nenabled = true', "line 1: 'a\\x1b[31m' cannot be an account's name"),
        ('[plugins.todo.""]\nenabled = true', "line 1: '' cannot be an account's name"),
    ],
)
def test_what_is_wrong_with_an_account_is_its_own_trouble_and_switches_it_off(home: Home, text: str, says: str) -> None:
    wrong, well = accounts(home, f"{text}\n[plugins.mail.me]\nenabled = true").values()
    assert says in wrong.trouble and wrong.trouble.startswith("settings.toml line ")
    assert not wrong.enabled and not wrong.secret_keys
    assert well.enabled and not well.trouble


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("plugins = 3", "settings.toml line 1: `plugins` is in the wrong place"),
        ("[plugins]\n\ncaldav = 3", "settings.toml line 3: `plugins.caldav` is in the wrong place"),
        ("[plugins.caldav]\nurl = 'x'", "settings.toml line 2: `plugins.caldav.url` is in the wrong place"),
        ("[[plugins.caldav.work]]\na = 1", "settings.toml line 1: `plugins.caldav.work` is in the wrong place"),
    ],
)
def test_settings_outside_of_an_account_say_where_they_belong_and_hinder_no_other(
    home: Home, text: str, says: str
) -> None:
    well = "" if text.startswith("plugins") else "\n[plugins.mail.me]\nenabled = true\n"
    assert [account.id for account in accounts(home, text + well).values()] == (["mail/me"] if well else [])
    resolved = resolve("default", home)
    (trouble,) = account_troubles(resolved)
    assert says in trouble.what and "[plugins.PLUGIN.NAME]" in trouble.what and "[plugins.caldav.work]" in trouble.do


def test_what_is_wrong_in_an_account_is_told_once(home: Home) -> None:
    accounts(home, "[plugins.mail.'m\u00e9']\nenabled = true\n[plugins.mail.me]\nenabled = 'yes'\n")
    odd, wrong = account_troubles(resolve("default", home))
    assert odd.what == "settings.toml line 1: 'm\u00e9' cannot be an account's name (a-z, 0-9, _ and -, at most 32)."
    assert (odd.do, wrong.do) == ("Give it another name there.", "Change that line.")
    assert wrong.what == "settings.toml line 4: `enabled` must be true or false."


@pytest.mark.parametrize(
    "line", ['token = "{}"', 'headers = [{{Authorization = "Bearer {}"}}]', 'args = [["--token", "sk-ant-{}"]]']
)
def test_a_secret_in_an_accounts_settings_is_refused_however_deep(home: Home, line: str) -> None:
    with pytest.raises(BadSetting) as caught:
        accounts(home, "[plugins.mcp.git]\n" + line.format("9f8e7d6c5b4canary1a39281706f5e4d3"))
    assert "settings.toml line 2" in caught.value.what and "looks like a secret" in caught.value.what
    assert "sage keys set SAGE_NAME" in caught.value.do and "canary" not in str(caught.value)


def test_a_value_of_an_account_is_reached_by_its_dotted_key(home: Home) -> None:
    home.settings.write_text(TEXT, encoding="utf-8")
    resolved = resolve("focus", home)
    assert resolved.value_of("plugins.caldav.work.url") == "https://dav.example.org/"
    assert resolved.origin_of("plugins.caldav.work.url") == "settings.toml line 4"
