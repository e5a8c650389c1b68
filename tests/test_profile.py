from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sage.core.errors import BadSetting, NotFound
from sage.core.providers import place_of
from sage.locations import Home, bundled
from sage.profile import BUILT_IN, check_layer, profile_names, resolve
from sage.settings import Profile, Settings
from sage.settings_words import describe

SHIPPED = ("default", "deputy", "focus", "offline")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def write(home: Home, text: str, profile: str = "") -> None:
    path = home.profiles / f"{profile}.toml" if profile else home.settings
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def refusal(home: Home, name: str = "default") -> str:
    with pytest.raises(BadSetting) as caught:
        resolve(name, home)
    assert caught.value.do
    return str(caught.value)


def test_a_home_without_settings_is_answered_by_the_librarian(home: Home) -> None:
    resolved = resolve("", home)
    assert resolved.name == "default" and resolved.settings.model.chain == ["librarian"]
    assert resolved.origin_of("model.chain") == BUILT_IN
    assert resolved.origin_of("agent.instructions").startswith("profiles/default.toml line ")
    assert not home.path.exists()


def test_each_layer_wins_over_the_one_below_and_is_named(home: Home) -> None:
    write(home, '# mine\n[agent]\npassages = 6\n\n[model]\nchain = ["openai/x", "librarian"]\nmax_tokens = 900\n')
    focus = resolve("focus", home)
    assert (focus.settings.agent.passages, focus.origin_of("agent.passages")) == (3, "profiles/focus.toml line 7")
    assert (focus.settings.model.chain[0], focus.origin_of("model.chain")) == ("openai/x", "settings.toml line 6")
    assert focus.origin_of("model.max_tokens").startswith("profiles/focus.toml")
    assert resolve("default", home).origin_of("model.max_tokens") == "settings.toml line 7"
    assert resolve("default", home).value_of("model.max_tokens") == 900


def test_a_profile_of_the_home_goes_before_a_bundled_one_of_the_same_name(home: Home) -> None:
    write(home, '[model]\nchain = ["ollama_chat/qwen3", "librarian"]\nmax_tokens = 50', profile="offline")
    write(home, "network = 'loopback'", profile="mine")
    assert resolve("offline", home).settings.model.max_tokens == 50
    assert set(profile_names(home)) == {*SHIPPED, "mine"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[model]\nchian = ["librarian"]', "settings.toml line 2: there is no setting `model.chian`. | `model.chain`"),
        ("temperature = 1", "line 1: there is no setting `temperature`. | `model.temperature`"),
        (
            "[facts]\nbackground_usd_per_day = 1",
            "line 2: `facts.background_usd_per_day` is called `caps.background_usd_per_day` now. | Give that line",
        ),
        ("[modle]\nchain = []", "line 1: there is no setting `modle`. | Did you mean `model`?"),
        ("[zzz.qqq]\nx = 1", "line 1: there is no setting `zzz`. | sage profile show"),
        ('\n[agent]\n# steps\nmax_steps = "five"', "line 4: `agent.max_steps` must be a whole number from 1 to 50."),
        ("[agent]\nmax_steps = true", "must be a whole number from 1 to 50."),
        ("[agent]\nmax_steps = 99", "must be a whole number from 1 to 50."),
        ("[caps]\nper_day_usd = -1", "`caps.per_day_usd` must be a number from 0 to 10,000."),
        ("[caps]\nper_day_usd = nan", "`caps.per_day_usd` must be a number from 0 to 10,000."),
        ("[model]\ntemperature = 3", "must be a number from 0 to 2."),
        ("[model]\nchain = []", "`model.chain` must be a list of at least one text"),
        ('[model]\nchain = ["librarian",\n 3]', "line 2: `model.chain` must be a list of at least one text"),
        ('model = "x"', "`model` is a table of settings, written as [model]."),
        ('[memory]\nvector_index = "fast"', 'must be one of "auto", "exact", "chroma".'),
        ('[person]\ntimezone = "Europe/Berln"', '(nearest: "Europe/Berlin")'),
        ('[person]\nlanguage = "English, please"', "the short name of a language"),
        ('[quiet_hours]\nstart = "10pm"', 'a time of day, such as "22:00"'),
        ('[model]\nbase_url = "127.0.0.1:1234"', "the address of a server"),
        ('[model]\nbase_url = "https://ana:hunter2@host/v1"', "with no name, key or query in it"),
        ('[model]\nkey_env = "my key"', "the name of an environment variable"),
        ("[person]\nname = Ana", "settings.toml line 2 cannot be read as TOML"),
        ("[person]\n\nname = 'Ana", "settings.toml line 3 cannot be read as TOML"),
        ("[person", "settings.toml line 1 cannot be read as TOML"),
        ("[person]\nname = 'a'\nname = 'b'", "settings.toml line 3 cannot be read as TOML"),
    ],
)
def test_what_does_not_fit_names_file_line_and_remedy(home: Home, text: str, says: str) -> None:
    write(home, text)
    told = refusal(home)
    assert all(part in told for part in says.split(" | "))
    assert not [word for word in ("pydantic", "Input should", "validation error", "hunter2") if word in told]


@pytest.mark.parametrize(
    "text",
    [
        '[model]\napi_key = "sk-ant-api03-canary1234567890"',
        '[model]\nkey_env = "sk-ant-api03-canary1234567890"',
        '[model]\nkey_env = "9f8e7d6c5b4canary1a39281706f5e4d3"',
        '[model]\nchain = ["librarian", "openai/x?key=sk-canary-1234567890abcdef"]',
        '[agent]\ninstructions = "Use sk-canary-1234567890abcdef"',
        'canary.auth_token = "aB3canary9xQ7zK2mN5pR8"',
    ],
)
@pytest.mark.parametrize("profile", ["", "mine"])
def test_a_secret_in_any_file_is_refused_and_not_repeated(home: Home, text: str, profile: str) -> None:
    write(home, text, profile)
    with pytest.raises(BadSetting) as caught:
        resolve(profile, home)
    told = str(caught.value)
    assert "looks like a secret" in told and "environment variable" in told
    assert "canary" not in told.replace("canary.auth_token", "") and caught.value.__context__ is None


@pytest.mark.parametrize("section", sorted(Settings.HOME_ONLY))
def test_a_profile_cannot_touch_what_belongs_to_the_home(home: Home, section: str) -> None:
    write(home, f'[agent]\npassages = 3\n[{section}]\nx = "y"', profile="mine")
    told = refusal(home, "mine")
    assert f"profiles/mine.toml line 3: `{section}` belongs to the home" in told and "settings.toml" in told


def test_all_of_settings_but_a_profile_belongs_to_the_home() -> None:
    assert set(Settings.model_fields) - set(Profile.model_fields) <= Settings.HOME_ONLY
    assert not set(Profile.model_fields) & Settings.HOME_ONLY


def test_an_unknown_profile_names_the_nearest(home: Home) -> None:
    with pytest.raises(NotFound, match="offlin") as caught:
        resolve("offlin", home)
    assert "Did you mean offline?" in caught.value.do
    with pytest.raises(NotFound) as caught:
        resolve("../settings", home)
    assert "default" in caught.value.do


@pytest.mark.parametrize(
    "chain", ['["openai/gpt-5.4-mini"]', '["embedded:qwen2.5-0.5b", "anthropic/x"]', '["ollama_chat/kimi:cloud"]']
)
def test_where_only_this_machine_may_answer_a_hosted_model_is_refused(home: Home, chain: str) -> None:
    write(home, f'network = "loopback"\n[model]\nchain = {chain}')
    told = refusal(home)
    assert "settings.toml line 3" in told and "over the network" in told


def test_where_only_this_machine_may_answer_a_server_elsewhere_is_refused(home: Home) -> None:
    local = 'network = "loopback"\n[model]\nchain = ["openai/x"]\nbase_url = "http://{}:1234/v1"'
    write(home, local.format("192.168.1.7"))
    assert "settings.toml line 4" in refusal(home)
    write(home, local.format("127.0.0.1"))
    assert resolve("", home).models[0].base_url == "http://127.0.0.1:1234/v1"


def test_offline_never_reaches_a_hosted_model_whatever_the_home_says(home: Home) -> None:
    write(
        home, 'network = "any"\n[model]\nchain = ["anthropic/x"]\nbase_url = "https://models.example/v1"\nkey_env = "K"'
    )
    resolved = resolve("offline", home)
    assert resolved.settings.network == "loopback"
    assert {place_of(model.id, model.base_url) for model in resolved.models} == {"inside"}


def test_address_and_key_go_to_the_first_server_in_the_chain_only(home: Home) -> None:
    chain = '["embedded:x", "openai/a", "anthropic/b", "openai/c", "librarian"]'
    write(home, f'[model]\nchain = {chain}\nbase_url = "http://127.0.0.1:1/v1/"\nkey_env = "MINE"')
    own = ("http://127.0.0.1:1/v1", "MINE")
    assert [(model.base_url, model.key_env) for model in resolve("", home).models] == [
        ("", ""),
        own,
        ("", ""),
        own,
        ("", ""),
    ]


def test_an_embedded_model_gets_few_passages(home: Home) -> None:
    write(home, "[agent]\npassages = 8")
    assert resolve("", home).passages_for("embedded:qwen2.5-1.5b") < resolve("", home).passages_for("openai/x") == 8
    assert resolve("focus", home).passages_for("embedded:qwen2.5-1.5b") == 3


def test_a_file_that_is_no_text(home: Home) -> None:
    write(home, "")
    home.settings.write_bytes(b'[person]\nname = "\xff"')
    assert "UTF-8" in refusal(home)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_profile_changes_something_for_a_reason_it_states(home: Home, name: str) -> None:
    path = bundled("profiles") / f"{name}.toml"
    assert path.read_text().startswith("# ")
    assert check_layer(path.name, path.read_text(), Profile).values
    plain, shipped = resolve("default", home).settings, resolve(name, home).settings
    assert name == "default" or plain != shipped


def test_focus_asks_for_one_step_and_deputy_may_change_nothing(home: Home) -> None:
    assert "exactly one step" in resolve("focus", home).settings.agent.instructions
    assert resolve("deputy", home).settings.agent.effects == "read"


def test_every_setting_is_described_and_reachable(home: Home) -> None:
    resolved = resolve("", home)
    for key, kind, _, text in describe():
        assert text.endswith(".") and kind, key
        resolved.value_of(key)
        assert resolved.origin_of(key)
    keys = [row.key for row in describe()]
    assert len(keys) == len(set(keys))
    assert {"model.chain", "caps.per_day_usd", "network"} <= set(keys)


def test_every_default_fits_its_own_schema() -> None:
    def toml(value: object) -> str:
        return str(value).lower() if isinstance(value, bool) else repr(value)

    lines: dict[str, list[str]] = {"": []}
    for key, _, default, _ in describe():
        if default is not None:
            section, _, leaf = key.rpartition(".")
            lines.setdefault(section, []).append(f"{leaf} = {toml(default)}")
    text = "\n".join((f"[{section}]\n" if section else "") + "\n".join(rows) for section, rows in lines.items())
    assert tomllib.loads(text)
    check_layer("settings.toml", text, Settings)
